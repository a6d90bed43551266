import type { Finding, Severity } from '../tree/finding.ts';
import type { Report } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';

const WAIVER = /treework-allow\s+([a-z][a-z0-9-]*)\s*:[ \t]*(.*?)[ \t]*(?:-->|$)/;
const IS_COMMENT = /^\s*(?:<!--|#)\s*treework-allow\b/;

/** A message or a remedy is at most so long: what documents hold may be of any size. */
const LONGEST = 600;

/** A rule's report as a finding. */
export function toFinding(rule: string, severity: Severity, report: Report): Finding {
  return {
    rule,
    severity: report.severity ?? severity,
    path: report.path,
    line: report.line ?? 1,
    column: report.column ?? 1,
    message: shortened(report.message),
    remedy: shortened(report.remedy),
    ...(report.fix && { fix: report.fix }),
    ...(report.edits && { edits: report.edits }),
  };
}

/** Leaves out the middle: what was expected stands at the end. */
function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST / 2).replace(/[\uD800-\uDBFF]$/, '')} … ${text.slice(3 - LONGEST / 2).replace(/^[\uDC00-\uDFFF]/, '')}`;
}

/**
 * The rules a document waives, each with its reason: `<!-- treework-allow RULE: reason -->` in the
 * body or `# treework-allow RULE: reason` in the frontmatter, on a line of its own. Without a reason
 * nothing is waived.
 */
export function waiversIn(document: Pick<GovernedDocument, 'parsed'>): ReadonlyMap<string, string> {
  const { text } = document.parsed;
  const waivers = new Map<string, string>();
  if (!text.includes('treework-allow')) return waivers;
  for (const line of text.split('\n')) {
    const match = IS_COMMENT.test(line) ? WAIVER.exec(line.trimEnd()) : null;
    if (match?.[1] && match[2]) waivers.set(match[1], shortened(match[2]));
  }
  return waivers;
}

/**
 * Drops repetitions. State and step parts of a rule may say the same of a file, one of them knowing
 * the line: that one stays.
 */
export function distinct(findings: readonly Finding[]): Finding[] {
  const byPlace = new Map<string, Finding>();
  const said = new Map<string, number>();
  for (const finding of findings) {
    const topic = JSON.stringify([finding.rule, finding.path, finding.message]);
    byPlace.set(`${finding.line}:${finding.column} ${topic}`, finding);
    said.set(topic, Math.max(said.get(topic) ?? 0, finding.line));
  }
  return [...byPlace.values()].filter((finding) => finding.line > 1 || said.get(JSON.stringify([finding.rule, finding.path, finding.message])) === 1);
}

export function compareFindings(a: Finding, b: Finding): number {
  return order(a.path, b.path) || a.line - b.line || a.column - b.column || order(a.rule, b.rule);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
