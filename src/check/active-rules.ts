import type { DocumentKind } from '../documents/place.ts';
import type { Settings } from '../documents/settings.ts';
import type { Finding, Severity } from '../tree/finding.ts';
import { looksAt, type Report, type Rule, type RuleContext } from '../workflow/rule.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import { toFinding, waiversIn } from './findings.ts';

/** A rule that is on, with what it is told. */
export interface ActiveRule {
  readonly rule: Rule;
  readonly context: RuleContext;
  readonly severity: Severity;
}

export interface Caller {
  /** How treework is called here, for remedies. */
  readonly program: string;
  /** What git calls the commit that the step began from; HEAD when absent. */
  readonly origin?: string;
  /** The beginning of this day in UTC, in an audit of the work tree. */
  readonly today?: Date;
}

/** A rule that looks at documents, as one object of one form: every document is shown to each. */
export interface OfDocuments {
  readonly active: ActiveRule;
  readonly judge: Rule['document'];
  readonly putOff: Rule['elsewhere'];
  /** Whether what it says is of the text alone. */
  readonly isOfContent: boolean;
}

/** What is said, and what a document waives with a reason. */
export interface Said {
  readonly findings: Finding[];
  readonly waived: { finding: Finding; reason: string }[];
}

/** The rule as these settings have it; undefined where it is off. */
export function activeRule(rule: Rule, settings: Settings, { program, origin = 'HEAD', today }: Caller): ActiveRule | undefined {
  const setting = settings.rules.get(rule.id);
  const severity = setting ? setting.severity : rule.offIn?.includes(settings.flow) ? 'off' : undefined;
  if (severity === 'off') return undefined;
  return { rule, context: { settings, options: setting?.options ?? {}, program, origin, ...(today && { today }) }, severity: severity ?? rule.severity };
}

/** Those of the rules that look at documents of a kind. */
export function ofDocuments(rules: readonly ActiveRule[], kind: DocumentKind, settings: Settings): OfDocuments[] {
  const asked = rules.filter(({ rule }) => (rule.document ?? rule.elsewhere) && looksAt(rule, kind, settings));
  return asked.map((active) => ({ active, judge: active.rule.document, putOff: active.rule.elsewhere, isOfContent: active.rule.group === 'document' }));
}

/** Reports about a step as findings. */
export function say({ rule, severity }: ActiveRule, reports: Iterable<Report>, after: Snapshot, said: Said): void {
  for (const report of reports) {
    const finding = toFinding(rule.id, severity, report);
    const document = rule.isProtected ? undefined : after.document(report.path);
    const reason = document && waiversIn(document).get(rule.id);
    if (reason) said.waived.push({ finding, reason });
    else said.findings.push(finding);
  }
}
