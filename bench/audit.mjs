/** What an audit of the whole tree costs, and what it finds. */
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createOpenSpec, createRepository } from './corpus.mjs';
import { writeRemark } from './contenders.mjs';
import { FAULTS } from './faults.mjs';
import { cleanEnvironment, git, observe, run } from './process.mjs';
import { MARKDOWNLINT_CONFIGURATION, mdsmithConfiguration } from './schemas.mjs';
import { interleave, reason, summary } from './timing.mjs';

const LIST = '.git/bench-files';
const READ_ALL = `const { readFileSync } = require('fs'); let bytes = 0;
for (const path of readFileSync('${LIST}', 'utf8').split('\\n')) bytes += readFileSync(path).length;`;

const TITLES = {
  floor: 'node reads every file of a list', treework: 'treework check --all, cold', core: 'the same with the rules of the core alone', mdsmith: 'mdsmith (Go)',
  markdownlint: 'markdownlint-cli2 (style only)', remark: 'remark-cli + remark-lint-frontmatter-schema',
  openspec: 'openspec validate --all --strict, of as many documents in its own layout',
};

/** One contender: how it is run in the repository, and whether it can be. */
function contenders(bench, cwd, size) {
  return {
    floor: () => ({ command: [process.execPath, '-e', READ_ALL] }),
    treework: () => ({ command: [bench.treework.bin, 'check', '--all'], before: () => rmSync(join(cwd, '.git', 'treework'), { recursive: true, force: true }) }),
    core: () => prepareCore(bench, size),
    mdsmith: () => prepareMdsmith(bench, cwd),
    markdownlint: () => prepareMarkdownlint(bench, cwd),
    remark: () => prepareRemark(bench, cwd),
    openspec: () => prepareOpenSpec(bench, size),
  };
}

/** What guards a spec, its changes and the plan; the judges of links, contracts, histories and repositories switched off. */
const CORE = ['change-record-immutable', 'change-record-impact', 'change-record-target', 'config-alive', 'directory-standard', 'frontmatter-valid', 'node-dependency', 'node-id-unique', 'placeholder-unfilled', 'requirement-keyword', 'requirement-scenario', 'requirement-unique', 'spec-frozen', 'ticket-one-place', 'tree-acyclic'];
const PAGES = fileURLToPath(new URL('../src/rules', import.meta.url));

/** In a repository of its own: an audit reads WORKSPACE.md as it is committed. */
async function prepareCore(bench, size) {
  const cwd = join(bench.folder, 'audit-core');
  await createRepository(cwd, size, perFault(size));
  const others = readdirSync(PAGES).filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -3)).filter((id) => !CORE.includes(id));
  const file = join(cwd, 'WORKSPACE.md');
  writeFileSync(file, readFileSync(file, 'utf8').replace('treework: 1\n', `treework: 1\nrules:\n${others.map((id) => `  ${id}: off\n`).join('')}`));
  git(cwd, 'commit', '--quiet', '--no-verify', '-m', 'chore: the rules of the core alone', 'WORKSPACE.md');
  return { cwd, command: [bench.treework.bin, 'check', '--all'], before: () => rmSync(join(cwd, '.git', 'treework'), { recursive: true, force: true }) };
}

function prepareMdsmith(bench, cwd) {
  const bin = join(bench.peers('mdsmith').modules, '@mdsmith', `${process.platform}-${process.arch}`, 'bin', 'mdsmith');
  const rules = [...run([bin, 'help', 'rule'], { cwd }).stdout.matchAll(/^MDS\d+ (\S+)/gm)].map(([, rule]) => rule);
  writeFileSync(join(cwd, '.mdsmith.yml'), mdsmithConfiguration(rules));
  return { command: [bin, 'check', '--no-color', 'docs'] };
}

function prepareMarkdownlint(bench, cwd) {
  writeFileSync(join(cwd, '.markdownlint-cli2.jsonc'), MARKDOWNLINT_CONFIGURATION);
  return { command: [join(bench.peers('markdownlint').modules, '.bin', 'markdownlint-cli2')], limit: 3 };
}

function prepareRemark(bench, cwd) {
  const { modules } = bench.peers('hooks');
  if (!existsSync(join(cwd, 'node_modules'))) symlinkSync(modules, join(cwd, 'node_modules'));
  writeRemark(cwd);
  return { command: [join(modules, '.bin', 'remark'), 'docs', '--frail', '--quiet', '--no-stdout', '--no-color'], once: true };
}

/** It judges nothing but its own layout: the same requirements, none of them invalid. */
function prepareOpenSpec(bench, size) {
  const cwd = join(bench.folder, 'openspec');
  createOpenSpec(cwd, size);
  const bin = join(bench.peers('openspec').modules, '.bin', 'openspec');
  return { cwd, command: [bin, 'validate', '--all', '--strict', '--no-interactive'], env: { ...cleanEnvironment(), OPENSPEC_TELEMETRY: '0', CI: 'true' }, limit: 3, isElsewhere: true };
}

function perFault(size) {
  return Math.max(1, Math.round(size / 100 / FAULTS.length));
}

/** Times, memory and findings of every auditor over `size` documents, one in a hundred invalid; then the warm audit. */
export async function measureAudit(bench, size) {
  const cwd = join(bench.folder, 'audit');
  bench.say(`audit of ${size} documents`);
  const { faults } = await createRepository(cwd, size, perFault(size));
  writeFileSync(join(cwd, LIST), git(cwd, 'ls-files', 'docs'));
  const ready = [];
  const rows = [];
  for (const [id, prepare] of Object.entries(contenders(bench, cwd, size))) {
    if (!bench.wants(id)) continue;
    const why = bench.unavailable(id);
    if (why) rows.push({ id, label: TITLES[id], why });
    else ready.push({ id, cwd, accept: [0, 1], ...(await prepare()) });
  }
  const times = interleave(ready.filter(({ once }) => !once), bench.runs);
  for (const contender of ready) {
    const time = times.get(contender.id);
    rows.push({ id: contender.id, label: TITLES[contender.id], ...time, ...(time?.why ? {} : await examine(bench, contender, faults)) });
  }
  const warm = bench.wants('treework') ? measureWarm(bench, cwd) : [];
  for (const each of new Set(ready.map((contender) => contender.cwd))) rmSync(each, { recursive: true });
  return [{ id: 'audit', title: `An audit of ${size.toLocaleString('en')} documents, ${faults.length} of them invalid`, rows: inOrder(rows) }, ...warm];
}

function inOrder(rows) {
  const order = Object.keys(TITLES);
  return rows.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
}

/** A run for peak memory, and for which invalid and which valid documents are named; its time counts only where `once` says so. */
async function examine(bench, contender, faults) {
  bench.say(`memory and findings: ${contender.id}`);
  contender.before?.(0);
  let seen;
  try {
    seen = await observe(contender.command, { ...contender, interval: contender.once ? 100 : 4 });
  } catch (error) {
    return { why: reason(error) };
  }
  const { stdout, stderr, peak, largest, ms } = seen;
  const time = contender.once ? summary([ms]) : {};
  if (contender.id === 'floor') return { peak };
  if (contender.isElsewhere) return { peak, largest };
  const named = new Set(`${stdout}\n${stderr}`.match(/docs\/specs\/[^\s":]+\.md/g));
  const invalid = new Set(faults.map(({ path }) => path));
  const kinds = FAULTS.map(({ name }) => name).filter((name) => faults.every(({ path, kind }) => kind !== name || named.has(path)));
  return { ...time, peak, largest, kinds, alarms: [...named].filter((path) => !invalid.has(path)) };
}

function measureWarm(bench, cwd) {
  const title = 'The same audit again, nothing changed';
  const label = 'treework check --all, warm';
  const why = bench.unavailable('treework');
  if (why) return [{ id: 'warm', title, rows: [{ id: 'treework', label, why }] }];
  const times = interleave([
    { id: 'bare', command: [process.execPath, '-e', '0'], cwd },
    { id: 'treework', command: [bench.treework.bin, 'check', '--all'], cwd, accept: [0, 1] },
  ], bench.runs);
  const labels = { bare: '`node -e 0` alone', treework: label };
  return [{ id: 'warm', title, rows: [...times].map(([id, time]) => ({ id, label: labels[id], ...time })) }];
}
