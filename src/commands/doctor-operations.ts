import { isRunning, openOperations, type OperationRecord } from '../git/operation.ts';
import type { Repository } from '../git/repository.ts';
import { printable } from '../render/plain-text.ts';
import { shellCommand } from '../render/shell.ts';
import type { Invocation } from './command.ts';

/** One operation that was begun and is not over. */
interface OperationDiagnosis {
  readonly name: 'operation';
  readonly ok: boolean;
  readonly message: string;
  /** The command that brings it to an end. */
  readonly mend?: string;
}

/** What verbs have begun and not brought to an end: killed, or waiting for conflicts to be mended. */
export function operationDiagnoses(repository: Repository, { program }: Pick<Invocation, 'program'>): OperationDiagnosis[] {
  return openOperations(repository).map((record) => {
    const what = printable(`${record.verb}${record.ticket === undefined ? '' : ` of ${record.ticket}`}`);
    if (isRunning(record)) return { name: 'operation', ok: true, message: `${what} is under way in process ${record.process.pid}` };
    const why = record.isWaiting ? 'that waits to be continued' : 'that was interrupted';
    return { name: 'operation', ok: false, message: `Unexpected ${what} ${why} (begun ${record.at}), expected it to be over`, mend: mendOf(record, program) };
  });
}

function mendOf({ resume, abort }: OperationRecord, program: string): string {
  const line = (words: readonly string[]) => shellCommand([...program.split(' '), ...words]);
  return abort === undefined ? line(resume) : `${line(resume)}, or to go back: ${line(abort)}`;
}
