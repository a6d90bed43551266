import type { Outcome } from './commands/command.ts';
import { mayBeTerminal, writeOutput, type Descriptor } from './git/output.ts';

/** Prints what a command answers, as text or as one JSON object; returns the exit code. */
export function report(outcome: Outcome, json: boolean): number {
  if (json) return print(`${JSON.stringify({ ok: outcome.exit === 0, ...outcome.json })}\n`, outcome.exit);
  const text = typeof outcome.text === 'string' ? outcome.text : outcome.text();
  if (text !== '') write(outcome.stream === 'stderr' ? 2 : 1, text.endsWith('\n') ? text : `${text}\n`);
  return outcome.exit;
}

/** Prints on standard output; answers with the exit code it is given. */
export function print(text: string, exit: number): number {
  write(1, text);
  return exit;
}

/** Prints on standard output or error; ends the process when nobody reads it. */
export function write(descriptor: Descriptor, text: string): void {
  // The reader went away (`treework check | head`): nothing is left to say.
  if (!writeOutput(descriptor, text)) process.exit(process.exitCode ?? 0);
}

/** How the user called us, so that every command we suggest can be pasted. */
export function program(): string {
  const { TREEWORK_PROGRAM, npm_command: npm } = process.env;
  if (TREEWORK_PROGRAM) return TREEWORK_PROGRAM;
  const entry = process.argv[1] ?? '';
  return npm === 'exec' || (entry.includes('node_modules') && !isGlobal(entry)) ? 'npx treework' : 'treework';
}

/** Whether a hook started the program that `npm install --global` puts below its prefix: then it is on the PATH. */
function isGlobal(entry: string): boolean {
  const prefix = /^(.*[\\/](?:lib|npm))[\\/]node_modules[\\/]treework[\\/]/.exec(entry)?.[1];
  return prefix !== undefined && !process.cwd().startsWith(prefix);
}

/** Whether text on standard output may be coloured. */
export function hasColor(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR && FORCE_COLOR !== '0') return true;
  return TERM !== 'dumb' && mayBeTerminal(1) && process.stdout.isTTY === true;
}
