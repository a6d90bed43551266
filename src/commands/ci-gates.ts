import { keepPreparation } from '../git/preparation.ts';
import { gateLines, stateOf } from '../render/gate-report.ts';
import type { LocalJob } from '../providers/local/context.ts';
import { GATE_LIMIT_S, runGates } from './gate-run.ts';
import { prepareWorktree, type PreparedStep } from './prepare-worktree.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/**
 * Makes a work tree ready that nobody works in, as `after_create` says of any new one, and runs all gates
 * there: one job each. Where it cannot be made ready that is the one job, and it failed. `source` is
 * the work tree that ignored files are copied from.
 */
export async function gateJobs(root: string, source: string, program: string): Promise<LocalJob[]> {
  const workspace = openWorkspace({ cwd: root, program });
  keepPreparation(root, { source, ticket: '', done: [] });
  const { steps, isReady } = await prepareWorktree(workspace, { values: {}, json: true });
  const prepared = steps.length === 0 ? [] : [preparedJob(steps, isReady, program)];
  return isReady ? [...prepared, ...(await gates(workspace, root, program))] : prepared;
}

function preparedJob(steps: readonly PreparedStep[], isReady: boolean, program: string): LocalJob {
  const stopped = steps.find(({ status }) => status === 'failed' || status === 'unapproved');
  const why = stopped?.status === 'unapproved' ? `nobody approved ${stopped.command} in this clone; ${program} work ID --yes does` : (stopped?.why ?? '');
  const lines = steps.map(({ step, command, files, status, output }) => [`${status}: ${command ?? `${step} ${files ?? 0} files`}`, ...(output === undefined ? [] : [output])].join('\n'));
  return { name: 'prepare', state: isReady ? 'passed' : 'failed', summary: isReady ? `${steps.length} steps` : why, output: [...lines, why].join('\n').trim() };
}

async function gates(workspace: Workspace, root: string, program: string): Promise<LocalJob[]> {
  const outputs = new Map<string, string[]>();
  const { planned, runs } = await runGates(workspace, {
    asked: [],
    cached: false,
    seconds: GATE_LIMIT_S,
    program,
    heard: ({ gate, command }, { head, tail, dropped }) => {
      outputs.set(gate, [...(outputs.get(gate) ?? []), `$ ${command}\n${head}${dropped > 0 ? `\n(${dropped} bytes are left out)\n` : ''}${tail}`]);
    },
  });
  return planned.map((gate) => {
    const state = stateOf(gate, runs);
    const lines = gateLines([gate], runs.filter((run) => run.gate === gate.gate));
    const said = lines.join('\n').replaceAll(root, '.');
    return {
      name: gate.gate,
      state: state === 'passed' || state === 'failed' ? state : 'skipped',
      summary: (lines[0] ?? '').slice(18).trim().replaceAll(root, '.'),
      output: [...(outputs.get(gate.gate) ?? []), said].join('\n'),
    };
  });
}
