import { nearest } from '../documents/nearest.ts';
import { outlineOf } from '../documents/outline.ts';
import { parseDocument } from '../documents/parse.ts';
import { sectionMeant } from '../documents/section-text.ts';
import { contractOf, foundAt, isElsewhere, isWithin, meetingIn, type ContractEntry } from '../workflow/contract.ts';
import { precedenceOf } from '../workflow/precedence.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import { taskNodes } from '../workflow/task-tree.ts';
import type { Ticket } from '../workflow/ticket.ts';

/** The rest shows when these are mended. */
const MOST_REPORTS = 10;

export const rule: Rule = {
  id: 'contract-input',
  group: 'tree',
  severity: 'error',
  offIn: ['trunk', 'contrib'],

  *ticket(ticket) {
    const { tasks, snapshot } = ticket;
    const nodes = tasks && !ticket.archived ? taskNodes(tasks.data) : [];
    const inputs = nodes.flatMap((node) => contractOf(node, 'inputs', snapshot.settings)).filter((entry) => !isElsewhere(snapshot.tree, entry, snapshot.settings));
    if (!tasks || inputs.length === 0) return;
    const outputs = nodes.flatMap((node) => contractOf(node, 'outputs', snapshot.settings));
    const precedes = precedenceOf(nodes);
    const meeting = meetingIn(outputs);
    snapshot.tree.prefetch(inputs.flatMap(({ shapes, isPattern }) => (isPattern ? [] : shapes.map(({ prefix }) => prefix.slice(0, -1)))));
    let count = 0;
    for (const input of inputs) {
      const makers = meeting(input).filter((output) => !isWithin(input.node, output.node));
      const isMade = makers.some((output) => precedes(output.node, input.node));
      const fault = isMade ? wrongLayer(input, makers) : makers.length > 0 ? unordered(input, makers) : missing(input, ticket, outputs);
      if (!fault) continue;
      yield { path: tasks.path, ...tasks.parsed.locate(input.at), ...fault };
      if (++count === MOST_REPORTS) return;
    }
  },
};

type Fault = Pick<Report, 'message' | 'remedy' | 'severity'>;

/** What this workflow makes is no reference. */
function wrongLayer({ node, path, layer }: ContractEntry, [maker]: readonly ContractEntry[]): Fault | undefined {
  if (layer !== 'L3') return undefined;
  return {
    message: `Unexpected layer L3 of ${path}, an input of ${node.id}, expected L4: ${maker?.node.id} makes it in this workflow`,
    remedy: 'write layer: L4, or name the reference that is the same in every run',
    severity: 'warning',
  };
}

function unordered({ node, path }: ContractEntry, [maker]: readonly ContractEntry[]): Fault {
  return {
    message: `Unexpected input ${path} of ${node.id}, which ${maker?.node.id} makes, expected ${maker?.node.id} to come before ${node.id}`,
    remedy: `write depends_on: [${maker?.node.id}] at ${node.id}`,
  };
}

function missing(input: ContractEntry, ticket: Ticket, outputs: readonly ContractEntry[]): Fault | undefined {
  const { node, path, section } = input;
  const { tree } = ticket.snapshot;
  const found = foundAt(tree, input, ticket.folder);
  if (found !== undefined) return section === undefined || input.isPattern ? undefined : withoutSection(input, found, ticket);
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const siblings = tree.entry(folder)?.type === 'directory' || folder === '' ? tree.list(folder).map((entry) => entry.path) : [];
  const meant = nearest(path, [...outputs.map((output) => output.path), ...siblings]);
  return {
    message: `Unexpected input ${path} of ${node.id}, expected a file of the repository or an output of an earlier node${meant === undefined ? '' : `: did you mean ${meant}?`}`,
    remedy: meant === undefined ? `git add ${path}, or name it in the outputs of the node that makes it` : `write ${meant}`,
  };
}

function withoutSection({ node, section }: ContractEntry, path: string, { snapshot: { tree } }: Ticket): Fault | undefined {
  const bytes = /\.(md|markdown)$/i.test(path) ? tree.read(path) : undefined;
  const outline = bytes && outlineOf(parseDocument(bytes));
  const wanted = (section ?? '').replace(/^#+\s*/, '');
  if (!outline || outline.problem || sectionMeant(outline, wanted)) return undefined;
  const meant = nearest(wanted, outline.headings.map(({ text }) => text));
  return {
    message: `Unexpected section "${wanted}" of ${path}, an input of ${node.id}, expected one of its headings${meant === undefined ? '' : `: did you mean "${meant}"?`}`,
    remedy: meant === undefined ? 'name a heading of the file, or the whole file' : `write ${meant}`,
  };
}
