import { UserError } from '../error.ts';
import { childProcess } from './child-process.ts';
import { environmentOf } from './environment.ts';
import type { ReadAhead } from './read-ahead.ts';
import { spawnLean } from './spawn-lean.ts';

export interface GitOptions {
  readonly cwd: string;
  /** Added to the inherited environment (quarantine variables of a hook must pass through). */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** As if the user ran it: the user's hooks see the environment as it is. */
  readonly asUser?: boolean;
  /** What git answered before: asked first. */
  readonly ahead?: ReadAhead;
  /** In a partial clone: the remotes that have what is missing here. */
  readonly promisors?: readonly string[];
}

export interface GitResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs git and returns whatever it answered. Throws a UserError only when git cannot be started. */
export function tryGit(args: readonly string[], options: GitOptions): GitResult {
  const env = environmentOf(options);
  const lean = spawnLean(args, { cwd: options.cwd, env, input: options.input ?? '' });
  if (lean) return { ...lean, stderr: lean.stderr.toString() };
  const result = childProcess().spawnSync('git', args as string[], {
    cwd: options.cwd,
    env,
    input: options.input ?? '',
    maxBuffer: 2 ** 31 - 1,
    windowsHide: true,
  });
  if (result.error) {
    const missing = (result.error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UserError(
      missing ? `Unexpected missing git or folder (${options.cwd}), expected to run git there` : `git ${args[0]}: ${result.error.message}`,
      missing ? 'install git (2.36 or newer) and check the folder' : 'run treework doctor',
      'git-missing',
    );
  }
  return { status: result.status ?? 128, stdout: result.stdout, stderr: result.stderr.toString() };
}

/** Runs git and returns its stdout. Throws a UserError with git's own words when it exits non-zero. */
export function git(args: readonly string[], options: GitOptions): Buffer {
  const result = tryGit(args, options);
  if (result.status !== 0) {
    throw new UserError(`git ${args.join(' ')}: ${result.stderr.trim() || `exit ${result.status}`}`, 'see what git says above', 'git');
  }
  return result.stdout;
}

/** As `git`, beside this process. */
export async function startGit(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const { status, stdout, stderr } = await askGit(args, options);
  if (status !== 0) throw new UserError(`git ${args.join(' ')}: ${stderr.trim() || `exit ${status}`}`, 'see what git says above', 'git');
  return stdout;
}

/** As `tryGit`, beside this process. Throws node's own error when git cannot be started. */
export async function askGit(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const child = childProcess().spawn('git', args as string[], { cwd: options.cwd, env: environmentOf(options), stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], windowsHide: true });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on('data', (piece: Buffer) => stdout.push(piece));
  child.stderr?.on('data', (piece: Buffer) => stderr.push(piece));
  // Git may have its answer before it has read everything.
  child.stdin?.on('error', () => undefined).end(options.input);
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { status: status ?? 128, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

/** The lines of a text that git ended with newlines; no empty last one. */
export function linesOf(output: Buffer): string[] {
  const text = output.toString();
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** The items of a `-z` output. */
export function itemsOf(output: Buffer): string[] {
  const items = output.toString().split('\0');
  items.pop();
  return items;
}
