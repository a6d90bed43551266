import { pathExists, removeFile } from '../git/files.ts';
import { hooksRecord, offSwitch } from '../git/hooks.ts';
import { Repository } from '../git/repository.ts';
import type { Command } from './command.ts';

export const command: Command = {
  summary: 'judge commits and pushes of this clone again',
  usage: ['on'],
  options: {},
  async run({ cwd, program }) {
    const repository = Repository.open(cwd);
    const path = offSwitch(repository);
    const wasOff = pathExists(path);
    removeFile(path);
    const missing = hooksRecord(repository) === undefined ? `; no hooks are set up yet: ${program} hooks` : '';
    return { exit: 0, json: { off: false, changed: wasOff }, text: `${wasOff ? 'on again' : 'already on'} in this clone${missing}` };
  },
};
