import { shortDigest } from '../documents/digest.ts';
import { headingTypos } from '../documents/heading-typos.ts';
import { nameKey } from '../documents/operations.ts';
import { parseDocument } from '../documents/parse.ts';
import { archivedFolder, placeOf, ticketFolder } from '../documents/place.ts';
import { livingSpecOf } from '../workflow/carriers.ts';
import { effectiveSpec } from '../workflow/effective-spec.ts';
import { livingIn, unbidden, unkept, type Living, type Unkept } from '../workflow/kept-promises.ts';
import type { Report, RepositoryStep, Rule, RuleContext } from '../workflow/rule.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import { ticketIn } from '../workflow/ticket.ts';

/** The rest shows when these are mended. */
const MOST_REPORTS = 10;

export const rule: Rule = {
  id: 'capability-promoted',
  group: 'freeze',
  severity: 'error',
  isProtected: true,

  *step(step, context) {
    const arriving = arrivingIn(step);
    for (const spec of new Set(arriving.map((one) => one.spec))) yield* [...judge(spec, arriving.filter((one) => one.spec === spec), step, context)].slice(0, MOST_REPORTS);
  },
};

/** A ticket that is in the archive now and was not in that of every parent, and what it promises. */
interface Arriving {
  readonly id: string;
  readonly folder: string;
  /** Path of its living spec. */
  readonly spec: string;
  readonly promises: ReturnType<typeof effectiveSpec>['requirements'];
}

function arrivingIn({ before, after, changed }: RepositoryStep): Arriving[] {
  const { settings } = after;
  const base = `${settings.layout.archived}/`;
  const ids = new Set(changed.flatMap(({ path, after: entry }) => (entry && path.startsWith(base) && path.endsWith('/spec.md') ? (placeOf(settings, path)?.ticket ?? []) : [])));
  return [...ids].flatMap((id) => {
    const folder = archivedFolder(settings, id);
    if (before.every(({ tree }) => tree.entry(folder) !== undefined)) return [];
    const ticket = ticketIn(after, folder, id, true);
    const spec = livingSpecOf(ticket);
    // A spec that was never planned promises nothing.
    return spec === undefined || !ticket.tasks ? [] : [{ id, folder, spec, promises: effectiveSpec(ticket).requirements }];
  });
}

function* judge(spec: string, arriving: readonly Arriving[], { before, after }: RepositoryStep, context: RuleContext): Iterable<Report> {
  const bytes = after.tree.read(spec);
  const parsed = parseDocument(bytes ?? Buffer.alloc(0));
  const living = livingIn(parsed);
  const left = arriving.flatMap((ticket) => leftOf(ticket, living, spec, arriving, before).map((one) => ({ ticket, one })));
  if (left.length > 0) for (const typo of headingTypos(parsed, 'spec')) yield { path: spec, line: typo.line, message: typo.message, remedy: typo.remedy };
  for (const { ticket, one } of left) yield notKept(ticket, one, spec, context);
  if (before.length > 1 || bytes === undefined) return;
  const old = livingAt(before[0], spec);
  for (const { old: { name }, now } of unbidden(old, living, arriving.flatMap(({ promises }) => promises))) yield notBidden(arriving, name, now?.line, spec, context);
}

/** Not what another ticket that arrives says anew, and in a merge not what was so before. */
function leftOf({ id, folder, promises }: Arriving, living: Living, spec: string, arriving: readonly Arriving[], before: readonly Snapshot[]): readonly Unkept[] {
  const spoken = new Set(arriving.flatMap((other) => (other.id === id ? [] : other.promises.flatMap(namesOf))));
  const left = unkept(promises, living).filter(({ promise }) => !namesOf(promise).some((name) => spoken.has(name)));
  const parents = left.length === 0 ? [] : before.filter(({ tree }) => tree.entry(folder) !== undefined);
  const known = new Set(parents.flatMap((parent) => unkept(promises, livingAt(parent, spec)).map(({ promise }) => promise)));
  return left.filter(({ promise }) => !known.has(promise));
}

function namesOf({ key, to }: Unkept['promise']): string[] {
  return to === undefined ? [key] : [key, nameKey(to)];
}

function livingAt(snapshot: Snapshot | undefined, spec: string): Living {
  return livingIn(parseDocument(snapshot?.tree.read(spec) ?? Buffer.alloc(0)));
}

function notKept({ id, folder }: Arriving, { promise, why, living }: Unkept, spec: string, { program, settings }: RuleContext): Report {
  const { operation, name, to, path } = promise;
  const said = `${operation} requirement "${name}"${operation === 'RENAMED' ? ` to "${to}"` : ''} of ${id}`;
  const is = { absent: `${spec} does not hold it`, other: `${spec} holds another text (${shortDigest(living?.digest ?? '')})`, stays: `${spec} still holds "${name}"` }[why];
  return {
    path: living ? spec : path,
    ...(living && { line: living.line }),
    message: `Unexpected archive of ${id} without its promotion, expected ${spec} to say what was agreed: ${is}, ${said}`,
    remedy: `git rm -rq --cached ${folder} && mv ${folder} ${ticketFolder(settings, id)}, then ${program} archive ${id}: it moves the ticket and writes ${spec} in one commit`,
  };
}

function notBidden(arriving: readonly Arriving[], name: string, line: number | undefined, spec: string, { origin }: RuleContext): Report {
  const ids = arriving.map(({ id }) => id).join(', ');
  return {
    path: spec,
    ...(line !== undefined && { line, severity: 'warning' as const }),
    message: `Unexpected ${line === undefined ? 'removal' : 'change'} of requirement "${name}" in ${spec} with the archive of ${ids}, expected it to stay as it was: the archive speaks of other requirements`,
    remedy: `git checkout ${origin} -- ${spec}, then only what ${ids} says of it; what else has to change is another ticket's`,
  };
}
