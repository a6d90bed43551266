import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT, type Sandbox } from '../harness/sandbox.ts';
import { startMessages, type MessagesRequest, type Script } from './messages-server.ts';

const CLIENT = process.env.TREEWORK_CLIENT ?? 'claude';
const QUIET = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_TELEMETRY: '1', DISABLE_ERROR_REPORTING: '1', DISABLE_AUTOUPDATER: '1' };

export interface Session {
  readonly status: number | null;
  readonly output: string;
  readonly requests: readonly MessagesRequest[];
}

/** The plugin of this package, for one session. */
const PLUGIN: readonly string[] = ['--plugin-dir', PACKAGE_ROOT];

/** One whole session of the client in a folder, answered by a script; with the plugin of this package where nothing else is said. */
export async function session(sandbox: Sandbox, folder: string, script: Script, prompt = 'Go on.', more: readonly string[] = [], given: NodeJS.ProcessEnv = {}, plugin = PLUGIN): Promise<Session> {
  const server = await startMessages(script);
  const args = ['-p', prompt, ...plugin, '--permission-mode', 'acceptEdits', '--allowedTools', 'Edit,Write,Read,Bash', '--output-format', 'json', ...more];
  const env = { ...sandbox.env, ...QUIET, HOME: home(sandbox), ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: 'none', ...given };
  const child = spawn(CLIENT, args, { cwd: join(sandbox.root, folder), env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (output += piece.toString()));
  const status = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  await server.close();
  return { status, output, requests: server.requests };
}

/** A command of the client that needs no model. */
export function client(sandbox: Sandbox, folder: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync(CLIENT, args, { cwd: join(sandbox.root, folder), env: { ...sandbox.env, ...QUIET, HOME: home(sandbox) }, encoding: 'utf8', input: '' });
  if (error) throw error;
  return { status, output: stdout + stderr };
}

/** Never the user's own. */
function home(sandbox: Sandbox): string {
  const folder = join(sandbox.root, '.client-home');
  mkdirSync(folder, { recursive: true });
  return folder;
}
