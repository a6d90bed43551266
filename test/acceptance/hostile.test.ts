import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { FOLDER, frozen, json } from '../verbs/fixture.ts';
import { EDITED, SPEC } from '../harness/governed.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

describe('several at once', () => {
  it('new change gives each its own number', async () => {
    const repository = frozen(sandbox);
    const proposals = ['one', 'two', 'three', 'four'].map((title) => start(repository, ['new', 'change', '--ticket', 'PROJ-7', '--impact', 'additive', '--title', title, '--by', 'impl-1']));
    expect(await Promise.all(proposals)).toEqual([0, 0, 0, 0]);
    const { changes } = json(sandbox.treework(repository, 'change', 'list', '--ticket', 'PROJ-7', '--json'));
    expect(changes.map(({ change }: { change: string }) => change.slice(0, 3))).toEqual(['001', '002', '003', '004']);
  });

  it('change accept decides once', async () => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED });
    sandbox.treework(repository, 'new', 'change', '--ticket', 'PROJ-7', '--from-edit', '--title', 'T', '--by', 'impl-1');
    const decisions = await Promise.all(['a', 'b', 'c'].map((by) => start(repository, ['change', 'accept', '001', '--ticket', 'PROJ-7', '--by', by])));
    expect(decisions.sort()).toEqual([0, 2, 2]);
    expect(sandbox.read(repository, `${FOLDER}/changes/001-t.md`).match(/to: accepted/g)).toHaveLength(1);
  });
});

describe('the remedy that a finding names', () => {
  it('speaks of the spec alone while a frozen spec with accepted records is edited', () => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED });
    sandbox.treework(repository, 'new', 'change', '--ticket', 'PROJ-7', '--from-edit', '--title', 'T', '--by', 'impl-1');
    sandbox.treework(repository, 'change', 'accept', '001', '--ticket', 'PROJ-7', '--by', 'review-1');
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED });
    const { findings } = json(sandbox.treework(repository, 'check', '--json'));
    expect(findings.map(({ rule }: { rule: string }) => rule)).toEqual(['spec-frozen']);
  });

  it('restores from where the judged commits began, not from HEAD that holds the fault', () => {
    const repository = frozen(sandbox);
    const from = sandbox.git(repository, 'rev-parse', 'HEAD').trim();
    sandbox.git(repository, 'rm', '-q', `${FOLDER}/spec.md`);
    sandbox.git(repository, 'commit', '-q', '--no-verify', '-m', 'feat: attack');
    const { findings } = json(sandbox.treework(repository, 'check', '--from', from, '--to', 'HEAD', '--json'));
    const remedy: string = findings.find(({ rule }: { rule: string }) => rule === 'spec-frozen').remedy;
    expect(remedy).toBe(`git checkout ${from.slice(0, 10)} -- ${FOLDER}/spec.md`);
    sandbox.git(repository, ...remedy.split(' ').slice(1));
    expect(sandbox.read(repository, `${FOLDER}/spec.md`)).toBe(SPEC);
  });
});

describe('--json holds for words that are no verb', () => {
  it.each([['--version'], ['help'], ['help', 'all'], ['check', '--help'], []])('%s %s', (...words) => {
    const answer = json(sandbox.treework('', ...words, '--json'));
    expect(answer.ok).toBe(words.length > 0);
  });
});

/** A treework that runs beside others; answers its exit status. */
function start(repository: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'dist/cli.cjs'), ...args], { cwd: join(sandbox.root, repository), env: sandbox.env, stdio: 'ignore' });
    child.on('exit', resolve);
  });
}
