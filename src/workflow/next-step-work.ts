import { type Choice, type Facts, listed, type Step, type StepNode } from './step.ts';
import { nextWave } from './next-wave.ts';
import type { NodeState } from './node-status.ts';
import { leafTypeOf, textsIn } from './task-tree.ts';

/** The work itself: what failed, what a person decides, the wave under way, the next one. */
export function workStep(facts: Facts): Step | undefined {
  const leaves = facts.status.nodes.filter(({ node }) => node.children.length === 0);
  return failed(facts, leaves) ?? escalated(facts, leaves) ?? underWay(facts, leaves) ?? awaitingQa(facts, leaves) ?? wave(facts, leaves) ?? forked(facts, leaves);
}

function failed(facts: Facts, leaves: readonly NodeState[]): Step | undefined {
  const { id, ticket } = facts;
  const busy = leaves.filter(({ status }) => status === 'in_progress' || status === 'awaiting-qa').length;
  const places = Math.max(1, ticket.snapshot.settings.execution.maxConcurrent - busy);
  const again = leaves.filter(({ status, waitsFor }) => status === 'failed' && waitsFor.length === 0).slice(0, places);
  if (again.length === 0) return undefined;
  const ids = again.map(({ node }) => node.id);
  return {
    id: 'respawn',
    action: 'subagent:respawn',
    description: `start ${listed(ids)} once more, with what was found wrong`,
    will: [`start ${listed(ids)} again`, 'give the implementer the findings'],
    run: ['node', 'start', ...ids, '--ticket', id],
    nodes: again.map((state) => nodeOf(facts, state)),
  };
}

function escalated({ id }: Facts, leaves: readonly NodeState[]): Step | undefined {
  const state = leaves.find(({ status }) => status === 'escalated' || status === 'rejected');
  if (!state) return undefined;
  const { node, status } = state;
  const anew: Choice = { description: 'begin it anew, with its history kept', run: ['node', 'reset', node.id, '--ticket', id, '--reason', 'WHY IT IS BEGUN ANEW'] };
  const choices: Choice[] = status === 'rejected' ? [anew] : [
    { description: 'try once more', run: ['retry', node.id, '--ticket', id, '--reason', 'WHY IT CAN WORK NOW'] },
    { description: 'change what is asked for', run: ['new', 'change', '--ticket', id, '--impact', 'replacing', '--title', 'WHAT IS ASKED FOR INSTEAD'] },
    { ...anew, description: 'give it up: after a reset it can be skipped with a reason' },
  ];
  return {
    id: status === 'rejected' ? 'rejected' : 'escalated',
    action: 'human:approve',
    description: `${node.id} is ${status}: a person decides how it goes on`,
    will: choices.map(({ description }) => description),
    nodes: [nodeIn(state)],
    choices,
    run: choices[0]?.run ?? [],
    confirm: true,
  };
}

/** What somebody works on. */
function underWay(facts: Facts, leaves: readonly NodeState[]): Step | undefined {
  const { id } = facts;
  const busy = leaves.filter(({ status }) => status === 'in_progress');
  const agents = busy.filter(({ node }) => leafTypeOf(node) === 'agent');
  const [first] = agents;
  if (first) {
    const ids = agents.map(({ node }) => node.id);
    return {
      id: 'work',
      action: 'agent:do',
      description: `do the work of ${listed(ids)}, then say for each what was made`,
      will: [...ids.map((one) => `read what ${one} needs, and work inside its scope`), 'say what was made: node done'],
      nodes: agents.map((state) => nodeOf(facts, state)),
      onPass: ['node', 'done', first.node.id, '--ticket', id, '--l0', 'WHAT WAS MADE, IN ONE LINE'],
      onFail: ['node', 'fail', first.node.id, '--ticket', id, '--finding', 'WHAT STANDS IN THE WAY'],
    };
  }
  const command = busy.find(({ node }) => leafTypeOf(node) === 'command');
  if (command) return runCommand(facts, command);
  const gate = busy.find(({ node }) => leafTypeOf(node) === 'human');
  return gate && approve(facts, gate);
}

function runCommand({ id }: Facts, { node }: NodeState): Step {
  return {
    id: 'run-command',
    action: 'agent:do',
    description: `run the command of ${node.id} and say how it ended`,
    will: ['run the command that tasks.md names', 'complete the node with its exit status, or fail it'],
    nodes: [],
    onPass: ['node', 'complete', node.id, '--ticket', id, '--exit', '0'],
    onFail: ['node', 'fail', node.id, '--ticket', id, '--finding', 'WHAT THE COMMAND SAID'],
  };
}

function approve({ id }: Facts, state: NodeState): Step {
  const { node } = state;
  return {
    id: 'approve',
    action: 'human:approve',
    description: `${node.id} waits for a person's approval`,
    will: ['look at what was made', 'approve it, or reject it with a reason'],
    nodes: [nodeIn(state)],
    run: ['node', 'complete', node.id, '--ticket', id, '--verdict', 'pass', '--verified-by', 'PERSON'],
    confirm: true,
    onFail: ['node', 'reject', node.id, '--ticket', id, '--reason', 'WHY NOT'],
  };
}

/** One adversarial check of the whole wave, by somebody else than its implementers. */
function awaitingQa(facts: Facts, leaves: readonly NodeState[]): Step | undefined {
  const waiting = leaves.filter(({ status }) => status === 'awaiting-qa');
  const [first] = waiting;
  if (!first) return undefined;
  const ids = waiting.map(({ node }) => node.id);
  return {
    id: 'await-qa',
    action: 'wave:await-qa',
    description: `let one reviewer, who made none of it, try to break the work of ${listed(ids)}`,
    will: ['check the work against the spec, and run its tests', 'complete what holds, fail what does not, with findings'],
    nodes: waiting.map((state) => nodeOf(facts, state)),
    onPass: ['node', 'complete', ...ids, '--ticket', facts.id, '--verdict', 'pass', '--verified-by', 'REVIEWER'],
    onFail: ['node', 'fail', first.node.id, '--ticket', facts.id, '--finding', 'WHAT IS WRONG'],
  };
}

/** The next wave, whole; a single node is started by its command. */
function wave(facts: Facts, leaves: readonly NodeState[]): Step | undefined {
  const { id, ticket } = facts;
  const ready = nextWave(leaves, ticket.snapshot.settings);
  const agents = ready.filter(({ node }) => leafTypeOf(node) === 'agent');
  const started = agents.length > 0 ? agents : ready.slice(0, 1);
  const [only] = started;
  if (!only) return undefined;
  const ids = started.map(({ node }) => node.id);
  const step = {
    will: [`claim ${listed(ids)}`, 'give each its own scope: no two of them overlap'],
    run: ['node', 'start', ...ids, '--ticket', id],
    nodes: started.map((state) => nodeOf(facts, state)),
  };
  if (started.length > 1) return { id: 'spawn', action: 'team:spawn', description: `start the wave ${ids.join(', ')}: one agent for each node`, ...step };
  return { id: 'start', description: `start ${only.node.id}`, ...step, will: [`claim ${only.node.id}`] };
}

/** What is left waits for a fork: that ticket's work is next. */
function forked({ ticket }: Facts, leaves: readonly NodeState[]): Step | undefined {
  const held = leaves.filter(({ status }) => status === 'blocked').flatMap(({ blockedBy }) => blockedBy);
  const fork = ticket.forks.find(({ path }) => held.includes(path));
  const sub = fork?.data.sub_workflow;
  if (!fork || typeof sub !== 'string') return undefined;
  return { id: 'fork', description: `go on with ${sub}: what is left here waits for that fork`, will: [`show the next step of ${sub}`], run: ['next', '--ticket', sub], path: fork.path, goTo: sub };
}

function nodeOf({ ticket }: Facts, state: NodeState): StepNode {
  const { execution, models } = ticket.snapshot.settings;
  const role = typeof state.node.data.role === 'string' ? state.node.data.role : leafTypeOf(state.node) === 'agent' ? 'implementer' : undefined;
  const isAgain = state.life.failures > 0;
  return { ...nodeIn(state), role, model: role === undefined ? undefined : (models.get(role) ?? models.get('default')), retriesLeft: isAgain ? execution.maxRetries - state.life.failures + 1 : undefined };
}

function nodeIn({ node, record }: NodeState): StepNode {
  const { title, role, scope, plan } = node.data;
  return {
    id: node.id,
    title: typeof title === 'string' ? title : undefined,
    role: typeof role === 'string' ? role : undefined,
    model: undefined,
    scope: Array.isArray(scope) ? textsIn(scope) : undefined,
    plan: plan === 'required',
    findings: findingsIn(record?.data.history),
    retriesLeft: undefined,
  };
}

/** Of the last failure, while nothing but a start came after it. */
function findingsIn(history: unknown): string[] {
  const entries: { to?: unknown; findings?: unknown }[] = Array.isArray(history) ? history : [];
  const last = entries.findLast(({ to }) => to === 'failed' || to === 'complete' || to === 'reset');
  return last?.to === 'failed' ? textsIn(last.findings) : [];
}
