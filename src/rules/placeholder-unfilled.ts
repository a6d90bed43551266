import type { DataPath } from '../documents/document.ts';
import { PLACEHOLDER_WORDS, placeholderInText, placeholdersIn, type Placeholder } from '../documents/placeholders.ts';
import { statusOf } from '../workflow/change-record.ts';
import { effectiveSpec } from '../workflow/effective-spec.ts';
import { lastStatus } from '../workflow/node-record.ts';
import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { pinOf, type Ticket } from '../workflow/ticket.ts';

const FILL_IN = 'fill it in: work goes by this text already';
const DRAFT = 'fill it in, or delete what it belongs to, before this text is frozen or accepted';
const OWN = 'fill it in, or delete what it belongs to';

/** Kinds whose own rules know when a mark is one too many. */
const JUDGED: readonly string[] = ['plan', 'continuity', 'skill', 'agent'];

export const rule: Rule = {
  id: 'placeholder-unfilled',
  group: 'document',
  severity: 'error',

  document(document, { options, settings }) {
    const { kind } = document.place;
    const isOwn = settings.kinds.some(({ name }) => name === kind) && !JUDGED.includes(kind);
    return isOwn || kind === 'idea' ? marksIn(document, placeholdersIn(document.parsed, wordsOf(options)), undefined, isOwn ? OWN : DRAFT) : [];
  },

  reads: ['spec.md', 'tasks.md', 'changes', 'nodes'],
  *ticket(ticket, context) {
    const words = wordsOf(context.options);
    const { archived, tasks, changes, nodes } = ticket;
    yield* inSpec(ticket, words, context);
    if (tasks) yield* marksIn(tasks, placeholdersIn(tasks.parsed, words), archived || nodes.length === 0 ? undefined : FILL_IN);
    for (const record of changes) {
      const status = statusOf(record);
      if (status === 'rejected' || status === 'reverted') continue;
      yield* marksIn(record, placeholdersIn(record.parsed, words), archived || status !== 'accepted' ? undefined : FILL_IN);
    }
    for (const record of ticket.nodesToJudge) if (lastStatus(record) === 'complete') yield* inOutcome(record, words);
  },
};

/** A draft is warned about; a freeze of it is refused, until a change record has replaced what is unfilled. */
function* inSpec(ticket: Ticket, words: readonly string[], { program }: RuleContext): Iterable<Report> {
  const { id, spec, tasks, nodes, archived } = ticket;
  const marks = spec ? placeholdersIn(spec.parsed, words) : [];
  if (!spec || marks.length === 0) return;
  const isFrozen = !archived && pinOf(tasks) !== undefined;
  const standing = isFrozen ? marks.filter((mark) => stillHolds(mark, ticket, spec)) : marks;
  const mend = nodes.length === 0 ? `${program} unfreeze --ticket ${id}, fill it in, then ${program} freeze --ticket ${id}` : `fill it in, and keep the edit as a change record: ${program} new change --ticket ${id} --from-edit --title "WHAT CHANGES"`;
  yield* marksIn(spec, standing, isFrozen ? mend : undefined);
}

/** Whether what a mark stands in is part of the effective spec: the frontmatter always, text while no record replaced it. */
function stillHolds({ line, text }: Placeholder, ticket: Ticket, spec: GovernedDocument): boolean {
  if (line < spec.parsed.bodyLine || ticket.changes.length === 0) return true;
  const { requirements, sections } = effectiveSpec(ticket);
  return [...requirements, ...sections].some((part) => part.path === spec.path && `${part.name}\n${part.body}`.includes(text));
}

/** What the nodes that come after go by: l0, l1 and the body of a complete node. Its history is as it was written. */
function* inOutcome(record: GovernedDocument, words: readonly string[]): Iterable<Report> {
  const { parsed, place } = record;
  const told = outcomeOf(record.data).flatMap(({ at, text }) => {
    const found = placeholderInText(text, words);
    return found === undefined ? [] : [{ ...parsed.locate(at), text: found }];
  });
  const body = placeholdersIn(parsed, words).filter(({ line }) => line >= parsed.bodyLine);
  yield* marksIn(record, [...told, ...body], place.archived ? undefined : 'write what was made, or take the completion back: the nodes after it go by this');
}

function outcomeOf({ l0, l1 }: Readonly<Record<string, unknown>>): { readonly at: DataPath; readonly text: string }[] {
  const lists = typeof l1 === 'object' && l1 !== null ? Object.entries(l1) : [];
  const told: [DataPath, unknown][] = [[['l0'], l0], ...lists.flatMap(([key, list]) => (Array.isArray(list) ? list.map((text: unknown, index): [DataPath, unknown] => [['l1', key, index], text]) : []))];
  return told.flatMap(([at, text]) => (typeof text === 'string' ? [{ at, text }] : []));
}

/** One finding a document: a scaffold's marks are one thing to do. Refused with how to mend it, else only warned about. */
function* marksIn(document: GovernedDocument, marks: readonly Placeholder[], mend: string | undefined, draft = DRAFT): Iterable<Report> {
  const [first] = marks;
  if (!first) return;
  const others = marks.slice(1).map((mark) => mark.line);
  const also = others.length === 0 ? '' : ` (${marks.length} places, also line ${[...new Set(others)].slice(0, 5).join(', ')}${others.length > 5 ? ', …' : ''})`;
  yield {
    path: document.path,
    line: first.line,
    column: first.column,
    message: `Unexpected "${first.text}", expected what it stands for${also}`,
    remedy: mend ?? draft,
    ...(mend === undefined && { severity: 'warning' as const }),
  };
}

function wordsOf(options: Readonly<Record<string, unknown>>): readonly string[] {
  const { words } = options;
  return Array.isArray(words) ? words.filter((word): word is string => typeof word === 'string' && word.trim() !== '') : PLACEHOLDER_WORDS;
}
