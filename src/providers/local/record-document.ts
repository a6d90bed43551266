import { parseDocument } from '../../documents/parse.ts';
import { renderFrontmatter } from '../../documents/render-yaml.ts';
import { UserError } from '../../error.ts';
import type { Records } from '../../git/record-ref.ts';

/** A record as Markdown: its data, and its text as it stands, with one line end more. */
export function recordDocument(data: Readonly<Record<string, unknown>>, text: string): string {
  return `${renderFrontmatter(data)}${text}\n`;
}

/** What `recordDocument` wrote, or somebody by hand. Throws a UserError (`record-broken`) where it is no such document. */
export function readRecord({ files }: Pick<Records, 'files'>, path: string): { readonly data: Readonly<Record<string, unknown>>; readonly text: string } | undefined {
  const bytes = files.read(path);
  if (!bytes) return undefined;
  const { data, body } = parseDocument(bytes);
  if (data === undefined) throw new UserError(`Unexpected text in the record ${path}, expected frontmatter`, 'git log --all -- on its ref below refs/treework/ shows who changed it; push the version before', 'record-broken');
  return { data, text: body.replace(/\r?\n$/, '') };
}

/** Numbers that stand in one place of the paths below a folder, in their order. */
export function numbersIn(paths: readonly string[], folder: string): number[] {
  const found = paths.flatMap((path) => {
    const number = path.startsWith(folder) ? /^(\d{1,9})(?:[./]|$)/.exec(path.slice(folder.length))?.[1] : undefined;
    return number === undefined ? [] : [Number(number)];
  });
  return [...new Set(found)].sort((a, b) => a - b);
}

export function notFound(what: string, hint: string): UserError {
  return new UserError(`Unexpected ${what}, expected one that is there`, hint, 'not-found');
}
