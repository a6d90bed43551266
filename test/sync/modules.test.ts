import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgress } from '../../src/commands/progress.ts';
import { addModuleWorktree, openModules, type Module } from '../../src/git/modules.ts';
import { Repository } from '../../src/git/repository.ts';
import { progressLine } from '../../src/render/progress.ts';
import { touchedModules } from '../../src/workflow/touched-modules.ts';
import { FOLDER, SPEC, tasksOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';

const MODULES = new Map([['api', 'modules/api'], ['web', 'modules/the web'], ['gone', 'modules/gone']]);

describe('the modules that a ticket touches', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['a scope with the module’s prefix', ['api:src/**'], ['api']],
    ['a path in its folder', ['modules/the web/x.ts'], ['web']],
    ['several, in the order of WORKSPACE.md', ['gone:*', 'api:**', 'docs/**'], ['api', 'gone']],
    ['none: an exception, an unknown module, everything here', ['!api:src/**', 'elsewhere:src/**', 'modules/apiary/**', '**'], []],
  ])('K13: %s', (_, scope, touched) => {
    expect(touchedModules({ nodes: [{ id: 'a', nodes: [{ id: 'b', scope }] }] }, MODULES)).toEqual(touched);
  });

  it('are none before there is a plan', () => expect(touchedModules(undefined, MODULES)).toEqual([]));
});

describe('a worktree of a module in a ticket’s worktree', () => {
  let sandbox: Sandbox;
  let modules: readonly Module[];
  const at = (path: string) => join(sandbox.root, path);
  const add = (name: string, branch = 'PROJ-7--x') => addModuleWorktree(modules.find((one) => one.name === name) as Module, { root: at('trees/x'), branch });

  beforeEach(() => {
    sandbox = new Sandbox();
    sandbox.repository('home');
    sandbox.repository('home/modules/api', { 'api.txt': 'api\n' });
    sandbox.repository('home/modules/the web', { 'web.txt': 'web\n' });
    sandbox.git('home', 'worktree', 'add', '-q', '-b', 'PROJ-7--x', '../trees/x');
    modules = openModules(Repository.open(at('trees/x')), MODULES);
  });
  afterEach(() => sandbox.remove());

  it('K13: begins at the module’s trunk, on the ticket’s branch, and is ignored by the workspace', () => {
    expect(add('web').worktree).toEqual({ module: 'web', path: at('trees/x/modules/the web'), branch: 'PROJ-7--x', isNew: true });
    expect(sandbox.git('trees/x/modules/the web', 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('PROJ-7--x\n');
    expect(sandbox.git('trees/x', 'status', '--porcelain')).toBe('');
    expect(add('web').worktree.isNew).toBe(false);
    expect(readFileSync(at('home/.git/info/exclude'), 'utf8').match(/the\\ web/g)).toHaveLength(1);
  });

  it('follows the remote’s branch of that name', () => {
    sandbox.git('', 'clone', '-q', '--bare', 'home/modules/api', 'api.git');
    sandbox.git('api.git', 'branch', 'PROJ-7--x');
    sandbox.git('home/modules/api', 'remote', 'add', 'origin', at('api.git'));
    sandbox.git('home/modules/api', 'fetch', '-q');
    add('api');
    expect(sandbox.git('trees/x/modules/api', 'rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/PROJ-7--x\n');
  });

  it('is taken away again, with the branch that was made for it', () => {
    add('api').undo();
    expect(existsSync(at('trees/x/modules/api'))).toBe(false);
    expect(sandbox.git('home/modules/api', 'branch', '--list', 'PROJ-7--x')).toBe('');
    sandbox.git('home/modules/api', 'branch', 'PROJ-7--x');
    add('api').undo();
    expect(sandbox.git('home/modules/api', 'branch', '--list', 'PROJ-7--x')).not.toBe('');
  });

  it('that a killed git has left half-made is made anew; one that somebody locked stays', () => {
    add('api');
    const locked = at('home/modules/api/.git/worktrees/api/locked');
    rmSync(at('trees/x/modules/api/api.txt'));
    writeFileSync(locked, 'on a stick\n');
    expect([add('api').worktree.isNew, existsSync(at('trees/x/modules/api/api.txt'))]).toEqual([false, false]);
    writeFileSync(locked, 'initializing');
    expect([add('api').worktree.isNew, existsSync(at('trees/x/modules/api/api.txt'))]).toEqual([true, true]);
    rmSync(at('trees/x/modules/api'), { recursive: true });
    expect(add('api').worktree.isNew).toBe(true);
  });

  it('is refused by name where something else stands in its way', () => {
    expect(() => add('gone')).toThrow(/Unexpected absence of the module gone/);
    sandbox.git('home/modules/api', 'switch', '-q', '-c', 'PROJ-7--x');
    expect(() => add('api')).toThrow(/checked out in .*home\/modules\/api/);
    sandbox.write('trees/x', { 'modules/the web/mine.txt': 'mine\n' });
    expect(() => add('web')).toThrow(/Unexpected files in .*the web/);
    sandbox.repository('trees/x/modules/api');
    expect(() => add('api')).toThrow(/Unexpected other repository/);
  });
});

describe('work', () => {
  it('K13: gives a ticket one worktree of each module that its plan touches, and the next call those it has come to touch', () => {
    const sandbox = new Sandbox();
    try {
      const tasks = (scope: string) => tasksOf(SPEC).replace('src/**', scope);
      sandbox.repository('home', { 'WORKSPACE.md': '---\ntreework: 1\nmodules: {api: modules/api, web: modules/web, lib: modules/lib}\n---\n', [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasks('api:src/**') });
      for (const name of ['api', 'web']) sandbox.repository(`home/modules/${name}`);
      const work = (...args: string[]) => JSON.parse(sandbox.treework('home', 'work', 'PROJ-7', '--json', ...args).stdout) as { path: string; branch: string; modules?: readonly { module: string; state: string; path: string; branch: string }[]; error?: { message: string } };
      const { path, branch, modules } = work();
      expect(modules).toEqual([{ module: 'api', state: 'created', path: join(path, 'modules/api'), branch }]);
      const tree = path.slice(sandbox.root.length + 1);
      sandbox.write(tree, { [`${FOLDER}/tasks.md`]: tasks('api:src/**", "web:src/**')});
      expect(work().modules?.map(({ module, state }) => [module, state])).toEqual([['api', 'resumed'], ['web', 'created']]);
      sandbox.git(`${tree}/modules/api`, 'commit', '-q', '--allow-empty', '-m', 'feat: more');
      sandbox.git(tree, 'commit', '-qam', 'docs: more', '--no-verify');
      const node = work('--node', 'build');
      expect(sandbox.git(`${node.path.slice(sandbox.root.length + 1)}/modules/api`, 'rev-parse', 'HEAD')).toBe(sandbox.git(`${tree}/modules/api`, 'rev-parse', 'HEAD'));
      sandbox.write(tree, { [`${FOLDER}/tasks.md`]: tasks('lib:src/**') });
      expect(work().error?.message).toBe('Unexpected absence of the module lib, expected a clone at modules/lib');
      expect(existsSync(join(path, 'modules/lib'))).toBe(false);
    } finally {
      sandbox.remove();
    }
  });
});

it('progress is one line that drives no terminal', () => {
  expect(progressLine({ label: 'fetching', done: 3, total: 9, running: ['api', 'we\u001Bb', 'c', 'd'], seconds: 12.4 }, 79)).toBe('fetching 3/9 · api, we\\x1bb, c, … · 12s');
});

it('progress is silent where nobody watches', () => {
  const progress = startProgress('fetching', 1);
  progress.begin('api');
  progress.end('api');
  expect(progress.stop()).toBeUndefined();
});
