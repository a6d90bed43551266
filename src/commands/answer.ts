import { join } from 'node:path';
import { applyEdits } from '../git/apply.ts';
import { readBytes } from '../git/files.ts';
import { textReport } from '../render/text-report.ts';
import type { Edit } from '../tree/edit.ts';
import type { Finding } from '../tree/finding.ts';
import { actionText, commitAction, contextOf } from './actions.ts';
import type { Invocation, NextAction, Outcome } from './command.ts';
import type { Workspace } from './workspace.ts';

export interface Written {
  readonly edits: readonly Edit[];
  /** The commit's message, first line. */
  readonly message: string;
  /** What to do before committing, or why to commit. */
  readonly description: string;
  /** One line for a person: what was done. */
  readonly done: string;
  /** More for the JSON answer. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** The ticket it is about, where `json` does not say it. */
  readonly ticket?: string;
  /** Paths to commit before those that were written; alone with `commitOnly`. */
  readonly commit?: readonly string[];
  readonly commitOnly?: boolean;
  /** The commit as it is shown, where folders stand for many paths; `gone` is committed and cannot be added. */
  readonly shown?: { readonly paths: readonly string[]; readonly gone: readonly string[] };
  /** A person is asked before the commit. */
  readonly confirm?: true;
  /** More belongs into the same commit than was written: what is next says what. */
  readonly leadsOn?: boolean;
  /** Does what has to happen besides the edits. Not called in a dry run. */
  readonly also?: () => unknown;
}

/**
 * Makes the edits, or with `--dry-run` shows them, and says what to commit. With `--commit` the
 * answer's `finish` commits exactly that and says what comes next in the workflow.
 */
export function write(workspace: Workspace, invocation: Invocation, written: Written): Outcome {
  const { edits, json, message, done } = written;
  const paths = edits.map((edit) => edit.path);
  const path = paths[0];
  if (invocation.values['dry-run'] === true) {
    const shown = edits.map(({ path: one, content }) => ({ path: one, content: content?.toString() ?? null }));
    return { exit: 0, json: { ...json, dry_run: true, created: [], path, edits: shown }, text: () => dryRunText(workspace, edits) };
  }
  applyEdits(workspace.repository, edits);
  written.also?.();
  const ticket = written.ticket ?? (typeof json?.ticket === 'string' ? json.ticket : undefined);
  const commit = [...new Set([...(written.commit ?? []), ...(written.commitOnly ? [] : paths)])];
  const facts = { description: written.description, context: contextOf(workspace, ticket), ...(written.confirm && { confirm: true }) };
  const action = commitAction(workspace, invocation, written.shown?.paths ?? commit, message, facts, written.shown?.gone);
  const created = edits.filter((edit) => edit.expect === 'absent').map((edit) => edit.path);
  return {
    exit: 0,
    json: { ...json, created, changed: paths.filter((one) => !created.includes(one)), path, next_action: action },
    text: () => `${done}\n${paths.map((one) => `  ${one}\n`).join('')}${actionText(action)}`,
    ...(invocation.values.commit === true && {
      finish: async (answer) => (await import('./commit-written.ts')).commitWritten(workspace, invocation, { paths: commit, message, ticket, done }, answer),
    }),
    ...(invocation.values.commit !== true && written.leadsOn && { finish: async (answer) => withNext(answer, action, await (await import('./next-action.ts')).nextActionOf(workspace, invocation, ticket)) }),
  };
}

/** The answer with another next action than it had. */
function withNext(answer: Outcome, had: NextAction, next: NextAction): Outcome {
  const text = () => (typeof answer.text === 'string' ? answer.text : answer.text()).replace(actionText(had), () => actionText(next));
  return { ...answer, json: { ...answer.json, next_action: next }, text };
}

/** Stops before anything is written: findings, exit 1. */
export function refuse(work: { read(path: string): Buffer | undefined }, findings: readonly Finding[], invocation: Pick<Invocation, 'color'>, why: string): Outcome {
  const sources = new Map(findings.map(({ path }) => [path, work.read(path)?.toString()]));
  const reported = { findings, waived: [], documents: new Set(sources.keys()).size, tickets: 1 };
  return { exit: 1, json: { findings, refused: why }, text: () => `${textReport(reported, (path) => sources.get(path), invocation.color)}\n${why}` };
}

function dryRunText({ repository }: Workspace, edits: readonly Edit[]): string {
  return edits
    .map(({ path, content }) => {
      const old = readBytes(join(repository.workRoot, path))?.toString();
      return old === undefined ? `would create ${path}\n${prefixed('+', content?.toString() ?? '')}` : `would change ${path}\n${difference(old, content?.toString() ?? '')}`;
    })
    .join('\n');
}

/** The lines between the common beginning and the common end. */
function difference(old: string, now: string): string {
  const [before, after] = [old.split('\n'), now.split('\n')];
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const part = (lines: string[]) => lines.slice(start, lines.length - end).join('\n');
  return [`@@ line ${start + 1} @@`, prefixed('-', part(before)), prefixed('+', part(after))].filter((text) => text !== '').join('\n');
}

function prefixed(mark: string, text: string): string {
  return text === '' ? '' : text.replace(/\r?\n$/, '').split('\n').map((line) => mark + line).join('\n');
}
