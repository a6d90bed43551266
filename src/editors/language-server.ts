/** The language server: the protocol on standard input and output. The only file that loads its library. */
import { createConnection, DidChangeWatchedFilesNotification, LSPErrorCodes, ResponseError, TextDocuments, TextDocumentSyncKind, type CodeAction, type Connection, type InitializeParams, type Location as ProtocolLocation, type ServerCapabilities } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { VERSION } from '../version.ts';
import { actionsFor, HINT } from './code-actions.ts';
import { completionsAt } from './completion.ts';
import { Desk, type View } from './desk.ts';
import { hoverAt } from './hover.ts';
import { Judged } from './judged.ts';
import { renameAt, renamedAt, type RenameOptions } from './rename.ts';
import { symbolsOf } from './symbols.ts';
import { definitionAt, referencesAt, type Spot } from './targets.ts';

export interface ServeOptions {
  readonly program: string;
  /** Nothing is published of the document that was edited last: a hook has told its agent. */
  readonly isBesideHooks: boolean;
}

/** Serves one client until it leaves; then the process ends. Never returns before. */
export function serve({ program, isBesideHooks }: ServeOptions, { stdin, stdout }: { readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream }): Promise<never> {
  const connection = createConnection(stdin, stdout);
  const documents = new TextDocuments(TextDocument);
  const desk = new Desk(() => documents.all());
  let told: string | undefined;
  if (isBesideHooks) documents.onDidChangeContent(({ document }) => void (told = document.uri));
  const judged = new Judged({
    desk,
    program,
    publish: (uri, diagnostics, version) => void connection.sendDiagnostics({ uri, diagnostics: uri === told ? [] : [...diagnostics], ...(version !== undefined && { version }) }),
    failed: (error) => connection.console.error(`This is a bug in treework: ${String((error as Error)?.stack ?? error)}`),
  });
  const abilities = { watches: false, makesFiles: false };
  connection.onInitialize((params) => {
    Object.assign(abilities, abilitiesOf(params));
    return { capabilities: CAPABILITIES, serverInfo: { name: 'treework', version: VERSION } };
  });
  connection.onInitialized(() => {
    if (abilities.watches) void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/*.md' }] });
  });
  listen(connection, documents, desk, judged);
  answer(connection, desk, judged, { program, abilities });
  documents.listen(connection);
  connection.onShutdown(() => judged.stop());
  connection.listen();
  return new Promise<never>(() => {});
}

const CAPABILITIES: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
  hoverProvider: true,
  documentSymbolProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  completionProvider: { triggerCharacters: ['[', ' '] },
  codeActionProvider: { codeActionKinds: ['quickfix'] },
  executeCommandProvider: { commands: [HINT] },
};

function abilitiesOf({ capabilities: { workspace } }: InitializeParams): { watches: boolean; makesFiles: boolean } {
  const { documentChanges, resourceOperations = [] } = workspace?.workspaceEdit ?? {};
  return {
    watches: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    makesFiles: documentChanges === true && resourceOperations.includes('create') && resourceOperations.includes('delete'),
  };
}

/** What happens in the editor and on disk. */
function listen(connection: Connection, documents: TextDocuments<TextDocument>, desk: Desk, judged: Judged): void {
  const touch = (uri: string, isNow = false) => {
    const location = desk.locate(uri);
    if (!location) return;
    if (location.path === WORKSPACE_PATH) judged.touchAll(location.root);
    judged.touch(location, isNow);
  };
  documents.onDidOpen(({ document }) => touch(document.uri, true));
  documents.onDidChangeContent(({ document }) => touch(document.uri));
  documents.onDidSave(({ document }) => touch(document.uri, true));
  documents.onDidClose(({ document }) => touch(document.uri, true));
  connection.onDidChangeWatchedFiles(({ changes }) => {
    const roots = new Set(changes.flatMap(({ uri }) => desk.locate(uri)?.root ?? []));
    for (const root of roots) judged.touchAll(root);
  });
}

function renaming(desk: Desk, view: View, program: string): RenameOptions {
  return { program, candidates: (text) => desk.markdownWith(view.root, text) };
}

/** A refusal is shown to the user with what to do instead. */
function refusable<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof UserError) throw new ResponseError(LSPErrorCodes.RequestFailed, `${error.message}; ${error.hint}`);
    throw error;
  }
}

/** What the editor asks. */
function answer(connection: Connection, desk: Desk, judged: Judged, { program, abilities }: { readonly program: string; readonly abilities: { readonly makesFiles: boolean } }): void {
  const at = <T>(uri: string, say: (view: View) => T): T | null => {
    const view = desk.view(uri);
    return view ? say(view) : null;
  };
  connection.onHover(({ textDocument, position }) => at(textDocument.uri, (view) => hoverAt(view, position, program) ?? null));
  connection.onDocumentSymbol(({ textDocument }) => at(textDocument.uri, symbolsOf));
  const locationsIn = (view: View, spots: readonly Spot[]): ProtocolLocation[] => spots.map(({ path, range }) => ({ uri: desk.uriOf({ root: view.root, path }), range }));
  connection.onDefinition(({ textDocument, position }) => at(textDocument.uri, (view) => locationsIn(view, definitionAt(view, position))));
  connection.onReferences(({ textDocument, position }) => at(textDocument.uri, (view) => locationsIn(view, referencesAt(view, position, (text) => desk.markdownWith(view.root, text)))));
  connection.onCompletion(({ textDocument, position }) => at(textDocument.uri, (view) => completionsAt(view, position)));
  connection.onPrepareRename(({ textDocument, position }) => at(textDocument.uri, (view) => refusable(() => renamedAt(view, position, renaming(desk, view, program)) ?? null)));
  connection.onRenameRequest(({ textDocument, position, newName }) => at(textDocument.uri, (view) => refusable(() => {
    const edits = renameAt(view, position, newName, renaming(desk, view, program));
    return { changes: Object.fromEntries([...edits].map(([path, changes]) => [desk.uriOf({ root: view.root, path }), [...changes]])) };
  })));
  connection.onCodeAction(({ textDocument, range }) => actionsFor(judged.of(textDocument.uri), range, { desk, uri: textDocument.uri, program, makesFiles: abilities.makesFiles }) as CodeAction[]);
  connection.onExecuteCommand(({ command, arguments: [remedy] = [] }) => {
    if (command === HINT) connection.window.showInformationMessage(String(remedy));
  });
}
