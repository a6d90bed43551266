import { placeOf, ticketFolder } from '../documents/place.ts';
import type { ChangedPath } from '../tree/tree.ts';
import { ticketOfBranchName, withoutStamp } from '../workflow/branch-names.ts';
import { asksForPlan, isPlanFor, PLANS, plansIn, type Plan } from '../workflow/node-plans.ts';
import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import { isInScope, scopeOf, shapesOf } from '../workflow/scope.ts';
import { shapeOfPath, shapesMeet } from '../workflow/path-shape.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import { taskNodes, type TaskNode } from '../workflow/task-tree.ts';
import { ticketFolders } from '../workflow/ticket-folders.ts';
import { nodeTrailers } from '../workflow/trailers.ts';

/** The rest shows when these have their plan. */
const MOST_REPORTS = 10;
/** What asks for no work any more. */
const SETTLED = ['complete', 'skipped', 'rejected'];

/** A node that asks for a plan. */
interface Planned {
  readonly ticket: string;
  readonly node: TaskNode;
  /** Everything, where nothing limits it: only a commit that names the node says which files are its. */
  readonly owns: (path: string) => boolean;
}

export const rule: Rule = {
  id: 'plan-before-file',
  group: 'repository',
  severity: 'error',

  *commit(step, context) {
    const { after } = step;
    const named = nodeTrailers(step.message);
    const planned = named.flatMap(({ ticket, node }) => [...step.before, after].flatMap((snapshot) => plannedIn(snapshot, ticketFolder(snapshot.settings, ticket), ticket, context)).filter((one) => one.node.id === node));
    if (planned.length > 0) yield* unplanned(after, step.changed, planned, context);
  },

  *ref(step, context) {
    const { after, name } = step;
    const [base] = step.before;
    if (!base) return;
    const { changed } = step;
    if (!changed.some((one) => isNewFile(one, context))) return;
    const named = name === undefined ? undefined : ticketOfBranchName(withoutStamp(name), context.settings);
    const touched = changed.flatMap(({ path }) => placeOf(context.settings, path)?.ticket ?? []);
    const own = new Set([...(named === undefined ? [] : [named]), ...touched]);
    const open = ticketFolders(after).filter(({ id, archived }) => !archived && (own.size === 0 || own.has(id)));
    after.tree.prefetch(open.map(({ folder }) => `${folder}/tasks.md`), [base.tree]);
    const planned = open.flatMap(({ folder, id }) => [base, after].flatMap((snapshot) => plannedIn(snapshot, folder, id, context)).filter(({ node }) => isLimited(node, context) && !isSettled(base, `${folder}/nodes/${node.id}.md`)));
    if (planned.length > 0) yield* unplanned(after, changed, planned, context);
  },
};

/** The same of one file that is about to be made for a node; undefined where it may be. */
export function planLacking(after: Snapshot, path: string, { ticket, node }: { readonly ticket: string; readonly node: string }, context: RuleContext): string | undefined {
  const planned = plannedIn(after, ticketFolder(after.settings, ticket), ticket, context).filter((one) => one.node.id === node);
  const [lacking] = planned.length === 0 ? [] : unplanned(after, [{ path, before: [undefined], after: { path, type: 'file', oid: '' } }], planned, context);
  return lacking && `${lacking.message}. ${lacking.remedy}`;
}

/** The leaves of a ticket that ask for a plan, by themselves or by a phase above them. Asked of the parent too: no step takes its own mark away. */
function plannedIn(after: Snapshot, folder: string, ticket: string, context: RuleContext): Planned[] {
  const path = `${folder}/tasks.md`;
  if (!after.tree.read(path)?.includes('required')) return [];
  const nodes = taskNodes(after.document(path)?.data ?? {}).filter((node) => node.children.length === 0 && asksForPlan(node));
  return nodes.map((node) => {
    const scope = scopeOf(node, context.settings.modules);
    return { ticket, node, owns: (file) => scope === undefined || isInScope(file, scope) };
  });
}

function isLimited(node: TaskNode, { settings }: RuleContext): boolean {
  return scopeOf(node, settings.modules) !== undefined;
}

/** It was over before this branch: what comes now is somebody else's. */
function isSettled(base: Snapshot, record: string): boolean {
  return SETTLED.includes(String(base.document(record)?.data.status));
}

/** Documents are governed by rules of their own. */
function isNewFile({ path, after, before }: ChangedPath, { settings }: RuleContext): boolean {
  return after !== undefined && before.every((entry) => entry === undefined) && placeOf(settings, path) === undefined && !path.startsWith(`${PLANS}/`);
}

function* unplanned(after: Snapshot, changed: readonly ChangedPath[], planned: readonly Planned[], context: RuleContext): Iterable<Report> {
  const files = changed.filter((one) => isNewFile(one, context)).map(({ path }) => path);
  let plans: readonly Plan[] | undefined;
  let count = 0;
  for (const path of files) {
    const owners = planned.filter(({ owns }) => owns(path));
    if (owners.length === 0) continue;
    plans ??= plansIn(after.tree, context.settings);
    const fitting = plans.filter((plan) => owners.some((owner) => isPlanFor(plan, owner.ticket, owner.node)) && creates(plan, path, context));
    if (fitting.some(({ isApproved }) => isApproved)) continue;
    yield report(path, owners[0] as Planned, fitting[0], context);
    if (++count === MOST_REPORTS) return;
  }
}

function creates(plan: Plan, path: string, { settings }: RuleContext): boolean {
  const file = shapeOfPath(path);
  return plan.creates.some((text) => shapesOf(text, settings.modules).some((shape) => shapesMeet(shape, file)));
}

function report(path: string, { ticket, node }: Planned, plan: Plan | undefined, { program }: RuleContext): Report {
  return {
    path,
    message: `Unexpected new file of node ${node.id} (${ticket}) without an approved plan, expected ${plan ? `${plan.path} to be approved` : 'a plan that creates it'}: the node says plan: required`,
    remedy: plan ? `let somebody read ${plan.path} and write status: approved` : `${program} new plan --ticket ${ticket} --node ${node.id}, with creates: [${path}]; then let somebody approve it`,
  };
}
