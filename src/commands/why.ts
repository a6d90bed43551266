import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { pathFacts } from '../check/path-facts.ts';
import { UserError } from '../error.ts';
import { pathExists, readBytes } from '../git/files.ts';
import { Repository } from '../git/repository.ts';
import { pathFactsText } from '../render/path-facts.ts';
import { rules } from '../rules/index.generated.ts';
import type { Command } from './command.ts';

export const command: Command = {
  summary: 'what governs a path: its kind, its rules and where each setting comes from',
  usage: ['why PATH'],
  options: {},
  async run({ cwd, positionals, program }) {
    const [given, ...others] = positionals;
    if (given === undefined || others.length > 0) throw new UserError(`Unexpected ${positionals.length} paths, expected one`, `${program} why PATH`);
    const repository = Repository.open(cwd);
    const root = repository.workRoot;
    const files = { root, read: (path: string) => readBytes(join(root, path)), exists: (path: string) => pathExists(join(root, path)) };
    const facts = pathFacts(files, fromRoot(repository, given), rules);
    return { exit: 0, json: { ...facts }, text: () => pathFactsText(facts, program) };
  },
};

function fromRoot(repository: Repository, given: string): string {
  const path = isAbsolute(given) ? relative(repository.workRoot, given).split(sep).join('/') : posix.normalize(`${repository.prefix}${given}`);
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '..' || trimmed.startsWith('../')) throw new UserError(`Unexpected path ${given}, expected one inside ${repository.workRoot}`, 'see --cwd DIR for another repository', 'outside');
  return trimmed === '' ? '.' : trimmed;
}
