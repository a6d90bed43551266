import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { column, fit, widthOf, wrapped } from '../../src/render/columns.ts';
import { FAIL, Forest, PASS, planFor, recordFor, SKIP, START, START_2, ticketFiles } from './forest.ts';

const NODES = 'docs/specs/PROJ-7/nodes';
const ESCAPE = '\u001b';
let forest: Forest;
afterEach(() => forest?.remove());

function run(args: readonly string[], { cwd = 'work', env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  return forest.sandbox.run('treework', args, { cwd, env: { TREEWORK_NOW: '2026-11-20T12:00:00Z', ...env } });
}

function json(args: readonly string[], cwd = 'work') {
  const answer = run([...args, '--json'], { cwd });
  expect(answer.stdout.trim().split('\n')).toHaveLength(1);
  return { ...answer, data: JSON.parse(answer.stdout) };
}

/** A trunk with three tickets, work on two of them on branches and in a linked work tree, and one that is finished. */
function stage(): void {
  forest = new Forest({ ...ticketFiles('PROJ-7'), ...ticketFiles('PROJ-8'), ...ticketFiles('PROJ-9') });
  forest.on('PROJ-8--b', { 'docs/specs/PROJ-8/nodes/first.md': recordFor('PROJ-8', 'first', START_2, PASS) });
  forest.git('switch', '-q', 'main');
  forest.git('worktree', 'add', '-q', '../api', '-b', 'PROJ-7--api');
  forest.sandbox.write('api', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START) });
  forest.archive('PROJ-9');
}

describe('status', () => {
  it('without a ticket: every ticket over all branches and work trees, one line each', () => {
    stage();
    const answer = run(['status']);
    expect(answer.status).toBe(0);
    expect(answer.stdout.split('\n')).toEqual([
      'ticket  title        done  now            where          age',
      'PROJ-7  Reports API   0/2  first: impl-1  PROJ-7--api *   2h',
      'PROJ-8  Reports API   1/2  second: ready  PROJ-8--b       2h',
      '',
      '* not committed   1 finished: treework status --all',
      '',
    ]);
  });

  it('C6: finished work is out of the queue, and --all shows it', () => {
    stage();
    expect(json(['status']).data).toMatchObject({ ok: true, tickets: [{ ticket: 'PROJ-7' }, { ticket: 'PROJ-8' }], finished: 1, trunk: 'refs/heads/main', broken: [] });
    expect(json(['status', '--all']).data.tickets.map(({ ticket, finished }: Record<string, unknown>) => [ticket, finished])).toEqual([['PROJ-7', false], ['PROJ-8', false], ['PROJ-9', true]]);
    expect(run(['status', '--all']).stdout).toContain('PROJ-9  Reports API   0/2  finished');
    expect(run(['status', 'PROJ-9']).stdout).toContain('finished, in the archive');
  });

  it('with a ticket: its tree, the current node, who is at it and where', () => {
    stage();
    expect(run(['status', 'PROJ-7']).stdout.split('\n').map((line) => line.replace(forest.sandbox.root, '/tmp'))).toEqual([
      'PROJ-7  Reports API',
      '  goal    Ship it',
      '  why     Partners pull reports',
      '  done    0 of 2 nodes',
      '  now     first is in progress, started by impl-1 2h ago in PROJ-7--api *',
      '  where   PROJ-7--api * and 2 more (* not committed)',
      '  folder  /tmp/api',
      '',
      '● in progress  ├─ first  impl-1, 2h, PROJ-7--api *',
      '○ ready        └─ second',
      '',
    ]);
    const { data } = json(['status', '--ticket', 'PROJ-7']);
    expect(data).toMatchObject({
      ticket: 'PROJ-7',
      goal: { title: 'Ship it', why: 'Partners pull reports' },
      progress: { settled: 0, total: 2 },
      current: { node: 'first' },
      claims: [{ node: 'first', by: 'impl-1', where: [{ kind: 'worktree', branch: 'refs/heads/PROJ-7--api', dirty: true }] }],
      next_action: { command: 'treework next --ticket PROJ-7', cwd: forest.path('api') },
    });
    expect(json(['status'], 'api').data).toMatchObject({ ticket: 'PROJ-7', next_action: { context: { ticket: 'PROJ-7', goal: { title: 'Ship it' } } } });
  });

  it('what comes next can be run as it stands, wherever the work is', () => {
    stage();
    const { next_action: next } = json(['status', 'PROJ-8']).data;
    expect(next.command).toBe('git switch PROJ-8--b');
    expect(forest.sandbox.run(next.argv[0], next.argv.slice(1), { cwd: 'work' }).status).toBe(0);
    expect(json(['status', 'PROJ-8']).data.next_action.context.ticket).toBe('PROJ-8');
    for (const { command } of json(['status', '--all']).data.next_action.choices) expect(forest.sandbox.run('sh', ['-c', command], { cwd: 'work' }).status).toBe(0);
  });

  it('every view says what comes next, of the ticket or of all', () => {
    stage();
    for (const view of ['status', 'tree', 'log', 'report', 'graph']) expect(json([view, 'PROJ-7']).data.next_action, view).toMatchObject({ command: 'treework next --ticket PROJ-7', cwd: forest.path('api') });
    for (const view of ['status', 'tree', 'log']) expect(json([view]).data.next_action.choices, view).toHaveLength(2);
  });

  it('S7: one corrupt file is said with its branch, path and line, and breaks status for none', () => {
    stage();
    forest.on('broken', { 'docs/specs/PROJ-8/tasks.md': '---\nticket: PROJ-8\nnodes: [\n---\n', [`${NODES}/second.md`]: Buffer.from([0xff, 0x00]) });
    forest.git('switch', '-q', 'main');
    for (const args of [['status'], ['tree'], ['log'], ['status', 'PROJ-7'], ['status', 'PROJ-8'], ['report', 'PROJ-7'], ['graph', 'PROJ-7']]) expect(run(args).status, args.join(' ')).toBe(0);
    const text = run(['status']).stdout;
    expect(text).toContain('PROJ-7  Reports API   0/2  first: impl-1');
    expect(text).toMatch(/broken:docs\/specs\/PROJ-8\/tasks\.md:\d+\n/);
    expect(json(['status']).data.broken.map(({ where, path }: Record<string, string>) => `${where}:${path}`)).toEqual([`refs/heads/broken:${NODES}/second.md`, 'refs/heads/broken:docs/specs/PROJ-8/tasks.md']);
  });

  it('shows both sides where histories went apart, and what has not moved for long', () => {
    forest = new Forest();
    forest.on('PROJ-7--a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START) });
    forest.on('PROJ-7--b', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START_2, FAIL) });
    forest.git('switch', '-q', 'main');
    const text = run(['status'], { env: { TREEWORK_NOW: '2026-12-20T12:00:00Z' } }).stdout;
    expect(text.replaceAll(/\n {2,}/g, ' ')).toContain('! diverged: nodes/first.md is one thing in PROJ-7--b, another in PROJ-7--a');
    expect(text).toContain('! stuck: nothing has moved for 30 days');
    expect(run(['tree']).stdout).toContain('├─ first  diverged, ');
    expect(json(['status', 'PROJ-7']).data.diverged).toMatchObject([{ path: 'nodes/first.md', versions: [{ status: 'failed' }, { status: 'in_progress' }] }]);
  });

  it('bare, detached, a deleted work tree, before any ticket', () => {
    stage();
    forest.sandbox.git('', 'clone', '-q', '--bare', 'work', 'bare.git');
    expect(run(['status'], { cwd: 'bare.git' }).stdout).toContain('PROJ-8  Reports API   1/2');
    expect(json(['status', 'PROJ-8'], 'bare.git').data).not.toHaveProperty('next_action');
    rmSync(forest.path('api'), { recursive: true });
    forest.git('switch', '-q', '--detach', 'main');
    expect(run(['status']).stdout).toContain('PROJ-7  Reports API   0/2  first: ready');
    forest.sandbox.repository('empty', { 'WORKSPACE.md': '---\ntreework: 1\n---\n' });
    expect(run(['status'], { cwd: 'empty' }).stdout).toMatch(/^no ticket is under way\n/);
    expect(json(['status'], 'empty').status).toBe(0);
  });

  it('--as html is viz', () => {
    stage();
    const page = run(['status', 'PROJ-8', '--as', 'html']);
    expect(page.status, page.output).toBe(0);
    expect(page.stdout).toBe(run(['viz', '--ticket', 'PROJ-8']).stdout);
  });

  it('refuses what it cannot mean, with what to do', () => {
    stage();
    expect(json(['status', 'PROJ-99'])).toMatchObject({ status: 2, data: { ok: false, error: { code: 'ticket-unknown' } } });
    expect(json(['status', 'proj-7'])).toMatchObject({ status: 2, data: { error: { code: 'ticket-case', hint: '--ticket PROJ-7' } } });
    expect(json(['status', '--as', 'poem'])).toMatchObject({ status: 2, data: { error: { code: 'usage' } } });
    expect(json(['status', 'PROJ-7', 'PROJ-8'])).toMatchObject({ status: 2, data: { error: { code: 'usage' } } });
    expect(json(['report'])).toMatchObject({ status: 2, data: { error: { code: 'ticket-ambiguous' } } });
    forest.sandbox.repository('plain');
    expect(json(['status'], 'plain')).toMatchObject({ status: 2, data: { error: { code: 'not-governed' } } });
  });

  it('checks nothing out and writes nothing, in whatever work tree', () => {
    stage();
    const files = () => forest.sandbox.run('sh', ['-c', 'find work api -type f | sort | xargs sha256sum'], {}).stdout;
    forest.git('status');
    forest.sandbox.git('api', 'status');
    const before = files();
    for (const args of [['status'], ['tree'], ['log'], ['status', 'PROJ-7', '--json'], ['report', 'PROJ-7'], ['graph', 'PROJ-7']]) expect(run(args).status).toBe(0);
    expect(files()).toBe(before);
  });

  it('starts git as often for thirty branches as for two', () => {
    stage();
    const starts = () => run(['status'], { env: { GIT_TRACE: forest.path('trace') } }) && (forest.sandbox.exists('', 'trace') ? forest.sandbox.read('', 'trace').split('\n').filter((line) => line.includes('trace: built-in: git ')).length : 0);
    const few = starts();
    rmSync(forest.path('trace'));
    for (let number = 0; number < 30; number += 1) forest.git('branch', '-q', `other-${number}`, number % 2 === 0 ? 'main' : 'PROJ-8--b');
    expect(few).toBeGreaterThan(0);
    expect(starts()).toBe(few);
    expect(few).toBeLessThanOrEqual(8);
  });
});

describe('80 columns', () => {
  it.each([
    ['plain', 5],
    ['報告', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['🚀', 2],
    ['👩‍👩‍👧‍👦', 2],
    ['❤️', 2],
    ['한글', 4],
    ['ｆｕｌｌ', 8],
    ['│└─…', 4],
  ])('%s takes %i', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('what is fitted is never wider than it may be, and says where it was cut', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 1, max: 30 }), (text, width) => {
      const shown = fit(text, width);
      expect(widthOf(shown)).toBeLessThanOrEqual(width);
      expect(widthOf(column(text, width))).toBe(width);
      expect(shown.includes('\n')).toBe(false);
      if (!shown.endsWith('…')) expect(widthOf(shown)).toBe(widthOf(fit(text, 1000)));
      for (const line of wrapped(text, width)) expect(line.trim()).not.toBe('');
    }));
  });

  it('no line of any view is wider, whatever is written; a path may be', () => {
    forest = new Forest();
    const title = '報告書の書き出し 🚀 '.repeat(12);
    const long = 'a-node-with-quite-a-long-name-that-goes-on';
    forest.on('PROJ-7--eine-sehr-lange-bezeichnung-für-einen-zweig', {
      'docs/specs/PROJ-7/tasks.md': planFor('PROJ-7', `[{id: p1, title: "${title}", nodes: [{id: p2, nodes: [{id: ${long}, title: "${title}", covers: none}]}]}, {id: second, title: "\\e[31mred", covers: none, depends_on: [${long}]}]`),
      [`${NODES}/${long}.md`]: recordFor('PROJ-7', long, START.replace('impl-1', '佐藤さん 佐藤さん 佐藤さん'), FAIL.replace('no tests', `"${title}"`)),
    });
    forest.on('a-ticket-of-many-words-k3f9--branch-with-a-long-name', { ...ticketFiles('a-ticket-of-many-words-k3f9'), [`docs/specs/a-ticket-of-many-words-k3f9/nodes/first.md`]: recordFor('a-ticket-of-many-words-k3f9', 'first', START.replace('impl-1', 'somebody.with.a.long.name@example.com')) });
    for (const args of [['status'], ['status', 'PROJ-7'], ['status', 'a-ticket-of-many-words-k3f9'], ['tree'], ['log'], ['report', 'PROJ-7']]) {
      const { stdout, status } = run(args);
      expect(status).toBe(0);
      expect(stdout).not.toContain(ESCAPE);
      for (const line of stdout.split('\n').filter((one) => !one.includes(forest.sandbox.root))) expect(widthOf(line), line).toBeLessThanOrEqual(80);
    }
  });

  it('colour says nothing that the words do not: without a terminal there is none', () => {
    stage();
    forest.on('PROJ-8--c', { 'docs/specs/PROJ-8/nodes/second.md': recordFor('PROJ-8', 'second', START, SKIP) });
    forest.git('switch', '-q', 'main');
    for (const args of [['status'], ['status', 'PROJ-8'], ['tree'], ['log']]) {
      const plain = run(args).stdout;
      const coloured = run(args, { env: { FORCE_COLOR: '1' } }).stdout;
      expect(plain).not.toContain(ESCAPE);
      expect(coloured).toContain(ESCAPE);
      expect(coloured.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '')).toBe(plain);
      expect(run(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stdout).toBe(plain);
    }
  });
});
