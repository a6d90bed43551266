import { archivedFolder } from '../documents/place.ts';
import { shortDigest } from '../documents/digest.ts';
import type { Report, Rule, RuleContext, TicketStep } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { pinOf, specDigest, type Ticket } from '../workflow/ticket.ts';

export const rule: Rule = {
  id: 'spec-frozen',
  group: 'freeze',
  severity: 'error',
  isProtected: true,

  reads: ['spec.md', 'tasks.md', 'nodes'],
  *ticket(ticket, context) {
    const { spec, tasks, nodes } = ticket;
    if (!tasks || !spec) {
      if (nodes.length > 0) yield orphaned(ticket, context);
      else if (!spec && pinOf(tasks)) yield missingSpec(ticket, context);
      return;
    }
    if (tasks.parsed.data === undefined) {
      yield { path: tasks.path, message: 'Unexpected unreadable tasks.md, expected one whose pin can be read: the freeze cannot be judged', remedy: 'mend the frontmatter (see frontmatter-valid)' };
      return;
    }
    yield* pinned(ticket, spec, tasks, context);
  },

  *ticketStep(step, context) {
    for (const parent of step.before) {
      yield* kept(parent, step, context);
      yield* firstDifference(parent, step.after, context);
    }
    yield* recordsKept(step, context);
  },
};

function orphaned(ticket: Ticket, context: RuleContext): Report {
  const missing = ['spec', 'tasks'].filter((name) => !ticket[name as 'spec' | 'tasks']).map((name) => `${name}.md`);
  return {
    path: ticket.nodes[0]?.path ?? ticket.folder,
    message: `Unexpected node records of ${ticket.id} without ${missing.join(' and ')}, expected both beside them`,
    remedy: `git checkout ${context.origin} -- ${ticket.folder}; records of an archived ticket belong into ${archivedFolder(ticket.snapshot.settings, ticket.id)}; ${context.program} why ${ticket.folder} says more`,
  };
}

function missingSpec(ticket: Ticket, context: RuleContext): Report {
  return {
    path: `${ticket.folder}/tasks.md`,
    ...ticket.tasks?.parsed.locate(['spec']),
    message: `Unexpected pin without a spec.md, expected ${ticket.folder}/spec.md with the text that is pinned`,
    remedy: `git checkout ${context.origin} -- ${ticket.folder}/spec.md`,
  };
}

function* pinned(ticket: Ticket, spec: GovernedDocument, tasks: GovernedDocument, context: RuleContext): Iterable<Report> {
  const pin = pinOf(tasks);
  if (pin !== undefined && ticket.isRestJudged) {
    for (const node of ticket.nodesToJudge) yield* pinsOf(node, pin);
    return;
  }
  const digest = specDigest(spec.bytes);
  if (pin === undefined) {
    if (ticket.nodes.length > 0) {
      yield {
        path: tasks.path,
        ...tasks.parsed.locate(['spec']),
        message: `Unexpected blank pin, expected spec: ${digest}: work on this ticket has begun (${ticket.nodes[0]?.path})`,
        remedy: 'put the pin back; a spec that has been worked on changes through a change record',
      };
    }
    return;
  }
  if (pin !== digest) yield edited(ticket, spec, pin, digest, context);
  for (const node of ticket.nodesToJudge) yield* pinsOf(node, pin);
}

function edited(ticket: Ticket, spec: GovernedDocument, pin: string, digest: string, context: RuleContext): Report {
  return {
    path: spec.path,
    message: `Unexpected text of a frozen spec (${shortDigest(digest)}), expected the text that tasks.md pins (${shortDigest(pin)})`,
    remedy: ticket.archived
      ? 'restore spec.md: an archived ticket does not change'
      : `keep the edit as a change record: ${context.program} new change --ticket ${ticket.id} --from-edit --title "WHAT CHANGES"`,
  };
}

/** The same finding as `edited`, at the line where the text leaves what a parent still has. */
function* firstDifference(parent: Ticket, after: Ticket, context: RuleContext): Iterable<Report> {
  const pin = pinOf(after.tasks);
  const { spec } = after;
  if (pin === undefined || !spec || !parent.spec || parent.spec.oid === spec.oid || specDigest(parent.spec.bytes) !== pin || specDigest(spec.bytes) === pin) return;
  const [was, is] = [parent.spec.bytes, spec.bytes].map((bytes) => bytes.toString().replaceAll('\r\n', '\n').split('\n')) as [string[], string[]];
  const different = is.findIndex((line, index) => line !== was[index]);
  yield { ...edited(after, spec, pin, specDigest(spec.bytes), context), line: Math.max(1, different === -1 ? is.length : different + 1) };
}

/** Every start of a node says which text it was started under. */
function* pinsOf(node: GovernedDocument, pin: string): Iterable<Report> {
  if (node.parsed.data === undefined) {
    yield { path: node.path, message: 'Unexpected unreadable node record, expected one whose pins can be read: the freeze cannot be judged', remedy: 'mend the frontmatter (see frontmatter-valid)' };
  }
  for (const { spec, index } of startedUnder(node)) {
    if (spec === pin) continue;
    yield {
      path: node.path,
      ...node.parsed.locate(['history', index, 'spec']),
      message: `Unexpected pin ${shortDigest(String(spec))} of the spec this node was started under, expected ${shortDigest(pin)} as tasks.md has it`,
      remedy: 'restore spec.md and its pin in tasks.md; what has to change goes into a change record',
    };
  }
}

function startedUnder(node: GovernedDocument): { spec: unknown; index: number }[] {
  const history: unknown[] = Array.isArray(node.data.history) ? node.data.history : [];
  return history.flatMap((entry, index) => {
    const spec = (entry as Record<string, unknown> | null)?.spec;
    return spec === undefined ? [] : [{ spec, index }];
  });
}

/** What one step may not do to a ticket that a parent holds frozen. */
function* kept(parent: Ticket, step: TicketStep, context: RuleContext): Iterable<Report> {
  const { after } = step;
  const pin = pinOf(parent.tasks);
  const started = parent.nodes.length > 0;
  if (pin === undefined && !started) return;
  const exists = after.snapshot.tree.entry(after.folder) !== undefined;
  if (!exists) {
    if (!started && wasUnfrozen(step)) return;
    yield {
      path: `${parent.folder}/spec.md`,
      message: `Unexpected removal of ticket ${parent.id}, whose spec is frozen, expected its folder to stay or to move to ${archivedFolder(after.snapshot.settings, parent.id)}`,
      remedy: started ? `git checkout ${context.origin} -- ${parent.folder}, or move the whole folder to ${archivedFolder(after.snapshot.settings, parent.id)}` : `git checkout ${context.origin} -- ${parent.folder}; to drop it, first ${context.program} unfreeze --ticket ${parent.id} in a commit of its own`,
    };
    return;
  }
  const now = pinOf(after.tasks);
  if (now === pin || isRepair(parent, now)) return;
  if (!started && ((now === undefined && after.tasks !== undefined) || isBroughtIn(now, step) || wasUnfrozen(step))) return;
  const tasksPath = `${after.folder}/tasks.md`;
  yield {
    path: tasksPath,
    ...after.tasks?.parsed.locate(['spec']),
    message: now === undefined ? `Unexpected loss of the pin ${shortDigest(pin ?? '')}, expected tasks.md to keep it` : `Unexpected new pin ${shortDigest(now)}, expected ${shortDigest(pin ?? 'none')} as before this step`,
    remedy: started
      ? 'restore spec.md and its pin; what has to change goes into a change record'
      : `restore the pin; before any node has started, ${context.program} unfreeze --ticket ${parent.id} in a commit of its own`,
  };
}

/** The pin that every record of the parent was started under comes back: a slip is mended. */
function isRepair(parent: Ticket, pin: string | undefined): boolean {
  const started = parent.nodes.flatMap(startedUnder);
  return started.length > 0 && started.every(({ spec }) => spec === pin);
}

/** A merge is not blamed for the pin that one of its parents has. */
function isBroughtIn(pin: string | undefined, { before }: TicketStep): boolean {
  return pin !== undefined && before.some((parent) => pinOf(parent.tasks) === pin);
}

/** Between its ends the pin was blank, before any node had begun: the spec was unfrozen in a commit of its own. */
function wasUnfrozen({ through }: TicketStep): boolean {
  return through.some(({ tasks, nodes }) => tasks?.parsed.data !== undefined && pinOf(tasks) === undefined && nodes.length === 0);
}

/** A record that every parent holds, or any base of a range, stays: without it a ticket looks as if nobody had begun. */
function* recordsKept({ before, after, isRange }: TicketStep, context: RuleContext): Iterable<Report> {
  if (after.snapshot.tree.entry(after.folder) === undefined) return;
  const left = new Set(after.nodes.map((node) => node.place.name));
  const sides = before.map((parent) => parent.nodes);
  const all = new Map(sides.flat().map((node) => [node.place.name, node]));
  for (const { path, place } of all.values()) {
    if (left.has(place.name) || !(isRange || sides.every((nodes) => nodes.some((node) => node.place.name === place.name)))) continue;
    yield {
      path,
      message: `Unexpected removal of a node record, expected ${after.folder}/nodes/${place.name}.md to stay: what was done is never taken back`,
      remedy: `git checkout ${context.origin} -- ${path}`,
    };
  }
}
