/**
 * How full an agent's context was at its last answer, in tokens: of the last line of the main thread
 * with a usage, what was put in, read from the cache and written to it. The lines are those of a
 * transcript, the last one first. undefined where none of them says it since the last compaction: what
 * was answered before is no longer in the context. The format is not documented, so nothing but that is
 * believed.
 */
export function contextTokens(lines: Iterable<string>): number | undefined {
  for (const line of lines) {
    if (line.includes('"compact_boundary"') && isBoundary(line)) return undefined;
    if (!line.includes('"assistant"') || !line.includes('input_tokens')) continue;
    const tokens = tokensIn(line);
    if (tokens !== undefined) return tokens;
  }
  return undefined;
}

const PARTS = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'];

interface TranscriptEntry {
  readonly type?: unknown;
  readonly subtype?: unknown;
  readonly isSidechain?: unknown;
  readonly message?: { readonly usage?: Record<string, unknown> };
}

function entryIn(line: string): TranscriptEntry | undefined {
  try {
    return (JSON.parse(line) as TranscriptEntry | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** What the client writes where it has put a summary in the place of all that came before. */
function isBoundary(line: string): boolean {
  const entry = entryIn(line);
  return entry?.type === 'system' && entry.subtype === 'compact_boundary';
}

function tokensIn(line: string): number | undefined {
  const entry = entryIn(line);
  const usage = entry?.type === 'assistant' && entry.isSidechain !== true ? entry.message?.usage : undefined;
  if (typeof usage !== 'object' || usage === null) return undefined;
  const parts = PARTS.map((name) => usage[name] ?? 0);
  const sum = parts.reduce<number>((all, part) => all + (typeof part === 'number' && part >= 0 ? part : Number.NaN), 0);
  return Number.isSafeInteger(sum) && sum > 0 ? sum : undefined;
}
