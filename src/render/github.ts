import type { Finding } from '../tree/finding.ts';
import { MESSAGE_PATH, refPath } from '../workflow/rule.ts';
import { count, printable } from './plain-text.ts';
import { verdictLine, type Reported } from './text-report.ts';

/** GitHub shows so many annotations of one type for one step of a job, and drops the rest. */
const MOST = 10;

/**
 * Findings as workflow commands, which GitHub shows at the changed lines: errors first, then warnings;
 * what is beyond GitHub's limit stands in the log as text. See "Workflow commands for GitHub Actions".
 */
export function githubReport(result: Reported): string {
  const errors = result.findings.filter(({ severity }) => severity === 'error');
  const warnings = result.findings.filter(({ severity }) => severity === 'warning');
  const shown = [...errors.slice(0, MOST), ...warnings.slice(0, MOST)];
  const rest = [...errors.slice(MOST), ...warnings.slice(MOST)];
  return [...shown.map(annotation), ...(rest.length > 0 ? restOf(errors.length - MOST, warnings.length - MOST, rest) : []), verdictLine(result)].join('\n');
}

function annotation(finding: Finding): string {
  const { rule, severity, path, line, column, message, remedy } = finding;
  const place = isFile(path) ? { file: path, line, col: column } : {};
  const properties = Object.entries({ ...place, title: rule }).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${severity} ${properties.join(',')}::${data(`${isFile(path) ? '' : `${whatOf(finding)}: `}${message}\nmend: ${remedy}`)}`;
}

/** A commit's message and a branch are no file that GitHub could show. */
function isFile(path: string): boolean {
  return path !== MESSAGE_PATH && path !== refPath(undefined) && !path.startsWith(refPath(''));
}

function whatOf(finding: Finding & { readonly commit?: string }): string {
  return finding.path === MESSAGE_PATH ? `the message of commit ${finding.commit?.slice(0, 10) ?? '(the next one)'}` : finding.path;
}

function restOf(errors: number, warnings: number, findings: readonly Finding[]): string[] {
  const more = [[errors, 'more error'], [warnings, 'more warning']] as const;
  const said = more.flatMap(([number, noun]) => (number > 0 ? [count(number, noun)] : [])).join(' and ');
  return [`::notice title=treework::${said}: the log of this step and its summary name them`, '::group::' + said, ...findings.flatMap(plainLines), '::endgroup::'];
}

/** Lines that the runner cannot take for commands: none begins with the command's colons or holds `##[`. */
function plainLines({ rule, severity, path, line, column, message, remedy }: Finding): string[] {
  return [`- ${path}:${line}:${column} ${severity} ${rule}`, `  ${message}`, `  mend: ${remedy}`].map((text) => {
    const safe = printable(text).replaceAll('##[', '## [');
    return /^\s*::/.test(safe) ? safe.replace('::', ': :') : safe;
  });
}

/** As the runner unescapes it (actions/toolkit, command.ts). */
function data(text: string): string {
  const safe = text.split('\n').map(printable).join('\n');
  return safe.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll(':', '%3A').replaceAll(',', '%2C');
}
