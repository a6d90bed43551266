import { chmodSync, cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT, Sandbox } from './harness/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

describe('this repository', () => {
  it('is judged clean, with at least one frozen ticket', () => {
    const answer = sandbox.treework('', '--cwd', PACKAGE_ROOT, 'check', '--all', '--json');
    expect(JSON.parse(answer.stdout)).toMatchObject({ ok: true, findings: [], waived: [] });
    expect(JSON.parse(answer.stdout).checked.tickets).toBeGreaterThanOrEqual(1);
    expect(readFileSync(join(PACKAGE_ROOT, 'docs/specs/TW-1/tasks.md'), 'utf8')).toMatch(/^spec: sha256:[0-9a-f]{64}$/m);
  });

  it('lets its documents be fixed as they are staged', () => {
    const tasks: Record<string, string> = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'))['lint-staged'];
    expect(Object.keys(tasks).join()).toContain('docs/specs/**/*.md');
    expect(Object.values(tasks).join()).toContain('check --fix');
  });
});

describe('the committed hooks', () => {
  /** A checkout with our hooks set up by `npm run prepare`. */
  function checkout(...parts: readonly string[]): string {
    const repository = sandbox.repository('checkout', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', 'README.md': '# Example\n', '.gitignore': 'node_modules\ndist\n' });
    for (const part of ['.husky/pre-commit', '.husky/commit-msg', '.husky/pre-push', 'package.json', 'scripts/prepare.mjs', ...parts]) {
      cpSync(join(PACKAGE_ROOT, part), join(sandbox.root, repository, part), { recursive: true });
    }
    return repository;
  }

  const prepare = (repository: string) => sandbox.run('npm', ['run', '--silent', 'prepare'], { cwd: repository });
  const commit = (repository: string, subject: string) => sandbox.run('git', ['commit', '-q', '-a', '-m', subject], { cwd: repository });

  it('are not set up, and nothing fails, where husky is not installed', () => {
    const repository = checkout();
    expect(prepare(repository)).toMatchObject({ status: 0, stdout: expect.stringContaining('husky is not installed') });
  });

  it('block nobody who has not built treework, and ask for Conventional Commits', () => {
    const repository = checkout();
    symlinkSync(join(PACKAGE_ROOT, 'node_modules'), join(sandbox.root, repository, 'node_modules'));
    expect(prepare(repository)).toMatchObject({ status: 0, stdout: expect.stringContaining('no build yet') });
    sandbox.write(repository, { 'README.md': '# Other\n' });
    expect(commit(repository, 'other')).toMatchObject({ status: 1, stderr: expect.stringContaining('expected TYPE: WHAT') });
    expect(commit(repository, 'docs: other')).toMatchObject({ status: 0, stderr: expect.stringContaining('treework is not built here, CI decides') });
  });

  it('judge with the build of the checkout, in new worktrees too', () => {
    const repository = checkout('dist');
    chmodSync(join(sandbox.root, repository, 'dist/cli.cjs'), 0o755);
    symlinkSync(join(PACKAGE_ROOT, 'node_modules'), join(sandbox.root, repository, 'node_modules'));
    expect(prepare(repository)).toMatchObject({ status: 0, stdout: expect.stringContaining('live in every worktree') });
    sandbox.git(repository, 'add', '.');
    sandbox.git(repository, 'commit', '-q', '-m', 'chore: add the hooks');
    sandbox.git(repository, 'worktree', 'add', '-q', '../two', '-b', 'two');
    for (const cwd of [repository, 'two']) {
      sandbox.write(cwd, { 'docs/specs/AB-1/spec.md': '---\nticket: AB-1\n---\n' });
      sandbox.git(cwd, 'add', '.');
      expect(commit(cwd, 'docs: begin')).toMatchObject({ status: 1, stderr: expect.stringContaining('frontmatter-valid') });
    }
  });
});
