import { renderFrontmatter } from '../documents/edit.ts';
import type { NotedCommit, ReleaseNotes } from '../workflow/release-notes.ts';
import { oneLine } from './columns.ts';

export interface ReleaseFacts {
  readonly version: string;
  readonly tag: string;
  /** `2026-11-20`. */
  readonly day: string;
  readonly notes: ReleaseNotes;
}

/** Commits that are named under one heading; the rest is counted. */
const MOST = 50;

/** The release's own page. */
export function releasePage({ version, tag, day, notes }: ReleaseFacts): string {
  const tickets = notes.tickets.map(({ id }) => id);
  const lines = sections(notes, '##');
  const body = lines.length > 0 ? lines : ['## What is new', '', 'Nothing that anybody who uses it would notice.'];
  return `${renderFrontmatter({ version, date: day, tag, ...(tickets.length > 0 && { tickets }) })}${body.join('\n')}\n`;
}

/**
 * The changelog with the version's section above those of older ones, below what is not released yet;
 * the same text where it has that section. Line ends stay as they are. A new one where there is none.
 */
export function withSection(changelog: string | undefined, { version, day, notes }: ReleaseFacts): string {
  const lines = sections(notes, '###');
  const section = [`## ${version} (${day})`, '', ...(lines.length > 0 ? lines : ['Nothing that anybody who uses it would notice.']), ''];
  if (changelog === undefined || changelog.trim() === '') return `# Changelog\n\n${section.join('\n')}`;
  const end = changelog.includes('\r\n') ? '\r\n' : '\n';
  const headings = [...changelog.matchAll(/^## +\[?v?([^\s\]]*).*$/gm)];
  if (headings.some(([, name]) => name === version)) return changelog;
  const first = headings.find(([, name]) => !/^unreleased$/i.test(name ?? ''));
  const text = section.join(end);
  if (first) return `${changelog.slice(0, first.index)}${text}${end}${changelog.slice(first.index)}`;
  return `${changelog.replace(/(?:\r?\n)*$/, '')}${end}${end}${text}`;
}

function sections({ tickets, breaking, features, fixes }: ReleaseNotes, marks: string): string[] {
  const parts: [string, string[]][] = [
    ['Breaking changes', listed(breaking)],
    ['Tickets', tickets.map(({ id, title }) => `- ${id}${title === undefined ? '' : `: ${plain(title)}`}`)],
    ['Features', listed(features)],
    ['Fixes', listed(fixes)],
  ];
  return parts.filter(([, lines]) => lines.length > 0).flatMap(([title, lines], at) => [...(at === 0 ? [] : ['']), `${marks} ${title}`, '', ...lines]);
}

function listed(commits: readonly NotedCommit[]): string[] {
  const lines = commits.slice(0, MOST).map(({ scope, subject, oid }) => `- ${scope === undefined ? '' : `**${plain(scope)}:** `}${plain(subject)} (${oid.slice(0, 10)})`);
  return commits.length > MOST ? [...lines, `- and ${commits.length - MOST} more`] : lines;
}

/** A text of somebody's as it stands: no link, no markup, no mark of ours comes of it. */
function plain(text: string): string {
  return oneLine(text).replaceAll(/[\\`*_[\]<>|~]/g, '\\$&');
}
