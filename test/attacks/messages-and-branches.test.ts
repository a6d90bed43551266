import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FOLDER, SPEC } from '../harness/governed.ts';
import { acceptedAfterCommit, expectAccepted, expectRefused, governed, refusedEverywhere } from './stories.ts';

type Story = ReturnType<typeof governed>;
const CONTRIB = '---\ntreework: 1\nflow: contrib\n---\n';
const MESSAGES = '---\ntreework: 1\nrules: {commit-message: error}\n---\n';
/** The archive takes what is not finished. */
const LENIENT = '---\ntreework: 1\nrules: {workflow-done: off}\n---\n';
const TRAILER = 'feat: a\n\nNode: PROJ-7/build';
const ARCHIVE = 'docs/specs/ARCHIVED/PROJ-7';

/** What CI says about HEAD. */
function inCi(story: Story, ref: string, ...more: string[]) {
  const answer = story.sandbox.treework('work', 'check', '--from', 'origin/main', '--to', 'HEAD', '--ref', ref, '--json', ...more);
  return { status: answer.status, findings: (JSON.parse(answer.stdout).findings as { rule: string; commit: string; path: string }[]).map(({ rule, path, commit }) => `${rule} ${path} ${commit}`) };
}

/** The ticket moves to the archive, on whatever branch is checked out. */
function archive(story: Story): void {
  story.moveFolder(FOLDER, ARCHIVE);
  story.sneak('docs(PROJ-7): archive');
}

describe('a message', () => {
  it('that no hook saw is refused by push, server and CI, with one finding; a mend on top is none', () => {
    const story = governed({ workspace: MESSAGES });
    story.git('checkout', '-q', '-b', 'topic');
    const bad = story.sneak('did things', { 'src/a.ts': 'a\n' });
    story.sneak('docs: sorry for that');
    for (const answer of [story.prePush('topic'), story.serve('topic')]) {
      expectRefused(answer, 'commit-message');
      expect(answer.output).toContain(bad.slice(0, 10));
      expect(answer.output).toContain('1 | did things');
    }
    expect(inCi(story, 'topic')).toEqual({ status: 1, findings: [`commit-message COMMIT_EDITMSG ${bad}`] });
    expect(inCi(story, 'main').findings).toContain(`commit-message COMMIT_EDITMSG ${bad}`);
    expectRefused(story.serve('topic:main'), 'commit-message');
  });

  it('reworded in a rebase is judged as it is now', () => {
    const story = governed({ workspace: MESSAGES });
    story.git('checkout', '-q', '-b', 'topic');
    story.sneak('did things', { 'src/a.ts': 'a\n' });
    story.sneak('feat: b', { 'src/b.ts': 'b\n' });
    const reword = (text: string) => story.sandbox.run('git', ['rebase', '-q', '-i', 'main'], { cwd: 'work', env: { GIT_SEQUENCE_EDITOR: 'sed -i 1s/pick/reword/', GIT_EDITOR: `printf '%s\\n' '${text}' >` } });
    expect(reword('feat: a').status).toBe(0);
    expectAccepted(story.serve('topic'));
    expect(reword('did it all').status).toBe(0);
    expectRefused(story.serve('+topic'), 'commit-message');
  });

  it('of a merge is nobody’s business, and what the trunk already has is not judged again', () => {
    const story = governed();
    story.sneak('an old habit', { 'src/a.ts': 'a\n' });
    story.git('checkout', '-q', '-b', 'side');
    story.sneak('chore: side', { 'src/b.ts': 'b\n' });
    story.git('checkout', '-q', 'main');
    story.sneak('chore: ask for good messages', { 'WORKSPACE.md': MESSAGES });
    expectAccepted(story.serve('main'));
    story.git('merge', '-q', '--no-ff', '--no-verify', '-m', 'All of it', 'side');
    acceptedAfterCommit(story);
  });

  it('cannot be let through by the commit that switches its rule off', () => {
    const story = governed({ workspace: MESSAGES });
    story.sneak('no more rules', { 'WORKSPACE.md': '---\ntreework: 1\n---\n' });
    expectRefused(story.prePush('HEAD:topic'), 'commit-message');
    expectRefused(story.serve('HEAD:topic'), 'commit-message');
    story.sneak('whatever', { 'src/a.ts': 'a\n' });
    // The clone goes by each commit's parent; the server by its own trunk, which still asks for it.
    expect(story.serve('HEAD:topic').output.match(/commit-message/g)?.length).toBeGreaterThan(1);
  });
});

describe('a commit that names a node', () => {
  it('keeps to its scope, whichever of many commits it is, and in a squash all named ones count', () => {
    const story = governed();
    story.git('checkout', '-q', '-b', 'topic');
    story.sneak(TRAILER, { 'src/a.ts': 'a\n' });
    const strays = story.sneak(TRAILER, { 'lib/b.ts': 'b\n' });
    story.sneak('chore: later', { 'lib/b.ts': null });
    expectRefused(story.prePush('topic'), 'scope-respected');
    expectRefused(story.serve('topic'), 'scope-respected');
    expect(inCi(story, 'topic').findings).toEqual([`scope-respected lib/b.ts ${strays}`]);
    expect(inCi(story, 'topic', '--squash')).toEqual({ status: 0, findings: [] });
    story.git('checkout', '-q', '-b', 'squashed', 'main');
    story.git('merge', '-q', '--squash', strays);
    story.git('commit', '-q', '--no-verify', '--no-edit');
    expect(story.git('log', '-1', '--format=%B')).toContain('    Node: PROJ-7/build');
    expectRefused(story.serve('squashed'), 'scope-respected');
  });

  it('makes no new file without the plan that the node asks for', () => {
    const tasks = SPEC.replace(/^[\s\S]*$/, '---\nticket: PROJ-9\ngoal: {title: T, why: W}\nspec: \'\'\nnodes: [{id: build, plan: required, scope: ["src/**"]}]\n---\n');
    const story = governed({ files: { 'docs/specs/PROJ-9/tasks.md': tasks, 'docs/specs/PROJ-9/spec.md': SPEC.replace('PROJ-7', 'PROJ-9') } });
    story.hook('work/.git', 'commit-msg', 'exec treework hook commit-msg "$1"');
    story.git('checkout', '-q', '-b', 'PROJ-9--reports');
    story.stage({ 'src/a.ts': 'a\n' });
    expectRefused(story.tryGit('commit', '-m', 'feat: a\n\nNode: PROJ-9/build'), 'plan-before-file');
    story.git('commit', '-q', '--no-verify', '-m', 'feat: a');
    expectRefused(story.prePush('HEAD'), 'plan-before-file');
    expectRefused(story.serve('HEAD'), 'plan-before-file');
    expectRefused(story.serve('HEAD:any-name'), 'plan-before-file');
    story.sneak('docs: plan', { '.plans/a.md': '---\ntitle: A\nstatus: approved\ncreates: [src/a.ts]\n---\n' });
    expectAccepted(story.serve('HEAD'));
  });
});

describe('the archive', () => {
  it('does not change, in one commit or in a whole branch', () => {
    const story = governed({ workspace: LENIENT });
    archive(story);
    expectAccepted(story.serve('main'));
    refusedEverywhere(story, { [`${ARCHIVE}/retro.md`]: '---\nticket: PROJ-7\n---\n' }, 'archive-immutable');
  });

  it('is not edited by a late branch, merged with what the trunk archived meanwhile', () => {
    const story = governed({ workspace: LENIENT });
    story.git('checkout', '-q', '-b', 'late');
    story.sneak('docs: a late node', { [`${FOLDER}/tasks.md`]: `${story.read(`${FOLDER}/tasks.md`)}\nLate words.\n` });
    story.git('checkout', '-q', 'main');
    archive(story);
    expectAccepted(story.serve('main'));
    story.git('checkout', '-q', 'late');
    story.git('merge', '-q', '--no-verify', '-m', 'Merge the trunk', 'main');
    expect(story.read(`${ARCHIVE}/tasks.md`)).toContain('Late words.');
    expectRefused(story.prePush('late'), 'archive-immutable');
    expectRefused(story.serve('late'), 'archive-immutable');
    expectRefused(story.serve('late:main'), 'archive-immutable');
  });

  it('opens to nobody who switches the rule off in the same step, or waives it', () => {
    const story = governed({ workspace: LENIENT });
    archive(story);
    expectAccepted(story.serve('main'));
    const waived = '<!-- treework-allow archive-immutable: we want to -->\n';
    refusedEverywhere(story, { 'WORKSPACE.md': '---\ntreework: 1\nrules: {archive-immutable: off}\n---\n', [`${ARCHIVE}/retro.md`]: `---\nticket: PROJ-7\n---\n${waived}` }, 'archive-immutable');
  });
});

describe('a branch', () => {
  it('writes CONTINUITY.md on the trunk alone, and brings the trunk’s own text in by a merge', () => {
    const text = (title: string) => ({ 'CONTINUITY.md': `---\ntitle: ${title}\n---\n` });
    const story = governed({ files: text('Begin') });
    story.git('checkout', '-q', '-b', 'topic');
    story.sneak('docs: check in', text('Mine'));
    expectRefused(story.prePush('topic'), 'continuity-writer');
    expectRefused(story.serve('topic'), 'continuity-writer');
    expect(inCi(story, 'topic').status).toBe(1);
    story.git('checkout', '-q', 'main');
    story.sneak('docs: check in', text('Ours'));
    expectAccepted(story.serve('main'));
    story.git('checkout', '-q', '-b', 'other', 'main~1');
    story.sneak('feat: a', { 'src/a.ts': 'a\n' });
    story.git('merge', '-q', '--no-verify', '-m', 'Merge the trunk', 'main');
    expectAccepted(story.serve('other'));
  });

  it('without a name is not judged by its name, and that is said', () => {
    const story = governed();
    story.git('checkout', '-q', '--detach');
    story.sneak('feat: a', { 'src/a.ts': 'a\n' });
    const answer = story.sandbox.treework('work', 'check', '--from', 'origin/main', '--to', 'HEAD');
    expect(answer.status).toBe(0);
    expect(answer.stdout).toMatch(/not judged, since the branch's name is not known \(--ref NAME says it\): .*continuity-writer/);
    expect(JSON.parse(story.sandbox.treework('work', 'check', '--from', 'origin/main', '--to', 'HEAD', '--json').stdout).unjudged).toContain('continuity-writer');
    expect(story.sandbox.treework('work', 'check', '--from', 'origin/main', '--to', 'HEAD', '--ref', 'topic').stdout).not.toContain('not judged');
  });

  it('has a name, a size and reviewed commits in flow contrib', () => {
    const story = governed({ workspace: CONTRIB });
    story.git('checkout', '-q', '-b', 'my-stuff');
    story.sneak('feat(PROJ-7): much', Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`src/${index}.ts`, 'a\n'])));
    expectRefused(story.serve('my-stuff'), 'branch-name');
    const named = story.serve('my-stuff:PROJ-7--much');
    expect(named).toMatchObject({ status: 0, output: expect.stringContaining('review-size') });
    story.git('checkout', '-q', 'main');
    story.git('merge', '-q', '--no-ff', '--no-verify', '-m', 'Merge PROJ-7', 'my-stuff');
    expectAccepted(story.serve('main'));
    // From develop, only what the branch itself adds is to be reviewed.
    expectAccepted(story.serve('my-stuff:develop'));
    story.git('checkout', '-q', '-b', 'PROJ-7--small', 'my-stuff');
    story.sneak('feat(PROJ-7): little', { 'src/a.ts': 'a\n' });
    story.git('branch', '-q', '-f', 'main', 'main~1');
    expect(story.serve('PROJ-7--small')).toMatchObject({ status: 0, output: expect.not.stringContaining('review-size') });
    story.git('checkout', '-q', '-B', 'main', 'origin/main');
    story.sneak('fix(PROJ-7): in a hurry', { 'src/0.ts': 'b\n' });
    expectRefused(story.prePush('main'), 'protected-branch');
    expectRefused(story.serve('main'), 'protected-branch');
  });
});

it('reads the messages and paths of a long history in a few runs of git', () => {
  const story = governed({ workspace: MESSAGES });
  const commits = Array.from({ length: 300 }, (_, index) => {
    const message = `feat: step ${index}\n\nNode: PROJ-7/build\n`;
    return `commit refs/heads/topic\ncommitter Dev <dev@example.com> ${1_800_000_000 + index} +0000\ndata ${message.length}\n${message}${index === 0 ? 'from refs/heads/main^0\n' : ''}M 100644 inline src/${index}.ts\ndata 2\na\n\n`;
  });
  expect(story.sandbox.run('git', ['fast-import', '--quiet'], { cwd: 'work', input: commits.join('') })).toMatchObject({ status: 0 });
  const real = story.sandbox.run('sh', ['-c', 'command -v git']).stdout.trim();
  const count = join(story.sandbox.root, 'count');
  story.sandbox.write('', { count: '', 'counting/git': `#!/bin/sh\necho "$*" >>'${count}'\nexec '${real}' "$@"\n` });
  chmodSync(join(story.sandbox.root, 'counting/git'), 0o755);
  const answer = story.sandbox.run('treework', ['check', '--from', 'main', '--to', 'topic', '--ref', 'topic'], { cwd: 'work', env: { PATH: `${join(story.sandbox.root, 'counting')}:${story.sandbox.env.PATH}` } });
  expect(answer.status, answer.output).toBe(0);
  expect(story.sandbox.read('', 'count').split('\n').length - 1).toBeLessThanOrEqual(40);
});
