import { UserError } from '../error.ts';
import { gateLines } from '../render/gate-report.ts';
import { leafTypeOf } from '../workflow/task-tree.ts';
import { nearestRole, TEST_WRITER } from '../workflow/roles.ts';
import type { Invocation, Outcome } from './command.ts';
import { mendAction } from './gate-action.ts';
import { notRed, redEvidence, runRed, stateOfNode } from './gate-red.ts';
import { GATE_LIMIT_S, runGates } from './gate-run.ts';
import { secondsOf } from './inputs.ts';
import type { Found } from './node-decide.ts';
import { stepNodes } from './node-step.ts';
import { existingTicket, openWorkspace } from './workspace.ts';

/**
 * Completes nodes after a run of the tests: they have to pass, and for nodes that write tests one at
 * least has to fail. Where they do not, nothing is written; where they do, the completion says which
 * command was run and how it ended.
 */
export async function completeGated(invocation: Invocation, ids: readonly string[], found: Found): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  const ticket = existingTicket(workspace, invocation);
  const roles: boolean[] = [];
  for (const id of new Set(ids)) {
    const { node } = await stateOfNode(workspace, ticket, id, invocation.program);
    if (node.children.length > 0 || leafTypeOf(node) !== 'agent') throw new UserError(`Unexpected --gate of ${id}, expected nodes of type agent`, leafTypeOf(node) === 'command' ? `${invocation.program} node run ${id}` : `${invocation.program} node complete ${id}, without --gate`, 'node-type');
    roles.push(nearestRole(node) === TEST_WRITER);
  }
  if (new Set(roles).size > 1) throw new UserError('Unexpected --gate of nodes that write tests together with others, expected tests that fail for the one and pass for the others', 'complete them one after the other', 'node-role');
  if (roles[0] !== true) return green(invocation, ids, found);
  const red = await runRed(workspace, invocation);
  return red.refused === undefined ? stepNodes(invocation, 'complete', ids, { ...found, evidence: redEvidence(red) }) : notRed(invocation, ids.join(', '), red, ['gate', 'test']);
}

async function green(invocation: Invocation, ids: readonly string[], found: Found): Promise<Outcome> {
  const seconds = secondsOf(invocation.values, 'timeout') ?? GATE_LIMIT_S;
  const { ok, planned, runs } = await runGates(openWorkspace(invocation), { asked: ['test'], cached: false, seconds, program: invocation.program });
  if (!ok) {
    const refused = `${ids.join(', ')} cannot be completed while the tests do not pass; nothing was written`;
    return { exit: 1, json: { refused, nodes: ids, runs, missing: planned.flatMap(({ missing }) => missing), next_action: mendAction(invocation, 'make the tests pass, then complete it again', ['gate', 'test'], planned, runs) }, text: () => [...gateLines(planned, runs), refused].join('\n') };
  }
  const evidence = { command: runs.map(({ command }) => command).join(' && '), exit: 0 };
  const written = await stepNodes(invocation, 'complete', ids, { ...found, evidence });
  return { ...written, text: () => `${gateLines(planned, runs).join('\n')}\n${typeof written.text === 'string' ? written.text : written.text()}` };
}
