import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPEC, tasksOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';

const sandbox = new Sandbox();
const cwd = 'repo';
const HOSTILE = 'Risks | costs & $& "more"';

beforeAll(() => {
  sandbox.repository(cwd, {
    'WORKSPACE.md': '---\ntreework: 1\nkinds:\n  adr: {path: docs/adr/*.md}\n---\n',
    'docs/adr/0001.md': '# Use git\r\n\r\n## Context\r\n\r\nIt hurts.\r\n\r\n\r\n',
    'docs/specs/PROJ-7/spec.md': SPEC,
    'docs/specs/PROJ-7/tasks.md': tasksOf(SPEC),
  });
});
afterAll(() => sandbox.remove());
const run = (...args: string[]) => sandbox.treework(cwd, 'new', ...args);

describe('new section', () => {
  it('adds a state section to CONTINUITY.md, whatever its title holds', () => {
    expect(run('section', '--title', HOSTILE)).toMatchObject({ status: 2, stderr: expect.stringContaining('new continuity') });
    expect(run('continuity', '--title', 'Reports').status).toBe(0);
    expect(run('section', '--title', HOSTILE).status).toBe(0);
    expect(sandbox.read(cwd, 'CONTINUITY.md')).toMatch(/None yet\.\n\n## Risks \| costs & \$& "more"\n\nNothing yet\.\n$/);
    expect(sandbox.treework(cwd, 'check')).toMatchObject({ status: 0 });
    expect(run('section', '--title', HOSTILE.toUpperCase())).toMatchObject({ status: 2, stderr: expect.stringContaining('Unexpected second section') });
  });

  it('keeps the line ends of the document', () => {
    expect(run('section', '--title', 'Decision', '--path', 'docs/adr/0001.md').status).toBe(0);
    expect(sandbox.read(cwd, 'docs/adr/0001.md')).toBe('# Use git\r\n\r\n## Context\r\n\r\nIt hurts.\r\n\r\n## Decision\r\n\r\n[[fill: Decision]]\r\n');
  });

  it.each([['a frozen spec', 'docs/specs/PROJ-7/spec.md', 1, 'spec-frozen'], ['no document', 'README.md', 2, 'governs'], ['a path outside', '../x.md', 2, 'governs'], ['a file that is not there', 'docs/adr/0002.md', 2, 'absence of docs/adr/0002.md']])('refuses %s', (_name, path, status, message) => {
    const before = sandbox.git(cwd, 'status', '--short');
    const answer = run('section', '--title', 'More', '--path', path);
    expect(answer.status).toBe(status);
    expect(answer.output).toContain(message);
    expect(sandbox.git(cwd, 'status', '--short')).toBe(before);
  });
});
