import { UserError } from '../error.ts';
import { atOnce } from '../git/at-once.ts';
import { leaveHookRepository } from '../git/environment.ts';
import { fetchRemote, type Fetched } from '../git/fetch.ts';
import { placesOf, remotesOf } from '../git/followed.ts';
import { withLock } from '../git/lock.ts';
import { openModules } from '../git/modules.ts';
import type { Repository } from '../git/repository.ts';
import { trunkBranch } from '../git/whereabouts.ts';
import { painter } from '../render/paint.ts';
import { shellCommand } from '../render/shell.ts';
import { syncTable } from '../render/sync-table.ts';
import { developBranch } from '../workflow/branch-names.ts';
import { isFault, type SyncRow } from '../workflow/sync-report.ts';
import { verbAction } from './actions.ts';
import type { Command, Invocation, NextAction, Outcome } from './command.ts';
import { openRealm, type Realm } from './everywhere.ts';
import { secondsOf } from './inputs.ts';
import { startProgress } from './progress.ts';
import { finishedNodes, mergeBack } from './sync-nodes.ts';
import { forwardAll, lockMend, type Unit } from './sync-repository.ts';
import { afterMoves } from './sync-stacks.ts';

/** Remotes that are asked at a time. */
const FETCHED_AT_ONCE = 8;
const PATIENCE = 30;

export const command: Command = {
  summary: 'fetch, and bring the trunk and every worktree of all repositories up to date',
  usage: ['sync [--timeout SECONDS] [--dry-run]'],
  options: {
    timeout: { type: 'string', help: `give a remote up after so many seconds without a sign of life [${PATIENCE}]` },
    'dry-run': { type: 'boolean', help: 'fetch nothing and move nothing: say what would move by what is known' },
  },
  async run(invocation) {
    const patience = secondsOf(invocation.values, 'timeout') ?? PATIENCE;
    const [extra] = invocation.positionals;
    if (extra !== undefined) throw new UserError(`Unexpected ${JSON.stringify(extra)} after sync, expected options: everything is brought up to date`, `${invocation.program} sync`, 'usage');
    leaveHookRepository();
    const realm = openRealm(invocation);
    if (invocation.values['dry-run'] === true) return answer(await syncAll(realm, invocation, { patience, dryRun: true }), invocation, true);
    const rows = await withLock(realm.repository.statePath('sync.lock'), () => syncAll(realm, invocation, { patience, dryRun: false }));
    return answer(rows, invocation, false);
  },
};

interface How {
  readonly patience: number;
  readonly dryRun: boolean;
}

async function syncAll(realm: Realm, { program }: Invocation, { patience, dryRun }: How): Promise<SyncRow[]> {
  const { units, missing } = await unitsOf(realm);
  const fetched = await fetchAll(units, patience, dryRun);
  const rows: SyncRow[] = [...missing];
  for (const [index, unit] of units.entries()) {
    const own = fetched[index] as readonly Fetched[];
    rows.push(...own.flatMap((one) => (one.isDone ? [] : [remoteRow(unit, one, program)])));
    rows.push(...(await forwardAll(unit, own, dryRun, program)));
  }
  // What was fetched may be what a node was waiting for.
  const finished = finishedNodes(realm.repository, realm.settings);
  for (const unit of finished.length > 0 ? units : []) rows.push(...(await mergeBack(unit, finished, dryRun, program)));
  return afterMoves(realm, rows, program);
}

/** A remote that was not fetched from. */
function remoteRow({ module, repository }: Unit, { remote, why = '' }: Fetched, program: string): SyncRow {
  const lock = /Unable to create '(.*\.lock)'/.exec(why)?.[1];
  const row = { module, kind: 'remote', name: remote, why } as const;
  return lock === undefined ? { ...row, state: 'offline', mend: shellCommand(['git', '-C', repository.options.cwd, 'fetch', remote]) } : { ...row, state: 'locked', mend: lockMend(lock, program) };
}

/** The workspace's repository and those of its modules, each once; and the modules that are not cloned. */
async function unitsOf({ repository, settings }: Realm): Promise<{ units: Unit[]; missing: SyncRow[] }> {
  const modules = openModules(repository, settings.modules);
  const missing = modules.flatMap(({ name, folder, repository: own }): SyncRow[] => (own ? [] : [{ module: name, kind: 'module', name, state: 'missing', why: `no clone at ${folder}`, mend: `git clone URL ${shellCommand([folder])}` }]));
  const known = new Set([repository.commonDir]);
  const others = modules.flatMap(({ name, repository: own }) => {
    if (!own || known.has(own.commonDir)) return [];
    known.add(own.commonDir);
    return [unitOf(name, own, [trunkBranch(own, undefined)])];
  });
  return { units: await Promise.all([unitOf(undefined, repository, [trunkBranch(repository, settings.trunk), developBranch(settings)]), ...others]), missing };
}

async function unitOf(module: string | undefined, repository: Repository, branches: readonly (string | undefined)[]): Promise<Unit> {
  const trunks = branches.filter((branch) => branch !== undefined);
  const places = await placesOf(repository, trunks);
  const followed = new Set(places.flatMap(({ follows }) => follows?.remote ?? []));
  return { module, repository, trunks, remotes: remotesOf(repository).filter(({ name }) => followed.has(name)) };
}

/** Every remote that something follows, once, all at the same time. */
async function fetchAll(units: readonly Unit[], patience: number, dryRun: boolean): Promise<(readonly Fetched[])[]> {
  const asked = units.flatMap((unit) => unit.remotes.map((remote) => ({ unit, remote, label: unit.module === undefined ? remote.name : `${unit.module}:${remote.name}` })));
  if (dryRun) return units.map(({ remotes }) => remotes.map(({ name }) => ({ remote: name, isDone: true })));
  const progress = startProgress('fetching', asked.length);
  try {
    const fetched = await atOnce(asked, FETCHED_AT_ONCE, async ({ unit, remote, label }): Promise<Fetched> => {
      if (remote.isMirror) return { remote: remote.name, isDone: false, why: `its fetch writes to branches of this repository: git config --get-all remote.${remote.name}.fetch` };
      progress.begin(label);
      const done = await fetchRemote(unit.repository, remote.name, { patience });
      progress.end(label);
      return done;
    });
    return units.map((unit) => fetched.filter((_, index) => asked[index]?.unit === unit));
  } finally {
    progress.stop();
  }
}

function answer(rows: readonly SyncRow[], invocation: Invocation, dryRun: boolean): Outcome {
  const isFaulty = rows.some(isFault);
  return {
    exit: isFaulty ? 1 : 0,
    json: { ...(dryRun && { dry_run: true }), moved: rows.filter(({ state }) => state === 'moved' || state === 'merged').length, rows: rows.map(rowJson), next_action: nextAfter(rows, invocation) },
    text: () => syncTable(rows, painter(invocation.color)),
  };
}

function rowJson({ module, worktree, follows, ...row }: SyncRow): Record<string, unknown> {
  return { module: module ?? null, ...row, ...(row.kind === 'branch' && { worktree: worktree ?? null, follows: follows ?? null }), ok: !isFault(row) };
}

/** What mends the first that could not move; else what is next anyway. */
function nextAfter(rows: readonly SyncRow[], invocation: Invocation): NextAction {
  const fault = rows.find((row) => isFault(row) && row.mend !== undefined);
  const again = verbAction(invocation, ['sync'], { description: 'bring everything up to date' });
  if (fault?.mend !== undefined) return { command: fault.mend, argv: ['sh', '-c', fault.mend], cwd: again.cwd, description: `${fault.name} could not be brought up to date (${fault.state}): mend that`, on_pass: again.command };
  const stacked = rows.find(({ state }) => state === 'restack');
  if (stacked && !rows.some(isFault)) return verbAction(invocation, ['restack', stacked.name], { description: `${stacked.why}: put ${stacked.name} where it belongs`, on_pass: again.command });
  return rows.some(isFault) ? again : verbAction(invocation, ['list'], { description: 'see where all tickets stand' });
}
