/** One path that a script's docstring names. */
export interface ScriptPath {
  readonly path: string;
  /** 1-based, in the script. */
  readonly line: number;
}

/** `Reads:` or `Writes:` of a docstring. */
export interface ScriptSection {
  /** Of its heading. */
  readonly line: number;
  readonly paths: readonly ScriptPath[];
}

/** What a script says of itself before its first statement. */
export interface ScriptDocstring {
  readonly reads: ScriptSection | undefined;
  readonly writes: ScriptSection | undefined;
}

export type ScriptLanguage = 'python' | 'shell' | 'javascript';

const EXTENSIONS: Readonly<Record<string, ScriptLanguage>> = { py: 'python', sh: 'shell', bash: 'shell', zsh: 'shell', js: 'javascript', mjs: 'javascript', cjs: 'javascript', jsx: 'javascript', ts: 'javascript', mts: 'javascript', cts: 'javascript', tsx: 'javascript' };
const INTERPRETERS: readonly (readonly [RegExp, ScriptLanguage])[] = [[/\bpython[\d.]*\b/, 'python'], [/\b(?:ba|da|z|k)?sh\b/, 'shell'], [/\b(?:node|deno|bun|tsx)\b/, 'javascript']];

/** By the name of the script, else by its first line; undefined for what is no script of these languages. */
export function scriptLanguage(path: string, text?: string): ScriptLanguage | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.includes('.')) return EXTENSIONS[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
  const [first = ''] = text?.split('\n', 1) ?? [];
  return first.startsWith('#!') ? INTERPRETERS.find(([interpreter]) => interpreter.test(first))?.[1] : undefined;
}

interface Line {
  readonly text: string;
  readonly line: number;
}

/**
 * Reads `Reads:` and `Writes:` from a Python docstring, from comments with `#`, or from a block
 * comment: below each heading one path a line, what follows a blank after it is for people; several
 * may stand behind the heading itself, with commas. `none` is an empty list. Linear.
 */
export function scriptDocstring(text: string, language: ScriptLanguage): ScriptDocstring {
  const lines = language === 'javascript' ? blockComment(text) : language === 'python' ? [...hashComments(text), ...pythonString(text)] : hashComments(text);
  return { reads: sectionIn(lines, 'Reads'), writes: sectionIn(lines, 'Writes') };
}

/** Comments from the top on, up to the first statement. */
function hashComments(text: string): Line[] {
  const comments: Line[] = [];
  for (const [index, source] of linesOf(text).entries()) {
    const line = source.trim();
    if (line !== '' && !line.startsWith('#')) break;
    if (!line.startsWith('#!')) comments.push({ text: line.replace(/^#+/, ''), line: index + 1 });
  }
  return comments;
}

/** The string that stands first in a module, below comments. */
function pythonString(text: string): Line[] {
  const lines = linesOf(text);
  const first = lines.findIndex((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  const [, quotes, opening = ''] = /^\s*[rRuU]?("""|'''|"|')(.*)$/s.exec(lines[first] ?? '') ?? [];
  if (quotes === undefined) return [];
  const found: Line[] = [];
  for (let at = first; at < lines.length; at += 1) {
    const line = at === first ? opening : (lines[at] as string);
    const end = line.indexOf(quotes);
    found.push({ text: end === -1 ? line : line.slice(0, end), line: at + 1 });
    if (end !== -1 || quotes.length === 1) break;
  }
  return found;
}

/** Block comments and lines of comment from the top on, up to the first statement but `'use strict'`. */
function blockComment(text: string): Line[] {
  const found: Line[] = [];
  let isOpen = false;
  for (const [index, source] of linesOf(text).entries()) {
    let line = source;
    if (!isOpen) {
      const start = line.trim();
      if (start === '' || start.startsWith('#!') || /^['"]use \w+['"];?$/.test(start)) continue;
      if (!start.startsWith('/*') && !start.startsWith('//')) break;
      isOpen = start.startsWith('/*');
      line = start.replace(isOpen ? /^\/\*+/ : /^\/+/, '');
    } else {
      line = line.replace(/^\s*\*(?!\/)/, '');
    }
    const end = isOpen ? line.indexOf('*/') : -1;
    found.push({ text: end === -1 ? line : line.slice(0, end), line: index + 1 });
    if (end !== -1) isOpen = false;
  }
  return found;
}

function sectionIn(lines: readonly Line[], name: 'Reads' | 'Writes'): ScriptSection | undefined {
  const at = lines.findIndex(({ text }) => new RegExp(`^\\s*${name}:`).test(text));
  const heading = lines[at];
  if (!heading) return undefined;
  const rest = heading.text.slice(heading.text.indexOf(':') + 1);
  const paths = rest.split(',').flatMap((item) => pathIn(item, heading.line));
  let level: number | undefined;
  for (const { text, line } of lines.slice(at + 1)) {
    if (text.trim() === '' || /^\s*[A-Z][\w ]*:\s*$/.test(text) || /^\s*(?:Reads|Writes):/.test(text)) break;
    const indent = text.length - text.trimStart().length;
    level ??= indent;
    // What is deeper goes on with the line above.
    if (indent <= level) paths.push(...pathIn(text, line));
  }
  return { line: heading.line, paths };
}

/** The path that an item begins with; none for what is no file. */
function pathIn(item: string, line: number): ScriptPath[] {
  const [first = ''] = item.trim().replace(/^[-*•][ \t]+/, '').split(/\s/, 1);
  const path = first.replace(/^[`'"]+|[`'",;:]+$/g, '').replace(/^\.\//, '');
  return path === '' || /^(?:none|nothing|n\/a|-+|–|—|\(none\)|stdin|stdout|stderr)\.?$/i.test(path) || path.includes('://') ? [] : [{ path, line }];
}

function linesOf(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
}
