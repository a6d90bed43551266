import { join } from 'node:path';
import { readText } from '../git/files.ts';
import type { Finding } from '../tree/finding.ts';
import type { Desk } from './desk.ts';
import { commandIn, fixFor, type Diagnostic } from './diagnostics.ts';
import type { Range, TextEdit } from './text-edit.ts';

/** The server's one command: shows how to mend a finding in a terminal. */
export const HINT = 'treework.hint';

export interface CodeAction {
  readonly title: string;
  readonly kind: 'quickfix';
  readonly diagnostics: readonly Diagnostic[];
  readonly isPreferred?: boolean;
  readonly edit?: { readonly changes: Readonly<Record<string, readonly TextEdit[]>> };
  readonly command?: { readonly title: string; readonly command: string; readonly arguments: readonly string[] };
}

/** What mends the findings on some lines: the fixes they have, and the commands that their remedies name. */
export function actionsFor(said: readonly { readonly finding: Finding; readonly diagnostic: Diagnostic }[], range: Range, { desk, uri, program }: { readonly desk: Desk; readonly uri: string; readonly program: string }): CodeAction[] {
  const root = desk.locate(uri)?.root;
  if (root === undefined) return [];
  const here = said.filter(({ diagnostic }) => diagnostic.range.start.line <= range.end.line && diagnostic.range.end.line >= range.start.line);
  return here.flatMap(({ finding, diagnostic }) => [...fixes(finding, diagnostic, root, desk), ...hints(finding, diagnostic, program)]);
}

function fixes(finding: Finding, diagnostic: Diagnostic, root: string, desk: Desk): CodeAction[] {
  if (!finding.fix) return [];
  const { path } = finding.fix;
  const open = desk.openIn(root).find((one) => one.path === path);
  const edits = fixFor(finding, open?.text ?? readText(join(root, path)) ?? '');
  if (edits.length === 0) return [];
  return [{ title: `Mend: ${finding.remedy}`, kind: 'quickfix', diagnostics: [diagnostic], isPreferred: true, edit: { changes: { [open?.uri ?? desk.uriOf({ root, path })]: edits } } }];
}

function hints({ remedy }: Finding, diagnostic: Diagnostic, program: string): CodeAction[] {
  const command = commandIn(remedy, program);
  if (command === undefined) return [];
  return [{ title: `In a terminal: ${command}`, kind: 'quickfix', diagnostics: [diagnostic], command: { title: 'Show', command: HINT, arguments: [remedy] } }];
}
