import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { ticketReadme } from '../../src/workflow/ticket-readme.ts';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { expectDone, traceNode } from '../hooks/fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const PATH = 'docs/specs/PROJ-7/tasks.md';
const TASKS = `---
ticket: PROJ-7
goal: {title: Ship the reports API, why: Partners pull reports}
spec: ''
nodes:
  - {id: build, scope: ["src/**"]}
---
`;
const withNode = (node: string) => TASKS.replace(/---\n$/, `  - ${node}\n---\n`);
const [OURS, THEIRS] = [withNode('{id: docs, type: human}'), withNode('{id: lint, type: command, command: npm run lint}')];
/** What both sides wrote, in the order of the names. */
const MERGED = OURS.replace(/---\n$/, '  - {id: lint, type: command, command: npm run lint}\n---\n');
const [TITLE_A, TITLE_B] = [TASKS.replace('Ship the reports API', 'Ship it'), TASKS.replace('Ship the reports API', 'Ship all of it')];

interface Versions {
  readonly base?: string;
  readonly ours?: string;
  readonly theirs?: string;
  readonly path?: string;
  readonly init?: readonly string[];
  readonly configured?: boolean;
}

/** Branches `main` and `side`, each with one change of the same document, on `main`. */
function branched({ base = TASKS, ours = OURS, theirs = THEIRS, path = PATH, init = [], configured = true }: Versions = {}): string {
  sandbox.run('mkdir', ['repo']);
  sandbox.git('repo', 'init', '-q', ...init);
  sandbox.write('repo', { 'README.md': '# Example\n' });
  sandbox.git('repo', 'add', '.');
  sandbox.git('repo', 'commit', '-q', '-m', 'chore: begin');
  expectDone(sandbox.treework('repo', 'init', '--yes'));
  if (!configured) expectDone(sandbox.run('sh', ['-c', 'cp .gitattributes ../kept && treework uninstall && mv ../kept .gitattributes'], { cwd: 'repo' }));
  else expectDone(sandbox.treework('repo', 'off'));
  commit({ [path]: base });
  sandbox.git('repo', 'checkout', '-q', '-b', 'side');
  commit({ [path]: theirs });
  sandbox.git('repo', 'checkout', '-q', 'main');
  commit({ [path]: ours });
  if (configured) expectDone(sandbox.treework('repo', 'on'));
  return 'repo';
}

function commit(files: Record<string, string>): void {
  sandbox.write('repo', files);
  sandbox.git('repo', 'add', '.');
  sandbox.git('repo', 'commit', '-q', '--no-verify', '-m', 'docs: change');
}

const git = (...args: string[]) => sandbox.run('git', args, { cwd: 'repo' });
const read = (path = PATH) => sandbox.read('repo', path);
const unmerged = () => git('diff', '--name-only', '--diff-filter=U').stdout;
const leftovers = () => readdirSync(join(sandbox.root, 'repo/.git/treework')).filter((name) => name.startsWith('merge'));

describe('two branches that plain git cannot merge', () => {
  it('are merged by git merge, both ways round to the same bytes, with nothing left behind', () => {
    branched();
    expect(git('merge', '-q', '--no-edit', 'side')).toMatchObject({ status: 0, stderr: '' });
    expect(read()).toBe(MERGED);
    expect(leftovers()).toEqual(['merge-driver.sh']);
    expect(git('status', '--porcelain').stdout).toBe('');
    sandbox.git('repo', 'checkout', '-q', '-b', 'other', 'side');
    expect(git('merge', '-q', '--no-edit', 'main~1')).toMatchObject({ status: 0 });
    expect(read()).toBe(MERGED);
  });

  it('are merged by rebase, where git exchanges the sides, by cherry-pick, revert, stash pop and merge-tree', () => {
    branched();
    const tree = sandbox.git('repo', 'merge-tree', '--write-tree', 'main', 'side').trim();
    expect(sandbox.git('repo', 'cat-file', 'blob', `${tree}:${PATH}`)).toBe(MERGED);
    sandbox.git('repo', 'checkout', '-q', '-b', 'rebased', 'side');
    expect(git('rebase', '-q', 'main').status).toBe(0);
    expect(read()).toBe(MERGED);
    expect(git('revert', '--no-edit', 'HEAD~1').status).toBe(0);
    expect(read()).toBe(THEIRS);
    sandbox.git('repo', 'checkout', '-q', '-b', 'picked', 'main');
    expect(git('cherry-pick', 'side').status).toBe(0);
    expect(read()).toBe(MERGED);
    sandbox.git('repo', 'checkout', '-q', '-b', 'stashed', 'main~1');
    sandbox.write('repo', { [PATH]: THEIRS });
    sandbox.git('repo', 'stash', '-q');
    sandbox.git('repo', 'merge', '-q', '--ff-only', 'main');
    expect(git('stash', 'pop').status).toBe(0);
    expect(read()).toBe(MERGED);
  });

  it('are merged in a linked worktree, in a repository with SHA-256, at a path with spaces and quotes, with CRLF', () => {
    branched({ init: ['--object-format=sha256'] });
    sandbox.git('repo', 'worktree', 'add', '-q', '../two words', '-b', 'two', 'side');
    expect(sandbox.run('git', ['merge', '-q', '--no-edit', 'main'], { cwd: 'two words' })).toMatchObject({ status: 0, stderr: '' });
    expect(sandbox.read('two words', PATH)).toBe(MERGED);
  });

  it('are merged at a path with spaces and quotes, with CRLF', () => {
    const path = `docs/specs/PROJ-7/attachments/it's "a" $(touch x) plan.md`;
    const windows = (text: string) => text.replaceAll('\n', '\r\n');
    branched({ path, base: windows(TASKS), ours: windows(OURS), theirs: windows(THEIRS) });
    expect(git('merge', '-q', '--no-edit', 'side')).toMatchObject({ status: 0, stderr: '' });
    expect(read(path)).toBe(windows(MERGED));
    expect(sandbox.exists('repo', 'x')).toBe(false);
  });

  it('are merged without node where one side changed the frontmatter and the other the body', () => {
    branched({ base: `${TASKS}\none\n`, ours: `${TASKS}\ntwo\n`, theirs: `${THEIRS}\none\n` });
    const started = traceNode(sandbox, 'repo');
    expect(git('merge', '-q', '--no-commit', 'side').status).toBe(0);
    expect(read()).toBe(`${THEIRS}\ntwo\n`);
    expect(started()).toBe(0);
  });

  it('ask node where both changed the frontmatter, though git would merge the text', () => {
    const [ours, theirs] = [TASKS.replace('ticket: PROJ-7\n', 'ticket: PROJ-7\nx-note: a\n'), TASKS.replace(/---\n$/, 'x-note: b\n---\n')];
    branched({ ours, theirs });
    const started = traceNode(sandbox, 'repo');
    expect(git('merge', '-q', 'side').status).toBe(1);
    expect(started()).toBe(1);
    expect(read()).toContain('<<<<<<< ');
    const { problems } = parseDocument(Buffer.from(read().replaceAll(/^(?:<{7}|={7}|>{7}).*\n/gm, '')));
    expect(problems[0]?.message).toContain('second key `x-note`');
  });
});

describe('a derived README that both sides made anew', () => {
  const README = 'docs/specs/PROJ-7/README.md';
  const [first, ours, theirs] = ['{id: review, type: human}', '{id: docs, type: human}', '{id: lint, type: command, command: npm run lint}'];
  const tasks = (...nodes: string[]) => TASKS.replace(/---\n$/, `${nodes.map((node) => `  - ${node}\n`).join('')}---\n`);
  const pageOf = (text: string) => ticketReadme({ ticket: 'PROJ-7', spec: { title: 'Reports API' }, tasks: parseDocument(Buffer.from(text)).data ?? {} }) ?? '';
  const both = (text: string) => ({ [PATH]: text, [README]: pageOf(text) });

  function pages(): void {
    branched();
    commit({ 'docs/specs/PROJ-7/spec.md': '---\nticket: PROJ-7\ntitle: Reports API\n---\n', ...both(tasks(first)) });
    sandbox.git('repo', 'checkout', '-q', '-B', 'side');
    commit(both(tasks(first, theirs)));
    sandbox.git('repo', 'checkout', '-q', 'main');
    commit(both(tasks(first, ours)));
  }

  it('is made anew from the merged plan: in a merge, a rebase and a cherry-pick', () => {
    pages();
    const fresh = pageOf(tasks(first, ours, theirs));
    const text = sandbox.run('git', ['-c', 'merge.treework.driver=git merge-file %A %O %B', 'merge', '-q', 'side'], { cwd: 'repo' });
    expect(text.stdout).toContain(README);
    sandbox.git('repo', 'merge', '--abort');
    sandbox.git('repo', 'branch', 'kept');
    expect(git('merge', '-q', '--no-edit', 'side').status).toBe(0);
    expect(read(README)).toBe(fresh);
    sandbox.git('repo', 'checkout', '-q', 'side');
    expect(git('rebase', '-q', 'kept').status).toBe(0);
    expect(read(README)).toBe(fresh);
  });

  it('is text where the plans conflict themselves, or where a person wrote it', () => {
    pages();
    commit(both(tasks(first, ours.replace('docs', 'lint'))));
    expect(git('merge', '-q', 'side').status).toBe(1);
    expect(read(README)).toMatch(/^<{7} /m);
    sandbox.git('repo', 'merge', '--abort');
    commit({ [README]: '# Ours\n' });
    expect(git('merge', '-q', 'side').status).toBe(1);
    expect(read(README)).toMatch(/^<{7} /m);
  });
});

describe('branches that merged crosswise', () => {
  it('are merged on what both bases say', () => {
    branched();
    sandbox.git('repo', 'branch', 'crossed', 'side');
    expect(git('merge', '-q', '--no-edit', 'side').status).toBe(0);
    sandbox.git('repo', 'checkout', '-q', 'crossed');
    expect(git('merge', '-q', '--no-edit', 'main~1').status).toBe(0);
    commit({ [PATH]: MERGED.replace('src/**', 'lib/**') });
    sandbox.git('repo', 'checkout', '-q', 'main');
    commit({ [PATH]: MERGED.replace('Ship the reports API', 'Ship it') });
    expect(sandbox.git('repo', 'merge-base', '--all', 'main', 'crossed').trim().split('\n')).toHaveLength(2);
    expect(git('merge', '-q', '--no-edit', 'crossed').status).toBe(0);
    expect(read()).toBe(MERGED.replace('Ship the reports API', 'Ship it').replace('src/**', 'lib/**'));
  });

  it('are merged as text where their bases contradict each other', () => {
    branched({ ours: TITLE_A, theirs: TITLE_B });
    const both = TASKS.replace('Ship the reports API', 'Ship it all');
    const settle = (branch: string, other: string, text: string) => {
      sandbox.git('repo', 'checkout', '-q', branch);
      expect(git('merge', '-q', '--no-commit', other).status).toBe(1);
      commit({ [PATH]: text });
    };
    sandbox.git('repo', 'branch', 'crossed', 'side');
    settle('crossed', 'main', both);
    settle('main', 'side', both.replace('src/**', 'lib/**'));
    expect(git('merge', '-q', '--no-edit', 'crossed').status).toBeLessThan(2);
    expect(read()).toMatch(/src\/\*\*|lib\/\*\*/);
    if (unmerged() === '') expect(read()).toBe(both.replace('src/**', 'lib/**'));
    else expect(read()).toMatch(/<{7} [^]*={7}[^]*>{7} /);
  });
});

describe('a real conflict', () => {
  it('is left in the one line, git says so, check names it with its line, and no commit goes through', () => {
    branched({ ours: TITLE_A, theirs: TITLE_B });
    expect(git('merge', 'side')).toMatchObject({ status: 1, stdout: expect.stringContaining('CONFLICT'), stderr: expect.stringContaining(`1 conflict in ${PATH}`) });
    expect(unmerged()).toBe(`${PATH}\n`);
    const answer = sandbox.treework('repo', 'check', PATH);
    expect(answer).toMatchObject({ status: 1, stdout: expect.stringMatching(new RegExp(`${PATH}:3:1 .*frontmatter-valid`)) });
    sandbox.git('repo', 'add', '.');
    expect(git('commit', '-q', '--no-edit')).toMatchObject({ status: 1, stderr: expect.stringContaining('conflict marker') });
  });

  it('keeps both sides in a rebase too', () => {
    branched({ ours: TITLE_A, theirs: TITLE_B });
    sandbox.git('repo', 'checkout', '-q', 'side');
    expect(git('rebase', '-q', 'main').status).toBe(1);
    expect(read()).toMatch(/<<<<<<< .*\ngoal: \{title: Ship it, .*\n=======\ngoal: \{title: Ship all of it, .*\n>>>>>>> /);
  });

  it('shows the common ancestor where merge.conflictStyle asks for it, with marks as long as the attribute says', () => {
    branched({ ours: TITLE_A, theirs: TITLE_B });
    sandbox.git('repo', 'config', 'merge.conflictStyle', 'diff3');
    sandbox.write('repo', { '.git/info/attributes': '*.md conflict-marker-size=9\n' });
    expect(git('merge', '-q', 'side').status).toBe(1);
    expect(read()).toMatch(/^<{9} .*\ngoal: .*Ship it.*\n\|{9} .*\ngoal: .*reports API.*\n={9}\n.*\n>{9} /m);
  });

  it('about a deletion or a mode is git\'s own', () => {
    branched();
    sandbox.git('repo', 'rm', '-q', PATH);
    sandbox.git('repo', 'commit', '-q', '--no-verify', '-m', 'docs: drop');
    expect(git('merge', '-q', 'side')).toMatchObject({ status: 1, stdout: expect.stringContaining('modify/delete') });
    expect(read()).toBe(THEIRS);
  });
});

describe('without what it needs', () => {
  it('a teammate who never installed treework merges as plain text', () => {
    branched({ base: `${TASKS}\none\n`, ours: `${TASKS}\ntwo\n`, theirs: `${THEIRS}\none\n`, configured: false });
    expect(git('merge', '-q', '--no-edit', 'side')).toMatchObject({ status: 0, stderr: '' });
    expect(read()).toBe(`${THEIRS}\ntwo\n`);
  });

  it('and sees a plain conflict where text conflicts', () => {
    branched({ configured: false });
    expect(git('merge', '-q', 'side').status).toBe(1);
    expect(read()).toMatch(/<{7} HEAD\n.*docs.*\n={7}\n.*lint.*\n>{7} side\n/);
  });

  it('driver program missing: never our text alone without marks, and a note', () => {
    branched();
    const settings = sandbox.read('repo', '.git/treework/settings.sh');
    sandbox.write('repo', { '.git/treework/settings.sh': settings.replace(/treework_cli=.*/, "treework_cli='/nowhere/cli.cjs'") });
    expect(git('merge', '-q', 'side')).toMatchObject({ status: 1, stderr: expect.stringContaining('git merged it as text') });
    expect(unmerged()).toBe(`${PATH}\n`);
    expect(read()).toMatch(/<{7} [^]*id: docs[^]*={7}[^]*id: lint[^]*>{7} /);
  });

  it('its folder deleted, as it may be at any time: plain text', () => {
    branched();
    rmSync(join(sandbox.root, 'repo/.git/treework'), { recursive: true });
    expect(git('merge', '-q', 'side').status).toBe(1);
    expect(unmerged()).toBe(`${PATH}\n`);
    expect(read()).toMatch(/<{7} [^]*id: docs[^]*={7}[^]*id: lint[^]*>{7} /);
  });

  it('killed in the middle: the file holds both sides, and git says that it is not merged', () => {
    branched();
    sandbox.write('', { 'killer': '#!/bin/sh\nkill -9 $PPID\nsleep 1\n' });
    chmodSync(join(sandbox.root, 'killer'), 0o755);
    const settings = sandbox.read('repo', '.git/treework/settings.sh');
    sandbox.write('repo', { '.git/treework/settings.sh': settings.replace(/treework_node=.*/, `treework_node='${join(sandbox.root, 'killer')}'`) });
    expect(git('merge', '-q', 'side').status).not.toBe(0);
    expect(unmerged()).toBe(`${PATH}\n`);
    expect(read()).toMatch(/<{7} [^]*id: docs[^]*={7}[^]*id: lint[^]*>{7} /);
    expect(leftovers()).toHaveLength(2);
    expectDone(sandbox.treework('repo', 'hooks'));
    expect(leftovers()).toEqual(['merge-driver.sh']);
    sandbox.git('repo', 'merge', '--abort');
    expect(git('merge', '-q', '--no-edit', 'side').status).toBe(0);
    expect(read()).toBe(MERGED);
  });

  it('switched off: plain text', () => {
    branched();
    expectDone(sandbox.treework('repo', 'off'));
    expect(git('merge', '-q', 'side').status).toBe(1);
    expect(read()).toMatch(/<{7} [^]*id: docs[^]*={7}[^]*id: lint[^]*>{7} /);
  });
});

describe('doctor', () => {
  const complaints = () => (JSON.parse(sandbox.treework('repo', 'doctor', '--json').stdout).checks as { name: string; ok: boolean; message: string; mend?: string }[]).filter(({ name, ok }) => name === 'merge' && !ok).map(({ message, mend }) => `${message} | ${mend}`);

  it('finds attributes without a driver, a driver without its launcher, and a line that wins over ours', () => {
    branched();
    expect(complaints()).toEqual([]);
    sandbox.git('repo', 'config', '--remove-section', 'merge.treework');
    expect(complaints()).toEqual([expect.stringMatching(/absence of merge.treework.name .* \| treework hooks$/)]);
    expectDone(sandbox.treework('repo', 'doctor', '--fix'));
    expect(complaints()).toEqual([]);
    rmSync(join(sandbox.root, 'repo/.git/treework/merge-driver.sh'));
    expect(complaints()).toEqual([expect.stringMatching(/the launcher of the merge driver.* \| treework hooks$/)]);
    expectDone(sandbox.treework('repo', 'hooks'));
    sandbox.write('repo', { '.gitattributes': `${read('.gitattributes')}*.md merge=union\n` });
    expect(complaints()).toEqual([expect.stringContaining('attribute of WORKSPACE.md (merge=union), expected merge=treework')]);
    sandbox.write('repo', { '.gitattributes': '' });
    expect(complaints()).toEqual([expect.stringMatching(/absence of merge=treework for WORKSPACE.md.* \| treework init$/)]);
  });
});

describe('the verb', () => {
  it('says what it wants where it is called by hand', () => {
    branched();
    expect(sandbox.treework('repo', 'merge-driver', 'a', 'b')).toMatchObject({ status: 2, stderr: expect.stringContaining('expected BASE OURS THEIRS PATH') });
    expect(sandbox.treework('repo', 'merge-driver', 'a', 'b', 'c', PATH)).toMatchObject({ status: 2, stderr: expect.stringContaining('missing file a') });
    sandbox.write('repo', { a: '', b: 'x\0', c: 'y' });
    expect(sandbox.treework('repo', 'merge-driver', 'a', 'b', 'c', PATH)).toMatchObject({ status: 2, stderr: expect.stringContaining('no text') });
    expect(readdirSync(PACKAGE_ROOT).filter((name) => name.startsWith('merge-'))).toEqual([]);
  });
});
