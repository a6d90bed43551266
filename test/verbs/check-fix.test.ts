import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';

const WORKSPACE = `---
treework: 1
directories: {"src/*": [README.md, CLAUDE.md, ARCHIVED/, LICENSE]}
rules:
  readme-fresh: {required: true}
---
`;
const TASKS = `---
ticket: PROJ-7
goal: {title: Ship the reports API, why: Partners pull reports without CSV exports}
spec: ''
nodes: [{id: build}, {id: try-out, depends_on: [build]}]
---
`;
const README = 'docs/specs/PROJ-7/README.md';

let sandbox: Sandbox;
let repo: string;
beforeEach(() => {
  sandbox = new Sandbox();
  repo = sandbox.repository('repo', { 'WORKSPACE.md': WORKSPACE, 'src/api/index.ts': 'export {};\n', 'docs/specs/PROJ-7/tasks.md': TASKS });
});
afterEach(() => sandbox.remove());

function fix(...args: string[]) {
  return sandbox.treework(repo, 'check', '--fix', ...args);
}

describe('check --fix makes what is missing', () => {
  it('in directories: a heading and nothing else, and never a file of another kind', () => {
    const answer = fix();
    expect(answer.output).toMatch(/fixed: src\/api\/README\.md/);
    expect([sandbox.read(repo, 'src/api/README.md'), sandbox.read(repo, 'src/api/CLAUDE.md'), sandbox.read(repo, 'src/api/ARCHIVED/.gitkeep')]).toEqual(['# api\n', '# CLAUDE of api\n', '']);
    expect(sandbox.exists(repo, 'src/api/LICENSE')).toBe(false);
    expect(answer.output).toMatch(/Unexpected directory without LICENSE/);
    expect(answer.status).toBe(1);
  });

  it('and never overwrites what git does not see', () => {
    sandbox.write(repo, { '.gitignore': 'src/api/README.md\n', 'src/api/README.md': 'mine\n' });
    fix();
    expect(sandbox.read(repo, 'src/api/README.md')).toBe('mine\n');
  });

  it('and never follows a link', () => {
    sandbox.write('', { 'outside/keep': '' });
    symlinkSync(join(sandbox.root, 'outside/new.md'), join(sandbox.root, repo, 'src/api/README.md'));
    fix();
    expect(sandbox.exists('', 'outside/new.md')).toBe(false);
  });
});

describe('check --fix keeps the derived README', () => {
  it('writes it, writes it anew after the plan has changed, and removes it with the plan', () => {
    fix();
    const page = sandbox.read(repo, README);
    expect(page).toContain('n1 --> n2');
    sandbox.write(repo, { 'docs/specs/PROJ-7/tasks.md': TASKS.replace('depends_on: [build]', 'title: Try it out') });
    expect(sandbox.treework(repo, 'check').output).toContain('readme-fresh');
    fix();
    expect(sandbox.read(repo, README)).toContain('Try it out');
    sandbox.git(repo, 'add', '.');
    sandbox.write(repo, { 'docs/specs/PROJ-7/tasks.md': TASKS.replace(', {id: try-out, depends_on: [build]}', '') });
    fix();
    expect(sandbox.exists(repo, README)).toBe(false);
  });

  it('leaves one that a person writes', () => {
    sandbox.write(repo, { [README]: '# Ours\n' });
    fix();
    expect(sandbox.read(repo, README)).toBe('# Ours\n');
  });

  it('takes CRLF for no difference', () => {
    fix();
    const page = sandbox.read(repo, README).replaceAll('\n', '\r\n');
    sandbox.write(repo, { [README]: page });
    expect(fix().output).not.toContain(README);
    expect(sandbox.read(repo, README)).toBe(page);
  });

  it('is refused stale at commit, whatever else the commit holds', () => {
    expect(sandbox.treework(repo, 'init', '--yes').status).toBe(0);
    fix();
    sandbox.write(repo, { 'src/api/LICENSE': 'MIT\n' });
    sandbox.git(repo, 'add', '.');
    sandbox.git(repo, 'commit', '-q', '-m', 'docs: plan');
    sandbox.write(repo, { [README]: sandbox.read(repo, README).replace('build', 'built') });
    sandbox.git(repo, 'add', '.');
    expect(sandbox.run('git', ['commit', '-m', 'docs: change the page alone'], { cwd: repo })).toMatchObject({ status: 1, output: expect.stringContaining('readme-fresh') });
    fix();
    sandbox.git(repo, 'add', '.');
    expect(sandbox.git(repo, 'status', '--short')).toBe('');
  });
});

it('check --fix rewrites links in both directions after a move, and nothing else', () => {
  const record = '---\ntitle: A\nimpact: additive\nstatus: proposed\nhistory: [{to: proposed, by: a, at: 2026-11-20T10:00:00Z}]\n---\nSee [the plan](../tasks.md), `[not](../this.md)`.\n';
  sandbox.write(repo, { 'docs/specs/PROJ-7/changes/001-a.md': record, 'docs/specs/PROJ-8/idea.md': '---\nticket: PROJ-8\ntitle: B\n---\r\nAs in [the record](../PROJ-7/changes/001-a.md "why").\r\n' });
  sandbox.git(repo, 'add', '.');
  sandbox.git(repo, 'commit', '-q', '-m', 'docs: propose');
  sandbox.write(repo, { 'docs/specs/PROJ-8/changes/.gitkeep': '' });
  sandbox.git(repo, 'mv', 'docs/specs/PROJ-7/changes/001-a.md', 'docs/specs/PROJ-8/changes/001-a.md');
  expect(sandbox.treework(repo, 'check').output.match(/link-target/g)?.length).toBeGreaterThanOrEqual(2);
  const answer = fix();
  expect(answer.output).toContain('fixed: docs/specs/PROJ-8/idea.md');
  expect(answer.output).not.toContain('Unexpected link');
  expect(sandbox.read(repo, 'docs/specs/PROJ-8/changes/001-a.md')).toBe(record.replace('(../tasks.md)', '(../../PROJ-7/tasks.md)'));
  expect(sandbox.read(repo, 'docs/specs/PROJ-8/idea.md')).toBe('---\nticket: PROJ-8\ntitle: B\n---\r\nAs in [the record](changes/001-a.md "why").\r\n');
  expect(fix().output).not.toContain('fixed:');
});

it('check --fix invents nothing: placeholders, open points, duplicate numbers and hand-written progress are left', () => {
  const idea = '---\nticket: PROJ-7\ntitle: Reports\n---\n- [ ] TBD\n- [x] done [[fill: who]]\n';
  const record = '---\ntitle: A\nimpact: additive\nstatus: proposed\nhistory: [{to: proposed, by: a, at: 2026-11-20T10:00:00Z}]\n---\n';
  const files = { 'docs/specs/PROJ-7/idea.md': idea, 'docs/specs/PROJ-7/changes/001-a.md': record, 'docs/specs/PROJ-7/changes/001-b.md': record, 'docs/specs/PROJ-7/nodes/build.md': '---\nnode: build\nstatus: complete\nhistory: []\n---\n' };
  sandbox.write(repo, files);
  const before = sandbox.treework(repo, 'check', '--json').stdout;
  fix();
  for (const [path, text] of Object.entries(files)) expect(sandbox.read(repo, path)).toBe(text);
  expect(JSON.parse(before).findings.length).toBeGreaterThan(3);
});
