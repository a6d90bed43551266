import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { providerOf } from '../../src/commands/provider.ts';
import { openWorkspace } from '../../src/commands/workspace.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
  for (const role of ['AUTHOR', 'COMMITTER']) Object.assign(process.env, { [`GIT_${role}_EMAIL`]: 'dev@example.com', [`GIT_${role}_NAME`]: 'Dev' });
});
afterEach(() => sandbox.remove());

const hosting = (clone: string) => providerOf(openWorkspace({ cwd: join(sandbox.root, clone), program: 'treework' }), 'git-hosting');

/** A bare remote with the branches main and work, and two clones of it. */
function clones(): void {
  sandbox.repository('a', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', 'x.txt': 'x\n' });
  sandbox.git('', 'clone', '-q', '--bare', 'a', 'remote.git');
  sandbox.git('a', 'remote', 'add', 'origin', '../remote.git');
  sandbox.git('', 'clone', '-q', 'remote.git', 'b');
  sandbox.git('a', 'checkout', '-q', '-b', 'work');
  sandbox.write('a', { 'y.txt': 'y\n' });
  sandbox.git('a', 'add', '.');
  sandbox.git('a', 'commit', '-qm', 'feat: y');
  sandbox.git('a', 'push', '-q', 'origin', 'work');
}

it('K11: what one clone asks of the local provider another one reads, from the opening to the merge', async () => {
  clones();
  const [a, b] = [await hosting('a'), await hosting('b')];
  const pull = await a.createPullRequest({ title: 'Add \u001b[31my', body: 'Why\n\nBecause\n', head: 'work', base: 'main' });
  expect(pull).toMatchObject({ id: '1', title: 'Add y', state: 'open', author: 'dev@example.com/a', commit: sandbox.git('a', 'rev-parse', 'work').trim() });
  expect(await b.getPullRequest({ id: '1' })).toEqual(pull);

  const thread = await b.openThread({ pull: '1', file: 'y.txt', line: 1, body: '---\nno: y\n---\n# Really?' });
  await a.replyToThread({ pull: '1', thread: thread.id, body: 'Yes.\n' });
  await a.resolveThread({ pull: '1', thread: thread.id, resolved: true });
  const [read] = await b.listThreads({ pull: '1' });
  expect(read).toMatchObject({ file: 'y.txt', line: 1, resolved: true });
  expect(read?.comments.map(({ author, body }) => [author, body])).toEqual([['dev@example.com/b', '---\nno: y\n---\n# Really?'], ['dev@example.com/a', 'Yes.\n']]);

  const merged = await b.mergePullRequest({ id: '1', method: 'squash' });
  expect(sandbox.git('remote.git', 'log', '-1', '--format=%H %s', 'main').trim()).toBe(`${merged.merged} Add y (#1)`);
  expect(await a.getPullRequest({ id: '1' })).toEqual(merged);
});
