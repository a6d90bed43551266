import { tokensIn } from '../documents/tokens.ts';
import { UserError } from '../error.ts';
import { withLock } from '../git/lock.ts';
import { fenced, grouped } from '../workflow/fit.ts';
import { nodesBefore } from '../workflow/micro-spec-dependencies.ts';
import { fullAccount } from '../workflow/full-account.ts';
import type { NodeState, TicketStatus } from '../workflow/node-status.ts';
import type { Invocation, Outcome } from './command.ts';
import { steered } from './context.ts';
import { stepNodes } from './node-step.ts';
import { existingTicket, openWorkspace } from './workspace.ts';

/** What one node tells in full. */
interface Account {
  readonly node: string;
  readonly text: string;
  readonly tokens: number;
}

/**
 * Prints the full account (L2) of nodes that the first one comes after. Each that was not asked for
 * before in this attempt is an entry of the asking node's record, at most `execution.expand_limit`;
 * what was is printed again for nothing.
 */
export async function expandNode(invocation: Invocation, ids: readonly string[]): Promise<Outcome> {
  const [id, ...asked] = ids;
  if (id === undefined || asked.length === 0) throw new UserError('Unexpected absence of a node, expected the one that asks and those it asks about', `${invocation.program} node expand NODE OF…`, 'usage');
  const workspace = openWorkspace(invocation);
  const ticket = existingTicket(workspace, invocation);
  // Two askings at once would both find room.
  return withLock(workspace.repository.statePath('expand', `${ticket}-${id}.lock`), async () => {
    const { status } = steered(workspace, invocation, ticket);
    const state = askingOf(status, id, ticket, invocation);
    const accounts = [...new Set(asked)].map((one) => accountOf(status, state, one, invocation));
    const fresh = accounts.map(({ node }) => node).filter((one) => !state.life.expanded.includes(one));
    const limit = workspace.settings.execution.expandLimit;
    const left = limit - state.life.expanded.length - fresh.length;
    if (fresh.length > 0 && left < 0) throw beyond(state, fresh, limit, invocation);
    return withAccounts(fresh.length > 0 ? await stepNodes(invocation, 'expand', [id], { evidence: { expanded: fresh } }) : undefined, { ticket, node: id, accounts, left, limit });
  });
}

/** Only who is at work on a node needs more. */
function askingOf({ byId, nodes }: TicketStatus, id: string, ticket: string, { program }: Invocation): NodeState {
  const state = byId.get(id);
  if (!state) throw new UserError(`Unexpected node ${id}, expected one of ${nodes.slice(0, 20).map(({ node }) => node.id).join(', ')}`, `look at tasks.md of ${ticket}`, 'node-unknown');
  if (state.life.standing === 'in_progress') return state;
  throw new UserError(`Unexpected expand for ${id}, which is ${state.status}, expected a node in progress: it is its agent who asks`, state.status === 'ready' ? `${program} node start ${id} --ticket ${ticket}` : `${program} context ${id} --ticket ${ticket}`, 'node-transition');
}

function accountOf(status: TicketStatus, { node }: NodeState, of: string, { program }: Invocation): Account {
  const { direct, earlier } = nodesBefore(status, node);
  const before = [...direct, ...earlier];
  const state = before.find((one) => one.node.id === of);
  if (!state) throw new UserError(`Unexpected ${of}, expected a node that ${node.id} comes after${before.length > 0 ? `: ${before.slice(0, 20).map((one) => one.node.id).join(', ')}` : ', and it comes after none'}`, status.byId.has(of) ? `write depends_on: [${of}] at ${node.id} in tasks.md if it builds on that` : `${program} context ${node.id} names them`, 'expand-unknown');
  const text = fullAccount(state.record);
  if (text === undefined) throw new UserError(`Unexpected expand of ${of}, which is ${state.status} and has no record, expected a node that somebody has begun`, `${program} context ${node.id} has what there is`, 'expand-empty');
  return { node: of, text, tokens: tokensIn(Buffer.from(text)) };
}

function beyond({ node, life }: NodeState, fresh: readonly string[], limit: number, { program }: Invocation): UserError {
  const given = life.expanded.length > 0 ? `: ${life.expanded.join(', ')} ${life.expanded.length === 1 ? 'was' : 'were'} asked for already` : '';
  return new UserError(
    `Unexpected expand of ${fresh.join(', ')} for ${node.id}, expected at most ${limit} in one attempt${given}`,
    `work from L0 and L1 (${program} context ${node.id}); who keeps WORKSPACE.md may raise execution.expand_limit there`,
    'expand-limit',
  );
}

interface Told {
  readonly ticket: string;
  readonly node: string;
  readonly accounts: readonly Account[];
  readonly left: number;
  readonly limit: number;
}

function withAccounts(written: Outcome | undefined, { ticket, node, accounts, left, limit }: Told): Outcome {
  // A preview gives nothing away.
  if (written && (written.exit !== 0 || written.json.dry_run === true)) return written;
  const text = accounts.map((one) => `All that ${one.node} tells (L2, ${grouped(one.tokens)} tokens):\n\n${fenced(one.text, 'md')}`).join('\n');
  const rest = `${left} of ${limit} askings left for ${node} in this attempt`;
  const withText = (outcome: Pick<Outcome, 'text'> | undefined) => {
    const said = outcome?.text ?? '';
    return () => `${text}\n${rest}\n${typeof said === 'string' ? said : said()}`;
  };
  const { finish } = written ?? {};
  return {
    exit: 0,
    json: { created: [], changed: [], ...written?.json, ticket, node, expanded: accounts, left, limit },
    text: withText(written),
    ...(finish && {
      finish: async (answer) => {
        const finished = await finish(answer);
        return finished.exit === 0 ? { ...finished, text: withText(finished) } : finished;
      },
    }),
  };
}
