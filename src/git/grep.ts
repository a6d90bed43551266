import { itemsOf, tryGit } from './run.ts';

/** Paths of the work tree's Markdown files, ignored ones left out, that hold a text; none where git does not answer. */
export function markdownWith(root: string, text: string): string[] {
  if (text === '' || text.includes('\n')) return [];
  const answer = tryGit(['grep', '-l', '-z', '-I', '--full-name', '--untracked', '--fixed-strings', '-e', text], { cwd: root });
  return itemsOf(answer.stdout).filter((path) => path.endsWith('.md'));
}
