import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Sandbox, type Answer } from '../harness/sandbox.ts';

const WORKSPACE = '---\ntreework: 1\n---\n\n# How we work\n';

/** Lines enough for edits that do not touch each other. */
const TEXT = Array.from({ length: 40 }, (_, at) => `line ${at}\n`).join('');

/** A governed repository `work` with stacks of branches in it. */
export class Stacked {
  readonly sandbox: Sandbox;
  readonly #dates = { now: 1_767_225_600 };

  readonly names: readonly string[];

  /** With so many parts of PROJ-7, each with two commits that touch other lines; main is checked out. */
  constructor(sandbox: Sandbox, parts = 0) {
    this.sandbox = sandbox;
    this.names = Array.from({ length: parts }, (_, at) => `PROJ-7--p${at + 1}-part`);
    sandbox.prepare(`stacked-${parts}`, ['work'], () => {
      sandbox.repository('work', { 'WORKSPACE.md': WORKSPACE, 'a.txt': TEXT, 'b.txt': TEXT, 'c.txt': TEXT });
      this.#parts();
    });
    this.#dates.now += 1_000_000;
  }

  git(...args: string[]): string {
    return this.sandbox.git('work', ...args).trim();
  }

  /** git in any folder, at a moment later than all before. */
  gitIn(folder: string, ...args: string[]): string {
    const at = `${(this.#dates.now += 60)} +0100`;
    const answer = this.sandbox.run('git', args, { cwd: folder, env: { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at } });
    if (answer.status !== 0) throw new Error(`git ${args.join(' ')}: ${answer.output}`);
    return answer.stdout.trim();
  }

  /** Puts a text in place of one line, and commits that. */
  commit(path: string, line: number, text: string, folder = 'work', ...args: string[]): string {
    const lines = (this.sandbox.exists(folder, path) ? this.sandbox.read(folder, path) : TEXT).split('\n');
    lines[line] = text;
    this.sandbox.write(folder, { [path]: lines.join('\n') });
    this.gitIn(folder, 'add', '--', path);
    this.gitIn(folder, 'commit', '-q', '-m', text, ...args);
    return this.gitIn(folder, 'rev-parse', 'HEAD');
  }

  /** Makes a branch on another, records where it began, and checks it out. */
  branch(name: string, on: string): void {
    this.git('checkout', '-q', '-b', name, on);
    this.git('update-ref', `refs/treework/bases/${name}`, 'HEAD');
  }

  #parts(): void {
    this.names.forEach((name, at) => {
      this.branch(name, this.names[at - 1] ?? 'main');
      this.commit('a.txt', 3 * at + 2, `${name} a`);
      this.commit(`own-${at + 1}.txt`, 1, `${name} b`);
    });
    this.git('checkout', '-q', 'main');
  }

  treework(...args: string[]): Answer {
    return this.sandbox.treework('work', ...args);
  }

  /** The answer of a verb as data. */
  ask(...args: string[]): Record<string, unknown> & { ok: boolean } {
    const { stdout, stderr } = this.treework(...args, '--json');
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Record<string, unknown> & { ok: boolean };
  }

  /** Subjects of a range, oldest first. */
  subjects(range: string): string[] {
    const text = this.git('log', '--reverse', '--topo-order', '--format=%s', range);
    return text === '' ? [] : text.split('\n');
  }

  read(path: string, revision: string): string {
    return this.git('show', `${revision}:${path}`);
  }

  has(path: string): boolean {
    return existsSync(join(this.sandbox.root, path));
  }
}
