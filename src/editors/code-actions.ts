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
  readonly edit?: { readonly changes: Readonly<Record<string, readonly TextEdit[]>> } | { readonly documentChanges: readonly FileChange[] };
  readonly command?: { readonly title: string; readonly command: string; readonly arguments: readonly string[] };
}

/** A file made, filled or deleted, as the protocol has it. */
type FileChange = { readonly kind: 'create' | 'delete'; readonly uri: string } | { readonly textDocument: { readonly uri: string; readonly version: null }; readonly edits: readonly TextEdit[] };

export interface ActionContext {
  readonly desk: Desk;
  readonly uri: string;
  readonly program: string;
  /** Whether the editor can make and delete files. */
  readonly makesFiles: boolean;
}

/** What mends the findings on some lines: the fixes they have, and the commands that their remedies name. */
export function actionsFor(said: readonly { readonly finding: Finding; readonly diagnostic: Diagnostic }[], range: Range, { desk, uri, program, makesFiles }: ActionContext): CodeAction[] {
  const root = desk.locate(uri)?.root;
  if (root === undefined) return [];
  const here = said.filter(({ diagnostic }) => diagnostic.range.start.line <= range.end.line && diagnostic.range.end.line >= range.start.line);
  return here.flatMap(({ finding, diagnostic }) => [...fixes(finding, diagnostic, root, desk), ...(makesFiles ? files(finding, diagnostic, root, desk) : []), ...hints(finding, diagnostic, program)]);
}

function fixes(finding: Finding, diagnostic: Diagnostic, root: string, desk: Desk): CodeAction[] {
  if (!finding.fix) return [];
  const { path } = finding.fix;
  const open = desk.openIn(root).find((one) => one.path === path);
  const edits = fixFor(finding, open?.text ?? readText(join(root, path)) ?? '');
  if (edits.length === 0) return [];
  return [{ title: `Mend: ${finding.remedy}`, kind: 'quickfix', diagnostics: [diagnostic], isPreferred: true, edit: { changes: { [open?.uri ?? desk.uriOf({ root, path })]: edits } } }];
}

/** Only where the files stand as the finding saw them. */
function files({ remedy, edits = [] }: Finding, diagnostic: Diagnostic, root: string, desk: Desk): CodeAction[] {
  const tree = desk.tree(root, () => true);
  const isStill = edits.every(({ path, expect }) => expect === undefined || (expect === 'absent' ? !tree.entry(path) : tree.read(path)?.equals(expect)));
  if (edits.length === 0 || !isStill) return [];
  const documentChanges = edits.flatMap(({ path, content }): FileChange[] => {
    const uri = desk.uriOf({ root, path });
    const start = { line: 0, character: 0 };
    if (content === undefined) return [{ kind: 'delete', uri }];
    return [{ kind: 'create', uri }, { textDocument: { uri, version: null }, edits: [{ range: { start, end: start }, newText: content.toString() }] }];
  });
  return [{ title: `Mend: ${remedy}`, kind: 'quickfix', diagnostics: [diagnostic], isPreferred: true, edit: { documentChanges } }];
}

function hints({ remedy }: Finding, diagnostic: Diagnostic, program: string): CodeAction[] {
  const command = commandIn(remedy, program);
  if (command === undefined) return [];
  return [{ title: `In a terminal: ${command}`, kind: 'quickfix', diagnostics: [diagnostic], command: { title: 'Show', command: HINT, arguments: [remedy] } }];
}
