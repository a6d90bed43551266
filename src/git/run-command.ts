import { StringDecoder } from 'node:string_decoder';
import { childProcess } from './child-process.ts';
import { mayBeTerminal, writeOutput } from './output.ts';

export interface CommandOptions {
  readonly cwd: string;
  /** After so many seconds the command and all that it started is killed. */
  readonly seconds: number;
  /** Bytes of output that are kept at its beginning and at its end; 64 KB each when absent. */
  readonly keep?: number;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a command printed, standard output and error as they came. */
export interface CommandOutput {
  readonly head: string;
  /** What comes last; '' when `head` is all of it. */
  readonly tail: string;
  /** All bytes that it printed. */
  readonly bytes: number;
  /** How many of them stand between `head` and `tail`. */
  readonly dropped: number;
}

export interface CommandResult {
  readonly command: string;
  /** The shell's exit status; undefined when a signal ended it. */
  readonly exit: number | undefined;
  readonly signal: string | undefined;
  /** The time limit was reached. */
  readonly isOverdue: boolean;
  readonly seconds: number;
  readonly output: CommandOutput;
}

const KEEP = 64 * 1024;
/** How long what was told to end may take to do so, and what a command leaves behind may go on printing. */
const GRACE_MS = 2_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What git sets for a hook: a command would look at the hook's index, or write to another repository. */
const OF_A_HOOK = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_COMMON_DIR', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_QUARANTINE_PATH', 'GIT_NAMESPACE', 'GIT_IMPLICIT_WORK_TREE', 'GIT_SHALLOW_FILE', 'GIT_REFLOG_ACTION'];
/** Of a test runner around us: node's would then report in its own binary form, or run nothing at all. */
const OF_A_TEST = ['NODE_TEST_CONTEXT', 'VITEST', 'VITEST_WORKER_ID', 'VITEST_POOL_ID', 'JEST_WORKER_ID'];

/**
 * Runs one line of a document in the system's shell, exactly as it is written there: nothing is put
 * into it. A list is a program and its words, which no shell reads. Standard input is empty; where a terminal is, what it prints is shown on standard error as
 * it comes. At the time limit, and when this process is told to end, the command's whole process group
 * ends. What it leaves running behind is ended too. Never throws for what the command does.
 */
export async function runCommand(said: string | readonly [string, ...string[]], options: CommandOptions): Promise<CommandResult> {
  const begun = performance.now();
  const isWindows = process.platform === 'win32';
  const child = started(said, { cwd: options.cwd, env: environment(options.env), stdio: ['ignore', 'pipe', 'pipe'], detached: !isWindows, windowsHide: true }, isWindows);
  const command = typeof said === 'string' ? said : said.join(' ');
  const output = new Capture(options.keep ?? KEEP);
  const isLive = mayBeTerminal(2);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => {
      output.add(piece);
      if (isLive) writeOutput(2, piece);
    });
  }
  const end = (signal: NodeJS.Signals) => endGroup(child.pid, signal, isWindows);
  let isOverdue = false;
  const limit = setTimeout(() => {
    isOverdue = true;
    end('SIGTERM');
    setTimeout(() => end('SIGKILL'), GRACE_MS).unref();
  }, options.seconds * 1000);
  const forget = passOn(end);
  try {
    const { exit, signal } = await ended(child, end);
    return { command, exit: exit ?? undefined, signal: signal ?? undefined, isOverdue, seconds: (performance.now() - begun) / 1000, output: output.all() };
  } finally {
    clearTimeout(limit);
    forget();
  }
}

function started(said: string | readonly [string, ...string[]], options: import('node:child_process').SpawnOptionsWithStdioTuple<'ignore', 'pipe', 'pipe'>, isWindows: boolean) {
  const { spawn } = childProcess();
  if (typeof said === 'string') return spawn(said, { ...options, shell: true });
  const [program, ...words] = said;
  // Programs that npm installs are scripts there, which only the shell starts: each word in quotes, and none that could end them.
  if (isWindows) return spawn(said.map((word) => `"${word.replaceAll(/["%!\r\n]/g, '?')}"`).join(' '), { ...options, shell: true });
  return spawn(program, words, options);
}

function environment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const left = Object.entries(process.env).filter(([name]) => !OF_A_HOOK.includes(name) && !OF_A_TEST.includes(name));
  return { ...Object.fromEntries(left), ...added };
}

type Child = ReturnType<typeof import('node:child_process').spawn>;

/** When the shell has ended and nobody prints any more; whoever goes on printing after that is ended. */
async function ended(child: Child, end: (signal: NodeJS.Signals) => void): Promise<{ exit: number | null; signal: NodeJS.Signals | null }> {
  let result: { exit: number | null; signal: NodeJS.Signals | null } | undefined;
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const exited = new Promise<void>((resolve) => {
    child.on('exit', (exit, signal) => resolve(void (result = { exit, signal })));
    // The folder is not there, or there is no shell: as a shell says that it finds nothing to run.
    child.on('error', () => resolve(void (result ??= { exit: 127, signal: null })));
  });
  await exited;
  if (child.pid === undefined) return result ?? { exit: 127, signal: null };
  const grace = setTimeout(() => {
    end('SIGKILL');
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, GRACE_MS);
  await closed;
  clearTimeout(grace);
  end('SIGKILL');
  return result ?? { exit: null, signal: null };
}

/** The group is gone already when the last process of it has ended. */
function endGroup(pid: number | undefined, signal: NodeJS.Signals, isWindows: boolean): void {
  if (pid === undefined) return;
  if (isWindows) {
    childProcess().spawnSync('taskkill', ['/pid', String(pid), '/t', '/f'], { windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH' && (error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** A group of its own does not hear the terminal's Ctrl-C: it is told, and then this process ends as it would have. */
function passOn(end: (signal: NodeJS.Signals) => void): () => void {
  const listeners = SIGNALS.map((signal) => {
    const listener = () => {
      end('SIGKILL');
      forget();
      process.kill(process.pid, signal);
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  const forget = () => listeners.forEach((off) => off());
  return forget;
}

/** Keeps the beginning and the end of what is printed. */
class Capture {
  readonly #keep: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #bytes = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  add(piece: Buffer): void {
    this.#bytes += piece.length;
    const room = this.#keep - this.#headBytes;
    const first = piece.subarray(0, room);
    if (first.length > 0) this.#head.push(first);
    this.#headBytes += first.length;
    const rest = piece.subarray(first.length);
    if (rest.length === 0) return;
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    if (this.#tailBytes > 2 * this.#keep) this.#trim();
  }

  all(): CommandOutput {
    this.#trim();
    // A character that the cut went through is left out.
    const head = new StringDecoder('utf8').write(Buffer.concat(this.#head));
    const tail = Buffer.concat(this.#tail);
    const dropped = this.#bytes - this.#headBytes - tail.length;
    if (dropped === 0) return { head: Buffer.concat([...this.#head, tail]).toString(), tail: '', bytes: this.#bytes, dropped };
    const start = tail.findIndex((byte) => (byte & 0xc0) !== 0x80);
    return { head, tail: tail.subarray(Math.max(start, 0)).toString(), bytes: this.#bytes, dropped };
  }

  #trim(): void {
    const all = Buffer.concat(this.#tail);
    this.#tail = [all.subarray(Math.max(0, all.length - this.#keep))];
    this.#tailBytes = (this.#tail[0] as Buffer).length;
  }
}
