/** The programming interface: judge a change, with trees from git or your own. */
export { check, type CheckOptions, type CheckResult, type Scope } from './check/engine.ts';
export { UserError } from './error.ts';
export { Repository } from './git/repository.ts';
export { rules } from './rules/index.generated.ts';
export type { Finding, Severity } from './tree/finding.ts';
export type { Change, ChangedPath, Entry, Tree } from './tree/tree.ts';
export type { Rule } from './workflow/rule.ts';
export { VERSION } from './version.ts';
