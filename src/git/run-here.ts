import { childProcess } from './child-process.ts';

/** Runs this program once more with other words, its streams those of the terminal; answers with the exit status. */
export function runHere(words: readonly string[], cwd: string): number {
  const { status } = childProcess().spawnSync(process.execPath, [...process.execArgv, process.argv[1] as string, ...words], { cwd, stdio: 'inherit' });
  return status ?? 255;
}

/** The same, and what it printed on standard output. */
export function runAndRead(words: readonly string[], cwd: string): { readonly status: number; readonly stdout: string } {
  const { status, stdout } = childProcess().spawnSync(process.execPath, [...process.execArgv, process.argv[1] as string, ...words], { cwd, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 28 });
  return { status: status ?? 255, stdout: stdout.toString() };
}
