import { hostname } from 'node:os';
import { UserError } from '../error.ts';
import type { Oid } from '../tree/tree.ts';
import { now } from './clock.ts';
import { namesIn, readText, removeFile, writeFileAtomic } from './files.ts';
import { birthOf, isAlive } from './process-life.ts';
import type { Repository } from './repository.ts';

/** One ref of an operation; null: it does not exist. */
export interface RefMove {
  /** Full name. */
  readonly ref: string;
  readonly before: Oid | null;
  readonly after: Oid | null;
}

/** A work tree that goes along with the branch that is checked out in it. */
export interface Follower {
  /** Absolute. */
  readonly path: string;
  readonly branch: string;
  readonly before: Oid;
  readonly after: Oid;
}

/** What a verb is about to do, written before it does it. */
export interface OperationFacts {
  readonly verb: string;
  readonly ticket?: string | undefined;
  /** Words after the program that bring it to an end (`['restack', '--continue']`), and that go back, where there are any. */
  readonly resume: readonly string[];
  readonly abort?: readonly string[];
  /** Refs that it moves, makes or removes. */
  readonly refs: readonly RefMove[];
  /** Work trees that go along with the refs. */
  readonly followers?: readonly Follower[];
  /** Absolute folders of the worktrees that it makes. */
  readonly worktrees: readonly string[];
  /** Whatever else the verb has to know to go on: JSON. */
  readonly state?: unknown;
  /** It stopped on purpose and waits for a person. */
  readonly isWaiting?: boolean;
}

/** An operation as the journal has it. */
export interface OperationRecord extends OperationFacts {
  /** Names its file; those of later operations sort behind it. */
  readonly id: string;
  /** When it began, ISO 8601, UTC. */
  readonly at: string;
  /** The process that is at it. */
  readonly process: { readonly pid: number; readonly birth: string; readonly machine: string };
}

/** An operation that this process is at. */
export interface Operation {
  readonly record: OperationRecord;
  /** Writes down what is known now, as a whole: after a kill either the old or the new facts stand there. */
  note(facts: Partial<OperationFacts>): void;
  /** It is over: nothing is left in the journal. With `undoable` it becomes what `undo` takes back. */
  finish(options?: { readonly undoable?: boolean }): void;
}

const FOLDER = 'operations';
const UNDO = 'undo.json';

/** Writes an operation into the journal of the repository, which all its worktrees share, before any of it is done. */
export function beginOperation(repository: Repository, facts: OperationFacts): Operation {
  const at = now();
  const id = `${at.replaceAll(/[-:]/g, '')}-${process.pid}-${process.hrtime.bigint().toString(36)}`;
  return operationOf(repository, { ...facts, id, at, process: thisProcess() });
}

/** Takes over an operation whose process is gone or that waits. Throws a UserError (`operation-running`) while another process is at it. */
export function resumeOperation(repository: Repository, record: OperationRecord): Operation {
  if (isRunning(record)) throw new UserError(`Unexpected ${record.verb} in process ${record.process.pid}, expected that one to be over`, `wait for it, or end it: kill ${record.process.pid}`, 'operation-running');
  return operationOf(repository, { ...record, isWaiting: false, process: thisProcess() });
}

/** Operations that were begun and are not over, the oldest first; those of living processes too. */
export function openOperations(repository: Repository): OperationRecord[] {
  sweep(repository);
  return namesIn(repository.statePath(FOLDER)).filter((name) => name.endsWith('.json') && name !== UNDO).sort().flatMap((name) => recordIn(repository.statePath(FOLDER, name)) ?? []);
}

/** Takes away records that a killed process had not written to their end: `<record>.<pid>.<time>.tmp`. */
function sweep(repository: Repository): void {
  for (const name of namesIn(repository.statePath(FOLDER))) {
    const [, pid] = /\.json\.(\d+)\.\w+\.tmp$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) removeFile(repository.statePath(FOLDER, name));
  }
}

/** The open operation of a verb, running or not; the oldest where there are several. */
export function openOperation(repository: Repository, verb: string): OperationRecord | undefined {
  return openOperations(repository).find((record) => record.verb === verb);
}

/** Whether a living process is at it. Of another machine nothing can be known: it counts as living. */
export function isRunning({ process: { pid, birth, machine }, isWaiting }: OperationRecord): boolean {
  return isWaiting !== true && pid !== process.pid && (machine !== hostname() || isAlive(pid, birth));
}

/** The last operation that can be taken back; undefined where there was none. */
export function lastOperation(repository: Repository): OperationRecord | undefined {
  return recordIn(repository.statePath(FOLDER, UNDO));
}

function operationOf(repository: Repository, begun: OperationRecord): Operation {
  const path = repository.statePath(FOLDER, `${begun.id}.json`);
  let record = begun;
  write(path, record);
  return {
    get record() {
      return record;
    },
    note(facts) {
      record = { ...record, ...facts };
      write(path, record);
    },
    finish({ undoable = false } = {}) {
      if (undoable) write(repository.statePath(FOLDER, UNDO), { ...record, state: undefined });
      removeFile(path);
    },
  };
}

function thisProcess(): OperationRecord['process'] {
  return { pid: process.pid, birth: birthOf(process.pid) ?? '', machine: hostname() };
}

function write(path: string, record: OperationRecord): void {
  writeFileAtomic(path, `${JSON.stringify(record, null, 2)}\n`);
}

/** Files are written whole; what is none of ours all the same is nobody's operation. */
function recordIn(path: string): OperationRecord | undefined {
  const text = readText(path);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as OperationRecord);
  } catch {
    return undefined;
  }
}
