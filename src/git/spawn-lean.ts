/** What `node:child_process` itself builds on (lib/internal/child_process.js). */
interface SpawnBinding {
  spawn(options: object): { readonly status: number | null; readonly signal: string | null; readonly error?: number; readonly output: readonly (Buffer | null)[] | null };
}

export interface LeanResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * Runs git and waits for it without loading `node:child_process`, which takes as long as git itself.
 * undefined wherever node's own binding is closed or does not start it.
 */
export function spawnLean(args: readonly string[], { cwd, env, input }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly input: string | Buffer }): LeanResult | undefined {
  // On Windows a program is looked for in other ways.
  if (process.platform === 'win32') return undefined;
  try {
    const binding = (process as unknown as { binding(name: string): SpawnBinding }).binding('spawn_sync');
    const envPairs = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
    const output = { type: 'pipe', readable: false, writable: true };
    const stdio = [{ type: 'pipe', readable: true, writable: false, input: Buffer.from(input) }, output, output];
    const { status, error, output: streams } = binding.spawn({ file: 'git', args: ['git', ...args], cwd, envPairs, stdio, maxBuffer: 2 ** 31 - 1, windowsHide: true, detached: false });
    const [, stdout, stderr] = streams ?? [];
    return error === undefined && status !== null && stdout && stderr ? { status, stdout, stderr } : undefined;
  } catch {
    return undefined;
  }
}
