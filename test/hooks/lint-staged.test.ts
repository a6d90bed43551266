import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { BAD_SPEC, expectDone, SPEC, SPEC_PATH, writeHook } from './fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

/** Long enough that a patch of its end does not touch its heading. */
const LONG = `${SPEC}${'\nThe reason for this is told to whoever asks for it.\n'.repeat(6)}`;
const REWORDED = LONG.replace('Reports API', 'Report API');
const TYPO = REWORDED.replace('#### Scenario: Expired', '##### scenario: Expired');

/** A repository whose hook runs lint-staged, with our task added by init. */
function withLintStaged(name: string, packageJson: string): string {
  const repository = sandbox.repository(name, { 'package.json': packageJson, '.gitignore': 'node_modules\n', [SPEC_PATH]: LONG });
  symlinkSync(join(PACKAGE_ROOT, 'node_modules'), join(sandbox.root, repository, 'node_modules'));
  writeHook(sandbox, repository, '.git/hooks/pre-commit', 'node_modules/.bin/lint-staged --quiet');
  expectDone(sandbox.treework(repository, 'init', '--yes', '--fix-staged'));
  sandbox.git(repository, 'add', '.');
  sandbox.git(repository, 'commit', '-q', '-m', 'chore: govern', '--no-verify');
  return repository;
}

describe('init --fix-staged', () => {
  it.each([
    ['without the key', '{\n  "name": "x"\n}\n', '{\n  "name": "x",\n  "lint-staged": {\n    "docs/specs/**/*.md": "treework check --fix"\n  }\n}\n'],
    ['beside other tasks', '{"lint-staged": {\n\t"*.ts": ["tsc"]}, "name": "x"}', '{"lint-staged": {\n\t\t"docs/specs/**/*.md": "treework check --fix",\n\t"*.ts": ["tsc"]}, "name": "x"}'],
  ])('adds its task %s, and twice changes nothing', (_, before, after) => {
    const repository = sandbox.repository('x', { 'package.json': before });
    for (let round = 0; round < 2; round += 1) {
      expectDone(sandbox.treework(repository, 'init', '--yes', '--fix-staged'));
      expect(sandbox.read(repository, 'package.json')).toBe(after);
    }
    expectDone(sandbox.treework(repository, 'uninstall'));
    expect(sandbox.read(repository, 'package.json')).toBe(before);
  });

  it('prints the line where lint-staged is configured elsewhere', () => {
    const repository = sandbox.repository('x', { '.lintstagedrc.json': '{}\n' });
    expect(sandbox.treework(repository, 'init', '--yes').stdout).toContain('left out: fixes of staged documents. With lint-staged: "docs/specs/**/*.md": "treework check --fix"');
    expect(sandbox.treework(repository, 'init', '--yes', '--fix-staged').stdout).toContain('add to lint-staged\'s configuration: "docs/specs/**/*.md": "treework check --fix"');
  });
});

describe('with lint-staged', () => {
  it('the fix of a partially staged spec lands in the commit, and the part that is not staged survives', () => {
    const repository = withLintStaged('partial', '{\n  "name": "x"\n}\n');
    sandbox.write(repository, { [SPEC_PATH]: TYPO });
    sandbox.git(repository, 'add', SPEC_PATH);
    sandbox.write(repository, { [SPEC_PATH]: `${TYPO}\nNot staged yet.\n`, 'untracked.txt': 'mine' });
    const answer = sandbox.run('git', ['commit', '-q', '-m', 'docs: reword'], { cwd: repository });
    expect(answer.output).toBe('');
    expect(sandbox.git(repository, 'show', `HEAD:${SPEC_PATH}`)).toBe(REWORDED);
    expect(sandbox.read(repository, SPEC_PATH)).toBe(`${REWORDED}\nNot staged yet.\n`);
    expect(sandbox.git(repository, 'status', '--porcelain')).toBe(` M ${SPEC_PATH}\n?? untracked.txt\n`);
    expect(sandbox.git(repository, 'stash', 'list')).toBe('');
  });

  it('what cannot be fixed refuses the commit and leaves everything as it was', () => {
    const repository = withLintStaged('broken', '{\n  "name": "x"\n}\n');
    const staged = BAD_SPEC.replace('#### Scenario: Expired', '##### scenario: Expired');
    sandbox.write(repository, { [SPEC_PATH]: staged });
    sandbox.git(repository, 'add', SPEC_PATH);
    sandbox.write(repository, { [SPEC_PATH]: `${staged}\nNot staged yet.\n` });
    const answer = sandbox.run('git', ['commit', '-q', '-m', 'docs: reword'], { cwd: repository });
    expect(answer).toMatchObject({ status: 1, output: expect.stringContaining('frontmatter-valid') });
    expect(sandbox.git(repository, 'show', `:${SPEC_PATH}`)).toBe(staged);
    expect(sandbox.read(repository, SPEC_PATH)).toBe(`${staged}\nNot staged yet.\n`);
    expect(sandbox.git(repository, 'stash', 'list')).toBe('');
  });
});
