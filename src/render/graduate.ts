import type { Edit } from '../tree/edit.ts';
import { leavesOf, textsIn, type TaskNode } from '../workflow/task-tree.ts';
import { draft, fill } from './documents.ts';

export interface GraduateInputs {
  /** Of the document, from the repository's root. */
  readonly path: string;
  readonly name: string;
  readonly title: string;
  readonly why: string;
  /** Ids of the tickets it grew out of. */
  readonly tickets: readonly string[];
  readonly nodes: readonly TaskNode[];
}

/** A skill that teaches what the tickets did: their leaves as steps, with what only people know marked. */
export function skillFrom({ path, name, title, why, tickets, nodes }: GraduateInputs): Edit {
  const said = plain(title);
  const description = `${said.slice(0, 300)}. Use when this is to be done again: ${plain(why).slice(0, 600)}`;
  const body = [
    `# ${said}`,
    `## When\n\n${plain(why)}\n\n${fill('what has to be so for this to apply')}`,
    `## Steps\n\n${leavesOf(nodes).map(stepOf).join('\n')}`,
    `## Never\n\n- ${fill('what goes wrong otherwise')}`,
    `## Where this comes from\n\n${tickets.join(', ')}`,
  ];
  return draft(path, { name, description }, `${body.join('\n\n')}\n`);
}

function stepOf({ id, data }: TaskNode, index: number): string {
  const title = typeof data.title === 'string' ? plain(data.title) : id;
  const command = data.type === 'command' && typeof data.command === 'string' ? `: \`${data.command.replaceAll('`', '')}\`` : data.type === 'human' ? ' (a person decides)' : '';
  const ways = textsIn(data.process).map((line, number) => `   ${number + 1}. ${plain(line)}`);
  return [`${index + 1}. ${title}${command}`, ...ways].join('\n');
}

export interface OperationInputs extends GraduateInputs {
  readonly period: string;
  /** Requirements in their canonical text. */
  readonly requirements: readonly string[];
  /** The tree, as tasks.md holds it. */
  readonly tree: unknown;
}

/** An operation with the ticket's tree, which holds no status, and what the ticket had to fulfil. */
export function operationFrom({ path, title, why, tickets, period, requirements, tree }: OperationInputs): Edit {
  const origin = `Begun as ${tickets.join(', ')}.\n`;
  const body = requirements.length === 0 ? origin : `${origin}\n## Requirements\n\n${requirements.join('\n\n')}\n`;
  return draft(path, { title, goal: { title, why }, period, nodes: tree }, body);
}

/** Clients put a skill's texts between tags of their own. */
function plain(text: string): string {
  return text.replaceAll('<', '‹').replaceAll('>', '›');
}
