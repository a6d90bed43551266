import { join } from 'node:path';
import { check } from '../check/engine.ts';
import { settingsOf, WORKSPACE_PATH } from '../documents/settings.ts';
import { parseDocument } from '../documents/parse.ts';
import { pathExists, readBytes } from '../git/files.ts';
import { deadHooks, type DeadHook } from '../git/hook-probe.ts';
import { DEFAULT_HOOKS, installHooks, offSwitch, ownProgram, SERVER_HOOKS } from '../git/hooks.ts';
import { driverFaults, type DriverFault } from '../git/merge-config.ts';
import { Repository } from '../git/repository.ts';
import { withWorkTree } from '../git/work-tree.ts';
import { rules } from '../rules/index.generated.ts';
import type { Command, Invocation } from './command.ts';
import { operationDiagnoses } from './doctor-operations.ts';
import { prepareEdit, surroundingsOf } from './surroundings.ts';
import { trunkOf } from './workspace-text.ts';

/** One thing that was looked at. */
interface Diagnosis {
  readonly name: string;
  readonly ok: boolean;
  /** Not as it should be, and no fault of the clone: the exit status does not tell it. */
  readonly warning?: true;
  readonly message: string;
  /** The command that mends it. */
  readonly mend?: string;
}

export const command: Command = {
  summary: 'find out whether the hooks are really live, what the gates lack, and what else is in the way',
  usage: ['doctor [--fix]'],
  options: { fix: { type: 'boolean', help: 'set the hooks up again where they are dead' } },
  async run(invocation) {
    const repository = Repository.open(invocation.cwd);
    if (invocation.values.fix && (deadHooks(repository).length > 0 || mergeFaults(repository).length > 0)) installHooks(repository, ownProgram(), repository.isBare ? SERVER_HOOKS : DEFAULT_HOOKS);
    const checks = await diagnose(repository, invocation);
    const isWell = checks.every(({ ok, warning }) => ok || warning === true);
    return { exit: isWell ? 0 : 1, json: { checks }, text: checks.map(lineOf).join('\n') };
  },
};

async function diagnose(repository: Repository, invocation: Invocation): Promise<Diagnosis[]> {
  const checks = [nodeVersion(), gitVersion(repository), ...hooks(repository, invocation), ...merging(repository, invocation), offState(repository, invocation), ...operationDiagnoses(repository, invocation)];
  if (repository.isBare) return checks;
  const { agentDiagnoses } = await import('./doctor-agents.ts');
  return [...checks, ...husky(repository, invocation), ...agentDiagnoses(repository, invocation), history(repository), ...(await workspace(repository, invocation))];
}

function nodeVersion(): Diagnosis {
  return versionOf('node', process.versions.node, [20, 0], 'install Node 20 or newer, then: treework hooks');
}

function gitVersion(repository: Repository): Diagnosis {
  return versionOf('git', versionOfGit(repository), [2, 36], 'install git 2.36 or newer');
}

function versionOfGit(repository: Repository): string {
  return repository.git(['version']).toString().replace(/[^0-9]*/, '').trim();
}

function versionOf(name: string, version: string, least: readonly [number, number], mend: string): Diagnosis {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const ok = major > least[0] || (major === least[0] && minor >= least[1]);
  return { name, ok, message: ok ? `${name} ${version}` : `Unexpected ${name} ${version}, expected ${least.join('.')} or newer`, ...(!ok && { mend }) };
}

const DEAD: Readonly<Record<DeadHook['problem'], (detail: string) => string>> = {
  absent: () => 'Unexpected clone without hooks, expected them to be set up',
  reset: (detail) => `Unexpected core.hooksPath (${detail}), expected the launchers: ${/treework.hooks$/.test(detail) ? 'this repository was moved' : 'another installer has reset it'}, so commits are not judged`,
  severed: (detail) => `Unexpected worktree ${detail} that no longer knows its repository, expected the link to be whole`,
  overridden: (detail) => `Unexpected core.hooksPath of its own in ${detail}, expected the repository's: commits there are not judged`,
  unreached: (detail) => `Unexpected silence of ${detail}, expected git to run the launcher`,
  'no-program': (detail) => `Unexpected missing program ${detail}, expected it where the hooks look: commits are refused`,
  outdated: (detail) => `Unexpected older launcher ${detail}, expected this version's`,
  unchained: (detail) => `Unexpected hook that came later (${detail}), expected every hook to be chained: it does not run`,
};

function hooks(repository: Repository, { program }: Invocation): Diagnosis[] {
  const dead = deadHooks(repository);
  if (dead.length === 0) return [{ name: 'hooks', ok: true, message: repository.isBare ? 'hook reached by git for every push' : 'hooks reached by git in every worktree' }];
  return dead.map(({ problem, detail }) => ({ name: 'hooks', ok: false, message: DEAD[problem](detail), mend: mendOf(problem, detail, repository, program) }));
}

function mendOf(problem: DeadHook['problem'], detail: string, repository: Repository, program: string): string {
  if (problem === 'severed') return `git worktree repair '${detail}'`;
  if (problem === 'overridden') return `git -C '${detail}' config --worktree --unset core.hooksPath`;
  return repository.isBare ? `${program} hooks --server` : `${program} hooks`;
}

/** Documents as the layout places them: git tells attributes of paths that are not there too. */
function mergeFaults(repository: Repository): DriverFault[] {
  if (repository.isBare) return [];
  const bytes = readBytes(join(repository.workRoot, WORKSPACE_PATH));
  const { specs } = settingsOf(bytes ? parseDocument(bytes).data : undefined).layout;
  return driverFaults(repository, ownProgram(), [WORKSPACE_PATH, `${specs}/AB-1/tasks.md`, `${specs}/AB-1/nodes/build.md`]);
}

const UNMERGED: Readonly<Record<DriverFault['problem'], (detail: string) => string>> = {
  unconfigured: (detail) => `Unexpected absence of ${detail} in this clone's configuration, expected the merge driver: governed documents are merged as text`,
  'no-launcher': (detail) => `Unexpected absence of ${detail}, expected the launcher of the merge driver: governed documents are merged as text`,
  outdated: (detail) => `Unexpected older merge driver ${detail}, expected this version's`,
  overridden: (detail) => `Unexpected attribute of ${detail}, expected merge=treework: a later line of .gitattributes wins`,
  unassigned: (detail) => `Unexpected absence of merge=treework for ${detail}, expected .gitattributes to say it: governed documents are merged as text`,
};

function merging(repository: Repository, { program }: Invocation): Diagnosis[] {
  if (repository.isBare || !pathExists(repository.statePath('hooks.json'))) return [];
  const [fault] = mergeFaults(repository);
  if (fault === undefined) return [{ name: 'merge', ok: true, message: 'git merges governed documents as data' }];
  const mends: Partial<Record<DriverFault['problem'], string>> = { unassigned: `${program} init`, overridden: 'git check-attr -a -- PATH, then take the line out' };
  return [{ name: 'merge', ok: false, message: UNMERGED[fault.problem](fault.detail), mend: mends[fault.problem] ?? `${program} hooks` }];
}

function offState(repository: Repository, { program }: Invocation): Diagnosis {
  const isOff = pathExists(offSwitch(repository));
  return { name: 'off', ok: !isOff, message: isOff ? 'Unexpected off switch in this clone, expected commits to be judged' : 'judging is on', ...(isOff && { mend: `${program} on` }) };
}

function husky(repository: Repository, { program }: Invocation): Diagnosis[] {
  const { state } = prepareEdit(surroundingsOf(repository));
  if (state === 'none') return [];
  if (state === 'present') return [{ name: 'husky', ok: true, message: '"prepare" sets the hooks up again after husky' }];
  const mend = state === 'missing' ? `${program} init` : `npm pkg set scripts.prepare='husky && treework hooks'`;
  return [{ name: 'husky', ok: false, message: 'Unexpected "prepare" in package.json without treework hooks, expected it after husky, which resets the hooks at every install', mend }];
}

function history(repository: Repository): Diagnosis {
  const isShallow = repository.git(['rev-parse', '--is-shallow-repository']).toString().trim() === 'true';
  return { name: 'history', ok: !isShallow, message: isShallow ? 'Unexpected shallow clone, expected the whole history: branches cannot be judged' : 'history is whole', ...(isShallow && { mend: 'git fetch --unshallow' }) };
}

async function workspace(repository: Repository, { program }: Invocation): Promise<Diagnosis[]> {
  const bytes = readBytes(join(repository.workRoot, WORKSPACE_PATH));
  if (!bytes) return [{ name: 'workspace', ok: false, message: `Unexpected missing ${WORKSPACE_PATH}, expected it at the root`, mend: `${program} init` }];
  const result = await withWorkTree(repository, [WORKSPACE_PATH], (after) => check({ before: [], after }, { rules, scope: [WORKSPACE_PATH], program }));
  const [wrong] = result.findings.filter((finding) => finding.severity === 'error' && finding.path === WORKSPACE_PATH);
  const valid: Diagnosis = wrong
    ? { name: 'workspace', ok: false, message: `${WORKSPACE_PATH}:${wrong.line}: ${wrong.message}`, mend: `${program} check ${WORKSPACE_PATH}` }
    : { name: 'workspace', ok: true, message: `${WORKSPACE_PATH} is valid` };
  const settings = settingsOf(parseDocument(bytes).data);
  const [{ toolDiagnoses }, { workDiagnoses }] = await Promise.all([import('./doctor-tools.ts'), import('./doctor-work.ts')]);
  return [valid, trunk(repository, settings.trunk), ...workDiagnoses({ repository, settings }, versionOfGit(repository), program), ...toolDiagnoses({ repository, settings })];
}

function trunk(repository: Repository, configured: string | undefined): Diagnosis {
  const name = configured ?? trunkOf(repository);
  const isThere = ['refs/heads/', 'refs/remotes/origin/'].some((prefix) => repository.commit(prefix + name) !== undefined) || repository.commit('HEAD') === undefined;
  return {
    name: 'trunk',
    ok: isThere,
    message: isThere ? `the trunk is ${name}` : `Unexpected trunk ${name}, expected a branch of this repository or of origin`,
    ...(!isThere && { mend: `git fetch origin ${name}, or put branches: {trunk: NAME} in ${WORKSPACE_PATH}` }),
  };
}

function lineOf({ ok, warning, message, mend }: Diagnosis): string {
  return `${ok ? 'ok ' : warning ? '?? ' : 'NO '} ${message}${mend ? `\n    mend: ${mend}` : ''}`;
}
