import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseDocument } from '../documents/parse.ts';
import { placeOf } from '../documents/place.ts';
import { settingsOf, WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { applyEdits } from '../git/apply.ts';
import { readBytes, readText } from '../git/files.ts';
import { DEFAULT_HOOKS, installHooks, ownProgram } from '../git/hooks.ts';
import { Repository } from '../git/repository.ts';
import { itemsOf } from '../git/run.ts';
import type { Edit } from '../tree/edit.ts';
import { REQUIRED_CHECK, WORKFLOW_PATH, workflowText } from './ci-workflow.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { attributesEdit } from './git-attributes.ts';
import { grouped, initCommit } from './init-commit.ts';
import { committedLines, FIX_PATTERN, FIX_TASK, lintStagedEdit, prepareEdit, surroundingsOf, type Surroundings } from './surroundings.ts';
import { trunkOf, workspaceText } from './workspace-text.ts';

export const command: Command = {
  summary: 'govern this repository: WORKSPACE.md and live hooks, little else',
  usage: ['init [--yes] [--ci github] [--fix-staged] [--agents [--worktrees]] [--dry-run]'],
  options: {
    yes: { type: 'boolean', short: 'y', help: 'ask nothing' },
    ci: { type: 'string', help: 'also write the check for this forge: github' },
    'fix-staged': { type: 'boolean', help: 'let lint-staged run treework check --fix on staged documents' },
    agents: { type: 'boolean', help: 'also place skills, agents and their client’s hooks in .claude and .agents, and a part in AGENTS.md' },
    worktrees: { type: 'boolean', help: 'with --agents: let the client make its worktrees by treework work' },
    'dry-run': { type: 'boolean', help: 'only say what would be done' },
  },
  async run(invocation) {
    const repository = Repository.open(invocation.cwd);
    if (repository.isBare) throw new UserError('Unexpected bare repository, expected a work tree', `${invocation.program} hooks --server`, 'bare');
    const { ci } = invocation.values;
    if (ci !== undefined && ci !== 'github') throw new UserError(`Unexpected forge ${String(ci)}, expected github`, `${invocation.program} init --ci github`, 'unknown-forge');
    const plan = await planFor(repository, invocation);
    if (invocation.values['dry-run'] === true) return report(repository, invocation, plan, false);
    applyEdits(repository, plan.edits);
    if (invocation.values.agents === true) (await import('./init-agents.ts')).keepDenied(repository);
    return report(repository, invocation, plan, installHooks(repository, ownProgram(), DEFAULT_HOOKS).changed);
  },
};

interface Plan {
  readonly edits: Edit[];
  /** What is said, in order. */
  readonly notes: string[];
}

async function planFor(repository: Repository, invocation: Invocation): Promise<Plan> {
  const plan: Plan = { edits: [], notes: [] };
  if (repository.prefix !== '') plan.notes.push(`works on the whole repository, ${repository.workRoot}`);
  planWorkspace(repository, plan);
  plan.edits.push(...[attributesEdit(repository)].filter((edit) => edit !== undefined));
  const surroundings = surroundingsOf(repository);
  await planPrepare(surroundings, invocation, plan);
  planWorkflow(repository, invocation, plan);
  planFixes(surroundings, invocation, plan);
  if (invocation.values.agents === true) {
    const { edits, notes } = (await import('./init-agents.ts')).planAgents(repository, invocation.program, { worktrees: invocation.values.worktrees === true });
    plan.edits.push(...edits);
    plan.notes.push(...notes);
  }
  if (/[\\/]_npx[\\/]/.test(ownProgram()) && !surroundings.package?.facts.has('treework')) plan.notes.push("the hooks start treework from npm's cache, which may be emptied: npm install --save-dev treework keeps it here");
  plan.notes.push(...committedLines(surroundings), ...foreignContent(repository));
  return plan;
}

function planWorkspace(repository: Repository, { edits, notes }: Plan): void {
  const existing = readBytes(join(repository.workRoot, WORKSPACE_PATH));
  if (existing === undefined) {
    edits.push({ path: WORKSPACE_PATH, content: workspaceText(trunkOf(repository)), expect: 'absent' });
    return;
  }
  const { data, problems } = parseDocument(existing);
  if (data?.treework === undefined) {
    throw new UserError(
      `Unexpected ${WORKSPACE_PATH} without \`treework: 1\` in its frontmatter${problems[0] ? ` (${problems[0].message})` : ''}, expected treework's configuration or no such file`,
      'begin the file with the lines ---, treework: 1, ---, or rename it, then try again',
      'foreign-workspace',
    );
  }
  notes.push(`${WORKSPACE_PATH} is there already`);
}

async function planPrepare(surroundings: Surroundings, invocation: Invocation, { edits, notes }: Plan): Promise<void> {
  const { state, text, prepare } = prepareEdit(surroundings);
  if (state === 'by-hand') notes.push('husky resets the hooks at every install: let "treework hooks" run after husky in package.json\'s "prepare"');
  if (state !== 'missing') return;
  if (await agrees(invocation, `husky resets the hooks at every install. Make "prepare" in package.json: ${prepare}?`)) {
    edits.push({ path: 'package.json', content: text, expect: Buffer.from(surroundings.package?.text ?? '') });
    notes.push(`"prepare" in package.json: ${prepare}, since husky resets the hooks at every install`);
  } else notes.push('left out: husky resets the hooks at every install until "treework hooks" runs after it in "prepare"');
}

function planWorkflow(repository: Repository, invocation: Invocation, { edits, notes }: Plan): void {
  const existing = readText(join(repository.workRoot, WORKFLOW_PATH));
  if (invocation.values.ci === undefined) {
    if (existing === undefined) notes.push(`left out: the check in CI, which nobody can skip (${invocation.program} init --ci github)`);
    return;
  }
  if (existing === undefined) edits.push({ path: WORKFLOW_PATH, content: workflowText(trunkOf(repository)), expect: 'absent' });
  else notes.push(`${WORKFLOW_PATH} is there already`);
  notes.push(`make the check required: ${REQUIRED_CHECK}`);
}

function planFixes(surroundings: Surroundings, invocation: Invocation, { edits, notes }: Plan): void {
  const line = `${JSON.stringify(FIX_PATTERN)}: ${JSON.stringify(FIX_TASK)}`;
  if (surroundings.package?.text.includes(line)) return;
  if (!invocation.values['fix-staged']) {
    if (surroundings.lintStaged) notes.push(`left out: fixes of staged documents. With lint-staged: ${line} (${invocation.program} init --fix-staged)`);
    return;
  }
  const earlier = edits.findIndex((edit) => edit.path === 'package.json');
  const text = earlier === -1 ? surroundings.package?.text : String(edits[earlier]?.content);
  const edited = surroundings.package && text !== undefined ? lintStagedEdit({ ...surroundings, package: { ...surroundings.package, text } }) : undefined;
  if (edited === undefined) notes.push(`add to lint-staged's configuration: ${line}`);
  else {
    const edit: Edit = { path: 'package.json', content: edited, expect: Buffer.from(surroundings.package?.text ?? '') };
    edits.splice(earlier === -1 ? edits.length : earlier, earlier === -1 ? 0 : 1, edit);
    notes.push(`lint-staged fixes staged documents: ${line}`);
  }
}

/** Documents of somebody else's where tickets will live. */
function foreignContent(repository: Repository): string[] {
  const bytes = readBytes(join(repository.workRoot, WORKSPACE_PATH));
  const settings = settingsOf(bytes ? parseDocument(bytes).data : undefined);
  const { specs } = settings.layout;
  const listed = itemsOf(repository.git(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', specs]));
  const foreign = listed.filter((path) => placeOf(settings, path)?.kind === 'stray');
  if (foreign.length === 0) return [];
  return [`${specs}/ holds what is no ticket (${foreign.slice(0, 3).join(', ')}${foreign.length > 3 ? ', …' : ''}): for another folder put layout: {specs: docs/tickets} in ${WORKSPACE_PATH}`];
}

/** Only a person at a terminal is asked; everybody else gets the safe default, which is yes. */
async function agrees(invocation: Invocation, question: string): Promise<boolean> {
  if (invocation.values.yes === true || invocation.json || invocation.values['dry-run'] === true || !process.stdin.isTTY || !process.stdout.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return !/^n/i.test((await terminal.question(`${question} [Y/n] `)).trim());
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    throw new UserError('Unexpected end of the conversation, expected yes or no: nothing was written', `${invocation.program} init --yes asks nothing`, 'aborted');
  } finally {
    terminal.close();
  }
}

function report(repository: Repository, invocation: Invocation, { edits, notes }: Plan, hooksChanged: boolean): Outcome {
  const isDry = invocation.values['dry-run'] === true;
  const wrote = edits.map((edit) => edit.path);
  const hooks = isDry ? 'would make the hooks live in every worktree' : `hooks ${hooksChanged ? 'live' : 'already live'} in every worktree: ${DEFAULT_HOOKS.join(', ')}`;
  const { action: next, notes: left } = isDry ? { action: undefined, notes: [] } : initCommit(repository, invocation, wrote);
  const all = [...notes, ...left];
  const lines = [...grouped(wrote).map((path) => `${isDry ? 'would write' : 'wrote'} ${path}`), hooks, ...all, ...(next ? [`next: ${next.command}`] : [])];
  const changed = isDry ? undefined : wrote.length > 0 || hooksChanged;
  return { exit: 0, json: { dry_run: isDry || undefined, changed, wrote, notes: all, ...(next && { next_action: next }) }, text: lines.join('\n') };
}
