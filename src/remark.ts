/** The unified plugin: what treework says of a document, as messages of remark. */
import { dirname, resolve } from 'node:path';
import { extentAt, linesOf, type Extent } from './editors/extent.ts';
import { judgeFile } from './editors/judge-file.ts';
import { UserError } from './error.ts';
import { realFolder, relativeToRoot } from './git/files.ts';
import { packageUrl } from './git/package-file.ts';
import { workRootOf } from './git/work-root.ts';
import type { Finding } from './tree/finding.ts';

export interface TreeworkOptions {
  /** `warning`: no message is fatal, whatever the repository's settings say. */
  readonly severity?: 'warning' | 'error';
  /** Only these rules; all of them when absent. */
  readonly rules?: readonly string[];
}

/** What is used of a `VFile`, version 5 or later. */
export interface TreeworkFile {
  path?: string | undefined;
  cwd: string;
  value: string | Uint8Array;
  message(reason: string, place: Extent, origin: string): { fatal?: boolean | null | undefined; note?: string | undefined; url?: string | undefined };
}

/**
 * A unified plugin for remark. Judges the text that remark holds of a file, by the settings and
 * documents of the work tree that its path is in; files that nothing governs get no message. Each
 * message has `source` (`treework`), `ruleId`, `place`, `reason`, `note` (how to mend it), `url` (the
 * rule's page) and `fatal`.
 */
export function remarkTreework(options: TreeworkOptions | null = {}): (tree: { type: string }, file: TreeworkFile) => undefined {
  const { severity = 'error', rules } = options ?? {};
  return (_tree, file) => {
    if (file.path === undefined) return;
    const findings = findingsOf(file, file.path).filter((finding) => rules === undefined || rules.includes(finding.rule));
    const lines = findings.length === 0 ? [] : linesOf(textOf(file));
    for (const finding of findings) report(file, lines, finding, severity);
  };
}

/** unified's configuration files load what is exported as `default`. */
export { remarkTreework as default };

function findingsOf(file: TreeworkFile, name: string): readonly Finding[] {
  const folder = realFolder(dirname(resolve(file.cwd, name)));
  const root = workRootOf(folder);
  const path = root === undefined ? undefined : relativeToRoot(root, file.cwd, name);
  if (root === undefined || path === undefined) return [];
  try {
    return judgeFile(root, path, Buffer.from(file.value), 'npx treework');
  } catch (error) {
    // A repository that git itself refuses is not judged here.
    if (error instanceof UserError) return [];
    throw error;
  }
}

function textOf({ value }: TreeworkFile): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString();
}

function report(file: TreeworkFile, lines: readonly string[], finding: Finding, most: 'warning' | 'error'): void {
  const message = file.message(finding.message, extentAt(lines, finding), `treework:${finding.rule}`);
  message.fatal = finding.severity === 'error' && most === 'error';
  message.note = finding.remedy;
  message.url = packageUrl(`rules/${finding.rule}.md`);
}
