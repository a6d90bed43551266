import type { Baseline, BaselineEntry } from '../documents/generated/types.ts';
import { validators } from '../documents/generated/validators.js';
import { BASELINE_PATH } from '../documents/settings.ts';
import type { Finding } from '../tree/finding.ts';
import type { Tree } from '../tree/tree.ts';
import { fingerprintOf, lineOf } from './fingerprint.ts';

export type { BaselineEntry };

const LONGEST_TEXT = 100;

/** What a tree's baseline knows; nothing where it has none, or none that can be read (`baseline-valid` reports it). */
export function baselineIn(tree: Tree): readonly BaselineEntry[] {
  const bytes = tree.read(BASELINE_PATH);
  const data = bytes && readJson(bytes.toString());
  return data !== undefined && validators.baseline(data).length === 0 ? (data as Baseline).findings : [];
}

/** undefined for what is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The findings as entries, each once with how often it occurs, in an order of their own. */
export function entriesOf(findings: readonly Finding[], textOf: (path: string) => string | undefined): BaselineEntry[] {
  const entries = new Map<string, BaselineEntry & { count: number }>();
  for (const finding of findings) {
    const { rule, path, line } = finding;
    const source = textOf(path);
    const fingerprint = fingerprintOf(finding, source);
    const known = entries.get(fingerprint);
    if (known) known.count += 1;
    else entries.set(fingerprint, { rule, path, text: lineOf(source, line).slice(0, LONGEST_TEXT), fingerprint, count: 1 });
  }
  const keyOf = ({ path, rule, fingerprint }: BaselineEntry) => `${path}\0${rule}\0${fingerprint}`;
  return [...entries.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** A baseline file: an entry a line, so that git merges what two branches took out. */
export function baselineText(entries: readonly BaselineEntry[]): string {
  const lines = entries.map(({ rule, path, text, fingerprint, count = 1, ...others }) => JSON.stringify({ rule, path, ...(text && { text }), fingerprint, ...(count > 1 && { count }), ...others }));
  return `{\n  "treework": 1,\n  "findings": [\n${lines.map((line) => `    ${line}`).join(',\n')}\n  ]\n}\n`;
}

/** Takes findings off a baseline, one by one. */
export class Remaining {
  readonly #counts = new Map<string, number>();
  readonly #entries: readonly BaselineEntry[];

  constructor(entries: readonly BaselineEntry[]) {
    this.#entries = entries;
    for (const { fingerprint, count = 1 } of entries) this.#counts.set(fingerprint, (this.#counts.get(fingerprint) ?? 0) + count);
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** Whether the baseline knows one more finding of this fingerprint. */
  take(fingerprint: string): boolean {
    const left = this.#counts.get(fingerprint) ?? 0;
    if (left > 0) this.#counts.set(fingerprint, left - 1);
    return left > 0;
  }

  /** What nothing was taken for, with how often. */
  rest(): BaselineEntry[] {
    return this.#entries.flatMap((entry) => {
      const left = this.#counts.get(entry.fingerprint) ?? 0;
      return left > 0 ? [{ ...entry, count: left }] : [];
    });
  }
}
