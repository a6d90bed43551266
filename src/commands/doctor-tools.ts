import { join } from 'node:path';
import { hasProgram } from '../git/project-files.ts';
import type { PlannedRun } from '../workflow/gate-plan.ts';
import type { Tool } from '../workflow/stack.ts';
import { planOf } from './gate-run.ts';
import type { Workspace } from './workspace.ts';

/** One prerequisite of the gates, and the command that mends it. */
interface ToolDiagnosis {
  readonly name: string;
  readonly ok: boolean;
  /** Commits can be judged without it: it is no fault of the clone. */
  readonly warning?: true;
  readonly message: string;
  readonly mend?: string;
}

/** Whether what the gates of this repository need is here; nothing where no file says how it is tested. */
export function toolDiagnoses(workspace: Workspace): ToolDiagnosis[] {
  const planned = planOf(workspace, []);
  const runs = planned.flatMap((gate) => gate.runs);
  if (runs.length === 0) return [];
  const root = workspace.repository.workRoot;
  const needs = new Map<string, { tool: Tool; runs: PlannedRun[] }>();
  for (const run of runs) for (const tool of run.needs) needs.set(`${run.folder}\0${tool.program}`, { tool, runs: [...(needs.get(`${run.folder}\0${tool.program}`)?.runs ?? []), run] });
  const tools = [...needs.values()].map(({ tool, runs: asking }) => toolDiagnosis(tool, asking, root));
  const unprepared = new Map(runs.flatMap(({ unprepared: one }) => (one ? [[one.missing, one] as const] : [])));
  const wanting = [...unprepared.values(), ...planned.flatMap(({ missing }) => missing)];
  return [...tools, ...wanting.map(({ missing, mend }): ToolDiagnosis => ({ name: 'gates', ok: false, warning: true, message: `Unexpected gap before the gates: ${missing}`, mend }))];
}

function toolDiagnosis({ program, mend, isLocal }: Tool, runs: readonly PlannedRun[], root: string): ToolDiagnosis {
  const folder = (runs[0] as PlannedRun).folder;
  const gates = [...new Set(runs.map(({ gate }) => gate))].join(', ');
  if (hasProgram(program, join(root, folder), isLocal)) return { name: program, ok: true, message: `${program} is there for ${gates}${folder === '' ? '' : ` of ${folder}`}` };
  return { name: program, ok: false, warning: true, message: `Unexpected absence of ${program}, expected it for ${gates}${folder === '' ? '' : ` of ${folder}`}`, mend };
}
