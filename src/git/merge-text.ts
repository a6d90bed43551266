import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryGit, type GitOptions } from './run.ts';

export interface MarkerStyle {
  /** Length of the marks. */
  readonly size: number;
  readonly labels: { readonly ours: string; readonly base: string; readonly theirs: string };
}

export interface MergedText {
  readonly text: Buffer;
  readonly conflicts: number;
}

/**
 * Three texts merged line by line as git itself does it (`git merge-file`), in the repository's own
 * style of conflicts; undefined for what git does not take for text. `folder` is for temporary files.
 */
export function mergeTexts(base: string | Buffer, ours: string | Buffer, theirs: string | Buffer, style: MarkerStyle, folder: string, options: GitOptions): MergedText | undefined {
  // Of this process alone, which waits for git: `installDrivers` sweeps it when the process is gone.
  const place = join(folder, `merge-lines.${process.pid}`);
  mkdirSync(place, { recursive: true });
  try {
    const files = Object.entries({ ours, base, theirs }).map(([name, text]) => {
      writeFileSync(join(place, name), text);
      return join(place, name);
    });
    const labels = [style.labels.ours, style.labels.base, style.labels.theirs].flatMap((label) => ['-L', label]);
    const { status, stdout } = tryGit(['merge-file', '-p', '--quiet', `--marker-size=${style.size}`, ...labels, ...files], options);
    return status > 127 ? undefined : { text: stdout, conflicts: status };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
