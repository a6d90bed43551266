/** What the hook launcher runs: the program with nothing in it but `hook NAME`, in one file. */
import { command } from './commands/hook.ts';
import { main } from './main.ts';

void main({ hook: async () => ({ command }) }, ['hook', ...process.argv.slice(2)]).then((code) => {
  process.exitCode = code;
});
