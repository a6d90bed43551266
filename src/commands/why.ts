import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { pathFacts } from '../check/path-facts.ts';
import { UserError } from '../error.ts';
import { FileTree } from '../git/file-tree.ts';
import { pathExists, readBytes } from '../git/files.ts';
import { Repository } from '../git/repository.ts';
import { carriedText, pathFactsText, type CarriedRequirement } from '../render/path-facts.ts';
import { rules } from '../rules/index.generated.ts';
import { carriersAt, carriersIn } from '../workflow/carriers.ts';
import { settingsIn, Snapshot } from '../workflow/snapshot.ts';
import type { Command } from './command.ts';

export const command: Command = {
  summary: 'what governs a path: its kind, its rules, and which requirements it carries',
  usage: ['why PATH'],
  options: {},
  async run({ cwd, positionals, program }) {
    const [given, ...others] = positionals;
    if (given === undefined || others.length > 0) throw new UserError(`Unexpected ${positionals.length} paths, expected one`, `${program} why PATH`);
    const repository = Repository.open(cwd);
    const root = repository.workRoot;
    const files = { root, read: (path: string) => readBytes(join(root, path)), exists: (path: string) => pathExists(join(root, path)) };
    const facts = pathFacts(files, fromRoot(repository, given), rules);
    const carries = facts.kind === undefined ? carriedBy(repository, facts.path) : [];
    return { exit: 0, json: { ...facts, ...(carries.length > 0 && { carries }) }, text: () => [pathFactsText(facts, program), ...carriedText(carries)].join('\n') };
  },
};

/** Requirements of living specs that archived tickets met by working on this path. */
function carriedBy({ workRoot, objectFormat }: Repository, path: string): CarriedRequirement[] {
  const tree = new FileTree(workRoot, { objectFormat });
  const settings = settingsIn(tree);
  if (!settings) return [];
  return carriersAt(carriersIn(new Snapshot(tree, settings)), path).map(({ requirement, spec, ticket, node, isTest }) => ({ requirement: requirement.name, at: `${spec}:${requirement.line}`, ticket, node, test: isTest }));
}

function fromRoot(repository: Repository, given: string): string {
  const path = isAbsolute(given) ? relative(repository.workRoot, given).split(sep).join('/') : posix.normalize(`${repository.prefix}${given}`);
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '..' || trimmed.startsWith('../')) throw new UserError(`Unexpected path ${given}, expected one inside ${repository.workRoot}`, 'see --cwd DIR for another repository', 'outside');
  return trimmed === '' ? '.' : trimmed;
}
