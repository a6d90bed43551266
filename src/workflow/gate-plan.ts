import type { GateSettings } from '../documents/settings.ts';
import { GATES, isRunnable, type GateName, type MissingGate, type Stack, type StackName, type Tool } from './stack.ts';

/** A folder that is tested and built by itself: the repository's root, a project in it, or a module of the workspace. */
export interface Unit {
  /** From the repository's root; '' is the root. */
  readonly folder: string;
  readonly stacks: readonly Stack[];
  /** Why nothing can be known of it, such as a module that nobody has cloned. */
  readonly absent?: MissingGate;
}

/** One command of a gate. */
export interface PlannedRun {
  readonly gate: GateName;
  readonly folder: string;
  /** undefined for a command of WORKSPACE.md. */
  readonly stack: StackName | undefined;
  readonly command: string;
  readonly why: string;
  readonly needs: readonly Tool[];
  readonly unprepared: MissingGate | undefined;
}

/** `off`: switched off; `none`: nothing here asks for it, and nobody named it. */
export interface PlannedGate {
  readonly gate: GateName;
  readonly state: 'run' | 'off' | 'none';
  readonly runs: readonly PlannedRun[];
  /** What ought to be run and cannot be: each of it is a failure. */
  readonly missing: readonly MissingGate[];
}

const WORDS: Readonly<Record<GateName, string>> = { lint: 'linted', types: 'checked for types', build: 'built', test: 'tested', coverage: 'measured for coverage' };

/**
 * What the gates run. Tests and their coverage every project has to have; the others where the project
 * or WORKSPACE.md has them, or somebody asks for them by name.
 */
export function planGates({ commands, named }: GateSettings, units: readonly Unit[], asked: readonly GateName[] = []): PlannedGate[] {
  return GATES.filter((gate) => asked.length === 0 || asked.includes(gate)).map((gate) => {
    const said = commands[gate];
    if (said === 'off') return { gate, state: 'off', runs: [], missing: [] };
    if (said !== 'auto') return { gate, state: 'run', runs: [{ gate, folder: '', stack: undefined, command: said, why: `gates.${gate === 'coverage' ? 'coverage_command' : gate} of WORKSPACE.md`, needs: [], unprepared: undefined }], missing: [] };
    const isNeeded = gate === 'test' || gate === 'coverage' || asked.includes(gate) || named.has(gate);
    return found(gate, units, isNeeded);
  });
}

function found(gate: GateName, units: readonly Unit[], isNeeded: boolean): PlannedGate {
  const runs = units.flatMap(({ folder, stacks }) =>
    stacks.flatMap(({ name, gates, unprepared }): PlannedRun[] => {
      const one = gates[gate];
      return isRunnable(one) ? [{ gate, folder, stack: name, command: one.command, why: one.why, needs: one.needs, unprepared }] : [];
    }),
  );
  const missing = isNeeded ? units.flatMap((unit) => lacks(gate, unit)) : [];
  if (isNeeded && runs.length + missing.length === 0) return { gate, state: 'run', runs, missing: [nowhere(gate)] };
  return { gate, state: runs.length + missing.length === 0 ? 'none' : 'run', runs, missing };
}

/** A project that has tests has to have them measured; one of several kinds of project in a folder has to have tests. */
function lacks(gate: GateName, { folder, stacks, absent }: Unit): MissingGate[] {
  if (absent) return [absent];
  const said = stacks.filter(({ gates }) => gate !== 'coverage' || isRunnable(gates.test) || stacks.every((one) => !isRunnable(one.gates.test)));
  const isThere = gate !== 'coverage' && stacks.some(({ gates }) => isRunnable(gates[gate]));
  const open = isThere ? [] : said.flatMap(({ gates }) => { const one = gates[gate]; return one && !isRunnable(one) ? [one] : []; });
  const where = folder === '' ? '' : `${folder}: `;
  return [...new Map(open.map(({ missing, mend }) => [missing, { missing: where + missing, mend }])).values()];
}

function nowhere(gate: GateName): MissingGate {
  const key = gate === 'coverage' ? 'coverage_command' : gate;
  return { missing: `nothing in this repository says how it is ${WORDS[gate]}`, mend: `put gates: {${key}: COMMAND} into WORKSPACE.md${gate === 'test' ? '' : `; gates: {${gate}: off} says that nobody wants it`}` };
}
