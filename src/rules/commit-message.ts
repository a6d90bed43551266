import { archivedFolder, ticketFolder } from '../documents/place.ts';
import { commitAuthority } from '../documents/authority.ts';
import { nearest } from '../documents/nearest.ts';
import { TICKET_PATTERN } from '../documents/settings.ts';
import { MESSAGE_PATH, type CommitStep, type Report, type Rule, type RuleContext } from '../workflow/rule.ts';
import { nodeTrailers } from '../workflow/trailers.ts';

const TYPES = ['build', 'chore', 'ci', 'docs', 'feat', 'fix', 'perf', 'refactor', 'revert', 'style', 'test'];
const WITH_TICKET = ['feat', 'fix'];
const LONGEST = 100;
/** What git itself writes. */
const BY_GIT = /^(?:Revert|Reapply) "/;
const TO_BE_SQUASHED = /^(?:fixup|squash|amend)! /;
const REFERENCE = /^(?:tickets?|refs?|closes|fixes|resolves|part-of)(?::|[ \t])[ \t]*(\S.*)$/gim;
const TRACKER_ID = /^[A-Z][A-Z0-9]*-\d+$/;

export const rule: Rule = {
  id: 'commit-message',
  group: 'repository',
  severity: 'error',
  offIn: ['trunk'],
  everyMessage: true,

  *commit(step, context) {
    const [header = '', second = ''] = step.message.split('\n');
    if (BY_GIT.test(header)) return;
    if (TO_BE_SQUASHED.test(header)) {
      if (step.commit !== undefined) yield at(1, `Unexpected "${shown(header)}" among what is pushed, expected it squashed into the commit it mends`, `git rebase -i --autosquash ${context.origin}`);
      return;
    }
    yield* headerReports(step, header, context);
    if (second.trim() !== '') yield at(2, 'Unexpected text on the second line, expected a blank one below the subject', 'leave the second line empty; details begin on the third');
  },
};

function* headerReports(step: CommitStep, header: string, context: RuleContext): Iterable<Report> {
  const { options } = context;
  const types = texts(options.types) ?? TYPES;
  const { type, scope, subject } = parsed(header);
  if (!type || !subject?.trim()) {
    yield at(1, `Unexpected "${shown(header)}", expected TYPE(SCOPE): SUBJECT with one of ${types.join(', ')}`, 'write it like "fix(reports): reject expired tokens"; the scope may be left out');
    return;
  }
  if (!types.includes(type)) {
    const meant = nearest(type, types);
    yield at(1, `Unexpected type ${type}, expected one of ${types.join(', ')}`, meant ? `write ${meant}` : 'choose one of them; others: rules: {commit-message: {types: […]}} in WORKSPACE.md');
  }
  const longest = typeof options.max_length === 'number' ? options.max_length : LONGEST;
  if (header.length > longest) yield { ...at(1, `Unexpected subject of ${header.length} characters, expected at most ${longest}`, 'say less there, and the rest below a blank line'), column: longest + 1 };
  const wanting = texts(options.ticket) ?? (context.settings.flow === 'contrib' ? WITH_TICKET : []);
  if (wanting.includes(type) && !namesTicket(step, scope, context)) {
    yield at(1, `Unexpected ${type} without a ticket, expected its id as the scope or in a trailer`, `write "${type}(PROJ-7): …", or a last line "Refs: PROJ-7"`);
  }
}

/** The parts of the first line; null where it lacks one. */
function parsed(header: string): Readonly<Record<string, string | null | undefined>> {
  if (header.trim() === '') return {};
  const { CommitParser } = commitAuthority();
  const { type, scope, subject } = new CommitParser({ headerPattern: /^(\w+)(?:\(([^()]*)\))?!?: (.*)$/, headerCorrespondence: ['type', 'scope', 'subject'] }).parse(header);
  return { type, scope, subject };
}

/** `PROJ-7`, an id of the form that WORKSPACE.md asks for, one that has a folder, `#12` where numbers have a prefix. */
function namesTicket({ message, after }: CommitStep, scope: string | null | undefined, { settings }: RuleContext): boolean {
  if (nodeTrailers(message).length > 0) return true;
  const words = [...(scope?.split(/[,\s]+/) ?? []), ...[...message.matchAll(REFERENCE)].flatMap(([, rest]) => (rest as string).split(/[,\s]+/))];
  return words.some((word) => {
    if (/^#?\d+$/.test(word)) return settings.ticketPrefix !== undefined;
    if (!settings.ticketPattern.test(word)) return false;
    return settings.ticketPattern.source !== TICKET_PATTERN || TRACKER_ID.test(word) || [ticketFolder(settings, word), archivedFolder(settings, word)].some((folder) => after.tree.entry(folder) !== undefined);
  });
}

function at(line: number, message: string, remedy: string): Report {
  return { path: MESSAGE_PATH, line, message, remedy };
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
