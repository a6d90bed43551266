import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, done, FOLDER, frozen, status, workspace } from '../verbs/fixture.ts';
import { demo } from './tickets.ts';

let sandbox: Sandbox;
let repository: string;
beforeEach(() => {
  sandbox = new Sandbox();
  repository = frozen(sandbox);
});
afterEach(() => sandbox.remove());

describe('viz', () => {
  it('writes one page where git never sees it, and says where', () => {
    const { url, path, ticket } = ask(sandbox, repository, ['viz', '--ticket', 'PROJ-7']);
    expect(ticket).toBe('PROJ-7');
    expect(fileURLToPath(url)).toBe(path);
    expect(readFileSync(path, 'utf8')).toContain('<h1 dir="auto">Reports API</h1>');
    expect(status(sandbox, repository)).toBe('');
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it('shows what is not committed yet', () => {
    const { spec } = JSON.parse(sandbox.treework(repository, 'list', 'tasks', '--json').stdout).documents[0].data;
    sandbox.write(repository, { [`${FOLDER}/nodes/build.md`]: `---\nnode: build\nstatus: in_progress\nhistory:\n  - {to: in_progress, by: impl-1, at: 2099-01-01T00:00:00Z, wave: 1, spec: "${spec}"}\n---\n` });
    expect(done(sandbox.treework(repository, 'viz', '--out', '-')).stdout).toMatch(/data-key="build"[^]*in progress/);
  });

  it('goes where it is told, over its own pages and over nothing else', () => {
    const at = `it's "here" & ñ.html`;
    ask(sandbox, repository, ['viz', '--out', at]);
    ask(sandbox, repository, ['viz', '--out', at]);
    expect(sandbox.read(repository, at)).toContain('</html>');
    sandbox.write(repository, { 'mine.html': '<!doctype html>\nmine' });
    expect(ask(sandbox, repository, ['viz', '--out', 'mine.html'], 2).error.code).toBe('exists');
    expect(sandbox.read(repository, 'mine.html')).toBe('<!doctype html>\nmine');
  });

  it('shows archived tickets', () => {
    sandbox.git(repository, 'mv', FOLDER, 'docs/specs/X');
    sandbox.write(repository, { 'docs/specs/ARCHIVED/.keep': '' });
    sandbox.git(repository, 'mv', 'docs/specs/X', 'docs/specs/ARCHIVED/PROJ-7');
    expect(done(sandbox.treework(repository, 'viz', '--ticket', 'PROJ-7', '--out', '-')).stdout).toContain('>archived</span>');
  });

  it('of a ticket that there is not is exit 2', () => {
    expect(ask(sandbox, repository, ['viz', '--ticket', 'PROJ-8'], 2).error.code).toBe('ticket-unknown');
  });

  it('the ticket of the pictures is one that the check accepts', () => {
    const files = Object.fromEntries(Object.entries(demo()).map(([name, text]) => [`${FOLDER}/${name}`, text]));
    const fresh = workspace(sandbox, 'fresh');
    sandbox.write(fresh, files);
    const { findings } = JSON.parse(sandbox.treework(fresh, 'check', '--all', '--json').stdout);
    expect(findings.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([]);
  });
});
