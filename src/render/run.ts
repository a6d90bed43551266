import type { Edit } from '../tree/edit.ts';
import { draft } from './documents.ts';

type Data = Readonly<Record<string, unknown>>;

export interface RunInputs {
  /** The run's folder. */
  readonly folder: string;
  /** Its id as a ticket. */
  readonly ticket: string;
  readonly period: string;
  /** Frontmatter of OPERATION.md: valid. */
  readonly operation: Data;
  /** Its body, as it reads in the run's folder. */
  readonly body: string;
}

/** The run's spec: what the operation asks for, as its page said when the run began. */
export function runSpec({ folder, ticket, period, operation, body }: RunInputs): Edit {
  return draft(`${folder}/spec.md`, { ticket, title: `${String(operation.title)} ${period}` }, body);
}

/** The run's workflow: the operation's tree for this period, frozen with its spec. */
export function runTasks({ folder, ticket, period, operation }: RunInputs, pin: string, body: string): Edit {
  const { title, why, ...rest } = operation.goal as Data;
  const goal = { title: `${String(title)} ${period}`, why, ...rest };
  return draft(`${folder}/tasks.md`, { ticket, goal, spec: pin, shape: 'operation', nodes: operation.nodes }, body);
}
