import { UserError } from '../error.ts';
import { beginOperation } from '../git/operation.ts';
import { moveRefs } from '../git/move-refs.ts';
import { rewriteCommits } from '../git/rewrite-commits.ts';
import type { ShownSplit } from '../render/split-text.ts';
import { count } from '../render/plain-text.ts';
import type { Oid } from '../tree/tree.ts';
import { stackPart } from '../workflow/branch-names.ts';
import { baseRef } from '../workflow/branch-plan.ts';
import type { PartSize, SizedSection } from '../workflow/split/cut.ts';
import { subjectOf } from '../workflow/split/plan-text.ts';
import { commitsOf, type PlannedCommit, type SplitPlan } from '../workflow/split/split.ts';
import type { SplitSource } from './split-source.ts';
import type { Workspace } from './workspace.ts';

export interface BuiltPart {
  readonly branch: string;
  readonly tip: Oid;
  /** What it stands on. */
  readonly base: Oid;
  readonly commits: readonly (PlannedCommit & { readonly oid: Oid })[];
  readonly size: PartSize;
  readonly isExcessive: boolean;
  readonly exceeds: string | undefined;
}

/** A stack whose objects are made in memory. */
export interface BuiltStack {
  readonly parts: readonly BuiltPart[];
  readonly plan: SplitPlan;
  readonly json: Readonly<Record<string, unknown>>;
  readonly proof: string;
}

/** Branches of the parts, the lowest first: what stands before the ticket in the branch's own name stays there. */
export function branchNames({ branch, workflow, first }: Pick<SplitSource, 'branch' | 'workflow' | 'first'>, sections: readonly { readonly name: string }[]): string[] {
  const at = branch.indexOf(`${workflow.ticket}--`);
  const prefix = at === -1 ? '' : branch.slice(0, at);
  return sections.map(({ name }, index) => {
    const made = `${prefix}${workflow.ticket}--p${first + index}-${name}`;
    return made === branch ? `${made}-part` : made;
  });
}

/** Throws a UserError where the top would not be what the branch is. */
export function buildStack({ settings }: Workspace, source: SplitSource, plan: SplitPlan): BuiltStack {
  const { history, histories } = source;
  const planned = commitsOf(plan.sections, histories);
  const rewritten = planned.flat().map(({ commit, files, share }) => {
    const original = histories.commits[commit] as (typeof histories.commits)[number];
    return { original, files, trailer: share && `Divided-From: ${original.oid} (${share.number} of ${share.of})` };
  });
  const made = rewriteCommits(history, rewritten);
  const top = made.at(-1)?.tree;
  if (top !== history.tree) throw new UserError(`Unexpected tree ${top} at the top of the stack, expected that of ${source.branch}, ${history.tree}; nothing was made`, 'please report it; --by commit may do', 'split-differs');
  const names = branchNames(source, plan.sections);
  let at = 0;
  const parts = plan.sections.map((section, index): BuiltPart => {
    const commits = (planned[index] ?? []).map((one) => ({ ...one, oid: (made[at++] as (typeof made)[number]).oid }));
    return { branch: names[index] as string, tip: commits.at(-1)?.oid ?? history.base, base: made[at - commits.length - 1]?.oid ?? history.base, commits, size: section.size, isExcessive: section.isExcessive, exceeds: excessOf(section, settings.review) };
  });
  const proof = `proof: tree ${top} at the top is that of ${source.branch}, byte for byte`;
  const stack = { parts, plan, proof };
  return { ...stack, json: jsonOf(source, stack) };
}

function excessOf({ size, isExcessive }: SizedSection, { maxFiles, maxLines }: { readonly maxFiles: number; readonly maxLines: number }): string | undefined {
  if (!isExcessive) return undefined;
  return size.files > maxFiles ? `${count(maxFiles, 'file')}` : `${count(maxLines, 'line')}`;
}

function jsonOf(source: SplitSource, { parts, plan }: Omit<BuiltStack, 'json'>): Record<string, unknown> {
  const { branch, history, workflow } = source;
  const shown = shownSplit(source, { parts, plan, proof: '' });
  return {
    ticket: workflow.ticket,
    branch,
    base: history.base,
    tip: history.tip,
    parts: parts.map(({ branch: name, tip, base, size, exceeds }, at) => ({ branch: name, base, tip, ...size, ...(exceeds !== undefined && { exceeds }), commits: shown.parts[at]?.commits.map(({ share, ...commit }) => ({ ...commit, ...(share !== undefined && { divided: share }) })) })),
    unclaimed: shown.unclaimed,
    moved: shown.moved,
    proof: { tree: history.tree, equal: true },
  };
}

/** What is shown of a stack, made or not. */
export function shownSplit({ branch, history, histories }: SplitSource, { parts, plan, proof }: Omit<BuiltStack, 'json'>): ShownSplit {
  const oidOf = (commit: number) => histories.commits[commit]?.oid ?? '';
  const branchOf = (name: string, commit: number) => parts.find((part, at) => part.commits.some((one) => one.commit === commit) && baseName(plan.sections[at]?.name) === name)?.branch ?? name;
  return {
    branch,
    commits: histories.commits.length,
    files: new Set(histories.changes.flat().map(({ path }) => path)).size,
    base: history.base,
    parts: parts.map((part, at) => ({
      branch: part.branch,
      ...part.size,
      exceeds: part.exceeds,
      commits: (plan.sections[at]?.pieces ?? []).map(({ commit, changes }, index) => {
        const share = part.commits[index]?.share;
        return { commit: oidOf(commit), subject: subjectOf(histories.commits[commit]?.message ?? ''), files: changes.map(({ path }) => path), share: share && `${share.number} of ${share.of}` };
      }),
    })),
    unclaimed: plan.unclaimed.map(({ change, why }) => ({ path: change.path, commit: oidOf(change.commit), branch: parts.find((_, at) => plan.sections[at]?.pieces.some(({ changes }) => changes.includes(change)))?.branch ?? '', why })),
    moved: plan.moved.map(({ commit, from, to, path, because }) => ({ path, commit: oidOf(commit), from, to: branchOf(to, commit), because: oidOf(because.commit) })),
    proof,
  };
}

/** A part's name before it was cut into several. */
function baseName(name: string | undefined): string | undefined {
  return name?.replace(/-\d+$/, '');
}

/** Writes the objects and makes the branches, all of them or none; the refs that were made. Branches that are so already are left alone. */
export function makeStack({ repository }: Workspace, source: SplitSource, { parts }: BuiltStack): string[] {
  const { branch, refs: known, history, workflow } = source;
  history.objects.write(repository);
  const top = parts.at(-1)?.tip ?? history.tip;
  if (repository.treeOf(top).id !== history.tree) throw new Error(`the stack was written as ${top} and is not there`);
  const wanted = parts.flatMap(({ branch: name, tip, base }) => [{ ref: `refs/heads/${name}`, after: tip }, { ref: baseRef(name), after: base }]);
  const refs = wanted.map(({ ref, after }) => ({ ref, before: known.get(ref.slice('refs/'.length)) ?? null, after }));
  const moves = refs.filter(({ before, after }) => before !== after);
  if (moves.length === 0) return [];
  const operation = beginOperation(repository, { verb: 'split', ticket: workflow.ticket, resume: ['split', branch], refs: moves, worktrees: [] });
  try {
    moveRefs(repository, moves, `treework split ${branch}`);
  } catch (error) {
    operation.finish();
    throw error;
  }
  operation.finish({ undoable: true });
  return moves.map(({ ref }) => ref);
}

/** Throws a UserError where a branch has the name, or the number, of a part. */
export function refuseTaken({ branch, refs, workflow, first }: SplitSource, parts: readonly BuiltPart[]): void {
  const planned = new Map(parts.map(({ branch: name, tip }) => [name, tip]));
  const settings = { ticketPattern: new RegExp(`^${workflow.ticket.replaceAll('.', '\\.')}$`) };
  for (const [ref, tip] of refs) {
    const name = ref.slice('heads/'.length);
    if (!ref.startsWith('heads/') || name === branch) continue;
    const number = stackPart(name, settings);
    const isTaken = planned.has(name) ? planned.get(name) !== tip : number !== undefined && number >= first;
    if (isTaken) throw new UserError(`Unexpected branch ${name}, expected no part ${number ?? ''} of ${workflow.ticket} yet; nothing was made`, `treework undo takes back the last split; git branch -m ${name} ANOTHER-NAME keeps it`, 'exists');
  }
}
