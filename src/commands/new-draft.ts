import { join } from 'node:path';
import { ticketFolder } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { namesIn } from '../git/files.ts';
import { packageFile } from '../git/package-file.ts';
import { ideaEdits, specEdits } from '../render/documents.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import { refuse, write, type Written } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { lineOf, requiredLine } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { recordedParent } from './work-stack.ts';
import { newTicket, openWorkspace, withTicket, type Workspace } from './workspace.ts';

export async function newIdea(invocation: Invocation): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  const title = requiredLine(invocation.values, 'title', 'WHAT COULD BE DONE');
  const ticket = newTicket(workspace, invocation);
  const edits = ideaEdits({ folder: ticketFolder(workspace.settings, ticket), ticket, title }, packageFile('generators/idea/template.md'));
  return writeDraft(workspace, invocation, ticket, {
    edits,
    message: `docs(${ticket}): begin with an idea`,
    description: 'fill in the marked places, then commit',
    done: `a new idea for ${ticket}`,
    json: { ticket },
  });
}

export async function newSpec(invocation: Invocation): Promise<Outcome> {
  const { from, interactive } = invocation.values;
  if (from !== undefined || interactive === true) return (await import('./new-spec.ts')).newPlannedSpec(invocation);
  const workspace = openWorkspace(invocation);
  const { settings } = workspace;
  const title = requiredLine(invocation.values, 'title', 'WHAT IT DELIVERS');
  const capability = capabilityOf(invocation);
  const ticket = newTicket(workspace, invocation);
  const stackedOn = recordedParent(workspace, ticket);
  const inputs = { folder: ticketFolder(settings, ticket), ticket, title, words: settings.requirements, ...(capability !== undefined && { capability }), ...(stackedOn !== undefined && { stackedOn }) };
  const capabilities = existingCapabilities(workspace);
  const offer = capability === undefined && capabilities.length > 0 ? `; --capability takes one of: ${capabilities.join(', ')}` : '';
  return writeDraft(workspace, invocation, ticket, {
    edits: specEdits(inputs, packageFile('generators/spec/template.md')),
    message: `docs(${ticket}): write the spec`,
    description: `fill in the marked places, then commit; ${invocation.program} new tasks --ticket ${ticket} freezes it`,
    done: `a new spec for ${ticket}${offer}`,
    json: { ticket, capabilities },
  });
}

/** Writes a draft after judging it: what a generator makes is never refused by a commit. */
export async function writeDraft(workspace: Workspace, invocation: Invocation, ticket: string, written: Written): Promise<Outcome> {
  refuseExisting(workspace, written.edits);
  return withTicket(workspace, ticket, (work) => {
    const findings = judgeEdits(workspace, work, written.edits, invocation.program);
    return findings.length > 0 ? refuse(new OverlayTree(work, written.edits), findings, invocation, 'nothing was written') : write(workspace, invocation, written);
  });
}

/** Said before anything is judged: the file that stands there is the reason, whatever it says. */
export function refuseExisting({ repository }: Workspace, edits: readonly Edit[]): void {
  for (const { path, expect } of edits) {
    const slash = path.lastIndexOf('/');
    if (expect === 'absent' && namesIn(join(repository.workRoot, path.slice(0, slash))).includes(path.slice(slash + 1))) throw exists(path);
  }
}

/** `--capability`, as names of living specs are. */
export function capabilityOf({ values }: Invocation): string | undefined {
  const capability = lineOf(values, 'capability');
  if (capability === undefined || /^[a-z0-9][a-z0-9-]*$/.test(capability)) return capability;
  throw new UserError(`Unexpected --capability ${JSON.stringify(capability)}, expected small letters, digits and hyphens, such as user-auth`, '--capability user-auth', 'input');
}

function existingCapabilities({ repository, settings }: Workspace): string[] {
  const names = namesIn(join(repository.workRoot, settings.layout.capabilities));
  return names.filter((name) => /^[a-z0-9][a-z0-9-]*\.md$/.test(name)).map((name) => name.slice(0, -'.md'.length)).sort();
}

function exists(path: string): UserError {
  return new UserError(`Unexpected ${path}, expected no such file: it exists already and is left as it is`, `edit ${path}`, 'exists');
}
