import { afterEach, expect, it } from 'vitest';
import { FOLDER, Governed, SPEC, tasksOf } from '../harness/governed.ts';

const TRAILER = 'feat: reports\n\nNode: PROJ-7/build';
let story: Governed;
afterEach(() => story.remove());

function governed(): Governed {
  story = new Governed({ started: false, files: { 'web/index.ts': 'old\n' } });
  story.hook('work/.git', 'commit-msg', 'exec treework hook commit-msg "$1"');
  return story;
}

/** The ledger's trap: a scope that is held against `git diff` sees neither new files nor what is committed. */
it('sees files that were untracked, where they are committed', () => {
  const { sandbox } = governed();
  sandbox.write('work', { 'src/index.ts': 'new\n', 'web/new.ts': 'new\n' });
  const refused = story.commit(TRAILER);
  expect(refused).toMatchObject({ status: 1 });
  expect(refused.stderr).toContain('web/new.ts');
  expect(refused.stderr).not.toContain('src/index.ts');
  story.git('restore', '--staged', 'web/new.ts');
  expect(story.tryGit('commit', '-m', TRAILER)).toMatchObject({ status: 0 });
});

it('sees what was committed past the hook, at the push and at the server', () => {
  governed();
  story.git('switch', '-q', '-c', 'PROJ-7--reports');
  story.sneak(TRAILER, { 'web/index.ts': 'new\n' });
  story.sneak('feat: mended, too late for the commit that claims build', { 'web/index.ts': 'old\n' });
  for (const answer of [story.prePush('HEAD'), story.serve('HEAD')]) {
    expect(answer.status).not.toBe(0);
    expect(answer.stderr).toContain('web/index.ts');
    expect(answer.stderr).toContain('scope-respected');
  }
});

it('goes by the scope that the parent says', () => {
  governed();
  const wide = tasksOf(SPEC).replace('src/**', '**');
  expect(story.commit(TRAILER, { [`${FOLDER}/tasks.md`]: wide, 'web/index.ts': 'new\n' })).toMatchObject({ status: 1 });
  story.git('reset', '-q', 'web');
  expect(story.tryGit('commit', '-m', 'docs: build may change everything')).toMatchObject({ status: 0 });
  expect(story.commit(TRAILER, { 'web/index.ts': 'new\n' })).toMatchObject({ status: 0 });
});
