import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { command } from '../../src/commands/split.ts';
import { UserError } from '../../src/error.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { randomFrom, randomRepository } from './random-history.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 6);
const SEED = Number(process.env['TREEWORK_SEED'] ?? 0);

interface Part {
  readonly branch: string;
  readonly base: string;
  readonly tip: string;
  readonly commits: readonly { readonly commit: string; readonly divided?: string }[];
}

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const split = (name: string, values: Record<string, string | boolean>) => command.run({ values, positionals: [], cwd: join(sandbox.root, name), json: true, program: 'treework', color: false });

describe('a branch of any history', () => {
  it(`is split into a stack whose top is what it is, byte for byte, in ${RUNS} histories`, async () => {
    let [made, planned] = [0, 0];
    for (let run = 0; run < RUNS; run += 1) {
      const seed = SEED + run;
      const name = `r${seed}`;
      randomRepository(sandbox, name, seed, 4 + (seed % 13), seed % 7 === 0 ? 'sha256' : 'sha1');
      writeFileSync(join(sandbox.root, name, 'untracked.txt'), 'mine\n');
      const before = stateOf(name);
      const by = (['node', 'folder', 'commit'] as const)[seed % 3] as string;
      const answer = await split(name, { by }).catch((error: unknown) => nothing(error, seed));
      if (answer?.json['made'] === true) {
        made += 1;
        holds(name, answer.json['parts'] as Part[], seed);
      }
      if (answer && (await editedPlan(name, seed))) planned += 1;
      expect([seed, stateOf(name)]).toEqual([seed, before]);
      rmSync(join(sandbox.root, name), { recursive: true });
    }
    expect(made).toBeGreaterThan(RUNS / 2);
    expect(planned).toBeGreaterThan(0);
  }, 3_600_000);
});

/** Only a branch whose merges brought it back to the trunk has nothing. */
function nothing(error: unknown, seed: number): undefined {
  if (error instanceof UserError && error.code === 'nothing-to-split') return undefined;
  throw new Error(`seed ${seed}`, { cause: error });
}

function stateOf(name: string): string[] {
  return [sandbox.git(name, 'rev-parse', 'PROJ-7--work', 'main', 'HEAD'), sandbox.git(name, 'symbolic-ref', 'HEAD'), sandbox.git(name, 'status', '--porcelain'), sandbox.git(name, 'stash', 'list')];
}

/** The lines of a plan in another order of parts, some divided: whatever of it is allowed is as true as the first. */
async function editedPlan(name: string, seed: number): Promise<boolean> {
  const random = randomFrom(seed + 1_000_000);
  for (const branch of sandbox.git(name, 'branch', '--format=%(refname:short)', '--list', 'PROJ-7--p*').split('\n').filter(Boolean)) sandbox.git(name, 'branch', '-q', '-D', branch);
  const file = join(sandbox.root, `${name}.plan.md`);
  await split(name, { plan: file, hunks: true });
  const text = readFileSync(file, 'utf8');
  const head = text.slice(0, text.indexOf('\n## ') + 1);
  const lines = text.split('\n').filter((line) => /^- [0-9a-f]{7}/.test(line));
  const parts: string[][] = Array.from({ length: 2 + random(3) }, () => []);
  let least = 0;
  // Mostly forward, so that some of it may stand.
  for (const line of lines) parts[Math.min(parts.length - 1, random(4) === 0 ? random(parts.length) : (least = Math.max(least, random(parts.length))))]?.push(line);
  writeFileSync(file, head + parts.map((part, at) => `## part-${at}\n\n${part.join('\n')}\n`).join('\n'));
  const answer = await split(name, { 'from-plan': file }).catch((error: unknown) => {
    if (error instanceof UserError && error.code === 'plan-invalid' && /:\d+: Unexpected .* below what it builds on \(line \d+/.test(error.message)) return undefined;
    throw new Error(`seed ${seed}`, { cause: error });
  });
  if (answer?.json['made'] !== true) return false;
  holds(name, answer.json['parts'] as Part[], seed);
  return true;
}

function holds(name: string, parts: readonly Part[], seed: number): void {
  const git = (...args: string[]) => sandbox.git(name, ...args).trim();
  const refs = new Map(git('for-each-ref', '--format=%(refname:short) %(objectname) %(tree)', 'refs/heads/').split('\n').map((line) => [line.split(' ')[0], line.split(' ').slice(1)]));
  expect([seed, refs.get(parts.at(-1)?.branch)?.[1]]).toEqual([seed, refs.get('PROJ-7--work')?.[1]]);
  expect(parts.slice(1).map(({ base }) => base)).toEqual(parts.slice(0, -1).map(({ tip }) => tip));
  expect(parts.map(({ branch }) => refs.get(branch)?.[0])).toEqual(parts.map(({ tip }) => tip));
  const [first, last] = [parts[0] as Part, parts.at(-1) as Part];
  const made = git('rev-list', '--reverse', '--first-parent', `${first.base}..${last.tip}`).split('\n');
  const commits = parts.flatMap((part) => part.commits);
  expect([seed, made.length]).toEqual([seed, commits.length]);
  expect(parts.map(({ tip }) => made.indexOf(tip) + 1)).toEqual(parts.map((_, at) => parts.slice(0, at + 1).reduce((sum, part) => sum + part.commits.length, 0)));
  const told = new Map(git('show', '-s', '--format=%x01%H %an %ae %ad %cn %ce %cd%x00%B', ...new Set([...made, ...commits.map(({ commit }) => commit)])).split('\x01').slice(1).map((text) => [text.slice(0, text.indexOf(' ')), text.slice(text.indexOf(' ')).trimEnd()]));
  for (const [at, { commit, divided }] of commits.entries()) {
    const [was, is] = [told.get(commit) as string, told.get(made[at] as string) as string];
    const trailer = `Divided-From: ${commit} (${divided})`;
    expect(divided === undefined ? is : is.replace(trailer, '').trimEnd()).toBe(was);
    if (divided !== undefined) expect(is).toContain(trailer);
  }
  if (seed % 3 === 0) expect(sandbox.run('git', ['fsck', '--no-dangling', '--no-progress'], { cwd: name }).output).not.toMatch(/error|missing/);
}
