import type { ParseArgsConfig } from 'node:util';
import type { Finding } from '../tree/finding.ts';

/** What an action is about; `ticket` and `goal` wherever a ticket is known. */
export interface ActionContext {
  readonly ticket?: string;
  readonly goal?: Goal;
  /** The document that it is about. */
  readonly path?: string;
}

/** What a ticket is for: of tasks.md, before there is one what the spec or the idea is called. */
export interface Goal {
  readonly title: string;
  readonly why?: string;
}

interface ActionFacts {
  readonly description: string;
  readonly context?: ActionContext;
  /** Names of the skills that teach it. */
  readonly skills?: readonly string[];
  /** A person is to be asked first. */
  readonly confirm?: boolean;
  /** Command lines for what may come of it. */
  readonly on_pass?: string;
  readonly on_fail?: string;
}

/** A command that can be run as it stands. */
export interface CommandAction extends ActionFacts {
  /** For a shell, in `cwd`. */
  readonly command: string;
  /** The same as words, for a program that starts it without a shell. */
  readonly argv: readonly string[];
  readonly cwd: string;
}

/** What an agent or a person does, with what it needs beside it. */
export interface AgentAction extends ActionFacts {
  readonly action: 'team:spawn' | 'wave:await-qa' | 'subagent:respawn' | 'human:approve' | 'agent:do';
  readonly command?: string;
  readonly argv?: readonly string[];
  readonly cwd: string;
  readonly [need: string]: unknown;
}

/** One thing to do next, as data. */
export type NextAction = CommandAction | AgentAction;

/** What a command answers; the command line prints `text`, or with `--json` one object with `ok` and these. */
export interface Outcome {
  /** 0 done, 1 findings. Wrong use and broken input are thrown as UserError (2). */
  readonly exit: 0 | 1;
  readonly json: { readonly findings?: readonly Finding[]; readonly next_action?: NextAction; readonly [key: string]: unknown };
  readonly text: string | (() => string);
  /** Hooks speak on stderr, where git shows it. */
  readonly stream?: 'stderr';
  /** What is left to do when the verb has let go of its locks, such as the commit that was asked for; makes the answer that counts. */
  readonly finish?: (answer: Outcome) => Promise<Outcome>;
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
