import type { Settings } from '../documents/settings.ts';
import type { Finding, Severity } from '../tree/finding.ts';
import type { Report, Rule, RuleContext } from '../workflow/rule.ts';
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
}

/** What is said, and what a document waives with a reason. */
export interface Said {
  readonly findings: Finding[];
  readonly waived: { finding: Finding; reason: string }[];
}

/** The rule as these settings have it; undefined where it is off. */
export function activeRule(rule: Rule, settings: Settings, { program, origin = 'HEAD' }: Caller): ActiveRule | undefined {
  const setting = settings.rules.get(rule.id);
  const severity = setting ? setting.severity : rule.offIn?.includes(settings.flow) ? 'off' : undefined;
  if (severity === 'off') return undefined;
  return { rule, context: { settings, options: setting?.options ?? {}, program, origin }, severity: severity ?? rule.severity };
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
