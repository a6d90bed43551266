import type { Bearings } from '../workflow/bearings.ts';
import type { WorkflowPhase } from '../workflow/workflow-phase.ts';
import { type DigestSection, sectionText } from './digest.ts';
import { oneLine } from './plain-text.ts';

/** What a digest says before its sections. */
export interface DigestHead {
  readonly ticket?: string;
  readonly title?: string;
  readonly goal?: { readonly title: string; readonly why: string };
  readonly phase?: WorkflowPhase;
  readonly where: Omit<Bearings, 'ticket'>;
  readonly skills: readonly string[];
}

/** A digest as Markdown; `next` is what comes next, for a person. */
export function digestText(head: DigestHead, sections: readonly DigestSection[], next: string): string {
  const { ticket, title, goal, phase, where, skills } = head;
  const lines = [
    `# ${ticket === undefined ? where.repository : `${ticket}${title === undefined || title === ticket ? '' : `: ${title}`}`}`,
    ...(goal ? [`Goal: ${goal.title}`, `Why: ${goal.why}`] : []),
    ...(phase ? [`Phase: ${phaseText(phase)}`] : []),
    `Where: ${whereText(where)}`,
    ...(skills.length > 0 ? [`Skills: ${skills.join(', ')}`] : []),
  ];
  return [lines.join('\n'), ...sections.map(sectionText), next].join('\n\n');
}

function phaseText({ name, wave, within, shape }: WorkflowPhase): string {
  return [name, ...(wave === undefined ? [] : [`wave ${wave}`]), ...(within === undefined ? [] : [`in the phase ${oneLine(within, 60)}`]), shape].join(', ');
}

function whereText({ repository, worktree, folder, branch, commit, operation, type, part }: Omit<Bearings, 'ticket'>): string {
  const on = branch === undefined ? 'no branch' : `branch ${branch} (${type}${part === undefined ? '' : `, part ${part}`})`;
  const at = commit === undefined ? '' : `, at commit ${commit.slice(0, 12)}`;
  const during = operation === undefined ? '' : `, in the middle of a ${operation}`;
  return oneLine(`${on}${at}${during}; ${worktree.kind} work tree ${worktree.root} of ${repository}${folder === '' ? '' : `, folder ${folder}`}`, 1000);
}
