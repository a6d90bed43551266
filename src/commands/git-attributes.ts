import { join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { runsFolder } from '../documents/run.ts';
import { settingsOf, WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import { readBytes } from '../git/files.ts';
import type { Repository } from '../git/repository.ts';
import type { Edit } from '../tree/edit.ts';

const ATTRIBUTES_PATH = '.gitattributes';
const BEGIN = '# treework: begin (init writes this block; lines below its end win over it)';
const END = '# treework: end';
/** On bytes read as Latin-1, as everything here: what is not ours stays as it is in any encoding. */
const BLOCK = /^(ï»¿)?# treework: begin\b.*\r?\n(?:.*\r?\n)*?# treework: end(?:\r?\n|$)/;

/** What git and forges are told about governed files, a line each. */
export function attributeLines({ layout, kinds }: Pick<Settings, 'layout' | 'kinds'>): string[] {
  const folders = [...new Set([layout.specs, layout.archived])];
  const roots = folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));
  const runs = layout.operations === undefined ? [] : [runsFolder(layout.operations, '*')];
  const merged = ['/WORKSPACE.md', ...[...roots, layout.capabilities, ...runs].map((folder) => `${folder}/**/*.md`), ...kinds.flatMap(({ path }) => attributePattern(path) ?? [])];
  return [...[...new Set(merged)].map((pattern) => `${quoted(pattern)} merge=treework diff=treework`), ...generated([...folders, ...runs])];
}

/** The path pattern of a kind as git understands it; undefined where git has no such signs. */
function attributePattern(path: string): string | undefined {
  const pattern = path.replaceAll(/\{\{[^}]*\}\}/g, '*');
  if (/[{}()!+@|]/.test(pattern)) return undefined;
  return pattern.includes('/') ? pattern : `/${pattern}`;
}

function generated(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => [`${folder}/*/nodes/*.md`, `${folder}/*/README.md`].map((pattern) => `${quoted(pattern)} linguist-generated`));
}

/**
 * The file with these lines in a block of our own, undefined when it stands there just so. The block
 * is at the top, where every line of the user's wins over it (gitattributes(5): the last match
 * counts), and taking it out again gives the same bytes as before.
 */
export function withAttributes(bytes: Buffer, lines: readonly string[]): Buffer | undefined {
  const text = bytes.toString('latin1');
  const rest = (withoutAttributes(bytes) ?? bytes).toString('latin1');
  const [mark, own] = rest.startsWith('ï»¿') ? ['ï»¿', rest.slice(3)] : ['', rest];
  const end = own.includes('\r\n') ? '\r\n' : '\n';
  const block = [BEGIN, ...lines, END].map((line) => Buffer.from(line + end).toString('latin1')).join('');
  const now = mark + block + own;
  return now === text ? undefined : Buffer.from(now, 'latin1');
}

/** The file without our block; undefined when it has none. */
export function withoutAttributes(bytes: Buffer): Buffer | undefined {
  const text = bytes.toString('latin1');
  return BLOCK.test(text) ? Buffer.from(text.replace(BLOCK, (_, mark: string | undefined) => mark ?? ''), 'latin1') : undefined;
}

/** What `init` does to the file; undefined when there is nothing to do. */
export function attributesEdit(repository: Repository): Edit | undefined {
  const bytes = readBytes(join(repository.workRoot, ATTRIBUTES_PATH));
  const workspace = readBytes(join(repository.workRoot, WORKSPACE_PATH));
  const settings = settingsOf(workspace ? parseDocument(workspace).data : undefined);
  const content = withAttributes(bytes ?? Buffer.alloc(0), attributeLines(settings));
  return content && { path: ATTRIBUTES_PATH, content, expect: bytes ?? 'absent' };
}

/** What `uninstall` does to the file: a file that holds nothing else goes. */
export function attributesRemoval(repository: Repository): Edit | undefined {
  const bytes = readBytes(join(repository.workRoot, ATTRIBUTES_PATH));
  const content = bytes && withoutAttributes(bytes);
  return content && { path: ATTRIBUTES_PATH, content: content.length === 0 ? undefined : content, expect: bytes };
}

/** A pattern as one word: special signs stand for themselves, except the stars we put there. */
function quoted(pattern: string): string {
  const literal = pattern.replaceAll(/[\\[\]?]/g, '\\$&');
  return /[\s"]/.test(literal) ? JSON.stringify(literal) : literal;
}
