import { type Facts, listed, type Step } from './step.ts';

/** Nothing is left to work on: what closes a ticket, or why it does not go on. */
export function finishStep(facts: Facts): Step {
  const { ticket, status } = facts;
  const { current } = status;
  if (current.reason === 'done') return review(facts) ?? recurs(facts) ?? retro(facts) ?? split(facts) ?? archive(facts, ticket.folder);
  const on = current.reason === undefined ? [] : current.on;
  const isEmpty = on.every((id) => status.byId.get(id)?.node.data.type === 'phase');
  return isEmpty ? addNodes(facts, on) : stuck(facts, on);
}

function addNodes({ id, ticket }: Facts, phases: readonly string[]): Step {
  const path = `${ticket.folder}/tasks.md`;
  const where = phases.length > 0 ? `the ${phases.length === 1 ? 'phase' : 'phases'} ${listed(phases)} of ${path} hold${phases.length === 1 ? 's' : ''} no node` : `${path} has no node`;
  return { id: 'add-nodes', action: 'agent:do', description: `plan the work: ${where} that carries any`, will: ['add at least one node with its scope, or let a person skip the phase'], path, onPass: ['next', '--ticket', id] };
}

function stuck({ ticket }: Facts, on: readonly string[]): Step {
  return { id: 'stuck', description: `nothing can be started: ${listed(on)} ${on.length === 1 ? 'waits' : 'wait'} for each other or for what is held up`, will: ['say what the rules find in the ticket'], run: ['check', ticket.folder] };
}

/** What reviewers ask for is work of the ticket. */
function review({ id, verbs, conversations }: Facts): Step | undefined {
  const open = verbs.has('review') ? (conversations?.() ?? 0) : 0;
  if (open === 0) return undefined;
  return { id: 'review', description: `take up what reviewers say: ${open} ${open === 1 ? 'conversation is' : 'conversations are'} open that no node takes up`, will: ['make a work item of each open conversation that has none'], run: ['review', '--ticket', id] };
}

/** Asked before a ticket is put away. */
function recurs({ id, ticket }: Facts): Step | undefined {
  const { tasks } = ticket;
  if (!tasks || tasks.data.recurs !== undefined || tasks.data.shape === 'operation') return undefined;
  return {
    id: 'recurs',
    action: 'agent:do',
    description: `will this recur? on_pass answers yes (its next instance becomes a skill or an operation), on_fail no; graduate --ticket ${id} alone says what is like it`,
    will: [`write recurs: no or recurs: yes into ${tasks.path}`],
    path: tasks.path,
    missing: [{ line: 1, text: 'recurs' }],
    onPass: ['graduate', '--ticket', id, '--recurs', 'yes'],
    onFail: ['graduate', '--ticket', id, '--recurs', 'no'],
  };
}

function retro({ id, ticket, verbs }: Facts): Step | undefined {
  if (!verbs.has('retro') || ticket.snapshot.document(`${ticket.folder}/retro.md`)) return undefined;
  return { id: 'retro', description: `look back on ${id}: what it took, and what it taught`, will: [`write ${ticket.folder}/retro.md`], run: ['retro', '--ticket', id] };
}

/** A branch that nobody can review is made a stack before it is closed; whoever wants it whole says so. */
function split(facts: Facts): Step | undefined {
  const { id, ticket, verbs } = facts;
  const large = verbs.has('split') ? facts.largeBranch?.() : undefined;
  if (!large) return undefined;
  const { branch, excess, top } = large;
  const whole = archive(facts, ticket.folder);
  const choices = whole.run ? [{ description: `leave ${branch} whole`, run: whole.run }] : [];
  if (top !== undefined) {
    return { id: 'go-to-top', action: 'agent:do', description: `go on at the top of the stack, where no file changes: git switch ${top}`, will: [`stand on ${top} instead of ${branch}`], onPass: ['next', '--ticket', id], choices };
  }
  return { id: 'split', description: `split ${branch} into parts that can be reviewed: it has ${excess.is}, and ${excess.most} are the limit`, will: ['make a branch for each part, none larger than the limits where that can be', `leave ${branch} and every file as they are`], run: ['split', '--ticket', id], choices };
}

function archive({ id, verbs }: Facts, folder: string): Step {
  if (verbs.has('archive')) return { id: 'archive', description: `put ${id} away: everything is settled`, will: ['promote its spec', `move ${folder} to the archive, as the last commit of the branch`], run: ['archive', '--ticket', id], confirm: true, isLast: true };
  const run = verbs.has('report') ? ['report', '--ticket', id] : ['check', folder];
  return { id: 'archive-ready', description: `${id} is ready for the archive: everything is settled`, will: ['show what was done'], run, isLast: true };
}
