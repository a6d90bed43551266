import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow } from '../../src/git/files-below.ts';
import { findRepository } from '../../src/git/find-repository.ts';
import { refsOf } from '../../src/git/ref-files.ts';
import { Repository } from '../../src/git/repository.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;

beforeEach(() => {
  sandbox = new Sandbox();
});

afterEach(() => sandbox.remove());

/** What git says of the same folder. */
function asGitSays(cwd: string) {
  const [gitDir, commonDir, objectFormat, prefix, root] = execFileSync('git', ['rev-parse', '--absolute-git-dir', '--git-common-dir', '--show-object-format', '--show-prefix', '--show-toplevel'], { cwd, encoding: 'utf8' }).split('\n');
  return { root, gitDir, commonDir: resolve(cwd, commonDir as string), prefix, objectFormat };
}

describe('a repository that is found without git', () => {
  it.each(['', 'docs', 'docs/a b'])('is what git says it is, in %j', (folder) => {
    sandbox.repository('my repo', { 'docs/a b/c.md': 'text\n' });
    const cwd = join(sandbox.root, 'my repo', folder);
    expect(findRepository(cwd)).toEqual(asGitSays(cwd));
  });

  it('is what git says of a linked work tree, through a link and beside a repository that is nested', () => {
    sandbox.repository('main', { 'docs/c.md': 'text\n' });
    sandbox.git('main', 'worktree', 'add', '-q', '-b', 'other', '../other tree');
    sandbox.repository('main/nested');
    symlinkSync(join(sandbox.root, 'other tree/docs'), join(sandbox.root, 'link'));
    for (const name of ['other tree', 'other tree/docs', 'link', 'main/nested', 'main/docs']) {
      const cwd = join(sandbox.root, name);
      expect(findRepository(cwd), name).toEqual(asGitSays(execFileSync('pwd', ['-P'], { cwd, encoding: 'utf8' }).trim()));
    }
  });

  it('is left to git wherever it is not plain', () => {
    const odd = (name: string, ...args: string[]) => {
      sandbox.repository(name);
      if (args.length > 0) sandbox.git(name, 'config', ...args);
      return join(sandbox.root, name);
    };
    const bare = odd('bare');
    sandbox.git('bare', 'config', 'core.bare', 'true');
    const broken = odd('broken');
    rmSync(join(broken, '.git/objects'), { recursive: true });
    const headless = odd('headless');
    writeFileSync(join(headless, '.git/HEAD'), 'nothing\n');
    sandbox.run('git', ['init', '-q', '--object-format=sha256', 'long']);
    const places = [bare, broken, headless, odd('moved', 'core.worktree', '../elsewhere'), odd('own', 'extensions.worktreeConfig', 'true'), join(sandbox.root, 'long'), join(odd('inside'), '.git'), join(sandbox.root, '.home'), join(sandbox.root, 'absent')];
    expect(places.filter((place) => findRepository(place) !== undefined)).toEqual([]);
  });

  it('is left to git where the environment leads elsewhere', () => {
    sandbox.repository('main');
    for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR', 'GIT_CEILING_DIRECTORIES', 'GIT_CONFIG_PARAMETERS', 'GIT_CONFIG_COUNT']) {
      process.env[name] = '0';
      try {
        expect(findRepository(join(sandbox.root, 'main')), name).toBeUndefined();
      } finally {
        delete process.env[name];
      }
    }
  });
});

describe('refs that are read from files', () => {
  it('are those git lists, loose, packed and both, symbolic ones left out', () => {
    const name = sandbox.repository('main');
    const there = () => refsOf(Repository.open(join(sandbox.root, name))).map(({ oid, name: ref }) => `${oid} ${ref}`);
    const git = () => sandbox.git(name, 'for-each-ref', '--format=%(objectname) %(refname)').trim().split('\n').filter((line) => !line.endsWith('/origin/HEAD'));
    sandbox.git(name, 'branch', 'feature/a');
    sandbox.git(name, 'tag', '-a', 'v1', '-m', 'one');
    sandbox.git(name, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    sandbox.git(name, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
    expect(there()).toEqual(git());
    sandbox.git(name, 'pack-refs', '--all');
    expect(there()).toEqual(git());
    sandbox.write(name, { 'more.md': 'more\n' });
    sandbox.git(name, 'add', '.');
    sandbox.git(name, 'commit', '-q', '-m', 'feat: more');
    sandbox.git(name, 'branch', 'Zoë/ß');
    sandbox.git(name, 'branch', '-D', 'feature/a');
    writeFileSync(join(sandbox.root, name, '.git/refs/heads/broken'), '');
    writeFileSync(join(sandbox.root, name, '.git/refs/heads/main2.lock'), sandbox.git(name, 'rev-parse', 'HEAD'));
    expect(there()).toEqual(git());
    expect(there().length).toBeGreaterThan(3);
  });
});

describe('the files below a path', () => {
  it('are what a commit of everything would hold', () => {
    const name = sandbox.repository('main', { 'src/a b.ts': 'a\n', 'src/é.ts': 'e\n', 'src/gone.ts': 'g\n', 'src/changed.ts': 'c\n', 'src/run.sh': 'r\n', 'other/x.ts': 'x\n', '.gitignore': '*.log\n', '.gitattributes': '*.crlf text eol=crlf\n' });
    sandbox.write(name, { 'src/changed.ts': 'changed\n', 'src/new\nline.ts': 'n\n', 'src/deep/new.ts': 'n\n', 'src/ig.log': 'i\n', 'src/staged.ts': 's\n', 'src/w.crlf': 'one\r\n' });
    const folder = join(sandbox.root, name);
    rmSync(join(folder, 'src/gone.ts'));
    chmodSync(join(folder, 'src/run.sh'), 0o755);
    symlinkSync('a b.ts', join(folder, 'src/link'));
    symlinkSync('other', join(folder, 'src/folder-link'));
    sandbox.git(name, 'add', 'src/staged.ts');
    sandbox.git(name, 'add', '-N', 'src/deep/new.ts');
    sandbox.write(name, { 'src/staged.ts': 'staged again\n' });
    mkdirSync(join(folder, 'src/nested'));
    sandbox.git(join(name, 'src/nested'), 'init', '-q');
    const found = (roots: string[]) => filesBelow(Repository.open(folder), roots).map(({ path, oid }) => `${oid} ${path}`).sort();
    const [some, all] = [found(['src', 'absent']), found([''])];
    sandbox.git(name, 'add', '--all', '--', '.', ':!src/nested');
    const committed = sandbox.git(name, 'ls-files', '-z', '--stage').split('\0').filter(Boolean).map((item) => `${item.split(' ')[1]} ${item.slice(item.indexOf('\t') + 1)}`).sort();
    expect(all).toEqual(committed);
    expect(some).toEqual(committed.filter((line) => line.slice(41).startsWith('src/')));
    expect(some.length).toBe(10);
    expect(found(['absent'])).toEqual([]);
  });
});
