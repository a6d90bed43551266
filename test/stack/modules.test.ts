import { afterEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

const PARTS = ['PROJ-7--p1-a', 'PROJ-7--p2-b'];

/** A workspace with a module; the stack is in both, and both trunks moved on: the module's as is said. */
function workspace(trunk: string): { sandbox: Sandbox; git: (folder: string, ...args: string[]) => string; ask: (...args: string[]) => { ok: boolean } & Record<string, never>; tips: (folder: string) => string[] } {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  sandbox.repository('home', { 'WORKSPACE.md': '---\ntreework: 1\nmodules: {api: modules/api, web: modules/web, gone: modules/gone}\n---\n', '.gitignore': 'modules/\n', 'a.txt': 'a\n' });
  sandbox.repository('home/modules/api', { 'a.txt': 'a\n' });
  sandbox.repository('home/modules/web', { 'a.txt': 'a\n' });
  const git = (folder: string, ...args: string[]) => sandbox.git(folder, ...args).trim();
  const commit = (folder: string, file: string, text: string) => {
    sandbox.write(folder, { [file]: text });
    git(folder, 'add', file);
    git(folder, 'commit', '-q', '-m', `${file}: ${text.trim()}`);
  };
  for (const folder of ['home', 'home/modules/api']) {
    for (const name of PARTS) {
      git(folder, 'switch', '-q', '-c', name);
      commit(folder, `${name}.txt`, 'own\n');
    }
    git(folder, 'switch', '-q', 'main');
    commit(folder, 'later.txt', 'later\n');
  }
  if (trunk !== '') commit('home/modules/api', `${PARTS[0]}.txt`, trunk);
  git('home/modules/api', 'switch', '-q', PARTS[1] as string);
  return { sandbox, git, ask: (...args) => JSON.parse(sandbox.treework('home', ...args, '--json').stdout), tips: (folder) => PARTS.map((name) => git(folder, 'rev-parse', name)) };
}

it('restack brings the branches of the stack in modules along, and undo --module takes that back', () => {
  const { sandbox, git, ask, tips } = workspace('');
  const before = tips('home/modules/api');
  expect(ask('restack', PARTS[0] as string, '--dry-run')).toMatchObject({ ok: true, modules: [{ module: 'api', ok: true, dry_run: true }] });
  expect(tips('home/modules/api')).toEqual(before);
  const answer = ask('restack', PARTS[0] as string);
  expect(answer).toMatchObject({ ok: true, modules: [{ module: 'api', ok: true, branches: PARTS.map((name) => ({ name, state: 'moved' })) }] });
  for (const folder of ['home', 'home/modules/api']) expect(git(folder, 'log', '--format=%s', `main..${PARTS[1]}`).split('\n')).toEqual(['PROJ-7--p2-b.txt: own', 'PROJ-7--p1-a.txt: own']);
  expect([sandbox.read('home/modules/api', 'later.txt'), git('home/modules/api', 'status', '--porcelain')]).toEqual(['later\n', '']);
  expect(sandbox.treework('home', 'restack', PARTS[0] as string).output).toContain('module api:\n  nothing to move');
  expect(ask('undo', '--module', 'api')).toMatchObject({ ok: true });
  expect(tips('home/modules/api')).toEqual(before);
});

it('a conflict in a module is named with the command that goes on there, or goes back', () => {
  const { sandbox, git, ask, tips } = workspace('theirs\n');
  const before = tips('home/modules/api');
  const stopped = ask('restack', PARTS[0] as string) as never as { ok: boolean; next_action: { command: string; on_fail: string; worktree: string } };
  expect(stopped).toMatchObject({ ok: false, branches: [{ state: 'moved' }, { state: 'moved' }], modules: [{ module: 'api', ok: false, conflict: { branch: PARTS[0], files: ['PROJ-7--p1-a.txt'] } }], next_action: { command: 'treework restack --continue --module api', on_fail: 'treework restack --abort --module api' } });
  expect(git('home', 'merge-base', '--is-ancestor', 'main', PARTS[1] as string)).toBe('');
  expect(tips('home/modules/api')).toEqual(before);
  sandbox.run('sh', ['-c', `printf 'both\\n' >PROJ-7--p1-a.txt && git add .`], { cwd: stopped.next_action.worktree.replace(`${sandbox.root}/`, '') });
  expect(ask('restack', '--continue', '--module', 'api')).toMatchObject({ ok: true, branches: [{ state: 'moved' }, { state: 'moved' }] });
  expect(git('home/modules/api', 'show', `${PARTS[1]}:PROJ-7--p1-a.txt`)).toBe('both');
  expect(ask('restack', '--abort', '--module', 'api')).toMatchObject({ ok: false, error: { code: 'nothing-open' } });
  expect(ask('restack', '--continue', '--module', 'gone')).toMatchObject({ error: { code: 'module-missing', hint: 'git clone URL modules/gone' } });
});
