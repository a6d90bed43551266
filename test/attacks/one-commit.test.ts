import { describe, expect, it } from 'vitest';
import { EDITED, FOLDER, nodeOf, pin, SPEC, tasksOf } from '../harness/governed.ts';
import { governed, refusedEverywhere } from './stories.ts';

describe('one commit that breaks a freeze is refused by commit, push and server', () => {
  it('edits spec.md', () => {
    const story = governed();
    refusedEverywhere(story, { [`${FOLDER}/spec.md`]: EDITED });
    expect(story.serve('HEAD:refs/heads/other').output).toContain('new change --ticket PROJ-7 --from-edit');
  });

  it.each([true, false])('edits spec.md and forges the pin (work begun: %s)', (started) => {
    refusedEverywhere(governed({ started }), { [`${FOLDER}/spec.md`]: EDITED, [`${FOLDER}/tasks.md`]: tasksOf(EDITED) });
  });

  it('forges the pins of the node records as well', () => {
    refusedEverywhere(governed(), { [`${FOLDER}/spec.md`]: EDITED, [`${FOLDER}/tasks.md`]: tasksOf(EDITED), [`${FOLDER}/nodes/build.md`]: nodeOf(EDITED) });
  });

  it('deletes the node records and forges the pin', () => {
    refusedEverywhere(governed(), { [`${FOLDER}/spec.md`]: EDITED, [`${FOLDER}/tasks.md`]: tasksOf(EDITED), [`${FOLDER}/nodes`]: null });
  });

  it('deletes the node records alone, to make the ticket look as if nobody had begun', () => {
    refusedEverywhere(governed(), { [`${FOLDER}/nodes`]: null });
  });

  it('moves the folder to another id with an edit', () => {
    refusedEverywhere(governed(), (story) => {
      story.git('mv', FOLDER, 'docs/specs/PROJ-8');
      story.stage({ 'docs/specs/PROJ-8/spec.md': EDITED.replace('PROJ-7', 'PROJ-8') });
    });
  });

  it('moves the folder to the archive with an edit', () => {
    refusedEverywhere(governed(), (story) => {
      story.moveFolder(FOLDER, 'docs/specs/ARCHIVED/PROJ-7');
      story.stage({ 'docs/specs/ARCHIVED/PROJ-7/spec.md': EDITED });
    });
  });

  it('moves the folder to the archive with an edit and a forged pin', () => {
    refusedEverywhere(governed({ started: false }), (story) => {
      story.moveFolder(FOLDER, 'docs/specs/ARCHIVED/PROJ-7');
      story.stage({ 'docs/specs/ARCHIVED/PROJ-7/spec.md': EDITED, 'docs/specs/ARCHIVED/PROJ-7/tasks.md': tasksOf(EDITED) });
    });
  });

  it.each([true, false])('deletes tasks.md (work begun: %s)', (started) => {
    refusedEverywhere(governed({ started }), { [`${FOLDER}/tasks.md`]: null });
  });

  it('blanks the pin after work has begun', () => {
    refusedEverywhere(governed(), { [`${FOLDER}/tasks.md`]: tasksOf(undefined) });
  });

  it.each([true, false])('deletes the whole folder (work begun: %s)', (started) => {
    refusedEverywhere(governed({ started }), { [FOLDER]: null });
  });

  it('deletes spec.md', () => {
    refusedEverywhere(governed(), { [`${FOLDER}/spec.md`]: null });
  });

  it('makes tasks.md unreadable together with an edit', () => {
    refusedEverywhere(governed(), { [`${FOLDER}/spec.md`]: EDITED, [`${FOLDER}/tasks.md`]: '---\nticket: [\n---\n' });
  });

  it('turns the pin into something that is no text', () => {
    refusedEverywhere(governed(), { [`${FOLDER}/spec.md`]: EDITED, [`${FOLDER}/tasks.md`]: tasksOf(SPEC).replace(pin(SPEC), `[${pin(SPEC)}]`) });
  });
});

describe('a commit cannot disarm its own judge', () => {
  const edit = { [`${FOLDER}/spec.md`]: EDITED };

  it('switches the rule off in WORKSPACE.md', () => {
    refusedEverywhere(governed(), { ...edit, 'WORKSPACE.md': '---\ntreework: 1\nrules:\n  spec-frozen: off\n---\n' });
    refusedEverywhere(governed(), { ...edit, 'WORKSPACE.md': '---\ntreework: 1\nrules: {spec-frozen: {severity: warning}}\n---\n' });
  });

  it('changes the layout, so that the ticket is no longer governed', () => {
    refusedEverywhere(governed(), { ...edit, 'WORKSPACE.md': '---\ntreework: 1\nlayout: {specs: elsewhere}\n---\n' });
  });

  it('changes the layout and moves an edited copy there', () => {
    refusedEverywhere(governed({ started: false }), (story) => {
      story.moveFolder(FOLDER, 'specs/PROJ-7');
      story.stage({ 'specs/PROJ-7/spec.md': EDITED, 'specs/PROJ-7/tasks.md': tasksOf(EDITED), 'WORKSPACE.md': '---\ntreework: 1\nlayout: {specs: specs}\n---\n' });
    });
  });

  it('changes the pattern of ticket ids, so that the ticket is none', () => {
    refusedEverywhere(governed(), { ...edit, 'WORKSPACE.md': '---\ntreework: 1\ntickets: {pattern: "^GH-[0-9]+$"}\n---\n' });
  });

  it('deletes WORKSPACE.md', () => {
    refusedEverywhere(governed(), { ...edit, 'WORKSPACE.md': null });
  });

  it('makes WORKSPACE.md unreadable', () => {
    refusedEverywhere(governed(), { ...edit, 'WORKSPACE.md': '---\ntreework: [\n---\n' });
  });

  it('waives the rule by a comment', () => {
    refusedEverywhere(governed(), { [`${FOLDER}/spec.md`]: `${EDITED}\n<!-- treework-allow spec-frozen: I know better -->\n` });
    refusedEverywhere(governed(), { ...edit, [`${FOLDER}/tasks.md`]: tasksOf(SPEC).replace('nodes:', '# treework-allow spec-frozen: I know better\nnodes:') });
  });
});
