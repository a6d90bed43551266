/**
 * `npm run bench`: measures treework beside its peers and writes docs/benchmarks.md.
 *   --only WORDS  comma-separated: baseline, peers, treework (contenders); commit, shim, ticket, audit, start, everywhere, list, steer, work, split, prune, agents (measures)
 *   --runs N      rounds of what is short (15)
 *   --quick       small repositories: tries the harness, judges nothing
 *   --tarball F   the packed treework to measure, instead of that of this checkout
 *   --out FILE    where the page goes; a partial run writes no page without it
 * Exits 1 when a target is not met or could not be measured.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureAgents } from './agents.mjs';
import { measureAudit } from './audit.mjs';
import { measureCommit, measureShim } from './commits.mjs';
import { measureEverywhere } from './everywhere.mjs';
import { measureList } from './list.mjs';
import { installPeers } from './peers.mjs';
import { measurePrune } from './prune.mjs';
import { report, section } from './report.mjs';
import { measureSplit } from './split.mjs';
import { measureStart } from './start.mjs';
import { countNodeStarts } from './starts.mjs';
import { measureSteer } from './steer.mjs';
import { judge } from './targets.mjs';
import { measureTicket } from './ticket.mjs';
import { reason } from './timing.mjs';
import { installTreework } from './treework.mjs';
import { measureWork } from './work.mjs';

const CONTENDERS = { baseline: ['none', 'idle', 'node', 'floor', 'bare'], peers: ['husky', 'mdsmith', 'markdownlint', 'remark', 'openspec'], treework: ['treework', 'core'] };
const MEASURES = ['commit', 'shim', 'ticket', 'audit', 'start', 'everywhere', 'list', 'steer', 'work', 'split', 'prune', 'agents'];
const PEER_GROUP = { husky: 'hooks', remark: 'hooks', mdsmith: 'mdsmith', markdownlint: 'markdownlint', openspec: 'openspec' };

const { values: options } = parseArgs({ options: { only: { type: 'string' }, runs: { type: 'string', default: '15' }, quick: { type: 'boolean', default: false }, tarball: { type: 'string' }, out: { type: 'string' } } });
const selected = selection(options.only);
const folder = mkdtempSync(join(tmpdir(), 'treework-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
process.exitCode = await main();

function selection(only) {
  const words = only?.split(',').map((word) => word.trim()).filter(Boolean) ?? [];
  const unknown = words.find((word) => !(word in CONTENDERS) && !MEASURES.includes(word));
  if (unknown) throw new Error(`Unexpected --only ${unknown}, expected some of ${[...Object.keys(CONTENDERS), ...MEASURES].join(', ')}`);
  const groups = words.filter((word) => word in CONTENDERS);
  const measures = words.filter((word) => MEASURES.includes(word));
  const ids = (groups.length ? groups : Object.keys(CONTENDERS)).flatMap((group) => CONTENDERS[group]);
  return { partial: words.length > 0, contenders: new Set(ids), measures: new Set(measures.length ? measures : MEASURES) };
}

/** What every measure is given: the folder, the number of runs, and who takes part. */
function makeBench() {
  const wants = (id) => selected.contenders.has(id);
  const say = (text) => process.stderr.write(`bench: ${text}\n`);
  say('installing');
  const groups = new Set(Object.entries(PEER_GROUP).filter(([id]) => wants(id)).map(([, group]) => group));
  const installed = Object.fromEntries([...groups].map((group) => [group, installPeers(group, join(folder, `peers-${group}`))]));
  const treework = wants('treework') ? installTreework(join(folder, 'treework'), options.tarball) : { why: 'not part of this run' };
  const unavailable = (id) => (CONTENDERS.treework.includes(id) ? treework.why : installed[PEER_GROUP[id]]?.why);
  return { folder, runs: Number(options.runs), wants, say, unavailable, treework, peers: (group) => installed[group], versions: Object.assign({}, ...Object.values(installed).map(({ versions }) => versions)) };
}

/** Runs the selected measures; each is shown on stderr as soon as it is there. */
async function measure(bench, sizes) {
  const measures = [];
  const add = (...made) => {
    measures.push(...made);
    for (const each of made) process.stderr.write(`\n${section(each)}\n`);
  };
  if (selected.measures.has('start')) add(measureStart(bench));
  if (selected.measures.has('shim')) add(...await measureShim(bench, sizes.middle));
  if (selected.measures.has('commit')) {
    for (const size of sizes.all) add(await measureCommit(bench, size, ['none', 'node', 'treework', ...(size === sizes.middle ? ['husky'] : [])]));
  }
  if (selected.measures.has('ticket')) add(...await measureTicket(bench, 500));
  if (selected.measures.has('everywhere')) add(measureEverywhere(bench));
  if (selected.measures.has('list')) add(measureList(bench));
  if (selected.measures.has('agents')) add(measureAgents(bench));
  if (selected.measures.has('steer')) add(measureSteer(bench));
  if (selected.measures.has('split')) add(measureSplit(bench));
  if (selected.measures.has('work')) add(measureWork(bench));
  if (selected.measures.has('prune')) add(measurePrune(bench));
  if (selected.measures.has('audit')) add(...await measureAudit(bench, sizes.audit));
  return measures;
}

async function startsOf(bench) {
  if (!selected.measures.has('shim') || !bench.wants('treework')) return undefined;
  if (bench.treework.why) return { why: bench.treework.why };
  try {
    return await countNodeStarts(bench, 100);
  } catch (error) {
    return { why: reason(error) };
  }
}

async function main() {
  const bench = makeBench();
  const sizes = options.quick ? { all: [100, 500], middle: 500, audit: 500 } : { all: [1_000, 10_000, 100_000], middle: 10_000, audit: 10_000 };
  const measures = await measure(bench, sizes);
  const starts = await startsOf(bench);
  const targets = options.quick ? [] : judge(measures, starts, selected.partial);
  const given = Object.entries(options).filter(([name, value]) => !['out', 'tarball'].includes(name) && value && value !== '15').map(([name, value]) => (value === true ? ` --${name}` : ` --${name} ${value}`)).join('');
  const page = report({ measures, targets, starts, versions: bench.versions, treework: bench.treework, options: given });
  process.stdout.write(page);
  const out = options.out ?? (selected.partial || options.quick ? undefined : fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url)));
  if (out) writeFileSync(out, page);
  else bench.say('no page written: this run is partial (--out FILE writes one)');
  return targets.every(({ met }) => met) ? 0 : 1;
}
