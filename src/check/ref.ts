import type { Change } from '../tree/tree.ts';
import type { RefStep, Rule } from '../workflow/rule.ts';
import { activeRule, say, type Caller, type Said } from './active-rules.ts';
import type { Units } from './units.ts';

/** Ids of the rules that were not asked, since the branch's name is not known. */
export type Unjudged = { readonly unjudged: readonly string[] };

/** Judges a branch, or an update of one, by the rules for that. Settings are those of step rules. */
export function checkRef(change: Change, units: Units, { rules, ...caller }: Caller & { readonly rules: readonly Rule[] }): Said & Unjudged {
  const said: Said = { findings: [], waived: [] };
  const { update } = change;
  if (!update) return { ...said, unjudged: [] };
  const active = rules.filter((rule) => rule.ref).flatMap((rule) => activeRule(rule, units.policy, caller) ?? []);
  const step: RefStep = {
    before: units.before,
    after: units.after,
    name: change.ref,
    isTrunk: update.isTrunk,
    now: change.now,
    get changed() {
      return change.after.changedFrom(change.before, ['']);
    },
    get commits() {
      return update.commits;
    },
  };
  const isAsked = ({ needsName }: Rule) => !needsName || change.ref !== undefined;
  for (const one of active) if (isAsked(one.rule)) say(one, one.rule.ref?.(step, one.context) ?? [], units.after, said);
  return { ...said, unjudged: active.filter(({ rule }) => !isAsked(rule)).map(({ rule }) => rule.id) };
}
