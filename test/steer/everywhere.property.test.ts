import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { stable } from '../../src/workflow/stable.ts';
import type { UnitedTicket } from '../../src/workflow/everywhere.ts';
import { FAIL, Forest, PASS, recordFor, START, ticketFiles } from './forest.ts';

const RUNS = Number(process.env.TREEWORK_RUNS ?? 4);
const NODES = ['a', 'b', 'c'];
const BRANCHES = ['PROJ-7--x', 'PROJ-7--p2-y', 'feature/z'];
const PLAN = `[${NODES.map((id) => `{id: ${id}, covers: none}`).join(', ')}]`;
const CYCLE = [START, FAIL, START, PASS];
/** One more entry of a node, written on a branch that holds all the entries before it, or on one that does not. */
const advance = fc.record({ branch: fc.constantFrom(...BRANCHES), node: fc.constantFrom(...NODES), isApart: fc.boolean() });

/** The records of each branch, as text. */
type Held = Record<string, Record<string, string[]>>;

function play(forest: Forest, steps: readonly { branch: string; node: string; isApart: boolean }[]): Held {
  const held: Held = Object.fromEntries(BRANCHES.map((branch) => [branch, {}]));
  for (const { branch, node, isApart } of steps) {
    const own = held[branch] as Record<string, string[]>;
    const longest = Object.values(held).map((records) => records[node] ?? []).reduce((a, b) => (b.length > a.length ? b : a));
    const before = isApart ? (own[node] ?? []) : longest;
    const next = (CYCLE[before.length] ?? `{to: reset, by: ada, at: 2026-11-20T10:00:00Z, reason: again ${before.length}}`).replace('impl-1', isApart ? `impl-${branch}` : 'impl-1');
    own[node] = [...before, next];
    forest.on(branch, { [`docs/specs/PROJ-7/nodes/${node}.md`]: recordFor('PROJ-7', node, ...own[node]) });
  }
  forest.git('switch', '-q', 'main');
  return held;
}

/** Every entry that the union holds of a node, those of histories that went apart too. */
function entriesIn({ documents }: UnitedTicket, node: string): string[][] {
  const document = documents.get(`nodes/${node}.md`);
  return [document, ...(document?.others ?? [])].flatMap((one) => (one ? [(one.document.data.history as unknown[]).map(stable)] : []));
}

describe('X16: whatever branches advance', () => {
  it('nothing is lost: each branch’s history is the beginning of one that the union shows', async () => {
    await fc.assert(fc.asyncProperty(fc.array(advance, { minLength: 1, maxLength: 8 }), async (steps) => {
      const forest = new Forest(ticketFiles('PROJ-7', undefined, PLAN));
      try {
        const held = play(forest, steps);
        const united = await forest.ticket('PROJ-7');
        for (const [branch, records] of Object.entries(held)) {
          for (const node of Object.keys(records)) {
            const { history } = parseDocument(Buffer.from(forest.git('show', `${branch}:docs/specs/PROJ-7/nodes/${node}.md`))).data as { history: unknown[] };
            const own = history.map(stable);
            expect(own.length).toBe(records[node]?.length);
            expect(entriesIn(united, node).some((list) => own.every((entry, index) => list[index] === entry)), `${branch} ${node}`).toBe(true);
          }
        }
        const isApart = NODES.some((node) => entriesIn(united, node).length > 1);
        expect(united.diverged.length > 0).toBe(isApart);
        for (const node of NODES) {
          const all = Object.values(held).flatMap((records) => (records[node] ? [records[node].join('\n')] : []));
          const last = new Set(all.filter((one) => !all.some((other) => other !== one && other.startsWith(`${one}\n`))));
          expect(entriesIn(united, node)).toHaveLength(last.size);
        }
      } finally {
        forest.remove();
      }
    }), { numRuns: RUNS });
  }, 120_000);

  it('a plain merge of all branches holds just what the union showed', async () => {
    await fc.assert(fc.asyncProperty(fc.array(advance, { minLength: 1, maxLength: 8 }), async (steps) => {
      const forest = new Forest(ticketFiles('PROJ-7', undefined, PLAN));
      try {
        // In this one a branch takes over what it continues, as people who merge first do.
        play(forest, steps.map((step) => ({ ...step, isApart: false })));
        const before = await forest.ticket('PROJ-7');
        expect(before.diverged).toEqual([]);
        const union = Object.fromEntries(NODES.map((node) => [node, entriesIn(before, node)]));
        for (const branch of BRANCHES) {
          if (forest.sandbox.run('git', ['rev-parse', '-q', '--verify', branch], { cwd: 'work' }).status !== 0) continue;
          const merged = forest.sandbox.run('git', ['merge', '-q', '--no-edit', branch], { cwd: 'work' });
          if (merged.status !== 0) settle(forest);
        }
        for (const branch of BRANCHES) forest.sandbox.run('git', ['branch', '-q', '-D', branch], { cwd: 'work' });
        const after = await forest.ticket('PROJ-7');
        expect(Object.fromEntries(NODES.map((node) => [node, entriesIn(after, node)]))).toEqual(union);
      } finally {
        forest.remove();
      }
    }), { numRuns: RUNS });
  }, 120_000);
});

/** git itself cannot know that one list continues the other where both begin a file: the longer side is the merge. */
function settle(forest: Forest): void {
  for (const path of forest.git('diff', '--name-only', '--diff-filter=U').trim().split('\n')) {
    const [ours, theirs] = [forest.git('show', `:2:${path}`), forest.git('show', `:3:${path}`)];
    const body = (text: string) => text.slice(text.indexOf('history:'), text.lastIndexOf('---'));
    const [longer, shorter] = ours.length > theirs.length ? [ours, theirs] : [theirs, ours];
    expect(body(longer).startsWith(body(shorter))).toBe(true);
    forest.sandbox.write('work', { [path]: longer });
  }
  forest.git('add', '.');
  forest.git('commit', '-q', '--no-edit');
}
