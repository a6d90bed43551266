import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';

const ADR = (title: string, status: string, more = '') => `---\ntitle: ${title}\nstatus: ${status}\n${more}---\n# ${title}\n\n## Context\n`;
const sandbox = new Sandbox();
const cwd = 'repo';

beforeAll(() => {
  sandbox.repository(cwd, {
    'WORKSPACE.md': '---\ntreework: 1\n---\n',
    'docs/adr/README.md': '# Decisions\n',
    'docs/adr/0001-use-git.md': ADR('Use git', 'accepted'),
    'docs/adr/0002-use-pipes.md': ADR('"A | B & C"', 'accepted', 'tags: [shell, unix]\n'),
    'docs/adr/0003-use-make.md': ADR('Use make', 'proposed'),
    'docs/adr/0004-use-more.md': ADR('Use more', 'proposed').replaceAll('\n', '\r\n'),
  });
});
afterAll(() => sandbox.remove());
const run = (...args: string[]) => sandbox.treework(cwd, ...args);

it('new kind makes schema, template and entry from files, and all of them pass', () => {
  const shown = run('new', 'kind', 'adr', '--from', 'docs/adr/*.md', '--dry-run');
  expect(shown.stdout).toContain('would create .treework/schemas/adr.schema.json');
  expect(sandbox.git(cwd, 'status', '--short')).toBe('');
  const made = JSON.parse(run('new', 'kind', 'adr', '--from', 'docs/adr/*.md', '--json').stdout);
  expect(made).toMatchObject({ ok: true, kind: 'adr', pattern: 'docs/adr/{{number}}-{{slug}}.md', sections: ['Context'], unique: ['number'] });
  expect(run('check')).toMatchObject({ status: 0, stdout: 'ok: 5 documents in 0 tickets checked\n' });
  const next = run('new', 'adr', '--title', 'Use | everywhere');
  expect(next.stdout).toContain('docs/adr/0005-use-everywhere.md');
  expect(run('check')).toMatchObject({ status: 0 });
});

describe('new kind refuses', () => {
  it.each<[string, string[], string]>([
    ['a name that is taken', ['adr', '--from', 'docs/*.md'], 'second kind adr'],
    ['a name of the core', ['spec', '--from', 'docs/adr/*.md'], 'none that has a meaning already'],
    ['a name that is shipped', ['plan', '--from', 'docs/adr/*.md'], 'new plan switches it on'],
    ['a pattern outside the repository', ['memo', '--from', '../*.md'], 'inside the repository'],
    ['files that have a kind', ['memo', '--from', 'docs/adr/000*.md'], 'matches no file without a kind'],
    ['neither files nor a path', ['memo'], '--path'],
  ])('%s', (_name, args, message) => {
    const before = sandbox.git(cwd, 'status', '--short', '--untracked-files=all');
    expect(run('new', 'kind', ...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
    expect(sandbox.git(cwd, 'status', '--short', '--untracked-files=all')).toBe(before);
  });

  it('what files are not readable, with their places', () => {
    sandbox.write(cwd, { 'memos/a.md': '---\ntitle: a\n---\n', 'memos/b.md': '---\ntitle: a\ntitle: b\n---\n' });
    const refused = run('new', 'kind', 'memo', '--from', 'memos/*.md');
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('memos/b.md:3:1');
    expect(refused.stdout).toContain('nothing was written');
  });
});

describe('list', () => {
  const paths = (...where: string[]) => JSON.parse(run('list', 'adr', ...where.flatMap((one) => ['--where', one]), '--json').stdout).documents.map((one: { path: string }) => one.path.slice('docs/adr/'.length, 'docs/adr/0001'.length));

  it('finds by frontmatter, by what the path says, and by several conditions', () => {
    expect(paths()).toEqual(['0001', '0002', '0003', '0004', '0005']);
    expect(paths('status=accepted')).toEqual(['0001', '0002']);
    expect(paths('number>2', 'title~MORE')).toEqual(['0004']);
    expect(paths('status=accepted,tags=unix')).toEqual(['0002']);
    expect(paths('path~make')).toEqual(['0003']);
  });

  it('refuses a key that is none, with the nearest', () => {
    expect(run('list', 'adr', '--where', 'statsu=x')).toMatchObject({ status: 2, stderr: expect.stringContaining('--where status=…') });
    expect(run('list', 'adr', '--where', 'status').status).toBe(2);
    expect(run('list', 'adl')).toMatchObject({ status: 2, stderr: expect.stringContaining('did you mean treework list adr?') });
    expect(run('list', 'plan')).toMatchObject({ status: 2, stderr: expect.stringContaining('treework new plan switches it on') });
  });

  it('never hides a document that is broken', () => {
    sandbox.write(cwd, { 'docs/adr/0006-broken.md': ADR('Broken', 'banana'), 'docs/adr/0007-worse.md': '---\ntitle: [\n---\n' });
    const listed = run('list', 'adr', '--where', 'status=accepted');
    expect(listed.status).toBe(0);
    expect(listed.stdout).toContain('docs/adr/0006-broken.md:3  broken: Unexpected value `banana` for `status`');
    expect(listed.stdout).toMatch(/docs\/adr\/0007-worse\.md:\d  broken: /);
    expect(listed.stdout).toContain('2 of 7 documents of kind adr; 2 cannot be read as adr');
    expect(JSON.parse(run('list', 'adr', '--json').stdout).broken).toHaveLength(2);
  });

  it('knows the core’s kinds too', () => {
    expect(run('list', 'spec').stdout).toBe('0 of 0 documents of kind spec\n');
  });
});

describe('codegen', () => {
  it('writes the types once, and says when they are stale', () => {
    expect(run('codegen', '--check')).toMatchObject({ status: 1, stdout: expect.stringContaining('.treework/types/kinds.ts') });
    expect(run('codegen').status).toBe(0);
    expect(sandbox.read(cwd, '.treework/types/kinds.ts')).toContain('export interface Adr {\n  title: string;\n  status: "accepted" | "proposed";\n  tags?: string[];\n');
    expect(run('codegen', '--check')).toMatchObject({ status: 0 });
    expect(run('codegen', '--out', '../elsewhere').status).toBe(2);
    sandbox.write(cwd, { '.treework/schemas/adr.schema.json': '{' });
    expect(run('codegen')).toMatchObject({ status: 2, stderr: expect.stringContaining('.treework/schemas/adr.schema.json:1') });
  });
});
