import { afterEach, describe, expect, it } from 'vitest';
import { requirementsOf } from '../../src/documents/requirements.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { specOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, frozen, SPEC, status } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

function planned(nodes: string, workspace = 'rules: {spec-covered: off}\n'): { sandbox: Sandbox; repository: string; node: (args: readonly string[], code?: number, cwd?: string) => ReturnType<typeof ask> } {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repository = frozen(sandbox);
  sandbox.write(repository, { [`${FOLDER}/tasks.md`]: sandbox.read(repository, `${FOLDER}/tasks.md`).replace(/^nodes:[^]*?^---$/m, `nodes: ${nodes}\n---`), 'WORKSPACE.md': `---\ntreework: 1\n${workspace}---\n\n# How we work\n` });
  commitAll(sandbox, repository);
  return { sandbox, repository, node: (args, code = 0, cwd = repository) => ask(sandbox, cwd, ['node', ...args, '--ticket', 'PROJ-7'], code) };
}

const PASS = ['--verdict', 'pass', '--verified-by', 'review-1'];
const CHANGED = specOf('The system SHALL reject expired tokens with HTTP 403.').split('## Requirements\n\n')[1] as string;
const WAS = requirementsOf(parseDocument(Buffer.from(SPEC)))[0]?.digest as string;

describe('S1', () => {
  it('reopens after a plain merge what another branch has replaced, and it can be started again', () => {
    const { sandbox, repository, node } = planned('[{id: build, scope: ["src/**"]}, {id: docs, covers: none, depends_on: [build]}]');
    node(['start', 'build', '--by', 'impl-1']);
    commitAll(sandbox, repository);
    sandbox.git(repository, 'switch', '-q', '-c', 'other');
    sandbox.write(repository, { [`${FOLDER}/changes/001-forbidden.md`]: `---\ntitle: Forbidden\nimpact: replacing\nstatus: accepted\nhistory:\n  - {to: proposed, by: impl-9, at: 2026-11-20T10:00:00Z}\n  - {to: accepted, by: review-9, at: 2026-11-20T11:00:00Z}\n---\n\n## MODIFIED Requirements\n\n${CHANGED.replace('\n\n', `\n\nWas: ${WAS}\n\n`)}\n## Task impact\n\nNone.\n` });
    commitAll(sandbox, repository);
    sandbox.git(repository, 'switch', '-q', 'main');
    node(['complete', 'build', '--by', 'impl-1', ...PASS]);
    commitAll(sandbox, repository);
    expect(node(['start', 'build'], 2).error.code).toBe('node-complete');
    sandbox.git(repository, 'merge', '-q', '-m', 'chore: merge', 'other');
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
    expect(node(['start', 'docs'], 2).error).toMatchObject({ code: 'node-waits' });
    expect(node(['start', 'build', '--by', 'impl-2']).status).toBe('in_progress');
    node(['complete', 'build', '--by', 'impl-2', ...PASS]);
    node(['start', 'docs', '--by', 'impl-1']);
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it('dependents stayed skipped: a retry brings back what waited for it, with nothing written about them', () => {
    const { sandbox, repository, node } = planned('[{id: a, covers: none}, {id: b, covers: none, depends_on: [a]}, {id: c, covers: none, depends_on: [b]}]', 'execution: {max_retries: 0}\nrules: {spec-covered: off}\n');
    node(['start', 'a', '--by', 'impl-1']);
    expect(node(['fail', 'a', '--by', 'review-1', '--finding', 'no']).status).toBe('escalated');
    expect([node(['start', 'b'], 2).error.code, node(['start', 'c'], 2).error.code]).toEqual(['node-skipped', 'node-skipped']);
    done(sandbox.treework(repository, 'retry', 'a', '--reason', 'the service is up', '--by', 'impl-2'));
    expect(node(['start', 'b'], 2).error.code).toBe('node-waits');
    for (const id of ['a', 'b', 'c']) {
      if (id !== 'a') node(['start', id, '--by', 'impl-1']);
      node(['complete', id, '--by', 'impl-1', ...PASS]);
    }
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it('complete at 1/3: a phase is never completed by anybody, and never while something in it is open', () => {
    const { sandbox, repository, node } = planned('[{id: p, nodes: [{id: x, covers: none}, {id: y, covers: none}, {id: z, covers: none}]}, {id: after, covers: none, depends_on: [p]}]');
    node(['start', 'x', '--by', 'impl-1']);
    node(['complete', 'x', '--by', 'impl-1', ...PASS]);
    commitAll(sandbox, repository);
    for (const verb of [['start', 'p'], ['complete', 'p', ...PASS], ['done', 'p', '--l0', 'x'], ['approve', 'p']]) expect(node(verb, 2).error.code).toBe('node-phase');
    expect(node(['start', 'after'], 2).error.message).toBe('Unexpected start of after, which is waiting for p, expected a node that is ready');
    expect(status(sandbox, repository)).toBe('');
    sandbox.write(repository, { [`${FOLDER}/nodes/p.md`]: sandbox.read(repository, `${FOLDER}/nodes/x.md`).replace('node: x', 'node: p') });
    expect(sandbox.treework(repository, 'check', '--all').output).toContain('Unexpected stored status of the phase p');
  });

  it('what was taken back or given up can be begun again, by somebody else, and the history stays', () => {
    const { sandbox, repository, node } = planned('[{id: a, covers: none}]');
    const steps = [['start', 'a', '--by', 'one'], ['release', 'a', '--by', 'two', '--reason', 'one is gone'], ['start', 'a', '--by', 'two'], ['complete', 'a', '--by', 'two', ...PASS], ['reset', 'a', '--by', 'ada', '--reason', 'the wrong thing'], ['start', 'a', '--by', 'one'], ['complete', 'a', '--by', 'one', ...PASS]];
    for (const step of steps) {
      node(step);
      expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
    }
    expect(parseDocument(Buffer.from(sandbox.read(repository, `${FOLDER}/nodes/a.md`))).data?.history).toMatchObject(['in_progress', 'released', 'in_progress', 'complete', 'reset', 'in_progress', 'complete'].map((to) => ({ to })));
  });
});

describe('S3, S4, S15 across work trees and branches', () => {
  const PLAN = '[{id: a, covers: none, scope: ["src/a/**"]}, {id: b, covers: none, scope: ["src/**"]}, {id: c, covers: none, scope: ["docs/**"]}, {id: d, covers: none, depends_on: [c]}]';

  it('counts what is in progress elsewhere: its places, its paths, its wave', () => {
    const { sandbox, repository, node } = planned(PLAN, 'execution: {max_concurrent: 2}\nrules: {scope-disjoint: off, spec-covered: off}\n');
    sandbox.git(repository, 'worktree', 'add', '-q', '-b', 'other', '../other');
    node(['start', 'a', '--by', 'impl-1'], 0, 'other');
    expect(node(['start', 'b', '--by', 'impl-2'], 2).error).toMatchObject({ code: 'scope-taken', message: expect.stringMatching(/^Unexpected start of b \(src\/\*\*\) beside a \(in .*other\) \(src\/a\/\*\*\)/) });
    expect(node(['start', 'a', '--by', 'impl-2'], 2).error.code).toBe('node-claimed');
    expect(node(['start', 'c', '--by', 'impl-2'])).toMatchObject({ nodes: [{ entries: [{ wave: 1 }] }] });
    node(['complete', 'c', '--by', 'impl-2', ...PASS]);
    // Committed there, and the work tree gone: the branch alone holds the claim now.
    commitAll(sandbox, 'other');
    sandbox.git(repository, 'worktree', 'remove', '--force', '../other');
    expect(node(['start', 'd', '--by', 'impl-2'], 2).error).toMatchObject({ code: 'wave-open', message: 'Unexpected start of d, which was not ready when wave 1 began, expected the verdict on a (in refs/heads/other) first: the next wave waits for the QA of this one' });
    expect(node(['start', 'b', '--by', 'impl-2'], 2).error.code).toBe('wave-full');
    sandbox.git(repository, 'branch', '-D', '-q', 'other');
    expect(node(['start', 'd', '--by', 'impl-2'])).toMatchObject({ nodes: [{ entries: [{ wave: 2 }] }] });
  });

  it('an old branch does not go on with a ticket that is archived elsewhere', () => {
    const { sandbox, repository, node } = planned('[{id: a, covers: none}]');
    sandbox.git(repository, 'switch', '-q', '-c', 'old');
    sandbox.git(repository, 'switch', '-q', 'main');
    sandbox.run('mkdir', ['-p', 'docs/specs/ARCHIVED'], { cwd: repository });
    sandbox.git(repository, 'mv', FOLDER, 'docs/specs/ARCHIVED/PROJ-7');
    commitAll(sandbox, repository);
    sandbox.git(repository, 'switch', '-q', 'old');
    expect(node(['start', 'a', '--by', 'impl-1'], 2).error).toMatchObject({ code: 'ticket-archived', message: expect.stringContaining('archived in refs/heads/main') });
  });

  it('is not fooled by an older state elsewhere, nor by a tag', () => {
    const { sandbox, repository, node } = planned(PLAN, 'execution: {max_concurrent: 1}\nrules: {scope-disjoint: off, spec-covered: off}\n');
    node(['start', 'a', '--by', 'impl-1']);
    commitAll(sandbox, repository);
    sandbox.git(repository, 'branch', 'behind');
    sandbox.git(repository, 'tag', '-m', 'x', 'once');
    node(['complete', 'a', '--by', 'impl-1', ...PASS]);
    node(['start', 'b', '--by', 'impl-1']);
    sandbox.git(repository, 'tag', '-d', 'once');
    sandbox.git(repository, 'branch', '-D', '-q', 'behind');
  });
});

it('a ticket that does not pass is not begun, and what has begun can still be told', () => {
  const { sandbox, repository, node } = planned('[{id: a, covers: none}]', '');
  expect(ask(sandbox, repository, ['node', 'start', 'a', '--by', 'impl-1'], 1).findings).toMatchObject([{ rule: 'spec-covered' }]);
  expect(status(sandbox, repository)).toBe('');
  sandbox.write(repository, { 'WORKSPACE.md': '---\ntreework: 1\nrules: {spec-covered: off}\n---\n' });
  node(['start', 'a', '--by', 'impl-1']);
  sandbox.write(repository, { 'WORKSPACE.md': '---\ntreework: 1\n---\n' });
  node(['release', 'a', '--by', 'impl-1', '--reason', 'the plan is not right']);
});

describe('S14', () => {
  it('doctor --fix ticks no work off: hooks come back, and not a byte of a ticket changes', () => {
    const { sandbox, repository, node } = planned('[{id: build, scope: ["src/**"]}, {id: docs, covers: none, depends_on: [build]}]');
    sandbox.treework(repository, 'init', '--yes');
    node(['start', 'build', '--by', 'impl-1']);
    commitAll(sandbox, repository);
    sandbox.git(repository, 'config', '--unset', 'core.hooksPath');
    const before = sandbox.git(repository, 'ls-files', '-s');
    expect(sandbox.treework(repository, 'doctor').status).toBe(1);
    expect(sandbox.treework(repository, 'doctor', '--fix').status).toBe(0);
    expect(sandbox.git(repository, 'config', 'core.hooksPath')).toContain('treework');
    expect(sandbox.git(repository, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(repository, 'ls-files', '-s')).toBe(before);
  });
});
