import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { settingsOf } from '../../src/documents/settings.ts';
import { FileTree } from '../../src/git/file-tree.ts';
import { ticketStatus } from '../../src/workflow/node-status.ts';
import { Snapshot } from '../../src/workflow/snapshot.ts';
import { ticketIn } from '../../src/workflow/ticket.ts';
import { FOLDER } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { commitAll } from '../verbs/fixture.ts';
import { manyNodes, MAX, NODES, records, SCOPES } from './plan-of-many.ts';

const PROCESSES = Number(process.env['TREEWORK_PROCESSES'] ?? 10);
const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

interface Entry {
  readonly to: string;
  readonly by: string;
  readonly wave?: number;
}

/** What one process was told, a verb after the other. */
interface Told {
  readonly place: string;
  readonly verb: string;
  readonly status: number;
  readonly node: string;
  readonly entries: readonly Entry[];
  readonly code: string | undefined;
}

/** Starts a node, and completes or fails it, as an actor of its own; beside all the others. */
async function agent(sandbox: Sandbox, index: number, place: string): Promise<Told[]> {
  const by = `agent-${index}`;
  const node = `n${(index * 7) % NODES}`;
  const told = [await say(['start', node, '--by', by])];
  if (told[0]?.status !== 0) return told;
  const ends = [['complete', node, '--by', by, '--verdict', 'pass', '--verified-by', 'review-1'], ['fail', node, '--by', 'review-1', '--finding', 'no tests'], ['release', node, '--by', by, '--reason', 'no time'], ['done', node, '--by', by, '--l0', 'Made']];
  return [...told, await say(ends[index % ends.length] as string[])];

  async function say(args: readonly string[]): Promise<Told> {
    const child = spawn('treework', ['node', ...args, '--ticket', 'PROJ-7', '--json'], { cwd: join(sandbox.root, place), env: sandbox.env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (piece) => (output += String(piece)));
    const status = await new Promise<number>((done) => child.on('close', (code) => done(code ?? 128)));
    const answer = JSON.parse(output) as { nodes?: { entries: Entry[] }[]; error?: { code: string } };
    return { place, verb: args[0] as string, node, status, entries: answer.nodes?.[0]?.entries ?? [], code: answer.error?.code };
  }
}

/** Reads every record of every place over and over; each is whole and explained each time. */
async function watch(sandbox: Sandbox, places: readonly string[], isOver: () => boolean): Promise<number> {
  let seen = 0;
  while (!isOver()) {
    for (const place of places) {
      const ticket = ticketIn(new Snapshot(new FileTree(join(sandbox.root, place)), settingsOf({})), FOLDER, 'PROJ-7', false);
      const { nodes } = ticketStatus(ticket, 1);
      for (const { record, life } of nodes) {
        if (!record) continue;
        expect({ path: record.path, isValid: record.isValid, problem: life.problem }).toEqual({ path: record.path, isValid: true, problem: undefined });
        seen += 1;
      }
    }
    await new Promise((done) => setTimeout(done, 10));
  }
  return seen;
}

function historiesIn(sandbox: Sandbox, place: string): Map<string, readonly Entry[]> {
  try {
    const names = readdirSync(records(sandbox, place));
    return new Map(names.map((name) => [name.replace('.md', ''), parseDocument(readFileSync(join(records(sandbox, place), name))).data?.history as Entry[]]));
  } catch {
    return new Map();
  }
}

it.each([
  ['one work tree', 1],
  ['three work trees', 3],
])(`S15: ${PROCESSES} processes at once in %s lose no update and claim no node twice`, async (_, count) => {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repository = manyNodes(sandbox);
  const places = [repository, ...Array.from({ length: count - 1 }, (__, index) => `linked-${index}`)];
  for (const place of places.slice(1)) sandbox.git(repository, 'worktree', 'add', '-q', '-b', place, `../${place}`);
  let isOver = false;
  const watching = watch(sandbox, places, () => isOver);
  const told = (await Promise.all(Array.from({ length: PROCESSES }, (__, index) => agent(sandbox, index, places[index % count] as string)))).flat();
  isOver = true;
  expect(await watching).toBeGreaterThan(0);
  // Nobody was told anything but that it was done, or why not.
  const refusals = ['node-claimed', 'node-transition', 'node-complete', 'wave-full', 'wave-open', 'scope-taken'];
  expect(told.filter(({ status, code }) => !(status === 0 || (status === 2 && refusals.includes(code ?? ''))))).toEqual([]);
  // What everybody was told stands there, and nothing else does.
  for (const place of places) {
    for (const [node, history] of historiesIn(sandbox, place)) {
      const said = told.filter((one) => one.place === place && one.node === node && one.status === 0).flatMap(({ entries }) => entries);
      const texts = (entries: readonly Entry[]) => entries.map((entry) => JSON.stringify(entry)).sort();
      expect(texts(history)).toEqual(texts(said));
    }
  }
  const begun = told.filter(({ verb, status }) => verb === 'start' && status === 0);
  expect(begun.length).toBeGreaterThanOrEqual(Math.min(MAX, PROCESSES) - 1);
  const homes = new Map<string, Set<string>>();
  for (const { node, place } of begun) homes.set(node, (homes.get(node) ?? new Set()).add(place));
  expect([...homes].filter(([, all]) => all.size > 1)).toEqual([]);
  // Entries that a release or an end did not take back: in no wave too many, nor two in one scope.
  const members = new Map<number, Set<string>>();
  for (const place of places) {
    for (const [node, history] of historiesIn(sandbox, place)) {
      for (const [index, { to, wave }] of history.entries()) {
        if (to !== 'in_progress' || wave === undefined || history[index + 1]?.to === 'released') continue;
        members.set(wave, (members.get(wave) ?? new Set()).add(node));
      }
    }
  }
  for (const nodes of members.values()) {
    expect(nodes.size).toBeLessThanOrEqual(MAX);
    expect(new Set([...nodes].map((node) => Number(node.slice(1)) % SCOPES)).size).toBe(nodes.size);
  }
  // Nothing is left behind, and what the branches hold together is in order.
  expect(readdirSync(join(sandbox.root, repository, '.git/treework')).filter((name) => /lock|apply-/.test(name))).toEqual([]);
  for (const place of places) if (historiesIn(sandbox, place).size > 0) commitAll(sandbox, place);
  for (const place of places.slice(1)) sandbox.git(repository, 'merge', '-q', '-m', 'chore: merge', place);
  const checked = sandbox.treework(repository, 'check', '--all');
  expect({ status: checked.status, output: checked.status === 0 ? '' : checked.output }).toEqual({ status: 0, output: '' });
}, 1_800_000);
