import { findFence } from '../documents/fence.ts';
import type { GovernedDocument } from './snapshot.ts';

/**
 * All that a node's record tells (L2): its body; where nobody wrote one, its frontmatter with the
 * whole history. undefined where there is no record.
 */
export function fullAccount(record: GovernedDocument | undefined): string | undefined {
  if (!record) return undefined;
  return writtenAccount(record) ?? `${record.parsed.text.replaceAll('\r\n', '\n').trim()}\n`;
}

/** The body of a record, without blank lines around it; undefined where there is none. */
export function writtenAccount(record: GovernedDocument | undefined): string | undefined {
  const body = record?.parsed.body.replaceAll('\r\n', '\n').replace(/^(?:[ \t]*\n)+/, '').trimEnd();
  return body === undefined || body === '' ? undefined : `${body}\n`;
}

/** A record's text with another body. */
export function withAccount(record: string, account: string): string {
  const fence = findFence(record);
  const head = typeof fence === 'string' ? record : record.slice(0, fence.bodyStart);
  const eol = record.includes('\r\n') ? '\r\n' : '\n';
  const body = account.replaceAll('\r\n', '\n').replace(/^\n+/, '').trimEnd().replaceAll('\n', eol);
  return `${head.trimEnd()}${eol}${eol}${body}${eol}`;
}
