import { afterEach, beforeEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

it('a governed folder whose name begins with a dot is judged when the launcher knows what is governed', () => {
  const repository = sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\nkinds:\n  note: {path: ".notes/{{slug}}.md", sections: [Why]}\n---\n' });
  expect(sandbox.treework(repository, 'init', '--yes').status).toBe(0);
  const commit = (files: Record<string, string>) => {
    sandbox.write(repository, files);
    sandbox.git(repository, 'add', '--all');
    return sandbox.run('git', ['commit', '--quiet', '--message', 'docs: notes'], { cwd: repository });
  };
  expect(commit({ '.notes/first.md': '## Why\n\nBecause.\n' }).output).toBe('');
  expect(commit({ '.notes/first.md': '## Why\n\nBecause of this.\n' }).output).toBe('');
  const refused = commit({ '.notes/second.md': '## What\n\nThis.\n' });
  expect(refused.status).toBe(1);
  expect(refused.output).toContain('.notes/second.md');
});
