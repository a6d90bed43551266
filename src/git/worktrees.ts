import { itemsOf } from './run.ts';
import type { Repository } from './repository.ts';

/** Absolute folders of all worktrees that exist, the main one first; of a bare repository the repository itself. */
export function worktreesOf(repository: Repository): string[] {
  // Blocks of lines, an empty line after each; with -z the lines end with NUL.
  const blocks: string[][] = [[]];
  for (const line of itemsOf(repository.git(['worktree', 'list', '--porcelain', '-z']))) {
    if (line === '') blocks.push([]);
    else blocks.at(-1)?.push(line);
  }
  return blocks
    .filter((lines) => lines[0]?.startsWith('worktree ') && !lines.some((line) => line.startsWith('prunable')))
    .map((lines) => (lines[0] as string).slice('worktree '.length));
}
