import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { checkpointName } from '../../src/workflow/checkpoint.ts';
import { actorKey } from '../../src/workflow/node-record.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, frozen, paste, status } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

const CHECKPOINTS = `${FOLDER}/checkpoints`;
const RUNS = Number(process.env.TREEWORK_RUNS ?? 100);

function begun(): { sandbox: Sandbox; repository: string } {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repository = frozen(sandbox);
  done(sandbox.treework(repository, 'node', 'start', 'build', '--by', 'impl-1'));
  commitAll(sandbox, repository);
  return { sandbox, repository };
}

function at(sandbox: Sandbox, repository: string, now: string, ...args: string[]) {
  return sandbox.run('treework', ['checkpoint', ...args], { cwd: repository, env: { TREEWORK_NOW: now } });
}

describe('a checkpoint', () => {
  it('is the actor’s own file with what is done and what comes next, and can be committed', () => {
    const { sandbox, repository } = begun();
    const saved = ask(sandbox, repository, ['checkpoint', '--by', 'impl-1', '--done', 'verify.ts and its tests', '--next', 'The middleware', '--tokens', '101500']);
    expect(saved).toMatchObject({ ticket: 'PROJ-7', by: 'impl-1', node: 'build', saved: true, level: 'checkpoint', created: [`${CHECKPOINTS}/impl-1.md`] });
    const text = sandbox.read(repository, `${CHECKPOINTS}/impl-1.md`);
    expect(text).toMatch(/^---\nby: impl-1\nat: \S+\nnode: build\ntokens: 101500\n---\n## Done\n\nverify\.ts and its tests\n\n## Next\n\nThe middleware\n$/);
    done(paste(sandbox, saved.next_action));
    expect(done(sandbox.treework(repository, 'check')).status).toBe(0);
    expect(sandbox.treework(repository, 'resume').stdout).toContain('done: verify.ts and its tests | next: The middleware');
  });

  it('O10: the same again changes no byte and says so, at any time; never a second file for the same actor', () => {
    const { sandbox, repository } = begun();
    const words = ['--by', 'impl-1', '--done', 'verify.ts', '--next', 'the rest'];
    done(at(sandbox, repository, '2026-11-20T10:00:00Z', ...words));
    const text = sandbox.read(repository, `${CHECKPOINTS}/impl-1.md`);
    const again = done(at(sandbox, repository, '2026-11-21T10:00:00Z', ...words));
    expect(again.stdout).toContain(`nothing new: ${CHECKPOINTS}/impl-1.md says this already\n`);
    expect(sandbox.read(repository, `${CHECKPOINTS}/impl-1.md`)).toBe(text);
    done(at(sandbox, repository, '2026-11-22T10:00:00Z', ...words.with(5, 'the middleware'), '--by', ' IMPL-1 '));
    expect(readdirSync(join(sandbox.root, repository, CHECKPOINTS))).toEqual(['impl-1.md']);
    expect(sandbox.read(repository, `${CHECKPOINTS}/impl-1.md`)).toBe(text.replace('the rest', 'the middleware').replace('2026-11-20T10', '2026-11-22T10'));
  });

  it('keeps what it does not know: other sections, keys, comments, CRLF, and a file of another name that is the actor’s', () => {
    const { sandbox, repository } = begun();
    const own = ['---', 'by: impl-1 # me', 'at: 2026-11-20T10:00:00Z', 'x-mood: "good"', '---', 'Before all.', '', '## Done', '', 'one', '', '### Detail', '', 'two', '', '## Open questions', '- why?', '', '## Next', 'go on', ''].join('\r\n');
    sandbox.write(repository, { [`${CHECKPOINTS}/mine.md`]: own });
    done(at(sandbox, repository, '2026-11-22T10:00:00Z', '--by', 'impl-1', '--next', 'stop'));
    expect(sandbox.read(repository, `${CHECKPOINTS}/mine.md`)).toBe(own.replace('go on', '\r\nstop').replace('2026-11-20T10:00:00Z', '"2026-11-22T10:00:00Z"').replace('"good"\r\n', '"good"\r\nnode: build\r\n'));
    done(at(sandbox, repository, '2026-11-23T10:00:00Z', '--by', 'impl-1', '--done', 'all of it'));
    expect(sandbox.read(repository, `${CHECKPOINTS}/mine.md`)).toContain('## Done\r\n\r\nall of it\r\n\r\n## Open questions\r\n- why?\r\n');
    expect(readdirSync(join(sandbox.root, repository, CHECKPOINTS))).toEqual(['mine.md']);
  });

  it('takes a whole text from a file or from standard input, and tells from the records what nobody says', () => {
    const { sandbox, repository } = begun();
    const piped = sandbox.run('treework', ['checkpoint', '--by', 'impl-1', '--from', '-'], { cwd: repository, input: '## Done\nall\n\n## Traps\nthe clock\n' });
    done(piped);
    expect(parseDocument(Buffer.from(sandbox.read(repository, `${CHECKPOINTS}/impl-1.md`))).body).toBe('## Done\nall\n\n## Traps\nthe clock\n');
    sandbox.write(repository, { 'notes/n.md': 'only words\n' });
    done(sandbox.run('treework', ['checkpoint', '--by', 'impl-2', '--ticket', 'PROJ-7', '--from', 'n.md', '--next', 'more'], { cwd: `${repository}/notes` }));
    expect(sandbox.read(repository, `${CHECKPOINTS}/impl-2.md`)).toMatch(/\n## Done\n\nonly words\n\n## Next\n\nmore\n$/);
    done(sandbox.treework(repository, 'node', 'done', 'build', '--by', 'impl-1', '--l0', 'Expired tokens answer 401'));
    done(sandbox.treework(repository, 'checkpoint', '--by', 'impl-3'));
    expect(sandbox.read(repository, `${CHECKPOINTS}/impl-3.md`)).toMatch(/\n## Done\n\nNothing yet\.\n\n## Next\n\n- build \(awaiting-qa\)\n$/);
    sandbox.run('rm', ['-r', CHECKPOINTS], { cwd: repository });
    done(sandbox.treework(repository, 'checkpoint', '--by', 'impl-1'));
    expect(sandbox.read(repository, `${CHECKPOINTS}/impl-1.md`)).toContain('## Done\n\n- build (awaiting-qa): Expired tokens answer 401\n');
  });

  it('refuses what it cannot use, and writes nothing', () => {
    const { sandbox, repository } = begun();
    const wrong: [string, ...string[]][] = [['input', '--tokens', 'many'], ['input', '--done', ''], ['input', '--done', '## Next\nx'], ['input', '--done', 'a\u001b[31m'], ['usage', '--done', 'x', '--from', '-'], ['no-path', '--from', 'nowhere.md'], ['node-unknown', '--node', 'nothing'], ['actor', '--by', '']];
    for (const [code, ...args] of wrong) expect([code, ask(sandbox, repository, ['checkpoint', ...args], 2).error.code]).toEqual([code, code]);
    expect(status(sandbox, repository)).toBe('');
  });

  it('is not written over somebody else’s, nor into an archived ticket, nor with what the rules refuse', () => {
    const { sandbox, repository } = begun();
    sandbox.write(repository, { [`${CHECKPOINTS}/impl-1.md`]: '---\nby: dana\nat: 2026-11-20T10:00:00Z\n---\nmine\n' });
    expect(ask(sandbox, repository, ['checkpoint', '--by', 'impl-1'], 2).error).toMatchObject({ code: 'checkpoint-taken', message: expect.stringContaining('Unexpected checkpoint of dana') });
    expect(ask(sandbox, repository, ['checkpoint', '--by', 'dana', '--next', 'x']).changed).toEqual([`${CHECKPOINTS}/impl-1.md`]);
    sandbox.write(repository, { 'docs/specs/ARCHIVED/PROJ-1/spec.md': '---\nticket: PROJ-1\ntitle: Old\n---\n' });
    expect(ask(sandbox, repository, ['checkpoint', '--ticket', 'PROJ-1', '--by', 'dana'], 2).error.code).toBe('ticket-archived');
  });
});

describe('O10: thresholds of the context come from WORKSPACE.md', () => {
  it('warns from the one on and saves from the other on, as they are set', () => {
    const { sandbox, repository } = begun();
    const told = (setting: string, tokens: number) => {
      sandbox.write(repository, { 'WORKSPACE.md': `---\ntreework: 1\n${setting}---\n` });
      const answer = ask(sandbox, repository, ['checkpoint', '--by', 'impl-1', '--tokens', String(tokens)]);
      const isSaved = sandbox.exists(repository, CHECKPOINTS);
      sandbox.run('rm', ['-rf', CHECKPOINTS], { cwd: repository });
      return [answer.level, answer.saved, isSaved, answer.next_action?.description];
    };
    const [ok, warn, full] = [['ok', false, false, undefined], ['warn', false, false, expect.stringMatching(/to an end, then save/)], ['checkpoint', true, true, expect.stringMatching(/fresh context/)]];
    expect([79_999, 80_000, 99_999, 100_000].map((tokens) => told('', tokens))).toEqual([ok, warn, warn, full]);
    expect([999, 1500, 2000].map((tokens) => told('context: {warn: 1000, checkpoint: 2000}\n', tokens))).toEqual([ok, warn, full]);
  });

  it('saves below them what somebody says', () => {
    const { sandbox, repository } = begun();
    expect(ask(sandbox, repository, ['checkpoint', '--by', 'impl-1', '--tokens', '5', '--done', 'x'])).toMatchObject({ level: 'ok', saved: true });
  });
});

describe('each actor has its own file', () => {
  it('two actors never share one, however alike they are called', () => {
    const alike = ['impl-1', 'impl 1', 'impl_1', 'impl.1', 'dev@example.com/repo', 'dev-example-com-repo', 'dev@example.com-repo', 'ä', 'a', 'ö', '日本', '日本語', '..', '/', 'con', 'CON.', 'x'.repeat(60), 'x'.repeat(61), `${'x'.repeat(300)}y`, checkpointName('impl 1')];
    const names = alike.map(checkpointName);
    expect(new Set(names).size).toBe(alike.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThan(80);
    expect(checkpointName(' Impl-1 ')).toBe(checkpointName('impl-1'));
  });

  it('of any two names: the same file where they are the same actor, else another', () => {
    const name = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.stringMatching(/^[a-z0-9@. _-]{1,12}$/)).filter((one) => one.trim() !== '');
    fc.assert(fc.property(name, name, (one, other) => (checkpointName(one) === checkpointName(other)) === (actorKey(one) === actorKey(other))), { numRuns: RUNS * 10 });
  });
});

describe('processes', () => {
  it('of several actors, and of one, at once: every file whole, one for each actor', async () => {
    const { sandbox, repository } = begun();
    const codes = await Promise.all(Array.from({ length: 8 }, (_, index) => started(sandbox, repository, ['checkpoint', '--by', `impl ${index % 2}`, '--done', `by ${index} `.repeat(500)]).exit));
    expect(codes).toEqual(Array(8).fill(0));
    const files = readdirSync(join(sandbox.root, repository, CHECKPOINTS));
    expect(files.sort()).toEqual([0, 1].map((index) => `${checkpointName(`impl ${index}`)}.md`).sort());
    for (const file of files) expect(sandbox.read(repository, `${CHECKPOINTS}/${file}`)).toMatch(/^---\nby: impl \d\nat: \S+\n---\n## Done\n\n(by \d)( \1){499}\n\n## Next\n\n- build \(in_progress\)\n$/);
  });

  it('killed in the middle leave the text before or the text after, and the next one works', async () => {
    const { sandbox, repository } = begun();
    const path = `${CHECKPOINTS}/impl-1.md`;
    done(sandbox.treework(repository, 'checkpoint', '--by', 'impl-1', '--done', 'step 0'));
    const texts = new Set([sandbox.read(repository, path)]);
    for (let round = 1; round <= Math.max(6, RUNS / 20); round += 1) {
      const one = started(sandbox, repository, ['checkpoint', '--by', 'impl-1', '--done', `step ${round}`]);
      await new Promise((resolve) => setTimeout(resolve, 20 + ((round * 37) % 400)));
      one.kill();
      await one.exit;
      const text = sandbox.read(repository, path);
      expect(text).toMatch(/^---\nby: impl-1\nat: \S+\nnode: build\n---\n## Done\n\nstep \d+\n\n## Next\n\n- build \(in_progress\)\n$/);
      texts.add(text);
      expect(status(sandbox, repository)).toBe(`?? ${path}\n`);
    }
    done(sandbox.treework(repository, 'checkpoint', '--by', 'impl-1', '--done', 'after all'));
    expect(sandbox.read(repository, path)).toContain('after all');
  });
});

function started(sandbox: Sandbox, cwd: string, args: readonly string[]): { exit: Promise<number | null>; kill(): void } {
  const child = spawn(process.execPath, [join(process.cwd(), 'dist/cli.cjs'), ...args], { cwd: join(sandbox.root, cwd), env: sandbox.env, stdio: 'ignore' });
  return { exit: new Promise((resolve) => child.on('close', resolve)), kill: () => void child.kill('SIGKILL') };
}
