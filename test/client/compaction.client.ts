import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { done, FOLDER, frozen } from '../verbs/fixture.ts';
import { isOfMainThread, toldIn, type MessagesRequest, type ScriptedAnswer } from './messages-server.ts';
import { session } from './session.ts';

const DIGEST = 'treework keeps the state of the work';

let sandbox: Sandbox;
let repository: string;
let root: string;

beforeEach(() => {
  sandbox = new Sandbox();
  repository = frozen(sandbox);
  root = join(sandbox.root, repository);
  done(sandbox.treework(repository, 'node', 'start', 'build', '--commit'));
});

afterEach(() => sandbox.remove());

const bash = (command: string, tokens: number): ScriptedAnswer => ({ blocks: [{ tool: 'Bash', input: { command, description: 'Go on' } }], tokens });
const count = (text: string, part: string) => text.split(part).length - 1;
const isSummary = (request: MessagesRequest) => !isOfMainThread(request);
/** The checkpoints of the ticket, as they are. */
const checkpoints = () => (sandbox.exists(repository, `${FOLDER}/checkpoints`) ? readdirSync(join(root, FOLDER, 'checkpoints')).map((name) => readFileSync(join(root, FOLDER, 'checkpoints', name), 'utf8')) : []);

/** Runs a session that compacts by itself, so many tokens before its window is full as the client keeps free; says what stood in checkpoints at each turn. */
async function compacting(window: number, answers: readonly ScriptedAnswer[]): Promise<{ requests: readonly MessagesRequest[]; seen: string[][] }> {
  const seen: string[][] = [];
  const script = (_: MessagesRequest, turn: number) => {
    seen.push(checkpoints());
    return answers[turn] ?? { blocks: [{ text: 'That is all.' }], tokens: 7_000 };
  };
  const { requests } = await session(sandbox, repository, script, 'Go on.', [], { CLAUDE_CODE_AUTO_COMPACT_WINDOW: String(window) });
  // The client asks once more for a summary that it cannot use.
  return { requests: requests.filter((request, index) => !isSummary(request) || index === 0 || !isSummary(requests[index - 1] as MessagesRequest)), seen };
}

describe('a session that is compacted by the client itself', () => {
  it('keeps the checkpoint that it saved, once, and begins again with the digest', async () => {
    const { requests, seen } = await compacting(150_000, [bash('echo one', 101_000), bash('echo two', 130_000), bash('echo three', 5_000), bash('echo four', 6_000)]);
    expect(requests.map(isSummary)).toEqual([false, false, true, false, false, false]);
    const told = requests.map(toldIn);
    expect(told.map((text) => count(text, DIGEST))).toEqual([1, 1, 1, 1, 1, 1]);
    expect([count(told[1] as string, 'A checkpoint of the records is in'), count(told[3] as string, 'A checkpoint of the records is in'), count(told[3] as string, 'echo one')]).toEqual([1, 0, 0]);
    expect(seen.map((files) => files.length)).toEqual([0, 1, 1, 1, 1]);
    expect(checkpoints()).toEqual(seen[1]);
  });

  it('saves one before the first of several compactions, where none was there, and changes no byte of it after that', async () => {
    const { requests, seen } = await compacting(100_000, ['one', 'two', 'three', 'four', 'five'].map((word) => bash(`echo ${word}`, 70_000)));
    // Where there is too little to sum up the client says that it will compact, and does not.
    expect(requests.filter(isSummary).length).toBeGreaterThanOrEqual(2);
    expect(requests.map((request) => count(toldIn(request), DIGEST))).toEqual(requests.map(() => 1));
    const written = seen.filter((files) => files.length > 0);
    expect([seen[0], checkpoints().length]).toEqual([[], 1]);
    expect(written).toEqual(written.map(() => checkpoints()));
  });
});
