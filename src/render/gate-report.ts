import type { PlannedGate } from '../workflow/gate-plan.ts';
import type { GateRun } from '../workflow/gate-verdict.ts';

export type ShownRun = GateRun & { readonly cached_from?: string };

const WORD = { passed: 'ok', failed: 'FAILED', off: 'off', none: 'none' } as const;

export type GateState = keyof typeof WORD;

/** Passed only where something was run and all of it passed. */
export function stateOf({ gate, state, missing }: PlannedGate, runs: readonly Pick<GateRun, 'gate' | 'ok'>[]): GateState {
  if (state !== 'run') return state;
  const own = runs.filter((run) => run.gate === gate);
  return missing.length === 0 && own.length > 0 && own.every(({ ok }) => ok) ? 'passed' : 'failed';
}

/** What the gates said, for people. */
export function gateLines(planned: readonly PlannedGate[], runs: readonly ShownRun[]): string[] {
  return planned.flatMap((gate) => {
    const state = stateOf(gate, runs);
    const begin = (word: string) => `${gate.gate.padEnd(9)} ${word.padEnd(7)}`;
    if (state === 'off') return [`${begin(WORD.off)} switched off in WORKSPACE.md: nobody looked`];
    if (state === 'none') return [`${begin(WORD.none)} nothing here asks for it: nobody looked`];
    const own = runs.filter((run) => run.gate === gate.gate);
    return [
      ...own.flatMap((run) => [`${begin(run.ok ? WORD.passed : WORD.failed)} ${whatOf(run)}`, ...(run.ok ? [] : failureLines(run))]),
      ...gate.missing.flatMap(({ missing, mend }) => [`${begin(WORD.failed)} ${missing}`, `  mend: ${mend}`]),
    ];
  });
}

/** The commands as they would be run, and why these. */
export function planLines(planned: readonly PlannedGate[]): string[] {
  return planned.flatMap(({ gate, state, runs, missing }) => {
    const begin = gate.padEnd(9);
    if (state !== 'run') return [`${begin} ${state === 'off' ? 'off: switched off in WORKSPACE.md' : 'none: nothing here asks for it'}`];
    return [
      ...runs.map(({ command, folder, why }) => `${begin} ${command}${folder === '' ? '' : ` (in ${folder})`}\n${' '.repeat(10)}because of ${why}`),
      ...missing.map((one) => `${begin} cannot be run: ${one.missing}\n${' '.repeat(10)}mend: ${one.mend}`),
    ];
  });
}

function whatOf({ tests, coverage, command, folder, seconds, cached_from: known }: ShownRun): string {
  const counted = tests === null ? [] : [`${tests.run} ${tests.run === 1 ? 'test' : 'tests'}, ${tests.failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}`];
  const reached = coverage?.percent == null ? [] : [`${coverage.percent} % of lines${coverage.least === null ? '' : `, at least ${coverage.least} %`}`];
  const time = known === undefined ? `${seconds.toFixed(1)} s` : `known since ${known}`;
  return [...reached, ...counted, `${folder === '' ? '' : `${folder}: `}${(command.split('\n')[0] as string)}`, time].join('; ');
}

function failureLines({ problems, tail }: GateRun): string[] {
  return [...tail.map((line) => `  | ${line}`), ...problems.flatMap(({ message, mend }) => [`  ${message}`, `  mend: ${mend}`])];
}
