import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { commitAll, done, FOLDER, frozen } from '../verbs/fixture.ts';
import { decisionOn, fire } from './client.ts';

let sandbox: Sandbox;
let repository: string;
let root: string;

beforeEach(() => {
  sandbox = new Sandbox();
  repository = frozen(sandbox, "a repo's");
  root = join(sandbox.root, repository);
});

afterEach(() => sandbox.remove());

const edit = (path: string, old: string, now: string, tool = 'Edit') => decisionOn(fire(sandbox, 'PreToolUse', { cwd: root, tool_name: tool, tool_input: { file_path: join(root, path), old_string: old, new_string: now } }));
const write = (path: string, content: string) => decisionOn(fire(sandbox, 'PreToolUse', { cwd: root, tool_name: 'Write', tool_input: { file_path: join(root, path), content } }));
const bash = (command: string, cwd = root) => decisionOn(fire(sandbox, 'PreToolUse', { cwd, tool_name: 'Bash', tool_input: { command } }));

function plan(text: string): void {
  const file = join(root, FOLDER, 'tasks.md');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/nodes:\n[\s\S]*?---/, `nodes:\n${text}---`));
  commitAll(sandbox, repository);
}

describe('before an edit', () => {
  it('a frozen spec is kept, by every tool and by the shell, and the reason names the command', () => {
    const spec = `${FOLDER}/spec.md`;
    const text = readFileSync(join(root, spec), 'utf8');
    expect(edit(spec, 'SHALL', 'MAY')).toMatchObject({ allowed: false, reason: expect.stringContaining('new change --ticket PROJ-7') });
    expect(write(spec, `${text}\nmore\n`).allowed).toBe(false);
    expect(write(spec, text).allowed).toBe(true);
    expect(decisionOn(fire(sandbox, 'PreToolUse', { cwd: root, tool_name: 'MultiEdit', tool_input: { file_path: join(root, spec), edits: [{ old_string: 'SHALL', new_string: 'MAY' }] } })).allowed).toBe(false);
    for (const line of [`echo x >> ${spec}`, `sed -i s/SHALL/MAY/ ${FOLDER}/*.md`, `cd docs && rm specs/PROJ-7/spec.md`, `rm -rf docs`, `mv ${FOLDER} /tmp/x`, `node -e "fs.writeFileSync('${spec}','')"`]) expect([line, bash(line).allowed]).toEqual([line, false]);
    for (const line of [`cat ${spec}`, `git diff ${spec} > /tmp/x`, `treework next`, `cp ${spec} /tmp/x`]) expect([line, bash(line).allowed]).toEqual([line, true]);
    expect(bash('echo x >> spec.md', join(root, FOLDER)).allowed).toBe(false);
    symlinkSync(join(root, spec), join(root, 'link.md'));
    expect(edit('link.md', 'SHALL', 'MAY').allowed).toBe(false);
  });

  it('a spec that is not frozen is anybody’s to edit', () => {
    done(sandbox.treework(repository, 'unfreeze', '--ticket', 'PROJ-7'));
    expect(edit(`${FOLDER}/spec.md`, 'SHALL', 'MAY').allowed).toBe(true);
  });

  it('records are written by the verbs, their bodies by whoever writes', () => {
    done(sandbox.treework(repository, 'node', 'start', 'build', '--by', 'impl-1', '--commit'));
    const record = `${FOLDER}/nodes/build.md`;
    expect(edit(record, 'in_progress', 'complete').allowed).toBe(false);
    expect(write(record, `${readFileSync(join(root, record), 'utf8')}\nThe full account.\n`).allowed).toBe(true);
    expect(write(`${FOLDER}/nodes/other.md`, '---\nnode: other\nstatus: complete\n---\n').allowed).toBe(false);
    expect(bash(`sed -i s/in_progress/complete/ ${record}`).allowed).toBe(false);
    expect(edit(`${FOLDER}/tasks.md`, 'spec: sha256:', 'spec: sha256:0').allowed).toBe(false);
    expect(edit(`${FOLDER}/tasks.md`, 'nodes:', '# more\nnodes:').allowed).toBe(true);
  });

  it('the archive and decided change records do not change', () => {
    sandbox.write(repository, { 'docs/specs/ARCHIVED/OLD-1/spec.md': '---\nticket: OLD-1\ntitle: Old\n---\n', [`${FOLDER}/changes/001-x.md`]: '---\ntitle: X\nimpact: additive\nstatus: accepted\nhistory: []\n---\n', [`${FOLDER}/changes/002-y.md`]: '---\ntitle: Y\nimpact: additive\nstatus: proposed\nhistory: []\n---\n' });
    expect(edit('docs/specs/ARCHIVED/OLD-1/spec.md', 'Old', 'New').allowed).toBe(false);
    expect(write('docs/specs/ARCHIVED/OLD-1/new.md', 'x').allowed).toBe(false);
    expect(bash('rm -r docs/specs/ARCHIVED/OLD-1').allowed).toBe(false);
    expect(edit(`${FOLDER}/changes/001-x.md`, 'X', 'Z').allowed).toBe(false);
    expect(edit(`${FOLDER}/changes/002-y.md`, 'Y', 'Z').allowed).toBe(true);
  });

  it('work stays inside the scope of what is claimed here; ignored files are nobody’s', () => {
    plan('  - {id: build, scope: ["src/**"]}\n');
    sandbox.write(repository, { '.gitignore': 'out/\n' });
    expect(write('lib/x.ts', '').allowed).toBe(true);
    done(sandbox.treework(repository, 'node', 'start', 'build', '--by', 'impl-1', '--commit'));
    expect(write('src/deep/new/x.ts', '').allowed).toBe(true);
    expect(write('lib/x.ts', '')).toMatchObject({ allowed: false, reason: expect.stringContaining('outside the scope of build') });
    expect(write('out/x.js', '').allowed).toBe(true);
    const notebook = (path: string) => decisionOn(fire(sandbox, 'PreToolUse', { cwd: root, tool_name: 'NotebookEdit', tool_input: { notebook_path: join(root, path), new_source: 'x' } })).allowed;
    expect([notebook('src/x.ipynb'), notebook('lib/x.ipynb')]).toEqual([true, false]);
    expect(decisionOn(fire(sandbox, 'PreToolUse', { cwd: root, tool_name: 'Write', tool_input: { file_path: '/tmp/elsewhere.ts', content: '' } })).allowed).toBe(true);
    done(sandbox.treework(repository, 'node', 'done', 'build', '--by', 'impl-1', '--l0', 'It is there', '--commit'));
    expect(write('lib/x.ts', '').allowed).toBe(true);
  });

  it('C2: a node that asks for a plan makes no new file before it is approved', () => {
    plan('  - {id: build, scope: ["src/**"], plan: required}\n');
    sandbox.write(repository, { 'src/old.ts': 'old\n' });
    done(sandbox.treework(repository, 'node', 'start', 'build', '--by', 'impl-1', '--commit'));
    expect(edit('src/old.ts', 'old', 'new').allowed).toBe(true);
    expect(write('src/x.ts', '')).toMatchObject({ allowed: false, reason: expect.stringContaining('new plan --ticket PROJ-7 --node build') });
    sandbox.write(repository, { '.plans/x.md': '---\ntitle: X\nstatus: approved\nticket: PROJ-7\nnode: build\ncreates: [src/x.ts]\n---\n' });
    expect(write('src/x.ts', '').allowed).toBe(true);
    expect(write('src/y.ts', '').allowed).toBe(false);
  });

  it('fails closed: what it cannot read it does not let through; nobody else is held up', () => {
    expect(decisionOn(fire(sandbox, 'PreToolUse', '{broken', repository)).allowed).toBe(false);
    expect(decisionOn(fire(sandbox, 'PreToolUse', '[]', repository)).allowed).toBe(false);
    expect(decisionOn(fire(sandbox, 'PreToolUse', '', repository)).allowed).toBe(false);
    appendFileSync(join(root, 'WORKSPACE.md'), '');
    writeFileSync(join(root, 'WORKSPACE.md'), '---\n: : [\n---\n');
    expect(edit('x.ts', 'a', 'b')).toMatchObject({ allowed: false, reason: expect.stringContaining('WORKSPACE.md') });
    rmSync(join(root, 'WORKSPACE.md'));
    expect(edit(`${FOLDER}/spec.md`, 'SHALL', 'MAY').allowed).toBe(true);
    mkdirSync(join(sandbox.root, 'nowhere'));
    const outside = fire(sandbox, 'PreToolUse', '{broken', 'nowhere');
    expect([outside.status, outside.output]).toEqual([0, '']);
  });

  it('is off where treework is off in this clone, and takes unknown tools and fields as they come', () => {
    expect(decisionOn(fire(sandbox, 'PreToolUse', { cwd: root, tool_name: 'Telepathy', tool_input: { file_path: 7, thoughts: [null] }, more: { deep: [] } })).allowed).toBe(true);
    expect(decisionOn(fire(sandbox, 'PreToolUse', { cwd: root, tool_name: 'Bash', tool_input: null })).allowed).toBe(true);
    done(sandbox.treework(repository, 'off'));
    expect(edit(`${FOLDER}/spec.md`, 'SHALL', 'MAY').allowed).toBe(true);
    expect(existsSync(join(root, FOLDER, 'spec.md'))).toBe(true);
  });
});
