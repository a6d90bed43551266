import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { finishedAt, FOLDER, Governed } from '../harness/governed.ts';

let governed: Governed | undefined;
afterEach(() => governed?.remove());

it('next leads from the archive to submit, then waits for the merge, then to prune', () => {
  governed = new Governed({ files: finishedAt(FOLDER) });
  const { sandbox } = governed;
  for (const [gitDir, name] of [['server.git', 'pre-receive'], ['work/.git', 'pre-push'], ['work/.git', 'pre-commit']] as const) chmodSync(join(sandbox.root, gitDir, 'hooks', name), 0o644);
  const json = (...args: string[]) => JSON.parse(sandbox.treework('work', ...args, '--json').stdout);
  governed.git('switch', '-q', '-c', 'PROJ-7--reports', '--no-track');
  governed.sneak('feat: reports', { 'src/reports.ts': 'export {};\n' });
  governed.moveFolder(FOLDER, 'docs/specs/ARCHIVED/PROJ-7');
  governed.sneak('chore(PROJ-7): archive');

  const publish = json('next').next_action;
  expect(publish).toMatchObject({ command: 'treework submit --ticket PROJ-7 --yes', confirm: true });
  expect(json('submit', '--yes')).toMatchObject({ ok: true, opened: [{ head: 'PROJ-7--reports', base: 'main', title: 'PROJ-7: Reports API' }] });
  expect(json('next').next_action).toMatchObject({ action: 'human:approve', on_pass: 'treework prune PROJ-7', on_fail: 'treework review --list --ticket PROJ-7' });
  expect(json('review', '--comment', 'Why so?')).toMatchObject({ ok: true });
  expect(json('next').next_action).toMatchObject({ command: 'treework review --list --ticket PROJ-7', description: expect.stringContaining('1 conversation about it') });
  sandbox.write('work', { 'settle.json': JSON.stringify({ pull: '1', thread: '1', resolved: true }) });
  expect(sandbox.run('sh', ['-c', 'treework provider git-hosting resolveThread --input - <settle.json && rm settle.json'], { cwd: 'work' }).status).toBe(0);
  expect(json('next').next_action).toMatchObject({ action: 'human:approve' });
  expect(sandbox.treework('work', 'review', '--merge', 'squash').stderr).toBe('');
  governed.git('fetch', '-q');
  expect(json('next').next_action).toMatchObject({ command: 'treework prune PROJ-7' });
});

it('next leads from what reviewers say of an open ticket to its work items, by what this clone knows', () => {
  governed = new Governed({ files: finishedAt(FOLDER) });
  const { sandbox } = governed;
  for (const [gitDir, name] of [['server.git', 'pre-receive'], ['work/.git', 'pre-push'], ['work/.git', 'pre-commit']] as const) chmodSync(join(sandbox.root, gitDir, 'hooks', name), 0o644);
  const json = (...args: string[]) => JSON.parse(sandbox.treework('work', ...args, '--json').stdout);
  governed.git('switch', '-q', '-c', 'PROJ-7--reports', '--no-track');
  governed.sneak('feat: reports', { 'src/reports.ts': 'export {};\n' });
  expect(json('submit', '--yes')).toMatchObject({ ok: true });
  expect(json('next').next_action.command).not.toContain('review');
  json('review', '--comment', 'Why so?', '--file', 'src/reports.ts', '--line', '1');
  const { next_action: next } = json('next');
  expect(next).toMatchObject({ command: 'treework review --ticket PROJ-7', context: { ticket: 'PROJ-7' } });
  expect(json('review', '--ticket', 'PROJ-7').items).toHaveLength(1);
  expect(json('next').next_action.command ?? '').not.toContain('review');
});
