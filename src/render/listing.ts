/** One line of a list. */
export interface ListedDocument {
  readonly path: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Why its frontmatter cannot be relied on. */
  readonly problem?: { readonly line: number; readonly message: string };
}

interface Listing {
  readonly kind: string;
  /** Keys that documents of the kind have, in the order of the schema. */
  readonly keys: readonly string[];
  /** Keys that the question was about. */
  readonly asked: readonly string[];
  /** How many documents there are. */
  readonly count: number;
  readonly program: string;
}

/** Most columns beside the path, and the widest of them. */
const MOST_COLUMNS = 4;
const WIDEST = 48;
/** What a reader looks for first. */
const FIRST = ['title', 'name', 'status'];

/** The documents as a table of their paths and their first plain values; broken ones with what is wrong. */
export function listText(documents: readonly ListedDocument[], listing: Listing): string {
  const { kind, count, program } = listing;
  const whole = documents.filter(({ problem }) => problem === undefined);
  const columns = columnsOf(whole, listing);
  const rows = whole.map(({ path, data }) => [path, ...columns.map((key) => shown(data[key]))]);
  const table = rows.length === 0 ? [] : [['', ...columns], ...rows];
  const widths = [0, ...columns.map((_, index) => index + 1)].map((index) => Math.max(0, ...table.map((row) => (row[index] ?? '').length)));
  const lines = table.map((row) => row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join('  ').trimEnd());
  const broken = documents.flatMap(({ path, problem }) => (problem ? [`${path}:${problem.line}  broken: ${problem.message}`] : []));
  const hint = broken.length > 0 ? `; ${broken.length} cannot be read as ${kind}: ${program} check says how to mend them` : '';
  return [...lines, ...broken, `${whole.length} of ${count} ${count === 1 ? 'document' : 'documents'} of kind ${kind}${hint}`].join('\n');
}

function columnsOf(documents: readonly ListedDocument[], { keys, asked }: Listing): string[] {
  const isPlain = (key: string) => documents.some(({ data }) => shown(data[key]) !== '') && documents.every(({ data }) => typeof data[key] !== 'object' || Array.isArray(data[key]) || data[key] === null);
  const order = [...new Set([...FIRST.filter((key) => keys.includes(key)), ...asked.filter((key) => keys.includes(key)), ...keys])];
  return order.filter((key) => isPlain(key) && key !== 'slug').slice(0, MOST_COLUMNS);
}

/** A value on one line, without anything a terminal obeys. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = (Array.isArray(value) ? value.map(String).join(', ') : String(value)).replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}
