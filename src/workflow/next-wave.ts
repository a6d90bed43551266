import type { Settings } from '../documents/settings.ts';
import type { NodeState } from './node-status.ts';
import { patternsMeet, scopeOf, type Scope } from './scope.ts';

/**
 * The leaves that can be started together now: ready ones in the order of the tree, up to
 * max_concurrent, no two with scopes that can mean one path. What nothing limits may change anything.
 */
export function nextWave(leaves: readonly NodeState[], { execution, modules }: Pick<Settings, 'execution' | 'modules'>): NodeState[] {
  const chosen: { state: NodeState; scope: Scope | undefined }[] = [];
  for (const state of leaves) {
    if (chosen.length >= execution.maxConcurrent) break;
    if (state.waitsFor.length > 0 || (state.status !== 'ready' && state.status !== 'reopened')) continue;
    const scope = scopeOf(state.node, modules);
    if (chosen.every((one) => areApart(one.scope, scope))) chosen.push({ state, scope });
  }
  return chosen.map(({ state }) => state);
}

function areApart(one: Scope | undefined, other: Scope | undefined): boolean {
  if (!one || !other) return true;
  return !one.patterns.some((a) => other.patterns.some((b) => patternsMeet(a, one, b, other)));
}
