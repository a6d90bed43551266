import type { Settings } from '../documents/settings.ts';
import type { Change, Oid } from '../tree/tree.ts';
import type { CommitStep, Rule } from '../workflow/rule.ts';
import { settingsIn, Snapshot } from '../workflow/snapshot.ts';
import { nodeTrailers } from '../workflow/trailers.ts';
import { activeRule, say, type ActiveRule, type Caller, type Said } from './active-rules.ts';

/** One commit, made or being made. */
export interface CommitChange extends Pick<Change, 'before' | 'after' | 'policy' | 'ref'> {
  readonly message: string;
  readonly commit?: Oid;
}

export interface CommitOptions extends Caller {
  readonly rules: readonly Rule[];
}

/** Whether some rule that is on reads every message, and not only those that name a node. */
export function readsEveryMessage(settings: Settings, rules: readonly Rule[]): boolean {
  return rules.some((rule) => rule.commit && rule.everyMessage && activeRule(rule, settings, { program: '' }));
}

/** Whether any rule has to be asked about this commit: known without its paths. */
export function concernsCommit(change: CommitChange, options: CommitOptions): boolean {
  const settings = policyOf(change);
  return settings !== undefined && asked(settings, change.message, options).length > 0;
}

/**
 * Judges one commit and its message by the rules for that. A merge, a first commit and what follows a
 * commit without WORKSPACE.md are not judged. Settings are the first parent's, or those of `policy`.
 */
export function checkCommit(change: CommitChange, options: CommitOptions): Said {
  const said: Said = { findings: [], waived: [] };
  const settings = policyOf(change);
  if (!settings) return said;
  const after = new Snapshot(change.after, settingsIn(change.after) ?? settings);
  const step: CommitStep = {
    before: change.before.map((tree) => new Snapshot(tree, settings)),
    after,
    get changed() {
      return change.after.changedFrom(change.before, ['']);
    },
    message: change.message,
    branch: change.ref,
    ...(change.commit !== undefined && { commit: change.commit }),
  };
  for (const active of asked(settings, change.message, options)) say(active, active.rule.commit?.(step, active.context) ?? [], after, said);
  return said;
}

function policyOf({ before, policy }: CommitChange): Settings | undefined {
  const [parent, other] = before;
  const own = parent && !other ? settingsIn(parent) : undefined;
  return own && ((policy && settingsIn(policy)) ?? own);
}

function asked(settings: Settings, message: string, options: CommitOptions): ActiveRule[] {
  const namesNode = nodeTrailers(message).length > 0;
  return options.rules.filter((rule) => rule.commit && (rule.everyMessage || namesNode)).flatMap((rule) => activeRule(rule, settings, options) ?? []);
}
