import { describe, expect, it } from 'vitest';
import { EDITED, FOLDER, SPEC } from '../harness/governed.ts';
import { expectRefused, governed } from './stories.ts';

type Story = ReturnType<typeof governed>;

/** Writes an object that git's own commands would not write. */
function forge(story: Story, type: string, content: Buffer): string {
  const answer = story.sandbox.run('git', ['hash-object', '-w', '-t', type, '--literally', '--stdin'], { cwd: 'work', input: content });
  expect(answer.status, answer.output).toBe(0);
  return answer.stdout.trim();
}

function raw(story: Story, type: string, name: string): Buffer {
  return Buffer.from(story.sandbox.run('git', ['cat-file', type, name], { cwd: 'work', input: '' }).stdout, 'latin1');
}

describe('objects made by hand, which a server takes when it does not fsck', () => {
  it('a second parent where git does not look for one is no parent', () => {
    const story = governed({ workspace: '---\ntreework: 1\njudge: each\n---\n' });
    const honest = story.head();
    const evil = story.sneak('feat: attack', { [`${FOLDER}/spec.md`]: EDITED });
    const text = raw(story, 'commit', evil).toString('latin1').replace(/^committer .*$/m, (line) => `${line}\nparent ${evil}`);
    const forged = forge(story, 'commit', Buffer.from(text, 'latin1'));
    expect(story.git('log', '-1', '--format=%P', forged).trim()).toBe(honest);
    story.git('reset', '-q', '--hard', forged);
    story.sneak('feat: mend', { [`${FOLDER}/spec.md`]: SPEC });
    const answer = story.serve('HEAD:topic');
    expectRefused(answer);
    expect(answer.output).toContain(forged.slice(0, 10));
  });

  it('a tree that names spec.md twice is refused, whichever a checkout takes', () => {
    const story = governed();
    const honest = story.git('rev-parse', `HEAD:${FOLDER}/spec.md`).trim();
    const edited = forge(story, 'blob', Buffer.from(EDITED));
    const entry = (mode: string, name: string, oid: string) => Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]);
    const of = (path: string) => story.git('rev-parse', `HEAD:${path}`).trim();
    const ticket = forge(story, 'tree', Buffer.concat([entry('40000', 'nodes', of(`${FOLDER}/nodes`)), entry('100644', 'spec.md', honest), entry('100644', 'spec.md', edited), entry('100644', 'tasks.md', of(`${FOLDER}/tasks.md`))]));
    const specs = forge(story, 'tree', entry('40000', 'PROJ-7', ticket));
    const docs = forge(story, 'tree', entry('40000', 'specs', specs));
    const root = forge(story, 'tree', Buffer.concat([entry('100644', 'README.md', of('README.md')), entry('100644', 'WORKSPACE.md', of('WORKSPACE.md')), entry('40000', 'docs', docs)]));
    const commit = story.git('commit-tree', '-p', 'HEAD', '-m', 'feat: twice', root).trim();
    for (const ref of ['main', 'topic']) {
      const answer = story.serve(`${commit}:refs/heads/${ref}`);
      expect(answer.status).not.toBe(0);
      expect(answer.output).toContain('names one file twice');
    }
  });
});
