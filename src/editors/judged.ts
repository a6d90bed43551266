import { join } from 'node:path';
import { readText } from '../git/files.ts';
import type { Finding } from '../tree/finding.ts';
import type { Desk, Location } from './desk.ts';
import { diagnosticsOf, type Diagnostic } from './diagnostics.ts';
import { judgeUnit, unitOf, type Unit } from './judge-unit.ts';

/** Milliseconds of quiet after a keystroke before a unit is judged again. */
const QUIET = 120;

interface Entry {
  readonly finding: Finding;
  readonly diagnostic: Diagnostic;
}

export interface JudgedOptions {
  readonly desk: Desk;
  readonly program: string;
  /** `version`: of the text that was judged, where the file is open. */
  publish(uri: string, diagnostics: readonly Diagnostic[], version: number | undefined): void;
  /** A bug in a rule: the editor goes on. */
  failed(error: unknown): void;
}

/** What was last said of every unit with an open file, kept up to date by judging units again when they change. */
export class Judged {
  readonly #options: JudgedOptions;
  /** By unit, then URI. */
  readonly #said = new Map<string, ReadonlyMap<string, readonly Entry[]>>();
  readonly #units = new Map<string, Unit>();
  readonly #timers = new Map<string, { readonly isNow: boolean; readonly timer: NodeJS.Timeout }>();

  constructor(options: JudgedOptions) {
    this.#options = options;
  }

  /** Judges what a file belongs to as soon as nothing has changed for a moment. */
  touch(location: Location, isNow = false): void {
    const unit = unitOf(this.#options.desk, location);
    if (unit) this.#schedule(unit, isNow);
    // It may have been governed a moment ago.
    for (const known of this.#unitsWith(location)) this.#schedule(known, isNow);
  }

  /** Judges every unit of a work tree: its settings or its files have changed. */
  touchAll(root: string): void {
    for (const unit of this.#units.values()) if (unit.root === root) this.#schedule(unit, false);
    for (const { path } of this.#options.desk.openIn(root)) this.touch({ root, path });
  }

  /** What was said of a file, in the order of its findings. */
  of(uri: string): readonly Entry[] {
    const entries = [...this.#said.values()].flatMap((byUri) => byUri.get(uri) ?? []);
    // Two units may say the same of a third file.
    return [...new Map(entries.map((entry) => [JSON.stringify(entry.diagnostic), entry])).values()];
  }

  stop(): void {
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #unitsWith({ root, path }: Location): Unit[] {
    return [...this.#units.values()].filter((unit) => unit.root === root && isIn(path, unit));
  }

  #schedule(unit: Unit, isNow: boolean): void {
    const key = keyOf(unit);
    this.#units.set(key, unit);
    const pending = this.#timers.get(key);
    if (pending?.isNow) return;
    clearTimeout(pending?.timer);
    this.#timers.set(key, { isNow, timer: setTimeout(() => this.#judge(key, unit), isNow ? 0 : QUIET) });
  }

  #judge(key: string, unit: Unit): void {
    this.#timers.delete(key);
    try {
      const isOpen = this.#options.desk.openIn(unit.root).some(({ path }) => isIn(path, unit));
      this.#say(key, unit, isOpen ? judgeUnit(this.#options.desk, unit, this.#options.program) : []);
      if (!isOpen) this.#forget(key);
    } catch (error) {
      this.#options.failed(error);
    }
  }

  #forget(key: string): void {
    this.#units.delete(key);
    this.#said.delete(key);
  }

  #say(key: string, unit: Unit, findings: readonly Finding[]): void {
    const { root } = unit;
    const byPath = new Map<string, Finding[]>();
    for (const finding of findings) byPath.set(finding.path, [...(byPath.get(finding.path) ?? []), finding]);
    const open = new Map(this.#options.desk.openIn(root).map((file) => [file.path, file]));
    const now = new Map([...byPath].map(([path, list]) => {
      const file = open.get(path);
      const text = file?.text ?? textAt(root, path);
      return [file?.uri ?? this.#options.desk.uriOf({ root, path }), diagnosticsOf(list, text)] as const;
    }));
    const before = this.#said.get(key);
    this.#said.set(key, now);
    // Of what is open in the unit always, so that the editor learns that it was judged.
    const judged = [...open.values()].filter((file) => isIn(file.path, unit));
    const versions = new Map([...open.values()].map((file) => [file.uri, file.version]));
    for (const uri of new Set([...(before?.keys() ?? []), ...now.keys(), ...judged.map((file) => file.uri)])) {
      this.#options.publish(uri, this.of(uri).map((entry) => entry.diagnostic), versions.get(uri));
    }
  }
}

function textAt(root: string, path: string): string {
  try {
    return readText(join(root, path)) ?? '';
  } catch {
    return '';
  }
}

function isIn(path: string, { scope }: Unit): boolean {
  return path === scope || path.startsWith(`${scope}/`);
}

function keyOf({ root, scope }: Unit): string {
  return `${root}\0${scope}`;
}
