import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { pin } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, paste, SPEC, status, workspace, WORKSPACE } from './fixture.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const TITLES = ['Reports API', 'yes', '12:30', `"quoted" and 'single'`, 'a | b & c: d # e', '# heading', '- item', '$& $1 $$', '<% throw 1 %> <%= it %>', '🎉 größer', '{a: b}', '@at `tick`', '-- x -->', '*alias', '%YAML 1.1', '~', '[[fill: x]'];

describe('new spec and new idea', () => {
  it('write drafts that check accepts, and say what to commit', () => {
    const repository = workspace(sandbox);
    const answer = ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--title', 'Reports API', '--capability', 'reports']);
    expect(answer).toMatchObject({ created: [`${FOLDER}/spec.md`], path: `${FOLDER}/spec.md`, ticket: 'PROJ-7', next_action: { argv: ['sh', '-c', expect.stringContaining(`git add -- ${FOLDER}/spec.md && `)] } });
    ask(sandbox, repository, ['new', 'idea', '--title', 'Partners pull reports']);
    expect(ask(sandbox, repository, ['check', '--all']).findings.filter((finding: { severity: string }) => finding.severity === 'error')).toEqual([]);
    done(paste(sandbox, answer.next_action));
    expect(status(sandbox, repository)).toBe(`?? ${FOLDER}/idea.md\n`);
  });

  it('keep every title as it was given', () => {
    const repository = workspace(sandbox);
    const kept = TITLES.map((title, index) => {
      const { path } = ask(sandbox, repository, ['new', 'spec', '--ticket', `T-${index}`, `--title=${title}`]);
      return parse(/^---\n(.*?)\n---\n/s.exec(sandbox.read(repository, path))?.[1] ?? '').title;
    });
    expect(kept).toEqual(TITLES);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: SPEC });
    const tasks = ask(sandbox, repository, ['new', 'tasks', '--ticket', 'PROJ-7', `--title=${TITLES[3]}`, `--why=${TITLES[4]}`, '--dry-run']).edits[0].content;
    expect(parse(tasks.split('\n---\n')[0]).goal).toEqual({ title: TITLES[3], why: TITLES[4] });
    expect(ask(sandbox, repository, ['check', '--all'])).toMatchObject({ ok: true });
  });

  it('work in folders with spaces and quotes, from a subfolder', () => {
    const repository = workspace(sandbox, `it's a "repo" & more`);
    mkdirSync(join(sandbox.root, repository, 'docs/some where'), { recursive: true });
    const { next_action } = ask(sandbox, `${repository}/docs/some where`, ['new', 'spec', '--ticket', 'PROJ-7', '--title', `It's "x"`]);
    done(paste(sandbox, next_action));
    expect(status(sandbox, repository)).toBe('');
  });

  it.each([
    [['new'], 'unknown-kind'],
    [['new', 'spek', '--title', 'x'], 'unknown-kind'],
    [['new', 'spec', '--ticket', 'PROJ-7'], 'input'],
    [['new', 'spec', '--ticket', 'PROJ-7', '--title', '  '], 'input'],
    [['new', 'spec', '--ticket', 'PROJ-7', '--title', 'a\nb'], 'input'],
    [['new', 'spec', '--ticket', 'PROJ-7', '--title', 'x', '--capability', 'Big One'], 'input'],
    [['new', 'spec', '--ticket', 'PROJ-7', '--title', 'two', 'words'], 'usage'],
    [['new', 'spec', '--ticket', 'PROJ-7', '--title', 'x', '--color'], 'usage'],
    [['new', 'spec', '--ticket', '../../etc', '--title', 'x'], 'ticket-form'],
    [['new', 'spec', '--ticket', 'PROJ', '--title', 'x'], 'ticket-form'],
    [['new', 'spec', '--ticket', '123', '--title', 'x'], 'ticket-form'],
    [['new', 'spec', '--title', 'x'], 'ticket-missing'],
    [['new', 'tasks', '--ticket', 'PROJ-7'], 'spec-missing'],
    [['new', 'tasks', '--ticket', 'PROJ-7', '--node', 'Big One'], 'spec-missing'],
    [['new', 'change', '--ticket', 'PROJ-7', '--impact', 'additive', '--title', 'x'], 'ticket-unknown'],
    [['new', 'change', '--ticket', 'PROJ-7', '--title', 'x'], 'input'],
    [['new', 'change', '--ticket', 'PROJ-7', '--impact', 'huge', '--title', 'x'], 'input'],
    [['new', 'directory'], 'usage'],
    [['new', 'directory', '../x'], 'path-outside'],
    [['new', 'directory', 'src/auth'], 'directory-unknown'],
  ])('%j is wrong use and writes nothing', (args, code) => {
    const repository = workspace(sandbox);
    const { error } = ask(sandbox, repository, args, 2);
    expect(error).toMatchObject({ code, message: expect.stringMatching(/^Unexpected|^Unknown/), hint: expect.stringMatching(/\S/) });
    expect(status(sandbox, repository)).toBe('');
  });

  it('leave a file that exists as it is', () => {
    const repository = workspace(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: 'mine' });
    expect(ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--title', 'x'], 2).error).toMatchObject({ code: 'exists', message: expect.stringContaining(`${FOLDER}/spec.md`) });
    expect(sandbox.read(repository, `${FOLDER}/spec.md`)).toBe('mine');
  });

  it('show the edits in a dry run and write nothing', () => {
    const repository = workspace(sandbox);
    const { edits, created } = ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--title', 'x', '--dry-run']);
    expect([edits.length, created, status(sandbox, repository)]).toEqual([1, [], '']);
    expect(edits[0]).toMatchObject({ path: `${FOLDER}/spec.md`, content: expect.stringContaining('ticket: PROJ-7\ntitle: x\n') });
    expect(sandbox.treework(repository, 'new', 'spec', '--ticket', 'PROJ-7', '--title', 'x', '--dry-run').stdout).toContain(`would create ${FOLDER}/spec.md\n+---\n+ticket: PROJ-7`);
  });

  it('refuse an id that another branch, the archive or another worktree has in other letters', () => {
    const repository = workspace(sandbox);
    sandbox.git(repository, 'switch', '-q', '-c', 'other');
    sandbox.write(repository, { 'docs/specs/proj-7/spec.md': SPEC.replace('PROJ-7', 'proj-7'), 'docs/specs/ARCHIVED/OLD-1/spec.md': SPEC.replace('PROJ-7', 'OLD-1') });
    commitAll(sandbox, repository);
    sandbox.git(repository, 'switch', '-q', 'main');
    expect(ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--title', 'x'], 2).error.code).toBe('ticket-case');
    expect(ask(sandbox, repository, ['new', 'spec', '--ticket', 'OLD-1', '--title', 'x'], 2).error.code).toBe('ticket-archived');
    expect(ask(sandbox, repository, ['new', 'spec', '--ticket', 'old-1', '--title', 'x'], 2).error.code).toBe('ticket-case');
    sandbox.git(repository, 'worktree', 'add', '-q', '../tree', '-b', 'third');
    sandbox.write('tree', { 'docs/specs/New-1/idea.md': 'not committed' });
    expect(ask(sandbox, repository, ['new', 'spec', '--ticket', 'NEW-1', '--title', 'x'], 2).error.code).toBe('ticket-case');
    expect(status(sandbox, repository)).toBe('');
  });

  it('never write through a symbolic link', () => {
    const repository = workspace(sandbox);
    mkdirSync(join(sandbox.root, 'outside'));
    symlinkSync(join(sandbox.root, 'outside'), join(sandbox.root, repository, 'docs'));
    expect(ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--title', 'x'], 2).error.code).toBe('symlink');
    expect(sandbox.exists('outside', 'specs')).toBe(false);
  });

  it('need a WORKSPACE.md that can be read', () => {
    const repository = sandbox.repository('bare');
    expect(ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--title', 'x'], 2).error).toMatchObject({ code: 'not-governed', hint: 'treework init' });
    sandbox.write(repository, { 'WORKSPACE.md': '---\ntreework: [1\n---\n' });
    expect(ask(sandbox, repository, ['new', 'spec', '--ticket', 'PROJ-7', '--title', 'x'], 2).error.code).toBe('workspace-invalid');
  });

  it('write in the words and the layout of this workspace', () => {
    const repository = workspace(sandbox, 'repo', '---\ntreework: 1\nlayout: {specs: "spec folder"}\nrequirements: {keywords: [MUSS], given: [ANGENOMMEN], when: [WENN], then: [DANN]}\ntickets: {prefix: GH}\n---\n');
    expect(ask(sandbox, repository, ['new', 'spec', '--ticket', '12', '--title', 'Berichte']).path).toBe('spec folder/GH-12/spec.md');
    expect(sandbox.read(repository, 'spec folder/GH-12/spec.md')).toMatch(/MUSS .*\n(.*\n)*- \*\*ANGENOMMEN\*\*.*\n- \*\*WENN\*\*.*\n- \*\*DANN\*\*/);
    expect(sandbox.treework(repository, 'check').status).toBe(0);
  });
});

describe('new tasks', () => {
  it('pins the text as git stores it, and the commit of both is accepted', () => {
    const repository = workspace(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: SPEC });
    const answer = ask(sandbox, repository, ['new', 'tasks', '--why', 'Partners pull reports', '--node', 'red', '--node', 'build,docs']);
    expect(answer).toMatchObject({ pin: pin(SPEC), created: [`${FOLDER}/tasks.md`], ticket: 'PROJ-7' });
    expect(sandbox.read(repository, `${FOLDER}/tasks.md`)).toContain(`title: Reports API\n  why: Partners pull reports\nspec: ${pin(SPEC)}\nnodes:\n  - id: red\n  - id: build\n  - id: docs\n`);
    done(paste(sandbox, answer.next_action));
    expect(status(sandbox, repository)).toBe('');
    expect(ask(sandbox, repository, ['check', '--all']).findings).toEqual([]);
  });

  it('pins the same text under CRLF, ident and clean filters', () => {
    const repository = workspace(sandbox);
    sandbox.write(repository, { '.gitattributes': '*.md text eol=crlf ident\n', [`${FOLDER}/spec.md`]: `${SPEC}\n$Id: 123 $\n`.replaceAll('\n', '\r\n') });
    const answer = ask(sandbox, repository, ['new', 'tasks', '--why', 'x']);
    expect(answer.pin).toBe(pin(`${SPEC}\n$Id$\n`));
    commitAll(sandbox, repository);
    sandbox.git(repository, 'rm', '-q', '-r', '--cached', '.');
    sandbox.git(repository, 'reset', '-q', '--hard');
    expect(sandbox.read(repository, `${FOLDER}/spec.md`)).toContain('401\r\n');
    expect(ask(sandbox, repository, ['check', '--all']).findings).toEqual([]);
  });

  it.each([
    ['an unfilled place', SPEC.replace('401', '[[fill: code]]')],
    ['a missing title', SPEC.replace('title: Reports API\n', '')],
    ['broken YAML', SPEC.replace('title: Reports API', 'title: [')],
    ['another ticket', SPEC.replace('ticket: PROJ-7', 'ticket: PROJ-8')],
  ])('refuses a spec with %s and writes nothing', (_, spec) => {
    const repository = workspace(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: spec });
    commitAll(sandbox, repository);
    const { findings } = ask(sandbox, repository, ['new', 'tasks'], 1);
    expect(findings[0]).toMatchObject({ severity: 'error', path: `${FOLDER}/spec.md` });
    expect(status(sandbox, repository)).toBe('');
    const { stdout } = sandbox.treework(repository, 'new', 'tasks');
    expect(stdout).toContain('cannot be frozen');
  });

  it('leaves a workflow that exists as it is', () => {
    const repository = workspace(sandbox);
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: 'mine' });
    expect(ask(sandbox, repository, ['new', 'tasks'], 2).error.code).toBe('exists');
    expect(sandbox.read(repository, `${FOLDER}/tasks.md`)).toBe('mine');
  });

  it('refuses a spec that git ignores', () => {
    const repository = workspace(sandbox);
    sandbox.write(repository, { '.gitignore': 'docs/\n', [`${FOLDER}/spec.md`]: SPEC });
    expect(ask(sandbox, repository, ['new', 'tasks'], 2).error).toMatchObject({ code: 'spec-missing', hint: expect.stringContaining('check-ignore') });
  });
});

describe('new directory', () => {
  const text = WORKSPACE.replace('treework: 1', 'treework: 1\ndirectories:\n  "src/*": [README.md, CLAUDE.md, .editorconfig, ARCHIVED/]');

  it('makes what is missing, and nothing twice', () => {
    const repository = workspace(sandbox, 'repo', text);
    sandbox.write(repository, { 'src/auth/README.md': 'mine' });
    mkdirSync(join(sandbox.root, repository, 'src/auth/ARCHIVED'));
    const { created, next_action } = ask(sandbox, `${repository}/src`, ['new', 'directory', 'auth/']);
    expect(created).toEqual(['src/auth/CLAUDE.md', 'src/auth/.editorconfig', 'src/auth/ARCHIVED/.gitkeep']);
    done(paste(sandbox, next_action));
    expect(sandbox.read(repository, 'src/auth/CLAUDE.md')).toMatch(/^# CLAUDE of auth\n\n\[\[fill: .*\]\]\n$/);
    expect(sandbox.read(repository, 'src/auth/README.md')).toBe('mine');
    expect(ask(sandbox, repository, ['new', 'directory', 'src/auth']).created).toEqual([]);
    expect(sandbox.treework(repository, 'new', 'directory', 'src/auth').stdout).toBe('src/auth holds everything it must\n');
    commitAll(sandbox, repository.concat(''));
    expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  });

  it('leaves nothing behind when one of the files cannot be written', () => {
    const repository = workspace(sandbox, 'repo', text);
    mkdirSync(join(sandbox.root, repository, 'src/auth'), { recursive: true });
    writeFileSync(join(sandbox.root, repository, 'src/auth/claude.md'), 'mine');
    expect(ask(sandbox, repository, ['new', 'directory', 'src/auth'], 2).error.code).toBe('case-collision');
    expect(status(sandbox, repository)).toBe('?? src/auth/claude.md\n');
  });
});
