import { afterEach, describe, expect, it } from 'vitest';
import { workBefore } from '../../src/workflow/precedence.ts';
import { taskNodes } from '../../src/workflow/task-tree.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, FOLDER, frozen, json, status } from '../verbs/fixture.ts';

const PLAN = 'nodes: [{id: build, scope: ["src/**"]}, {id: gate, type: human, covers: none, depends_on: [build]}, {id: ship, covers: none, depends_on: [gate]}]';
const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

/** PROJ-7 with a gate, its work done by impl-1 and found good by review-1. */
function built(): { sandbox: Sandbox; repository: string; node: (args: string[], status?: number) => ReturnType<typeof ask> } {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repository = frozen(sandbox);
  sandbox.write(repository, { [`${FOLDER}/tasks.md`]: sandbox.read(repository, `${FOLDER}/tasks.md`).replace(/^nodes:[^]*?^---$/m, `${PLAN}\n---`) });
  const node = (args: string[], code = 0) => ask(sandbox, repository, ['node', ...args], code);
  node(['start', 'build', '--by', 'impl-1']);
  node(['complete', 'build', '--by', 'impl-1', '--verdict', 'pass', '--verified-by', 'review-1']);
  commitAll(sandbox, repository);
  return { sandbox, repository, node };
}

describe('S10: an agent could approve its own human gate', () => {
  it.each([
    [['approve', 'gate', '--by', 'impl-1'], 'Unexpected approval by impl-1, who did work that it is about, expected another actor'],
    [['approve', 'gate', '--by', ' IMPL-1 '], 'Unexpected approval by IMPL-1, who did work that it is about, expected another actor'],
    [['complete', 'gate', '--by', 'impl-1', '--verdict', 'pass', '--verified-by', 'dana'], 'Unexpected completion of gate, which is for a person to decide, expected an approval'],
    [['approve', 'gate', '--by', 'impl-1', '--verified-by', 'dana'], 'Unexpected --verified-by dana of an approval, expected pr for the forge’s review, or --by for the person who approves'],
    [['approve', 'ship', '--by', 'dana'], 'Unexpected approval of ship, which is of type agent, expected a node of type human'],
    [['reject', 'gate', '--by', 'dana'], 'Unexpected rejected without its evidence, expected a reason'],
  ])('%j is refused and writes nothing', (args, message) => {
    const { sandbox, repository, node } = built();
    expect(node(args, 2).error.message).toBe(message);
    expect(status(sandbox, repository)).toBe('');
  });

  it('and what was written by hand is a finding, in the very commit that brings the work or the approval', () => {
    const { sandbox, repository, node } = built();
    const approved = node(['approve', 'gate', '--by', 'dana']);
    expect(approved).toMatchObject({ status: 'complete', nodes: [{ entries: [{ to: 'in_progress', by: 'dana' }, { to: 'complete', by: 'dana', verdict: 'pass' }] }] });
    const path = `${FOLDER}/nodes/gate.md`;
    sandbox.write(repository, { [path]: sandbox.read(repository, path).replaceAll('dana', 'impl-1') });
    expect(json(sandbox.treework(repository, 'check', '--json')).findings).toMatchObject([{ rule: 'node-status-explained', path }]);
    sandbox.write(repository, { [path]: sandbox.read(repository, path).replaceAll('impl-1', 'dana') });
    commitAll(sandbox, repository);
    // The gate's record stays as it is; the work that it is about becomes the approver's.
    node(['reset', 'build', '--by', 'dana', '--reason', 'once more']);
    const refused = ask(sandbox, repository, ['node', 'start', 'build', '--by', 'dana'], 1);
    expect(refused.findings).toMatchObject([{ rule: 'node-status-explained', path, message: expect.stringContaining('Unexpected approval by dana') }]);
    node(['start', 'build', '--by', 'impl-2']);
  });
});

describe('a human gate', () => {
  it('opens what is behind it with one write, by a person or by the forge’s review', () => {
    const { sandbox, repository, node } = built();
    expect(node(['start', 'ship'], 2).error.code).toBe('node-waits');
    expect(node(['approve', 'gate', '--by', 'dana']).created).toEqual([`${FOLDER}/nodes/gate.md`]);
    node(['start', 'ship', '--by', 'impl-1']);
    commitAll(sandbox, repository);
    expect(sandbox.treework(repository, 'check').status).toBe(0);
    const other = built();
    expect(other.node(['approve', 'gate', '--by', 'impl-1', '--verified-by', 'pr'])).toMatchObject({ nodes: [{ entries: [{}, { verified_by: 'pr' }] }] });
  });

  it('is decided once, from where it stands, and again only after it was taken back', () => {
    const { node } = built();
    node(['start', 'gate', '--by', 'dana']);
    expect(node(['reject', 'gate', '--by', 'dana', '--reason', 'the colours']).status).toBe('rejected');
    expect(node(['approve', 'gate', '--by', 'dana'], 2).error.message).toMatch(/which is rejected, expected it to be in_progress or not begun/);
    expect(node(['start', 'ship'], 2).error.code).toBe('node-waits');
    node(['reset', 'gate', '--by', 'dana', '--reason', 'they were changed']);
    node(['approve', 'gate', '--by', 'eve']);
    expect(node(['approve', 'gate', '--by', 'eve'], 2).error.code).toBe('node-complete');
  });

  it('waits like every node, but for no wave', () => {
    const { node } = built();
    node(['reset', 'build', '--by', 'dana', '--reason', 'once more']);
    expect(node(['approve', 'gate', '--by', 'dana'], 2).error.code).toBe('node-waits');
    expect(node(['reject', 'gate', '--by', 'dana', '--reason', 'x'], 2).error.code).toBe('node-waits');
  });
});

it('what a gate is about reaches back to the gates before it, through phases and orders', () => {
  const nodes = taskNodes({ nodes: [{ id: 'idea' }, { id: 'ok', type: 'human', depends_on: ['idea'] }, { id: 'p', order: 'sequential', depends_on: ['ok'], nodes: [{ id: 'a' }, { id: 'b' }, { id: 'gate', type: 'human' }] }, { id: 'last', type: 'human', depends_on: ['p'] }] });
  const before = (id: string) => workBefore(nodes.find((node) => node.id === id) as (typeof nodes)[number], nodes).map((node) => node.id).sort();
  expect([before('ok'), before('gate'), before('last')]).toEqual([['idea'], ['a', 'b'], ['a', 'b']]);
});
