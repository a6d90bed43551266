import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventsOf } from '../../src/commands/agent-event.ts';
import { linesFromEnd } from '../../src/git/file-end.ts';
import { contextTokens } from '../../src/workflow/context-tokens.ts';
import { fittingNotes } from '../../src/workflow/fitting-notes.ts';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { commitAll, done, FOLDER, frozen, status } from '../verbs/fixture.ts';
import { fire, told } from './client.ts';

let sandbox: Sandbox;
let repository: string;
let root: string;

beforeEach(() => {
  sandbox = new Sandbox();
  repository = frozen(sandbox);
  root = join(sandbox.root, repository);
});

afterEach(() => sandbox.remove());

const usage = (tokens: number, more: object = {}) => JSON.stringify({ type: 'assistant', message: { usage: { input_tokens: 5, cache_creation_input_tokens: 0, cache_read_input_tokens: tokens - 5, output_tokens: 99 } }, ...more });

function transcript(...lines: string[]): string {
  const path = join(sandbox.root, 'transcript.jsonl');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const batch = (path: string, session = 'session-1') => told(fire(sandbox, 'PostToolBatch', { cwd: root, session_id: session, transcript_path: path }));

describe('at the start of a session', () => {
  it('tells where the work stands, as facts, within 2,000 tokens, with the notes that fit', () => {
    sandbox.write(repository, { 'docs/knowledge/a.md': '---\ntitle: Reports need the clock of the database\ntags: [reports]\n---\nUse it.\n', 'docs/knowledge/b.md': '---\ntitle: Printers jam\ntags: [office]\n---\nOpen them.\n' });
    const file = join(root, 'WORKSPACE.md');
    writeFileSync(file, readFileSync(file, 'utf8').replace('treework: 1', 'treework: 1\nkinds: {knowledge: {}}'));
    const said = told(fire(sandbox, 'SessionStart', { cwd: join(root, 'docs'), source: 'startup' }));
    expect(said).toContain('PROJ-7');
    expect(said).toContain('Reports need the clock of the database (docs/knowledge/a.md)');
    expect(said).not.toContain('Printers');
    expect(Buffer.byteLength(said)).toBeLessThanOrEqual(8000);
    expect(told(fire(sandbox, 'SessionStart', { cwd: root, source: 'compact' }))).toContain('PROJ-7');
  });

  it('stays within 2,000 tokens in a workspace of 50 tickets, on the trunk and in one of them', () => {
    const folder = (number: number) => `docs/specs/PROJ-${100 + number}`;
    const files = Array.from({ length: 50 }, (_, number) => [`${folder(number)}/spec.md`, `---\nticket: PROJ-${100 + number}\ntitle: ${'A long title of a ticket '.repeat(5)}${number}\n---\n\n## Requirements\n\n### Requirement: One\n\nThe system SHALL do ${number}.\n\n#### Scenario: One\n\n- **GIVEN** a\n- **WHEN** b\n- **THEN** c\n`]);
    const notes = Array.from({ length: 40 }, (_, number) => [`docs/knowledge/n${number}.md`, `---\ntitle: Reports ${'and more words '.repeat(20)}${number}\ntags: [reports]\n---\nx\n`]);
    sandbox.write(repository, Object.fromEntries([...files, ...notes, ['WORKSPACE.md', '---\ntreework: 1\nkinds: {knowledge: {}}\n---\n']]));
    sandbox.git(repository, 'add', '--all');
    sandbox.git(repository, 'commit', '-q', '--no-verify', '-m', 'docs: much');
    const onTrunk = told(fire(sandbox, 'SessionStart', { cwd: root, source: 'startup' }));
    sandbox.git(repository, 'switch', '-q', '-c', 'PROJ-7--reports');
    const inTicket = told(fire(sandbox, 'SessionStart', { cwd: root, source: 'startup' }));
    expect([onTrunk.includes('PROJ-1'), inTicket.includes('# PROJ-7')]).toEqual([true, true]);
    for (const text of [onTrunk, inTicket]) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8000);
  });

  it('X14: costs no byte where nobody governs, and none where there is no ticket', () => {
    sandbox.repository('plain');
    for (const event of ['SessionStart', 'PreToolUse', 'PostToolUse', 'PostToolBatch', 'PreCompact', 'Stop', 'SubagentStop', 'TaskCompleted']) {
      const answer = fire(sandbox, event, { cwd: join(sandbox.root, 'plain'), tool_name: 'Write', tool_input: { file_path: join(sandbox.root, 'plain/x.md'), content: 'x' } });
      expect([event, answer.status, answer.output]).toEqual([event, 0, '']);
    }
    sandbox.repository('empty', { 'WORKSPACE.md': '---\ntreework: 1\n---\n' });
    expect(told(fire(sandbox, 'SessionStart', { cwd: join(sandbox.root, 'empty'), source: 'startup' }))).toBe('');
  });
});

describe('after an edit', () => {
  it('tells the findings of that document with their remedies, and nothing when there are none', () => {
    const after = (path: string) => told(fire(sandbox, 'PostToolUse', { cwd: root, tool_name: 'Write', tool_input: { file_path: join(root, path) } }));
    expect(after(`${FOLDER}/tasks.md`)).toBe('');
    sandbox.write(repository, { [`${FOLDER}/idea.md`]: '---\nticket: PROJ-9\ntitle: x\n---\n', 'src/x.ts': 'x\n' });
    expect(after(`${FOLDER}/idea.md`)).toMatch(/idea\.md:2:9 {2}error {2}frontmatter-valid[\s\S]*mend:/);
    expect(after('src/x.ts')).toBe('');
    expect(after('absent.md')).toBe('');
  });

  it('tells no more than a client reads, however much is wrong', () => {
    const requirements = Array.from({ length: 300 }, (_, at) => `### Requirement: Number ${at}\n\nThe system answers with number ${at}.\n`);
    sandbox.write(repository, { 'docs/specs/PROJ-8/spec.md': `---\nticket: PROJ-8\ntitle: Much\n---\n\n## Requirements\n\n${requirements.join('\n')}` });
    const said = told(fire(sandbox, 'PostToolUse', { cwd: root, tool_name: 'Write', tool_input: { file_path: join(root, 'docs/specs/PROJ-8/spec.md') } }));
    expect(said).toContain('requirement-keyword');
    expect(said.length).toBeLessThanOrEqual(9_502);
  });
});

describe('while the context fills up', () => {
  it('O10: warns once at 80,000 tokens and saves a checkpoint once at 100,000, in each context of a session', () => {
    done(sandbox.treework(repository, 'node', 'start', 'build', '--commit'));
    expect(batch(transcript(usage(79_999)))).toBe('');
    const warned = transcript(usage(60_000), usage(80_001), usage(200_000, { isSidechain: true }), '{"type":"user"}', 'no json', '');
    expect([batch(warned), batch(warned)]).toEqual([expect.stringContaining('80001 tokens'), '']);
    const full = transcript(usage(100_000));
    expect([batch(full), batch(full)]).toEqual([expect.stringContaining(`${FOLDER}/checkpoints/`), '']);
    expect(status(sandbox, repository).split('\n').filter((line) => line.includes('checkpoints/')).length).toBe(1);
    expect(batch(full, 'session-2')).toContain('100000 tokens');
    told(fire(sandbox, 'SessionStart', { cwd: root, source: 'compact' }));
    expect(batch(transcript(usage(80_001)))).toContain('80001 tokens');
  });

  it('before a compaction saves what the records say; the same again changes no byte', () => {
    const compact = () => told(fire(sandbox, 'PreCompact', { cwd: root, trigger: 'auto' }));
    expect(compact()).toBe('');
    const [, path = ''] = /(\S+checkpoints\/\S+)/.exec(status(sandbox, repository)) ?? [];
    const saved = readFileSync(join(root, path), 'utf8');
    expect(compact()).toBe('');
    expect(readFileSync(join(root, path), 'utf8')).toBe(saved);
  });

  it('reads a transcript of 200 MB from its end, and nothing of a broken one', () => {
    const path = join(sandbox.root, 'huge.jsonl');
    const file = openSync(path, 'w');
    const block = Buffer.alloc(4_000_000, `${JSON.stringify({ type: 'user', text: 'x'.repeat(900) })}\n`);
    for (let at = 0; at < 50; at += 1) writeSync(file, block);
    writeSync(file, `\n${usage(81_000)}\n{"type":"user"}\n`);
    closeSync(file);
    expect(contextTokens(linesFromEnd(path, 4_000_000))).toBe(81_000);
    expect(batch(path)).toContain('81000 tokens');
    expect(contextTokens(linesFromEnd(join(sandbox.root, 'absent'), 1_000))).toBeUndefined();
    for (const line of ['{"type":"assistant","message":{"usage":{"input_tokens":"many"}}}', '{"type":"assistant","message":{"usage":null,"input_tokens":1}}', '["assistant","input_tokens"]', '{"type":"assistant","input_tokens']) expect([line, contextTokens([line])]).toEqual([line, undefined]);
  });

  it('asks for nothing by an answer from before a compaction, which the client may have written last', () => {
    const usage = (tokens: number) => JSON.stringify({ type: 'assistant', message: { usage: { input_tokens: tokens } } });
    const boundary = JSON.stringify({ type: 'system', subtype: 'compact_boundary', content: 'Conversation compacted' });
    const said = JSON.stringify({ type: 'user', message: { content: 'a "compact_boundary" of my own' } });
    expect(contextTokens([said, boundary, usage(130_000)])).toBeUndefined();
    expect(contextTokens([said, usage(5_000), boundary, usage(130_000)])).toBe(5_000);
    expect(contextTokens([said, usage(130_000)])).toBe(130_000);
  });

  it('believes nothing of a transcript that stood there when its session was compacted', () => {
    const path = join(sandbox.root, 'transcript.jsonl');
    const usage = (tokens: number) => `${JSON.stringify({ type: 'assistant', message: { usage: { input_tokens: tokens } } })}\n`;
    writeFileSync(path, usage(81_000));
    expect(batch(path)).toContain('81000 tokens');
    fire(sandbox, 'SessionStart', { cwd: root, transcript_path: path, source: 'compact' });
    expect(batch(path)).toBe('');
    writeFileSync(path, usage(81_000) + usage(82_000));
    expect(batch(path)).toContain('82000 tokens');
    fire(sandbox, 'SessionStart', { cwd: root, transcript_path: path, source: 'compact' });
    writeFileSync(path, usage(83_000));
    expect(batch(path)).toContain('83000 tokens');
  });
});

describe('when somebody stops', () => {
  const stop = (more: object = {}) => told(fire(sandbox, 'Stop', { cwd: root, ...more }));

  it('holds up a stop on a state that is broken once, then lets it go; another state once more', () => {
    expect(stop()).toBe('');
    writeFileSync(join(root, FOLDER, 'spec.md'), readFileSync(join(root, FOLDER, 'spec.md'), 'utf8').replace('SHALL', 'MAY'));
    expect(stop({ stop_hook_active: true })).toBe('');
    expect(stop({ background_tasks: [{ id: 1 }] })).toBe('');
    expect([stop(), stop()]).toEqual([expect.stringContaining('new change --ticket PROJ-7 --from-edit'), '']);
    sandbox.git(repository, 'checkout', '-q', '--', FOLDER);
    sandbox.write(repository, { [`${FOLDER}/nodes/build.md`]: '---\nnode: build\n' });
    expect([stop(), stop()]).toEqual([expect.stringContaining('nodes/build.md'), '']);
  });

  it('does not hold up what waits for people, or a checkpoint in no commit', () => {
    told(fire(sandbox, 'PreCompact', { cwd: root, trigger: 'manual' }));
    expect(stop()).toBe('');
  });

  it('a sub-agent that says done has a record that says so; the summariser is left alone', () => {
    const reply = 'All good.\n\nNODE: PROJ-7/build\nSTATE: done\nL0: x\n';
    const stopped = (more: object = {}) => told(fire(sandbox, 'SubagentStop', { cwd: root, agent_id: 'a1', agent_type: 'treework:implementer', last_assistant_message: reply, ...more }));
    done(sandbox.treework(repository, 'node', 'start', 'build', '--by', 'impl-1', '--commit'));
    expect(stopped({ agent_type: '' })).toBe('');
    expect(stopped({ last_assistant_message: 'NODE: PROJ-7/build\nSTATE: stuck\n' })).toBe('');
    expect([stopped(), stopped()]).toEqual([expect.stringContaining('node done build --ticket PROJ-7'), '']);
    done(sandbox.treework(repository, 'node', 'done', 'build', '--by', 'impl-1', '--l0', 'It is there', '--commit'));
    expect(stopped({ agent_id: 'a2' })).toBe('');
  });

  it('a task that names a node is over when its record says so', () => {
    const over = (subject: unknown) => fire(sandbox, 'TaskCompleted', { cwd: root, task_subject: subject }).status;
    expect([over('Build PROJ-7/build'), over('Build PROJ-7/nothing'), over('tidy up'), over(7)]).toEqual([2, 0, 0, 0]);
    done(sandbox.treework(repository, 'node', 'start', 'build', '--by', 'impl-1'));
    done(sandbox.treework(repository, 'node', 'done', 'build', '--by', 'impl-1', '--l0', 'It is there'));
    commitAll(sandbox, repository);
    expect(over('Build PROJ-7/build')).toBe(0);
  });
});

describe('whatever comes', () => {
  it('what guards lets nothing through that it cannot read, where somebody governs', () => {
    sandbox.repository('plain');
    for (const event of ['TaskCompleted', 'WorktreeCreate']) {
      for (const facts of ['{broken', '[]', '']) expect([event, facts, fire(sandbox, event, facts, repository).status, fire(sandbox, event, facts, 'plain').status]).toEqual([event, facts, 2, 0]);
    }
  });

  it('nothing of the program is read where nobody governs; where it is absent only the guard speaks', () => {
    sandbox.repository('plain');
    // The client's hook alone, without anything beside it.
    mkdirSync(join(sandbox.root, 'lone/dist/hooks'), { recursive: true });
    copyFileSync(join(PACKAGE_ROOT, 'dist/hooks/agent.cjs'), join(sandbox.root, 'lone/dist/hooks/agent.cjs'));
    const lone = (event: string, cwd: string) => sandbox.run(process.execPath, [join(sandbox.root, 'lone/dist/hooks/agent.cjs'), event], { cwd, input: JSON.stringify({ cwd: join(sandbox.root, cwd), tool_name: 'Write', tool_input: { file_path: join(sandbox.root, cwd, 'x.md'), content: 'x' } }) });
    for (const event of eventsOf(readFileSync(join(PACKAGE_ROOT, 'hooks/hooks.json'), 'utf8'))) {
      const [outside, inside] = [lone(event, 'plain'), lone(event, repository)];
      expect([event, outside.status, outside.output]).toEqual([event, 0, '']);
      expect([event, inside.status, inside.stdout]).toEqual([event, event === 'PreToolUse' ? 2 : 0, '']);
      expect([event, inside.stderr]).toEqual([event, event === 'PreToolUse' ? expect.stringContaining('npm install brings the program back') : '']);
    }
  });

  it('what informs is silent about what it cannot read; two at once do no harm', () => {
    for (const event of ['SessionStart', 'PostToolUse', 'PostToolBatch', 'PreCompact', 'Stop', 'SubagentStop']) {
      for (const facts of ['{broken', '', '[]', 'null', '{"cwd": 5}', '{"cwd": "/nowhere/at/all"}']) {
        const answer = fire(sandbox, event, facts, repository);
        expect([event, facts, answer.status, answer.stderr]).toEqual([event, facts, 0, '']);
      }
    }
    const path = transcript(usage(81_000));
    const facts = JSON.stringify({ cwd: root, session_id: 'twice', transcript_path: path, hook_event_name: 'PostToolBatch' });
    writeFileSync(join(sandbox.root, 'facts.json'), facts);
    const program = join(import.meta.dirname, '../../dist/hooks/agent.cjs');
    const both = sandbox.run('sh', ['-c', `for i in 1 2 3 4; do '${process.execPath}' '${program}' PostToolBatch < facts.json > said.$i & done; wait; cat said.*`]);
    expect(both.stdout.match(/81000 tokens/g)?.length).toBe(1);
  });
});

describe('notes that fit', () => {
  it('are chosen by tags, then words, then their ticket; what fits nothing is left out', () => {
    const note = (path: string, data: object) => ({ path, data: data as Record<string, unknown> });
    const notes = [note('a', { title: 'Printers jam', tags: ['office'] }), note('b', { title: 'Report exports time out', tags: ['exports'] }), note('c', { title: 'Exports of reports are slow at night' }), note('d', { title: 'Something', ticket: 'PROJ-7' }), note('e', {})];
    expect(fittingNotes(notes, { ticket: 'PROJ-7', words: ['Nightly report export'], paths: ['src/reports/**'] }, 5).map(({ path }) => path)).toEqual(['b', 'd', 'c']);
  });
});
