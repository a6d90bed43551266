import { placeholdersIn } from '../documents/placeholders.ts';
import { shapeMessage } from '../documents/shape-message.ts';
import { isScaffold, statusOf } from './change-record.ts';
import { finishStep } from './next-step-finish.ts';
import { workStep } from './next-step-work.ts';
import { scopeOf } from './scope.ts';
import type { GovernedDocument } from './snapshot.ts';
import { listed, type Facts, type KnownTicket, type Step } from './step.ts';
import { pinOf, specDigest } from './ticket.ts';
import { wavesOf } from './wave.ts';

/**
 * The one next step of a ticket: what is broken, what is not committed, what the documents lack, what
 * waits for a decision, then the work itself, wave by wave, and what closes it. Pure; linear.
 */
export function nextStep(known: KnownTicket): Step {
  return conflicts(known) ?? broken(known) ?? draftStep(known) ?? stepOfPlan(known);
}

function stepOfPlan(known: KnownTicket): Step {
  const { ticket } = known;
  const { settings } = ticket.snapshot;
  const status = known.status();
  const waves = wavesOf(status, settings);
  const facts: Facts = { ...known, id: ticket.id, status, waves, held: new Map() };
  const before = unexplained(facts) ?? uncommitted(facts) ?? proposed(facts);
  if (before) return before;
  const work = workStep(facts);
  const there = work && known.elsewhere?.();
  if (there?.archivedIn !== undefined) return archivedElsewhere(facts.id, there.archivedIn);
  if (!there || there.nodes.size === 0) return work ?? finishStep(facts);
  const together = wavesOf(there.status, settings);
  const fits = new Set(together.startable.map(({ node }) => node.id));
  const startable = waves.startable.filter(({ node }) => fits.has(node.id) && !there.nodes.has(node.id));
  return workStep({ ...facts, waves: { startable, refusal: together.refusal }, held: there.nodes }) ?? finishStep(facts);
}

/** An old branch does not go on with what is finished. */
function archivedElsewhere(id: string, where: string): Step {
  return {
    id: 'archived-elsewhere',
    action: 'agent:do',
    description: `${id} is archived in ${where}: bring that in (git merge), there is nothing left to do here`,
    will: [`bring in ${where}`, 'begin nothing that is finished there'],
    onPass: ['next'],
  };
}

function conflicts({ unmerged }: KnownTicket): Step | undefined {
  if (unmerged.length === 0) return undefined;
  return {
    id: 'resolve',
    action: 'agent:do',
    description: `resolve the conflicts in ${listed(unmerged)}, taking neither side blindly, then git add them and commit the merge`,
    will: ['read both sides of each conflict', 'write what both of them mean', 'git add the files and commit'],
    paths: unmerged,
  };
}

/** A document of this ticket that cannot be relied on. */
function broken({ ticket }: KnownTicket): Step | undefined {
  const { spec, tasks, changes, nodes, forks } = ticket;
  for (const document of [spec, tasks, ...changes, ...nodes, ...forks]) {
    const fault = document && faultOf(document);
    if (document && fault !== undefined) return mend(document.path, fault);
  }
  const pin = pinOf(tasks);
  if (pin === undefined || !tasks) return undefined;
  if (!spec) return mend(tasks.path, 'its spec.md is missing');
  return specDigest(spec.bytes) === pin ? undefined : fromEdit(ticket.id, spec.path);
}

function faultOf({ parsed, shape }: GovernedDocument): string | undefined {
  const [problem] = parsed.problems;
  if (problem) return problem.message;
  const [error] = shape;
  return error && shapeMessage(error).message;
}

function mend(path: string, fault: string): Step {
  return { id: 'mend', description: `mend ${path}: ${fault}`, will: [`say what is wrong with ${path}, line by line`, 'change nothing'], run: ['check', path], path };
}

function fromEdit(id: string, path: string): Step {
  return {
    id: 'keep-edit',
    description: `${path} is frozen and was edited: keep the edit as a change record`,
    will: ['make a change record of the edit', 'put the frozen text back'],
    run: ['new', 'change', '--ticket', id, '--from-edit'],
    path,
  };
}

/** A history that no lifecycle explains. */
function unexplained({ status }: Facts): Step | undefined {
  const state = status.nodes.find(({ life }) => life.problem !== undefined);
  return state?.record && mend(state.record.path, state.life.problem?.message ?? 'its history');
}

/** Up to the frozen spec, and a plan without unfilled places; what was written is committed first. */
function draftStep(known: KnownTicket): Step | undefined {
  const step = draftLacks(known);
  return step && (commitOf(known, known.uncommitted, []) ?? step);
}

function draftLacks({ ticket, title }: KnownTicket): Step | undefined {
  const { id, spec, tasks, folder } = ticket;
  if (pinOf(tasks) !== undefined && tasks) return fill(id, tasks, 'say in goal.why what gets better and for whom, and plan the nodes');
  if (!spec) {
    const idea = ticket.snapshot.document(`${folder}/idea.md`);
    return (idea && fill(id, idea, 'write the idea')) ?? newSpec(id, folder, title);
  }
  return fill(id, spec, 'write the spec') ?? (tasks ? freeze(id, folder) : newTasks(id, folder));
}

function newSpec(id: string, folder: string, title: string): Step {
  return {
    id: 'new-spec',
    description: `write down what ${id} delivers: begin its spec`,
    will: [`make ${folder}/spec.md with the places that are to be filled`],
    run: ['new', 'spec', '--ticket', id, '--title', title],
  };
}

function newTasks(id: string, folder: string): Step {
  return {
    id: 'new-tasks',
    description: `freeze the spec of ${id} and begin its plan`,
    will: [`make ${folder}/tasks.md with one node`, 'pin the text of the spec: from then on it changes through change records'],
    run: ['new', 'tasks', '--ticket', id],
  };
}

function freeze(id: string, folder: string): Step {
  return { id: 'freeze', description: `freeze the spec of ${id}`, will: [`pin the text of ${folder}/spec.md in tasks.md`], run: ['freeze', '--ticket', id] };
}

/** The places of a draft that are still to be filled. */
function fill(id: string, { path, parsed }: GovernedDocument, what: string): Step | undefined {
  const marks = placeholdersIn(parsed);
  if (marks.length === 0) return undefined;
  return {
    id: 'fill',
    action: 'agent:do',
    description: `${what}: fill in ${path}`,
    will: marks.map(({ line, text }) => `${path}:${line} ${text}`),
    path,
    missing: marks.map(({ line, text }) => ({ line, text })),
    onPass: ['next', '--ticket', id],
  };
}

/** What was written and is in no commit: the records, and the work of the nodes that are done. */
function uncommitted(facts: Facts): Step | undefined {
  const { ticket, status, uncommitted: paths } = facts;
  const { settings } = ticket.snapshot;
  const isWritten = new Set(paths);
  const done = status.nodes.filter(({ node, status: is, record }) => node.children.length === 0 && record && (is === 'awaiting-qa' || (is === 'complete' && isWritten.has(record.path))));
  const work = done.flatMap(({ node }) => {
    const scope = scopeOf(node, settings.modules);
    const changed = scope ? facts.changedIn(scope) : [];
    return changed.length > 0 ? [{ node: node.id, changed }] : [];
  });
  const step = commitOf(facts, [...new Set([...work.flatMap(({ changed }) => changed), ...paths])], work.map(({ node }) => node));
  // What nothing limits may be anywhere: only its implementer knows.
  const unlimited = done.filter(({ node, record }) => record && isWritten.has(record.path) && scopeOf(node, settings.modules) === undefined).map(({ node }) => node.id);
  return step && unlimited.length > 0 ? { ...step, description: `${step.description}; ${listed(unlimited)} has no scope: first git add and commit what was made for it` } : step;
}

function commitOf({ ticket }: Pick<KnownTicket, 'ticket'>, paths: readonly string[], nodes: readonly string[]): Step | undefined {
  if (paths.length === 0) return undefined;
  const { id, folder } = ticket;
  const records = paths.flatMap((path) => (path.startsWith(`${folder}/nodes/`) ? [path.slice(`${folder}/nodes/`.length).replace(/\.md$/, '')] : []));
  const subject = nodes.length > 0 ? `feat(${id}): ${nodes.join(', ')}` : records.length > 0 ? `chore(${id}): record ${records.join(', ')}` : `docs(${id}): ${documentNames(paths, folder)}`;
  return {
    id: 'commit',
    description: nodes.length > 0 ? `commit the work of ${nodes.join(', ')} with the records` : `commit what was written of ${id}`,
    will: [`commit ${listed(paths)}, and nothing else`, 'let the hooks judge it'],
    commit: { paths, subject, nodes },
  };
}

function documentNames(paths: readonly string[], folder: string): string {
  const names = [...new Set(paths.map((path) => path.slice(folder.length + 1).split('/')[0]?.replace(/\.md$/, '') ?? path))];
  return names.slice(0, 4).join(', ');
}

/** Pending change records are reviewed before anything is implemented. */
function proposed({ ticket, id }: Facts): Step | undefined {
  const record = ticket.changes.find((one) => statusOf(one) === 'proposed');
  const name = record?.place.name;
  if (!record || name === undefined) return undefined;
  if (isScaffold(record)) return fill(id, record, 'write the change record');
  return {
    id: 'accept',
    action: 'human:approve',
    description: `decide about the change record ${name}: another actor than its author accepts or rejects it`,
    will: [`read ${record.path}`, 'accept it, and it changes the spec; or reject it with a reason'],
    run: ['change', 'accept', name, '--ticket', id, '--by', 'REVIEWER'],
    confirm: true,
    path: record.path,
    onFail: ['change', 'reject', name, '--ticket', id, '--by', 'REVIEWER', '--reason', 'WHY NOT'],
  };
}
