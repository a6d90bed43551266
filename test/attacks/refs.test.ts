import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EDITED, FOLDER, SPEC, tasksOf } from '../harness/governed.ts';
import { expectAccepted, expectRefused, governed, refusedAfterCommit } from './stories.ts';

const FORGED = { [`${FOLDER}/spec.md`]: EDITED, [`${FOLDER}/tasks.md`]: tasksOf(EDITED) };

describe('refs', () => {
  it('a tag first does not launder the commits for the trunk', () => {
    const story = governed();
    story.sneak('feat: attack', { [`${FOLDER}/spec.md`]: EDITED });
    story.sneak('feat: mend', { [`${FOLDER}/spec.md`]: SPEC });
    story.git('tag', 'v1');
    expectAccepted(story.serve('v1'));
    expectRefused(story.serve('main'));
    expectRefused(story.prePush('main'));
    story.sneak('feat: attack', FORGED);
    story.git('tag', 'v2');
    expectAccepted(story.serve('v2'));
    refusedAfterCommit(story);
  });

  it('two refs in one push, one of them bad, are both refused', () => {
    const story = governed();
    story.sneak('feat: honest', { 'src/a.ts': 'a\n' });
    story.git('branch', 'honest');
    story.sneak('feat: attack', FORGED);
    expectRefused(story.prePush('honest', 'HEAD:bad'));
    expectRefused(story.serve('honest', 'HEAD:bad'));
    expectRefused(story.serve('HEAD:bad', 'honest'));
    expect([story.served('honest'), story.served('bad')]).toEqual(['', '']);
  });

  it('the trunk and a branch from it in one push', () => {
    const story = governed();
    story.sneak('feat: attack', FORGED);
    story.git('branch', 'topic');
    expectRefused(story.prePush('main', 'topic'));
    expectRefused(story.serve('main', 'topic'));
  });

  it('a branch made bad in a later push', () => {
    const story = governed();
    story.git('checkout', '-q', '-b', 'topic');
    story.sneak('feat: honest', { 'src/a.ts': 'a\n' });
    expectAccepted(story.serve('topic'));
    story.sneak('feat: attack', FORGED);
    expectRefused(story.prePush('topic'));
    expectRefused(story.serve('topic'));
  });

  it('a force-push of the trunk that takes the freeze back', () => {
    const story = governed();
    story.sneak('chore: later', { 'src/a.ts': 'a\n' });
    expectAccepted(story.serve('main'));
    story.git('checkout', '-q', '--orphan', 'fresh');
    story.sneak('feat: begin anew', FORGED);
    expectRefused(story.prePush('+HEAD:main'));
    expectRefused(story.serve('+HEAD:main'));
  });

  it('a force-push of the trunk to before the ticket', () => {
    const story = governed({ files: {} });
    story.sneak('feat: ticket', {
      'docs/specs/PROJ-9/spec.md': SPEC.replace('PROJ-7', 'PROJ-9'),
      'docs/specs/PROJ-9/tasks.md': tasksOf(SPEC.replace('PROJ-7', 'PROJ-9'), 'PROJ-9'),
    });
    expectAccepted(story.serve('main'));
    expectRefused(story.prePush('+HEAD~1:main'));
    expectRefused(story.serve('+HEAD~1:main'));
  });

  it('a history without any ancestor in common with the trunk', () => {
    const story = governed();
    story.git('checkout', '-q', '--orphan', 'fresh');
    story.sneak('feat: begin anew', { [`${FOLDER}/spec.md`]: EDITED });
    refusedAfterCommit(story);
  });

  it('the first push to an empty server', () => {
    const story = governed();
    story.sandbox.run('git', ['init', '-q', '--bare', 'empty.git']);
    story.hook('empty.git', 'pre-receive', 'exec treework hook pre-receive');
    story.git('remote', 'add', 'empty', '../empty.git');
    const honest = story.head();
    story.sneak('feat: attack', FORGED);
    for (const target of ['main', 'topic']) {
      expectRefused(story.tryGit('push', 'empty', `HEAD:refs/heads/${target}`));
      expectRefused(story.tryGit('push', '--no-verify', 'empty', `HEAD:refs/heads/${target}`));
    }
    expectAccepted(story.tryGit('push', 'empty', `${honest}:refs/heads/main`));
    expectRefused(story.tryGit('push', '--no-verify', 'empty', 'main'));
  });

  it('replaced objects and grafts show the judge what is pushed', () => {
    const story = governed();
    const honest = story.git('rev-parse', `HEAD:${FOLDER}/spec.md`).trim();
    const root = story.head();
    story.sneak('feat: attack', { [`${FOLDER}/spec.md`]: EDITED });
    const forged = story.git('rev-parse', `HEAD:${FOLDER}/spec.md`).trim();
    story.git('replace', forged, honest);
    refusedAfterCommit(story);
    story.git('replace', '-d', forged);
    story.git('replace', '--graft', 'HEAD');
    refusedAfterCommit(story);
    story.git('replace', '-d', story.git('replace', '-l').trim());
    writeFileSync(join(story.sandbox.root, 'work/.git/info/grafts'), `${root} ${story.head()}\n`);
    expectRefused(story.prePush('HEAD:main'));
  });

  it('deleting a branch judges nothing', () => {
    const story = governed();
    expectAccepted(story.serve('main:topic'));
    expectAccepted(story.tryGit('push', 'origin', ':topic'));
    expect(story.served('topic')).toBe('');
  });

  it('a push to the URL instead of the remote', () => {
    const story = governed();
    story.sneak('feat: attack', FORGED);
    expectRefused(story.tryGit('push', '--dry-run', '../server.git', 'HEAD:topic'));
    expectRefused(story.tryGit('push', '--no-verify', '../server.git', 'HEAD:topic'));
  });

  it('judge: each asks for every commit of a branch', () => {
    const story = governed({ workspace: '---\ntreework: 1\njudge: each\n---\n' });
    story.git('checkout', '-q', '-b', 'topic');
    const slip = story.sneak('feat: slip', { [`${FOLDER}/spec.md`]: EDITED });
    story.sneak('feat: mend', { [`${FOLDER}/spec.md`]: SPEC });
    expectRefused(story.prePush('topic'));
    expectRefused(story.serve('topic'));
    expect(story.serve('topic').output).toContain(slip.slice(0, 10));
  });
});

describe('which branch is the trunk', () => {
  const slipAndMend = (story: ReturnType<typeof governed>) => {
    story.sneak('feat: slip', { [`${FOLDER}/spec.md`]: EDITED });
    story.sneak('feat: mend', { [`${FOLDER}/spec.md`]: SPEC });
  };

  it('the one WORKSPACE.md names, whatever HEAD says', () => {
    const story = governed({ workspace: '---\ntreework: 1\nbranches: {trunk: develop}\n---\n' });
    expectAccepted(story.serve('main:refs/heads/develop'));
    slipAndMend(story);
    story.git('fetch', '-q');
    expectAccepted(story.prePush('HEAD:main'));
    expectRefused(story.prePush('HEAD:develop'));
    expectRefused(story.serve('HEAD:develop'));
    expectAccepted(story.serve('HEAD:main'));
  });

  it('main, at a server whose HEAD names a branch that does not exist', () => {
    const story = governed();
    story.sandbox.git('server.git', 'symbolic-ref', 'HEAD', 'refs/heads/master');
    slipAndMend(story);
    expectRefused(story.serve('HEAD:main'));
    expectAccepted(story.serve('HEAD:topic'));
  });

  it('the branch of a server that has a work tree', () => {
    const story = governed();
    story.sandbox.git('', 'clone', '-q', 'server.git', 'desk');
    story.hook('desk/.git', 'pre-receive', 'exec treework hook pre-receive');
    story.git('remote', 'add', 'desk', '../desk');
    story.sneak('feat: attack', FORGED);
    expectRefused(story.tryGit('push', '--no-verify', 'desk', 'HEAD:topic'));
  });
});

describe('a shallow clone is never taken for a whole history', () => {
  it('exits 2 with the hint where the start of a branch is cut off', () => {
    const story = governed();
    story.git('checkout', '-q', '-b', 'topic');
    for (const name of ['a', 'b', 'c']) story.sneak(`feat: ${name}`, { [`src/${name}.ts`]: 'a\n' });
    expectAccepted(story.serve('topic'));
    const url = `file://${story.sandbox.root}/server.git`;
    story.sandbox.git('', 'clone', '-q', '--depth=1', '--no-single-branch', '--branch', 'topic', url, 'shallow');
    story.sandbox.git('shallow', 'branch', '-q', 'copy');
    const direct = story.sandbox.treework('shallow', 'check', '--from', 'origin/main', '--to', 'HEAD');
    expect(direct.status).toBe(2);
    expect(direct.stderr).toContain('fetch-depth: 0');
    expect(direct.stderr).toContain('git fetch --unshallow');
    story.hook('shallow/.git', 'pre-push', 'treework hook pre-push "$@"; status=$?; echo "exit $status" >&2; exit $status');
    const push = story.sandbox.run('git', ['push', 'origin', 'copy'], { cwd: 'shallow' });
    expect(push.status).not.toBe(0);
    expect(push.output).toContain('exit 2');
    expect(push.output).toContain('git fetch --unshallow');
    story.sandbox.git('shallow', 'fetch', '-q', '--unshallow');
    expectAccepted(story.sandbox.treework('shallow', 'check', '--from', 'origin/main', '--to', 'HEAD'));
  });

  it('works on what a shallow clone has', () => {
    const story = governed();
    story.sneak('chore: later', { 'src/a.ts': 'a\n' });
    expectAccepted(story.serve('main'));
    story.sandbox.git('', 'clone', '-q', '--depth=1', `file://${story.sandbox.root}/server.git`, 'shallow');
    story.hook('shallow/.git', 'pre-push', 'exec treework hook pre-push "$@"');
    story.sandbox.write('shallow', { 'src/b.ts': 'b\n' });
    story.sandbox.git('shallow', 'add', '.');
    story.sandbox.git('shallow', 'commit', '-q', '-m', 'feat: b');
    expectAccepted(story.sandbox.run('git', ['push', 'origin', 'HEAD:topic'], { cwd: 'shallow' }));
    story.sandbox.write('shallow', { [`${FOLDER}/spec.md`]: EDITED });
    story.sandbox.git('shallow', 'commit', '-qam', 'feat: attack');
    expectRefused(story.sandbox.run('git', ['push', 'origin', 'HEAD:topic'], { cwd: 'shallow' }));
  });
});

describe('check --from --to', () => {
  it('judges a branch as one step, the trunk commit by commit, a squash from its start', () => {
    const story = governed();
    const start = story.head();
    story.sneak('feat: slip', { [`${FOLDER}/spec.md`]: EDITED });
    story.sneak('feat: mend', { [`${FOLDER}/spec.md`]: SPEC });
    const range = ['check', '--from', start, '--to', 'HEAD', '--json'];
    const run = (...more: string[]) => {
      const answer = story.sandbox.treework('work', ...range, ...more);
      return { status: answer.status, ...JSON.parse(answer.stdout) };
    };
    expect(run()).toMatchObject({ status: 0, ok: true, findings: [] });
    expect(run('--squash')).toMatchObject({ status: 0, ok: true });
    const trunk = run('--ref', 'main');
    expect(trunk).toMatchObject({ status: 1, ok: false });
    expect(trunk.findings[0]).toMatchObject({ rule: 'spec-frozen', path: `${FOLDER}/spec.md`, ref: 'refs/heads/main', commit: story.git('rev-parse', 'HEAD~1').trim() });
    expect(run('--ref', 'refs/heads/topic')).toMatchObject({ status: 0 });
  });

  it.each([
    ['an unknown revision', ['--from', 'nowhere', '--to', 'HEAD'], 'no-revision'],
    ['a range with one end', ['--to', 'HEAD'], 'usage'],
    ['an option for a revision', ['--from', '--all', '--to', 'HEAD'], 'usage'],
  ])('exits 2 for %s', (_, words, code) => {
    const answer = governed().sandbox.treework('work', 'check', '--json', ...words);
    expect(answer.status).toBe(2);
    expect(JSON.parse(answer.stdout).error.code).toBe(code);
  });
});
