import { afterEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { dice } from './dice.ts';
import { Stacked } from './fixture.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 1);
const SEED = Number(process.env['TREEWORK_SEED'] ?? 20_261_120);
const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

interface Restacked {
  readonly ok: boolean;
  readonly branches: readonly { readonly name: string; readonly state: string }[];
}

/** A branch of commits that build upon each other in the same files. */
function grown(repo: Stacked, roll: (sides: number) => number): void {
  // Small parts, so that there are several.
  repo.sandbox.write('work', { 'WORKSPACE.md': '---\ntreework: 1\nreview: {max_files: 2, max_lines: 4}\n---\n' });
  repo.gitIn('work', 'commit', '-q', '-a', '-m', 'limits');
  repo.branch('PROJ-7--large', 'main');
  for (let at = 3 + roll(4); at > 0; at -= 1) repo.commit(['a.txt', 'b.txt', `new-${roll(3)}.txt`][roll(3)] as string, roll(6), `change ${at}`);
  repo.git('checkout', '-q', 'main');
}

it(`a branch that was split and merged part by part in any order, by any method, arrives whole: ${RUNS} random histories`, () => {
  for (let run = 0; run < RUNS; run += 1) {
    const sandbox = new Sandbox();
    boxes.push(sandbox);
    const [repo, roll, log] = [new Stacked(sandbox), dice(SEED + run), [] as string[]];
    const say = () => `seed ${SEED + run}\n${log.join('\n')}`;
    grown(repo, roll);
    const split = repo.ask('split', 'PROJ-7--large', '--by', 'commit') as unknown as { made: boolean; parts: { branch: string }[] };
    let left = split.made ? split.parts.map(({ branch }) => branch) : ['PROJ-7--large'];
    log.push(`split into ${left.length}`);
    for (let round = 1; left.length > 0; round += 1) {
      const merged = left[roll(left.length)] as string;
      const how = (['merge', 'squash', 'rebase'] as const)[roll(3)] as string;
      log.push(`${merged} by ${how}`);
      if (roll(2) === 0) repo.commit('trunk.txt', 1, `trunk ${round}`);
      if (how === 'merge') repo.gitIn('work', 'merge', '-q', '--no-ff', '--no-edit', merged);
      if (how === 'rebase') repo.gitIn('work', 'cherry-pick', '--allow-empty', `main..${merged}`);
      if (how === 'squash') {
        repo.git('merge', '-q', '--squash', merged);
        repo.gitIn('work', 'commit', '-q', '--allow-empty', '-m', `${merged} (#${round})`);
      }
      if (roll(2) === 0) repo.commit('trunk.txt', 1, `trunk ${round} again`);
      const restacked = repo.ask('restack', left.at(-1) as string) as unknown as Restacked;
      expect(restacked.ok, `${say()}\n${JSON.stringify(restacked)}`).toBe(true);
      const done = new Set(restacked.branches.flatMap(({ name, state }) => (state === 'merged' ? [name] : [])));
      expect(done.has(merged), `${say()}: is merged, and known to be`).toBe(true);
      left = left.filter((name) => !done.has(name));
      if (roll(2) === 0) for (const name of done) repo.sandbox.run('git', ['branch', '-q', '-D', name], { cwd: 'work' });
    }
    expect(repo.git('diff', '--name-only', 'PROJ-7--large', 'main').replace('trunk.txt', ''), say()).toBe('');
    sandbox.remove();
  }
}, 3_600_000);
