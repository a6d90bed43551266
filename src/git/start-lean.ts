/** What runs beside this process, its output in a file. */
export interface LeanChild {
  /** The exit status; null when it could not be started or was killed. */
  readonly status: Promise<number | null>;
  kill(): void;
}

export interface LeanOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The descriptor of a file for standard output; the other streams are closed. */
  readonly output: number;
}

/** What `node:child_process` itself builds on (lib/internal/child_process.js). */
interface ProcessBinding {
  readonly Process: new () => {
    onexit: (status: number, signal: string) => void;
    spawn(options: object): number;
    kill(signal: number): number;
    close(): void;
  };
}

const SIGTERM = 15;

/**
 * Starts git without loading `node:child_process`, which takes as long as a sixth of the work this is
 * for. Falls back to it wherever node's own binding is closed or does not start it.
 */
export async function startLean(args: readonly string[], options: LeanOptions): Promise<LeanChild> {
  return startBound(args, options) ?? startOrdinary(args, options);
}

function startBound(args: readonly string[], { cwd, env, output }: LeanOptions): LeanChild | undefined {
  try {
    const { Process } = (process as unknown as { binding(name: string): ProcessBinding }).binding('process_wrap');
    const child = new Process();
    const status = new Promise<number | null>((done) => {
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it is no event target: the binding calls this one function
      child.onexit = (code, signal) => {
        child.close();
        done(signal ? null : code);
      };
    });
    const envPairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const stdio = [{ type: 'ignore' }, { type: 'fd', fd: output }, { type: 'ignore' }];
    const failure = child.spawn({ file: 'git', args: ['git', ...args], cwd, envPairs, stdio, windowsHide: true, detached: false });
    return failure === 0 ? { status, kill: () => void child.kill(SIGTERM) } : undefined;
  } catch {
    return undefined;
  }
}

async function startOrdinary(args: readonly string[], { cwd, env, output }: LeanOptions): Promise<LeanChild> {
  const { spawn } = await import('node:child_process');
  const child = spawn('git', args as string[], { cwd, env, stdio: ['ignore', output, 'ignore'], windowsHide: true });
  const status = new Promise<number | null>((done) => {
    child.on('error', () => done(null));
    child.on('exit', done);
  });
  return { status, kill: () => void child.kill() };
}
