import { spawn } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { setKept } from '../../src/documents/kept-block.ts';
import { continuityPage, type ContinuityFacts, type OpenTicket } from '../../src/render/continuity-page.ts';
import { checkpointsOf } from '../../src/workflow/checkpoint.ts';
import { ticketStatus } from '../../src/workflow/node-status.ts';
import { phaseOf } from '../../src/workflow/workflow-phase.ts';
import { ticket as ticketWith } from '../changes/documents.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { recordOf, SPEC as LIFECYCLE_SPEC, START, tasksOf } from '../lifecycle/tickets.ts';
import { ask, commitAll, done, FOLDER, frozen, paste, SPEC, status } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

const RUNS = Number(process.env.TREEWORK_RUNS ?? 100);
const PAGE = 'CONTINUITY.md';

/** PROJ-7 frozen on the trunk, where CONTINUITY.md is kept. */
function kept(): { sandbox: Sandbox; repository: string } {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  sandbox.prepare('kept', ['repo'], () => {
    const repository = frozen(sandbox);
    done(sandbox.treework(repository, 'new', 'continuity', '--title', 'Reports service', '--set', 'ticket=PROJ-7', '--by', 'dana'));
    commitAll(sandbox, repository);
  });
  return { sandbox, repository: 'repo' };
}

/** The page's text in a section. */
function section(text: string, name: string): string {
  return new RegExp(`^## ${name}\\r?\\n([^]*?)(?=^## |(?![^]))`, 'm').exec(text)?.[1] ?? '';
}

describe('C1: CONTINUITY.md on the trunk', () => {
  it('is brought up to date from all branches and work trees, keeps its shape, and is committed alone', () => {
    const { sandbox, repository } = kept();
    sandbox.git(repository, 'worktree', 'add', '-q', '-b', 'PROJ-7--reports', '../tree');
    done(sandbox.treework('tree', 'node', 'start', 'build', '--by', 'impl-1'));
    commitAll(sandbox, 'tree');
    done(sandbox.treework('tree', 'checkpoint', '--by', 'impl-1', '--done', 'verify.ts', '--next', 'the middleware'));
    sandbox.git(repository, 'checkout', '-q', '-b', 'PROJ-8--limits');
    sandbox.write(repository, { 'docs/specs/PROJ-8/spec.md': SPEC.replace('PROJ-7', 'PROJ-8').replace('Reports API', 'Rate limits') });
    commitAll(sandbox, repository);
    sandbox.git(repository, 'checkout', '-q', 'main');
    const answer = ask(sandbox, repository, ['checkpoint', '--by', 'dana', '--done', '0.4.0 is out', '--next', 'rate limits']);
    expect(answer).toMatchObject({ open: 2, finished: 0, changed: [PAGE], next_action: { command: `git add -- ${PAGE} && git commit -m 'docs: dana checks in' -- ${PAGE}` } });
    const page = sandbox.read(repository, PAGE);
    expect(section(page, 'Agent check-in')).toContain('- **dana**: 0.4.0 is out; next: rate limits\n- impl-1: PROJ-7/build (in_progress, wave 1)\n');
    expect(section(page, 'Current state')).toContain('- PROJ-7 Reports API: working, wave 1, 0 of 1 nodes settled\n- PROJ-8 Rate limits: ');
    expect(section(page, 'Task queue')).toContain('- plan PROJ-8 Rate limits\n');
    expect(section(page, 'Session log')).toMatch(/- \S+Z impl-1, PROJ-7\/build: done: verify\.ts \| next: the middleware\n/);
    expect(section(page, 'Lessons')).toBe('\nNone yet.\n');
    done(paste(sandbox, answer.next_action));
    expect(done(sandbox.treework(repository, 'check')).status).toBe(0);
    expect(done(sandbox.treework(repository, 'check', '--from', 'HEAD~1', '--to', 'HEAD', '--ref', 'main')).status).toBe(0);
  });

  it('says nothing new without changing a byte, whatever the time is; another actor checks in anew', () => {
    const { sandbox, repository } = kept();
    const at = (now: string, ...args: string[]) => done(sandbox.run('treework', ['checkpoint', ...args], { cwd: repository, env: { TREEWORK_NOW: now } })).stdout;
    at('2026-11-20T10:00:00Z', '--by', 'dana', '--next', 'rate limits');
    const page = sandbox.read(repository, PAGE);
    expect(at('2027-01-01T10:00:00Z', '--by', 'dana')).toContain(`nothing new: ${PAGE} says this already\n`);
    expect(at('2027-01-01T10:00:00Z', '--by', 'dana', '--next', 'rate limits')).toContain('nothing new');
    expect(sandbox.read(repository, PAGE)).toBe(page);
    at('2027-01-01T10:00:00Z', '--by', 'eve');
    expect(sandbox.read(repository, PAGE)).toBe(page.replace('by: dana', 'by: eve').replace('**dana**: next: rate limits', '**eve**').replace('2026-11-20T10', '2027-01-01T10'));
  });

  it('is written on no other branch: there one’s own checkpoint is, which the trunk gathers', () => {
    const { sandbox, repository } = kept();
    sandbox.git(repository, 'checkout', '-q', '-b', 'PROJ-7--reports');
    expect(ask(sandbox, repository, ['checkpoint', '--continuity'], 2).error).toEqual({
      code: 'continuity-writer',
      message: `Unexpected check-in on branch PROJ-7--reports, expected only the trunk to write ${PAGE}`,
      hint: 'treework checkpoint --ticket PROJ-7 --done "WHAT IS DONE" --next "WHAT COMES NEXT" writes your own checkpoint; the trunk gathers it',
    });
    sandbox.git(repository, 'checkout', '-q', '--detach', 'main');
    expect(ask(sandbox, repository, ['checkpoint', '--continuity'], 2).error.message).toContain('on no branch');
    expect(status(sandbox, repository)).toBe('');
    sandbox.git(repository, 'checkout', '-q', 'PROJ-7--reports');
    expect(ask(sandbox, repository, ['checkpoint', '--by', 'dana']).created).toEqual([`${FOLDER}/checkpoints/dana.md`]);
  });

  it('is not meant in a ticket’s folder, with --ticket, or where there is none', () => {
    const { sandbox, repository } = kept();
    expect(ask(sandbox, join(repository, FOLDER), ['checkpoint', '--by', 'a']).path).toBe(`${FOLDER}/checkpoints/a.md`);
    expect(ask(sandbox, repository, ['checkpoint', '--ticket', 'PROJ-7', '--by', 'b']).path).toBe(`${FOLDER}/checkpoints/b.md`);
    sandbox.write(repository, { 'WORKSPACE.md': '---\ntreework: 1\n---\n' });
    expect(ask(sandbox, repository, ['checkpoint', '--by', 'c']).path).toBe(`${FOLDER}/checkpoints/c.md`);
    expect(ask(sandbox, repository, ['checkpoint', '--continuity'], 2).error.hint).toContain('treework new continuity');
  });

  it('takes two at once, one after the other', async () => {
    const { sandbox, repository } = kept();
    const codes = await Promise.all(Array.from({ length: 4 }, (_, index) => new Promise((resolve) => {
      spawn(process.execPath, [join(process.cwd(), 'dist/cli.cjs'), 'checkpoint', '--by', `actor-${index}`], { cwd: join(sandbox.root, repository), env: sandbox.env, stdio: 'ignore' }).on('close', resolve);
    })));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(section(sandbox.read(repository, PAGE), 'Agent check-in')).toMatch(/^\n<!-- kept by treework -->\n- \*\*actor-\d\*\*\n<!-- \/kept by treework -->\n\n$/);
    expect(done(sandbox.treework(repository, 'check')).status).toBe(0);
  });
});

describe('C6: finished work is archived out of the queue', () => {
  it('and no old branch brings it back; what people wrote about it is named, not taken out', () => {
    const { sandbox, repository } = kept();
    done(sandbox.treework(repository, 'checkpoint', '--by', 'dana'));
    sandbox.write(repository, { [PAGE]: sandbox.read(repository, PAGE).replace('## Session log', '1. PROJ-7 needs a changelog\n\n## Session log') });
    commitAll(sandbox, repository);
    expect(section(sandbox.read(repository, PAGE), 'Task queue')).toContain('- do PROJ-7/build');
    sandbox.git(repository, 'branch', 'PROJ-7--reports');
    sandbox.run('sh', ['-c', 'mkdir docs/specs/ARCHIVED && git mv docs/specs/PROJ-7 docs/specs/ARCHIVED/PROJ-7'], { cwd: repository });
    commitAll(sandbox, repository);
    const answer = ask(sandbox, repository, ['checkpoint', '--by', 'dana']);
    const page = sandbox.read(repository, PAGE);
    expect(answer).toMatchObject({ open: 0, finished: 1, notes: [expect.stringMatching(/^CONTINUITY\.md:\d+ is about PROJ-7, which is archived: take it out of the queue$/)] });
    const line = Number(/:(\d+)/.exec(answer.notes[0])?.[1]);
    expect(page.split('\n')[line - 1]).toBe('1. PROJ-7 needs a changelog');
    expect(section(page, 'Task queue')).toBe('\n<!-- kept by treework -->\nNothing is queued.\n<!-- /kept by treework -->\n\n1. PROJ-7 needs a changelog\n\n');
    expect(section(page, 'Current state')).toContain('- finished and archived: 1\n');
    expect(page).not.toMatch(/^ticket:/m);
  });
});

/** An open ticket with these files. */
function open(files: Readonly<Record<string, string>>): OpenTicket {
  const ticket = ticketWith(files);
  const known = ticketStatus(ticket);
  return { ticket, status: known, phase: phaseOf(ticket, () => known), checkpoints: checkpointsOf(ticket) };
}

const FACTS: ContinuityFacts = { open: [], finished: [], by: 'dana', at: '2026-11-20T10:00:00Z', words: undefined, bytes: 8000, program: 'treework' };
const TRICKY = 'x <!-- /kept by treework --> [[fill: y]] TBD ## Lessons [a](b) \u001b[31m';

describe('the page', () => {
  const busy = open({
    'spec.md': LIFECYCLE_SPEC.replace('Reports API', JSON.stringify(TRICKY)),
    'tasks.md': tasksOf(`[${Array.from({ length: 40 }, (_, index) => `{id: node-${index}, covers: none, title: ${JSON.stringify(TRICKY)}}`).join(', ')}, {id: build, plan: required}]`),
    'nodes/build.md': recordOf('build', [START.replace('by: impl-1', `by: ${JSON.stringify(TRICKY)}`)], undefined, ''),
    'checkpoints/a.md': `---\nby: a\nat: 2026-11-20T09:00:00Z\n---\n## Next\n${TRICKY}\n`,
  });
  const strip = (text: string) => text.replaceAll(/<!-- kept by treework -->[^]*?<!-- \/kept by treework -->/g, '<>').replace(/^(by|at): .*$/gm, '$1');

  it('lets lessons and all that people wrote survive every update by the byte, whatever they wrote', () => {
    const prose = fc.array(fc.constantFrom('Some words.', '', '### A smaller heading', '- item', '```', '## in a fence', '```', '<!-- a note -->', 'ünï 🗺️', '<!-- kept by somebody -->', '    code', '| a | b |'), { maxLength: 8 }).map((lines) => lines.join('\n')).filter((text) => (text.match(/```/g)?.length ?? 0) % 2 === 0);
    fc.assert(
      fc.property(fc.array(prose, { minLength: 6, maxLength: 6 }), fc.constantFrom('\n', '\r\n'), ([head = '', ...bodies], eol) => {
        const names = ['Agent check-in', 'Current state', 'Task queue', 'Session log', 'Lessons'];
        const text = `---\ntitle: x\nby: nobody\nat: 2026-11-19T10:00:00Z # then\nx-own: 1\n---\n${head}\n${names.map((name, index) => `## ${name}\n\n${bodies[index] ?? ''}\n\n`).join('')}`.replaceAll('\n', eol);
        const lessons = text.slice(text.lastIndexOf('## Lessons'));
        const bare = names.slice(0, 4).reduce((page, name) => setKept(page, name, []), text);
        const once = continuityPage(text, { ...FACTS, open: [busy] });
        const twice = continuityPage(once, { ...FACTS, words: 'more', at: '2027-11-20T10:00:00Z', open: [busy, busy] });
        expect(strip(once)).toBe(strip(bare));
        expect(strip(twice)).toBe(strip(bare));
        expect(once.endsWith(lessons)).toBe(true);
        expect(twice.endsWith(lessons)).toBe(true);
        expect(continuityPage(twice, { ...FACTS, open: [busy, busy], at: '2028-11-20T10:00:00Z' })).toBe(twice);
        if (eol === '\r\n') expect(twice.replaceAll('\r\n', '')).not.toContain('\n');
      }),
      { numRuns: RUNS },
    );
  });

  it('stays small however many tickets are open: what does not fit is counted, with the command that shows it', () => {
    for (const bytes of [8000, 2000]) {
      const page = continuityPage('---\ntitle: x\n---\n', { ...FACTS, bytes, open: Array(200).fill(busy) as OpenTicket[] });
      expect(Buffer.byteLength(page)).toBeLessThanOrEqual(bytes);
      expect(Buffer.byteLength(page)).toBeGreaterThan(bytes * 0.7);
      expect(page).toMatch(/^- … \d+ more: `treework next`$/m);
      if (bytes === 8000) expect(page).toContain('- … 35 more of PROJ-7: `treework next --ticket PROJ-7`\n');
      expect(page).toMatch(/^- … \d+ more: `treework status`$/m);
    }
  });

  it('tells first what somebody has begun', () => {
    const files = { 'spec.md': LIFECYCLE_SPEC, 'tasks.md': tasksOf('[{id: build}]') };
    const idle = { ...open(files), ticket: { ...open(files).ticket, id: 'PROJ-1', spec: undefined, nodes: [], changes: [] } } as OpenTicket;
    const page = continuityPage('---\ntitle: x\n---\n', { ...FACTS, open: [idle, open({ ...files, 'nodes/build.md': recordOf('build', [START], undefined, '') })] });
    expect(section(page, 'Current state').match(/PROJ-\d/g)).toEqual(['PROJ-7', 'PROJ-1']);
  });

  it('marks what needs a plan first, keeps old sessions, and says of texts nothing but the text', () => {
    const page = continuityPage(setKept('---\ntitle: x\n---\n', 'Session log', ['- 2026-11-18T10:00:00Z eve, PROJ-1: next: old', 'a line of mine']), { ...FACTS, open: [open({ 'spec.md': LIFECYCLE_SPEC, 'tasks.md': tasksOf('[{id: build, title: Build it, plan: required}]') }), busy] });
    expect(section(page, 'Task queue')).toContain('- do PROJ-7/build Build it 🗺️\n');
    expect(section(page, 'Session log')).toMatch(/- 2026-11-20T09:00:00Z a, PROJ-7: next: x .*\n- 2026-11-18T10:00:00Z eve, PROJ-1: next: old\n/);
    expect(page.match(/<!--/g)).toHaveLength(8);
    expect(page).not.toMatch(/\[\[fill:|\bTBD\b|[^\\]\]\(/);
    expect(page).not.toContain('\u001b');
    expect(page.match(/^## .*$/gm)).toEqual(['## Session log', '## Agent check-in', '## Current state', '## Task queue', '## Lessons']);
  });

  it('is refused with the rule’s finding where people’s own text leaves no room, and nothing is written', () => {
    const { sandbox, repository } = kept();
    sandbox.write(repository, { [PAGE]: sandbox.read(repository, PAGE).replace('None yet.', '- a lesson\n'.repeat(2000)) });
    const before = sandbox.read(repository, PAGE);
    const answer = ask(sandbox, repository, ['checkpoint', '--by', 'eve'], 1);
    expect(answer.findings).toMatchObject([{ rule: 'continuity-shape', path: PAGE }]);
    expect(sandbox.read(repository, PAGE)).toBe(before);
  });
});
