import { placeOf, type Place } from '../documents/place.ts';
import type { Settings } from '../documents/settings.ts';
import { isInScope, scopeOf } from './scope.ts';
import { pinOf, specDigest } from './ticket.ts';
import type { Snapshot } from './snapshot.ts';
import type { TaskNode } from './task-tree.ts';

/** What is about to happen to one file. */
export interface PlannedEdit {
  /** From the root. */
  readonly path: string;
  /** What stands there. */
  readonly before: Buffer | undefined;
  /** What will; `unseen` where that cannot be known beforehand; undefined: it is removed. */
  readonly after: Buffer | 'unseen' | undefined;
}

/** A node that is being worked on here. */
export interface ClaimedNode {
  readonly ticket: string;
  readonly node: TaskNode;
}

/**
 * Why an edit of a governed document would be refused by the next commit, in one sentence that says
 * what to do instead; undefined where it would not, and for everything that is not governed.
 */
export function documentRefusal(edit: PlannedEdit, snapshot: Snapshot, program: string): string | undefined {
  const { settings } = snapshot;
  const place = placeOf(settings, edit.path);
  if (!place) return undefined;
  if (place.archived || edit.path.startsWith(`${settings.layout.archived}/`)) return `${edit.path} is archived and never changes again. Begin a new ticket: ${program} work ID --title TITLE`;
  switch (place.kind) {
    case 'spec':
      return specRefusal(edit, place, snapshot, program);
    case 'tasks':
      return planRefusal(edit, place, snapshot, program);
    case 'node':
    case 'fork':
      return recordRefusal(edit, place, program);
    case 'change':
      return changeRefusal(edit, place, snapshot, program);
    default:
      return undefined;
  }
}

function specRefusal({ path, after }: PlannedEdit, { folder, ticket }: Place, snapshot: Snapshot, program: string): string | undefined {
  const pin = pinOf(snapshot.document(`${folder}/tasks.md`));
  if (pin === undefined || (after instanceof Buffer && specDigest(after) === pin)) return undefined;
  return `${path} is frozen: it changes through change records, which somebody else accepts. Write one: ${program} new change --ticket ${ticket} --impact additive|blocking|replacing --title TITLE`;
}

function planRefusal({ path, after }: PlannedEdit, { folder, ticket }: Place, snapshot: Snapshot, program: string): string | undefined {
  const pin = pinOf(snapshot.document(path));
  if (pin === undefined || after === 'unseen') return undefined;
  const hasRecords = snapshot.tree.list(`${folder}/nodes`).length > 0;
  if (!hasRecords || (after?.includes(pin) ?? false)) return undefined;
  return `${path} holds the freeze of a spec whose work has begun: its pin stays as it is. A change record changes the spec: ${program} new change --ticket ${ticket}`;
}

/** The body is free; who writes the frontmatter by hand writes history. */
function recordRefusal({ path, before, after }: PlannedEdit, { kind, ticket, name }: Place, program: string): string | undefined {
  if (after instanceof Buffer && before && frontmatterOf(before) === frontmatterOf(after)) return undefined;
  const verb = kind === 'node' ? `node start|done|complete|fail|release|reset ${name}` : 'fork open|close';
  return `${path} is a record: what happened is written by the verbs, and a state that no history explains is refused. Say it: ${program} ${verb} --ticket ${ticket}`;
}

function changeRefusal({ path, before, after }: PlannedEdit, { ticket }: Place, snapshot: Snapshot, program: string): string | undefined {
  const status = snapshot.document(path)?.data.status;
  if (!before || status === 'proposed' || status === undefined || (after instanceof Buffer && after.equals(before))) return undefined;
  return `${path} is ${String(status)}: a change record does not change after the decision. Write another one: ${program} new change --ticket ${ticket} --title TITLE`;
}

function frontmatterOf(bytes: Buffer): string {
  const text = bytes.toString().replaceAll('\r\n', '\n');
  const end = text.indexOf('\n---', 3);
  return text.startsWith('---\n') && end !== -1 ? text.slice(0, end) : text;
}

/** Why a file that nobody governs is not the business of the nodes that are worked on here; undefined where it is, or where one of them is limited by nothing. */
export function scopeRefusal(path: string, claimed: readonly ClaimedNode[], settings: Settings, program: string): string | undefined {
  if (claimed.length === 0 || placeOf(settings, path) !== undefined) return undefined;
  const scopes = claimed.map(({ node }) => scopeOf(node, settings.modules));
  if (scopes.some((scope) => scope === undefined || isInScope(path, scope))) return undefined;
  const [first] = claimed as [ClaimedNode];
  const ids = claimed.map(({ node }) => node.id).join(', ');
  return `${path} is outside the scope of ${ids} (${first.ticket}), which is worked on here. Work that it needs elsewhere is another node or a fork: ${program} node add NAME --ticket ${first.ticket}, or ${program} fork open ${first.node.id} --reason WHY; a scope that is too narrow is widened in tasks.md`;
}
