/** What it costs to say where all tickets stand, over many branches. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, git } from './process.mjs';
import { interleave, reason } from './timing.mjs';

const NODES = 20;
const AT = 'at: "2026-01-02T10:00:00Z"';
const LABELS = { bare: '`node -e 0` alone', status: 'treework status', ticket: 'treework status --ticket BENCH-7' };

function files(number) {
  const id = `BENCH-${number}`;
  const folder = `docs/specs/${id}`;
  const spec = `---\nticket: ${id}\ntitle: Feature number ${number}\n---\n\n## Requirements\n\n### Requirement: Rule\n\nThe system SHALL hold rule ${number}.\n\n#### Scenario: Broken\n\n- **GIVEN** a request\n- **WHEN** it breaks the rule\n- **THEN** it is refused\n`;
  const pin = `sha256:${createHash('sha256').update(spec).digest('hex')}`;
  const nodes = Array.from({ length: NODES }, (_, at) => `  - {id: n${at}, title: "Part ${at} of feature ${number}", covers: none, scope: ["src/f${number}/${at}/**"]}\n`).join('');
  return { folder, pin, documents: { 'spec.md': spec, 'tasks.md': `---\nticket: ${id}\ngoal: {title: Feature ${number}, why: It is asked for}\nspec: ${pin}\nnodes:\n${nodes}---\n` } };
}

function record(pin, node, branch) {
  const start = `  - {to: in_progress, by: agent-${branch}, ${AT}, wave: 1, spec: "${pin}"}\n`;
  return `---\nnode: n${node}\nstatus: complete\nl0: Part ${node} is there\nhistory:\n${start}  - {to: in_progress, by: agent-${branch}, ${AT}, done: true}\n  - {to: complete, by: agent-${branch}, ${AT}, verdict: pass, verified_by: review-1}\n---\n\nWhat was done, at length.\n`;
}

/** A trunk with `tickets` tickets, and `branches` branches that each advance one node in `each` of them. */
export function createForest(directory, { branches, tickets, each }) {
  mkdirSync(directory, { recursive: true });
  git(directory, 'init', '--quiet', '--template=', '--initial-branch=main');
  for (const [name, value] of Object.entries({ 'user.name': 'Bench', 'user.email': 'bench@example.com', 'gc.auto': '0', 'fastimport.unpackLimit': '1' })) git(directory, 'config', name, value);
  const blob = (path, text) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  const commit = (ref, from) => `commit refs/heads/${ref}\ncommitter Bench <bench@example.com> 1767348000 +0000\ndata 5\nbench\n${from ? `from ${from}\n` : ''}`;
  const all = Array.from({ length: tickets }, (_, number) => files(number + 1));
  const trunk = all.flatMap(({ folder, documents }) => Object.entries(documents).map(([name, text]) => blob(`${folder}/${name}`, text)));
  let stream = `${commit('main')}${blob('WORKSPACE.md', '---\ntreework: 1\n---\n')}${trunk.join('')}\n`;
  for (let branch = 0; branch < branches; branch++) {
    const own = Array.from({ length: each }, (_, index) => all[(branch + index) % tickets]);
    stream += `${commit(`BENCH-${(branch % tickets) + 1}--part-${branch}`, 'refs/heads/main')}${own.map(({ folder, pin }, index) => ({ folder, pin, node: (Math.floor(branch / tickets) * each + index) % NODES })).map(({ folder, pin, node }) => blob(`${folder}/nodes/n${node}.md`, record(pin, node, branch))).join('')}\n`;
  }
  const made = spawnSync('git', ['fast-import', '--quiet', '--done'], { cwd: directory, env: cleanEnvironment(), input: `${stream}done\n` });
  if (made.status !== 0) throw new Error(`Unexpected exit ${made.status} of git fast-import, expected 0: ${made.stderr}`);
  git(directory, 'reset', '--quiet', '--hard');
}

/** `treework status` over 200 branches that advance nodes of 50 tickets, beside bare node. */
export function measureEverywhere(bench, shape = { branches: 200, tickets: 50, each: 1 }) {
  const title = `Status of ${shape.tickets} tickets over ${shape.branches} branches`;
  const why = bench.wants('treework') ? bench.unavailable('treework') : 'not part of this run';
  const directory = join(bench.folder, 'everywhere');
  bench.say(title.toLowerCase());
  try {
    if (why) throw new Error(why);
    createForest(directory, shape);
    const verbs = { status: ['status'], ticket: ['status', '--ticket', 'BENCH-7'] };
    const times = interleave([{ id: 'bare', command: [process.execPath, '-e', '0'] }, ...Object.entries(verbs).map(([id, args]) => ({ id, command: [bench.treework.bin, ...args], cwd: directory }))], bench.runs);
    return { id: 'everywhere', title, rows: [...times].map(([id, time]) => ({ id, label: LABELS[id], ...time })) };
  } catch (error) {
    return { id: 'everywhere', title, rows: [{ id: 'status', label: LABELS.status, why: reason(error) }] };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
