import { afterEach, beforeEach, expect, it } from 'vitest';
import { done } from '../verbs/fixture.ts';
import { Archivable, requirement } from './fixture.ts';

let story: Archivable;
beforeEach(() => {
  story = new Archivable();
});
afterEach(() => story.remove());

const RETRO = 'docs/specs/PROJ-7/retro.md';

/** A node that failed once and took two hours the second time. */
const BUILT = `---
node: build
status: complete
l0: Reports are made
history:
  - {to: in_progress, by: impl-1, at: 2026-11-20T08:00:00Z, spec: PIN}
  - {to: failed, by: impl-1, at: 2026-11-20T09:00:00Z, findings: [no]}
  - {to: in_progress, by: impl-1, at: 2026-11-20T10:00:00Z, spec: PIN}
  - {to: complete, by: impl-1, at: 2026-11-20T12:00:00Z, verdict: pass, verified_by: review-1}
---
`;

it('K9: tells what a ticket took, makes notes of its lessons, and told again changes its own numbers alone', () => {
  story.git('switch', '-q', '-c', 'PROJ-7--reports');
  story.ticket('PROJ-7', { body: `## Requirements\n\n${requirement('Token validation', 'The system SHALL reject expired tokens.')}` });
  const pinned = /^spec: (\S+)$/m.exec(story.read('docs/specs/PROJ-7/tasks.md'))?.[1];
  story.commit({ 'src/a.js': 'one\ntwo\n', 'docs/specs/PROJ-7/nodes/build.md': BUILT.replaceAll('PIN', pinned as string) }, 'feat: build\n\nNode: PROJ-7/build');
  const answer = story.ask(['retro', '--lesson', 'Tokens expire at midnight: UTC', '--lesson', 'Tokens expire at midnight: UTC', '--commit']);
  expect(answer.metrics).toMatchObject({ nodes: 1, retries: 1, failures: 1, 'hours-worked': 2, 'hours-elapsed': 4, commits: 2, 'review-files': 1, 'review-lines': 2 });
  expect(answer.lessons).toEqual(['docs/knowledge/tokens-expire-at-midnight-utc.md']);
  expect(story.read('docs/knowledge/tokens-expire-at-midnight-utc.md')).toContain('ticket: PROJ-7\n');
  expect(story.read(RETRO)).toContain('[Tokens expire at midnight: UTC](../../knowledge/tokens-expire-at-midnight-utc.md)');
  expect(story.status()).toBe('');
  // Its own commit counts for nothing.
  expect(story.ask(['retro'])).toMatchObject({ changed: [], metrics: { commits: 2 } });
  const written = `${story.read(RETRO).replace('metrics:\n', 'metrics:\n  # counted\n')}\nMore words.\n`;
  story.commit({ [RETRO]: written, 'src/b.js': 'three\n' });
  done(story.treework('retro', '--commit'));
  expect(story.read(RETRO)).toBe(written.replace('commits: 2', 'commits: 3').replace('review-files: 1', 'review-files: 2').replace('review-lines: 2', 'review-lines: 3'));
});

it('K9: its links follow the ticket into the archive', () => {
  story.ticket('PROJ-7');
  done(story.treework('retro', 'PROJ-7', '--lesson', 'Ask first', '--commit'));
  done(story.treework('archive', 'PROJ-7', '--commit'));
  expect(story.read('docs/knowledge/ask-first.md')).toContain('[PROJ-7](../specs/ARCHIVED/PROJ-7/retro.md)');
  expect(story.read('docs/specs/ARCHIVED/PROJ-7/retro.md')).toContain('[Ask first](../../../knowledge/ask-first.md)');
  done(story.treework('check', '--all'));
});
