import { describe, expect, it } from 'vitest';
import { EDITED, FOLDER, nodeOf, SPEC, tasksOf, finishedAt } from '../harness/governed.ts';
import { expectAccepted, expectRefused, governed, refusedAfterCommit } from './stories.ts';

const FORGED = { [`${FOLDER}/spec.md`]: EDITED, [`${FOLDER}/tasks.md`]: tasksOf(EDITED) };

describe('what no commit hook sees is refused by push and server', () => {
  it('--no-verify', () => {
    const story = governed();
    story.sneak('feat: attack', { [`${FOLDER}/spec.md`]: EDITED });
    refusedAfterCommit(story);
  });

  it('an amend of an honest commit', () => {
    const story = governed();
    expectAccepted(story.commit('feat: honest', { 'src/a.ts': 'a\n' }));
    story.stage({ [`${FOLDER}/spec.md`]: EDITED });
    expectRefused(story.tryGit('commit', '--amend', '--no-edit'));
    story.git('commit', '-q', '--amend', '--no-edit', '--no-verify');
    refusedAfterCommit(story);
  });

  it('a cherry-pick', () => {
    const story = governed();
    story.git('checkout', '-q', '-b', 'elsewhere');
    const attack = story.sneak('feat: attack', FORGED);
    story.git('checkout', '-q', 'main');
    story.sneak('feat: other', { 'src/a.ts': 'a\n' });
    story.git('cherry-pick', attack);
    refusedAfterCommit(story);
  });

  it('a rebase', () => {
    const story = governed();
    story.git('checkout', '-q', '-b', 'PROJ-7--late');
    story.sneak('feat: attack', FORGED);
    story.git('checkout', '-q', 'main');
    story.sneak('feat: other', { 'src/a.ts': 'a\n' });
    expectAccepted(story.serve('main'));
    story.git('rebase', '-q', 'main', 'PROJ-7--late');
    refusedAfterCommit(story);
  });

  it('a revert of the commit that froze', () => {
    const story = governed({ started: false });
    story.sneak('feat: unfreeze', { [`${FOLDER}/tasks.md`]: tasksOf(undefined) });
    const froze = story.sneak('feat: freeze', { [`${FOLDER}/tasks.md`]: tasksOf(SPEC), [`${FOLDER}/nodes/build.md`]: nodeOf(SPEC) });
    expectAccepted(story.serve('main'));
    story.git('revert', '--no-edit', froze);
    refusedAfterCommit(story);
  });

  it('a squash of several commits that together forge the pin', () => {
    const story = governed();
    story.git('checkout', '-q', '-b', 'topic');
    story.sneak('feat: one', { [`${FOLDER}/spec.md`]: EDITED });
    story.sneak('feat: two', { [`${FOLDER}/tasks.md`]: tasksOf(EDITED) });
    story.sneak('feat: three', { [`${FOLDER}/nodes/build.md`]: nodeOf(EDITED) });
    refusedAfterCommit(story);
    story.git('checkout', '-q', 'main');
    story.git('merge', '-q', '--squash', 'topic');
    expectRefused(story.tryGit('commit', '-m', 'feat: squashed'));
    story.git('commit', '-q', '--no-verify', '-m', 'feat: squashed');
    refusedAfterCommit(story);
  });

  it('a forged pin shows after a squash into one commit that begins the ticket', () => {
    const story = governed();
    story.sneak('feat: new ticket', {
      'docs/specs/PROJ-9/spec.md': EDITED.replace('PROJ-7', 'PROJ-9'),
      'docs/specs/PROJ-9/tasks.md': tasksOf(EDITED.replace('PROJ-7', 'PROJ-9'), 'PROJ-9'),
      'docs/specs/PROJ-9/nodes/build.md': nodeOf(SPEC.replace('PROJ-7', 'PROJ-9')),
    });
    refusedAfterCommit(story);
  });

  it('one commit takes the records away, the next unfreezes, edits and freezes', () => {
    const story = governed();
    story.sneak('chore: tidy', { [`${FOLDER}/nodes`]: null });
    story.sneak('feat: unfreeze', { [`${FOLDER}/tasks.md`]: tasksOf(undefined) });
    story.sneak('feat: edit and freeze', FORGED);
    refusedAfterCommit(story);
  });

  it.each([0, 3, 6])('a forged pin as commit %s among many that touch the same ticket', (at) => {
    const story = governed({ started: false });
    for (let index = 0; index < 7; index++) {
      if (index === at) story.sneak('feat: forge', FORGED);
      else story.sneak(`docs: ${index}`, { [`${FOLDER}/attachments/${index}.txt`]: `${index}\n` });
    }
    refusedAfterCommit(story);
  });

  it('one commit switches the rule off, the next edits', () => {
    const story = governed();
    expectAccepted(story.commit('chore: configure', { 'WORKSPACE.md': '---\ntreework: 1\nrules: {spec-frozen: off}\n---\n' }));
    expectAccepted(story.commit('feat: attack', { [`${FOLDER}/spec.md`]: EDITED }));
    refusedAfterCommit(story);
  });

  it('one commit moves the layout away, the next edits', () => {
    const story = governed({ started: false });
    story.sneak('chore: move', { 'WORKSPACE.md': '---\ntreework: 1\nlayout: {specs: elsewhere}\n---\n' });
    story.sneak('feat: attack', FORGED);
    refusedAfterCommit(story);
  });
});

describe('merges', () => {
  /** Branches `theirs` (an honest commit) and main (another), main checked out. */
  function forked(story: ReturnType<typeof governed>): void {
    story.git('checkout', '-q', '-b', 'theirs');
    story.sneak('feat: theirs', { 'src/theirs.ts': 'a\n' });
    story.git('checkout', '-q', 'main');
    story.sneak('feat: ours', { 'src/ours.ts': 'a\n' });
  }

  it('an evil merge edits the spec', () => {
    const story = governed();
    forked(story);
    story.git('merge', '-q', '--no-commit', 'theirs');
    story.stage(FORGED);
    expectRefused(story.tryGit('commit', '-m', 'merge'));
    story.git('commit', '-q', '--no-verify', '-m', 'merge');
    refusedAfterCommit(story);
  });

  it('an evil merge deep below an honest tip is named', () => {
    const story = governed();
    forked(story);
    story.git('merge', '-q', '--no-commit', 'theirs');
    const evil = story.sneak('merge', { [`${FOLDER}/spec.md`]: EDITED });
    story.sneak('feat: mend', { [`${FOLDER}/spec.md`]: SPEC });
    expectRefused(story.serve('HEAD:main'));
    expect(story.serve('HEAD:main').output).toContain(evil.slice(0, 10));
  });

  it('takes spec.md from one parent and tasks.md from the other', () => {
    const story = governed({ started: false });
    story.git('checkout', '-q', '-b', 'theirs');
    story.sneak('feat: unfreeze', { [`${FOLDER}/tasks.md`]: tasksOf(undefined) });
    story.sneak('feat: edit and freeze', FORGED);
    expectAccepted(story.serve('theirs'));
    story.git('checkout', '-q', 'main');
    story.sneak('feat: ours', { [`${FOLDER}/changes/001-x.md`]: change() });
    story.tryGit('merge', '--no-commit', 'theirs');
    story.stage({ [`${FOLDER}/spec.md`]: EDITED, [`${FOLDER}/tasks.md`]: tasksOf(SPEC) });
    expectRefused(story.tryGit('commit', '-m', 'merge'));
    story.git('commit', '-q', '--no-verify', '-m', 'merge');
    refusedAfterCommit(story);
  });

  it('merges a branch that re-forged while the trunk began to work', () => {
    const story = governed({ started: false });
    story.git('checkout', '-q', '-b', 'theirs');
    story.sneak('feat: unfreeze', { [`${FOLDER}/tasks.md`]: tasksOf(undefined) });
    story.sneak('feat: edit and freeze', FORGED);
    story.git('checkout', '-q', 'main');
    story.sneak('feat: begin', { [`${FOLDER}/nodes/build.md`]: nodeOf(SPEC) });
    expectAccepted(story.serve('main'));
    story.git('merge', '-q', '--no-verify', '-m', 'merge', 'theirs');
    refusedAfterCommit(story);
  });

  it('merges a branch that re-forged, which was never pushed', () => {
    const story = governed({ started: false });
    story.git('checkout', '-q', '-b', 'theirs');
    story.sneak('feat: forge', FORGED);
    story.git('checkout', '-q', 'main');
    story.sneak('feat: ours', { 'src/ours.ts': 'a\n' });
    story.git('merge', '-q', '--no-verify', '-m', 'merge', 'theirs');
    refusedAfterCommit(story);
  });

  it('leaves records of an archived ticket behind on a late branch', () => {
    const story = governed();
    story.git('checkout', '-q', '-b', 'late');
    story.sneak('feat: late', { [`${FOLDER}/nodes/extra.md`]: nodeOf(SPEC, 'extra') });
    story.git('checkout', '-q', 'main');
    story.moveFolder(FOLDER, 'docs/specs/ARCHIVED/PROJ-7');
    expectAccepted(story.commit('chore: archive', finishedAt('docs/specs/ARCHIVED/PROJ-7')));
    expectAccepted(story.serve('main'));
    story.git('-c', 'merge.directoryRenames=false', 'merge', '-q', '--no-verify', '-m', 'merge', 'late');
    expect(story.read(`${FOLDER}/nodes/extra.md`)).toContain('extra');
    refusedAfterCommit(story);
  });

  it('a merge made with the strategy ours throws the records of the trunk away', () => {
    const story = governed({ started: false });
    story.git('checkout', '-q', '-b', 'theirs');
    story.sneak('feat: theirs', { 'src/theirs.ts': 'a\n' });
    story.git('checkout', '-q', 'main');
    story.sneak('feat: begin', { [`${FOLDER}/nodes/build.md`]: nodeOf(SPEC) });
    expectAccepted(story.serve('main'));
    story.git('checkout', '-q', 'theirs');
    story.git('merge', '-q', '-s', 'ours', '--no-verify', '-m', 'merge', 'main');
    refusedAfterCommit(story);
  });

  it('an octopus merge that edits', () => {
    const story = governed();
    forked(story);
    story.git('checkout', '-q', '-b', 'third', 'main~1');
    story.sneak('feat: third', { 'src/third.ts': 'a\n' });
    story.git('checkout', '-q', 'main');
    story.git('merge', '-q', '--no-verify', '-m', 'merge', 'theirs', 'third');
    story.stage(FORGED);
    story.git('commit', '-q', '--amend', '--no-edit', '--no-verify');
    refusedAfterCommit(story);
  });
});

function change(): string {
  return '---\ntitle: Revised\nimpact: additive\nstatus: proposed\nhistory:\n  - {to: proposed, by: impl-1, at: 2026-01-01T00:00:00Z}\n---\n\n## ADDED Requirements\n\n### Requirement: Quota\n\nThe system SHALL count.\n\n#### Scenario: Count\n\n- **GIVEN** a token\n- **WHEN** it is used\n- **THEN** it is counted\n\n## Task impact\n\n- none\n';
}
