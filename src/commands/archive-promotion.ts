import { shortDigest } from '../documents/digest.ts';
import { renderFrontmatter, setValue } from '../documents/edit.ts';
import { headingTypos } from '../documents/heading-typos.ts';
import { parseDocument } from '../documents/parse.ts';
import { requirementsOf } from '../documents/requirements.ts';
import { settingsOf, WORKSPACE_PATH } from '../documents/settings.ts';
import { isDecided, deltaOf, statusOf } from '../workflow/change-record.ts';
import { effectiveSpec } from '../workflow/effective-spec.ts';
import { livingPath, rebasedRequirement } from '../workflow/archive-move.ts';
import { promote, type Claim, type Promotion, type PromotionConflict } from '../workflow/promotion.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import { ticketIn, type Ticket } from '../workflow/ticket.ts';
import { ticketFolders } from '../workflow/ticket-folders.ts';
import type { ArchiveContext, Problem } from './archive-context.ts';
import type { PlannedFile } from './archive-files.ts';

/** What the archive makes of the living spec. */
export interface PlannedPromotion extends Pick<Promotion, 'changes' | 'settled'> {
  readonly capability: string;
  readonly path: string;
  /** The living spec, and where it is the first one WORKSPACE.md with its kind switched on. */
  readonly files: readonly PlannedFile[];
  readonly problems: readonly Problem[];
}

/** undefined where the ticket promises nothing: its spec names no capability, or nothing was planned. */
export function planPromotion(context: ArchiveContext): PlannedPromotion | undefined {
  const { ticket, workspace: { settings } } = context;
  const capability = ticket.spec?.data.capability;
  if (!ticket.spec || !ticket.tasks || typeof capability !== 'string' || !/^[a-z0-9][a-z0-9-]*$/.test(capability)) return undefined;
  const path = livingPath(settings, capability);
  const old = context.contentOf(path);
  const living = parseDocument(old ?? Buffer.from(renderFrontmatter({ title: titled(capability) })));
  const nothing = { capability, path, files: [], changes: [], settled: [] };
  const unread = unreadable(context, path, [...living.problems, ...headingTypos(living, 'spec')]);
  if (unread.length > 0) return { ...nothing, problems: unread };
  const claims = claimsOf(ticket, path, context);
  const { text, changes, settled, conflicts } = promote(living, claims);
  const problems = conflicts.length > 0 ? conflicts.map((conflict) => conflictProblem(context, path, conflict)) : staleProblems(context, path, claims, old);
  const file: PlannedFile = { path, old, now: Buffer.from(text) };
  return { capability, path, files: changes.length === 0 ? [] : [file, ...kindFile(context, old)], changes, settled, problems };
}

/** What the ticket says to its capability, as it reads in the living spec at a path. */
export function claimsOf(ticket: Ticket, path: string, { move }: Pick<ArchiveContext, 'move'>): Claim[] {
  return effectiveSpec(ticket).requirements.map(({ name, key, operation, was, to, body, path: from }) => ({ name, key, operation, was, to, body: rebasedRequirement(body, from, path, move), path: from }));
}

function titled(capability: string): string {
  const words = capability.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The first living spec switches its kind on, so that every merge is judged: names stay unique. By what the last commit says. */
function kindFile({ head: { tree }, contentOf }: ArchiveContext, old: Buffer | undefined): PlannedFile[] {
  const bytes = contentOf(WORKSPACE_PATH);
  const settings = bytes && settingsOf(parseDocument(bytes).data);
  if (old !== undefined || !settings || settings.kinds.some(({ name }) => name === 'capability') || tree.list(settings.layout.capabilities).length > 0) return [];
  return [{ path: WORKSPACE_PATH, old: bytes, now: Buffer.from(setValue(bytes.toString(), ['kinds', 'capability'], {})) }];
}

/** What cannot be read for certain is not promoted, and nothing is promoted into it: a mistyped heading hides what stands below it. */
function unreadable({ ticket }: ArchiveContext, path: string, faults: readonly { readonly line: number; readonly message: string; readonly remedy: string }[]): Problem[] {
  const accepted = ticket.changes.filter((record) => statusOf(record) === 'accepted');
  const said = [
    ...faults.map((fault) => ({ path, ...fault })),
    ...(ticket.spec ? headingTypos(ticket.spec.parsed, 'spec').map((typo) => ({ path: ticket.spec?.path as string, ...typo })) : []),
    ...accepted.filter(isDecided).flatMap((record) => deltaOf(record).problems.map((problem) => ({ path: record.path, ...problem }))),
    ...effectiveSpec(ticket).problems.map(({ path: from, line, operation, target }) => ({ path: from, line, message: `Unexpected ${operation} ${target}, expected an entry that fits the spec it changes`, remedy: 'revert the record and propose the change anew' })),
  ];
  return said.map(({ path: from, line, message, remedy }) => ({ check: 'promotion', path: from, line, message, remedy: from.endsWith('/spec.md') ? `mend it by a change record: ${remedy}` : remedy }));
}

/** The same comparison with the trunk's living spec: what was merged there meanwhile is not seen here. */
function staleProblems(context: ArchiveContext, path: string, claims: readonly Claim[], old: Buffer | undefined): Problem[] {
  const { workspace: { repository }, trunk, branch, head } = context;
  if (trunk === undefined) return [];
  const refs = [...(trunk === branch ? [] : [`refs/heads/${trunk}`]), `refs/remotes/origin/${trunk}`].filter((ref) => repository.commit(ref) !== undefined);
  for (const ref of refs) {
    const entry = repository.treeOf(ref);
    const there = entry.read(path);
    if (!there || there.equals(old ?? Buffer.alloc(0)) || head.tree.entry(path)?.oid === entry.entry(path)?.oid) continue;
    // Behind: what the branch itself has changed since is its own.
    if (repository.tryGit(['merge-base', '--is-ancestor', ref, 'HEAD']).status === 0) continue;
    const [conflict] = promote(parseDocument(there), claims).conflicts;
    if (conflict) {
      const short = ref.replace(/^refs\/(?:heads|remotes)\//, '');
      return [{ ...conflictProblem(context, path, conflict), check: 'stale', message: `Unexpected text of "${conflict.promise.name}" in ${path} on ${short}, expected the one that ${context.id} was written against: it has changed there`, remedy: `git merge ${short}, then archive again: it says what has to agree` }];
    }
  }
  return [];
}

function conflictProblem(context: ArchiveContext, path: string, { kind, promise, living }: PromotionConflict): Problem {
  const { id, invocation: { program } } = context;
  const who = ticketsBehind(context, path, promise, living?.text);
  const others = who.length > 0 ? `, by ${who.join(' and ')}` : '';
  const stands = living && `"${living.name}" with another text${others} (${shortDigest(living.digest)})`;
  const why: Readonly<Record<PromotionConflict['kind'], string>> = {
    exists: `Unexpected ADDED requirement "${promise.name}", expected ${path} not to hold it: it holds ${stands}`,
    'no-target': `Unexpected ${promise.operation} requirement "${promise.name}", expected ${path} to hold it: it holds it no more${others}`,
    'no-was': `Unexpected ${promise.operation} requirement "${promise.name}" without Was:, expected the digest of the text it was written against: ${path} holds ${stands}`,
    'other-was': `Unexpected Was: ${shortDigest(promise.was ?? '')} of "${promise.name}", expected what ${path} holds: ${stands}`,
    taken: `Unexpected new name "${promise.to}", expected one that ${path} does not hold: it holds ${stands}`,
    twice: `Unexpected second requirement "${promise.name}" in ${path}:${living?.line}, expected one that can be told from the others`,
  };
  const line = lineOf(context.ticket, promise);
  return {
    check: 'promotion',
    path: promise.path,
    ...(line !== undefined && { line }),
    message: why[kind],
    remedy: kind === 'twice' ? `make one requirement of both in ${path}, and commit it` : `${program} new change --ticket ${id} --from-living writes the record in which both texts are brought together; another actor accepts it`,
  };
}

function lineOf(ticket: Ticket, promise: Claim): number | undefined {
  const record = ticket.changes.find(({ path }) => path === promise.path);
  const entries = record ? deltaOf(record).requirements : ticket.spec ? requirementsOf(ticket.spec.parsed) : [];
  return entries.find(({ key }) => key === promise.key)?.line;
}

/** Archived tickets that made the living spec say what it says of a requirement, or say no more. */
function ticketsBehind({ head, move }: ArchiveContext, path: string, promise: Claim, living: string | undefined): string[] {
  return archivedFor(head, path).flatMap((ticket) => {
    const own = effectiveSpec(ticket).requirements.filter(({ key, to }) => key === promise.key || (to !== undefined && to === promise.name));
    const wrote = own.some(({ operation, name, body, path: from }) => (living === undefined ? operation === 'REMOVED' || operation === 'RENAMED' : living.startsWith(`### Requirement: ${name}\n${rebasedRequirement(body, from, path, { from: move.from, to: move.to })}`) || operation === 'RENAMED'));
    return wrote ? [ticket.id] : [];
  });
}

function archivedFor(head: Snapshot, path: string): Ticket[] {
  const { layout } = head.settings;
  const name = path.slice(layout.capabilities.length + 1, -'.md'.length);
  const folders = ticketFolders(head).filter(({ archived }) => archived);
  head.tree.prefetch(folders.map(({ folder }) => `${folder}/spec.md`));
  return folders.map(({ folder, id }) => ticketIn(head, folder, id, true)).filter(({ spec }) => spec?.data.capability === name);
}
