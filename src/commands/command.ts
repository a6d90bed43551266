import type { ParseArgsConfig } from 'node:util';
import type { Finding } from '../tree/finding.ts';

/** One thing to do next, as data; `command` can be run as it stands. */
export interface NextAction {
  readonly command: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly description: string;
  readonly context?: string;
  readonly confirm?: boolean;
}

/** What a command answers; the command line prints `text`, or with `--json` one object with `ok` and these. */
export interface Outcome {
  /** 0 done, 1 findings. Wrong use and broken input are thrown as UserError (2). */
  readonly exit: 0 | 1;
  readonly json: { readonly findings?: readonly Finding[]; readonly next_action?: NextAction; readonly [key: string]: unknown };
  readonly text: string | (() => string);
  /** Hooks speak on stderr, where git shows it. */
  readonly stream?: 'stderr';
}

export interface Invocation {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
  /** Where to work: `--cwd`, else the current folder. */
  readonly cwd: string;
  readonly json: boolean;
  /** How treework was called: `treework`, `npx treework`. */
  readonly program: string;
  /** Whether text may be coloured. */
  readonly color: boolean;
}

/** One verb: its file's name is the verb. */
export interface Command {
  /** One line for `help`. */
  readonly summary: string;
  /** What follows `treework`, a line per form. */
  readonly usage: readonly string[];
  /** What each option means, for help and the reference page. */
  readonly options: Readonly<Record<string, NonNullable<ParseArgsConfig['options']>[string] & { readonly help: string }>>;
  run(invocation: Invocation): Promise<Outcome>;
}
