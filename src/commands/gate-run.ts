import { join } from 'node:path';
import { now } from '../git/clock.ts';
import { pathExists } from '../git/files.ts';
import { gatedTree, gateEvidence, keepGateEvidence, withReportFolder, type GatedTree } from '../git/gate-evidence.ts';
import { foldersIn, hasProgram, projectFiles, reportsBelow } from '../git/project-files.ts';
import { runCommand, type CommandOutput } from '../git/run-command.ts';
import { stateOf, type ShownRun } from '../render/gate-report.ts';
import { planGates, type PlannedGate, type PlannedRun, type Unit } from '../workflow/gate-plan.ts';
import { judgeRun, notRun, type GateRun } from '../workflow/gate-verdict.ts';
import { isRunnable, stacksOf, type GateName } from '../workflow/stack.ts';
import { leastCoverage } from './gate-coverage.ts';
import type { Workspace } from './workspace.ts';

/** What the tests of a large project take; what takes longer hangs. */
export const GATE_LIMIT_S = 1800;
/** Of an output: runners that print every test, and their sum at the end or nowhere. */
const KEEP = 8 * 1024 * 1024;

export interface GateOptions {
  /** Empty: all. */
  readonly asked: readonly GateName[];
  /** A pass of the very same tree need not be repeated. */
  readonly cached: boolean;
  readonly seconds: number;
  readonly program: string;
  /** Is told what each command printed. */
  readonly heard?: (planned: PlannedRun, output: CommandOutput) => void;
}

export interface GateReport {
  readonly planned: readonly PlannedGate[];
  readonly runs: readonly ShownRun[];
  readonly on: GatedTree;
  /** The work tree was another after the run: then nothing is kept. */
  readonly isChanged: boolean;
  /** Something was run, and all of it passed. */
  readonly ok: boolean;
}

/** The projects of this repository and of its modules, with what their files say. */
function unitsOf({ repository, settings }: Workspace): Unit[] {
  const root = repository.workRoot;
  const stacksIn = (folder: string) => stacksOf(projectFiles(join(root, folder)));
  const own = stacksIn('');
  const hasOwn = own.some(({ gates }) => Object.values(gates).some(isRunnable));
  const below = hasOwn ? [] : foldersIn(root).map((folder) => ({ folder, stacks: stacksIn(folder) })).filter(({ stacks }) => stacks.length > 0);
  const modules = [...settings.modules].map(([name, folder]): Unit => {
    if (pathExists(join(root, folder))) return { folder, stacks: stacksIn(folder) };
    return { folder, stacks: [], absent: { missing: `module ${name} is not here: ${folder}`, mend: `git clone URL ${folder}` } };
  });
  const others = below.filter(({ folder }) => !modules.some((one) => one.folder === folder));
  return [...(own.length > 0 && (hasOwn || others.length + modules.length === 0) ? [{ folder: '', stacks: own }] : []), ...others, ...modules];
}

export function planOf(workspace: Workspace, asked: readonly GateName[]): PlannedGate[] {
  return planGates(workspace.settings.gates, unitsOf(workspace), asked);
}

/** Runs gates, one after the other, all of them whatever comes out; keeps the verdicts of an unchanged tree. */
export async function runGates(workspace: Workspace, options: GateOptions): Promise<GateReport> {
  const { repository } = workspace;
  const planned = planOf(workspace, options.asked);
  const on = await gatedTree(repository);
  // Modules have trees of their own, of which this tree says nothing.
  const modules = new Set(workspace.settings.modules.values());
  const known = knownRuns(repository, on.tree).filter(({ folder }) => !modules.has(folder));
  const runs: ShownRun[] = [];
  for (const one of planned.flatMap((gate) => gate.runs)) {
    const least = { percent: one.gate === 'coverage' ? leastCoverage(workspace) : undefined, program: options.program };
    const before = options.cached ? known.find((run) => isSame(run, one) && run.ok && (run.coverage === null || (run.coverage.percent ?? -1) >= (least.percent ?? 101))) : undefined;
    runs.push(before ?? (await runOne(repository.workRoot, one, options, least)));
  }
  const isChanged = runs.some((run) => run.cached_from === undefined) && (await gatedTree(repository)).tree !== on.tree;
  if (!isChanged) {
    const at = now();
    const kept = runs.map((run) => ({ ...run, cached_from: run.cached_from ?? at }));
    const others = known.filter((run) => !runs.some((one) => isSame(run, one)));
    keepGateEvidence(repository, on.tree, { ...on, at, runs: [...others, ...kept] });
  }
  const states = planned.map((gate) => stateOf(gate, runs));
  return { planned, runs, on, isChanged, ok: states.includes('passed') && !states.includes('failed') };
}

function isSame(run: Pick<GateRun, 'gate' | 'folder' | 'command'>, other: Pick<GateRun, 'gate' | 'folder' | 'command'>): boolean {
  return run.gate === other.gate && run.folder === other.folder && run.command === other.command;
}

function knownRuns(repository: Workspace['repository'], tree: string): ShownRun[] {
  const evidence = gateEvidence(repository, tree) as { readonly tree?: unknown; readonly runs?: unknown } | undefined;
  return evidence?.tree === tree && Array.isArray(evidence.runs) ? (evidence.runs as ShownRun[]) : [];
}

/** Runs one command of a gate in its folder; a missing tool is said before anything is run. */
export async function runOne(root: string, planned: PlannedRun, { seconds, heard }: Pick<GateOptions, 'seconds' | 'heard'>, least: Parameters<typeof judgeRun>[3]): Promise<GateRun> {
  const cwd = join(root, planned.folder);
  if (planned.unprepared) return notRun(planned, { code: 'not-prepared', message: `Unexpected absence of ${planned.unprepared.missing}`, mend: planned.unprepared.mend });
  const absent = planned.needs.find(({ program, isLocal }) => !hasProgram(program, cwd, isLocal));
  if (absent) return notRun(planned, { code: 'missing-tool', message: `Unexpected absence of ${absent.program}, which ${planned.command} needs, expected it: a missing tool is no pass`, mend: absent.mend });
  return withReportFolder(async (folder) => {
    const begun = Date.now();
    const run = await runCommand(planned.command, { cwd, seconds, keep: KEEP, env: { TREEWORK_GATE_DIR: folder } });
    heard?.(planned, run.output);
    const isJava = planned.stack === 'gradle' || planned.stack === 'maven';
    // File times have no more than full seconds on some systems.
    const since = begun - 1000;
    const tests = [...reportsBelow(folder, /(?:^|\/)(?!.*(?:jacoco|cobertura|coverage))[^/]*\.xml$/i), ...(planned.stack === 'gradle' ? reportsBelow(cwd, /\/build\/test-results\/.*\.xml$/, since) : [])];
    const coverage = planned.gate === 'coverage' ? [...reportsBelow(folder, /(?:\.xml|lcov\.info)$/), ...(isJava ? reportsBelow(cwd, /(?:\/target\/site\/jacoco\/jacoco|\/build\/reports\/jacoco\/.*)\.xml$/, since) : [])] : [];
    return judgeRun(planned, { ...run, limit: seconds }, { tests, coverage }, least);
  });
}
