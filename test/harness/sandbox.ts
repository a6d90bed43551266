import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(PACKAGE_ROOT, 'dist/cli.cjs');

/** What stories of one test file begin with, built once: by key, the folder that holds it and where it was built. */
const prepared = new Map<string, { readonly folder: string; readonly root: string }>();
afterAll(() => {
  discard([...prepared.values()].map(({ folder }) => folder));
  prepared.clear();
});

export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout then stderr. */
  readonly output: string;
}

/** A temporary folder with a `treework` program on its PATH and git cut off from this machine's configuration. */
export class Sandbox {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;

  constructor() {
    if (!existsSync(CLI)) throw new Error('dist/cli.cjs is missing: npm run build first');
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'tw-test-')));
    const bin = join(this.root, '.bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'treework'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
    chmodSync(join(bin, 'treework'), 0o755);
    mkdirSync(join(this.root, '.home'));
    this.env = { ...scrubbed(process.env), ...gitEnvironment(join(this.root, '.home')), PATH: `${bin}${delimiter}${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  }

  /** Runs a program; never throws for its exit status. */
  run(program: string, args: readonly string[], options: { cwd?: string; input?: string | Buffer; env?: NodeJS.ProcessEnv } = {}): Answer {
    const result = spawnSync(program, args as string[], {
      cwd: join(this.root, options.cwd ?? ''),
      env: { ...this.env, ...options.env },
      input: options.input ?? '',
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (result.error) throw result.error;
    return { status: result.status ?? 128, stdout: result.stdout, stderr: result.stderr, output: result.stdout + result.stderr };
  }

  /** Runs git; throws with its words when it fails. */
  git(cwd: string, ...args: string[]): string {
    const answer = this.run('git', args, { cwd });
    if (answer.status !== 0) throw new Error(`git ${args.join(' ')}: ${answer.output}`);
    return answer.stdout;
  }

  treework(cwd: string, ...args: string[]): Answer {
    return this.run('treework', args, { cwd });
  }

  /** Creates a repository with one commit of these files. */
  repository(name: string, files: Readonly<Record<string, string>> = { 'README.md': '# Example\n' }): string {
    mkdirSync(join(this.root, name), { recursive: true });
    this.git(name, 'init', '-q');
    this.write(name, files);
    this.git(name, 'add', '.');
    this.git(name, 'commit', '-q', '-m', 'chore: begin');
    return name;
  }

  /**
   * Folders `names` as `build` makes them, built for the first story that asks for `key` and copied for
   * the others. Of what is in them only git's configuration may name the place where they are: hooks are
   * live wherever they are copied to.
   */
  prepare(key: string, names: readonly string[], build: () => void): void {
    const known = prepared.get(key);
    if (known === undefined) {
      build();
      const folder = mkdtempSync(join(tmpdir(), 'tw-prepared-'));
      copy(names.map((name) => join(this.root, name)), folder);
      prepared.set(key, { folder, root: this.root });
    } else {
      copy(names.map((name) => join(known.folder, name)), this.root);
      for (const path of names.flatMap((name) => [join(this.root, name, '.git/config'), join(this.root, name, 'config')]).filter((one) => existsSync(one))) {
        writeFileSync(path, readFileSync(path, 'utf8').replaceAll(known.root, this.root));
      }
    }
  }

  write(cwd: string, files: Readonly<Record<string, string | Buffer>>): void {
    for (const [path, content] of Object.entries(files)) {
      const target = join(this.root, cwd, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
  }

  read(cwd: string, path: string): string {
    return readFileSync(join(this.root, cwd, path), 'utf8');
  }

  exists(cwd: string, path: string): boolean {
    return existsSync(join(this.root, cwd, path));
  }

  remove(): void {
    discard([this.root]);
  }
}

// Of folders with hundreds of small files the system's own programs copy and remove four and two times as many as node does.
function copy(sources: readonly string[], folder: string): void {
  const { status, stderr } = spawnSync('cp', ['-Rp', ...sources, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** What a process that was killed has left running may still write there: then a temporary folder is left. */
function discard(folders: readonly string[]): void {
  if (folders.length > 0) spawnSync('rm', ['-rf', ...folders], { stdio: 'ignore' });
}

function scrubbed(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // NODE_EXTRA_CA_CERTS, where a machine sets it, costs every node as much again as its start.
  const drop = /^(GIT_|TREEWORK_|NODE_|npm_|CI$|HUSKY|NO_COLOR|FORCE_COLOR|INIT_CWD|GITHUB_)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !drop.test(name)));
}

function gitEnvironment(home: string): NodeJS.ProcessEnv {
  const settings = { 'user.name': 'Dev', 'user.email': 'dev@example.com', 'init.defaultBranch': 'main', 'commit.gpgsign': 'false', 'core.autocrlf': 'false', 'protocol.file.allow': 'always', 'safe.directory': '*', 'maintenance.auto': 'false', 'gc.auto': '0', 'receive.autogc': 'false' };
  const pairs = Object.entries(settings).flatMap(([key, value], index) => [[`GIT_CONFIG_KEY_${index}`, key], [`GIT_CONFIG_VALUE_${index}`, value]]);
  return { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_COUNT: String(Object.keys(settings).length), ...Object.fromEntries(pairs) };
}
