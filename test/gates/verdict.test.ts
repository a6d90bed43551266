import { expect, it } from 'vitest';
import type { PlannedRun } from '../../src/workflow/gate-plan.ts';
import { judgeRun } from '../../src/workflow/gate-verdict.ts';

const planned = (gate: PlannedRun['gate']): PlannedRun => ({ gate, folder: '', stack: 'python', command: 'run it', why: 'a test', needs: [], unprepared: undefined });

function problems(gate: PlannedRun['gate'], exit: number | undefined, head: string, least: number | undefined = 80): string[] {
  const run = { command: 'run it', exit, signal: exit === undefined ? 'SIGKILL' : undefined, isOverdue: false, seconds: 1, limit: 10, output: { head, tail: '', bytes: head.length, dropped: 0 } };
  return judgeRun(planned(gate), run, { tests: [], coverage: [] }, { percent: least, program: 'treework' }).problems.map(({ code, mend }) => `${code}: ${mend}`);
}

it.each<[said: string, exit: number, mend: string]>([
  ['/usr/bin/python3: No module named pytest', 1, 'python3 -m pip install pytest'],
  ['ERROR: usage: __main__.py [options]\n__main__.py: error: unrecognized arguments: --cov --cov-report=term\n', 4, 'python3 -m pip install pytest-cov'],
  ['error: no such command: `llvm-cov`', 101, 'install llvm-cov'],
  ['npm error Missing script: "cover"', 1, 'npm pkg set scripts.cover=COMMAND'],
  ['sh: 1: vitest: not found', 127, 'install vitest'],
  ['/bin/sh: line 1: vitest: command not found', 127, 'install vitest'],
  ["env: 'ruby': No such file or directory", 127, 'install ruby'],
])('O7: %s is a missing tool', (said, exit, mend) => {
  for (const gate of ['lint', 'test', 'coverage'] as const) expect(problems(gate, exit, said)[0]).toBe(`missing-tool: ${mend}`);
});

it('a failing test that speaks of what is not found is no missing tool', () => {
  expect(problems('test', 1, 'sh: 1: vitest: not found\n1 failed, 2 passed in 0.10s\n')).toEqual(['failed: make it pass: run it']);
  expect(problems('lint', 1, 'a.py:1: module not found\n')).toEqual(['failed: see what it says, and mend that']);
});

it('passes only what was counted, ended with 0 and reaches what it has to', () => {
  expect(problems('test', 0, '2 passed in 0.10s\n')).toEqual([]);
  expect(problems('test', undefined, '2 passed in 0.10s\n')).toEqual(['failed: see what it says, and mend that']);
  expect(problems('coverage', 0, 'TOTAL 10 2 80%\n')).toEqual([]);
  expect(problems('coverage', 0, 'TOTAL 1000 200 79.99%\n')[0]).toMatch(/^too-low/);
  expect(problems('coverage', 0, 'TOTAL 10 2 80%\n', 80.01)[0]).toMatch(/^too-low/);
  expect(problems('coverage', 0, 'no tests ran in 0.01s\nTOTAL 10 0 100%\n')[0]).toMatch(/^no-tests/);
  expect(problems('build', 0, '')).toEqual([]);
});
