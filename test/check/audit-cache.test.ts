import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recallAudit } from '../../src/git/audit-recall.ts';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
let root: string;
beforeEach(() => {
  sandbox = new Sandbox();
  root = join(sandbox.root, sandbox.repository('repo', FILES));
  // Older than the step in which file times move: then what is written next is seen to be younger.
  settle();
});
afterEach(() => sandbox.remove());

const WORKSPACE = '---\ntreework: 1\n---\n\n# Workspace\n';
const FILES = {
  'WORKSPACE.md': WORKSPACE,
  'src/main.ts': 'export const one = 1;\n',
  'docs/.gitignore': '*.log\n',
  ...Object.fromEntries([1, 2, 3, 4].flatMap((number) => [
    [`docs/specs/PROJ-${number}/spec.md`, spec(number)],
    [`docs/specs/PROJ-${number}/attachments/note.txt`, 'a note\n'],
  ])),
};

function spec(number: number): string {
  return `---\nticket: PROJ-${number}\ntitle: Reports\n---\n\n# Reports\n\n## Requirements\n\n### Requirement: Tokens\n\nThe system SHALL reject expired tokens.\n\n#### Scenario: Expired\n\n- **GIVEN** a token\n- **WHEN** it is sent\n- **THEN** the answer is 401\n`;
}

/** What a part of the work tree is asked about beside it. */
const PART = 'docs/specs/PROJ-1';

const check = (...words: string[]) => sandbox.treework('repo', 'check', '--all', '--json', ...words);
const judged = () => sandbox.run('treework', ['check', '--all', '--json'], { cwd: 'repo', env: { CI: 'true' } });
const recordOf = (name = 'main') => join(root, '.git/treework/audits', `${name}.audit`);
const settle = () => execFileSync('sleep', ['0.13']);
const path = (name: string) => join(root, name);

/** Asks until an answer is remembered, and says whether it was. */
function remembered(): boolean {
  settle();
  rmSync(recordOf(), { force: true });
  check();
  return existsSync(recordOf());
}

it('answers a second time without judging, with the same words', () => {
  writeFileSync(path('docs/specs/PROJ-1/spec.md'), spec(1).replace('SHALL', 'will'));
  writeFileSync(path('docs/specs/PROJ-2/stray.txt'), 'stray\n');
  settle();
  const [first, text] = [check(), sandbox.treework('repo', 'check')];
  const record = readFileSync(recordOf(), 'latin1');
  writeFileSync(recordOf(), record.replaceAll('stray.txt', 'proof.txt'), 'latin1');
  expect(first.status).toBe(1);
  expect(check().stdout).toBe(first.stdout.replaceAll('stray.txt', 'proof.txt'));
  expect(sandbox.treework('repo', 'check').stdout).toBe(text.stdout.replaceAll('stray.txt', 'proof.txt'));
  const below = JSON.parse(sandbox.treework('repo/docs/specs', 'check', '--json').stdout);
  expect(JSON.stringify(below.findings)).toContain('proof.txt');
  expect(below.next_action.cwd).toBe(path('docs/specs'));
  expect(judged().stdout).toBe(first.stdout);
});

it('answers for a ticket, a folder or a document a second time, from wherever it is named', () => {
  writeFileSync(path('docs/specs/PROJ-2/spec.md'), spec(2).replace('SHALL', 'will'));
  settle();
  const ask = (folder: string, ...words: string[]) => sandbox.treework(folder, 'check', '--json', ...words);
  const fresh = (...words: string[]) => sandbox.run('treework', ['check', '--json', ...words], { cwd: 'repo', env: { CI: 'true' } }).stdout;
  for (const [place, folder, word] of [['docs/specs/PROJ-2', 'repo/docs', './specs/PROJ-2/'], ['docs/specs/PROJ-2/spec.md', 'repo/docs/specs/PROJ-2', 'spec.md'], ['docs', 'repo/docs', '.']] as const) {
    const first = ask('repo', place);
    expect(first.stdout).toBe(fresh(place));
    const records = readdirSync(dirname(recordOf())).filter((name) => name.endsWith('.audit')).map((name) => join(dirname(recordOf()), name));
    for (const record of records) writeFileSync(record, readFileSync(record, 'latin1').replaceAll('SHALL', 'SHOUT'), 'latin1');
    expect(ask('repo', place).stdout).toBe(first.stdout.replaceAll('SHALL', 'SHOUT'));
    expect(JSON.parse(ask(folder, word).stdout).findings).toEqual(JSON.parse(first.stdout.replaceAll('SHALL', 'SHOUT')).findings);
    for (const record of records) rmSync(record);
  }
  expect(ask('repo', 'docs/specs/PROJ-1').stdout).toBe(fresh('docs/specs/PROJ-1'));
  expect(ask('repo', 'docs/specs/PROJ-1', 'docs/specs/PROJ-2').stdout).toBe(fresh('docs/specs/PROJ-2', 'docs/specs/PROJ-1'));
});

it('keeps the last answers for parts of a work tree, and none for what a link leads to', () => {
  const records = () => readdirSync(dirname(recordOf())).filter((name) => /^main\.[^.]+\.(audit|index)$/.test(name));
  symlinkSync('PROJ-1', path('docs/specs/PROJ-8'));
  settle();
  sandbox.treework('repo', 'check', 'docs/specs/PROJ-8/spec.md');
  sandbox.treework('repo', 'check', 'docs/specs/PROJ-8');
  expect(existsSync(dirname(recordOf())) ? records() : []).toEqual([]);
  for (const number of [1, 2, 3]) for (const name of ['', '/spec.md', '/attachments', '/attachments/note.txt']) sandbox.treework('repo', 'check', `docs/specs/PROJ-${number}${name}`);
  expect(records()).toHaveLength(2 * 8);
});

it('forgets when anything is deleted, cut short or written by another engine', () => {
  const first = check().stdout;
  for (const damage of ['', '{}', '{"engine":', 'null\nnull', readFileSync(recordOf(), 'latin1').slice(0, -200)]) {
    writeFileSync(recordOf(), damage);
    expect(check().stdout).toBe(first);
  }
  rmSync(recordOf('main').replace('.audit', '.index'));
  expect(check().stdout).toBe(first);
  rmSync(join(root, '.git/treework'), { recursive: true });
  expect(check().stdout).toBe(first);
});

it('does not answer from an index that another process put there', () => {
  expect(remembered()).toBe(true);
  const old = readFileSync(recordOf());
  writeFileSync(path('docs/specs/PROJ-1/spec.md'), 'no frontmatter\n');
  expect(remembered()).toBe(true);
  writeFileSync(recordOf(), old);
  expect(check().stdout).toBe(judged().stdout);
});

it('is neither written nor read by CI', () => {
  rmSync(join(root, '.git/treework'), { recursive: true, force: true });
  judged();
  expect(existsSync(recordOf())).toBe(false);
});

it('remembers each worktree by itself', async () => {
  sandbox.git('repo', 'worktree', 'add', '-q', '-b', 'PROJ-9--other', '../other');
  writeFileSync(join(sandbox.root, 'other/docs/specs/PROJ-1/spec.md'), 'no frontmatter\n');
  settle();
  const [here, there] = [check().stdout, sandbox.treework('other', 'check', '--json').stdout];
  expect(existsSync(recordOf('worktrees/other'))).toBe(true);
  expect([check().stdout, sandbox.treework('other', 'check', '--json').stdout]).toEqual([here, there]);
  expect(here).not.toBe(there);
  expect(await recallAudit({ cwd: join(sandbox.root, 'other'), paths: [], engine: 'another engine', program: 'treework' })).toBeUndefined();
});

it('judges beside a repository that cannot be written', () => {
  const first = check().stdout;
  rmSync(join(root, '.git/treework'), { recursive: true });
  writeFileSync(join(root, '.git/treework'), 'in the way\n');
  expect(check()).toMatchObject({ stdout: first, status: 0 });
});

it('stays right beside other processes, killed ones too', async () => {
  for (let round = 0; round < 4; round += 1) {
    settle();
    const running = Array.from({ length: 4 }, (_, index) => {
      const child = spawn('treework', ['check', '--all', '--json'], { cwd: root, env: sandbox.env, stdio: 'ignore' });
      // The program's launcher execs it, so this kills the program itself, somewhere on its way.
      if (index % 2 === 0) setTimeout(() => child.kill('SIGKILL'), 100 + 90 * round + 30 * index);
      return new Promise((done) => child.on('close', done));
    });
    if (round % 2 === 1) writeFileSync(path('docs/specs/PROJ-1/spec.md'), round === 1 ? 'no frontmatter\n' : spec(1));
    await Promise.all(running);
    expect(check().stdout).toBe(judged().stdout);
    expect(check().stdout).toBe(judged().stdout);
  }
});

/** What can happen to a work tree between two checks, most of it hard to see. */
const EVENTS: Readonly<Record<string, (random: (limit: number) => number) => void>> = {
  'an edit of the same size': (random) => write(random, (text) => text.replace('SHALL', 'SHOUT')),
  'an edit of the same size with the old times': (random) => {
    const target = anySpec(random);
    const { atime, mtime } = statSync(target);
    writeFileSync(target, readFileSync(target, 'utf8').replace('SHOUT', 'shall').replace('SHALL', 'SHOUT'));
    utimesSync(target, atime, mtime);
  },
  'a repair': (random) => write(random, () => spec(1 + random(4))),
  'another ticket': (random) => write(random, (text) => text.replace(/ticket: .*/, `ticket: PROJ-${random(9)}`)),
  touching: (random) => utimesSync(anySpec(random), new Date(), new Date()),
  'another mode': (random) => chmodSync(anySpec(random), random(2) === 0 ? 0o755 : 0o644),
  'a new file': (random) => put(`docs/specs/PROJ-${1 + random(5)}/${['stray.txt', 'idea.md', 'debug.log', '.gitignore'][random(4)]}`, 'stray\n'),
  'a new directory': (random) => mkdirSync(path(`docs/specs/PROJ-${1 + random(6)}/empty/${random(3)}`), { recursive: true }),
  'a file in a directory that was empty': (random) => put(`docs/specs/PROJ-${1 + random(6)}/empty/${random(3)}/file.md`, 'stray\n'),
  'a deleted file': (random) => rmSync(anySpec(random)),
  'a renamed folder': (random) => move(`docs/specs/PROJ-${1 + random(6)}`, `docs/specs/PROJ-${5 + random(4)}`),
  'a folder that becomes a link': (random) => {
    const name = `docs/specs/PROJ-${1 + random(4)}`;
    if (!existsSync(path(name)) || existsSync(path('elsewhere'))) return;
    renameSync(path(name), path('elsewhere'));
    symlinkSync('../../elsewhere', path(name));
  },
  'other settings': (random) => put('WORKSPACE.md', WORKSPACE.replace('1\n', ['1\n', '1\nrules: {requirement-keyword: off}\n', '1\nlayout: {specs: docs}\n', '1\nlayout: {specs: plans}\n'][random(4)] as string)),
  'other ignored files': (random) => put(['docs/.gitignore', '.gitignore', '.git/info/exclude', '../.home/.config/git/ignore'][random(4)] as string, ['*.txt\n', '*.log\n', 'empty/\n', ''][random(4)] as string),
  'an ignored file that ignores': (random) => put(`docs/specs/PROJ-${1 + random(4)}/.gitignore`, ['.gitignore\n', '.gitignore\n*.txt\n', '*\n!*.txt\n'][random(3)] as string),
  'another configuration': (random) => (random(2) === 0 ? git('config', 'core.fileMode', random(2) === 0 ? 'true' : 'false') : git('config', 'core.excludesFile', path('src/main.ts'))),
  'a global configuration': (random) => appendFileSync(join(sandbox.root, '.home/.gitconfig'), `[core]\n\tautocrlf = ${random(2) === 0 ? 'input' : 'false'}\n`),
  'filters': (random) => put('.gitattributes', ['*.md text eol=lf\n', '*.md ident\n', ''][random(3)] as string),
  'git add': () => git('add', '-A'),
  'git commit': () => git('commit', '-q', '--allow-empty', '-a', '-m', 'chore: change'),
  'git checkout': (random) => git('checkout', '-q', '-f', random(2) === 0 ? 'main' : '-B', ...(random(2) === 0 ? [] : ['other'])),
  'git reset': (random) => git('reset', '-q', ['--hard', '--soft', '--mixed'][random(3)] as string, 'HEAD~1'),
  'git update-index': (random) => git('update-index', ['--assume-unchanged', '--no-assume-unchanged', '--skip-worktree', '--no-skip-worktree', '--chmod=+x'][random(5)] as string, `docs/specs/PROJ-${1 + random(4)}/spec.md`),
  'git status, which writes the index anew': () => git('status'),
  'git pack-refs': () => git('pack-refs', '--all'),
  'a merge that waits': () => put('.git/MERGE_HEAD', `${execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, env: sandbox.env }).toString().trim()}\n`),
  'a merge that is over': () => rmSync(path('.git/MERGE_HEAD'), { force: true }),
  nothing: () => {},
};

it.each(Array.from({ length: Number(process.env['TREEWORK_RUNS'] ?? 1) }, (_, index) => index + 1))('never gives a stale answer, whatever happens to the work tree (seed %i)', { timeout: 240_000 }, (seed) => {
  const random = generator(seed);
  const names = Object.keys(EVENTS);
  const trace: string[] = [];
  let answered = 0;
  for (let step = 0; step < 25; step += 1) {
    if (random(2) === 0) settle();
    const before = existsSync(recordOf()) ? readFileSync(recordOf(), 'latin1') : '';
    check();
    const name = names[random(names.length)] as string;
    trace.push(name);
    EVENTS[name]?.(random);
    const [cached, fresh] = [check(), judged()];
    expect([cached.status, cached.output], trace.join(', ')).toEqual([fresh.status, fresh.output]);
    const [part, freshPart] = [sandbox.treework('repo', 'check', PART), sandbox.run('treework', ['check', PART], { cwd: 'repo', env: { CI: 'true' } })];
    expect([part.status, part.output], `${PART}: ${trace.join(', ')}`).toEqual([freshPart.status, freshPart.output]);
    if (existsSync(recordOf()) && readFileSync(recordOf(), 'latin1') === before) answered += 1;
  }
  expect(answered).toBeGreaterThan(0);
  expect(readdirSync(dirname(recordOf())).filter((one) => one.endsWith('.tmp'))).toEqual([]);
});

function git(...words: string[]): void {
  sandbox.run('git', words, { cwd: 'repo' });
}

function put(name: string, text: string): void {
  const target = path(name);
  if (existsSync(dirname(dirname(target))) && !isLinked(target)) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

function isLinked(target: string): boolean {
  return existsSync(target) && statSync(target).isDirectory();
}

function move(from: string, to: string): void {
  if (existsSync(path(from)) && !existsSync(path(to))) renameSync(path(from), path(to));
}

function write(random: (limit: number) => number, change: (text: string) => string): void {
  const target = anySpec(random);
  writeFileSync(target, change(readFileSync(target, 'utf8')));
}

function anySpec(random: (limit: number) => number): string {
  const target = path(`docs/specs/PROJ-${1 + random(4)}/spec.md`);
  if (!existsSync(target)) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, spec(1));
  }
  return target;
}

/** Numbers from a seed: a linear congruential generator. */
function generator(seed: number): (limit: number) => number {
  let state = seed * 7919;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
}
