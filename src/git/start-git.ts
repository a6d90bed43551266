import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf } from './environment.ts';
import { startGit, type GitOptions } from './run.ts';
import { startLean } from './start-lean.ts';

/**
 * As `startGit`, for a question without input: git answers into a file without a name. What node
 * would load to read from a pipe takes as long as git's answer.
 */
export async function startGitLean(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const file = process.platform === 'win32' ? undefined : unnamedFile();
  if (file === undefined) return startGit(args, options);
  try {
    const { status } = await startLean(args, { cwd: options.cwd, env: environmentOf(options), output: file });
    // Asked again, for its words.
    return (await status) === 0 ? contentOf(file) : await startGit(args, options);
  } finally {
    closeSync(file);
  }
}

/** undefined where none can be made. */
function unnamedFile(): number | undefined {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'treework-'));
    const path = join(folder, 'answer');
    try {
      const file = openSync(path, 'wx+');
      unlinkSync(path);
      return file;
    } finally {
      rmdirSync(folder);
    }
  } catch {
    return undefined;
  }
}

function contentOf(file: number): Buffer {
  const content = Buffer.allocUnsafe(fstatSync(file).size);
  for (let at = 0; at < content.length; ) {
    const read = readSync(file, content, at, content.length - at, at);
    if (read === 0) return content.subarray(0, at);
    at += read;
  }
  return content;
}
