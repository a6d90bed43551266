import { gateLines, stateOf } from '../render/gate-report.ts';
import type { LocalJob } from '../providers/local/context.ts';
import { GATE_LIMIT_S, runGates } from './gate-run.ts';
import { openWorkspace } from './workspace.ts';

/** Runs all gates of a work tree that nobody works in: one job for each that is not off. */
export async function gateJobs(root: string, program: string): Promise<LocalJob[]> {
  const outputs = new Map<string, string[]>();
  const { planned, runs } = await runGates(openWorkspace({ cwd: root, program }), {
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
