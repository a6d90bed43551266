import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/engine.ts';
import { rules } from '../../src/rules/index.generated.ts';
import type { TicketStatus } from '../../src/workflow/node-status.ts';
import { nodeOf, pin, SPEC } from '../harness/governed.ts';
import { MemoryTree } from '../harness/memory-tree.ts';
import { DONE, FAIL, PASS, recordOf, SKIP, START, statusOf } from '../lifecycle/tickets.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 60);
const FOLDER = 'docs/specs/PROJ-7';

type Files = Readonly<Record<string, string>>;

const tasks = (nodes: string, goal = 'goal: {title: Ship it, why: Partners ask}') => `---\nticket: PROJ-7\n${goal}\nspec: ${pin(SPEC)}\nnodes: ${nodes}\n---\n`;

/** The rules, and what they say of PROJ-7, in order. */
function found(after: Files, before?: Files): string[] {
  const tree = (files: Files) => new MemoryTree({ 'WORKSPACE.md': '---\ntreework: 1\n---\n', [`${FOLDER}/spec.md`]: SPEC, ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${FOLDER}/${path}`, text])) });
  const { findings } = check({ before: before ? [tree(before)] : [], after: tree(after) }, { rules, scope: before ? 'changed' : 'all', program: 'treework' });
  return findings.filter(({ severity }) => severity === 'error').map(({ rule, message }) => `${rule}: ${message}`);
}

describe('1: every node has one parent', () => {
  it('a record of a node that the tree does not hold is refused', () => {
    expect(found({ 'tasks.md': tasks('[{id: build}]'), 'nodes/stray.md': nodeOf(SPEC, 'stray') })).toEqual([expect.stringContaining('node-record-orphan')]);
  });

  it('a node in two places of the tree is refused', () => {
    expect(found({ 'tasks.md': tasks('[{id: a, nodes: [{id: build}]}, {id: b, nodes: [{id: build, covers: none}]}]') }).join('\n')).toContain('node-id-unique');
  });

  it('a node that is its own ancestor by what it waits for is refused', () => {
    expect(found({ 'tasks.md': tasks('[{id: a, depends_on: [c], nodes: [{id: b}]}, {id: c, covers: none, depends_on: [b]}]') }).join('\n')).toContain('tree-acyclic');
  });
});

const LIFE = fc.constantFrom<readonly string[]>([], [START], [START, DONE], [START, DONE, PASS], [START, FAIL], [SKIP]);
const LEAF = fc.record({ waits: fc.boolean(), life: LIFE });
/** Up to three phases of up to three leaves, one deeper than the other, in any state. */
const WORKFLOW = fc.array(fc.record({ deep: fc.boolean(), leaves: fc.array(LEAF, { minLength: 1, maxLength: 3 }) }), { minLength: 1, maxLength: 3 });

type Workflow = typeof WORKFLOW extends fc.Arbitrary<infer Value> ? Value : never;

function statusOfAny(phases: Workflow): TicketStatus {
  const histories: Record<string, readonly string[]> = {};
  const nodes = phases.map(({ deep, leaves }, phase) => {
    const inside = leaves.map(({ waits, life }, index) => {
      const id = `n${phase}-${index}`;
      if (life.length > 0) histories[id] = life;
      return `{id: ${id}${waits && index > 0 ? `, depends_on: [n${phase}-${index - 1}]` : ''}}`;
    });
    return `{id: p${phase}, nodes: [${deep ? `{id: q${phase}, nodes: [${inside.join(', ')}]}` : inside.join(', ')}]}`;
  });
  return statusOf(`[${nodes.join(', ')}]`, histories);
}

describe('2: there is one current node, one specific leaf, or none and a reason', () => {
  it('whatever has happened', () => {
    fc.assert(
      fc.property(WORKFLOW, (phases) => {
        const { current, byId, nodes } = statusOfAny(phases);
        const leaves = nodes.filter(({ node }) => node.children.length === 0);
        if (current.node === undefined) {
          expect(['done', 'blocked', 'waiting', 'empty']).toContain(current.reason);
          expect(current.reason === 'done').toBe(leaves.every(({ isSettled }) => isSettled));
          return;
        }
        const state = byId.get(current.node);
        expect(state?.node.children).toEqual([]);
        expect(['in_progress', 'awaiting-qa', 'failed', 'ready', 'reopened']).toContain(state?.status);
      }),
      { numRuns: RUNS },
    );
  });

  it('a document has no key to set it by', () => {
    expect(found({ 'tasks.md': tasks('[{id: build}]').replace('nodes:', 'current_node: build\nnodes:') })).toEqual([expect.stringMatching(/^frontmatter-valid: .*current_node/)]);
  });
});

describe('3: forks are first-class, and say where work goes on', () => {
  const plan = { 'tasks.md': tasks('[{id: build}]') };
  const fork = (text: string): Files => ({ ...plan, 'forks/001-limits.md': `---\n${text}\n---\n` });

  it('a fork without return_to, a reason, a node or a ticket is refused', () => {
    const whole = ['reason: No limiter', 'spawned_from: build', 'return_to: build', 'sub_workflow: PROJ-9'];
    expect(found(fork(whole.join('\n')))).toEqual([]);
    for (const [index, line] of whole.entries()) expect(found(fork(whole.toSpliced(index, 1).join('\n'))), line).toEqual([expect.stringContaining(`frontmatter-valid: Missing key \`${line.split(':')[0]}\``)]);
  });

  it('a way back to a node that is not there is refused', () => {
    expect(found(fork('reason: No limiter\nspawned_from: build\nreturn_to: elsewhere\nsub_workflow: PROJ-9'))).toEqual([expect.stringContaining('fork-return')]);
  });

  it('in a task, silently, there is no place for one', () => {
    expect(found({ 'tasks.md': tasks('[{id: build, forks: [PROJ-9]}]') })).toEqual([expect.stringMatching(/^frontmatter-valid: .*forks/)]);
  });
});

describe('4: the status of a phase follows from what is in it', () => {
  it('a phase is complete exactly when all in it is settled and something was done, skipped when all was skipped', () => {
    fc.assert(
      fc.property(WORKFLOW, (phases) => {
        const { nodes, byId } = statusOfAny(phases);
        for (const { node, status } of nodes.filter(({ node: { children } }) => children.length > 0)) {
          const statuses = node.children.map(({ id }) => byId.get(id)?.status);
          const settled = statuses.every((one) => one === 'complete' || one === 'skipped');
          expect([status === 'complete', status === 'skipped'], `${node.id} is ${status}: ${statuses.join()}`).toEqual([settled && statuses.includes('complete'), settled && !statuses.includes('complete')]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('it cannot be written: not in the plan, and not as a record', () => {
    expect(found({ 'tasks.md': tasks('[{id: dev, status: done, nodes: [{id: build}]}]') })).toEqual([expect.stringMatching(/^frontmatter-valid: .*status/)]);
    expect(found({ 'tasks.md': tasks('[{id: dev, nodes: [{id: build}]}]'), 'nodes/dev.md': nodeOf(SPEC, 'dev') }).join('\n')).toContain('the phase dev');
  });
});

describe('5: histories only grow', () => {
  const plan = { 'tasks.md': tasks('[{id: build}]') };
  const START_AGAIN = START.replace(/spec: "[^"]*"/, `spec: "${pin(SPEC)}"`);
  const node = (...entries: string[]): Files => ({ ...plan, 'nodes/build.md': recordOf('build', entries.map((entry) => entry.replace(/spec: "[^"]*"/, `spec: "${pin(SPEC)}"`))) });

  it('what is appended is taken; what is removed, rewritten or reordered is refused', () => {
    const before = node(START_AGAIN, FAIL);
    expect(found(node(START_AGAIN, FAIL, START_AGAIN), before)).toEqual([]);
    expect(found(node(START_AGAIN), before).join('\n')).toContain('history-append-only');
    expect(found(node(START_AGAIN.replace('impl-1', 'impl-2'), FAIL), before).join('\n')).toContain('history-append-only');
    expect(found(plan, before).join('\n')).toContain('what was done is never taken back');
  });
});

describe('6: a goal has a why', () => {
  it.each(['goal: {title: Ship it}', "goal: {title: Ship it, why: ''}", 'goal: {title: Ship it, why: Ship it}'])('%s is refused or warned about', (goal) => {
    const tree = new MemoryTree({ 'WORKSPACE.md': '---\ntreework: 1\n---\n', [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasks('[{id: build}]', goal) });
    expect(check({ before: [], after: tree }, { rules, scope: 'all', program: 'treework' }).findings.map(({ rule }) => rule)).toEqual([expect.stringMatching(/^(?:goal-why|frontmatter-valid)$/)]);
  });
});

describe('7: a workflow is over when all of it is', () => {
  const archive = (files: Files): string[] => {
    const at = (folder: string) => new MemoryTree({ 'WORKSPACE.md': '---\ntreework: 1\n---\n', [`${folder}/spec.md`]: SPEC, ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])) });
    return check({ before: [at(FOLDER)], after: at('docs/specs/ARCHIVED/PROJ-7') }, { rules, scope: 'changed', program: 'treework' }).findings.filter(({ severity }) => severity === 'error').map(({ rule, message }) => `${rule}: ${message}`);
  };
  const skipped = { 'nodes/build.md': recordOf('build', [SKIP]) };
  const plan = tasks('[{id: build}]');

  it('not with a node, a fork or a question that is open', () => {
    const fork = '---\nreason: No limiter\nspawned_from: build\nreturn_to: build\nsub_workflow: PROJ-9\n---\n';
    const answered = plan.replace('nodes:', 'recurs: no\nnodes:');
    expect(archive({ 'tasks.md': answered, ...skipped })).toEqual([]);
    expect(archive({ 'tasks.md': answered })).toEqual([expect.stringContaining('open nodes build')]);
    expect(archive({ 'tasks.md': answered, ...skipped, 'forks/001-limits.md': fork })).toEqual([expect.stringContaining('an open fork')]);
    expect(archive({ 'tasks.md': answered, ...skipped, 'forks/001-limits.md': fork.replace('sub_workflow', 'abandoned: Not needed\nsub_workflow') })).toEqual([]);
    expect(archive({ 'tasks.md': plan, ...skipped })).toEqual([expect.stringContaining('will this recur?')]);
  });
});
