import { lastLines, plainLines, endOf, type CommandRun } from './command-output.ts';
import { coverageIn } from './coverage-percent.ts';
import type { PlannedRun } from './gate-plan.ts';
import { countTests, type TestCount } from './test-count.ts';

/** Why a gate did not pass, and what mends it. */
export interface GateProblem {
  readonly code: 'missing-tool' | 'not-prepared' | 'nothing-to-run' | 'overdue' | 'failed' | 'no-tests' | 'unreadable' | 'too-low';
  readonly message: string;
  readonly mend: string;
}

/** What came of one command of a gate. */
export interface GateRun {
  readonly gate: PlannedRun['gate'];
  readonly folder: string;
  readonly stack: string | null;
  readonly command: string;
  readonly why: string;
  readonly ok: boolean;
  readonly exit: number | null;
  readonly seconds: number;
  readonly tests: TestCount | null;
  /** Share of lines in percent, and the least that is allowed. */
  readonly coverage: { readonly percent: number | null; readonly least: number | null } | null;
  readonly problems: readonly GateProblem[];
  /** The last lines, where it did not pass. */
  readonly tail: readonly string[];
}

/** What a command left behind besides its output. */
export interface Reports {
  /** Texts of reports in the form of JUnit. */
  readonly tests: readonly string[];
  /** Of JaCoCo, Cobertura, lcov. */
  readonly coverage: readonly string[];
}

/** What coverage has to reach; undefined where nobody has said it. */
export interface Least {
  readonly percent: number | undefined;
  /** How treework is called here. */
  readonly program: string;
}

/** Judges one command: what cannot be read is no pass. */
export function judgeRun(planned: PlannedRun, run: CommandRun, reports: Reports, least: Least): GateRun {
  const { gate, folder, stack, command, why } = planned;
  const lines = plainLines(run.output.head + (run.output.dropped > 0 ? '\n' : '') + run.output.tail);
  const counts = gate === 'test' || gate === 'coverage' ? countTests(lines, reports.tests) : undefined;
  const percent = gate === 'coverage' ? coverageIn(lines, reports.coverage) : undefined;
  const problems = [
    ...endProblems(planned, run, lines, counts),
    ...(gate === 'test' ? testProblems(run, counts) : []),
    ...(gate === 'coverage' ? coverageProblems(run, counts, percent, least) : []),
  ];
  return {
    gate, folder, stack: stack ?? null, command, why, ok: problems.length === 0, exit: run.exit ?? null, seconds: Number(run.seconds.toFixed(3)), tests: counts ?? null,
    coverage: gate === 'coverage' ? { percent: percent === undefined ? null : Number(percent.toFixed(2)), least: least.percent ?? null } : null,
    problems,
    tail: problems.length === 0 ? [] : lastLines(run.output, 12, 1500).lines,
  };
}

/** A command that was not run at all. */
export function notRun({ gate, folder, stack, command, why }: PlannedRun, problem: GateProblem): GateRun {
  return { gate, folder, stack: stack ?? null, command, why, ok: false, exit: null, seconds: 0, tests: null, coverage: null, problems: [problem], tail: [] };
}

function endProblems({ command, needs }: PlannedRun, run: CommandRun, lines: readonly string[], counts: TestCount | undefined): GateProblem[] {
  if (run.isOverdue) return [{ code: 'overdue', message: `Unexpected end of ${command} at its time limit of ${run.limit} s, expected it to be done by then`, mend: 'find out what hangs, or give it more time: --timeout SECONDS' }];
  const failed = counts?.failed ?? 0;
  if (run.exit === 0 && failed === 0) return [];
  const absent = run.exit === 0 || failed > 0 ? undefined : absentTool(run, lines);
  if (absent !== undefined) return [{ code: 'missing-tool', message: `Unexpected absence of ${absent.name}, expected it: a missing tool is no pass`, mend: absent.mend ?? needs.at(-1)?.mend ?? `install ${absent.name}` }];
  if (failed > 0) return [{ code: 'failed', message: `Unexpected ${failed} failing ${failed === 1 ? 'test' : 'tests'} of ${counts?.run}, expected none${run.exit === 0 ? `: ${command} hides it with the exit status 0` : ''}`, mend: `make ${failed === 1 ? 'it' : 'them'} pass: ${command}` }];
  return [{ code: 'failed', message: `Unexpected ${endOf(run)} of ${command}, expected exit 0`, mend: 'see what it says, and mend that' }];
}

/** How a shell, npm, cargo, Python and pytest say that something is not there. */
const ABSENCES: readonly { readonly form: RegExp; readonly mend?: (name: string) => string; readonly name?: string }[] = [
  { form: /^[^\s:]*python[\d.]*(?:\.exe)?: No module named (\w+)$/, mend: (name) => `python3 -m pip install ${name}` },
  { form: /^.*: error: unrecognized arguments: --cov\b/, name: 'pytest-cov', mend: (name) => `python3 -m pip install ${name}` },
  { form: /^(?:error: )?no such command: `([\w-]+)`/ },
  { form: /^npm (?:ERR!|error) Missing script: "([^"]+)"/, mend: (name) => `npm pkg set scripts.${name}=COMMAND` },
];

/** The program or module that was not found. */
function absentTool({ exit }: CommandRun, lines: readonly string[]): { readonly name: string; readonly mend?: string } | undefined {
  for (const { form, mend, name } of ABSENCES) {
    const line = lines.find((one) => form.test(one));
    const found = line === undefined ? undefined : (name ?? form.exec(line)?.[1]);
    if (found !== undefined) return { name: found, ...(mend && { mend: mend(found) }) };
  }
  if (exit !== 127) return undefined;
  const said = lines.map((line) => /^(?:\S*sh|env): (?:(?:line )?\d+: )?'?([^\s:']+)'?: (?:command |inaccessible or )?(?:not found|No such file)/.exec(line)?.[1]).find((name) => name !== undefined);
  return { name: said ?? 'a program that it needs' };
}

function testProblems(run: CommandRun, counts: TestCount | undefined): GateProblem[] {
  if (counts?.run === 0) return [{ code: 'no-tests', message: `Unexpected run of no test at all${counts.skipped > 0 ? ` (${counts.skipped} skipped)` : ''}, expected at least one: nothing tested is no pass`, mend: 'write a test, or point gates.test of WORKSPACE.md to those that there are' }];
  if (counts !== undefined || run.exit !== 0 || run.isOverdue) return [];
  return [{ code: 'unreadable', message: 'Unexpected output that tells no number of tests, expected a count: it may have run none', mend: 'let the runner print its summary (go test -v, TAP), or write a JUnit report into "$TREEWORK_GATE_DIR" (a folder of its own for each run)' }];
}

function coverageProblems(run: CommandRun, counts: TestCount | undefined, percent: number | undefined, { percent: least, program }: Least): GateProblem[] {
  if (run.exit !== 0 || run.isOverdue) return [];
  if (counts?.run === 0) return testProblems(run, counts);
  if (percent === undefined) return [{ code: 'unreadable', message: 'Unexpected output that tells no coverage, expected the share of lines in percent', mend: 'let the command print its table, or write lcov.info, Cobertura or JaCoCo XML into "$TREEWORK_GATE_DIR"' }];
  if (least === undefined) return [{ code: 'too-low', message: `Unexpected absence of a kept value, expected one that coverage (${shown(percent)} %) must not fall below`, mend: `${program} gate coverage --raise` }];
  if (percent < least) return [{ code: 'too-low', message: `Unexpected coverage of ${shown(percent)} % of the lines, expected at least ${shown(least)} %`, mend: 'test what is not reached; the command’s own table says where' }];
  return [];
}

function shown(percent: number): string {
  return String(Math.floor(percent * 100) / 100);
}
