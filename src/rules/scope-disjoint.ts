import { cyclesOf, precedenceOf } from '../workflow/precedence.ts';
import type { PathShape } from '../workflow/path-shape.ts';
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
    if (claims.length < 2) return;
    let precedes: ReturnType<typeof precedenceOf> | undefined;
    const said = new Set<string>();
    for (const [one, other] of candidates(claims)) {
      const [a, b] = one.order < other.order ? [one, other] : [other, one];
      precedes ??= cyclesOf(nodes).length > 0 ? () => true : precedenceOf(nodes);
      const pair = `${a.node.id} ${b.node.id}`;
      if (precedes(a.node, b.node) || precedes(b.node, a.node) || said.has(pair)) continue;
      if (!patternsMeet(a.shape, a.scope, b.shape, b.scope)) continue;
      yield report(document, a, b);
      if (said.add(pair).size === MOST_REPORTS) return;
    }
  },
};

/** One shape of one entry of a leaf's scope. */
interface Claim {
  readonly node: TaskNode;
  readonly order: number;
  readonly scope: Scope;
  readonly pattern: ScopePattern;
  readonly shape: PathShape;
}

function claimsOf(leaves: readonly TaskNode[], modules: Parameters<typeof scopeOf>[1]): Claim[] {
  const claims: Claim[] = [];
  for (const [order, node] of leaves.entries()) {
    const scope = scopeOf(node, modules);
    for (const pattern of scope?.patterns ?? []) for (const shape of pattern.shapes) claims.push({ node, order, scope: scope as Scope, pattern, shape });
  }
  return claims;
}

/**
 * Pairs of different leaves whose shapes can meet at all: the names before the first wildcard of one
 * begin those of the other. In the order of those names, so that only what is above is looked at.
 */
function* candidates(claims: readonly Claim[]): Iterable<[Claim, Claim]> {
  const sorted = [...claims].sort((a, b) => (a.shape.prefix < b.shape.prefix ? -1 : a.shape.prefix > b.shape.prefix ? 1 : a.order - b.order));
  const above: Claim[] = [];
  for (const claim of sorted) {
    while (above.length > 0 && !claim.shape.prefix.startsWith((above.at(-1) as Claim).shape.prefix)) above.pop();
    for (const other of above) if (other.node !== claim.node) yield [other, claim];
    above.push(claim);
  }
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
