import { placeOf } from '../documents/place.ts';
import { linksOf } from '../documents/links.ts';
import { brokenAmong, followLinks, pathsToFollow, type BrokenLink, type InnerLink } from '../workflow/broken-links.ts';
import { mendedLinks } from '../workflow/mended-links.ts';
import type { Report, RepositoryStep, Rule, RuleContext } from '../workflow/rule.ts';
import type { GovernedDocument, Snapshot } from '../workflow/snapshot.ts';
import { pinOf, ticketAnywhere } from '../workflow/ticket.ts';

export const rule: Rule = {
  id: 'link-target',
  group: 'document',
  severity: 'error',

  *document(document, context, step) {
    const { unread } = linksOf(document.parsed);
    for (const line of unread) yield tooLong(document, line);
    if (!step) return;
    const { broken, inner } = followLinks(document);
    const near = inner.filter((link) => isNear(link, document));
    yield* reports(document, [...broken, ...brokenAmong(near, document.path, step.after)], step, context);
  },

  elsewhere(document, context, step) {
    const far = followLinks(document).inner.filter((link) => !isNear(link, document));
    if (far.length === 0) return undefined;
    const { path } = document;
    // Parts of a text keep the whole of it in memory: these are waited with until everything is read.
    const links = JSON.parse(JSON.stringify(far)) as typeof far;
    return {
      paths: pathsToFollow(path, links, step.after.settings),
      *judge() {
        const broken = brokenAmong(links, path, step.after);
        const again = broken.length > 0 ? step.after.document(path) : undefined;
        if (again) yield* reports(again, broken, step, context);
      },
    };
  },

  *step(step, context) {
    const gone = new Set(step.changed.filter((one) => !one.after).map((one) => one.path));
    if (gone.size === 0) return;
    for (const document of leftBehind(step, gone)) {
      const lost = followLinks(document).inner.filter(({ path }) => isGone(path, gone));
      const broken = brokenAmong(lost, document.path, step.after);
      const isSettled = document.place.archived || (document.place.kind === 'spec' && pinOf(step.after.document(`${document.place.folder}/tasks.md`)) !== undefined);
      for (const report of reports(document, broken, step, context)) {
        const { fix: _, ...settled } = report;
        yield isSettled ? { ...settled, severity: 'warning' } : report;
      }
    }
  },
};

/** What is in the ticket's own folder is read together with the document. */
function isNear({ path }: InnerLink, document: GovernedDocument): boolean {
  const { folder } = document.place;
  return path === document.path || (folder !== undefined && path.startsWith(`${folder}/`));
}

/** Unchanged documents of the tickets that lost files: more is not known without listing the repository. */
function leftBehind({ after, changed }: RepositoryStep, gone: ReadonlySet<string>): GovernedDocument[] {
  const known = new Set(changed.map((one) => one.path));
  const ids = new Set([...gone].flatMap((path) => ticketOf(after, path) ?? []));
  return [...ids].flatMap((id) => {
    const ticket = ticketAnywhere(after, id);
    if (!ticket) return [];
    const single = ['idea.md', 'spec.md', 'tasks.md', 'retro.md'].flatMap((name) => after.document(`${ticket.folder}/${name}`) ?? []);
    return [...single, ...ticket.changes, ...ticket.nodes, ...ticket.forks].filter(({ path }) => !known.has(path));
  });
}

function ticketOf({ settings }: Snapshot, path: string): string | undefined {
  return placeOf(settings, path)?.ticket;
}

function isGone(path: string, gone: ReadonlySet<string>): boolean {
  return gone.has(path) || [...gone].some((one) => one.startsWith(`${path}/`));
}

function* reports(document: GovernedDocument, broken: readonly BrokenLink[], step: RepositoryStep, context: RuleContext): Iterable<Report> {
  if (broken.length === 0) return;
  const fix = step.changed.length > 0 ? mendedLinks(document, broken, step) : undefined;
  for (const { link, ...rest } of broken) {
    yield { path: document.path, line: link.line, column: link.column, ...wording({ link, ...rest }, document, context), ...(fix && { fix }) };
  }
}

function wording({ link, why, path, anchor, meant }: BrokenLink, document: GovernedDocument, { program }: RuleContext): Pick<Report, 'message' | 'remedy'> {
  const what = link.isImage ? 'image' : 'link';
  const hint = meant === undefined ? '' : `; did you mean ${why === 'no anchor' ? `#${meant}` : meant}?`;
  switch (why) {
    case 'empty':
      return { message: `Unexpected ${what} to nothing, expected an address in the parentheses`, remedy: 'write where it leads, or only the text' };
    case 'outside':
      return { message: `Unexpected ${what} to ${link.url}, expected a target inside the repository: no clone holds what is outside`, remedy: 'bring the target into the repository, or link to its web address' };
    case 'no directory':
      return { message: `Unexpected slash at the end of ${link.url}, expected none: ${path} is a file`, remedy: 'remove the slash' };
    case 'no anchor':
      return { message: `Unexpected #${anchor}, expected a heading of ${path === document.path ? 'this document' : path}${hint}`, remedy: meant === undefined ? 'write the slug of a heading: small letters, hyphens for spaces, no punctuation' : `write #${meant}` };
    default:
      return {
        message: `Unexpected ${what} to ${link.url}, expected something at ${path}${hint}`,
        remedy: `write the path of what is meant (git add it if it is new), or remove the link; after a move \`${program} check --fix\` rewrites it`,
      };
  }
}

function tooLong({ path }: GovernedDocument, line: number): Report {
  return {
    path,
    line,
    message: 'Unexpected length of a section with links that need the full Markdown parser, expected at most 32 KB from heading to heading: its links were not followed',
    remedy: 'divide it by headings, or write its links plainly: no brackets, escapes or parentheses inside',
    severity: 'warning',
  };
}
