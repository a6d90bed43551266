import { createInterface } from 'node:readline/promises';
import { UserError } from '../error.ts';
import { approve, areApproved } from '../git/approved-commands.ts';
import type { Repository } from '../git/repository.ts';
import { printable } from '../render/plain-text.ts';
import type { Invocation } from './command.ts';

/** Where the commands are to run, in a few words, and what there is to do when nobody answers. */
export interface Purpose {
  readonly where: string;
  readonly hint: string;
}

/** Whether commands of WORKSPACE.md may run: said once, of exactly these, in this clone; by a person at a terminal, or by `--yes`. */
export async function isApproved(repository: Repository, commands: readonly string[], { values, json }: Pick<Invocation, 'values' | 'json'>, purpose: Purpose): Promise<boolean> {
  if (areApproved(repository, commands)) return true;
  const isAgreed = values.yes === true || (!json && process.stdin.isTTY === true && process.stderr.isTTY === true && (await agrees(commands, purpose)));
  if (isAgreed) approve(repository, commands);
  return isAgreed;
}

async function agrees(commands: readonly string[], { where, hint }: Purpose): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const list = commands.map((command) => `  ${printable(command)}\n`).join('');
    const said = await terminal.question(`WORKSPACE.md wants to run ${where}:\n${list}Run them, now and from now on? (y/N) `);
    return /^y(?:es)?$/i.test(said.trim());
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    throw new UserError('Unexpected interruption, expected an answer: nothing was run', hint, 'interrupted');
  } finally {
    terminal.close();
  }
}
