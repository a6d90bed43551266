import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { EDITED, FOLDER, SPEC, specOf, tasksOf, type Governed } from '../harness/governed.ts';
import { governed, refusedEverywhere } from './stories.ts';

function link(story: Governed, path: string, target: string): void {
  story.stage({ [path]: null });
  symlinkSync(target, join(story.sandbox.root, 'work', path));
  story.git('add', '-A');
}

/** Puts a submodule's entry at a path, as `git submodule add` would. */
function submodule(story: Governed, path: string): void {
  story.stage({ [path]: null });
  mkdirSync(join(story.sandbox.root, 'work', path), { recursive: true });
  story.git('clone', '-q', '../server.git', path);
  story.git('add', '-A');
}

describe('what is no longer a file cannot be pinned', () => {
  it('spec.md becomes a symlink to an edited copy', () => {
    refusedEverywhere(governed(), (story) => {
      story.stage({ 'elsewhere.md': EDITED });
      link(story, `${FOLDER}/spec.md`, '../../../elsewhere.md');
    });
  });

  it.each([`${FOLDER}/tasks.md`, `${FOLDER}/nodes`])('%s becomes a symlink', (path) => {
    refusedEverywhere(governed(), (story) => {
      story.stage({ 'elsewhere/build.md': tasksOf(EDITED) });
      link(story, path, '../../../elsewhere');
    });
  });

  it.each([FOLDER, 'docs/specs', 'docs'])('the folder %s becomes a symlink to an edited copy', (folder) => {
    refusedEverywhere(governed({ started: false }), (story) => {
      story.stage({ 'elsewhere/spec.md': EDITED, 'elsewhere/tasks.md': tasksOf(EDITED) });
      link(story, folder, 'elsewhere');
    });
  });

  it.each([`${FOLDER}/spec.md`, FOLDER, 'docs/specs'])('%s becomes a submodule', (path) => {
    refusedEverywhere(governed({ started: false }), (story) => submodule(story, path));
  });

  it('spec.md becomes a folder', () => {
    refusedEverywhere(governed(), { [`${FOLDER}/spec.md`]: null, [`${FOLDER}/spec.md/spec.md`]: SPEC });
  });

  it('WORKSPACE.md becomes a symlink in the commit that edits', () => {
    refusedEverywhere(governed(), (story) => {
      story.stage({ [`${FOLDER}/spec.md`]: EDITED, 'elsewhere.md': '---\ntreework: 1\nrules: {spec-frozen: off}\n---\n' });
      link(story, 'WORKSPACE.md', 'elsewhere.md');
    });
  });
});

describe('names that a file system may take for the same', () => {
  it('the folder is renamed to another case, with an edit', () => {
    refusedEverywhere(governed({ started: false }), (story) => {
      story.git('mv', FOLDER, 'docs/specs/tmp');
      story.git('mv', 'docs/specs/tmp', 'docs/specs/Proj-7');
      story.stage({ 'docs/specs/Proj-7/spec.md': specOf('The system SHALL accept.', 'Proj-7'), 'docs/specs/Proj-7/tasks.md': tasksOf(specOf('The system SHALL accept.', 'Proj-7'), 'Proj-7') });
    });
  });

  it('a second folder beside it, which a checkout on macOS would lay over the first', () => {
    const text = specOf('The system SHALL accept.', 'Proj-7');
    refusedEverywhere(governed(), { 'docs/specs/Proj-7/spec.md': text, 'docs/specs/Proj-7/tasks.md': tasksOf(text, 'Proj-7') }, 'directory-standard');
  });
});
