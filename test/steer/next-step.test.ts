import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderFrontmatter } from '../../src/documents/edit.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { ticketLaw } from '../../src/workflow/node-law.ts';
import { ticketStatus } from '../../src/workflow/node-status.ts';
import { applyStep, type NodeStep } from '../../src/workflow/node-transition.ts';
import { nextStep } from '../../src/workflow/next-step.ts';
import { gated } from '../../src/workflow/next-step-work.ts';
import type { Step, Words } from '../../src/workflow/step.ts';
import type { NodeVerb } from '../../src/workflow/transitions.ts';
import { specDigest, ticketIn } from '../../src/workflow/ticket.ts';
import { wavesOf } from '../../src/workflow/wave.ts';
import { settingsOf } from '../../src/documents/settings.ts';
import { Snapshot } from '../../src/workflow/snapshot.ts';
import { record, ticket } from '../changes/documents.ts';
import { MemoryTree } from '../harness/memory-tree.ts';
import { requirement, SPEC } from '../lifecycle/tickets.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 12);
const PIN = specDigest(Buffer.from(SPEC));
const VERBS = new Set(['next', 'new', 'node', 'retry', 'change', 'check', 'freeze', 'context']);

type Files = Record<string, string>;

function plan(nodes: string, more = ''): string {
  return `---\nticket: PROJ-7\ngoal: {title: Log in, why: Nobody reads what is not theirs}\nspec: ${PIN}\n${more}nodes: ${nodes}\n---\n`;
}

function ask(files: Files, known: Partial<Parameters<typeof nextStep>[0]> = {}): Step {
  const here = ticket(files);
  return nextStep({ ticket: here, status: () => ticketStatus(here), uncommitted: [], unmerged: [], changedIn: () => [], verbs: VERBS, title: 'What it delivers', ...known });
}

/** What a step leads to: every command line it names. */
function linesOf({ run, onPass, onFail, choices = [] }: Step): Words[] {
  return [run, onPass, onFail, ...choices.map((choice) => choice.run)].filter((words) => words !== undefined);
}

const EVIDENCE: Readonly<Record<string, (wave: number) => Partial<NodeStep>>> = {
  start: (wave) => ({ evidence: { spec: PIN, wave } }),
  retry: (wave) => ({ evidence: { spec: PIN, wave, reason: 'it can work now' } }),
  done: () => ({ l0: 'Made' }),
  complete: () => ({ evidence: { verdict: 'pass', verified_by: 'review-1', exit: 0, covered: { Login: requirement('Login', 'ask for a password').digest } }, l0: 'Made' }),
  fail: () => ({ evidence: { findings: ['no tests'] } }),
};

/** The steps of the lifecycle that a verb stands for, one after the other. */
function stepsOf(verb: string, passes: boolean, isBegun: boolean): NodeVerb[] {
  const start: NodeVerb[] = isBegun ? [] : ['start'];
  if (verb === 'run') return [...start, passes ? 'complete' : 'fail'];
  if (verb === 'approve') return [...start, 'complete'];
  if (verb === 'reject') return [...start, 'reject'];
  return [verb as NodeVerb];
}

/** The files after a command line; throws where the lifecycle or the wave does not allow it. */
function after(files: Files, words: Words, passes = true): Files {
  const [area, first = '', ...rest] = words;
  if (area !== 'node' && area !== 'retry') return files;
  const verb = area === 'retry' ? 'retry' : first;
  const ids = (area === 'retry' ? [first, ...rest] : rest).slice(0, words.indexOf('--ticket') - (area === 'retry' ? 1 : 2));
  let now = files;
  const alongside: string[] = [];
  for (const id of ids) {
    const begun = ticketStatus(ticket(now)).byId.get(id)?.life.standing === 'in_progress';
    for (const step of stepsOf(verb, passes, begun)) now = stepped(now, id, step, alongside);
    alongside.push(id);
  }
  return now;
}

function stepped(files: Files, id: string, verb: NodeVerb, alongside: readonly string[]): Files {
  const here = ticket(files);
  const status = ticketStatus(here);
  const state = status.byId.get(id);
  if (!state) throw new Error(`no node ${id}`);
  const waves = wavesOf(status, here.snapshot.settings);
  if (verb === 'start' || verb === 'retry') {
    const refusal = waves.refusal(id, alongside);
    const isFree = ['ready', 'reopened', 'failed', 'escalated'].includes(state.status) && state.waitsFor.length === 0;
    if (refusal || !isFree) throw new Error(`${verb} of ${id}, ${state.status}: ${JSON.stringify(refusal)}`);
  }
  const step: NodeStep = { verb, by: state.node.data.type === 'human' ? 'person-1' : 'impl-1', at: '2026-11-20T10:00:00Z', evidence: { reason: 'because' }, ...EVIDENCE[verb]?.(waves.number) };
  const change = applyStep(id, state.record?.data, step, ticketLaw(here, 2).lawOf(state.node));
  if ('refused' in change) throw new Error(change.refused);
  return { ...files, [`nodes/${id}.md`]: renderFrontmatter(change.data) };
}

const anyPlan = fc.array(fc.record({ type: fc.constantFrom('agent', 'agent', 'agent', 'command', 'human'), waits: fc.array(fc.nat(9), { maxLength: 2 }), scope: fc.constantFrom('src/a/**', 'src/b/**', 'src/**', 'docs/**', '') }), { minLength: 1, maxLength: 7 }).map((nodes) =>
  `[${nodes.map(({ type, waits, scope }, index) => {
    const depends = index === 0 ? [] : [...new Set(waits.map((one) => `n${one % index}`))];
    return `{id: n${index}, type: ${type}, covers: none, depends_on: [${depends.join(', ')}]${type === 'command' ? ', command: "true"' : ''}${scope === '' ? '' : `, scope: ["${scope}"]`}}`;
  }).join(', ')}]`,
);

describe('the one next step', () => {
  it('S2: leads any plan to its end by commands that the lifecycle allows, whatever fails, and never says the same again after it was done', () => {
    fc.assert(
      fc.property(anyPlan, fc.array(fc.nat(9), { minLength: 80, maxLength: 80 }), (nodes, dice) => {
        let files: Files = { 'spec.md': SPEC, 'tasks.md': plan(nodes, 'recurs: no\n') };
        for (const roll of dice) {
          const step = ask(files);
          if (step.isLast) return;
          // Every line that it names is allowed now, and leads somewhere else.
          const lines = linesOf(step).filter(([area]) => area === 'node' || area === 'retry');
          expect(lines.length, JSON.stringify(step)).toBeGreaterThan(0);
          const outcomes = lines.map((words) => ({ words, files: after(files, words, roll > 2) }));
          for (const outcome of outcomes) expect(ask(outcome.files), outcome.words.join(' ')).not.toEqual(step);
          const pass = outcomes.find(({ words }) => words === (step.run ?? step.onPass)) ?? outcomes[0];
          const fail = outcomes.find(({ words }) => words === step.onFail);
          files = (roll > 6 && fail ? fail : pass)?.files as Files;
        }
        throw new Error('Unexpected plan that does not come to its end');
      }),
      { numRuns: RUNS },
    );
  });

  it('S3: starts the whole wave at once, at most max_concurrent nodes whose scopes do not overlap, and asks for one verdict on it', () => {
    const nodes = '[{id: a, covers: none, scope: ["src/a/**"]}, {id: b, covers: none, scope: ["src/b/**"]}, {id: c, covers: none, scope: ["src/**"]}, {id: d, covers: none, scope: [docs/**]}]';
    let files: Files = { 'spec.md': SPEC, 'tasks.md': plan(nodes) };
    const spawn = ask(files);
    expect(spawn).toMatchObject({ action: 'team:spawn', run: ['node', 'start', 'a', 'b', 'd', '--ticket', 'PROJ-7'], nodes: [{ id: 'a', role: 'implementer', scope: ['src/a/**'] }, { id: 'b' }, { id: 'd' }] });
    files = after(files, spawn.run as Words);
    expect(ask(files)).toMatchObject({ action: 'agent:do', nodes: [{ id: 'a' }, { id: 'b' }, { id: 'd' }], onPass: ['node', 'done', 'a', '--ticket', 'PROJ-7', '--l0', expect.any(String)] });
    for (const id of ['a', 'b', 'd']) files = after(files, ['node', 'done', id, '--ticket', 'PROJ-7']);
    expect(ask(files)).toMatchObject({ action: 'wave:await-qa', onPass: ['node', 'complete', 'a', 'b', 'd', '--ticket', 'PROJ-7', '--verdict', 'pass', '--verified-by', 'REVIEWER'] });
    files = after(files, ['node', 'fail', 'b', '--ticket', 'PROJ-7']);
    expect(ask(files)).toMatchObject({ action: 'subagent:respawn', run: ['node', 'start', 'b', '--ticket', 'PROJ-7'], nodes: [{ id: 'b', findings: ['no tests'], retriesLeft: 2 }] });
  });

  it.each<[string, Files, Partial<Step>]>([
    ['begins with a spec', {}, { run: ['new', 'spec', '--ticket', 'PROJ-7', '--title', 'What it delivers'] }],
    ['fills what is open in an idea first', { 'idea.md': '---\nticket: PROJ-7\ntitle: Log in\n---\n\n[[fill: what]]\n' }, { id: 'fill', action: 'agent:do', missing: [{ line: 6, text: '[[fill: what]]' }] }],
    ['fills a spec', { 'spec.md': `${SPEC}\n[[fill: more]]\n` }, { id: 'fill', path: 'docs/specs/PROJ-7/spec.md', onPass: ['next', '--ticket', 'PROJ-7'] }],
    ['plans when the spec is written', { 'spec.md': SPEC }, { run: ['new', 'tasks', '--ticket', 'PROJ-7'] }],
    ['freezes again', { 'spec.md': SPEC, 'tasks.md': plan('[{id: a}]').replace(PIN, "''") }, { run: ['freeze', '--ticket', 'PROJ-7'] }],
    ['asks for the why', { 'spec.md': SPEC, 'tasks.md': plan('[{id: a}]').replace('Nobody reads what is not theirs', "'[[fill: why]]'") }, { id: 'fill', path: 'docs/specs/PROJ-7/tasks.md' }],
    ['mends what cannot be read before all else', { 'spec.md': SPEC, 'tasks.md': '---\nticket: [\n---\n' }, { id: 'mend', run: ['check', 'docs/specs/PROJ-7/tasks.md'] }],
    ['keeps an edit of the frozen spec', { 'spec.md': `${SPEC}\nMore.\n`, 'tasks.md': plan('[{id: a}]') }, { run: ['new', 'change', '--ticket', 'PROJ-7', '--from-edit'] }],
    ['fills a proposed change', { 'spec.md': SPEC, 'tasks.md': plan('[{id: a}]'), 'changes/001-x.md': record('proposed', '\n[[fill: what]]\n') }, { id: 'fill', path: 'docs/specs/PROJ-7/changes/001-x.md' }],
    ['K4: has a proposed change decided before anything is implemented', { 'spec.md': SPEC, 'tasks.md': plan('[{id: a}]'), 'changes/001-x.md': record('proposed', '\n## Goals\n') }, { action: 'human:approve', confirm: true, run: ['change', 'accept', '001-x', '--ticket', 'PROJ-7', '--by', 'REVIEWER'] }],
    ['asks for nodes', { 'spec.md': SPEC, 'tasks.md': plan('[{id: a, type: phase}]') }, { id: 'add-nodes' }],
    ['runs a command node', { 'spec.md': SPEC, 'tasks.md': plan('[{id: lint, type: command, command: npm run lint, covers: none}]') }, { run: ['node', 'run', 'lint', '--ticket', 'PROJ-7'] }],
    ['leaves a gate to a person', { 'spec.md': SPEC, 'tasks.md': plan('[{id: go, type: human, covers: none}]') }, { action: 'human:approve', confirm: true, run: ['node', 'approve', 'go', '--ticket', 'PROJ-7', '--by', 'PERSON'] }],
    ['goes on where a fork leads', { 'spec.md': SPEC, 'tasks.md': plan('[{id: a}]'), 'forks/001-x.md': '---\nreason: no parser\nspawned_from: a\nreturn_to: a\nsub_workflow: PROJ-8\n---\n' }, { goTo: 'PROJ-8' }],
  ])('%s', (_, files, step) => {
    expect(ask(files)).toMatchObject(step);
  });

  it('S2: names no forbidden transition of a node that is escalated or rejected', () => {
    const tasks = plan('[{id: a, covers: none}, {id: b, covers: none, depends_on: [a]}]');
    let files: Files = { 'spec.md': SPEC, 'tasks.md': tasks };
    for (const verb of ['start', 'fail', 'start', 'fail', 'start', 'fail'] as const) files = after(files, ['node', verb, 'a', '--ticket', 'PROJ-7']);
    const step = ask(files);
    expect(step).toMatchObject({ id: 'escalated', action: 'human:approve', confirm: true });
    for (const line of linesOf(step)) expect(() => after(files, line)).not.toThrow();
    expect(step.choices?.map(({ run }) => run[0])).toEqual(['retry', 'new', 'node']);
  });

  it('commits what is written, with the work of the nodes that are done and whose it is', () => {
    let files: Files = { 'spec.md': SPEC, 'tasks.md': plan('[{id: a, covers: none, scope: ["src/**"]}]') };
    const record = 'docs/specs/PROJ-7/nodes/a.md';
    const changed = { uncommitted: [record], changedIn: () => ['src/a.ts'] };
    files = after(files, ['node', 'start', 'a', '--ticket', 'PROJ-7']);
    expect(ask(files, changed)).toMatchObject({ commit: { paths: [record], nodes: [] } });
    files = after(files, ['node', 'done', 'a', '--ticket', 'PROJ-7']);
    expect(ask(files, changed)).toMatchObject({ commit: { paths: ['src/a.ts', record], subject: 'feat(PROJ-7): a', nodes: ['a'] } });
    expect(ask(files, { unmerged: [record], uncommitted: [record] })).toMatchObject({ id: 'resolve', action: 'agent:do', paths: [record] });
  });

  it('leads a node that asks for a plan to its plan first: written, filled in, approved by somebody', () => {
    const files = after({ 'spec.md': SPEC, 'tasks.md': plan('[{id: one, plan: required, nodes: [{id: a, scope: ["a/**"]}]}]') }, ['node', 'start', 'a', '--ticket', 'PROJ-7']);
    const planned = (text?: string) => {
      const own = Object.fromEntries(Object.entries(files).map(([name, content]) => [`docs/specs/PROJ-7/${name}`, content]));
      const tree = new MemoryTree({ ...own, ...(text !== undefined && { '.plans/a.md': text }) });
      return ask(files, { ticket: ticketIn(new Snapshot(tree, settingsOf({})), 'docs/specs/PROJ-7', 'PROJ-7', false) });
    };
    expect(planned()).toMatchObject({ id: 'plan', run: ['new', 'plan', '--ticket', 'PROJ-7', '--node', 'a'] });
    const draft = '---\ntitle: A\nstatus: draft\nticket: PROJ-7\nnode: a\n---\n';
    expect(planned(draft.replace('node: a', 'node: b'))).toMatchObject({ id: 'plan' });
    expect(planned(`${draft}\n[[fill: how]]\n`)).toMatchObject({ id: 'fill', path: '.plans/a.md', missing: [{ text: '[[fill: how]]' }] });
    expect(planned(draft)).toMatchObject({ id: 'approve-plan', action: 'human:approve', path: '.plans/a.md' });
    expect(planned(draft.replace('draft', 'approved'))).toMatchObject({ id: 'work' });
  });

  it('takes up open conversations before anything else at the end', () => {
    const files = { 'spec.md': SPEC, 'tasks.md': plan('[{id: a}]'), 'nodes/a.md': '---\nnode: a\nstatus: skipped\nhistory:\n  - {to: skipped, by: dana, at: 2026-11-20T10:00:00Z, reason: It is there}\n---\n' };
    const verbs = new Set([...VERBS, 'review', 'archive']);
    expect(ask(files, { verbs, conversations: () => 2 })).toMatchObject({ id: 'review', run: ['review', '--ticket', 'PROJ-7'] });
    expect(ask(files, { verbs, conversations: () => 0 }).id).toBe('recurs');
  });

  it('lets the reviewer’s verdict run the tests where there are some, and not for those who write them', () => {
    const done = (id: string) => `---\nnode: ${id}\nstatus: in_progress\nhistory:\n  - {to: in_progress, by: impl-1, at: 2026-11-20T10:00:00Z, spec: ${PIN}, wave: 1}\n  - {to: in_progress, by: impl-1, at: 2026-11-20T10:00:01Z, done: true}\nl0: Made\n---\n`;
    const step = (nodes: string) => {
      const files = { 'spec.md': SPEC, 'tasks.md': plan(nodes), 'nodes/a.md': done('a'), 'nodes/b.md': done('b') };
      return gated(ask(files), (id) => ticketStatus(ticket(files)).byId.get(id)?.node);
    };
    const both = step('[{id: a, scope: ["a/**"]}, {id: b, scope: ["b/**"]}]');
    expect([both.onPass?.at(-1), ...(both.nodes ?? []).map(({ onPass }) => onPass?.at(-1))]).toEqual(['--gate', '--gate', '--gate']);
    const mixed = step('[{id: a, scope: ["a/**"]}, {id: t, role: test-writer, nodes: [{id: b, scope: ["b/**"]}]}]');
    expect([mixed.onPass?.at(-1), ...(mixed.nodes ?? []).map(({ onPass }) => onPass?.at(-1))]).toEqual(['REVIEWER', '--gate', 'REVIEWER']);
  });

  it('asks at the end whether it will recur, then for the archive, where there is such a verb', () => {
    let files: Files = { 'spec.md': SPEC, 'tasks.md': plan('[{id: a, covers: none}]') };
    files = after(files, ['node', 'skip', 'a', '--ticket', 'PROJ-7']);
    expect(ask(files)).toMatchObject({ id: 'recurs', action: 'agent:do', path: 'docs/specs/PROJ-7/tasks.md' });
    files['tasks.md'] = plan('[{id: a, covers: none}]', 'recurs: no\n');
    expect(ask(files)).toMatchObject({ id: 'archive-ready', isLast: true, run: ['check', 'docs/specs/PROJ-7'] });
    expect(ask(files, { verbs: new Set(['report']) })).toMatchObject({ run: ['report', '--ticket', 'PROJ-7'] });
    expect(ask(files, { verbs: new Set(['retro', 'archive']) })).toMatchObject({ run: ['retro', '--ticket', 'PROJ-7'] });
    expect(ask({ ...files, 'retro.md': '---\nticket: PROJ-7\n---\n' }, { verbs: new Set(['retro', 'archive']) })).toMatchObject({ confirm: true, run: ['archive', '--ticket', 'PROJ-7'] });
    expect(parseDocument(Buffer.from(files['tasks.md'])).problems).toEqual([]);
  });
});
