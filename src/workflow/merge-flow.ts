import { isDeepStrictEqual as same } from 'node:util';
import type { Flow, FlowPiece } from '../documents/pieces.ts';
import { planOfLists, planOfMappings, type MergeRules } from './merge-plan.ts';

/** Three `[lists]` or `{mappings}` on one line merged, as `mergePieces` does it with blocks; undefined where they cannot be. */
export function mergeFlows(base: Flow | undefined, ours: Flow, theirs: Flow, steps: readonly string[], rules: MergeRules, isSequential: boolean): string | undefined {
  const { kind } = ours;
  if (theirs.kind !== kind || (base && base.kind !== kind)) return undefined;
  const data = (flow: Flow | undefined) => (flow?.pieces ?? []).map((piece) => piece.data);
  const mapping = (flow: Flow | undefined) => Object.fromEntries((flow?.pieces ?? []).map((piece) => [piece.key as string, piece.data]));
  const plan = kind === 'map' ? planOfMappings(mapping(base), mapping(ours), mapping(theirs)) : planOfLists({ base: data(base), ours: data(ours), theirs: data(theirs) }, steps, rules, isSequential);
  if (plan === undefined) return undefined;
  const inOrder = [ours, theirs].some((flow) => mapping(flow).order === 'sequential');
  const texts = plan.order.map((id) => {
    const at = (ids: readonly string[], flow: Flow | undefined) => (ids.includes(id) ? flow?.pieces[ids.indexOf(id)] : undefined);
    const inner = kind === 'map' ? [...steps, id] : steps;
    return mergePiece(at(plan.base, base), at(plan.ours, ours), at(plan.theirs, theirs), inner, rules, kind === 'list', kind === 'map' && inOrder && id === 'nodes');
  });
  if (texts.includes(undefined)) return undefined;
  const [open, close] = kind === 'map' ? ['{', '}'] : ['[', ']'];
  const padding = ours.isPadded && theirs.isPadded && texts.length > 0 ? ' ' : '';
  return open + padding + texts.join(', ') + padding + close;
}

function mergePiece(base: FlowPiece | undefined, ours: FlowPiece | undefined, theirs: FlowPiece | undefined, steps: readonly string[], rules: MergeRules, isItem: boolean, isSequential: boolean): string | undefined {
  if (!ours || !theirs) return base ? undefined : (ours ?? theirs)?.text;
  if (ours.text === theirs.text || base?.text === theirs.text) return ours.text;
  if (base?.text === ours.text) return theirs.text;
  if (same(ours.data, theirs.data)) return ours.text < theirs.text ? ours.text : theirs.text;
  if (base && same(base.data, theirs.data)) return ours.text;
  if (base && same(base.data, ours.data)) return theirs.text;
  if (!ours.flow || !theirs.flow || ours.prefix !== theirs.prefix || (base ? !base.flow : isItem)) return undefined;
  const flow = mergeFlows(base?.flow, ours.flow, theirs.flow, steps, rules, isSequential);
  return flow === undefined ? undefined : ours.prefix + flow;
}
