import { byWeight } from '../render/status-words.ts';
import type { AttestedApproval } from '../workflow/approvals.ts';
import type { Sighting } from '../workflow/everywhere.ts';
import { lastStatus } from '../workflow/node-record.ts';
import { taskNodes, textsIn } from '../workflow/task-tree.ts';
import { isLeaf, textOf, type Claim, type Standing } from '../workflow/standing.ts';
import type { LogEntry } from '../workflow/ticket-log.ts';

/** Of two hundred branches that hold the same. */
const MOST_PLACES = 5;

/** A ticket in a list of tickets. */
export function summaryJson(standing: Standing): Record<string, unknown> {
  const { united, title, leaves, settled, status, claims, moved, rest, unplanned } = standing;
  return {
    ticket: united.id,
    title,
    finished: united.ticket.archived,
    progress: { settled, total: leaves.length },
    current: status.current,
    claims: claims.map(claimJson),
    where: byWeight(united.lead).slice(0, MOST_PLACES).map(placeJson),
    held_by: united.lead.length,
    moved: moved?.toISOString() ?? null,
    stuck: rest ? { days: rest.days, since: rest.since.toISOString(), node: rest.node ?? null, where: rest.where } : null,
    diverged: united.diverged,
    ...(unplanned.length > 0 && { unplanned }),
    ...(united.broken.length > 0 && { broken: united.broken }),
  };
}

/** A ticket with all its nodes. */
export function ticketJson(standing: Standing, approvals: readonly AttestedApproval[]): Record<string, unknown> {
  const { united, goal, why, status } = standing;
  const { documents } = united;
  return {
    ...summaryJson(standing),
    goal: goal === undefined ? null : { title: goal, ...(why !== undefined && { why }) },
    sightings: united.sightings.map(placeJson),
    nodes: status.nodes.map((state) => ({
      node: state.node.id,
      title: textOf(state.node.data.title) ?? state.node.id,
      parent: state.node.parent?.id ?? null,
      kind: isLeaf(state.node) ? (textOf(state.node.data.type) ?? 'agent') : 'phase',
      status: state.status,
      waits_for: state.waitsFor,
      ...(state.blockedBy.length > 0 && { blocked_by: state.blockedBy }),
      ...(state.skippedFor !== undefined && { skipped_for: state.skippedFor }),
      ...(state.changed.length > 0 && { changed: state.changed }),
      ...(state.life.problem && { problem: state.life.problem.message }),
      ...(state.record && { l0: textOf(state.record.data.l0) ?? null, held_by: (documents.get(`nodes/${state.node.id}.md`)?.sightings ?? []).map(placeJson) }),
    })),
    approvals: approvals.map(approvalJson),
    diverged: united.diverged.map((path) => {
      const document = documents.get(path);
      return { path, versions: [document, ...(document?.others ?? [])].flatMap((one) => (one ? [{ status: lastStatus(one.document) ?? textOf(one.document.data.status) ?? null, held_by: one.sightings.map(placeJson) }] : [])) };
    }),
  };
}

/** Who found what good. Declared: somebody wrote it; attested: a signed commit brought it; `forge`: open until the forge's review says so. */
function approvalJson({ kind, name, to, by, awaitsReview, attestation }: AttestedApproval): Record<string, unknown> {
  return { [kind]: name, to, by, how: awaitsReview ? 'forge' : attestation ? 'attested' : 'declared', ...(attestation && { principal: attestation.principal, commit: attestation.commit }) };
}

export function entryJson({ only, verifiedBy, why, ...entry }: LogEntry): Record<string, unknown> {
  return { ...entry, ...(verifiedBy !== undefined && { verified_by: verifiedBy }), ...(why !== undefined && { why }), ...(only && { only: only.map(placeJson) }) };
}

/** The edges of the workflow, as `depends_on` and orders say them. */
export function graphJson({ united, status }: Standing): Record<string, unknown> {
  const nodes = taskNodes(united.ticket.tasks?.data ?? {});
  return {
    nodes: nodes.map((node) => ({ node: node.id, parent: node.parent?.id ?? null, status: status.byId.get(node.id)?.status ?? null, depends_on: node.dependsOn, order: node.sequential ? 'sequential' : 'free', scope: textsIn(node.data.scope) })),
  };
}

function claimJson({ state, by, at, sightings }: Claim): Record<string, unknown> {
  return { node: state.node.id, status: state.status, by, at: at ?? null, where: sightings.map(placeJson) };
}

function placeJson({ kind, name, branch, dirty }: Sighting): Record<string, unknown> {
  return { kind, name, ...(kind === 'worktree' && { branch: branch ?? null, dirty }) };
}
