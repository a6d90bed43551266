import { afterEach, beforeEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { done, frozen } from '../verbs/fixture.ts';
import { isOfMainThread, toldIn, type MessagesRequest, type ScriptedAnswer } from './messages-server.ts';
import { session } from './session.ts';

const REPLY = 'NODE: PROJ-7/build\nSTATE: done\nGATES: ok\nL0: It is there\nSTUCK: none';

let sandbox: Sandbox;
let repository: string;

beforeEach(() => {
  sandbox = new Sandbox();
  repository = frozen(sandbox);
  done(sandbox.treework(repository, 'node', 'start', 'build', '--by', 'impl-1', '--commit'));
});

afterEach(() => sandbox.remove());

/** What the plugin's agent is told that it is. */
const isImplementer = (request: MessagesRequest) => JSON.stringify(request.system ?? '').includes('You build one node, and nothing else.');
const says = (text: string): ScriptedAnswer => ({ blocks: [{ text }] });

it('an agent of the plugin that says done without its record saying so is held up once, by name and with the command', async () => {
  const spawn: ScriptedAnswer = { blocks: [{ tool: 'Agent', input: { subagent_type: 'treework:implementer', description: 'Build', prompt: 'Build PROJ-7/build.', run_in_background: false } }] };
  let isSpawned = false;
  const { requests, output } = await session(sandbox, repository, (request) => {
    if (isImplementer(request)) return says(REPLY);
    if (isSpawned) return says('That is all.');
    isSpawned = true;
    return spawn;
  });
  const built = requests.filter((request) => isOfMainThread(request) && isImplementer(request)).map(toldIn);
  expect(built.map((text) => text.includes('treework node done build --ticket PROJ-7 --l0')), output).toEqual([false, true]);
});
