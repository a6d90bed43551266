import { parseDocument } from '../documents/parse.ts';
import { placeholdersIn } from '../documents/placeholders.ts';
import { asksForPlan, isPlanFor, plansIn } from './node-plans.ts';
import type { NodeState } from './node-status.ts';
import { nearestRole, roleOf, TEST_WRITER } from './roles.ts';
import { type Choice, type Facts, listed, type Step, type StepNode, type Words } from './step.ts';
import { leafTypeOf, textsIn, type LeafType, type TaskNode } from './task-tree.ts';

/** The work itself: what failed, what a person decides, the wave under way, its verdict, the next wave. */
export function workStep(facts: Facts): Step | undefined {
  const leaves = facts.status.nodes.filter(({ node }) => node.children.length === 0 && !facts.held.has(node.id));
  return failed(facts, leaves) ?? escalated(facts, leaves) ?? underWay(facts, leaves) ?? begin(facts) ?? awaitingQa(facts, leaves) ?? gate(facts, leaves) ?? held(facts) ?? forked(facts, leaves);
}

function ofType(states: readonly NodeState[], type: LeafType): NodeState[] {
  return states.filter(({ node }) => leafTypeOf(node) === type);
}

function idsOf(states: readonly NodeState[]): string[] {
  return states.map(({ node }) => node.id);
}

/** As many as fit beside one another are begun once more, at once; a command by itself. */
function failed(facts: Facts, leaves: readonly NodeState[]): Step | undefined {
  const { id, waves } = facts;
  const again: NodeState[] = [];
  for (const state of leaves) {
    if (state.status === 'failed' && waves.refusal(state.node.id, idsOf(again)) === undefined) again.push(state);
  }
  const commands = ofType(again, 'command').slice(0, 1);
  const others = again.filter((state) => !commands.includes(state) && leafTypeOf(state.node) !== 'command');
  const states = others.length > 0 ? others : commands;
  if (states.length === 0) return undefined;
  const ids = idsOf(states);
  const isCommand = others.length === 0;
  return {
    id: 'respawn',
    action: 'subagent:respawn',
    description: isCommand ? `mend what the command of ${ids[0]} found, then run it once more` : `start ${listed(ids)} once more, with what was found wrong`,
    will: [isCommand ? `run the command of ${ids[0]} again` : `start ${listed(ids)} again`, 'give the implementer the findings'],
    run: ['node', isCommand ? 'run' : 'start', ...ids, '--ticket', id],
    nodes: states.map((state) => nodeOf(facts, state)),
  };
}

function escalated(facts: Facts, leaves: readonly NodeState[]): Step | undefined {
  const { id } = facts;
  const state = leaves.find(({ status }) => status === 'escalated' || status === 'rejected');
  if (!state) return undefined;
  const { node, status } = state;
  const anew: Choice = { description: 'begin it anew, with its history kept', run: ['node', 'reset', node.id, '--ticket', id, '--reason', 'WHY IT IS BEGUN ANEW'] };
  const choices: Choice[] = status === 'rejected' ? [anew] : [
    { description: 'try once more', run: ['retry', node.id, '--ticket', id, '--reason', 'WHY IT CAN WORK NOW'] },
    { description: 'change what is asked for', run: ['new', 'change', '--ticket', id, '--impact', 'replacing', '--title', 'WHAT IS ASKED FOR INSTEAD'] },
    { ...anew, description: 'give it up: after this reset it can be skipped with a reason' },
  ];
  return {
    id: status,
    action: 'human:approve',
    description: `${node.id} is ${status}: a person decides how it goes on`,
    will: choices.map(({ description }) => description),
    nodes: [nodeOf(facts, state)],
    choices,
    run: choices[0]?.run ?? [],
    confirm: true,
  };
}

/** What somebody works on. What may still join the wave is offered beside it. */
function underWay(facts: Facts, leaves: readonly NodeState[]): Step | undefined {
  const { id, waves } = facts;
  const busy = leaves.filter(({ status }) => status === 'in_progress');
  const [command] = ofType(busy, 'command');
  if (command) return runCommand(id, command);
  const agents = ofType(busy, 'agent');
  const [first] = agents;
  if (!first) return undefined;
  const unplanned = agents.length === 1 ? planStep(facts, first) : undefined;
  if (unplanned) return unplanned;
  const ids = idsOf(agents);
  const beside = ofType(waves.startable, 'agent').map(({ node }): Choice => ({ description: `start ${node.id} beside it`, run: ['node', 'start', node.id, '--ticket', id] }));
  return {
    id: 'work',
    action: 'agent:do',
    description: `do the work of ${listed(ids)}, then say of each what was made`,
    will: [...ids.map((one) => `read what ${one} needs, and work inside its scope`), 'say what was made: node done'],
    nodes: agents.map((state) => ({ ...nodeOf(facts, state), ...wordsFor(facts, state) })),
    ...(beside.length > 0 && { choices: beside }),
    ...wordsFor(facts, first),
  };
}

/** Before a node that asks for it makes a new file: its plan is written, and somebody else approves it. */
function planStep({ id, ticket, verbs }: Facts, { node }: NodeState): Step | undefined {
  if (!asksForPlan(node) || !verbs.has('new')) return undefined;
  const { snapshot } = ticket;
  const plans = plansIn(snapshot.tree, snapshot.settings).filter((plan) => isPlanFor(plan, id, node));
  if (plans.some(({ isApproved }) => isApproved)) return undefined;
  const [plan] = plans;
  if (!plan) return { id: 'plan', description: `write the plan of ${node.id}: without an approved one it makes no new file`, will: [`make a plan of ${node.id} with the places that are to be filled`], run: ['new', 'plan', '--ticket', id, '--node', node.id] };
  const marks = placeholdersIn(parseDocument(snapshot.tree.read(plan.path) ?? Buffer.alloc(0)));
  const next = { path: plan.path, onPass: ['next', '--ticket', id] };
  if (marks.length > 0) return { id: 'fill', action: 'agent:do', description: `write the plan of ${node.id}: fill in ${plan.path}`, will: marks.map(({ line, text }) => `${plan.path}:${line} ${text}`), missing: marks.map(({ line, text }) => ({ line, text })), ...next };
  return { id: 'approve-plan', action: 'human:approve', description: `read ${plan.path}, the plan of ${node.id}, and write status: approved into it, or say what it lacks: until then ${node.id} makes no new file`, will: [`read ${plan.path}`, 'approve it by its status'], ...next };
}

/** Tests are done when they are seen to fail; everything else when its implementer says what was made. */
function wordsFor({ id, verbs }: Facts, state: NodeState): Required<Pick<StepNode, 'onPass' | 'onFail'>> {
  const { node } = state;
  const isRed = verbs.has('gate') && lacksRed(state);
  return {
    onPass: isRed ? ['gate', '--red', node.id, '--ticket', id] : ['node', 'done', node.id, '--ticket', id, '--l0', 'WHAT WAS MADE, IN ONE LINE'],
    onFail: ['node', 'fail', node.id, '--ticket', id, '--finding', 'WHAT STANDS IN THE WAY'],
  };
}

/** A test-writer whose tests nobody has seen fail in this attempt. */
function lacksRed({ node, record }: NodeState): boolean {
  if (roleOf(node) !== 'test-writer') return false;
  const history: { to?: unknown; done?: unknown; red?: unknown }[] = Array.isArray(record?.data.history) ? record.data.history : [];
  const start = history.findLastIndex(({ to, done }) => to === 'in_progress' && done !== true);
  return !history.slice(Math.max(start, 0)).some(({ red }) => red !== undefined);
}

function runCommand(id: string, { node }: NodeState): Step {
  return {
    id: 'run-command',
    description: `run the command of ${node.id}`,
    will: ['run the command that tasks.md names, in the shell', 'complete the node when it exits with 0, else fail it with what it said'],
    run: ['node', 'run', node.id, '--ticket', id],
  };
}

/** All that can begin now: agents as a team, a single one and a command by its own command. */
function begin(facts: Facts): Step | undefined {
  const { id, waves } = facts;
  const agents = ofType(waves.startable, 'agent');
  const [command] = ofType(waves.startable, 'command');
  const [only] = agents;
  if (!only) return command && runCommand(id, command);
  const ids = idsOf(agents);
  const step = { run: ['node', 'start', ...ids, '--ticket', id], nodes: agents.map((state) => nodeOf(facts, state)) };
  if (agents.length === 1) return { id: 'start', description: `start ${only.node.id}`, will: [`claim ${only.node.id} for whoever starts it`], ...step };
  return {
    id: 'spawn',
    action: 'team:spawn',
    description: `start ${ids.join(', ')} together: one agent for each node, their scopes do not overlap`,
    will: [`claim ${listed(ids)}`, 'give each agent its node, and nothing else'],
    ...step,
  };
}

/** One adversarial check of the whole wave, by somebody else than its implementers. */
function awaitingQa(facts: Facts, leaves: readonly NodeState[]): Step | undefined {
  const waiting = ofType(leaves.filter(({ status }) => status === 'awaiting-qa'), 'agent');
  if (waiting.length === 0) return undefined;
  const ids = idsOf(waiting);
  const untested = facts.verbs.has('gate') ? waiting.find(lacksRed) : undefined;
  if (untested) {
    const { node } = untested;
    return { id: 'red', description: `see the tests of ${node.id} fail before what they test is made`, will: ['run the tests', 'record how many fail: none is no proof'], run: ['gate', '--red', node.id, '--ticket', facts.id] };
  }
  return {
    id: 'await-qa',
    action: 'wave:await-qa',
    description: `let one reviewer, who made none of it, try to break the work of ${listed(ids)}`,
    will: ['check the work against the spec, and run its tests', 'complete what holds, fail what does not, with findings'],
    nodes: waiting.map((state) => ({ ...nodeOf(facts, state), ...verdictOn(facts.id, [state.node.id]) })),
    ...verdictOn(facts.id, ids),
  };
}

/** The wave's verdict with the tests run first, where there are some: of those who write tests they were seen to fail already. */
export function gated(step: Step, nodeOf: (id: string) => TaskNode | undefined): Step {
  const isTested = (id: string) => nearestRole(nodeOf(id) as TaskNode) !== TEST_WRITER;
  const withTests = <Said extends { readonly onPass?: Words }>(said: Said): Said => ({ ...said, onPass: [...(said.onPass ?? []), '--gate'] });
  if (step.id !== 'await-qa' || !step.nodes) return step;
  const nodes = step.nodes.map((node) => (isTested(node.id) ? withTests(node) : node));
  return { ...(step.nodes.every(({ id }) => isTested(id)) ? withTests(step) : step), nodes };
}

/** What the reviewer says of some nodes; of a failure for each one by itself. */
function verdictOn(id: string, nodes: readonly string[]): Required<Pick<StepNode, 'onPass' | 'onFail'>> {
  return {
    onPass: ['node', 'complete', ...nodes, '--ticket', id, '--verdict', 'pass', '--verified-by', 'REVIEWER'],
    onFail: ['node', 'fail', nodes[0] ?? 'NODE', '--ticket', id, '--finding', 'WHAT IS WRONG'],
  };
}

/** What only a person decides. */
function gate(facts: Facts, leaves: readonly NodeState[]): Step | undefined {
  const { id, waves } = facts;
  const begun = ofType(leaves.filter(({ status }) => status === 'in_progress' || status === 'awaiting-qa'), 'human');
  const state = begun[0] ?? ofType(waves.startable, 'human')[0];
  if (!state) return undefined;
  const { node } = state;
  return {
    id: 'approve',
    action: 'human:approve',
    description: `${node.id} waits for a person's decision`,
    will: ['look at what was made', 'approve it, or reject it with a reason'],
    nodes: [nodeOf(facts, state)],
    run: ['node', 'approve', node.id, '--ticket', id, '--by', 'PERSON'],
    confirm: true,
    onFail: ['node', 'reject', node.id, '--ticket', id, '--by', 'PERSON', '--reason', 'WHY NOT'],
  };
}

/** What could be done here has gone on elsewhere: whoever did it there says when it comes in. */
function held({ id, held: nodes }: Facts): Step | undefined {
  const all = [...nodes].map(([node, one]) => ({ node, ...one }));
  if (all.length === 0) return undefined;
  return {
    id: 'held',
    action: 'agent:do',
    description: `bring in what has gone on elsewhere before anything else is begun here: ${all.slice(0, 3).map(({ node, to, by, where }) => `${node} is ${to} by ${by} in ${where}`).join('; ')}`,
    will: ['where it is committed: git merge that branch', 'where it is not: wait for whoever has it, or there node release it with a reason'],
    held: all,
    onPass: ['next', '--ticket', id],
  };
}

/** What is left waits for a fork: that ticket's work is next. */
function forked({ ticket }: Facts, leaves: readonly NodeState[]): Step | undefined {
  const held = leaves.filter(({ status }) => status === 'blocked').flatMap(({ blockedBy }) => blockedBy);
  const fork = ticket.forks.find(({ path }) => held.includes(path));
  const sub = fork?.data.sub_workflow;
  if (!fork || typeof sub !== 'string') return undefined;
  return { id: 'fork', description: `go on with ${sub}: what is left here waits for that fork`, will: [`show the next step of ${sub}`], run: ['next', '--ticket', sub], path: fork.path, goTo: sub };
}

function nodeOf({ ticket }: Facts, { node, life, record }: NodeState): StepNode {
  const { execution, models } = ticket.snapshot.settings;
  const { title, scope } = node.data;
  const role = roleOf(node);
  return {
    id: node.id,
    title: typeof title === 'string' ? title : undefined,
    role,
    model: role === undefined ? undefined : (models.get(role) ?? models.get('default')),
    scope: Array.isArray(scope) ? textsIn(scope) : undefined,
    plan: asksForPlan(node),
    findings: findingsIn(record?.data.history),
    retriesLeft: life.failures > 0 ? Math.max(0, execution.maxRetries - life.failures + (life.standing === 'failed' ? 1 : 0)) : undefined,
  };
}

/** Of the last failure, while nothing but a start came after it. */
function findingsIn(history: unknown): string[] {
  const entries: { to?: unknown; findings?: unknown }[] = Array.isArray(history) ? history : [];
  const last = entries.findLast(({ to }) => to === 'failed' || to === 'complete' || to === 'reset');
  return last?.to === 'failed' ? textsIn(last.findings) : [];
}
