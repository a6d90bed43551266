import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { dice } from './dice.ts';
import { Stacked } from './fixture.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 1);
const SEED = Number(process.env['TREEWORK_SEED'] ?? 20_261_120);
const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string };
  readonly ground: { readonly commit: string };
  readonly conflict?: { readonly files: string[]; readonly worktree: string };
  readonly branches: { readonly name: string; readonly state: string; readonly onto: string; readonly after: string; readonly dropped: { readonly subject: string }[] }[];
}

/** A stack of 2 to 5 branches whose every commit writes a word of its own, or deliberately nothing. */
class History {
  readonly repo: Stacked;
  readonly roll: (sides: number) => number;
  names: string[];
  readonly log: string[] = [];
  /** Words that somebody wrote something else in the place of. */
  readonly overwritten = new Set<string>();
  #next = 0;

  constructor(seed: number) {
    const sandbox = new Sandbox();
    boxes.push(sandbox);
    this.repo = new Stacked(sandbox);
    this.roll = dice(seed);
    this.names = Array.from({ length: 2 + this.roll(4) }, (_, at) => `PROJ-7--p${at + 1}-part`);
    this.names.forEach((name, at) => {
      this.repo.branch(name, this.names[at - 1] ?? 'main');
      for (let left = 1 + this.roll(3); left > 0; left -= 1) this.commit();
    });
    this.repo.git('checkout', '-q', 'main');
  }

  /** On what is checked out. */
  commit(...args: string[]): void {
    const word = `word-${(this.#next += 1)}`;
    const kind = this.roll(8);
    if (kind === 0) this.repo.gitIn('work', 'commit', '-q', '--allow-empty', '-m', `empty ${word}`, ...args);
    else {
      const [path, line] = [kind === 1 ? `${word}.txt` : (['a.txt', 'b.txt', 'c.txt'][this.roll(3)] as string), this.roll(38)];
      const had = kind === 1 ? '' : (this.repo.sandbox.read('work', path).split('\n')[line] as string);
      this.overwritten.add(had);
      this.repo.commit(path, line, word, 'work', ...args);
    }
  }

  on(branch: string, act: () => void): void {
    this.repo.git('checkout', '-q', branch);
    act();
    this.repo.git('checkout', '-q', 'main');
  }

  step(): void {
    const branch = this.names[this.roll(this.names.length)] as string;
    const kind = ['trunk', 'amend', 'commit', 'merge', 'reset', 'trunk', 'amend', 'merge'][this.roll(8)] as string;
    this.log.push(`${kind} ${branch}`);
    if (kind === 'trunk') this.on('main', () => this.commit());
    if (kind === 'commit') this.on(branch, () => this.commit());
    if (kind === 'amend') this.on(branch, () => this.commit('--amend'));
    if (kind === 'reset' && branch !== this.names.at(-1) && this.#own(branch) > 1) this.on(branch, () => this.repo.git('reset', '-q', '--hard', 'HEAD~1'));
    if (kind === 'merge' && this.names.length > 1) this.#merge();
  }

  #own(branch: string): number {
    return Number(this.repo.git('rev-list', '--count', `refs/treework/bases/${branch}..${branch}`));
  }

  /** The lowest branch, where it stands on the trunk's history and git joins it without help. */
  #merge(): void {
    const { repo } = this;
    const [lowest = ''] = this.names;
    const how = this.roll(3);
    const work = (...args: string[]) => repo.sandbox.run('git', args, { cwd: 'work' }).status === 0;
    const isMerged = how === 0 ? work('merge', '-q', '--no-ff', '--no-edit', lowest) : how === 1 ? work('merge', '-q', '--squash', lowest) && work('commit', '-q', '-m', 'squashed') : work('cherry-pick', '--allow-empty', '--keep-redundant-commits', `main..${lowest}`);
    if (!isMerged) {
      repo.sandbox.run('git', ['cherry-pick', '--abort'], { cwd: 'work' });
      repo.git('reset', '-q', '--hard');
      this.log.push('  which git cannot');
      return;
    }
    this.log.push(`  by ${['merge', 'squash', 'rebase'][how]}`);
    this.names = this.names.slice(1);
    if (this.roll(2) === 0) {
      repo.git('branch', '-q', '-D', lowest);
      this.log.push('  and gone');
    }
  }

  words(revision: string): Set<string> {
    const { stdout } = this.repo.sandbox.run('git', ['grep', '-h', '-o', '-e', 'word-[0-9]*', revision, '--'], { cwd: 'work' });
    return new Set(stdout.split('\n').filter((word) => word !== ''));
  }

  /** Mends both ways until it is through. */
  restack(...args: string[]): Answer {
    let answer = this.repo.ask('restack', ...args) as unknown as Answer;
    while (answer.conflict) {
      const { worktree, files } = answer.conflict;
      const folder = worktree.slice(this.repo.sandbox.root.length + 1);
      for (const file of files) this.repo.sandbox.write(folder, { [file]: this.repo.sandbox.read(folder, file).replaceAll(/^(?:<<<<<<<|=======|>>>>>>>).*\n/gm, '') });
      this.repo.gitIn(folder, 'add', '--', ...files);
      this.log.push(`  mended ${files.join(', ')}`);
      answer = this.repo.ask('restack', '--continue') as unknown as Answer;
    }
    return answer;
  }
}

it(`restack never loses a commit that is not upstream: ${RUNS} random histories`, () => {
  for (let run = 0; run < RUNS; run += 1) {
    const history = new History(SEED + run);
    const { repo, log } = history;
    const say = (what: string) => `seed ${SEED + run}, ${what}\n${log.join('\n')}`;
    for (let round = 0; round < 3; round += 1) {
      for (let left = 1 + history.roll(3); left > 0; left -= 1) history.step();
      const before = new Map(history.names.map((name) => [name, history.words(name)]));
      const empty = new Map(history.names.map((name) => [name, repo.subjects(`main..${name}`).filter((subject) => subject.startsWith('empty'))]));
      const mode = history.roll(5) === 0 ? ['--merge'] : [];
      log.push(`restack ${mode.join('')}`);
      const answer = history.restack(...mode, history.names[history.roll(history.names.length)] as string);
      // Merges that were mended by hand are not made anew, and refused by name.
      if (answer.error?.code === 'merge-inside') break;
      expect(answer.ok, say(JSON.stringify(answer.error))).toBe(true);
      const states = new Map(answer.branches.map((branch) => [branch.name, branch]));
      const dropped = new Set(answer.branches.flatMap((branch) => branch.dropped.map(({ subject }) => subject)));
      const upstream = new Set(repo.git('log', '--format=', '-p', '--diff-merges=first-parent', 'main').match(/word-\d+/g));
      let below = answer.ground.commit;
      for (const name of history.names) {
        const now = history.words(name);
        // What upstream had it may have written over again.
        expect([...(before.get(name) ?? [])].filter((word) => !now.has(word) && !upstream.has(word) && !history.overwritten.has(word)), say(`words of ${name} that are lost`)).toEqual([]);
        if (states.get(name)?.state === 'merged') continue;
        const subjects = repo.subjects(`main..${name}`).filter((subject) => !subject.startsWith('Merge branch '));
        expect(new Set(subjects).size, say(`${name} has a commit twice: ${subjects.join(', ')}`)).toBe(subjects.length);
        const known = new Set([...subjects, ...repo.subjects('main')]);
        expect((empty.get(name) ?? []).filter((subject) => !known.has(subject) && !dropped.has(subject) && !isSquashed(repo, subject)), say(`empty commits of ${name} that are lost`)).toEqual([]);
        expect(repo.sandbox.run('git', ['merge-base', '--is-ancestor', below, name], { cwd: 'work' }).status, say(`${name} stands on what is below it`)).toBe(0);
        below = repo.git('rev-parse', name);
      }
      expect(repo.git('status', '--porcelain'), say('the work tree')).toBe('');
      expect(repo.git('worktree', 'list').split('\n'), say('work trees')).toHaveLength(1);
    }
    repo.sandbox.remove();
  }
}, 3_600_000);

/** A squash keeps no trace of an empty commit: it went with the branch that was merged. */
function isSquashed(repo: Stacked, subject: string): boolean {
  return repo.git('log', '--format=%s', '--all', `--grep=^${subject}$`) === '' || repo.subjects('main').includes('squashed');
}

/** Runs a verb and kills it after so many milliseconds, if it still runs; answers how long it took. */
async function launch(repo: Stacked, args: readonly string[], delay: number): Promise<number> {
  const begun = performance.now();
  const child = spawn(join(repo.sandbox.root, '.bin/treework'), [...args], { cwd: join(repo.sandbox.root, 'work'), env: repo.sandbox.env, stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), delay);
  await new Promise((done) => child.on('exit', done));
  clearTimeout(timer);
  return performance.now() - begun;
}

it(`killed at ${RUNS * 2} random moments around a conflict, --abort or the same again leads back`, async () => {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repo = new Stacked(sandbox, 2);
  repo.git('worktree', 'add', '-q', '../low', repo.names[0] as string);
  repo.commit('a.txt', 2, 'the trunk changed it');
  const state = () => [repo.git('for-each-ref'), repo.git('worktree', 'list'), sandbox.git('low', 'status', '--porcelain', '--branch'), sandbox.read('low', 'a.txt')];
  const before = state();
  let longest = await launch(repo, ['restack', repo.names[1] as string], 60_000);
  for (let kill = 0; kill < RUNS * 2; kill += 1) {
    repo.sandbox.run('treework', ['restack', '--abort'], { cwd: 'work' });
    expect(state()).toEqual(before);
    const took = await launch(repo, ['restack', repo.names[1] as string], longest * (0.4 + 0.6 * Math.random()));
    longest = Math.max(longest * 0.95, took);
    if (kill % 2 === 0) continue;
    // Mended, and killed again.
    const again = repo.ask('restack', repo.names[1] as string) as unknown as Answer;
    expect(again.conflict !== undefined || again.error?.code === 'operation-open').toBe(true);
    sandbox.write('low', { 'a.txt': 'mended\n' });
    sandbox.git('low', 'add', 'a.txt');
    await launch(repo, ['restack', '--continue'], longest * (0.4 + 0.6 * Math.random()));
    if (sandbox.exists('work', '.git/treework/operations/undo.json') || repo.treework('restack', '--continue').status === 0) {
      expect(repo.read('a.txt', repo.names[1] as string)).toContain('mended');
      expect(repo.ask('undo')).toMatchObject({ ok: true });
      sandbox.run('rm', ['work/.git/treework/operations/undo.json']);
    }
    expect(repo.treework('doctor').output).not.toContain('interrupted');
  }
}, 3_600_000);

it(`killed at ${RUNS * 2} random moments, a restack has moved all or nothing, and the next one brings it to an end`, async () => {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repo = new Stacked(sandbox, 3);
  repo.git('worktree', 'add', '-q', '../top', repo.names[2] as string);
  repo.git('worktree', 'add', '-q', '../low', repo.names[0] as string);
  const heads = () => repo.names.map((name) => repo.git('rev-parse', name));
  repo.commit('c.txt', 5, 'trunk');
  let longest = await launch(repo, ['restack', repo.names[0] as string], 60_000);
  let [all, none] = [0, 0];
  for (let kill = 0; kill < RUNS * 2; kill += 1) {
    repo.commit('c.txt', 5, `trunk ${kill}`);
    const before = heads();
    const took = await launch(repo, ['restack', repo.names[0] as string], longest * (0.3 + 0.7 * Math.random()));
    longest = Math.max(longest * 0.95, took);
    const killed = heads();
    const isAll = killed.every((tip, at) => tip !== before[at]);
    expect(isAll || killed.every((tip, at) => tip === before[at])).toBe(true);
    if (isAll) all += 1;
    else none += 1;
    const answer = repo.ask('restack', repo.names[0] as string) as unknown as Answer;
    expect(answer).toMatchObject({ ok: true });
    if (isAll) expect(heads()).toEqual(killed);
    for (const tree of ['top', 'low']) expect([tree, sandbox.git(tree, 'status', '--porcelain')]).toEqual([tree, '']);
    expect(repo.subjects(`main..${repo.names[2]}`)).toEqual(repo.names.flatMap((name) => [`${name} a`, `${name} b`]));
    expect(readdirSync(join(sandbox.root, 'work/.git/treework/operations'))).toEqual(['undo.json']);
    expect(repo.treework('doctor').output).not.toContain('interrupted');
  }
  expect(all + none).toBe(RUNS * 2);
}, 3_600_000);
