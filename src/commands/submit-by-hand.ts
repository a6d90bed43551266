import { writeFileAtomic } from '../git/files.ts';
import { forgeOf, openingLine } from '../render/forge-lines.ts';
import type { Submission } from './submit.ts';
import { pullsOf, wantedOf } from './submit-plan.ts';
import type { Workspace } from './workspace.ts';

/** What a person does where no provider opens pull requests. */
export interface ByHand {
  /** A line for a shell each, bottom to top; none for a forge whose program we do not know. */
  readonly lines: readonly string[];
  readonly pulls: readonly { readonly head: string; readonly base: string; readonly title: string; readonly body_file: string }[];
}

/** Writes the bodies to files below git's own folder, and says how pull requests are opened with them. */
export function linesByHand({ repository }: Workspace, { plan, stack }: Pick<Submission, 'plan' | 'stack'>, isDraft: boolean): ByHand {
  const forge = stack.remote && forgeOf(stack.remote.url);
  const pulls = plan.branches.map((planned) => {
    const { title, body, base } = wantedOf(plan, planned, undefined, pullsOf(plan));
    const file = repository.statePath('submit', `${encodeURIComponent(planned.branch)}.md`);
    writeFileAtomic(file, body);
    return { head: planned.branch, base, title, body_file: file };
  });
  const lines = pulls.map(({ head, base, title, body_file: bodyFile }) => (forge ? openingLine(forge, { head, base, title, bodyFile, isDraft, mayExist: stack.there.has(head) }) : undefined));
  return { lines: lines.filter((line) => line !== undefined), pulls };
}
