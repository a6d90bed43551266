import { nearest } from '../documents/nearest.ts';
import { governedRoots, placeOf } from '../documents/place.ts';
import { nameKey } from '../documents/operations.ts';
import type { Requirement } from '../documents/requirements.ts';
import { deltaOf } from '../workflow/change-record.ts';
import { deltaTarget, requirementsAt } from '../workflow/delta-file.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument, Snapshot } from '../workflow/snapshot.ts';

export const rule: Rule = {
  id: 'delta-target',
  group: 'freeze',
  severity: 'error',
  kinds: [],
  holds: ['delta'],

  *document(document, _, step) {
    const { requirements, problems } = deltaOf(document);
    if (requirements.length === 0 && problems.length === 0) yield empty(document);
    for (const { line, message, remedy } of problems) yield { path: document.path, line, message, remedy };
    if (!step) return;
    const target = deltaTarget(step.after, document);
    if (target === undefined) return yield aimless(document);
    const held = requirementsAt(step.after, target);
    for (const entry of requirements) yield* misaimed(document.path, entry, target, held);
  },

  *repository(snapshot, _, paths) {
    // Who else changes a requirement only a listing can tell: an audit's business.
    if (paths === 'all') yield* overlapping(snapshot);
  },
};

function* misaimed(path: string, entry: Requirement, target: string, held: ReadonlyMap<string, Requirement> | undefined): Iterable<Report> {
  const { operation, name, key, line } = entry;
  const known = held?.get(key);
  if (operation === 'ADDED') {
    if (known) yield { path, line, message: `Unexpected ADDED requirement "${name}", expected one that ${target} does not hold: it stands there on line ${known.line}`, remedy: 'write it under MODIFIED if it changes that one, else give it another name' };
    return;
  }
  if (!held) {
    yield { path, line, message: `Unexpected ${operation} requirement "${name}" of ${target}, expected a file that exists`, remedy: 'write it under ADDED, or name the file that holds it' };
    return;
  }
  if (!known) {
    const meant = nearest(name, [...held.values()].map((one) => one.name));
    yield { path, line, message: `Unexpected ${operation} requirement "${name}", expected one that ${target} holds${meant ? `; did you mean "${meant}"?` : ''}`, remedy: meant ? 'write its name as it stands there' : 'write it under ADDED if it is new; if somebody renamed it meanwhile, take the new name' };
    return;
  }
  if (entry.was !== undefined && entry.was !== known.digest) {
    yield { path, line, message: `Unexpected Was: ${entry.was.slice(0, 15)} of "${name}", expected ${known.digest.slice(0, 15)}: ${target} has changed since this was written`, remedy: 'read what it says now, rewrite the entry, and take the new digest' };
  }
  if (operation === 'MODIFIED') yield* dropped(path, entry, known, target);
  if (operation === 'RENAMED' && entry.to !== undefined && held.has(nameKey(entry.to)) && nameKey(entry.to) !== key) {
    yield { path, line, message: `Unexpected new name "${entry.to}", expected one that ${target} does not hold`, remedy: 'choose another name' };
  }
}

/** A modified requirement replaces the whole one: what it leaves out is gone. */
function* dropped(path: string, entry: Requirement, known: Requirement, target: string): Iterable<Report> {
  const kept = new Set(entry.scenarios.map(({ name }) => nameKey(name)));
  const lost = known.scenarios.filter(({ name }) => !kept.has(nameKey(name)));
  if (lost.length === 0) return;
  yield {
    path,
    line: entry.line,
    message: `Unexpected MODIFIED requirement "${entry.name}" without ${lost.map(({ name }) => `"${name}"`).slice(0, 3).join(', ')}${lost.length > 3 ? ` and ${lost.length - 3} more` : ''}, expected every scenario that ${target} holds (line ${known.line}), or the change that leaves it out on purpose`,
    remedy: 'copy the scenarios that stay; where one is to go, say so with a waiver: <!-- treework-allow delta-target: why it goes -->',
  };
}

function aimless({ path, place }: GovernedDocument): Report {
  return { path, message: `Unexpected delta whose file nobody can tell, expected of: at the kind ${place.kind} in WORKSPACE.md, with places of its path alone`, remedy: 'write of: with the file that such a document changes, such as docs/capabilities/{{capability}}.md' };
}

function empty({ path }: GovernedDocument): Report {
  return { path, message: 'Unexpected delta that changes nothing, expected ## ADDED, MODIFIED, REMOVED or RENAMED Requirements with an entry', remedy: 'write what changes, or remove the file' };
}

/** Two that change one requirement: whichever comes second was written against a text that is gone. */
function* overlapping(snapshot: Snapshot): Iterable<Report> {
  const { tree, settings } = snapshot;
  if (!settings.kinds.some(({ holds }) => holds === 'delta')) return;
  const paths = tree.walk(governedRoots(settings)).map((entry) => entry.path).filter((path) => settings.kinds.some(({ name, holds }) => holds === 'delta' && placeOf(settings, path)?.kind === name));
  tree.prefetch(paths);
  const first = new Map<string, { path: string; entry: Requirement }>();
  for (const path of paths) {
    const document = snapshot.document(path);
    const target = document && deltaTarget(snapshot, document);
    for (const entry of document && target !== undefined ? deltaOf(document).requirements : []) {
      const key = `${target} ${entry.key}`;
      const other = first.get(key);
      if (!other) first.set(key, { path, entry });
      else if (other.path !== path) yield overlap(path, entry, other);
    }
  }
}

function overlap(path: string, entry: Requirement, other: { path: string; entry: Requirement }): Report {
  return {
    path,
    line: entry.line,
    severity: 'warning',
    message: `Unexpected ${entry.operation} requirement "${entry.name}", expected one that no other open change speaks of: ${other.path}:${other.entry.line} has it under ${other.entry.operation}`,
    remedy: 'agree on one text, or let one wait for the other: the second to be applied would undo the first',
  };
}
