import type { Sandbox } from '../harness/sandbox.ts';
import { BLOCKING_CHANGE, PLAN, REQUIREMENTS, SUB_REQUIREMENTS, WORK } from './package-files.ts';

export interface Action {
  readonly action?: 'team:spawn' | 'wave:await-qa' | 'subagent:respawn' | 'human:approve' | 'agent:do';
  readonly command?: string;
  readonly argv?: readonly string[];
  readonly cwd: string;
  readonly description: string;
  readonly context?: { readonly ticket?: string; readonly goal?: unknown; readonly path?: string };
  readonly nodes?: readonly { readonly node: string; readonly context: string; readonly on_pass?: string; readonly on_fail?: string }[];
  readonly on_pass?: string;
  readonly on_fail?: string;
}

interface Answer {
  readonly ok: boolean;
  readonly last?: boolean;
  readonly next_action?: Action;
  readonly [key: string]: unknown;
}

/** One thing that was run, and what it answered. */
export interface Told {
  readonly who: string;
  readonly line: string;
  readonly exit: number;
  readonly answer: Answer | undefined;
}

/**
 * An agent that knows nothing but `next_action`: it runs the command that it is given, or does what
 * the action's name stands for, by the table `#does`. It never chooses a verb of its own but `next`.
 */
export class Agent {
  readonly told: Told[] = [];
  /** How often each node's work was begun. */
  readonly #attempts = new Map<string, number>();
  readonly #sandbox: Sandbox;
  readonly #repository: string;

  constructor(sandbox: Sandbox, repository: string) {
    this.#sandbox = sandbox;
    this.#repository = repository;
  }

  /** Takes one step; answers with what is next, and whether nothing is left. */
  step(action: Action): { next: Action; last: boolean } {
    const said = action.action === undefined ? this.line('agent', action.command as string, action.cwd) : this.#does[action.action](action);
    const own = said?.ok ? said : undefined;
    const asked = own?.next_action && !own.last ? own : this.ask(action.context?.ticket);
    return { next: asked.next_action as Action, last: asked.last === true };
  }

  ask(ticket?: string): Answer {
    return this.line('agent', `treework next${ticket === undefined ? '' : ` --ticket ${ticket}`}`) as Answer;
  }

  /** Runs a line as it stands, in JSON where it is one of the program's. */
  line(who: string, line: string, cwd?: string): Answer | undefined {
    const isOwn = line.startsWith('treework ');
    const ran = this.#sandbox.run('sh', ['-c', `cd "$WHERE" && ${line}${isOwn ? ' --json' : ''}`], { cwd: this.#repository, env: { WHERE: cwd ?? '.', TREEWORK_ACTOR: who === 'agent' ? 'impl-1' : who } });
    const answer = isOwn ? (JSON.parse(ran.stdout) as Answer) : undefined;
    this.told.push({ who, line, exit: ran.status, answer });
    if (!isOwn && ran.status !== 0) throw new Error(`${line}: exit ${ran.status}\n${ran.output}`);
    return answer;
  }

  readonly #does: Readonly<Record<NonNullable<Action['action']>, (action: Action) => Answer | undefined>> = {
    'agent:do': (action) => (action.nodes ? this.#work(action) : this.#write(action)),
    'team:spawn': (action) => this.line('agent', action.command as string, action.cwd),
    'subagent:respawn': (action) => this.line('agent', action.command as string, action.cwd),
    'wave:await-qa': (action) => this.#review(action),
    'human:approve': (action) => this.line('dana-2', (action.command as string).replace(/REVIEWER|PERSON/, 'dana-2'), action.cwd),
  };

  /** Reads what each node needs, writes its files and says what was made. */
  #work({ nodes = [], cwd }: Action): Answer | undefined {
    let last: Answer | undefined;
    for (const { node, context, on_pass: pass } of nodes) {
      this.line('agent', context, cwd);
      const attempt = this.#attempts.get(node) ?? 0;
      this.#attempts.set(node, attempt + 1);
      const files = WORK[node] ?? [];
      this.#sandbox.write(this.#repository, files[Math.min(attempt, files.length - 1)] ?? {});
      last = this.line('agent', (pass as string).replace('WHAT WAS MADE, IN ONE LINE', `Made ${node}`), cwd);
    }
    return last;
  }

  /** Fills a document in, or answers no. */
  #write({ context, on_pass: pass, on_fail: fail }: Action): Answer | undefined {
    const path = context?.path as string;
    const text = this.#sandbox.read(this.#repository, path);
    if (!text.includes('[[fill:')) return this.line('agent', (fail ?? pass) as string);
    const isSub = path.includes('ROUND-1');
    this.#sandbox.write(this.#repository, { [path]: filled(path, text, isSub) });
    return this.line('agent', pass as string);
  }

  /** Tries to break what was made: runs the tests where there is something to run them on. */
  #review({ nodes = [], cwd }: Action): Answer | undefined {
    let last: Answer | undefined;
    for (const { node, on_pass: pass, on_fail: fail } of nodes) {
      const isSound = node !== 'parse' || this.#sandbox.run('node', ['--test'], { cwd: this.#repository }).status === 0;
      last = this.line('review-1', isSound ? (pass as string).replace('REVIEWER', 'review-1') : (fail as string).replace('WHAT IS WRONG', 'An unknown unit is not refused'), cwd);
    }
    return last;
  }
}

function filled(path: string, text: string, isSub: boolean): string {
  if (path.endsWith('spec.md')) return text.replace(/## Requirements[^]*$/, isSub ? SUB_REQUIREMENTS : REQUIREMENTS);
  if (path.endsWith('tasks.md')) return text.replace(/^( *why:).*$/m, '$1 Times are written by people and counted by programs').replace(/^nodes:\n(?: .*\n)*/m, `${PLAN}\n`);
  return text.replace(/(\n---\n)[^]*$/, `$1\n${BLOCKING_CHANGE}`);
}
