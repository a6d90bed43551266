import { parseDocument } from '../documents/parse.ts';
import { placeValues, staticPrefix } from '../documents/path-pattern.ts';
import { placeOf } from '../documents/place.ts';
import type { Kind } from '../documents/kinds.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { Snapshot } from '../workflow/snapshot.ts';

/** Documents read at once: bounds memory. */
const CHUNK = 256;

export const rule: Rule = {
  id: 'field-unique',
  group: 'repository',
  severity: 'error',

  *repository(snapshot, { program }, paths) {
    const kinds = snapshot.settings.kinds.filter(({ unique }) => unique.length > 0);
    if (kinds.length === 0) return;
    const isWhole = paths === 'all' || paths.includes(WORKSPACE_PATH);
    for (const kind of kinds) {
      if (isWhole) yield* repeated(snapshot, kind, { program, isAsked: () => true });
      else if (paths.some(kind.matches)) yield* repeated(snapshot, kind, { program, isAsked: (path) => paths.includes(path) });
    }
  },

  /** A merge changes no document, and may yet bring two together. */
  *step({ before, after }, { program }) {
    const [first] = before;
    if (before.length < 2 || !first) return;
    for (const kind of after.settings.kinds.filter(({ unique }) => unique.length > 0)) {
      const brought = new Set(after.tree.changedFrom([first.tree], [staticPrefix(kind.path)]).map(({ path }) => path));
      const wasTogether = (one: string, other: string) => before.some(({ tree }) => tree.entry(one) && tree.entry(other));
      if ([...brought].some(kind.matches)) yield* repeated(after, kind, { program, isAsked: (path) => brought.has(path), wasTogether });
    }
  },
};

interface Asked {
  readonly program: string;
  isAsked(path: string): boolean;
  /** Whether two documents were side by side before: then this step is not to blame. */
  wasTogether?(one: string, other: string): boolean;
}

/** Every file that says what another one says, told where the check is about it; else of the first two. */
function* repeated(snapshot: Snapshot, kind: Kind, { program, isAsked, wasTogether = () => false }: Asked): Iterable<Report> {
  for (const [key, paths] of valuesOf(snapshot, kind)) {
    if (paths.length < 2) continue;
    const [field, value] = JSON.parse(key) as [string, unknown];
    // The file that was there first is not to blame, unless it alone is asked about.
    const asked = paths.filter((path) => isAsked(path));
    const told = asked.length === paths.length ? asked.slice(1) : asked;
    for (const path of told) {
      const others = paths.filter((one) => one !== path && !wasTogether(path, one));
      if (others.length > 0) yield report(snapshot, kind, { path, field, value, others, program });
    }
  }
}

/** The documents that say each value of a unique key, by `[key, value]` as JSON. */
function valuesOf({ tree, settings }: Snapshot, kind: Kind): ReadonlyMap<string, readonly string[]> {
  const documents = tree.walk([staticPrefix(kind.path)]).filter(({ path, type }) => type === 'file' && placeOf(settings, path)?.kind === kind.name);
  const known = new Map<string, string[]>();
  for (let at = 0; at < documents.length; at += CHUNK) {
    const chunk = documents.slice(at, at + CHUNK).map(({ path }) => path);
    tree.prefetch(chunk);
    for (const path of chunk) {
      const data = parseDocument(tree.read(path) ?? Buffer.alloc(0)).data ?? {};
      for (const field of kind.unique) {
        const value = valueOf(kind, path, data, field);
        if (value === undefined) continue;
        const key = JSON.stringify([field, value]);
        const paths = known.get(key);
        if (paths) paths.push(path);
        else known.set(key, [path]);
      }
    }
    if (documents.length > CHUNK) tree.forget();
  }
  return known;
}

/** What a document says under a key, a dot leading into a mapping; else what its path says at the place of that name. */
function valueOf({ path: pattern }: Kind, path: string, data: Readonly<Record<string, unknown>>, field: string): unknown {
  const value = Object.hasOwn(data, field) ? data[field] : field.split('.').reduce<unknown>((inner, name) => (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name) ? (inner as Record<string, unknown>)[name] : undefined), data);
  if (value !== undefined && value !== null) return value;
  const part = placeValues(pattern, path).get(field);
  return part !== undefined && /^\d+$/.test(part) ? Number(part) : part;
}

interface Repetition {
  readonly path: string;
  readonly field: string;
  readonly value: unknown;
  readonly others: readonly string[];
  readonly program: string;
}

function report({ tree }: Snapshot, kind: Kind, { path, field, value, others, program }: Repetition): Report {
  const parsed = parseDocument(tree.read(path) ?? Buffer.alloc(0));
  const isNamed = parsed.data !== undefined && Object.hasOwn(parsed.data, field.split('.', 1)[0] as string);
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    path,
    ...(isNamed && parsed.locate(Object.hasOwn(parsed.data ?? {}, field) ? [field] : field.split('.'))),
    message: `Unexpected ${field} ${shown.length > 60 ? `${shown.slice(0, 59)}…` : shown} as in ${others[0]}${others.length > 1 ? ` and ${others.length - 1} more` : ''}, expected another one in every document of kind ${kind.name}`,
    remedy: isNamed ? `write another ${field} here or there` : `git mv ${path} to a name with another ${field}; ${program} new ${kind.name} takes the next one that is free`,
  };
}
