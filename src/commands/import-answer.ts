import { shellCommand } from '../render/shell.ts';
import { printable } from '../render/plain-text.ts';
import { actionText, verbAction } from './actions.ts';
import type { Invocation, NextAction, Outcome } from './command.ts';
import type { FoundBranch } from './import-find.ts';
import type { Prepared } from './prepare-worktree.ts';
import { moduleLine, stepLine, unreadyAction, type Worked } from './work-answer.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** What `import` did; `ticket` undefined: the branch's name says none. */
export type Imported = Pick<Worked, 'path' | 'state' | 'modules'> & { readonly ticket: string | undefined; readonly branch: string };

/** Exit 1 where the worktree stands and is not ready. `there` is undefined where it is not governed. */
export async function importAnswer(there: Workspace | undefined, invocation: Invocation, { ticket, path, branch, state, modules }: Imported, { remote, branch: name, url, stale }: FoundBranch, prepared: Prepared): Promise<Outcome> {
  const inside: Invocation = { ...invocation, cwd: path, values: {} };
  const next = prepared.isReady ? await nextOf(there, inside, invocation, ticket) : unready(inside, invocation, ticket, `${remote}/${name}`, prepared);
  return {
    exit: prepared.isReady ? 0 : 1,
    json: {
      ticket: ticket ?? null,
      path,
      branch,
      upstream: `${remote}/${name}`,
      state,
      ...(url !== undefined && { remote_added: remote }),
      ...(stale !== undefined && { stale }),
      ...(modules.length > 0 && { modules: modules.map(({ isNew, ...module }) => ({ ...module, state: isNew ? 'created' : 'resumed' })) }),
      ready: prepared.isReady,
      steps: prepared.steps,
      next_action: next,
    },
    text: () => [
      printable(`${ticket ?? branch} is in ${path} (${state === 'resumed' ? 'resumed, ' : ''}branch ${branch}, which follows ${remote}/${name})`),
      `  ${printable(shellCommand(['cd', path]))}`,
      ...(stale === undefined ? [] : [printable(`  as it was fetched before: ${stale}`)]),
      ...modules.map(moduleLine),
      ...prepared.steps.map(stepLine),
      actionText(next),
    ].join('\n'),
  };
}

async function nextOf(there: Workspace | undefined, inside: Invocation, invocation: Invocation, ticket: string | undefined): Promise<NextAction> {
  const { nextActionOf } = await import('./next-action.ts');
  return there ? nextActionOf(there, inside, ticket) : nextActionOf(openWorkspace(invocation), invocation);
}

function unready(inside: Invocation, invocation: Invocation, ticket: string | undefined, upstream: string, prepared: Prepared): NextAction {
  if (ticket !== undefined) return unreadyAction(inside, ticket, prepared.steps);
  return verbAction(invocation, ['import', upstream, '--yes'], { description: 'go on with the steps of after_create that are left; --yes approves their commands for this clone', confirm: true });
}
