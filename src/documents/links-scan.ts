/** An inline link or image of a body: `[text](url "title")`. */
export interface Link {
  /** 1-based line in the file and column in UTF-16 code units: where its `[` or `![` stands. */
  readonly line: number;
  readonly column: number;
  /** Where it leads, escapes and character references resolved. */
  readonly url: string;
  readonly isImage: boolean;
}

/** Only what no other construct can be: no escapes, no brackets, no parentheses within, nothing hidden by code. */
const RESOURCE = /^\((?:[ \t]*)([^\s()<>\\&"'\0-\x1f\x7f][^\s()<>\\&\0-\x1f\x7f]*)?(?:[ \t]+(?:"[^"\\&\0]*"|'[^'\\&\0]*'))?[ \t]*\)/;
const HTML = /<[A-Za-z/!?]/;

/**
 * The inline links of adjoining lines that are neither blank nor code nor HTML, the first of them
 * being line `line` of the file; undefined when it takes more of CommonMark than is known here to
 * tell. What it says equals what the reference parser says (`test/documents/links.test.ts`).
 */
export function scanLinks(lines: readonly string[], line: number): Link[] | undefined {
  const links: Link[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const source = lines[index] as string;
    const shown = source.includes('`') ? withoutSpans(source) : source;
    if (shown === undefined || shown.includes('\\') || shown.includes(']:') || HTML.test(shown)) return undefined;
    if (!addLinks(links, shown, line + index)) return undefined;
  }
  return links;
}

/** Code spans as NULs of the same length; undefined when one is not closed on its line. */
function withoutSpans(source: string): string | undefined {
  let shown = '';
  let at = 0;
  for (let start = source.indexOf('`'); start !== -1; start = source.indexOf('`', at)) {
    const run = runAt(source, start);
    let close = source.indexOf('`', start + run);
    while (close !== -1 && runAt(source, close) !== run) close = source.indexOf('`', close + runAt(source, close));
    if (close === -1) return undefined;
    shown += source.slice(at, start) + '\0'.repeat(close + run - start);
    at = close + run;
  }
  return shown + source.slice(at);
}

function runAt(source: string, at: number): number {
  let end = at;
  while (source.charCodeAt(end) === 96) end += 1;
  return end - at;
}

/** False when the line is not certain. */
function addLinks(links: Link[], shown: string, line: number): boolean {
  let from = 0;
  for (let close = shown.indexOf(']('); close !== -1; close = shown.indexOf('](', from)) {
    const open = shown.lastIndexOf('[', close);
    if (open < from || shown.lastIndexOf(']', close - 1) > open || shown[open - 1] === ']') return false;
    const resource = RESOURCE.exec(shown.slice(close + 1));
    if (!resource) return false;
    const isImage = shown[open - 1] === '!';
    if (hasImage(shown, from, isImage ? open - 1 : open)) return false;
    links.push({ line, column: open + (isImage ? 0 : 1), url: resource[1] ?? '', isImage });
    from = close + 1 + resource[0].length;
  }
  return !hasImage(shown, from, shown.length);
}

/** Whether `![` stands between two offsets: an image's text may hold links, which are then none. */
function hasImage(shown: string, from: number, to: number): boolean {
  const at = shown.indexOf('![', from);
  return at !== -1 && at < to;
}
