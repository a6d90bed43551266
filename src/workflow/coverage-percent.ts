/** Of whole reports: how many lines there are, and how many were reached. */
interface Lines {
  readonly covered: number;
  readonly all: number;
}

type Reader = (lines: readonly string[]) => number | undefined;

/**
 * The share of lines that tests reach, in percent, as an output or a report tells it; undefined where
 * neither does. The last table of an output counts. `reports` are texts of files in the forms of JaCoCo,
 * Cobertura and lcov, and are added up. `lines` are without colours.
 */
export function coverageIn(lines: readonly string[], reports: readonly string[] = []): number | undefined {
  const counts = reports.map(linesIn).filter((one) => one !== undefined);
  const all = counts.reduce((total, one) => total + one.all, 0);
  if (all > 0) return (100 * counts.reduce((total, one) => total + one.covered, 0)) / all;
  for (const read of READERS) {
    const percent = read(lines);
    if (percent !== undefined && percent >= 0 && percent <= 100) return percent;
  }
  return undefined;
}

const READERS: readonly Reader[] = [
  // node: file | line % | branch % | funcs %
  (lines) => numberIn(lines, /^(?:#|ℹ) all files +\| +([\d.]+) \|/),
  // istanbul, v8, c8: File | % Stmts | % Branch | % Funcs | % Lines |
  (lines) => numberIn(lines, /^ *All files +\| +[\d.]+ \| +[\d.]+ \| +[\d.]+ \| +([\d.]+) \|/),
  // bun: File | % Funcs | % Lines |
  (lines) => numberIn(lines, /^ *All files +\| +[\d.]+ \| +([\d.]+) \|/),
  (lines) => numberIn(lines, /^Lines +: ([\d.]+)% \( *\d+\/\d+ *\)/),
  // coverage.py: Name, Stmts, Miss, [Branch, BrPart,] Cover
  (lines) => numberIn(lines, /^TOTAL(?: +\d+){2,4} +([\d.]+)%$/),
  // go tool cover -func
  (lines) => numberIn(lines, /^total:\s+\(statements\)\s+([\d.]+)%$/),
  (lines) => only(lines, /^(?:ok\s.*\s)?coverage: ([\d.]+)% of statements/),
  // cargo llvm-cov: regions, functions, lines, each with all, missed and percent
  (lines) => numberIn(lines, /^TOTAL +\d+ +\d+ +[\d.]+% +\d+ +\d+ +[\d.]+% +\d+ +\d+ +([\d.]+)%/),
  (lines) => numberIn(lines, /^([\d.]+)% coverage, \d+\/\d+ lines covered/),
  // coverlet: Total, Line, Branch, Method
  (lines) => numberIn(lines, /^\| Total +\| ([\d.]+)% +\|/),
  // lcov, genhtml
  (lines) => numberIn(lines, /^ *lines\.+: ([\d.]+)% \(\d+ of \d+ lines?\)/),
];

function numberIn(lines: readonly string[], form: RegExp): number | undefined {
  const line = lines.findLast((one) => form.test(one));
  return line === undefined ? undefined : Number(form.exec(line)?.[1]);
}

/** Of one package alone: several percentages cannot be added up. */
function only(lines: readonly string[], form: RegExp): number | undefined {
  const found = lines.filter((line) => form.test(line));
  return found.length === 1 ? numberIn(found, form) : undefined;
}

function linesIn(report: string): Lines | undefined {
  return jacoco(report) ?? cobertura(report) ?? lcov(report);
}

/** The counter of the whole report comes after those of its packages. */
function jacoco(report: string): Lines | undefined {
  if (!/<report\b/.test(report)) return undefined;
  const last = [...report.matchAll(/<counter type="LINE" missed="(\d+)" covered="(\d+)"\s*\/>/g)].at(-1);
  return last && { covered: Number(last[2]), all: Number(last[1]) + Number(last[2]) };
}

function cobertura(report: string): Lines | undefined {
  const root = /<coverage\s([^>]*)>/.exec(report)?.[1];
  if (root === undefined) return undefined;
  const number = (name: string) => Number(new RegExp(`\\b${name}="([\\d.]+)"`).exec(root)?.[1] ?? Number.NaN);
  const [covered, all] = [number('lines-covered'), number('lines-valid')];
  if (covered >= 0 && all > 0) return { covered, all };
  const rate = number('line-rate');
  return rate >= 0 && rate <= 1 ? { covered: rate, all: 1 } : undefined;
}

function lcov(report: string): Lines | undefined {
  const total = (key: string) => [...report.matchAll(new RegExp(`^${key}:(\\d+)$`, 'gm'))].reduce((sum, [, number]) => sum + Number(number), 0);
  const all = total('LF');
  return all > 0 ? { covered: total('LH'), all } : undefined;
}
