import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a scripted model says: text, or calls of tools; and how full it says its context is. */
export interface ScriptedAnswer {
  readonly blocks: readonly ({ readonly text: string } | { readonly tool: string; readonly input: Readonly<Record<string, unknown>> })[];
  readonly tokens?: number;
}

export interface MessagesRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly system?: unknown;
  readonly tools?: readonly unknown[];
  readonly messages: readonly { readonly role: string; readonly content: string | readonly Record<string, unknown>[] }[];
}

/** Answers the requests of the main thread, which bring tools, in turn. */
export type Script = (request: MessagesRequest, turn: number) => ScriptedAnswer;

export interface MessagesServer {
  readonly url: string;
  /** All requests, those on the side too. */
  readonly requests: MessagesRequest[];
  close(): Promise<void>;
}

/** Starts as much of the messages API as a client's session needs; requests on the side, without tools, get a short text. */
export async function startMessages(script: Script): Promise<MessagesServer> {
  const requests: MessagesRequest[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const isMessages = request.method === 'POST' && request.url?.startsWith('/v1/messages');
      if (!isMessages) return void response.writeHead(request.method === 'HEAD' ? 200 : 404).end('{}');
      if (request.url?.includes('count_tokens')) return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens": 100}');
      const body = JSON.parse(Buffer.concat(pieces).toString()) as MessagesRequest;
      const turn = requests.filter(isOfMainThread).length;
      requests.push(body);
      reply(response, body, isOfMainThread(body) ? script(body, turn) : { blocks: [{ text: '<summary>A short text.</summary>' }] });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** A summary is asked for with the same tools as everything else; what hooks say may come after the question. */
export function isOfMainThread({ tools, messages }: MessagesRequest): boolean {
  return (tools?.length ?? 0) > 0 && !/create a detailed summary|CRITICAL: Respond with TEXT ONLY/i.test(JSON.stringify(messages.slice(-2)));
}

function reply(response: ServerResponse, { model, stream }: MessagesRequest, { blocks, tokens = 1_000 }: ScriptedAnswer): void {
  const random = () => Math.random().toString(36).slice(2);
  const usage = { input_tokens: 5, cache_creation_input_tokens: 0, cache_read_input_tokens: tokens - 5, output_tokens: 20 };
  const stop = blocks.some((block) => 'tool' in block) ? 'tool_use' : 'end_turn';
  const content = blocks.map((block) => ('tool' in block ? { type: 'tool_use', id: `toolu_${random()}`, name: block.tool, input: block.input } : { type: 'text', text: block.text }));
  const message = { id: `msg_${random()}`, type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null, usage };
  if (!stream) return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...message, content, stop_reason: stop }));
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const send = (type: string, data: object) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  send('message_start', { message });
  for (const [index, block] of content.entries()) {
    const isText = 'text' in block;
    send('content_block_start', { index, content_block: isText ? { type: 'text', text: '' } : { ...block, input: {} } });
    send('content_block_delta', { index, delta: isText ? { type: 'text_delta', text: block.text } : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) } });
    send('content_block_stop', { index });
  }
  send('message_delta', { delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: 20 } });
  send('message_stop', {});
  response.end();
}

/** The results of tools that a request brings, the newest last. */
export function toolResults({ messages }: MessagesRequest): { isError: boolean; text: string }[] {
  const blocks = messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content)).filter(({ type }) => type === 'tool_result');
  return blocks.map(({ content, is_error: isError }) => ({ isError: isError === true, text: typeof content === 'string' ? content : ((content ?? []) as { text?: string }[]).map(({ text }) => text ?? '').join('') }));
}

/** Everything that a request tells the model, as one text. */
export function toldIn({ system, messages }: MessagesRequest): string {
  return JSON.stringify([system, messages]);
}
