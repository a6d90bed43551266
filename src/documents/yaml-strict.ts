import type { CST, Document, Node, YAMLParseError } from 'yaml';
import { yamlAuthority } from './authority.ts';
import { faultOfToken } from './yaml-token.ts';
import type { YamlFault } from './yaml-token.ts';
import type { YamlReading } from './yaml.ts';

/** What is wrong after the first few is no news. */
const MAX_FAULTS = 10;

/** A document with the ranges and source tokens of its nodes, when nothing is wrong with it. */
export interface StrictReading extends YamlReading {
  readonly document: Document.Parsed | undefined;
}

/** Composed without the library's own test for duplicate keys, which is quadratic: see `keyFaults`. */
const OPTIONS = {
  version: '1.2',
  schema: 'core',
  strict: true,
  uniqueKeys: false,
  keepSourceTokens: true,
  logLevel: 'silent',
} as const;

/** Reads YAML by the authority, with positions: offsets into `source`. Never throws. */
export function readStrictly(source: string): StrictReading {
  const { Composer, Parser } = yamlAuthority();
  const tokens = [...new Parser().parse(source)];
  const refused = refusedTokens(tokens);
  if (refused.length > 0) return failed(refused);
  const [document] = [...new Composer(OPTIONS).compose(tokens)] as Document.Parsed[];
  const error = document?.errors[0];
  if (error !== undefined) return failed([faultOfError(source, error)]);
  const contents = document?.contents ?? null;
  if (contents === null || isEmptyScalar(contents)) {
    return failed([EMPTY]);
  }
  return read(document as Document.Parsed, contents);
}

function read(document: Document.Parsed, contents: Node): StrictReading {
  const { isMap } = yamlAuthority();
  if (!isMap(contents)) {
    const offset = contents.range?.[0] ?? 0;
    const what = yamlAuthority().isSeq(contents) ? 'a list' : 'a single value';
    return failed([
      { offset, message: `Unexpected ${what}, expected \`key: value\` lines`, remedy: 'Write the frontmatter as a mapping.' },
    ]);
  }
  const faults: YamlFault[] = [];
  const data = dataOf(contents, faults);
  return faults.length > 0 ? failed(faults) : { data: data as Record<string, unknown>, faults, document };
}

/** The fault of a source that holds nothing but comments and white space. */
export const EMPTY: YamlFault = {
  offset: 0,
  message: 'Unexpected empty frontmatter, expected `key: value` lines',
  remedy: 'Write the keys that this kind of document requires between the two `---` lines.',
};

function failed(faults: readonly YamlFault[]): StrictReading {
  return { data: undefined, faults, document: undefined };
}

function isEmptyScalar(node: Node): boolean {
  return yamlAuthority().isScalar(node) && node.value === null && (node.source ?? '') === '';
}

interface Visit {
  readonly token: CST.Token;
  readonly depth: number;
}

/** Walks the concrete syntax without recursion, so that no depth of nesting can exhaust the stack. */
function refusedTokens(tokens: readonly CST.Token[]): YamlFault[] {
  const faults: YamlFault[] = [];
  const pending: Visit[] = [];
  for (const token of tokens) {
    pending.push({ token, depth: 0 });
    for (let visit = pending.pop(); visit !== undefined && faults.length < MAX_FAULTS; visit = pending.pop()) {
      const fault = faultOfToken(visit.token, visit.depth);
      if (fault === 'too deep') return [...faults, tooDeep(visit.token.offset)];
      if (fault !== undefined) faults.push(fault);
      visitChildren(visit, pending);
    }
  }
  return faults;
}

function tooDeep(offset: number): YamlFault {
  return {
    offset,
    message: 'Unexpected nesting deeper than 100 levels, expected a flatter document',
    remedy: 'Flatten the frontmatter, or move part of it into the body or another document.',
  };
}

/** Puts a token's parts on the stack, the last one first. */
function visitChildren({ token, depth }: Visit, pending: Visit[]): void {
  if ('end' in token) visitAll(token.end, depth, pending);
  if (token.type === 'block-scalar') visitAll(token.props, depth, pending);
  if (token.type === 'document') {
    if (token.value !== undefined) pending.push({ token: token.value, depth: inside(token.value, depth) });
    visitAll(token.start, depth, pending);
  }
  if (!('items' in token)) return;
  for (const item of token.items.toReversed()) {
    if (item.value) pending.push({ token: item.value, depth: inside(item.value, depth) });
    visitAll(item.sep, depth, pending);
    if (item.key) pending.push({ token: item.key, depth: inside(item.key, depth) });
    visitAll(item.start, depth, pending);
  }
}

function visitAll(tokens: readonly CST.Token[] | undefined, depth: number, pending: Visit[]): void {
  for (let at = (tokens?.length ?? 0) - 1; at >= 0; at -= 1) {
    const token = tokens?.[at];
    if (token !== undefined) pending.push({ token, depth });
  }
}

/** Depth counts collections. */
function inside(token: CST.Token, depth: number): number {
  return 'items' in token ? depth + 1 : depth;
}

/** The plain data of a node; what is wrong with its keys goes to `faults`. Nesting is bounded by now. */
function dataOf(node: unknown, faults: YamlFault[]): unknown {
  const { isMap, isScalar, isSeq } = yamlAuthority();
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => dataOf(item, faults));
  if (!isMap(node)) return null;
  const data: Record<string, unknown> = {};
  for (const pair of node.items) {
    const key = keyOf(pair.key, data, faults);
    const value = dataOf(pair.value, faults);
    if (key === '__proto__') Object.defineProperty(data, key, { value, enumerable: true, configurable: true, writable: true });
    else if (key !== undefined) data[key] = value;
  }
  return data;
}

function keyOf(node: unknown, seen: object, faults: YamlFault[]): string | undefined {
  const { isNode, isScalar } = yamlAuthority();
  const offset = (isNode(node) ? node.range?.[0] : undefined) ?? 0;
  if (!isScalar(node) || node.value === null) {
    if (faults.length < MAX_FAULTS) faults.push({ offset, message: 'Unexpected key that is not text, expected a word', remedy: 'Give the key a name, in quotes if need be.' });
    return undefined;
  }
  const key = String(node.value);
  if (!Object.hasOwn(seen, key)) return key;
  if (faults.length >= MAX_FAULTS) return undefined;
  faults.push({
    offset,
    message: `Unexpected second key \`${key}\`, expected each key once in its mapping`,
    remedy: `Keep one of the values of \`${key}\` and delete the other.`,
  });
  return undefined;
}

function faultOfError(source: string, error: YAMLParseError): YamlFault {
  const offset = Math.min(error.pos[0], source.length);
  const quote = 'Put text that holds `: `, ` #` or begins with a special character in quotes.';
  const known: Partial<Record<string, [string, string]>> = {
    BLOCK_AS_IMPLICIT_KEY: ['second `: ` in one line, expected one key and one value', quote],
    MULTILINE_IMPLICIT_KEY: ['line without `: `, expected `key: value`', 'Add the colon and a space after the key, or indent a text that goes on.'],
    BAD_SCALAR_START: ['special character at the start of a value, expected text', quote],
    TAB_AS_INDENT: ['tab as indentation, expected spaces', 'Indent with spaces.'],
    BAD_INDENT: ['indentation, expected the items of one level to line up', 'Line the keys of one mapping up, and indent what belongs to a key.'],
    BAD_DQ_ESCAPE: ['escape sequence, expected one that YAML knows', 'Double the backslash, or use single quotes.'],
  };
  const [what, remedy] = known[error.code] ?? [`syntax (${error.message}), expected valid YAML 1.2`, 'Mend the line; text with special characters goes in quotes.'];
  return { offset, message: `Unexpected ${what}`, remedy };
}
