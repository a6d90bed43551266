/** One character, and any run of characters, inside a segment. */
const ONE = Symbol('?');
const MANY = Symbol('*');
/** Any number of segments: `**`. */
const DEEP = Symbol('**');

type Token = string | RegExp | typeof ONE | typeof MANY;
type Segment = string | typeof DEEP | readonly Token[];

/** What is left of a pattern when its braces are spelt out: the segments of a path. */
export interface PathShape {
  readonly segments: readonly Segment[];
  /** The segments that hold no wildcard, up to the first that does, each with a `/` after it. */
  readonly prefix: string;
}

/** Any one segment: `*`. */
const ANY: readonly Token[] = [MANY];

/** More alternatives of braces than this count as `**`. */
const MOST_ALTERNATIVES = 64;
const EXTENDED = /[@+*?!]\(/;

/**
 * Reads a path pattern: `*`, `?`, `[…]` inside a segment, `**` for any number of segments, `{a,b}`;
 * names that begin with a dot are names like all others, and a last segment without wildcards stands
 * for everything below it too. Extended globs (`@(a|b)`) and ranges (`{1..3}`) count as `*`: such a
 * pattern covers rather too much than too little.
 */
export function pathShapes(pattern: string): PathShape[] {
  const shapes = new Map<string, PathShape>();
  for (const one of alternativesOf(EXTENDED.test(pattern) ? withoutExtended(pattern) : pattern)) {
    if (!shapes.has(one)) shapes.set(one, shapeOf(one));
  }
  return [...shapes.values()];
}

/** The shape that only this path has. */
export function shapeOfPath(path: string): PathShape {
  return { segments: path.split('/'), prefix: `${path}/` };
}

/** Whether there can be a path that both describe. Exact, but for two character classes: those always meet. */
export function shapesMeet(a: PathShape, b: PathShape): boolean {
  const [left, right] = [a.segments, b.segments];
  let at = 0;
  for (; typeof left[at] === 'string' && typeof right[at] === 'string'; at += 1) if (left[at] !== right[at]) return false;
  return sequencesMeet(left.slice(at), right.slice(at), DEEP, segmentsMeet);
}

/** Whether every path of `inner` is one of `outer`; false also where that cannot be told simply. */
export function shapeHolds(outer: PathShape, inner: PathShape): boolean {
  const { segments } = outer;
  const names = segments.findIndex((segment) => typeof segment !== 'string');
  const isFolder = segments[names] === DEEP && (segments[names + 1] ?? ANY) === ANY && segments.length <= names + 2;
  if (isFolder) return segments.slice(0, names).every((segment, index) => segment === inner.segments[index]);
  return inner.segments.every((segment) => typeof segment === 'string') && shapesMeet(outer, inner);
}

/**
 * Whether two sequences can stand for one, where `star` stands for any number of items. Follows both
 * at once: a pair of positions is reached when what is before can be one.
 */
function sequencesMeet<Item>(a: readonly Item[], b: readonly Item[], star: Item, itemsMeet: (left: Item, right: Item) => boolean): boolean {
  const width = b.length + 1;
  const reached = new Uint8Array((a.length + 1) * width);
  reached[0] = 1;
  for (let left = 0; left <= a.length; left += 1) {
    for (let right = 0; right <= b.length; right += 1) {
      const at = left * width + right;
      if (reached[at] === 0) continue;
      const [inA, inB] = [left < a.length, right < b.length];
      const [starA, starB] = [inA && a[left] === star, inB && b[right] === star];
      if (inA && (starA || starB)) reached[at + width] = 1;
      if (inB && (starA || starB)) reached[at + 1] = 1;
      if (inA && inB && !starA && !starB && itemsMeet(a[left] as Item, b[right] as Item)) reached[at + width + 1] = 1;
    }
  }
  return reached[reached.length - 1] === 1;
}

function segmentsMeet(a: Segment, b: Segment): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a === b;
  return sequencesMeet<Token>(tokensIn(a), tokensIn(b), MANY, tokensMeet);
}

function tokensIn(segment: Segment): readonly Token[] {
  return typeof segment === 'string' ? [...segment] : segment === DEEP ? [MANY] : segment;
}

function tokensMeet(a: Token, b: Token): boolean {
  if (a === ONE || b === ONE) return true;
  if (a instanceof RegExp) return b instanceof RegExp || a.test(b as string);
  return b instanceof RegExp ? b.test(a as string) : a === b;
}

/** The pattern once per choice of its braces, which may hold others. */
function alternativesOf(pattern: string): string[] {
  const done: string[] = [];
  const pending = [pattern];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const braces = firstBraces(next);
    if (!braces) done.push(next);
    else for (const choice of braces.choices) pending.push(next.slice(0, braces.start) + choice + next.slice(braces.end));
    if (pending.length + done.length > MOST_ALTERNATIVES) return [`${pattern.slice(0, pattern.indexOf('{')).replace(/[^/]*$/, '')}**`];
  }
  return done;
}

/** The first braces with a choice; ones without a comma are a range, or stand for themselves. */
function firstBraces(pattern: string): { start: number; end: number; choices: readonly string[] } | undefined {
  for (let start = pattern.indexOf('{'); start !== -1; start = pattern.indexOf('{', start + 1)) {
    if (pattern[start - 1] === '\\') continue;
    const commas: number[] = [];
    let depth = 0;
    for (let at = start; at < pattern.length; at += 1) {
      const char = pattern[at];
      if (char === '\\') at += 1;
      else if (char === '{') depth += 1;
      else if (char === ',' && depth === 1) commas.push(at);
      else if (char === '}' && --depth === 0) {
        const inner = pattern.slice(start + 1, at);
        if (commas.length === 0 && !inner.includes('..')) break;
        const edges = [start, ...commas, at];
        const choices = commas.length === 0 ? ['*'] : edges.slice(1).map((edge, index) => pattern.slice((edges[index] as number) + 1, edge));
        return { start, end: at + 1, choices };
      }
    }
  }
  return undefined;
}

/** Extended globs replaced by what is no narrower. */
function withoutExtended(pattern: string): string {
  const folded = pattern.replace(/[@+*?!]\([^()/]*\)/g, '*');
  return EXTENDED.test(folded) ? `${folded.slice(0, folded.search(EXTENDED)).replace(/[^/]*$/, '')}**` : folded;
}

function shapeOf(pattern: string): PathShape {
  const names = pattern.split('/').filter((name) => name !== '' && name !== '.');
  const segments = names.map(segmentOf);
  const wild = segments.findIndex((segment) => typeof segment !== 'string');
  const literals = (wild === -1 ? segments : segments.slice(0, wild)) as string[];
  return { segments: [...segments, ...belowOf(segments.at(-1))], prefix: literals.map((name) => `${name}/`).join('') };
}

/** A last segment without wildcards may be a folder; `**` at the end is at least one name. */
function belowOf(last: Segment | undefined): Segment[] {
  return typeof last === 'string' || last === undefined ? [DEEP] : last === DEEP ? [ANY] : [];
}

function segmentOf(name: string): Segment {
  if (name === '**') return DEEP;
  if (!/[*?[\\]/.test(name)) return name;
  const tokens = tokensOf(name);
  return tokens.every((token) => typeof token === 'string') ? tokens.join('') : name === '*' ? ANY : tokens;
}

function tokensOf(name: string): Token[] {
  const tokens: Token[] = [];
  for (const [part] of name.matchAll(/\\.|\[[!^]?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\*+|./gsu)) {
    if (part.startsWith('*')) tokens.push(MANY);
    else if (part === '?') tokens.push(ONE);
    else if (part.length > 1 && part.startsWith('[')) tokens.push(classOf(part));
    else tokens.push(part.length > 1 && part.startsWith('\\') ? part.slice(1) : part);
  }
  return tokens;
}

/** `[a-z]`, `[!a-z]`; a class that is none (`[z-a]`) and one of names (`[[:alpha:]]`) is any character. */
function classOf(part: string): Token {
  if (part.includes('[:')) return ONE;
  const isNot = part[1] === '!' || part[1] === '^';
  const inner = part.slice(isNot ? 2 : 1, -1);
  try {
    return new RegExp(`^[${isNot ? '^' : ''}${inner.replace(/[[\]^]/g, '\\$&')}]$`, 'u');
  } catch {
    return ONE;
  }
}
