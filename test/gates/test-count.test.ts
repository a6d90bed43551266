import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plainLines } from '../../src/workflow/command-output.ts';
import { countTests } from '../../src/workflow/test-count.ts';
import { PACKAGE_ROOT } from '../harness/sandbox.ts';

/** What runners really printed: node 20.20, vitest 4.1, pytest 7, unittest of Python 3.11, cargo 1.95, mocha 11, jest 30; paths changed. */
const OUTPUTS = join(PACKAGE_ROOT, 'test/gates/outputs');
const real = (name: string) => plainLines(readFileSync(join(OUTPUTS, name), 'utf8'));
const said = (...lines: string[]) => countTests(lines);
const tally = (run: number, failed: number, skipped: number) => ({ run, failed, skipped });

describe('real outputs', () => {
  it.each<[name: string, run: number, failed: number, skipped: number, format: string]>([
    // A file that cannot be loaded counts as a failing test of node's; a file without a test as a passing one, which is none.
    ['node-tap.txt', 6, 4, 1, 'node:test'],
    ['node-spec.txt', 6, 4, 1, 'node:test'],
    ['vitest.txt', 2, 1, 2, 'vitest'],
    ['vitest-colour.txt', 2, 1, 2, 'vitest'],
    ['vitest-import-error.txt', 0, 0, 0, 'vitest'],
    ['pytest.txt', 5, 2, 2, 'pytest'],
    ['pytest-quiet.txt', 5, 2, 2, 'pytest'],
    ['pytest-import-error.txt', 0, 0, 0, 'pytest'],
    ['pytest-none.txt', 0, 0, 0, 'pytest'],
    ['unittest.txt', 3, 2, 1, 'unittest'],
    ['unittest-ok.txt', 1, 0, 0, 'unittest'],
    ['unittest-none.txt', 0, 0, 0, 'unittest'],
    ['cargo.txt', 2, 1, 1, 'cargo'],
    ['mocha.txt', 2, 1, 1, 'mocha'],
    ['jest.txt', 2, 1, 2, 'jest'],
    ['jest-none.txt', 0, 0, 1, 'jest'],
  ])('%s', (name, run, failed, skipped, format) => {
    expect(countTests(real(name))).toEqual({ run, failed, skipped, formats: [format] });
  });

  it('of JUnit reports count each test once', () => {
    const report = readFileSync(join(OUTPUTS, 'pytest-junit.xml'), 'utf8');
    expect(countTests([], [report])).toMatchObject(tally(4, 2, 3));
    expect(countTests(report.split('\n'))).toMatchObject({ ...tally(4, 2, 3), formats: ['junit'] });
    // gradle.org, "Testing in Java & JVM projects": one file for each class, in build/test-results/test.
    const gradle = (name: string, failures: number) => `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="${name}" tests="3" skipped="1" failures="${failures}" errors="0" timestamp="2026-11-20T10:00:00" hostname="h" time="0.02">\n  <properties/>\n  <testcase name="a" classname="${name}" time="0.01"/>\n</testsuite>`;
    expect(countTests(['BUILD SUCCESSFUL in 2s'], [gradle('A', 0), gradle('B', 1)])).toMatchObject(tally(4, 1, 2));
    expect(countTests([], ['<testsuites><testsuite name="a" tests="3" failures="1"><testsuite name="b" tests="2" failures="1"></testsuite></testsuite><testsuite name="c" tests="1" errors="1"/></testsuites>'])).toMatchObject(tally(4, 2, 0));
    expect(countTests([], ['<coverage line-rate="1"/>'])).toBeUndefined();
  });
});

describe('outputs as the runners’ manuals show them', () => {
  it('go test (go.dev/doc, cmd/go and test2json)', () => {
    expect(said('=== RUN   TestAdd', '--- PASS: TestAdd (0.00s)', '=== RUN   TestSub', '    a_test.go:9: 1 != 2', '--- FAIL: TestSub (0.00s)', '    --- SKIP: TestSub/windows (0.00s)', 'FAIL', 'FAIL\texample.com/a\t0.002s')).toMatchObject(tally(2, 1, 1));
    expect(said('{"Time":"2026-11-20T10:00:00Z","Action":"run","Package":"a","Test":"TestA"}', '{"Time":"2026-11-20T10:00:00Z","Action":"fail","Package":"a","Test":"TestA","Elapsed":0}', '{"Action":"fail","Package":"a","Elapsed":0.1}'.replace('"Action":"fail","Package":"a"', '"Package":"a","Action":"fail"'))).toMatchObject(tally(1, 1, 0));
    expect(said('?   \texample.com/a\t[no test files]', 'ok  \texample.com/b\t0.002s [no tests to run]')).toMatchObject(tally(0, 0, 0));
    expect(said('ok  \texample.com/a\t0.002s')).toBeUndefined();
    expect(said('# example.com/a', './a.go:3:1: syntax error: unexpected }', 'FAIL\texample.com/a [build failed]')).toBeUndefined();
  });

  it('Maven Surefire (maven.apache.org/surefire): the sums, not the classes', () => {
    expect(said('[ERROR] Tests run: 4, Failures: 1, Errors: 1, Skipped: 1, Time elapsed: 0.045 s <<< FAILURE! -- in ATest', '[ERROR] Tests run: 4, Failures: 1, Errors: 1, Skipped: 1', '[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0')).toMatchObject(tally(5, 2, 1));
    expect(said('[INFO] No tests to run.')).toBeUndefined();
  });

  it('dotnet test (learn.microsoft.com, "Test a .NET class library"; SDK 9)', () => {
    expect(said('Passed!  - Failed:     0, Passed:     3, Skipped:     0, Total:     3, Duration: 3 ms - StringLibraryTest.dll (net6.0)', 'Failed!  - Failed:     1, Passed:     4, Skipped:     2, Total:     7, Duration: 9 ms - B.dll (net8.0)')).toMatchObject(tally(8, 1, 2));
    expect(said('Test summary: total: 17, failed: 1, succeeded: 14, skipped: 2, duration: 1.0s')).toMatchObject(tally(15, 1, 2));
    expect(said('Total tests: 5', '     Passed: 3', '     Failed: 1', '    Skipped: 1')).toMatchObject(tally(4, 1, 1));
  });

  it('bun test (bun.sh/docs), nextest (nexte.st), ava', () => {
    expect(said(' 3 pass', ' 1 fail', ' 2 skip', ' 5 expect() calls', 'Ran 4 tests across 1 files. [10.00ms]')).toMatchObject(tally(4, 1, 2));
    expect(said('     Summary [   0.005s] 3 tests run: 2 passed, 1 failed, 4 skipped')).toMatchObject(tally(3, 1, 4));
    expect(said('  2 tests passed', '  1 test failed')).toMatchObject(tally(3, 1, 0));
  });

  it('TAP (testanything.org): the outermost points, without what is aside', () => {
    expect(said('TAP version 13', '1..4', 'ok 1 - a', '    not ok 1 - inner', 'not ok 2 - b', 'ok 3 # SKIP no network', 'not ok 4 # TODO later')).toMatchObject(tally(2, 1, 2));
    expect(said('1..0 # skipped')).toMatchObject(tally(0, 0, 0));
  });
});

it('adds up what the packages of a workspace print, whatever their runners', () => {
  expect(said('packages/a test:       Tests  2 passed (2)', 'packages/b test:       Tests  1 failed | 2 passed (3)', 'c:test: Tests:       4 passed, 4 total', '[d]: # tests 2', '[d]: # suites 0', '[d]: # pass 2', '[d]: # fail 0')).toMatchObject({ ...tally(11, 1, 0), formats: ['node:test', 'vitest', 'jest'] });
});

it('O7: what tells no number is no count', () => {
  for (const lines of [[], ['all good'], ['Tests passed'], ['ok'], ['5 passed'], ['BUILD SUCCESSFUL in 2s']]) expect(said(...lines)).toBeUndefined();
});
