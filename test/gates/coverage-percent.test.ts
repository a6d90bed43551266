import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { plainLines } from '../../src/workflow/command-output.ts';
import { coverageIn } from '../../src/workflow/coverage-percent.ts';
import { PACKAGE_ROOT } from '../harness/sandbox.ts';

/** What tools really printed: node 20.20, c8, jest 30, coverage.py. */
const read = (name: string) => readFileSync(join(PACKAGE_ROOT, 'test/gates/outputs', name), 'utf8');

it.each<[name: string, percent: number]>([
  ['node-coverage.txt', 100],
  ['c8.txt', 77.77],
  ['c8-summary.txt', 77.77],
  ['jest-coverage.txt', 60],
  ['coverage-py.txt', 71],
  // With branches measured coverage.py's total counts them too.
  ['coverage-py-branch.txt', 72.73],
])('%s', (name, percent) => {
  expect(coverageIn(plainLines(read(name)))).toBe(percent);
});

it('of reports is the sum of their lines', () => {
  expect(coverageIn([], [read('lcov.info')])).toBeCloseTo(77.78, 2);
  expect(coverageIn([], [read('cobertura.xml')])).toBeCloseTo(77.78, 2);
  // jacoco.org, "Ant tasks, report": counters of methods, classes and packages, at last of the whole.
  const jacoco = (missed: number, covered: number) => `<?xml version="1.0"?><report name="a"><package name="p"><counter type="LINE" missed="0" covered="1"/></package><counter type="INSTRUCTION" missed="5" covered="9"/><counter type="LINE" missed="${missed}" covered="${covered}"/></report>`;
  expect(coverageIn(['All files | 1 | 1 | 1 | 1 |'], [jacoco(1, 9), jacoco(9, 1)])).toBe(50);
  expect(coverageIn([], ['<coverage line-rate="0.85" branch-rate="1" version="1.9">'])).toBe(85);
  expect(coverageIn([], ['<testsuite tests="1"/>', '', 'TN:\nLF:0\nLH:0\n'])).toBeUndefined();
});

it('of tools as their manuals show them', () => {
  // go.dev/blog/cover; github.com/taiki-e/cargo-llvm-cov; github.com/xd009642/tarpaulin; coverlet; lcov; bun.sh/docs/test/coverage
  expect(coverageIn(['example.com/a/a.go:3:\tAdd\t\t100.0%', 'total:\t\t\t\t\t(statements)\t84.2%'])).toBe(84.2);
  expect(coverageIn(['ok  \texample.com/a\t0.01s\tcoverage: 71.4% of statements'])).toBe(71.4);
  expect(coverageIn(['coverage: 71.4% of statements', 'coverage: 90% of statements'])).toBeUndefined();
  expect(coverageIn(['TOTAL                              123                27    78.05%          20                 4    80.00%         200                31    84.50%           0                 0         -'])).toBe(84.5);
  expect(coverageIn(['84.21% coverage, 16/19 lines covered'])).toBe(84.21);
  expect(coverageIn(['| Total   | 85.7% | 50% | 100% |'])).toBe(85.7);
  expect(coverageIn(['  lines......: 85.7% (6 of 7 lines)'])).toBe(85.7);
  expect(coverageIn(['All files  |  100.00 |   85.71 |', ' src/a.ts  |  100.00 |   85.71 | 3'])).toBe(85.71);
});

it('O7: what tells no percentage is no coverage', () => {
  for (const lines of [[], ['100%'], ['Coverage: good'], ['TOTAL 10 2']]) expect(coverageIn(lines)).toBeUndefined();
});
