import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import type { Sandbox } from './sandbox.ts';

export interface Diagnostic {
  readonly range: { readonly start: Place; readonly end: Place };
  readonly severity: 1 | 2;
  readonly code: string;
  readonly codeDescription: { readonly href: string };
  readonly source: string;
  readonly message: string;
}

export interface Place {
  readonly line: number;
  readonly character: number;
}

interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** An editor: talks to the real `treework lsp` over its standard input and output. */
export class LanguageClient {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  /** What the server said last, by URI. */
  readonly said = new Map<string, Published>();
  /** Every report, in order. */
  readonly reports: Published[] = [];
  /** What the server asked to be shown or logged. */
  readonly shown: string[] = [];
  stderr = '';
  readonly #root: string;
  readonly #versions = new Map<string, number>();
  readonly #waiting = new Set<() => void>();

  constructor(sandbox: Sandbox, root: string, options: { env?: NodeJS.ProcessEnv; args?: readonly string[]; command?: readonly [string, ...string[]]; cwd?: string } = {}) {
    this.#root = join(sandbox.root, root);
    const [program, ...words] = options.command ?? ['treework', 'lsp', ...(options.args ?? ['--stdio'])];
    this.process = spawn(program, words, { cwd: join(sandbox.root, options.cwd ?? ''), env: { ...sandbox.env, ...options.env }, stdio: 'pipe' });
    this.process.stderr?.on('data', (piece) => (this.stderr += String(piece)));
    this.connection = createMessageConnection(new StreamMessageReader(this.process.stdout as NonNullable<ChildProcess['stdout']>), new StreamMessageWriter(this.process.stdin as NonNullable<ChildProcess['stdin']>));
    this.connection.onNotification('textDocument/publishDiagnostics', (published: Published) => {
      this.said.set(published.uri, published);
      this.reports.push(published);
      for (const wake of this.#waiting) wake();
    });
    for (const method of ['window/showMessage', 'window/logMessage']) this.connection.onNotification(method, ({ message }: { message: string }) => void this.shown.push(message));
    this.connection.onRequest('window/showMessageRequest', ({ message }: { message: string }) => {
      this.shown.push(message);
      for (const wake of this.#waiting) wake();
      return null;
    });
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.listen();
  }

  async initialize(more: object = {}): Promise<Record<string, unknown>> {
    const answer = await this.connection.sendRequest('initialize', { processId: process.pid, rootUri: pathToFileURL(this.#root).href, capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } }, ...more });
    await this.connection.sendNotification('initialized', {});
    return answer as Record<string, unknown>;
  }

  uri(path: string): string {
    return pathToFileURL(join(this.#root, path)).href;
  }

  /** Opens a file and waits until it has been judged. */
  async open(path: string, text: string): Promise<readonly Diagnostic[]> {
    this.tell('textDocument/didOpen', { textDocument: { uri: this.uri(path), languageId: 'markdown', version: 1, text } });
    this.#versions.set(path, 1);
    return this.judged(path);
  }

  /** Replaces the whole text without waiting. */
  type(path: string, text: string): void {
    const version = (this.#versions.get(path) ?? 0) + 1;
    this.#versions.set(path, version);
    this.tell('textDocument/didChange', { textDocument: { uri: this.uri(path), version }, contentChanges: [{ text }] });
  }

  async change(path: string, text: string): Promise<readonly Diagnostic[]> {
    this.type(path, text);
    return this.judged(path);
  }

  /** What was said of the text that was sent last. */
  async judged(path: string): Promise<readonly Diagnostic[]> {
    const published = () => this.said.get(this.uri(path));
    await this.until(() => published()?.version === this.#versions.get(path));
    return published()?.diagnostics ?? [];
  }

  close(path: string): void {
    this.#versions.delete(path);
    this.tell('textDocument/didClose', { textDocument: { uri: this.uri(path) } });
  }

  tell(method: string, params: object): void {
    void this.connection.sendNotification(method, params);
  }

  async ask<Answer>(method: string, path: string, params: object = {}): Promise<Answer> {
    return this.connection.sendRequest(method, { textDocument: { uri: this.uri(path) }, ...params });
  }

  /** Waits until something the server says makes it so. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** Leaves as the protocol asks; the exit status of the server. */
  async leave(): Promise<number | null> {
    await this.connection.sendRequest('shutdown');
    this.tell('exit', {});
    return this.ended();
  }

  async ended(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit');
    return this.process.exitCode;
  }
}

/** The place of the n-th occurrence of a text, counted from 0. */
export function placeIn(text: string, what: string, n = 0): Place {
  let at = -1;
  for (let count = 0; count <= n; count += 1) at = text.indexOf(what, at + 1);
  if (at === -1) throw new Error(`${what} is not in the text`);
  const before = text.slice(0, at).split('\n');
  return { line: before.length - 1, character: (before.at(-1) as string).length };
}
