import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeOf, pin } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, frozen, paste, SPEC, status, twoRequirements } from './fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const PROPOSE = ['new', 'change', '--impact', 'additive', '--title'] as const;
const EDITED = SPEC.replace('expired tokens', 'expired and revoked tokens');

/** A proposed record with nothing left to fill in, made from an edit. */
function propose(repository: string, spec = EDITED): string {
  sandbox.write(repository, { [`${FOLDER}/spec.md`]: spec });
  const { path } = ask(sandbox, repository, ['new', 'change', '--from-edit', '--by', 'impl-1']);
  sandbox.write(repository, { [path]: sandbox.read(repository, path).replace(/\[\[fill: .*\]\]/, 'build is done again') });
  commitAll(sandbox, repository);
  return path;
}

describe('new change', () => {
  it.each([
    ['additive', [], ['## ADDED Requirements', '## Task impact']],
    ['blocking', ['--blocks', 'build'], ['## ADDED Requirements', '## Task impact']],
    ['replacing', [], ['## MODIFIED Requirements', '## REMOVED Requirements', '## RENAMED Requirements', '## Task impact']],
  ])('%s scaffolds the sections of its class, as a draft that check accepts', (impact, more, sections) => {
    const repository = frozen(sandbox);
    const answer = ask(sandbox, repository, ['new', 'change', '--impact', impact, ...more, '--title', 'Revised "auth": flow', '--reason', 'it: was', '--by', 'impl-1']);
    expect(answer).toMatchObject({ path: `${FOLDER}/changes/001-revised-auth-flow.md`, requirements: [{ name: 'Token validation' }] });
    const text = sandbox.read(repository, answer.path);
    expect(text.split('\n').filter((line) => line.startsWith('## '))).toEqual(sections);
    expect(text).toMatch(/status: proposed\nreason: "it: was"\n(blocks:\n {2}- build\n)?history:\n {2}- to: proposed\n {4}by: impl-1\n {4}at: "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"\n---\n/);
    expect(ask(sandbox, repository, ['check', '--all']).ok).toBe(true);
    done(paste(sandbox, answer.next_action));
    expect(status(sandbox, repository)).toBe('');
  });

  it('gives the next number over all branches, remote ones, the archive and work trees', () => {
    const repository = frozen(sandbox);
    const next = () => ask(sandbox, repository, [...PROPOSE, 'x', '--dry-run']).path.slice(`${FOLDER}/changes/`.length);
    expect(next()).toBe('001-x.md');
    sandbox.git(repository, 'switch', '-q', '-c', 'other');
    sandbox.write(repository, { [`${FOLDER}/changes/008-a.md`]: 'x' });
    commitAll(sandbox, repository);
    sandbox.git(repository, 'switch', '-q', 'main');
    expect(next()).toBe('009-x.md');
    sandbox.git(repository, 'update-ref', 'refs/remotes/origin/theirs', 'other');
    sandbox.git(repository, 'branch', '-q', '-D', 'other');
    expect(next()).toBe('009-x.md');
    sandbox.git(repository, 'worktree', 'add', '-q', '../a tree', '-b', 'third');
    sandbox.write('a tree', { [`${FOLDER}/changes/009-uncommitted.md`]: 'x' });
    expect(next()).toBe('010-x.md');
    sandbox.write(repository, { [`${FOLDER}/changes/999-here.md`]: 'x' });
    expect(next()).toBe('1000-x.md');
  });

  it.each([
    ['Größe & Çédille', '001-grosse-cedille.md'],
    ['日本語', '001-change.md'],
    ['../../../etc/passwd', '001-etc-passwd.md'],
    ['a very long title that goes on and on and on and on', '001-a-very-long-title-that-goes-on-and-on.md'],
    ['x'.repeat(80), `001-${'x'.repeat(40)}.md`],
  ])('names the file of %j after it', (title, name) => {
    const repository = frozen(sandbox);
    expect(ask(sandbox, repository, [...PROPOSE, title, '--dry-run']).path).toBe(`${FOLDER}/changes/${name}`);
  });

  it.each([
    [['--impact', 'blocking', '--title', 'x'], 'input'],
    [['--impact', 'blocking', '--title', 'x', '--blocks', 'biuld'], 'input'],
    [['--impact', 'additive'], 'input'],
    [['--impact', 'additive', '--title', 'x', '--by', ' '], 'actor'],
    [['--from-edit'], 'no-edit'],
  ])('%j is wrong use and writes nothing', (args, code) => {
    const repository = frozen(sandbox);
    expect(ask(sandbox, repository, ['new', 'change', ...args], 2).error.code).toBe(code);
    expect(status(sandbox, repository)).toBe('');
  });

  it('is not scaffolded beside an edit of the frozen spec', () => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED });
    expect(ask(sandbox, repository, [...PROPOSE, 'x'], 2).error).toMatchObject({ code: 'spec-edited', hint: expect.stringContaining('--from-edit') });
  });

  it('is for a frozen spec alone', () => {
    const repository = frozen(sandbox);
    ask(sandbox, repository, ['unfreeze']);
    expect(ask(sandbox, repository, [...PROPOSE, 'x'], 2).error).toMatchObject({ code: 'not-frozen', hint: expect.stringContaining(`edit ${FOLDER}/spec.md`) });
  });

  it('loses no record when several processes propose at once', async () => {
    const repository = frozen(sandbox);
    const titles = ['same', 'same', 'same', 'other', 'third'];
    const exits = await Promise.all(titles.map((title) => start(repository, [...PROPOSE, title, '--reason', title])));
    const written = readdirSync(join(sandbox.root, repository, FOLDER, 'changes'));
    expect(exits).toEqual([0, 0, 0, 0, 0]);
    expect(written).toHaveLength(5);
    for (const name of written) expect(sandbox.read(repository, `${FOLDER}/changes/${name}`)).toContain(`reason: ${name.slice(4, -3)}\n`);
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it('leaves whole files or none when it is killed', async () => {
    const repository = frozen(sandbox);
    for (const after of [60, 90, 120, 150]) await start(repository, [...PROPOSE, `after ${after}`], after);
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
    expect(status(sandbox, repository)).not.toContain('tmp');
    expect(ask(sandbox, repository, [...PROPOSE, 'last']).ok).toBe(true);
  });
});

describe('new change --from-edit', () => {
  it('finishes what a killed run began: the record is there, the spec not restored yet, and one record is enough', () => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED });
    const { path } = ask(sandbox, repository, ['new', 'change', '--from-edit']);
    const record = sandbox.read(repository, path);
    // As a kill between the two renames leaves it.
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED });
    const again = ask(sandbox, repository, ['new', 'change', '--from-edit', '--title', 'Another name']);
    expect(again).toMatchObject({ record: path, restored: `${FOLDER}/spec.md` });
    expect(sandbox.read(repository, `${FOLDER}/spec.md`)).toBe(SPEC);
    expect(sandbox.read(repository, path)).toBe(record);
    expect(readdirSync(join(sandbox.root, repository, FOLDER, 'changes'))).toHaveLength(1);
    done(paste(sandbox, again.next_action));
    expect(status(sandbox, repository)).toBe('');
  });

  it('turns the edit into a record and puts the frozen text back', () => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED });
    expect(sandbox.treework(repository, 'check').output).toContain('new change --ticket PROJ-7 --from-edit');
    const answer = ask(sandbox, repository, ['new', 'change', '--from-edit']);
    expect(answer).toMatchObject({ impact: 'replacing', restaged: false, created: [`${FOLDER}/changes/001-change-token-validation.md`], changed: [`${FOLDER}/spec.md`] });
    expect(sandbox.read(repository, `${FOLDER}/spec.md`)).toBe(SPEC);
    expect(sandbox.read(repository, answer.path)).toMatch(/\n## MODIFIED Requirements\n### Requirement: Token validation\nWas: sha256:[^]*\n- build: Token validation\n$/);
    expect([answer.faults, sandbox.treework(repository, 'change', 'accept', '001', '--by', 'review-1', '--dry-run').status]).toEqual([[], 0]);
    done(paste(sandbox, answer.next_action));
    expect(status(sandbox, repository)).toBe('');
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it('restages what was staged, so that git commit works', () => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED, 'other.txt': 'not mine' });
    sandbox.git(repository, 'add', FOLDER);
    const { path, restaged } = ask(sandbox, repository, ['new', 'change', '--from-edit', '--title', 'Revoked tokens']);
    expect([path, restaged]).toEqual([`${FOLDER}/changes/001-revoked-tokens.md`, true]);
    expect(status(sandbox, repository)).toBe(`A  ${path}\n?? other.txt\n`);
    expect(sandbox.treework(repository, 'check', '--staged').status).toBe(0);
    sandbox.git(repository, 'commit', '-q', '-m', 'docs: propose');
  });

  it('mends an edit that somebody committed', () => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED });
    commitAll(sandbox, repository);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED.replace('401', '403') });
    commitAll(sandbox, repository);
    const { next_action } = ask(sandbox, repository, ['new', 'change', '--from-edit', '--title', 'Web edit']);
    done(paste(sandbox, next_action));
    expect([sandbox.read(repository, `${FOLDER}/spec.md`), status(sandbox, repository)]).toEqual([SPEC, '']);
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it('restores line ends as a checkout does', () => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { '.gitattributes': '*.md text eol=crlf\n' });
    commitAll(sandbox, repository);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED.replaceAll('\n', '\r\n') });
    const { path } = ask(sandbox, repository, ['new', 'change', '--from-edit']);
    expect(sandbox.read(repository, `${FOLDER}/spec.md`)).toBe(SPEC.replaceAll('\n', '\r\n'));
    expect(sandbox.git(repository, 'diff', '--stat')).toBe('');
    expect(sandbox.read(repository, path)).toContain('revoked');
  });

  it('names what changed in the title, and infers the impact', () => {
    const repository = frozen(sandbox, `it's "here"`);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: twoRequirements() });
    const answer = ask(sandbox, repository, ['new', 'change', '--from-edit']);
    expect(answer).toMatchObject({ impact: 'additive', path: `${FOLDER}/changes/001-add-rate-limit.md` });
    expect(sandbox.read(repository, answer.path)).toContain('## ADDED Requirements\n### Requirement: Rate limit\n');
  });

  it('keeps an edit that accepted records have overtaken as a draft to mend', () => {
    const repository = frozen(sandbox);
    propose(repository);
    ask(sandbox, repository, ['change', 'accept', '1', '--by', 'review-1']);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: SPEC.replace('401', '403') });
    const { faults, path, next_action } = ask(sandbox, repository, ['new', 'change', '--from-edit', '--by', 'impl-1']);
    expect([faults.map((fault: { rule: string }) => fault.rule), next_action.description]).toEqual([['change-record-target'], expect.stringContaining('mend the record')]);
    expect(sandbox.read(repository, `${FOLDER}/spec.md`)).toBe(SPEC);
    expect(ask(sandbox, repository, ['change', 'accept', '2', '--by', 'review-1'], 1).findings[0]).toMatchObject({ rule: 'placeholder-unfilled', severity: 'error', path });
    sandbox.write(repository, { [path]: sandbox.read(repository, path).replace(/\[\[fill: .*\]\]/, 'none') });
    expect(ask(sandbox, repository, ['change', 'accept', '2', '--by', 'review-1'], 1).findings[0].rule).toBe('change-record-target');
  });

  it.each([
    ['frontmatter', SPEC.replace('title: Reports API', 'title: Other'), 'edit-unsaid'],
    ['blank lines alone', SPEC.replace('## Requirements\n', '## Requirements\n\n\n') + '\n\n', 'no-difference'],
    ['broken frontmatter', SPEC.replace('title: Reports API', 'title: ['), 'spec-invalid'],
  ])('refuses an edit of %s and changes nothing', (_, spec, code) => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: spec });
    expect(ask(sandbox, repository, ['new', 'change', '--from-edit'], 2).error.code).toBe(code);
    expect([sandbox.read(repository, `${FOLDER}/spec.md`), status(sandbox, repository)]).toEqual([spec, ` M ${FOLDER}/spec.md\n`]);
  });

  it('says so when the frozen text was never committed', () => {
    const repository = frozen(sandbox);
    const tasks = sandbox.read(repository, `${FOLDER}/tasks.md`).replace(pin(SPEC), pin('lost'));
    sandbox.write(repository, { [`${FOLDER}/tasks.md`]: tasks });
    expect(ask(sandbox, repository, ['new', 'change', '--from-edit'], 2).error).toMatchObject({ code: 'frozen-text-missing', hint: expect.stringContaining('unfreeze') });
  });

  it('changes nothing in a dry run', () => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED });
    expect(ask(sandbox, repository, ['new', 'change', '--from-edit', '--dry-run']).edits).toHaveLength(2);
    expect(status(sandbox, repository)).toBe(` M ${FOLDER}/spec.md\n`);
    expect(sandbox.treework(repository, 'new', 'change', '--from-edit', '--dry-run').stdout).toMatch(/would change .*spec\.md\n@@ line 10 @@\n-The system SHALL reject expired and revoked/);
  });
});

describe('change accept, reject, revert', () => {
  it('is done by another actor, in one lossless write', () => {
    const repository = frozen(sandbox);
    const path = propose(repository);
    sandbox.write(repository, { [path]: sandbox.read(repository, path).replace('status: proposed', 'status: proposed # soon').replaceAll('\n', '\r\n') });
    const { next_action } = ask(sandbox, repository, ['change', 'accept', '001', '--by', 'review-1', '--reason', 'agreed: yes', '--ticket', 'PROJ-7']);
    const text = sandbox.read(repository, path);
    expect(text).toContain('status: accepted # soon\r\n');
    expect(text).toMatch(/ {2}- to: accepted\r\n {4}by: review-1\r\n {4}at: "[^"]+"\r\n {4}reason: "agreed: yes"\r\n---\r\n/);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    done(paste(sandbox, next_action));
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it('is refused to the author, with who may', () => {
    const repository = frozen(sandbox);
    const path = propose(repository);
    const { findings } = ask(sandbox, repository, ['change', 'accept', '1', '--by', 'impl-1'], 1);
    expect(findings).toMatchObject([{ rule: 'change-record-immutable', path, message: expect.stringContaining('impl-1') }]);
    expect(status(sandbox, repository)).toBe('');
  });

  it('is refused while places are unfilled', () => {
    const repository = frozen(sandbox);
    const { path } = ask(sandbox, repository, [...PROPOSE, 'x']);
    const { findings } = ask(sandbox, repository, ['change', 'accept', '1', '--by', 'review-1'], 1);
    expect(findings.map((finding: { rule: string; path: string }) => [finding.rule, finding.path])).toContainEqual(['placeholder-unfilled', path]);
    expect(sandbox.read(repository, path)).toContain('status: proposed');
    expect(ask(sandbox, repository, ['change', 'reject', '1', '--by', 'review-1']).status).toBe('rejected');
  });

  it('is refused when the spec has moved on under it', () => {
    const repository = frozen(sandbox);
    propose(repository);
    propose(repository, SPEC.replace('401', '403'));
    ask(sandbox, repository, ['change', 'accept', '1', '--by', 'review-1']);
    const { findings } = ask(sandbox, repository, ['change', 'accept', '2', '--by', 'review-1'], 1);
    expect(findings[0].rule).toBe('change-record-target');
  });

  it('reverts what nothing builds on, and names what does', () => {
    const repository = frozen(sandbox);
    propose(repository, twoRequirements());
    ask(sandbox, repository, ['change', 'accept', '1', '--by', 'review-1']);
    commitAll(sandbox, repository);
    const [first] = readdirSync(join(sandbox.root, repository, FOLDER, 'changes')) as [string];
    const { requirements } = ask(sandbox, repository, ['new', 'change', '--impact', 'replacing', '--title', 'x', '--dry-run']);
    const rate = requirements.find((one: { name: string }) => one.name === 'Rate limit');
    const second = `${FOLDER}/changes/002-slower.md`;
    const body = `\n## REMOVED Requirements\n\n### Requirement: Rate limit\n\nWas: ${rate.digest}\n\n## Task impact\n\nnone\n`;
    sandbox.write(repository, { [second]: `---\ntitle: Slower\nimpact: replacing\nstatus: proposed\nhistory:\n  - {to: proposed, by: impl-1, at: 2026-01-01T00:00:00Z}\n---\n${body}` });
    ask(sandbox, repository, ['change', 'accept', '2', '--by', 'review-1']);
    commitAll(sandbox, repository);
    const { findings } = ask(sandbox, repository, ['change', 'revert', '1', '--by', 'review-1'], 1);
    expect(JSON.stringify(findings)).toContain('002-slower');
    expect(status(sandbox, repository)).toBe('');
    ask(sandbox, repository, ['change', 'revert', '002-slower.md', '--by', 'impl-1', '--reason', 'no']);
    ask(sandbox, repository, ['change', 'revert', `${FOLDER}/changes/${first}`, '--by', 'impl-1']);
    commitAll(sandbox, repository);
    expect(ask(sandbox, repository, ['change', 'list']).changes.map((one: { status: string }) => one.status)).toEqual(['reverted', 'reverted']);
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it.each([
    [['change'], 'usage'],
    [['change', 'approve', '1'], 'usage'],
    [['change', 'accept'], 'usage'],
    [['change', 'accept', '1', '2'], 'usage'],
    [['change', 'accept', '7'], 'change-unknown'],
    [['change', 'revert', '1'], 'change-status'],
  ])('%j is wrong use', (args, code) => {
    const repository = frozen(sandbox);
    propose(repository);
    expect(ask(sandbox, repository, args, 2).error.code).toBe(code);
    expect(status(sandbox, repository)).toBe('');
  });

  it('keeps what documents say out of commands and terminals', () => {
    const repository = frozen(sandbox);
    const path = propose(repository);
    sandbox.write(repository, { [path]: sandbox.read(repository, path).replace(/^title: .*/m, 'title: "\\e[31m$(touch pwned)\\n\'; touch pwned"') });
    expect(sandbox.treework(repository, 'change', 'list').stdout).toContain('\\x1b[31m$(touch pwned)\\x0a');
    const { next_action } = ask(sandbox, repository, ['change', 'accept', '1', '--by', 'review-1']);
    expect(next_action.command).not.toContain('pwned');
  });

  it('is wrong use on a record that cannot be read', () => {
    const repository = frozen(sandbox);
    const path = propose(repository);
    sandbox.write(repository, { [path]: '---\ntitle: [\n---\n' });
    expect(ask(sandbox, repository, ['change', 'accept', '1', '--by', 'review-1'], 2).error).toMatchObject({ code: 'change-invalid', message: expect.stringContaining(`${path}:`) });
  });

  it('wants one record: a number that two have is ambiguous', () => {
    const repository = frozen(sandbox);
    const path = propose(repository);
    const twin = `${FOLDER}/changes/001-twin.md`;
    sandbox.write(repository, { [twin]: sandbox.read(repository, path) });
    const { error } = ask(sandbox, repository, ['change', 'accept', '001', '--by', 'review-1'], 2);
    expect(error).toMatchObject({ code: 'change-ambiguous', message: expect.stringContaining('001-change-token-validation, 001-twin') });
    expect(ask(sandbox, repository, ['change', 'reject', '001-twin', '--by', 'review-1']).change).toBe('001-twin');
  });
});

describe('freeze and unfreeze', () => {
  it('open and pin the spec again, each in a commit of its own', () => {
    const repository = frozen(sandbox);
    const before = sandbox.read(repository, `${FOLDER}/tasks.md`);
    done(paste(sandbox, ask(sandbox, repository, ['unfreeze']).next_action));
    expect(ask(sandbox, repository, ['unfreeze']).changed).toEqual([]);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED });
    done(paste(sandbox, ask(sandbox, repository, ['freeze']).next_action));
    expect(sandbox.read(repository, `${FOLDER}/tasks.md`)).toBe(before.replace(pin(SPEC), `"${pin(EDITED)}"`));
    expect(ask(sandbox, repository, ['freeze']).changed).toEqual([]);
    expect([status(sandbox, repository), sandbox.treework(repository, 'check', '--all').status]).toEqual(['', 0]);
  });

  it('do not pin an edit of a frozen spec', () => {
    const repository = frozen(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: EDITED });
    expect(ask(sandbox, repository, ['freeze'], 2).error).toMatchObject({ code: 'frozen', hint: expect.stringContaining('--from-edit') });
    ask(sandbox, repository, ['unfreeze']);
    expect(ask(sandbox, repository, ['freeze'], 1).findings[0]).toMatchObject({ rule: 'spec-frozen' });
  });

  it('unfreeze is refused once a node has a record, on any branch', () => {
    const repository = frozen(sandbox);
    sandbox.git(repository, 'switch', '-q', '-c', 'other');
    sandbox.write(repository, { [`${FOLDER}/nodes/build.md`]: nodeOf(SPEC) });
    commitAll(sandbox, repository);
    sandbox.git(repository, 'switch', '-q', 'main');
    expect(ask(sandbox, repository, ['unfreeze'], 2).error).toMatchObject({ code: 'work-started', message: expect.stringContaining('build.md') });
    expect(status(sandbox, repository)).toBe('');
  });

  it('freeze refuses what new tasks refuses', () => {
    const repository = frozen(sandbox);
    ask(sandbox, repository, ['unfreeze']);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: SPEC.replace('title: Reports API\n', '') });
    expect(ask(sandbox, repository, ['freeze'], 1).findings[0].path).toBe(`${FOLDER}/spec.md`);
    expect(sandbox.read(repository, `${FOLDER}/tasks.md`)).toContain("spec: ''\n".replace("''", '""'));
  });
});

/** A treework that runs beside others; answers its exit status, -1 when it was killed. */
function start(repository: string, args: readonly string[], killAfter?: number): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/cli.cjs'), ...args, '--json'], { cwd: join(sandbox.root, repository), env: sandbox.env, stdio: 'ignore' });
    if (killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('exit', (code) => resolve(code ?? -1));
  });
}
