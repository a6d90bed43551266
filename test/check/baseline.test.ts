import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check } from '../../src/check/engine.ts';
import { baselineText, entriesOf } from '../../src/workflow/baseline.ts';
import type { Rule } from '../../src/workflow/rule.ts';
import { EDITED, FOLDER, Governed, SPEC, specOf } from '../harness/governed.ts';
import { MemoryTree } from '../harness/memory-tree.ts';
import { sarifFaults } from '../reports/sarif-schema.ts';

const BASELINE = '.treework/baseline.json';
const PATH = 'docs/specs/OLD-1/spec.md';

describe('a baseline', () => {
  const WORKSPACE = '---\ntreework: 1\n---\n';
  const TEXT = specOf('The system SHALL x.', 'OLD-1');
  const report = { path: PATH, line: 8, message: 'Unexpected x (also line 12), expected y', remedy: 'Write y.' };
  const facts = { id: 'made-up', group: 'document', severity: 'error' } as const;
  const stateRule: Rule = { ...facts, document: (document) => (document.path === PATH ? [report, report] : []) };
  const twiceRule: Rule = { ...facts, document: (document) => (document.path === PATH ? [report, { ...report, line: 10, message: 'Unexpected z, expected y' }] : []) };
  const stepRule: Rule = { ...facts, step: () => [report] };
  const baseline = baselineText(entriesOf([{ rule: 'made-up', severity: 'error', column: 1, ...report }], () => TEXT));
  const tree = (files: Readonly<Record<string, string>>) => new MemoryTree({ 'WORKSPACE.md': WORKSPACE, [PATH]: TEXT, ...files });
  const judge = (rule: Rule, before: Readonly<Record<string, string>> | undefined, after: Readonly<Record<string, string>>) => {
    const { findings, known, removable } = check({ before: before ? [tree(before)] : [], after: tree(after) }, { rules: [rule], scope: 'all', program: 'treework' });
    return [findings.length, known.length, removable.length];
  };

  it('knows what it holds, of the state of the tree it is in', () => {
    expect(judge(stateRule, undefined, {})).toEqual([1, 0, 0]);
    expect(judge(stateRule, undefined, { [BASELINE]: baseline })).toEqual([0, 1, 0]);
    expect(judge(twiceRule, undefined, { [BASELINE]: baseline })).toEqual([1, 1, 0]);
    expect(judge({ ...facts }, undefined, { [BASELINE]: baseline })).toEqual([0, 0, 1]);
  });

  it('knows nothing of a rule that is protected', () => {
    expect(judge({ ...stateRule, isProtected: true }, { [BASELINE]: baseline }, { [BASELINE]: baseline })).toEqual([1, 0, 1]);
  });

  it('that a commit brings does not disarm the judge of that commit', () => {
    const edit = { [PATH]: TEXT.replace('title: Reports API', 'title: Reports') };
    expect(judge(stepRule, {}, { ...edit, [BASELINE]: baseline })).toEqual([1, 0, 1]);
    expect(judge(stepRule, { [BASELINE]: baseline }, { ...edit, [BASELINE]: baseline })[1]).toBe(1);
    expect(judge(stepRule, { [BASELINE]: baseline }, edit)[1]).toBe(1);
  });

  it('knows a finding as often as it says, wherever its line stands', () => {
    const line = (number: number) => ({ ...report, line: number, message: `Unexpected x on line ${number} (${number} places), expected y` });
    const rule = (...lines: number[]): Rule => ({ ...facts, document: (document) => (document.path === PATH ? lines.map(line) : []) });
    const text = baselineText(entriesOf([9, 9].map((number) => ({ rule: 'made-up', severity: 'error' as const, column: 1, ...line(number) })), () => TEXT));
    expect(text).toContain('"count":2');
    // Lines 7, 9, 11 of the text are blank.
    expect(judge(rule(9, 11), undefined, { [BASELINE]: text })).toEqual([0, 2, 0]);
    expect(judge(rule(7, 9, 11), undefined, { [BASELINE]: text })).toEqual([1, 2, 0]);
    expect(judge(rule(7), undefined, { [BASELINE]: text })).toEqual([0, 1, 1]);
  });

  it.each(['', '{', '[]', '{"treework":2,"findings":[]}', '\u0000'])('that says %j knows nothing', (text) => {
    expect(judge(stateRule, undefined, { [BASELINE]: text })).toEqual([1, 0, 0]);
  });
});

describe('in a repository', () => {
  let repo: Governed;
  beforeEach(() => {
    repo = new Governed();
  });
  afterEach(() => repo.remove());
  const run = (...args: string[]) => repo.sandbox.treework('work', 'check', ...args);

  it('the server goes by it, for what was there and not for what comes', () => {
    repo.sandbox.write('work', { [PATH]: specOf('The system answers.', 'OLD-1') });
    expect(run('--all', '--baseline', 'write')).toMatchObject({ status: 0 });
    expect(repo.commit('docs: what was there')).toMatchObject({ status: 0 });
    expect(repo.serve('main')).toMatchObject({ status: 0 });
    const { runs } = JSON.parse(run('--all', '--format', 'sarif').stdout);
    expect(sarifFaults({ version: '2.1.0', runs })).toEqual([]);
    expect(runs[0].results).toMatchObject([{ ruleId: 'requirement-keyword', suppressions: [{ kind: 'external', justification: `known in ${BASELINE}` }] }]);
    expect(JSON.parse(run('--all', '--json').stdout)).toMatchObject({ ok: true, findings: [], baseline: { known: 1, removable: [] } });
    repo.sneak('docs: one more', { [PATH]: specOf('The system replies.', 'OLD-1').replace('Token validation', 'Token check') });
    const refused = repo.serve('main');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('requirement-keyword');
  });

  it('what protects a freeze is not written, and an entry by hand changes nothing', () => {
    repo.sandbox.write('work', { [`${FOLDER}/spec.md`]: EDITED });
    const written = run('--all', '--baseline', 'write', '--json');
    expect(JSON.parse(written.stdout)).toMatchObject({ ok: false, findings: [{ rule: 'spec-frozen' }], baseline: { known: 0 } });
    expect(repo.sandbox.exists('work', BASELINE)).toBe(false);
    const [finding] = JSON.parse(written.stdout).findings;
    repo.sandbox.write('work', { [BASELINE]: baselineText(entriesOf([finding], () => EDITED)) });
    expect(run('--all').stdout).toContain('spec-frozen');
    expect(repo.commit('docs: change')).toMatchObject({ status: 1 });
    repo.sneak('docs: change');
    expect(repo.serve('main').status).not.toBe(0);
  });

  it('writing twice changes nothing, and is for the whole work tree alone', () => {
    repo.sandbox.write('work', { [PATH]: specOf('The system answers.', 'OLD-1') });
    expect(run('--baseline', 'write').stdout).toMatch(/^wrote /);
    expect(run('--baseline', 'write').stdout).toMatch(/is as it should be/);
    expect(run('--baseline', 'prune').stdout).toMatch(/is as it should be/);
    for (const args of [['--staged'], ['docs'], ['--fix'], ['--from', 'HEAD']]) expect(run('--baseline', 'write', ...args), args.join(' ')).toMatchObject({ status: 2 });
    expect(run('--baseline', 'wirte')).toMatchObject({ status: 2, stderr: expect.stringContaining('expected write or prune') });
  });

  it('tells since a revision what came with changed lines, new files and broken links to what did not change', () => {
    const old = specOf('The system answers.', 'OLD-1');
    repo.sneak('docs: as it was', { [PATH]: old, 'docs/specs/OLD-2/spec.md': specOf('The system answers.', 'OLD-2') });
    const findings = (): string[] => JSON.parse(run('--from', 'HEAD', '--json').stdout).findings.map(({ path, rule }: { path: string; rule: string }) => `${path} ${rule}`);
    expect(findings()).toEqual([]);
    repo.stage({ [PATH]: old.replace('Reports API', 'Reports').replaceAll('\n', '\r\n') });
    expect(findings()).toEqual([]);
    repo.stage({ [PATH]: old.replace('Token validation', 'Tokens') });
    expect(findings()).toEqual([`${PATH} requirement-keyword`]);
    repo.stage({ [PATH]: old, 'docs/specs/NEW-1/spec.md': specOf('It answers.', 'NEW-1') });
    expect(findings()).toEqual(['docs/specs/NEW-1/spec.md requirement-keyword']);
    repo.stage({ 'docs/specs/NEW-1/spec.md': null, [`${FOLDER}/spec.md`]: EDITED });
    expect(findings()).toContain(`${FOLDER}/spec.md spec-frozen`);
    expect(SPEC).not.toBe(EDITED);
    expect(run('--from', 'nowhere')).toMatchObject({ status: 2 });
  });

  it('since a revision that went on elsewhere is since the place where the two parted', () => {
    repo.git('checkout', '-q', '-b', 'side');
    repo.git('checkout', '-q', 'main');
    repo.sneak('docs: elsewhere', { [PATH]: specOf('The system answers.', 'OLD-1') });
    repo.git('checkout', '-q', 'side');
    expect(JSON.parse(run('--from', 'main', '--json').stdout)).toMatchObject({ ok: true, findings: [] });
  });
});
