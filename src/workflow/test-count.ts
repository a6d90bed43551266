/** How many tests a run ran, as its runners counted them. */
export interface TestCount {
  /** Passed and failed: what was skipped was not run. */
  readonly run: number;
  readonly failed: number;
  readonly skipped: number;
  /** Which runners' summaries were read. */
  readonly formats: readonly string[];
}

interface Tally {
  readonly run: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Reads one runner's words; undefined where it has not spoken. */
type Reader = (lines: readonly string[]) => Tally | undefined;

/**
 * The tests that an output tells of, added up over all summaries in it (a workspace prints many);
 * undefined where no runner's summary is found. `lines` are without colours.
 */
export function countTests(lines: readonly string[], reports: readonly string[] = []): TestCount | undefined {
  const said = lines.map(withoutPrefix);
  const found = Object.entries(READERS).flatMap(([format, read]) => {
    const tally = read(said);
    return tally === undefined ? [] : [{ format, tally }];
  });
  const junit = junitIn([...reports, ...(said.some((line) => /^<.*<testsuites?[ >]|^<testsuites?[ >]/.test(line)) ? [said.join('\n')] : [])]);
  // Lines of a protocol stand for themselves only where nobody has counted them.
  const all = found.length === 0 && junit === undefined ? tapIn(said) : undefined;
  const tallies = [...found, ...(found.length === 0 && junit ? [{ format: 'junit', tally: junit }] : []), ...(all ? [{ format: 'tap', tally: all }] : [])];
  if (tallies.length === 0) return undefined;
  return { ...sum(tallies.map(({ tally }) => tally)), formats: tallies.map(({ format }) => format) };
}

/** What runners of many packages write before each line: `packages/a test: `, `a:test: `, `[a]: `. */
function withoutPrefix(line: string): string {
  return line.replace(/^(?:(?:\.|[@\w.-]*\/[@\w./-]+) [\w:-]+: |[@\w./-]+:[\w-]+: |\[[@\w./-]+\]: )/, '');
}

const READERS: Readonly<Record<string, Reader>> = {
  'node:test': nodeTest,
  vitest: (lines) => each(lines, /^ *Tests {2}(no tests|.*\(\d+\))$/, ([, said = '']) => words(said, { passed: 'passed', failed: 'failed', skipped: /skipped|todo/ })),
  jest: (lines) => each(lines, /^Tests: {2,}(.*\d+ total)$/, ([, said = '']) => words(said, { passed: 'passed', failed: 'failed', skipped: /skipped|todo/ })),
  mocha,
  pytest: (lines) => each(lines, /^(?:=+ )?((?:no tests ran|(?:\d+ (?:passed|failed|errors?|skipped|deselected|xfailed|xpassed|warnings?|rerun|subtests passed)(?:, )?)+) in [\d.]+s.*?)(?: =+)?$/, ([, said = '']) => words(said, { passed: /^(?:passed|xfailed|xpassed)$/, failed: 'failed', skipped: 'skipped' })),
  unittest,
  go: goTest,
  cargo: (lines) => each(lines, /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/, ([, passed, failed, ignored]) => tally(passed, failed, ignored)),
  nextest: (lines) => each(lines, /^ *Summary \[.*\] (.*)$/, ([, said = '']) => words(said, { passed: /^passed/, failed: /^failed|^timed out/, skipped: 'skipped' })),
  surefire: (lines) => each(lines, /^(?:\[\w+\] )?Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)$/, ([, all, failures, errors, skipped]) => ({ run: Number(all) - Number(skipped), failed: Number(failures) + Number(errors), skipped: Number(skipped) })),
  dotnet,
  bun: (lines) => (lines.some((line) => /^Ran \d+ tests? across \d+ files?\./.test(line)) ? each(lines, /^ *(\d+) (pass|fail|skip|todo)$/, ([, number, word]) => tally(word === 'pass' ? number : 0, word === 'fail' ? number : 0, /skip|todo/.test(word as string) ? number : 0)) : undefined),
  ava: (lines) => each(lines, /^ {2}(\d+) tests? (passed|failed|skipped)$/, ([, number, word]) => tally(word === 'passed' ? number : 0, word === 'failed' ? number : 0, word === 'skipped' ? number : 0)),
};

function tally(passed: unknown, failed: unknown, skipped: unknown): Tally {
  return { run: Number(passed) + Number(failed), failed: Number(failed), skipped: Number(skipped) };
}

function sum(tallies: readonly Tally[]): Tally {
  const add = (key: keyof Tally) => tallies.reduce((total, one) => total + one[key], 0);
  return { run: add('run'), failed: add('failed'), skipped: add('skipped') };
}

/** The sum over the lines of one form; undefined where there is none. */
function each(lines: readonly string[], form: RegExp, read: (match: RegExpExecArray) => Tally): Tally | undefined {
  const tallies = lines.flatMap((line) => {
    const match = form.exec(line);
    return match ? [read(match)] : [];
  });
  return tallies.length === 0 ? undefined : sum(tallies);
}

type Word = string | RegExp;

/** `1 failed | 2 passed, 3 skipped`: the numbers before these words. */
function words(said: string, { passed, failed, skipped }: { passed: Word; failed: Word; skipped: Word }): Tally {
  const pairs = [...said.matchAll(/(\d+) ([a-z ]*[a-z])/g)].map(([, number, word]) => ({ number: Number(number), word: word as string }));
  const total = (wanted: Word) => pairs.filter(({ word }) => (typeof wanted === 'string' ? word === wanted || word.startsWith(`${wanted} `) : wanted.test(word.split(' ')[0] as string) || wanted.test(word))).reduce((all, { number }) => all + number, 0);
  return tally(total(passed), total(failed), total(skipped));
}

/** `# tests 5` in TAP, `ℹ tests 5` in the form for people. A file without any test counts as one that passed. */
function nodeTest(lines: readonly string[]): Tally | undefined {
  if (!lines.some((line) => /^(?:#|ℹ) suites \d+$/.test(line))) return undefined;
  const total = (word: string) => each(lines, new RegExp(`^(?:#|ℹ) ${word} (\\d+)$`), ([, number]) => tally(number, 0, 0))?.run ?? 0;
  const files = lines.filter((line) => /^(?:ok \d+ - |✔ )(?:(?:\/|[A-Za-z]:[\\/]).*|\S+)\.[cm]?[jt]sx?(?: \([\d.]+m?s\))?$/.test(line)).length;
  const failed = total('fail') + total('cancelled');
  return { run: Math.max(0, total('pass') - files) + failed, failed, skipped: total('skipped') + total('todo') };
}

function mocha(lines: readonly string[]): Tally | undefined {
  if (!lines.some((line) => /^ {2}\d+ passing \(.+\)$/.test(line))) return undefined;
  return each(lines, /^ {2}(\d+) (passing|failing|pending)(?: \(.+\))?$/, ([, number, word]) => tally(word === 'passing' ? number : 0, word === 'failing' ? number : 0, word === 'pending' ? number : 0));
}

/** `Ran 4 tests in 0.001s`, then how they ended. What could not be imported counts as a test with an error. */
function unittest(lines: readonly string[]): Tally | undefined {
  const ran = each(lines, /^Ran (\d+) tests? in [\d.]+s$/, ([, number]) => tally(number, 0, 0));
  if (!ran) return undefined;
  const said = lines.filter((line) => /^(?:OK|FAILED|NO TESTS RAN)(?: \(.*\))?$/.test(line)).join(' ');
  const total = (word: string) => [...said.matchAll(new RegExp(`(?<![\\w ])${word}=(\\d+)|, ${word}=(\\d+)`, 'g'))].reduce((all, [, first, second]) => all + Number(first ?? second), 0);
  const skipped = total('skipped');
  return { run: Math.max(0, ran.run - skipped), failed: total('failures') + total('errors') + total('unexpected successes'), skipped };
}

/** Lines of `-v`, or events of `-json`. Packages without a line of their own have not been counted. */
function goTest(lines: readonly string[]): Tally | undefined {
  const plain = each(lines, /^ *--- (PASS|FAIL|SKIP): \S/, ([, word]) => tally(word === 'PASS' ? 1 : 0, word === 'FAIL' ? 1 : 0, word === 'SKIP' ? 1 : 0));
  const events = each(lines, /^\{(?=.*"Test":").*"Action":"(pass|fail|skip)"/, ([, word]) => tally(word === 'pass' ? 1 : 0, word === 'fail' ? 1 : 0, word === 'skip' ? 1 : 0));
  const empty = lines.some((line) => /^(?:\?\s+\S+\s+\[no test files\]|ok\s+\S+\s+.*\[no tests to run\]|testing: warning: no tests to run)/.test(line)) && !lines.some((line) => /^ok\s+\S+\s+(?!.*\[no tests to run\])/.test(line));
  return plain ?? events ?? (empty ? { run: 0, failed: 0, skipped: 0 } : undefined);
}

function dotnet(lines: readonly string[]): Tally | undefined {
  const classic = each(lines, /^(?:Passed|Failed|Skipped)! +- Failed: +(\d+), Passed: +(\d+), Skipped: +(\d+), Total: +\d+/, ([, failed, passed, skipped]) => tally(passed, failed, skipped));
  const modern = each(lines, /^ *Test summary: total: (\d+), failed: (\d+), succeeded: (\d+), skipped: (\d+)/i, ([, , failed, passed, skipped]) => tally(passed, failed, skipped));
  const old = lines.some((line) => /^Total tests: \d+/.test(line)) ? each(lines, /^ +(Passed|Failed|Skipped): (\d+)$/, ([, word, number]) => tally(word === 'Passed' ? number : 0, word === 'Failed' ? number : 0, word === 'Skipped' ? number : 0)) : undefined;
  return classic ?? modern ?? old;
}

/** Test Anything Protocol (testanything.org): the lines of the outermost level. */
function tapIn(lines: readonly string[]): Tally | undefined {
  const hasPlan = lines.some((line) => /^1\.\.\d+/.test(line));
  if (!hasPlan) return undefined;
  const points = each(lines, /^(not ok|ok)\b(.*)$/, ([, word, rest = '']) => {
    const isAside = /#\s*(?:skip|todo)/i.test(rest);
    return isAside ? tally(0, 0, 1) : tally(word === 'ok' ? 1 : 0, word === 'ok' ? 0 : 1, 0);
  });
  return points ?? { run: 0, failed: 0, skipped: 0 };
}

/** Reports in the form of JUnit: the suites that hold tests, each once. */
function junitIn(reports: readonly string[]): Tally | undefined {
  const tallies = reports.flatMap((text) => {
    const suites = [...text.matchAll(/<testsuite\s([^>]*)>/g)].map(([, attributes = '']) => attributes);
    const root = /<testsuites\s([^>]*\btests="\d+"[^>]*)>/.exec(text)?.[1];
    const all = root === undefined ? outermost(text, suites) : [root];
    return all.map((attributes) => {
      const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
      const skipped = Math.max(number('skipped'), number('disabled'));
      return { run: Math.max(0, number('tests') - skipped), failed: number('failures') + number('errors'), skipped };
    });
  });
  return tallies.length === 0 ? undefined : sum(tallies);
}

/** Suites in suites are counted by those around them. */
function outermost(text: string, suites: readonly string[]): string[] {
  let depth = 0;
  let index = -1;
  const found: string[] = [];
  for (const [tag] of text.matchAll(/<testsuite\s[^>]*>|<\/testsuite>/g)) {
    if (tag === '</testsuite>') depth -= 1;
    else {
      index += 1;
      if (depth === 0) found.push(suites[index] as string);
      if (!tag.endsWith('/>')) depth += 1;
    }
  }
  return found;
}
