import { resolve } from 'node:path';
import { UserError } from '../error.ts';
import { readText } from '../git/files.ts';
import type { WorkFile } from '../git/files-below.ts';
import type { Digests } from '../workflow/node-law.ts';
import { actorKey } from '../workflow/node-record.ts';
import type { NodeState } from '../workflow/node-status.ts';
import type { NodeStep } from '../workflow/node-transition.ts';
import { scopeOf } from '../workflow/scope.ts';
import { scopeDigest } from '../workflow/scope-digest.ts';
import { coversOf, leafTypeOf } from '../workflow/task-tree.ts';
import type { NodeVerb } from '../workflow/transitions.ts';
import type { Invocation } from './command.ts';
import type { FrozenTicket } from './frozen-ticket.ts';
import { lineOf, wordOf } from './inputs.ts';
import type { Workspace } from './workspace.ts';

type Data = Readonly<Record<string, unknown>>;

interface About {
  readonly frozen: FrozenTicket;
  readonly state: NodeState;
  /** The wave that a start belongs to. */
  readonly wave: number;
  /** The files of the work tree that can be in the node's scope. */
  readonly files: readonly WorkFile[];
  readonly verb: NodeVerb;
  readonly digests: Digests;
}

/** What an entry of this verb holds: as given, and as the work tree tells. */
export function evidenceOf({ settings }: Pick<Workspace, 'settings'>, invocation: Invocation, about: About): Pick<NodeStep, 'evidence' | 'begin' | 'l0' | 'l1'> {
  const { values } = invocation;
  const { verb, state, files } = about;
  const reason = lineOf(values, 'reason');
  const why: Data = reason === undefined ? {} : { reason };
  const limits = scopeOf(state.node, settings.modules);
  const scope = (): Data => (limits ? { scope: scopeDigest(files, limits) } : {});
  const begin: Data = { wave: about.wave, spec: about.frozen.pin };
  switch (verb) {
    case 'start':
    case 'retry':
      return { evidence: { wave: about.wave, ...scope(), spec: about.frozen.pin, ...why } };
    case 'done':
      return { evidence: scope(), ...outcome(invocation, undefined) };
    case 'complete':
      return { evidence: { ...verdict(invocation), ...scope(), covered: coveredNow(about) }, ...outcome(invocation, plannedOutcome(state)) };
    case 'approve':
      return { evidence: { ...review(values), ...why, covered: coveredNow(about) }, begin };
    case 'reject':
      return { evidence: why, begin };
    case 'fail':
      return { evidence: { ...(wordOf(values, 'verdict', ['fail']) && { verdict: 'fail' }), findings: findings(values), ...why } };
    default:
      return { evidence: why };
  }
}

function verdict({ values }: Invocation): Data {
  const said = wordOf(values, 'verdict', ['pass', 'fail']);
  if (said === 'fail') throw new UserError('Unexpected --verdict fail of a completion, expected pass', 'node fail NODE --finding "WHAT IS WRONG"', 'input');
  const verifier = lineOf(values, 'verified-by');
  const [exit, failing] = [numberOf(values, 'exit'), numberOf(values, 'red')];
  return { ...(said && { verdict: said }), ...(verifier !== undefined && { verified_by: verifier }), ...(exit !== undefined && { exit }), ...(failing !== undefined && { red: { failing } }) };
}

/** A person's approval: `--by` says whose; or the forge's review. */
function review(values: Invocation['values']): Data {
  const verifier = lineOf(values, 'verified-by');
  if (verifier === undefined) return { verdict: 'pass' };
  if (actorKey(verifier) !== 'pr') throw new UserError(`Unexpected --verified-by ${verifier} of an approval, expected pr for the forge’s review, or --by for the person who approves`, '--by WHO, or --verified-by pr', 'input');
  return { verified_by: 'pr' };
}

function numberOf(values: Invocation['values'], name: string): number | undefined {
  const text = lineOf(values, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new UserError(`Unexpected --${name} ${text}, expected a number`, `--${name} 0`, 'input');
  return Number(text);
}

function findings(values: Invocation['values']): string[] {
  const given = Array.isArray(values.finding) ? values.finding : [];
  return given.map((finding) => lineOf({ finding }, 'finding')).filter((finding) => finding !== undefined);
}

/** The digests of the requirements that the node answers for, as they are now. */
function coveredNow({ state, digests = new Map() }: About): Data {
  const covers = coversOf(state.node);
  const names = covers === 'all' ? [...digests.keys()] : covers === 'none' ? [] : covers;
  return Object.fromEntries(names.flatMap((name) => (digests.has(name) ? [[name, digests.get(name)]] : [])));
}

/** Where nobody said the last word, the work is what was planned. */
function plannedOutcome({ node, record }: NodeState): string | undefined {
  if (record?.data.l0 !== undefined || leafTypeOf(node) !== 'agent') return undefined;
  return typeof node.data.title === 'string' ? node.data.title : node.id;
}

function outcome({ values, cwd }: Invocation, planned: string | undefined): Pick<NodeStep, 'l0' | 'l1'> {
  const l0 = lineOf(values, 'l0') ?? planned;
  const file = lineOf(values, 'l1');
  return { ...(l0 !== undefined && { l0 }), ...(file !== undefined && { l1: summaryIn(resolve(cwd, file), file) }) };
}

function summaryIn(path: string, name: string): Data {
  const text = readText(path);
  if (text === undefined) throw new UserError(`Unexpected --l1 ${name}, expected a file`, 'a JSON file: {"decisions": [], "contracts": [], "files": []}', 'input');
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Data;
  } catch {
    // Said below.
  }
  throw new UserError(`Unexpected content of ${name}, expected one JSON object`, '{"decisions": [], "contracts": [], "files": []}', 'input');
}

/** The full account that `--l2` names. Throws a UserError for what is no text. */
export function accountGiven({ values, cwd }: Pick<Invocation, 'values' | 'cwd'>): string | undefined {
  const file = lineOf(values, 'l2');
  if (file === undefined) return undefined;
  const text = readText(resolve(cwd, file));
  if (text !== undefined && text.trim() !== '' && !/[\0\ufffd]/.test(text)) return text;
  throw new UserError(`Unexpected --l2 ${file}, expected a file with some text`, 'a Markdown file that tells what was done, and why', 'input');
}
