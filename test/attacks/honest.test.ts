import { describe, expect, it } from 'vitest';
import { EDITED, FOLDER, nodeOf, SPEC, specOf, tasksOf, finishedAt } from '../harness/governed.ts';
import { acceptedAfterCommit, expectAccepted, expectRefused, governed } from './stories.ts';

const FORGED = { [`${FOLDER}/spec.md`]: EDITED, [`${FOLDER}/tasks.md`]: tasksOf(EDITED) };

describe('honest work is not accused', () => {
  it('a clean merge of the trunk into a ticket branch, whose trunk landed a violation of its own', () => {
    const story = governed();
    story.git('checkout', '-q', '-b', 'topic');
    expectAccepted(story.commit('feat: topic', { 'docs/specs/PROJ-9/spec.md': specOf('The system SHALL count.', 'PROJ-9') }));
    story.git('checkout', '-q', 'main');
    story.sneak('feat: violation', { [`${FOLDER}/spec.md`]: EDITED });
    story.sandbox.run('rm', ['server.git/hooks/pre-receive']);
    expectAccepted(story.serve('main'));
    story.hook('server.git', 'pre-receive', 'exec treework hook pre-receive');
    story.git('checkout', '-q', 'topic');
    story.git('merge', '-q', '--no-commit', 'main');
    expectAccepted(story.tryGit('commit', '-m', 'merge'));
    expectAccepted(story.prePush('topic'));
    expectAccepted(story.serve('topic'));
    story.git('checkout', '-q', 'main');
    story.git('merge', '-q', '--no-ff', '-m', 'merge', 'topic');
    acceptedAfterCommit(story);
  });

  it('a branch that mended its own slip', () => {
    const story = governed();
    story.git('checkout', '-q', '-b', 'topic');
    story.sneak('feat: slip', FORGED);
    expectAccepted(story.commit('feat: mend', { [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasksOf(SPEC) }));
    expectAccepted(story.prePush('topic'));
    expectAccepted(story.serve('topic'));
    story.git('checkout', '-q', 'main');
    story.git('merge', '-q', '--ff-only', 'topic');
    acceptedAfterCommit(story);
  });

  it('a commit that repairs a slip is accepted by the hook', () => {
    const story = governed();
    const slips = [{ [`${FOLDER}/spec.md`]: EDITED }, { [`${FOLDER}/tasks.md`]: null }, { [`${FOLDER}/nodes`]: null }, { [`${FOLDER}/tasks.md`]: tasksOf(undefined) }, { [FOLDER]: null }];
    for (const slip of slips) {
      const good = story.head();
      story.sneak('feat: slip', slip);
      story.git('checkout', '-q', good, '--', 'docs');
      expectAccepted(story.tryGit('commit', '-m', 'fix: mend'));
    }
  });

  it('unfreeze, edit and freeze in separate commits before any node has begun', () => {
    const story = governed({ started: false });
    expectAccepted(story.commit('feat: unfreeze', { [`${FOLDER}/tasks.md`]: tasksOf(undefined) }));
    expectAccepted(story.commit('feat: edit', { [`${FOLDER}/spec.md`]: EDITED }));
    expectAccepted(story.commit('feat: freeze', { [`${FOLDER}/tasks.md`]: tasksOf(EDITED) }));
    acceptedAfterCommit(story);
  });

  it('the same on a branch, merged with a merge commit', () => {
    const story = governed({ started: false });
    story.git('checkout', '-q', '-b', 'topic');
    story.sneak('feat: unfreeze', { [`${FOLDER}/tasks.md`]: tasksOf(undefined) });
    story.sneak('feat: edit and freeze', FORGED);
    story.git('checkout', '-q', 'main');
    story.sneak('feat: other', { 'src/a.ts': 'a\n' });
    story.git('merge', '-q', '--no-commit', 'topic');
    expectAccepted(story.tryGit('commit', '-m', 'merge'));
    acceptedAfterCommit(story);
  });

  it('the same on the trunk, merged into a branch that proposes a change of the ticket', () => {
    const story = governed({ started: false });
    story.git('checkout', '-q', '-b', 'topic');
    expectAccepted(story.commit('docs: idea', { [`${FOLDER}/idea.md`]: '---\nticket: PROJ-7\ntitle: An idea\n---\n\nText.\n' }));
    story.git('checkout', '-q', 'main');
    story.sneak('feat: unfreeze', { [`${FOLDER}/tasks.md`]: tasksOf(undefined) });
    story.sneak('feat: edit and freeze', FORGED);
    expectAccepted(story.serve('main'));
    story.git('checkout', '-q', 'topic');
    story.git('merge', '-q', '--no-commit', 'main');
    expectAccepted(story.tryGit('commit', '-m', 'merge'));
    expectAccepted(story.prePush('topic'));
    expectAccepted(story.serve('topic'));
  });

  it('a ticket dropped in a commit of its own after it was unfrozen', () => {
    const story = governed({ started: false });
    expectAccepted(story.commit('feat: unfreeze', { [`${FOLDER}/tasks.md`]: tasksOf(undefined) }));
    expectAccepted(story.commit('feat: drop', { [FOLDER]: null }));
    acceptedAfterCommit(story);
  });

  it('a whole ticket on a branch, squashed', () => {
    const story = governed();
    story.git('checkout', '-q', '-b', 'topic');
    const text = specOf('The system SHALL count.', 'PROJ-9');
    const other = specOf('The system SHALL count twice.', 'PROJ-9');
    const at = 'docs/specs/PROJ-9';
    expectAccepted(story.commit('feat: spec', { [`${at}/spec.md`]: text }));
    expectAccepted(story.commit('feat: tasks', { [`${at}/tasks.md`]: tasksOf(text, 'PROJ-9') }));
    expectAccepted(story.commit('feat: unfreeze', { [`${at}/tasks.md`]: tasksOf(undefined, 'PROJ-9') }));
    expectAccepted(story.commit('feat: freeze anew', { [`${at}/spec.md`]: other, [`${at}/tasks.md`]: tasksOf(other, 'PROJ-9') }));
    expectAccepted(story.commit('feat: begin', { [`${at}/nodes/build.md`]: nodeOf(other), 'src/a.ts': 'a\n' }));
    expectAccepted(story.prePush('topic'));
    expectAccepted(story.serve('topic'));
    story.git('checkout', '-q', 'main');
    story.git('merge', '-q', '--squash', 'topic');
    expectAccepted(story.tryGit('commit', '-m', 'feat: squashed'));
    acceptedAfterCommit(story);
  });

  it('moving the folder unchanged to the archive', () => {
    const story = governed();
    expectAccepted(story.commit('feat: finish', finishedAt(FOLDER)));
    story.moveFolder(FOLDER, 'docs/specs/ARCHIVED/PROJ-7');
    expectAccepted(story.commit('chore: archive'));
    acceptedAfterCommit(story);
  });

  it('a layout moved together with its tickets', () => {
    const story = governed();
    story.moveFolder('docs/specs', 'specs');
    expectAccepted(story.commit('chore: move', { 'WORKSPACE.md': '---\ntreework: 1\nlayout: {specs: specs}\n---\n' }));
    acceptedAfterCommit(story);
    story.stage({ 'specs/PROJ-7/spec.md': EDITED });
    expectRefused(story.tryGit('commit', '-m', 'feat: attack'));
  });

  it('a rebased branch, a criss-cross merge and a stale branch', () => {
    const story = governed({ started: false });
    for (const name of ['one', 'two']) {
      story.git('checkout', '-q', '-b', name, 'main');
      story.sneak(`feat: ${name}`, { [`src/${name}.ts`]: 'a\n' });
    }
    story.git('merge', '-q', '--no-verify', '-m', 'merge', 'one');
    story.git('checkout', '-q', 'one');
    story.git('merge', '-q', '--no-verify', '-m', 'merge', 'two~1');
    story.git('checkout', '-q', 'main');
    story.git('merge', '-q', '--ff-only', 'one');
    story.sneak('feat: begin', { [`${FOLDER}/nodes/build.md`]: nodeOf(SPEC) });
    expectAccepted(story.serve('main'));
    expectAccepted(story.prePush('two'));
    expectAccepted(story.serve('two'));
    story.git('rebase', '-q', 'main', 'two');
    expectAccepted(story.prePush('+two'));
    expectAccepted(story.serve('+two'));
  });

  it('a repository that treework does not govern', () => {
    const story = governed();
    story.git('checkout', '-q', '--orphan', 'pages');
    story.git('rm', '-rfq', '.');
    story.sneak('docs: pages', { 'index.html': '<p>\n' });
    expectAccepted(story.prePush('pages'));
    expectAccepted(story.serve('pages'));
  });
});

describe('attributes and filters that change bytes on disk', () => {
  const crlf = (text: string) => text.replaceAll('\n', '\r\n');
  const FRESH = 'fresh';

  /** A fresh clone with these settings: nothing is changed, nothing found, and an edit still is. */
  function cloned(story: ReturnType<typeof governed>): void {
    story.sandbox.git('', 'clone', '-q', 'server.git', FRESH);
    expectAccepted(story.sandbox.treework(FRESH, 'check', '--all'));
    expectAccepted(story.sandbox.treework(FRESH, 'check', '--staged'));
    story.sandbox.write(FRESH, { 'src/new.ts': 'a\n' });
    story.sandbox.git(FRESH, 'add', '.');
    expectAccepted(story.sandbox.treework(FRESH, 'check', '--staged'));
    story.sandbox.write(FRESH, { [`${FOLDER}/spec.md`]: story.sandbox.read(FRESH, `${FOLDER}/spec.md`).replace('reject', 'accept') });
    expectRefused(story.sandbox.treework(FRESH, 'check', '--all'));
    story.sandbox.git(FRESH, 'add', '.');
    expectRefused(story.sandbox.treework(FRESH, 'check', '--staged'));
  }

  it('core.autocrlf=true in a fresh clone', () => {
    const story = governed();
    story.sandbox.env.GIT_CONFIG_PARAMETERS = "'core.autocrlf=true'";
    cloned(story);
    expect(story.sandbox.read(FRESH, `${FOLDER}/spec.md`)).toContain('\r\n');
  });

  it.each(['* text=auto\n', '* text=auto eol=crlf\n', '*.md text eol=crlf\n', '*.md ident\n', '*.md -text\n'])('.gitattributes %j', (attributes) => {
    const story = governed();
    expectAccepted(story.commit('chore: attributes', { '.gitattributes': attributes }));
    acceptedAfterCommit(story);
    cloned(story);
  });

  it('ident expands a keyword that the spec holds', () => {
    const text = `${SPEC}\n$Id$\n`;
    const story = governed({ files: { '.gitattributes': '*.md ident\n', [`${FOLDER}/spec.md`]: text, [`${FOLDER}/tasks.md`]: tasksOf(text), [`${FOLDER}/nodes/build.md`]: nodeOf(text) } });
    cloned(story);
    expect(story.sandbox.read(FRESH, `${FOLDER}/spec.md`)).toMatch(/\$Id: [0-9a-f]{40} \$/);
  });

  it('working-tree-encoding', () => {
    const story = governed();
    story.sandbox.write('work', { '.gitattributes': 'docs/specs/** working-tree-encoding=UTF-16LE-BOM\n' });
    story.git('add', '.gitattributes');
    expectAccepted(story.tryGit('commit', '-m', 'chore: attributes'));
    acceptedAfterCommit(story);
    story.sandbox.git('', 'clone', '-q', 'server.git', FRESH);
    expect(story.sandbox.read(FRESH, `${FOLDER}/spec.md`)).toContain('\u0000');
    expectAccepted(story.sandbox.treework(FRESH, 'check', '--all'));
  });

  it('a spec that is stored with CRLF, normalised later', () => {
    const story = governed({ files: { [`${FOLDER}/spec.md`]: crlf(SPEC) } });
    expect(story.git('show', `HEAD:${FOLDER}/spec.md`)).toContain('\r\n');
    expectAccepted(story.commit('chore: normalise', { [`${FOLDER}/spec.md`]: SPEC }));
    acceptedAfterCommit(story);
  });
});
