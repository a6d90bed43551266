import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../src/check/engine.ts';
import { appendItem, renderFrontmatter, setValue } from '../../src/documents/edit.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { requirementsOf } from '../../src/documents/requirements.ts';
import { Repository } from '../../src/git/repository.ts';
import { rules } from '../../src/rules/index.generated.ts';
import { replay } from '../../src/workflow/lifecycle.ts';
import { nodeRecordOf } from '../../src/workflow/node-record.ts';
import { ticketReadme } from '../../src/workflow/ticket-readme.ts';
import { TRANSITIONS, type Transition } from '../../src/workflow/transitions.ts';
import { RUNS } from '../documents/generators.ts';
import { allowTime } from '../documents/holds.ts';
import { FOLDER, pin, SPEC } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';

allowTime();

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
  sandbox.git('', 'init', '-q', '--bare', 'repo.git');
});
afterAll(() => sandbox.remove());

const COVERED = Object.fromEntries(requirementsOf(parseDocument(Buffer.from(SPEC))).map(({ name, digest }) => [name, digest]));

interface Leaf {
  readonly id: string;
  readonly depends_on: readonly string[];
  readonly covers: 'all' | 'none';
}

/** A tree of nodes, some in phases; who advances each leaf, and how. */
interface Case {
  readonly leaves: readonly Leaf[];
  readonly phases: number;
  readonly actors: readonly ('before' | 'ours' | 'theirs' | 'nobody')[];
  readonly picks: readonly (readonly number[])[];
}

const cases: fc.Arbitrary<Case> = fc.integer({ min: 2, max: 8 }).chain((count) =>
  fc.record({
    leaves: fc.tuple(...Array.from({ length: count }, (_, index) => fc.uniqueArray(fc.nat(Math.max(0, index - 1)), { maxLength: index === 0 ? 0 : 2 }).map((on): Leaf => ({ id: `n${index}`, depends_on: on.map((other) => `n${other}`), covers: index === 0 ? 'all' : 'none' })))),
    phases: fc.integer({ min: 1, max: 3 }),
    actors: fc.array(fc.constantFrom('before' as const, 'ours' as const, 'theirs' as const, 'ours' as const, 'theirs' as const, 'nobody' as const), { minLength: count, maxLength: count }),
    picks: fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 7 }), { minLength: count, maxLength: count }),
  }),
);

type Files = Record<string, string>;

function ticketFiles({ leaves, phases }: Case): Files {
  const node = ({ depends_on, ...leaf }: Leaf) => ({ ...leaf, scope: [`src/${leaf.id}/**`], ...(depends_on.length > 0 && { depends_on }) });
  const nodes = phases === 1 ? leaves.map(node) : Array.from({ length: phases }, (_, phase) => ({ id: `phase-${phase}`, nodes: leaves.filter((_leaf, index) => index % phases === phase).map(node) })).filter((phase) => phase.nodes.length > 0);
  const tasks = { ticket: 'PROJ-7', goal: { title: 'Ship the reports API', why: 'Partners pull reports without CSV exports' }, spec: pin(SPEC), nodes };
  const readme = ticketReadme({ ticket: 'PROJ-7', spec: parseDocument(Buffer.from(SPEC)).data, tasks });
  return { 'WORKSPACE.md': '---\ntreework: 1\n---\n\n# How we work\n', [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: renderFrontmatter(tasks), ...(readme !== undefined && { [`${FOLDER}/README.md`]: readme }) };
}

const EVIDENCE: Readonly<Record<Transition['evidence'][number], (leaf: Leaf) => Record<string, unknown>>> = {
  pin: () => ({ spec: pin(SPEC) }),
  reason: () => ({ reason: 'as agreed' }),
  findings: () => ({ findings: ['it does not hold'] }),
  outcome: () => ({}),
  verdict: () => ({ verdict: 'pass', verified_by: 'review-1' }),
  expanded: () => ({ expanded: ['schema'] }),
  covered: ({ covers }) => (covers === 'all' ? { covered: COVERED } : {}),
  'last-retry': () => ({ reason: 'nobody knows how' }),
};

/** A record one transition further, written as the verbs write it; undefined where the lifecycle does not allow it. */
function advanced(text: string | undefined, leaf: Leaf, row: Transition): string | undefined {
  const evidence = Object.assign({}, ...row.evidence.map((one) => EVIDENCE[one](leaf))) as Record<string, unknown>;
  const by = row.verb === 'complete' || row.verb === 'fail' ? 'review-1' : 'impl-1';
  const entry = { to: row.to, by, at: '2026-11-20T10:00:00Z', ...(row.mark === 'done' && { done: true }), ...evidence };
  const before = text ?? renderFrontmatter({ node: leaf.id, status: row.to, history: [entry] });
  const next = text === undefined ? before : appendItem(setValue(text, ['status'], row.to), ['history'], entry);
  const said = row.evidence.includes('outcome') ? setValue(next, ['l0'], `${leaf.id} works`) : next;
  const record = nodeRecordOf(parseDocument(Buffer.from(said)).data ?? {});
  const law = { maxRetries: 2, type: 'agent' as const, implementersBefore: () => new Set<string>(), coversAny: () => leaf.covers === 'all', mayReopen: () => false };
  return replay(record, law).problem === undefined ? said : undefined;
}

const statusIn = (text: string | undefined) => (text === undefined ? undefined : parseDocument(Buffer.from(text)).data?.status);

/** Advances one side's leaves at random, each only when what it depends on is complete there. */
function advance(files: Files, { leaves, actors, picks }: Case, who: 'before' | 'ours' | 'theirs'): Files {
  const after = { ...files };
  for (const [index, leaf] of leaves.entries()) {
    if (actors[index] !== who && !(who !== 'before' && actors[index] === 'before' && index % 2 === (who === 'ours' ? 0 : 1))) continue;
    const path = `${FOLDER}/nodes/${leaf.id}.md`;
    if (after[path] === undefined && !leaf.depends_on.every((id) => statusIn(after[`${FOLDER}/nodes/${id}.md`]) === 'complete')) continue;
    for (const pick of picks[index] ?? []) {
      const possible = TRANSITIONS.map((row) => advanced(after[path], leaf, row)).filter((text) => text !== undefined);
      const next = possible[pick % Math.max(1, possible.length)];
      if (next !== undefined) after[path] = next;
    }
  }
  return after;
}

/** Commits `base` and two children of it, all at once; answers with their ids. */
function commits(base: Files, ours: Files, theirs: Files): { base: string; ours: string; theirs: string } {
  const one = (mark: number, files: Files, from?: number) =>
    [`commit refs/heads/c${mark}`, `mark :${mark}`, 'committer Dev <dev@example.com> 1700000000 +0000', 'data 1', 'x', ...(from === undefined ? [] : [`from :${from}`]), 'deleteall', ...Object.entries(files).flatMap(([path, text]) => [`M 100644 inline ${path}`, `data ${Buffer.byteLength(text)}`, text]), ''].join('\n');
  const resets = [1, 2, 3].map((mark) => `reset refs/heads/c${mark}\n\n`).join('');
  const answer = sandbox.run('git', ['fast-import', '--quiet', '--force'], { cwd: 'repo.git', input: resets + one(1, base) + one(2, ours, 1) + one(3, theirs, 1) });
  if (answer.status !== 0) throw new Error(answer.output);
  const [b, o, t] = sandbox.git('repo.git', 'rev-parse', 'c1', 'c2', 'c3').split('\n') as [string, string, string];
  return { base: b, ours: o, theirs: t };
}

describe('two branches that advance different nodes', () => {
  it('merge with plain git: never a conflict, nothing lost, check is clean', async () => {
    const seen = { both: 0 };
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const base = advance(ticketFiles(one), one, 'before');
        const [ours, theirs] = [advance(base, one, 'ours'), advance(base, one, 'theirs')];
        const ids = commits(base, ours, theirs);
        const merged = sandbox.run('git', ['merge-tree', '--write-tree', ids.ours, ids.theirs], { cwd: 'repo.git' });
        expect(merged, merged.output).toMatchObject({ status: 0 });
        const repository = Repository.open(`${sandbox.root}/repo.git`);
        const tree = repository.treeOf(merged.stdout.trim());
        for (const path of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
          expect(tree.read(path)?.toString(), path).toBe(ours[path] === base[path] ? theirs[path] : ours[path]);
        }
        if ([ours, theirs].every((side) => Object.keys(side).some((path) => side[path] !== base[path]))) seen.both += 1;
        const judged = await check({ before: [repository.treeOf(ids.ours), repository.treeOf(ids.theirs)], after: tree }, { rules, scope: 'all', program: 'treework' });
        expect(judged.findings.map(({ path, line, rule, message }) => `${path}:${line} ${rule} ${message}`)).toEqual([]);
      }),
      { numRuns: Math.ceil(RUNS / 5) },
    );
    expect(seen.both).toBeGreaterThan(0);
  });
});
