import { writeFileAtomic } from '../git/files.ts';
import { offSwitch } from '../git/hooks.ts';
import { Repository } from '../git/repository.ts';
import type { Command } from './command.ts';

export const command: Command = {
  summary: 'let commits and pushes of this clone through unjudged; other hooks still run',
  usage: ['off'],
  options: {},
  async run({ cwd, program }) {
    writeFileAtomic(offSwitch(Repository.open(cwd)), '');
    return { exit: 0, json: { off: true }, text: `off in this clone, in all its worktrees; the server and CI still judge\nback on: ${program} on` };
  },
};
