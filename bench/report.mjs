/** The page: Markdown that reads on a terminal too. */
import { cpus, release, totalmem, type } from 'node:os';
import { git } from './process.mjs';

/** `{measures, targets, starts, versions, treework, options}` to the text of docs/benchmarks.md. */
export function report({ measures, targets, starts, versions, treework, options }) {
  return [
    '# Benchmarks', '',
    `Written by \`npm run bench\`${options}. Times are milliseconds of wall clock. All contenders of a table take turns, one run each a round, in an order that rotates, after a round that is not counted; compare numbers of one table only. Files are in the page cache. Peak memory is the highest sum over a command and its descendants, taken in a run that is not timed.`, '',
    ...machine(versions, treework), ...targetTable(targets),
    ...measures.map(section),
    ...startsSection(starts), ...sizeSection(treework),
  ].join('\n').trimEnd().concat('\n');
}

/** One measure as Markdown. */
export function section({ title, rows }) {
  return [`## ${title}`, '', ...timeTable(rows), '', ...findings(rows)].join('\n');
}

function machine(versions, treework) {
  const list = [
    `${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release().split('-')[0]}`,
    `node ${process.versions.node}, ${git('.', '--version').replace('git version', 'git')}`,
    `treework ${treework.version ?? `did not run: ${treework.why}`}`,
    Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', '),
    process.env.NODE_EXTRA_CA_CERTS ? 'NODE_EXTRA_CA_CERTS is set here: every start of node reads those certificates first, but those that treework’s git hooks make; without it all of node’s starts are shorter by the same' : '',
    new Date().toISOString().slice(0, 10),
  ];
  return [...list.filter(Boolean).map((line) => `- ${line}`), ''];
}

function targetTable(targets) {
  if (targets.length === 0) return [];
  return ['## Targets', '', ...table(['target', 'limit', 'measured', ''], targets.map(({ text, limit, value, met, why }) => (
    why ? [text, limit, '', `not measured: ${why}`] : [text, limit, value, met ? 'met' : '**not met**']))), ''];
}

function timeTable(rows) {
  const base = rows.find(({ id, median }) => ['node', 'floor', 'bare'].includes(id) && median !== undefined);
  const none = rows.find(({ id, median }) => id === 'none' && median !== undefined);
  const withPeak = rows.some(({ peak }) => peak !== undefined);
  const optional = (row) => [
    ...(none ? [row && row.id !== 'bare' && row.median > none.median ? digits(row.median - none.median) : ''] : []),
    ...(withPeak ? [row?.peak === undefined ? '' : (row.peak / 1e6).toFixed(0)] : []),
  ];
  const head = ['', 'median', 'min', 'runs', base ? `against ${base.label}` : '', ...(none ? ['added to no hook'] : []), ...(withPeak ? ['peak MB'] : [])];
  return table(head, rows.map((row) => {
    if (row.why) return [row.label, `did not run: ${row.why}`, '', '', '', ...optional()];
    return [row.label, digits(row.median), digits(row.min), row.runs, base ? `${(row.median / base.median).toFixed(2)}×` : '', ...optional(row)];
  }));
}

function findings(rows) {
  const lines = rows.filter(({ kinds }) => kinds).map(({ label, kinds, alarms }) => [
    label, `${kinds.length} of 8`, kinds.join(', '), alarms.length ? `${alarms.length}, such as ${alarms[0]}` : '0']);
  if (lines.length === 0) return [];
  return ['A kind counts as found when every document of that kind is named.', '', ...table(['', 'found', 'kinds of invalid document', 'valid documents named'], lines), ''];
}

function startsSection(starts) {
  if (!starts) return [];
  const lines = starts.why ? [`Not counted: ${starts.why}`] : table(['a commit', 'node processes started'], [
    ['of documents that need a verdict', starts.judged], ['with nothing governed staged', starts.nothing], ['of documents whose verdict is known', starts.known]]);
  return ['## Node processes that the hooks start', '', ...lines, ''];
}

function sizeSection({ packed, unpacked, installed, packages, why }) {
  if (why) return [];
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  return ['## Size', '', ...table(['', ''], [['tarball', kilobytes(packed)], ['unpacked', kilobytes(unpacked)], ['installed', kilobytes(installed)], ['packages installed', packages]]), ''];
}

function digits(ms) {
  return ms < 100 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en');
}

function table(head, rows) {
  const cell = (value) => String(value).replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 300);
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((line) => `| ${line.map(cell).join(' | ')} |`);
}
