import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Sandbox } from '../harness/sandbox.ts';

/** A governed repository `repo` with one commit on main; `.env` and caches are ignored. */
export function governed(sandbox: Sandbox, files: Readonly<Record<string, string>> = {}, workspace = '---\ntreework: 1\n---\n'): string {
  sandbox.repository('repo', { 'WORKSPACE.md': workspace, '.gitignore': 'node_modules/\n.env*\n*.log\ndist/\n', 'a.txt': 'one\n', ...files });
  return 'repo';
}

/** A branch with a worktree `name` beside the repository, and one commit on it that changes a file of its own. */
export function branchOff(sandbox: Sandbox, branch: string, name = branch.replaceAll('/', '-'), from = 'main'): string {
  sandbox.git('repo', 'worktree', 'add', '-q', `../${name}`, '-b', branch, from);
  sandbox.write(name, { [`src/${name}.txt`]: `work on ${branch}\n` });
  sandbox.git(name, 'add', '.');
  sandbox.git(name, 'commit', '-q', '-m', `feat: ${branch}`);
  return name;
}

export function squash(sandbox: Sandbox, branch: string): void {
  sandbox.git('repo', 'merge', '-q', '--squash', branch);
  sandbox.git('repo', 'commit', '-q', '-m', `feat: ${branch} (squashed)`);
}

/** A verb's JSON answer, and how it ended. */
export function ask(sandbox: Sandbox, cwd: string, ...args: string[]): { status: number; [key: string]: any } {
  const answer = sandbox.treework(cwd, ...args, '--json');
  try {
    return { status: answer.status, ...JSON.parse(answer.stdout) };
  } catch {
    throw new Error(`no JSON: ${answer.output}`);
  }
}

export function codes(view: { obstacles: { code: string }[] }): string[] {
  return view.obstacles.map(({ code }) => code);
}

export function append(sandbox: Sandbox, cwd: string, path: string, text: string): void {
  appendFileSync(join(sandbox.root, cwd, path), text);
}

/** The trash is emptied by a process that nobody waits for. */
export async function trashEmpty(sandbox: Sandbox, repository = 'repo'): Promise<void> {
  await expect.poll(() => sandbox.run('ls', ['-A', '.git/treework/trash'], { cwd: repository }).stdout, { timeout: 10_000 }).toBe('');
}
