import { commands } from './commands/index.generated.ts';
import { main } from './main.ts';

void main(commands, process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
