import { UserError } from '../error.ts';
import { FileTree } from '../git/file-tree.ts';
import type { Finding } from '../tree/finding.ts';
import { ticketFolder } from '../documents/place.ts';
import { microSpec, type MicroSpec } from '../workflow/micro-spec.ts';
import { ticketStatus, type NodeState, type TicketStatus } from '../workflow/node-status.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import { ticketIn, type Ticket } from '../workflow/ticket.ts';
import type { Command, Invocation, NextAction, Outcome } from './command.ts';
import { lineOf } from './inputs.ts';
import { tasksOf } from './tasks-file.ts';
import { existingTicket, openWorkspace, type Workspace } from './workspace.ts';

export const command: Command = {
  summary: 'print what the agent of one node needs to know, within a budget of tokens',
  usage: ['context [NODE] [--ticket ID] [--role ROLE] [--budget TOKENS]'],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    role: { type: 'string', help: 'whose eyes it is for: qa for the reviewer; else what the node says' },
    budget: { type: 'string', help: 'how many tokens it may take; 2000 without it' },
  },
  async run(invocation) {
    const workspace = openWorkspace(invocation);
    const { ticket, status } = steered(workspace, invocation, existingTicket(workspace, invocation));
    const state = stateOf(ticket, status, invocation);
    const [budget, role] = [budgetOf(invocation), lineOf(invocation.values, 'role')];
    const spec = microSpec(ticket, status, state, { program: invocation.program, ...(budget !== undefined && { budget }), ...(role !== undefined && { role }) });
    // People read the text alone.
    const next = invocation.json ? await (await import('./next-action.ts')).nextActionOf(workspace, invocation, ticket.id) : undefined;
    return answer(ticket, state, spec, next);
  },
};

/** A ticket as it lies on disk: nothing is asked of git. Throws a UserError where it has no workflow. */
export function steered(workspace: Workspace, { program }: Pick<Invocation, 'program'>, id: string): { ticket: Ticket; status: TicketStatus } {
  const { repository, settings } = workspace;
  const tree = new FileTree(repository.workRoot);
  const { path, parsed } = tasksOf(workspace, tree, id, program);
  if (parsed.data === undefined) throw new UserError(`Unexpected ${path} that cannot be read, expected the workflow of ${id}`, `${program} check ${path} says what to mend`, 'tasks-invalid');
  const ticket = ticketIn(new Snapshot(tree, settings), ticketFolder(settings, id), id, false);
  return { ticket, status: ticketStatus(ticket) };
}

/** The node that is named, else the current one. */
function stateOf({ tasks }: Ticket, { byId, nodes, current }: TicketStatus, { positionals, program }: Invocation): NodeState {
  const [asked, ...more] = positionals;
  if (more.length > 0) throw new UserError(`Unexpected ${more.join(' ')}, expected one node`, `${program} context ${asked}`, 'usage');
  const id = asked ?? current.node;
  if (id === undefined) throw new UserError('Unexpected absence of a node, expected the one to tell of: none is current', `${program} context ${nodes[0]?.node.id ?? 'NODE'}`, 'usage');
  const state = byId.get(id);
  if (!state) throw new UserError(`Unexpected node ${id}, expected one of ${nodes.slice(0, 20).map(({ node }) => node.id).join(', ')}`, `look at ${tasks?.path}`, 'node-unknown');
  return state;
}

function budgetOf({ values }: Invocation): number | undefined {
  const text = lineOf(values, 'budget');
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new UserError(`Unexpected --budget ${text}, expected a number of tokens`, '--budget 4000', 'input');
  return Number(text);
}

function answer({ tasks }: Ticket, state: NodeState, spec: MicroSpec, next: NextAction | undefined): Outcome {
  const findings = spec.missing.map(({ rule, at, message, remedy }): Finding => ({ rule, severity: 'error', path: tasks?.path ?? '', line: 1, column: 1, ...tasks?.parsed.locate(at), message, remedy }));
  const { sections, inputs, text, missing: _, isReady, standing, ...about } = spec;
  return {
    exit: findings.length > 0 ? 1 : 0,
    json: {
      ...about,
      status: state.status,
      ready: isReady,
      standing,
      waits_for: state.waitsFor,
      blocked_by: state.blockedBy,
      sections,
      inputs: inputs.map(({ at: __, maker, isHandedOver, namedBy, files, ...input }) => ({ ...input, named_by: namedBy, made_by: maker?.node.id, handed_over: isHandedOver, files: files.map(({ path, tokens }) => ({ path, tokens })) })),
      findings,
      text,
      ...(next && { next_action: next }),
    },
    text,
  };
}
