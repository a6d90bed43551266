import { chmodSync, cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pin, tasksOf } from './harness/governed.ts';
import { PACKAGE_ROOT, Sandbox, type Answer } from './harness/sandbox.ts';

/** The reference parsers, the pattern matcher and the judge of own schemas: for findings, edits and texts that are not ordinary. */
const SLOW = ['yaml-authority.cjs', 'markdown-authority.cjs', 'glob-authority.cjs', 'commit-authority.cjs', 'schema-authority.cjs'];
const ORDINARY = `
## Why

Partners ask for *reports*; see [the forum](https://example.com/forum "asked twice") and \`GET /reports\`.

> It should be quick, and \`401\` is a status, not a text.

1. First this:
   - a nested point
   - [ ] and a task

| format | size |
|--------|-----:|
| CSV    | 10   |

\`\`\`ts
## not a heading
const report = await get('/reports');
\`\`\`

<!-- a remark -->

## Requirements

### Requirement: Token validation

The system SHALL reject expired tokens with HTTP 401, and **never** with a redirect.

#### Scenario: Expired token

- **GIVEN** a token whose exp is in the past
- **WHEN** it is sent to any endpoint
- **THEN** the system responds with HTTP 401
`;
const spec = (ticket: string, title = 'Reports API') => `---\nticket: ${ticket}\ntitle: ${title}\nkeywords: [SHALL, "MUST"] # as agreed\n---\n${ORDINARY}`;
const RECORD = `---
title: Tell how long to wait
impact: additive
status: accepted
history:
  - {to: proposed, by: impl-1, at: 2026-11-20T10:00:00Z}
  - to: accepted
    by: "review-1"
    at: 2026-11-20T11:00:00Z
---
## ADDED Requirements

### Requirement: Retry

The system SHALL say in Retry-After how long to wait.

#### Scenario: Too many

- **GIVEN** a client past its limit
- **WHEN** it asks again
- **THEN** the answer says how many seconds to wait

## Task impact

Covered by \`build\`.
`;

/** Ten ordinary documents. */
const TEN: Readonly<Record<string, string>> = Object.fromEntries([
  ...[1, 2, 3, 4].flatMap((number) => [
    [`docs/specs/AB-${number}/spec.md`, spec(`AB-${number}`)],
    [`docs/specs/AB-${number}/tasks.md`, tasksOf(spec(`AB-${number}`), `AB-${number}`)],
  ]),
  ['docs/specs/AB-1/changes/001-retry.md', RECORD],
  ['docs/specs/AB-2/nodes/build.md', `---\nnode: build\nstatus: in_progress\nhistory:\n  - {to: in_progress, by: impl-1, at: 2099-01-01T00:00:00Z, spec: ${pin(spec('AB-2'))}}\n---\n`],
]);

let sandbox: Sandbox;
let repository: string;
beforeEach(() => {
  sandbox = new Sandbox();
  repository = sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\nrules:\n  requirement-unique: error\n---\n\n# How we work\n', 'README.md': '# Example\n' });
});
afterEach(() => sandbox.remove());

function stageTen(): void {
  sandbox.write(repository, TEN);
  sandbox.git(repository, 'add', '.');
}

describe('without the slow parsers', () => {
  function lean(...args: readonly string[]): Answer {
    const dist = join(sandbox.root, 'dist');
    cpSync(join(PACKAGE_ROOT, 'dist'), dist, { recursive: true });
    for (const name of SLOW) rmSync(join(dist, name));
    return sandbox.run(process.execPath, [join(dist, 'cli.cjs'), ...args], { cwd: repository });
  }

  it('a clean commit passes', () => {
    stageTen();
    expect(lean('hook', 'pre-commit')).toMatchObject({ status: 0, output: '' });
  });

  it('a clean audit passes, of what is committed and what is not', () => {
    stageTen();
    expect(lean('check', '--all')).toMatchObject({ status: 0, stdout: 'ok: 11 documents in 4 tickets checked\n' });
    sandbox.git(repository, 'commit', '-q', '-m', 'docs: plan');
    expect(lean('check', '--all')).toMatchObject({ status: 0, stdout: 'ok: 11 documents in 4 tickets checked\n' });
  });

  it('nothing but the language server loads what speaks its protocol', () => {
    const dist = join(PACKAGE_ROOT, 'dist');
    const speaks = (name: string) => readFileSync(join(dist, name), 'utf8').includes('textDocument/publishDiagnostics');
    expect(readdirSync(dist).filter((name) => /\.[cm]js$/.test(name) && speaks(name)).map((name) => name.replace(/-[\w-]{8}\.cjs$/, ''))).toEqual(['language-server']);
    SLOW.push(...readdirSync(dist).filter((name) => name.startsWith('language-server-')));
    try {
      stageTen();
      for (const args of [['check', '--all'], ['hook', 'pre-commit'], ['why', 'WORKSPACE.md'], ['help', 'all']]) expect(lean(...args).status).toBe(0);
      expect(lean('lsp').status).toBe(255);
    } finally {
      SLOW.pop();
    }
  });

  it('documents of kinds that treework ships pass too, and those of own kinds without a schema', () => {
    const kinds = 'kinds:\n  knowledge: {}\n  adr: {path: "docs/adr/{{number}}-{{slug}}.md", sections: [Why], unique: [number], tokens: 2000}\n';
    sandbox.write(repository, { 'WORKSPACE.md': `---\ntreework: 1\n${kinds}---\n`, 'docs/knowledge/timeouts.md': '---\ntitle: It drops connections\nkind: pitfall\n---\nAfter 30 s.\n', 'docs/adr/0001-use-git.md': `# Use git\n${ORDINARY}` });
    sandbox.git(repository, 'add', '.');
    expect(lean('hook', 'pre-commit')).toMatchObject({ status: 0, output: '' });
    expect(lean('check', '--all')).toMatchObject({ status: 0, stdout: 'ok: 3 documents in 0 tickets checked\n' });
    sandbox.write(repository, { '.treework/schemas/adr.schema.json': '{"type": "object"}' });
    sandbox.git(repository, 'add', '.');
    expect(lean('check', '--staged')).toMatchObject({ status: 255, stderr: expect.stringContaining('schema-authority') });
  });

  it('but a text that is not ordinary needs one: the test would notice', () => {
    sandbox.write(repository, { 'docs/specs/AB-1/spec.md': spec('AB-1').replace('title: Reports API', 'title: >-\n  Reports\n  API') });
    sandbox.git(repository, 'add', '.');
    expect(lean('hook', 'pre-commit')).toMatchObject({ status: 255, stderr: expect.stringContaining('yaml-authority') });
  });
});

describe('git is started', () => {
  /** How often a command starts git, itself counted where it is git. */
  function starts(program: string, args: readonly string[]): number {
    const real = sandbox.run('sh', ['-c', 'command -v git']).stdout.trim();
    const count = join(sandbox.root, 'count');
    sandbox.write('', { count: '', 'counting/git': `#!/bin/sh\necho "$*" >>'${count}'\nexec '${real}' "$@"\n` });
    chmodSync(join(sandbox.root, 'counting/git'), 0o755);
    const answer = sandbox.run(program, args, { cwd: repository, env: { PATH: `${join(sandbox.root, 'counting')}:${sandbox.env.PATH}` } });
    expect(answer.status, answer.output).toBe(0);
    return sandbox.read('', 'count').split('\n').length - 1;
  }

  it('seldom for a commit of ten documents, launcher included', () => {
    expect(sandbox.treework(repository, 'init', '--yes').status).toBe(0);
    stageTen();
    expect(starts('.git/treework/hooks/pre-commit', [])).toBeLessThanOrEqual(8);
  });

  it('once more for links to other tickets, however many there are', () => {
    expect(sandbox.treework(repository, 'init', '--yes').status).toBe(0);
    sandbox.write(repository, Object.fromEntries([5, 6, 7].map((number) => [`docs/specs/AB-${number}/spec.md`, spec(`AB-${number}`)])));
    sandbox.git(repository, 'add', '.');
    sandbox.git(repository, 'commit', '-q', '-m', 'docs: begin');
    stageTen();
    const without = starts('.git/treework/hooks/pre-commit', []);
    const links = [5, 6, 7].map((number) => `[one](../AB-${number}/spec.md#requirements), [two](../AB-${number}/spec.md#why)`).join(' ');
    sandbox.write(repository, Object.fromEntries([1, 2, 3, 4].map((number) => [`docs/specs/AB-${number}/idea.md`, `---\nticket: AB-${number}\ntitle: Reports\n---\n${links} [root](../../../README.md)\n`])));
    sandbox.git(repository, 'add', '.');
    expect(starts('.git/treework/hooks/pre-commit', [])).toBeLessThanOrEqual(without + 1);
  });

  it('twice where nothing governed is staged, once the launcher knows what is', () => {
    expect(sandbox.treework(repository, 'init', '--yes').status).toBe(0);
    stageTen();
    sandbox.git(repository, 'commit', '-q', '-m', 'docs: plan');
    sandbox.write(repository, { 'README.md': '# Other\n' });
    sandbox.git(repository, 'add', '.');
    starts('.git/treework/hooks/pre-commit', []);
    expect(starts('.git/treework/hooks/pre-commit', [])).toBe(2);
  });

  it('not for every commit of a long range', () => {
    stageTen();
    sandbox.git(repository, 'commit', '-q', '-m', 'docs: plan');
    const commits = Array.from({ length: 300 }, (_, index) => {
      const text = RECORD.replace('Tell how long', `Tell the ${index}th time how long`).replace(/\n {2}- to: accepted[\s\S]*?\n---/, '\n---').replace('status: accepted', 'status: proposed');
      const path = `docs/specs/AB-1/changes/${String(index + 2).padStart(3, '0')}-retry.md`;
      const content = text.replace('Requirement: Retry', `Requirement: Retry ${index}`);
      const message = `docs: propose ${index}`;
      return `commit refs/heads/main\ncommitter Dev <dev@example.com> ${1_700_000_000 + index} +0000\ndata ${message.length}\n${message}\n${index === 0 ? 'from refs/heads/main^0\n' : ''}M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`;
    });
    expect(sandbox.run('git', ['fast-import', '--quiet', '--force'], { cwd: repository, input: commits.join('') })).toMatchObject({ status: 0 });
    expect(sandbox.git(repository, 'rev-list', '--count', 'main').trim()).toBe('302');
    expect(starts('treework', ['check', '--from', 'main~300', '--to', 'main', '--ref', 'main'])).toBeLessThanOrEqual(60);
  });
});
