import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { specOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const WORKSPACE = '---\ntreework: 1\n---\n';

function submit(cwd: string, ...args: string[]) {
  const { status, stdout } = sandbox.treework(cwd, 'submit', '--json', ...args);
  return { status, ...JSON.parse(stdout) };
}

it('says what is missing where nothing can be submitted, each with its way out', () => {
  sandbox.repository('work', { 'WORKSPACE.md': WORKSPACE });
  sandbox.git('', 'clone', '-q', '--bare', 'work', 'server.git');
  expect(submit('work', '--yes')).toMatchObject({ status: 2, error: { code: 'submit-trunk' } });
  expect(submit('work', '--yes', '--ticket', 'PROJ-9')).toMatchObject({ status: 2, error: { code: 'no-branch', hint: 'treework work PROJ-9' } });
  sandbox.git('work', 'switch', '-q', '-c', 'PROJ-7--reports');
  expect(submit('work', '--dry-run')).toMatchObject({ status: 0, branches: [] });
  sandbox.write('work', { 'a.txt': 'a\n' });
  sandbox.git('work', 'add', '.');
  sandbox.git('work', 'commit', '-q', '-m', 'feat: reports');
  sandbox.git('work', 'remote', 'add', 'origin', '../nowhere.git');
  expect(submit('work', '--yes')).toMatchObject({ status: 2, error: { code: 'unreachable' } });
  sandbox.git('work', 'remote', 'set-url', 'origin', '../server.git');
  expect(submit('work')).toMatchObject({ status: 2, error: { code: 'confirm' }, next_action: { command: 'treework submit --yes', confirm: true } });
  sandbox.git('work', 'switch', '-q', '--detach');
  expect(submit('work', '--yes')).toMatchObject({ status: 2, error: { code: 'detached' } });
  sandbox.git('work', 'switch', '-q', '--orphan', 'PROJ-8--new');
  sandbox.write('work', { 'WORKSPACE.md': WORKSPACE });
  expect(submit('work', '--yes')).toMatchObject({ status: 2, error: { code: 'unborn' } });
});

it('works from a subfolder with blanks and quotes, in SHA-256, with CRLF, without a remote and without documents', () => {
  const repository = "a repo's";
  sandbox.git('', 'init', '-q', '--object-format=sha256', repository);
  sandbox.write(repository, { 'WORKSPACE.md': WORKSPACE, 'docs/specs/PROJ-7/spec.md': specOf('The system SHALL `$(id)` <b>.').replace('Reports API', 'It\'s `x` | "y" <!-- z').replaceAll('\n', '\r\n') });
  sandbox.git(repository, 'add', '.');
  sandbox.git(repository, 'commit', '-q', '-m', 'chore: begin');
  sandbox.git(repository, 'switch', '-q', '-c', 'PROJ-7--ümläut');
  sandbox.git(repository, 'commit', '-q', '--allow-empty', '-m', 'feat: nothing');
  sandbox.write(repository, { 'src/a b.ts': 'export {};\n' });
  sandbox.git(repository, 'add', 'src');
  sandbox.git(repository, 'commit', '-q', '-m', 'feat: more');
  const said = submit(join(repository, 'src'), '--yes');
  expect(said).toMatchObject({ ok: true, pushed: [], opened: [{ id: '1', head: 'PROJ-7--ümläut', base: 'main', title: 'PROJ-7: It\'s `x` | "y" <!-- z' }] });
  expect(submit(repository, '--yes').opened).toBeUndefined();

  sandbox.git(repository, 'switch', '-q', '-c', 'typo', 'main');
  sandbox.git(repository, 'commit', '-q', '--allow-empty', '-m', 'docs: nothing yet');
  sandbox.write(repository, { 'README.md': '# Shop\n' });
  sandbox.git(repository, 'add', 'README.md');
  sandbox.git(repository, 'commit', '-q', '-m', 'docs: a README');
  expect(submit(repository, '--yes').opened).toMatchObject([{ id: '2', head: 'typo', title: 'typo' }]);
});
