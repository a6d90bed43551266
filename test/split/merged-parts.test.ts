import { afterEach, beforeEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { randomFrom } from './random-history.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 1);
const METHODS = ['merge', 'squash', 'rebase'] as const;

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

it(`a stack that split made keeps every change while its parts are merged one by one, by whatever method, in ${RUNS} histories`, () => {
  for (let seed = 0; seed < RUNS; seed += 1) {
    const random = randomFrom(seed);
    const name = `r${seed}`;
    const git = (...args: string[]) => sandbox.git(name, ...args).trim();
    sandbox.repository(name, { 'WORKSPACE.md': '---\ntreework: 1\nreview: {max_files: 2, max_lines: 12}\n---\n', 'shared.txt': lines(40) });
    git('switch', '-q', '-c', 'PROJ-7--work');
    for (let number = 0; number < 9; number += 1) {
      const shared = sandbox.read(name, 'shared.txt').split('\n');
      shared[random(40)] = `changed ${number}`;
      sandbox.write(name, { [`src/${'abc'[random(3)]}/${number}.ts`]: lines(3), 'shared.txt': shared.join('\n') });
      git('add', '.');
      git('commit', '-q', '-m', `feat: step ${number}`);
    }
    const tree = git('rev-parse', 'HEAD^{tree}');
    const { parts } = JSON.parse(sandbox.treework(name, 'split', '--json', '--by', random(2) === 0 ? 'folder' : 'commit').stdout) as { parts: { branch: string }[] };
    const top = parts.at(-1)?.branch as string;
    git('switch', '-q', 'main');
    git('branch', '-q', '-D', 'PROJ-7--work');
    for (let at = 0; at < parts.length; at += 1 + random(2)) {
      const { branch } = parts[at] as { branch: string };
      const method = METHODS[random(3)] as (typeof METHODS)[number];
      if (method === 'merge') git('merge', '-q', '--no-ff', '--no-edit', branch);
      else if (method === 'rebase') git('cherry-pick', '--allow-empty', `main..${branch}`);
      else {
        git('merge', '-q', '--squash', branch);
        git('commit', '-q', '-m', `feat: ${branch}`);
      }
      if (branch === top) break;
      const answer = sandbox.treework(name, 'restack', top, '--json');
      expect([seed, at, method, answer.status, answer.status === 0 ? '' : answer.output]).toEqual([seed, at, method, 0, '']);
      expect([seed, at, method, git('rev-parse', `${top}^{tree}`)]).toEqual([seed, at, method, tree]);
    }
    if (git('rev-parse', 'main^{tree}') !== tree) git('merge', '-q', '--squash', top);
    expect([seed, git('write-tree')]).toEqual([seed, tree]);
  }
}, 3_600_000);

function lines(count: number): string {
  return Array.from({ length: count }, (_, line) => `line ${line}\n`).join('');
}
