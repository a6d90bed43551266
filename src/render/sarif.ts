import type { Finding, Fix } from '../tree/finding.ts';
import { fingerprintOf } from '../workflow/fingerprint.ts';
import type { RuleFacts } from '../workflow/rule.ts';

/** What is needed beside the findings for a log in SARIF 2.1.0. */
export interface SarifContext {
  readonly version: string;
  /** Rules that a finding may name, and each one's page in Markdown, loaded by need. */
  readonly rules: readonly RuleFacts[];
  pageOf(rule: string): string;
  /** The text of the file in which a finding was made. */
  textOf(finding: Finding): string | undefined;
  /** Where the judged tree is from, as far as it is known without asking anybody. */
  readonly provenance?: { readonly repositoryUri: string; readonly revisionId?: string; readonly branch?: string };
}

/** A finding with why it does not count: waived in its document, or known in the baseline. */
export interface Suppressed {
  readonly finding: Finding;
  readonly kind: 'inSource' | 'external';
  readonly reason: string;
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const ROOT = 'SRCROOT';
/** Its value changes with the way in which it is computed. */
const FINGERPRINT = 'treeworkFinding/v1';

/**
 * Findings as one SARIF 2.1.0 log (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/): paths
 * are relative to `SRCROOT`, the repository's root, columns count UTF-16 code units.
 */
export function sarifLog(findings: readonly Finding[], suppressed: readonly Suppressed[], context: SarifContext): object {
  const all = [...findings, ...suppressed.map(({ finding }) => finding)];
  const named = new Set(all.map(({ rule }) => rule));
  const rules = context.rules.filter(({ id }) => named.has(id));
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const result = (finding: Finding) => resultOf(finding, indexes.get(finding.rule), context);
  const { provenance } = context;
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'treework', version: context.version, semanticVersion: context.version, rules: rules.map((rule) => descriptor(rule, context.pageOf(rule.id))) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository.' } } },
        ...(provenance && { versionControlProvenance: [{ ...provenance, mappedTo: { uriBaseId: ROOT } }] }),
        results: [
          ...findings.map(result),
          ...suppressed.map(({ finding, kind, reason }) => ({ ...result(finding), suppressions: [{ kind, status: 'accepted', justification: reason }] })),
        ],
      },
    ],
  };
}

function resultOf(finding: Finding, ruleIndex: number | undefined, context: SarifContext) {
  const { rule, severity, path, line, column, message, remedy, fix } = finding;
  const { ref, commit } = finding as Finding & { ref?: string; commit?: string };
  return {
    ruleId: rule,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: severity,
    message: { text: `${message}\n${remedy}` },
    locations: [{ physicalLocation: { artifactLocation: location(path), region: { startLine: line, startColumn: column } } }],
    partialFingerprints: { [FINGERPRINT]: fingerprintOf(finding, context.textOf(finding)) },
    ...(fix && { fixes: [{ description: { text: remedy }, artifactChanges: [artifactChange(fix)] }] }),
    ...(commit !== undefined && { properties: { commit, ...(ref !== undefined && { ref }) } }),
  };
}

/** A rule as its page tells: the bold sentence, the reasons, and how to mend it; examples are for `explain`. */
function descriptor({ id, group, severity, isProtected }: RuleFacts, page: string) {
  const [markdown = ''] = page.split(/^## Examples$/m);
  const summary = /^\*\*(.+)\*\*$/m.exec(page)?.[1] ?? id;
  return {
    id,
    shortDescription: { text: plain(summary) },
    fullDescription: { text: plain(section(page, 'Why') || summary) },
    help: { text: plain(section(page, 'Mend') || summary), markdown: markdown.trim() },
    defaultConfiguration: { level: severity },
    properties: { tags: [group], protected: isProtected },
  };
}

function section(page: string, name: string): string {
  return new RegExp(`^## ${name}$([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, 'm').exec(page)?.[1]?.trim() ?? '';
}

/** Markdown's marks for code and weight are no help where text is shown as it stands. */
function plain(markdown: string): string {
  return markdown.replaceAll(/\*\*|`/g, '');
}

/** RFC 3986: every byte of a segment that is not plainly allowed is percent-encoded. */
function location(path: string) {
  const uri = path.split('/').map((segment) => encodeURIComponent(segment).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)).join('/');
  return { uri, uriBaseId: ROOT };
}

/** The lines that differ: a fix is a whole text, a replacement had better be short. */
function artifactChange({ path, from, to }: Fix) {
  const start = commonStart(from, to);
  const end = commonEnd(from.slice(start), to.slice(start));
  const [first, last] = [positionAt(from, start), positionAt(from, from.length - end)];
  return {
    artifactLocation: location(path),
    replacements: [
      {
        deletedRegion: { startLine: first.line, startColumn: first.column, endLine: last.line, endColumn: last.column },
        insertedContent: { text: to.slice(start, to.length - end) },
      },
    ],
  };
}

/** How many characters of whole lines two texts have in common at the start. */
function commonStart(a: string, b: string): number {
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same += 1;
  return same === 0 ? 0 : a.lastIndexOf('\n', same - 1) + 1;
}

/** How many characters of whole lines two texts have in common at the end; both begin with a line. */
function commonEnd(a: string, b: string): number {
  let same = 0;
  while (same < a.length && same < b.length && a[a.length - 1 - same] === b[b.length - 1 - same]) same += 1;
  const startsLine = (text: string) => same === text.length || text[text.length - same - 1] === '\n';
  if (startsLine(a) && startsLine(b)) return same;
  const next = a.indexOf('\n', a.length - same);
  return next === -1 ? 0 : a.length - next - 1;
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
