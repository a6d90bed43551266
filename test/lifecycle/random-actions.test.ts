import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { check } from '../../src/check/engine.ts';
import type { Invocation } from '../../src/commands/command.ts';
import { decideSteps } from '../../src/commands/node-decide.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { requirementsOf } from '../../src/documents/requirements.ts';
import { settingsOf } from '../../src/documents/settings.ts';
import { UserError } from '../../src/error.ts';
import { rules } from '../../src/rules/index.generated.ts';
import { ticketStatus } from '../../src/workflow/node-status.ts';
import { Snapshot } from '../../src/workflow/snapshot.ts';
import { ticketIn } from '../../src/workflow/ticket.ts';
import type { NodeVerb } from '../../src/workflow/transitions.ts';
import { FOLDER, pin, specOf } from '../harness/governed.ts';
import { MemoryTree } from '../harness/memory-tree.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { type Action, type Plan, type PlanNode, Reference } from './reference.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 60);
/** Through the program itself: each action is a process or two. */
const REAL_RUNS = Math.max(2, Math.ceil(RUNS / 200));
const ACTORS = ['impl-1', 'impl-2', 'review-1'];
const NAME = 'Token validation';

const anyNode = fc.record({ type: fc.constantFrom('agent', 'agent', 'command', 'human' as const), covers: fc.boolean(), scope: fc.nat(3), waits: fc.subarray([0, 1, 2, 3, 4]), afterPhase: fc.boolean(), inPhase: fc.boolean() });
const anyPlan: fc.Arbitrary<Plan> = fc.record({ nodes: fc.array(anyNode, { minLength: 2, maxLength: 6 }), max: fc.integer({ min: 1, max: 3 }), retries: fc.nat(2), phaseWaits: fc.subarray([0, 1]) }).map(({ nodes, max, retries, phaseWaits }) => {
  // Nodes before the phase, in it, after it: what waits for it is behind it.
  const first = Math.min(2, nodes.length - 1);
  const place = (index: number, inPhase: boolean) => (index < first ? 'before' : inPhase && index < first + 2 ? 'in' : 'after');
  const places = nodes.map(({ inPhase }, index) => place(index, inPhase));
  const hasPhase = places.includes('in');
  const id = (index: number) => `n${index}`;
  return {
    max,
    retries,
    phaseWaits: phaseWaits.filter((index) => index < first).map(id),
    nodes: nodes.map(({ type, covers, scope, waits, afterPhase }, index): PlanNode => ({ id: id(index), type, covers, scope, inPhase: places[index] === 'in', dependsOn: [...waits.filter((one) => one < index && !(places[index] === 'in' && places[one] === 'after')).map(id), ...(hasPhase && afterPhase && places[index] === 'after' ? ['p'] : [])] })),
  };
});

const VERBS: readonly Action['verb'][] = ['start', 'start', 'start', 'start', 'done', 'approve', 'approve', 'complete', 'complete', 'complete', 'fail', 'fail', 'escalate', 'retry', 'skip', 'reject', 'release', 'reset', 'change'];
const anyActions = fc.array(fc.record({ verb: fc.constantFrom(...VERBS), node: fc.nat(5), by: fc.constantFrom(...ACTORS), verifier: fc.constantFrom(...ACTORS, 'pr', undefined), reason: fc.boolean() }), { minLength: 4, maxLength: 24 });

type Choice = Omit<Action, 'node'> & { readonly node: number };
const actionOf = (plan: Plan, { node, ...rest }: Choice): Action => ({ ...rest, node: plan.nodes[node % plan.nodes.length]?.id as string });

function optionsOf({ verb, by, verifier, reason }: Action): Record<string, string | string[]> {
  return {
    by,
    ...(reason && verb !== 'change' && { reason: 'it has to be' }),
    ...(verb === 'done' && { l0: 'Made' }),
    ...(verb === 'fail' && { finding: ['no tests'] }),
    ...(verb === 'complete' && { verdict: 'pass', exit: '0', ...(verifier !== undefined && { 'verified-by': verifier }) }),
    ...(verb === 'approve' && verifier === 'pr' && { 'verified-by': 'pr' }),
  };
}

const statement = (version: number) => `The system SHALL reject expired tokens within ${version} seconds.`;
const SPEC = specOf(statement(1));

function tasks({ nodes, phaseWaits }: Plan): string {
  const line = ({ id, type, covers, scope, dependsOn }: PlanNode) => `{id: ${id}, type: ${type},${type === 'command' ? ' command: npm test,' : ''} covers: ${covers ? `[${NAME}]` : 'none'}, scope: ["src/${scope}/**"]${dependsOn.length > 0 ? `, depends_on: [${dependsOn.join(', ')}]` : ''}}`;
  const inside = nodes.filter(({ inPhase }) => inPhase);
  const phase = inside.length === 0 ? [] : [`{id: p,${phaseWaits.length > 0 ? ` depends_on: [${phaseWaits.join(', ')}],` : ''} nodes: [${inside.map(line).join(', ')}]}`];
  const lines = [...nodes.filter(({ inPhase }) => !inPhase).map(line), ...phase];
  return `---\nticket: PROJ-7\ngoal: {title: Ship it, why: Partners wait}\nspec: ${pin(SPEC)}\nnodes:\n${lines.map((one) => `  - ${one}\n`).join('')}---\n`;
}

const workspace = ({ max, retries }: Plan) => `---\ntreework: 1\nexecution: {max_concurrent: ${max}, max_retries: ${retries}}\nrules: {scope-disjoint: off, spec-covered: off, readme-fresh: off}\n---\n`;

/** An accepted record that gives the requirement its next text. */
function change(version: number): [string, string] {
  const was = requirementsOf(parseDocument(Buffer.from(specOf(statement(version - 1)))))[0]?.digest as string;
  const body = specOf(statement(version)).split('## Requirements\n\n')[1] as string;
  return [`${FOLDER}/changes/${String(version - 1).padStart(3, '0')}-faster.md`, `---\ntitle: Faster\nimpact: replacing\nstatus: accepted\nhistory:\n  - {to: proposed, by: impl-1, at: 2026-11-20T10:00:00Z}\n  - {to: accepted, by: review-1, at: 2026-11-20T11:00:00Z}\n---\n\n## MODIFIED Requirements\n\n${body.replace('\n\n', `\n\nWas: ${was}\n\n`)}\n## Task impact\n\nNone.\n`];
}

const files = (plan: Plan): Record<string, string> => ({ 'WORKSPACE.md': workspace(plan), [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasks(plan) });

/** The world of one ticket in memory: what the program decides is done to it at once. */
class World {
  files: Record<string, string | Buffer>;
  readonly #plan: Plan;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.files = files(plan);
  }

  /** Whether it was done; what is refused changes nothing, by construction. */
  act(action: Action): boolean {
    const { verb, node, by } = action;
    const work = new MemoryTree(this.files);
    const settings = settingsOf({ execution: { max_concurrent: this.#plan.max, max_retries: this.#plan.retries } });
    const invocation: Invocation = { values: optionsOf(action), positionals: [], cwd: '/', json: true, program: 'treework', color: false };
    try {
      const decided = decideSteps({ settings }, work, invocation, { verb: verb as NodeVerb, ticket: 'PROJ-7', nodes: [node], by, at: '2026-11-20T12:00:00Z', files: [], found: {}, look: (_, status) => ({ records: new Map(), newer: new Map(), status, archivedIn: undefined }) });
      if ('exit' in decided) return false;
      for (const { path, content } of decided.edits) this.files = { ...this.files, [path]: content as string };
      return true;
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  }

  statuses(): Record<string, string> {
    const { nodes } = ticketStatus(ticketIn(new Snapshot(new MemoryTree(this.files), settingsOf({})), FOLDER, 'PROJ-7', false), this.#plan.retries);
    return Object.fromEntries(nodes.filter(({ node }) => node.children.length === 0).map(({ node, status }) => [node.id, status]));
  }
}

const errors = (before: Record<string, string | Buffer>, after: Record<string, string | Buffer>) =>
  check({ before: [new MemoryTree(before)], after: new MemoryTree(after) }, { rules, scope: 'all', program: 'treework' }).findings.filter(({ severity }) => severity === 'error');

it('does what the model allows, refuses everything else, and every state that it reaches passes', () => {
  fc.assert(
    fc.property(anyPlan, anyActions, (plan, choices) => {
      const [world, model] = [new World(plan), new Reference(plan)];
      expect(errors(world.files, world.files)).toEqual([]);
      for (const choice of choices) {
        const action = actionOf(plan, choice);
        const [was, before] = [world.files, model.statuses()];
        const isLegal = model.act(action);
        if (action.verb === 'change') world.files = Object.fromEntries([...Object.entries(world.files), change(model.version)]);
        else expect({ action, before, done: world.act(action) }).toEqual({ action, before, done: isLegal });
        expect({ action, before, is: world.statuses() }).toEqual({ action, before, is: model.statuses() });
        if (isLegal) expect(errors(was, world.files)).toEqual([]);
        else expect(world.files).toBe(was);
      }
    }),
    { numRuns: RUNS },
  );
}, 3_600_000);

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

it('holds for the program too: exit 0, or 1 or 2 with nothing changed, and a clean check at the end', () => {
  fc.assert(
    fc.property(anyPlan, fc.array(anyActions, { minLength: 1, maxLength: 1 }), (plan, [choices = []]) => {
      const sandbox = new Sandbox();
      boxes.push(sandbox);
      sandbox.repository('repo', files(plan));
      const model = new Reference(plan);
      const state = () => sandbox.run('sh', ['-c', 'find docs -type f | sort | xargs cat'], { cwd: 'repo' }).stdout;
      for (const choice of choices.slice(0, 8)) {
        const action = actionOf(plan, choice);
        const was = state();
        const isLegal = model.act(action);
        if (action.verb === 'change') sandbox.write('repo', Object.fromEntries([change(model.version)]));
        else {
          const flags = Object.entries(optionsOf(action)).flatMap(([name, value]) => [value].flat().flatMap((one) => [`--${name}`, one]));
          const answer = sandbox.treework('repo', ...(action.verb === 'retry' ? ['retry'] : ['node', action.verb]), action.node, ...flags, '--json');
          expect({ action, done: answer.status === 0, is: [0, 1, 2].includes(answer.status) }).toEqual({ action, done: isLegal, is: true });
          expect(JSON.parse(answer.stdout).ok).toBe(isLegal);
        }
        if (!isLegal) expect(state()).toBe(was);
      }
      const checked = sandbox.treework('repo', 'check', '--all');
      expect({ status: checked.status, output: checked.status === 0 ? '' : checked.output }).toEqual({ status: 0, output: '' });
      sandbox.remove();
    }),
    // Each attempt at a smaller one would be dozens of processes.
    { numRuns: REAL_RUNS, endOnFailure: true },
  );
}, 3_600_000);
