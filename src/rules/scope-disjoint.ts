import type { Settings } from '../documents/settings.ts';
import { cyclesOf, precedenceOf } from '../workflow/precedence.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import { patternsMeet, scopeOf, type Scope, type ScopePattern } from '../workflow/scope.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { dataPathOf, leavesOf, taskNodes, type TaskNode } from '../workflow/task-tree.ts';

/** The rest shows when these are mended. */
const MOST_REPORTS = 10;

export const rule: Rule = {
  id: 'scope-disjoint',
  group: 'tree',
  severity: 'error',
  kinds: ['tasks'],

  *document(document, { settings }) {
    if (settings.execution.maxConcurrent < 2) return;
    const nodes = taskNodes(document.data);
    const claims = claimsOf(leavesOf(nodes), settings.modules);
    let precedes: ReturnType<typeof precedenceOf> | undefined;
    const canBeAtOnce = (a: TaskNode, b: TaskNode) => {
      precedes ??= cyclesOf(nodes).length > 0 ? () => true : precedenceOf(nodes);
      return !precedes(a, b) && !precedes(b, a);
    };
    for (const [a, b] of overlaps(claims, canBeAtOnce)) yield report(document, a, b);
  },
};

/** One entry of a leaf's scope. */
interface Claim {
  readonly node: TaskNode;
  readonly order: number;
  readonly scope: Scope;
  readonly pattern: ScopePattern;
  readonly prefix: string;
}

function claimsOf(leaves: readonly TaskNode[], modules: Settings['modules']): Claim[] {
  const claims: Claim[] = [];
  for (const [order, node] of leaves.entries()) {
    const scope = scopeOf(node, modules);
    for (const pattern of scope?.patterns ?? []) claims.push({ node, order, scope: scope as Scope, pattern, prefix: pattern.prefix });
  }
  return claims;
}

/**
 * Pairs of leaves whose scopes meet, each pair once. In the order of their prefixes, so that an entry
 * is only held against those whose prefix begins its own.
 */
function overlaps(claims: readonly Claim[], canBeAtOnce: (a: TaskNode, b: TaskNode) => boolean): [Claim, Claim][] {
  const sorted = [...claims].sort((a, b) => (a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : a.order - b.order));
  const above: Claim[] = [];
  const found = new Map<string, [Claim, Claim]>();
  for (const claim of sorted) {
    while (above.length > 0 && !claim.prefix.startsWith((above.at(-1) as Claim).prefix)) above.pop();
    for (const other of above) {
      if (other.node === claim.node || !canBeAtOnce(other.node, claim.node) || !patternsMeet(other.pattern, other.scope, claim.pattern, claim.scope)) continue;
      const [a, b] = other.order < claim.order ? [other, claim] : [claim, other];
      const pair = `${a.node.id} ${b.node.id}`;
      if (!found.has(pair)) found.set(pair, [a, b]);
      if (found.size === MOST_REPORTS) return [...found.values()];
    }
    above.push(claim);
  }
  return [...found.values()];
}

function report(document: GovernedDocument, a: Claim, b: Claim): Report {
  return {
    path: document.path,
    ...document.parsed.locate([...dataPathOf(b.scope.owner), 'scope', b.pattern.index]),
    message: `Unexpected overlap of ${told(b)} with ${told(a)}, expected scopes without a common path: nothing says which of the two nodes comes first, so both can be in one wave`,
    remedy: `write depends_on: [${a.node.id}] at ${b.node.id}, or narrow one of the scopes`,
    ...(document.place.archived && { severity: 'warning' as const }),
  };
}

function told({ node, scope, pattern }: Claim): string {
  return `${pattern.text} (${node.id}${scope.owner === node ? '' : `, by its phase ${scope.owner.id}`})`;
}
