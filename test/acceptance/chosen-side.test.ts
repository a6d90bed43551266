import { describe, it } from 'vitest';
import { expectAccepted, expectRefused, governed, refusedAfterCommit } from '../attacks/stories.ts';
import { FOLDER, specOf, tasksOf } from '../harness/governed.ts';

const RECORD = `${FOLDER}/changes/001-quota.md`;
const LATER = specOf('The system SHALL reject expired tokens with HTTP 403.');

describe('a merge that chooses one side does not undo what the other side decided', () => {
  it('a branch merges the trunk with the strategy ours and so takes an acceptance back', () => {
    const story = governed({ files: { [RECORD]: record() } });
    story.git('checkout', '-q', '-b', 'topic');
    story.sneak('feat: topic', { 'src/topic.ts': 'a\n' });
    story.git('checkout', '-q', 'main');
    expectAccepted(story.commit('docs: accept', { [RECORD]: record('accepted') }));
    expectAccepted(story.serve('main'));
    story.git('checkout', '-q', 'topic');
    story.git('merge', '-q', '-s', 'ours', '--no-verify', '-m', 'merge', 'main');
    refusedAfterCommit(story, 'change-record-immutable');
  });

  it('the trunk merges an old branch and takes the whole of its side', () => {
    const story = governed({ files: { [RECORD]: record() } });
    story.git('checkout', '-q', '-b', 'topic');
    story.sneak('feat: topic', { 'src/topic.ts': 'a\n' });
    story.git('checkout', '-q', 'main');
    expectAccepted(story.commit('docs: accept', { [RECORD]: record('accepted') }));
    expectAccepted(story.serve('main'));
    story.git('merge', '-q', '--no-commit', '--no-ff', 'topic');
    story.git('checkout', 'topic', '--', 'docs');
    story.git('commit', '-q', '--no-verify', '-m', 'merge');
    refusedAfterCommit(story, 'change-record-immutable');
  });

  it('the same where trunk and branch have merged one another crosswise', () => {
    const story = crossed('ours');
    expectRefused(story.prePush('topic'), 'change-record-immutable');
    expectRefused(story.serve('topic'), 'change-record-immutable');
  });

  it('blames nobody for an honest merge crosswise', () => {
    const story = crossed('ort');
    expectAccepted(story.prePush('topic'));
    expectAccepted(story.serve('topic'));
  });

  it('a branch brings back an older pin with the strategy ours', () => {
    const story = governed({ started: false });
    story.git('checkout', '-q', '-b', 'topic');
    story.sneak('feat: topic', { 'src/topic.ts': 'a\n' });
    story.git('checkout', '-q', 'main');
    expectAccepted(story.commit('docs: unfreeze', { [`${FOLDER}/tasks.md`]: tasksOf(undefined) }));
    expectAccepted(story.commit('docs: freeze anew', { [`${FOLDER}/spec.md`]: LATER, [`${FOLDER}/tasks.md`]: tasksOf(LATER) }));
    expectAccepted(story.serve('main'));
    story.git('checkout', '-q', 'topic');
    story.git('merge', '-q', '-s', 'ours', '--no-verify', '-m', 'merge', 'main');
    refusedAfterCommit(story);
  });
});

/** The trunk accepts a record and merges the branch; the branch, checked out, merges the acceptance by a strategy. */
function crossed(strategy: string): ReturnType<typeof governed> {
  const story = governed({ files: { [RECORD]: record() } });
  story.git('checkout', '-q', '-b', 'topic');
  story.sneak('feat: topic', { 'src/topic.ts': 'a\n' });
  story.git('checkout', '-q', 'main');
  expectAccepted(story.commit('docs: accept', { [RECORD]: record('accepted') }));
  const accepted = story.head();
  story.git('merge', '-q', '--no-verify', '-m', 'merge', 'topic');
  expectAccepted(story.serve('main'));
  story.git('checkout', '-q', 'topic');
  story.git('merge', '-q', '-s', strategy, '--no-verify', '-m', 'merge', accepted);
  return story;
}

function record(decision?: string): string {
  const decided = decision === undefined ? '' : `  - {to: ${decision}, by: review-1, at: 2026-01-02T00:00:00Z}\n`;
  return `---\ntitle: Quota\nimpact: additive\nstatus: ${decision ?? 'proposed'}\nhistory:\n  - {to: proposed, by: impl-1, at: 2026-01-01T00:00:00Z}\n${decided}---\n\n## ADDED Requirements\n\n### Requirement: Quota\n\nThe system SHALL count.\n\n#### Scenario: Count\n\n- **GIVEN** a token\n- **WHEN** it is used\n- **THEN** it is counted\n\n## Task impact\n\n- none\n`;
}
