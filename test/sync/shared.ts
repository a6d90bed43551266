import { join } from 'node:path';
import { Sandbox } from '../harness/sandbox.ts';

export interface Row {
  readonly module: string | null;
  readonly kind: string;
  readonly name: string;
  readonly state: string;
  readonly worktree?: string | null;
  readonly behind?: number;
  readonly paths?: readonly string[];
  readonly why?: string;
  readonly mend?: string;
  readonly ok: boolean;
}

export interface Synced {
  readonly ok: boolean;
  readonly moved: number;
  readonly rows: readonly Row[];
  readonly next_action: { readonly command: string; readonly on_pass?: string };
}

/** Two people with a server between them: `home` is ours, `mate` is a teammate's clone. */
export class Team {
  readonly sandbox = new Sandbox();

  constructor(files: Readonly<Record<string, string>> = {}) {
    const { sandbox } = this;
    sandbox.prepare(JSON.stringify(['team', files]), ['server.git', 'home', 'mate'], () => {
      sandbox.git('', 'init', '-q', '--bare', 'server.git');
      sandbox.repository('home', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', 'a.txt': 'a\n', 'b.txt': 'b\n', '.gitignore': '*.log\n', ...files });
      sandbox.git('home', 'remote', 'add', 'origin', '../server.git');
      sandbox.git('home', 'push', '-q', '-u', 'origin', 'main');
      sandbox.git('', 'clone', '-q', 'server.git', 'mate');
    });
    for (const clone of ['home', 'mate']) sandbox.write(clone, { '.git/config': sandbox.read(clone, '.git/config').replace(/url = .*/, `url = ${this.at('server.git')}`) });
  }

  at(path: string): string {
    return join(this.sandbox.root, path);
  }

  git(cwd: string, ...args: string[]): string {
    return this.sandbox.git(cwd, ...args).trim();
  }

  /** A ticket's branch with a worktree in `trees/`, pushed. */
  ticket(branch: string): string {
    const tree = `trees/${branch}`;
    this.git('home', 'worktree', 'add', '-q', '--no-track', '-b', branch, this.at(tree), 'main');
    this.git(tree, 'push', '-q', '-u', 'origin', branch);
    return tree;
  }

  /** The teammate commits to a branch and pushes. A `null` removes. */
  push(branch: string, files: Readonly<Record<string, string | null>>): string {
    this.git('mate', 'fetch', '-q', 'origin', branch);
    this.git('mate', 'switch', '-q', '--detach', 'FETCH_HEAD');
    this.commit('mate', files);
    this.git('mate', 'push', '-q', 'origin', `HEAD:${branch}`);
    return this.git('mate', 'rev-parse', 'HEAD');
  }

  commit(cwd: string, files: Readonly<Record<string, string | null>>): string {
    for (const [path, content] of Object.entries(files)) {
      if (content === null) this.git(cwd, 'rm', '-q', '-r', '--', path);
      else {
        this.sandbox.write(cwd, { [path]: content });
        this.git(cwd, 'add', '-f', '--', path);
      }
    }
    this.git(cwd, 'commit', '-q', '--no-verify', '--allow-empty', '-m', 'feat: more');
    return this.git(cwd, 'rev-parse', 'HEAD');
  }

  sync(cwd = 'home', ...args: string[]): Synced & { readonly status: number } {
    const { status, stdout, stderr } = this.sandbox.treework(cwd, 'sync', '--json', ...args);
    if (stdout === '') throw new Error(stderr);
    return { status, ...(JSON.parse(stdout) as Synced) };
  }

  remove(): void {
    this.sandbox.remove();
  }
}

export function rowOf(rows: readonly Row[], name: string): Row | undefined {
  return rows.find((row) => row.name === name);
}
