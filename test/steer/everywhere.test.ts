import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { entriesOf, FAIL, Forest, PASS, planFor, recordFor, SKIP, START, START_2, ticketFiles, told, WORKSPACE } from './forest.ts';

const NODES = 'docs/specs/PROJ-7/nodes';
let forest: Forest;
afterEach(() => forest?.remove());

describe('X16: what all branches and work trees hold together', () => {
  it('unites the records of branches that advanced other nodes', async () => {
    forest = new Forest();
    forest.on('PROJ-7--a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START, PASS) });
    forest.on('PROJ-7--b', { [`${NODES}/second.md`]: recordFor('PROJ-7', 'second', START_2) });
    forest.git('switch', '-q', 'main');
    const one = await forest.ticket('PROJ-7');
    expect(told(one)).toBe('first:complete second:in_progress');
    expect(one.diverged).toEqual([]);
    expect(one.documents.get('nodes/second.md')?.sightings.map(({ name }) => name)).toEqual(['refs/heads/PROJ-7--b']);
  });

  it('takes the record whose history continues all the others', async () => {
    forest = new Forest();
    forest.on('PROJ-7--a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START) });
    forest.on('PROJ-7--p2-b', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START, FAIL) }, 'PROJ-7--a');
    forest.on('other', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START, FAIL, START) }, 'PROJ-7--p2-b');
    const one = await forest.ticket('PROJ-7');
    expect(entriesOf(one, 'first')).toEqual(['in_progress', 'failed', 'in_progress']);
    expect(one.diverged).toEqual([]);
  });

  it('shows both where histories went apart', async () => {
    forest = new Forest();
    forest.on('PROJ-7--a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START) });
    forest.on('PROJ-7--b', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START_2, PASS) });
    const one = await forest.ticket('PROJ-7');
    expect(one.diverged).toEqual(['nodes/first.md']);
    const record = one.documents.get('nodes/first.md');
    expect(record?.sightings.map(({ name }) => name)).toEqual(['refs/heads/PROJ-7--b', join(forest.sandbox.root, 'work')]);
    expect(record?.others.map(({ sightings }) => sightings.map(({ name }) => name))).toEqual([['refs/heads/PROJ-7--a']]);
  });

  it('an old branch never resurrects finished work', async () => {
    forest = new Forest();
    forest.on('PROJ-7--old', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START) });
    forest.git('switch', '-q', 'main');
    forest.sandbox.write('work', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START, PASS), [`${NODES}/second.md`]: recordFor('PROJ-7', 'second', START, SKIP) });
    forest.git('add', '.');
    forest.archive('PROJ-7');
    const { tickets, finished } = await forest.everywhere();
    expect(tickets).toEqual([]);
    expect(finished).toEqual(['PROJ-7']);
    const one = await forest.ticket('PROJ-7', { all: true });
    expect(one.ticket.archived).toBe(true);
    expect(told(one)).toBe('first:complete second:skipped');
    // Not from the old branch either, nor from what is written there.
    forest.git('switch', '-q', 'PROJ-7--old');
    forest.sandbox.write('work', { [`${NODES}/second.md`]: recordFor('PROJ-7', 'second', START_2) });
    expect((await forest.everywhere()).tickets).toEqual([]);
  });

  it('what a branch has archived and nobody has merged is still under way, as that branch has it', async () => {
    forest = new Forest();
    forest.on('PROJ-7--a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START, PASS) });
    forest.archive('PROJ-7');
    const one = await forest.ticket('PROJ-7');
    expect(one.ticket.archived).toBe(false);
    expect(told(one)).toBe('first:complete second:ready');
    expect(one.sightings[0]?.name).toBe('refs/heads/PROJ-7--a');
  });

  it('the remote’s trunk finishes a ticket, too', async () => {
    forest = new Forest();
    forest.sandbox.git('', 'clone', '-q', 'work', 'clone');
    forest.archive('PROJ-7');
    forest.sandbox.git('clone', 'fetch', '-q');
    expect((await forest.everywhere({}, 'clone')).finished).toEqual(['PROJ-7']);
  });

  it('sees what is written in a linked work tree and not committed, and what is staged there', async () => {
    forest = new Forest();
    forest.git('worktree', 'add', '-q', '../second tree', '-b', 'PROJ-7--b');
    forest.sandbox.write('second tree', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START) });
    const one = await forest.ticket('PROJ-7');
    expect(told(one)).toBe('first:in_progress second:ready');
    expect(one.documents.get('nodes/first.md')?.sightings).toEqual([{ kind: 'worktree', name: forest.path('second tree'), branch: 'refs/heads/PROJ-7--b', dirty: true, isTrunk: false, isOwn: true }]);
    forest.sandbox.git('second tree', 'add', '.');
    expect(told(await forest.ticket('PROJ-7'))).toBe('first:in_progress second:ready');
    // What is deleted there again is deleted there alone.
    rmSync(forest.path('second tree', NODES, 'first.md'));
    expect(told(await forest.ticket('PROJ-7'))).toBe('first:ready second:ready');
  });

  it('a ticket that only an uncommitted folder holds is one', async () => {
    forest = new Forest();
    forest.git('worktree', 'add', '-q', '--detach', '../detached');
    forest.sandbox.write('detached', ticketFiles('PROJ-8'));
    const { tickets } = await forest.everywhere();
    expect(tickets.map(({ id }) => id)).toEqual(['PROJ-7', 'PROJ-8']);
  });

  it('detached commits of work trees count', async () => {
    forest = new Forest();
    forest.git('worktree', 'add', '-q', '--detach', '../detached');
    forest.sandbox.write('detached', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START) });
    forest.sandbox.git('detached', 'add', '.');
    forest.sandbox.git('detached', 'commit', '-q', '-m', 'chore: start');
    expect(told(await forest.ticket('PROJ-7'))).toBe('first:in_progress second:ready');
  });
});

describe('S7: what is broken somewhere is said, and breaks nothing else', () => {
  it('a corrupt record, with its branch, path and line', async () => {
    forest = new Forest({ ...ticketFiles('PROJ-7'), ...ticketFiles('PROJ-8') });
    forest.on('PROJ-7--a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START) });
    forest.on('PROJ-7--b', { [`${NODES}/first.md`]: '---\nnode: first\nstatus: [\n---\n', 'docs/specs/PROJ-8/tasks.md': Buffer.from([0xff, 0xfe, 0x00]) });
    forest.git('switch', '-q', 'main');
    const { tickets, broken } = await forest.everywhere();
    expect(tickets.map(told)).toEqual(['first:in_progress second:ready', 'first:ready second:ready']);
    expect(broken.map(({ where, path, line }) => `${where}:${path}:${line}`)).toEqual([`refs/heads/PROJ-7--b:${NODES}/first.md:4`, 'refs/heads/PROJ-7--b:docs/specs/PROJ-8/tasks.md:1']);
  });

  it('a merge that is under way in a work tree', async () => {
    forest = new Forest();
    forest.on('a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START) });
    forest.on('b', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START_2) });
    forest.sandbox.run('git', ['merge', '-q', 'a'], { cwd: 'work' });
    const { tickets, broken } = await forest.everywhere();
    expect(tickets).toHaveLength(1);
    expect(broken.map(({ where, path }) => [where, path])).toEqual([[forest.path('work'), `${NODES}/first.md`]]);
  });

  it('an object that is corrupt, and one that is missing', async () => {
    forest = new Forest({ ...ticketFiles('PROJ-7'), ...ticketFiles('PROJ-8') });
    forest.on('PROJ-7--a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START), [`${NODES}/second.md`]: recordFor('PROJ-7', 'second', START) });
    forest.git('switch', '-q', 'main');
    const object = (path: string) => forest.path('work/.git/objects', forest.git('rev-parse', `PROJ-7--a:${path}`).trim().replace(/^../, '$&/'));
    rmSync(object(`${NODES}/second.md`), { force: true });
    rmSync(object(`${NODES}/first.md`), { force: true });
    writeFileSync(object(`${NODES}/first.md`), 'no object at all');
    const { tickets, broken } = await forest.everywhere();
    expect(tickets.map(told)).toEqual(['first:ready second:ready', 'first:ready second:ready']);
    expect(broken.map(({ where, path }) => `${where}:${path}`)).toEqual([`refs/heads/PROJ-7--a:${NODES}/first.md`, `refs/heads/PROJ-7--a:${NODES}/second.md`]);
  });

  it('a branch whose commit is gone', async () => {
    forest = new Forest();
    writeFileSync(forest.path('work/.git/refs/heads/gone'), `${'1'.repeat(40)}\n`);
    const { tickets, broken } = await forest.everywhere();
    expect(tickets).toHaveLength(1);
    expect(broken.map(({ where }) => where)).toEqual(['refs/heads/gone']);
  });

  it('a WORKSPACE.md that cannot be read, here or on a branch', async () => {
    forest = new Forest();
    forest.on('b', { 'WORKSPACE.md': '---\ntreework: [\n---\n' });
    const { tickets, broken } = await forest.everywhere();
    expect(tickets).toHaveLength(1);
    expect(broken.map(({ where, path }) => `${where}:${path}`)).toEqual([`${forest.path('work')}:WORKSPACE.md`, 'refs/heads/b:WORKSPACE.md', `${forest.path('work')}:WORKSPACE.md`]);
  });

  it('a work tree that git does not answer for', async () => {
    forest = new Forest();
    forest.git('worktree', 'add', '-q', '../second', '-b', 'PROJ-7--b');
    writeFileSync(forest.path('work/.git/worktrees/second/index'), 'no index');
    const { tickets, broken } = await forest.everywhere();
    expect(tickets).toHaveLength(1);
    expect(broken.map(({ where }) => where)).toEqual([forest.path('second')]);
  });

  it('a folder of a work tree that was deleted', async () => {
    forest = new Forest();
    forest.git('worktree', 'add', '-q', '../second', '-b', 'PROJ-7--b');
    forest.sandbox.write('second', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START) });
    forest.sandbox.git('second', 'add', '.');
    forest.sandbox.git('second', 'commit', '-q', '-m', 'chore: start');
    rmSync(forest.path('second'), { recursive: true });
    const { tickets, broken } = await forest.everywhere();
    expect(tickets.map(told)).toEqual(['first:in_progress second:ready']);
    expect(broken).toEqual([]);
  });
});

describe('branches unlike ours', () => {
  it('with another layout', async () => {
    forest = new Forest();
    forest.on('PROJ-7--a', { 'WORKSPACE.md': '---\ntreework: 1\nlayout: {specs: tickets, archived: done}\n---\n', ...ticketFiles('PROJ-7', 'tickets/PROJ-7'), ...ticketFiles('PROJ-9', 'tickets/PROJ-9'), 'tickets/PROJ-7/nodes/first.md': recordFor('PROJ-7', 'first', START) });
    forest.git('switch', '-q', 'main');
    const { tickets } = await forest.everywhere();
    expect(tickets.map((one) => `${one.id} ${told(one)}`)).toEqual(['PROJ-7 first:in_progress second:ready', 'PROJ-9 first:ready second:ready']);
    expect(tickets[1]?.ticket.folder).toBe('docs/specs/PROJ-9');
  });

  it('without WORKSPACE.md: the layout of the asking side holds', async () => {
    forest = new Forest();
    forest.git('switch', '-q', '--orphan', 'PROJ-7--bare');
    forest.sandbox.write('work', { ...ticketFiles('PROJ-7'), [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START) });
    forest.git('add', '.');
    forest.git('commit', '-q', '-m', 'chore: begin');
    forest.git('switch', '-q', 'main');
    expect(told(await forest.ticket('PROJ-7'))).toBe('first:in_progress second:ready');
  });

  it('with CRLF: the same history is the same', async () => {
    forest = new Forest();
    forest.on('PROJ-7--a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START).replaceAll('\n', '\r\n') });
    forest.on('PROJ-7--b', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START, PASS) });
    const one = await forest.ticket('PROJ-7');
    expect(one.diverged).toEqual([]);
    expect(told(one)).toBe('first:complete second:ready');
  });

  it('in a bare repository, and in a work tree of one', async () => {
    forest = new Forest();
    forest.on('PROJ-7--a', { [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START) });
    forest.git('switch', '-q', 'main');
    forest.sandbox.git('', 'clone', '-q', '--bare', 'work', 'bare.git');
    expect((await forest.everywhere({}, 'bare.git')).tickets.map(told)).toEqual(['first:in_progress second:ready']);
    forest.sandbox.git('bare.git', 'worktree', 'add', '-q', '../tree', 'main');
    expect((await forest.everywhere({}, 'tree')).tickets.map(told)).toEqual(['first:in_progress second:ready']);
  });

  it('with submodules', async () => {
    forest = new Forest();
    forest.sandbox.repository('library');
    forest.git('submodule', '--quiet', 'add', '../library', 'docs/specs/LIB-1');
    forest.git('commit', '-q', '-m', 'chore: library');
    forest.sandbox.write('work/docs/specs/LIB-1', { 'new.md': 'new' });
    const { tickets, broken } = await forest.everywhere();
    expect(tickets.map(({ id }) => id)).toEqual(['PROJ-7']);
    expect(broken).toEqual([]);
  });

  it('before the first commit', async () => {
    forest = new Forest();
    forest.sandbox.git('', 'init', '-q', 'fresh');
    forest.sandbox.write('fresh', { ...WORKSPACE, ...ticketFiles('PROJ-7') });
    expect((await forest.everywhere({}, 'fresh')).tickets.map(told)).toEqual(['first:ready second:ready']);
  });

  it('tags hold nothing that is under way; asked for all, a ticket that only a tag holds is shown', async () => {
    forest = new Forest();
    forest.on('try', { ...ticketFiles('PROJ-9') });
    forest.git('tag', '-a', 'v1', '-m', 'v1');
    forest.git('switch', '-q', 'main');
    forest.git('branch', '-q', '-D', 'try');
    expect((await forest.everywhere()).tickets.map(({ id }) => id)).toEqual(['PROJ-7']);
    expect((await forest.everywhere({ all: true })).tickets.map(({ id }) => id)).toEqual(['PROJ-7', 'PROJ-9']);
  });

  it('runs of operations are tickets, on branches and in work trees', async () => {
    const run = 'docs/operations/billing/runs/2026-11';
    forest = new Forest({ 'WORKSPACE.md': '---\ntreework: 1\nkinds: {operation: {}}\n---\n', ...ticketFiles('PROJ-7') });
    forest.on('run', { ...ticketFiles('billing-2026-11', run), [`${run}/nodes/first.md`]: recordFor('billing-2026-11', 'first', START), 'docs/operations/billing/OPERATION.md': '# Billing\n' });
    forest.git('switch', '-q', 'main');
    forest.git('worktree', 'add', '-q', '../runs', 'run');
    forest.sandbox.write('runs', { [`${run}/nodes/second.md`]: recordFor('billing-2026-11', 'second', START_2) });
    expect((await forest.everywhere()).tickets.map((one) => `${one.id} ${told(one)}`)).toEqual(['PROJ-7 first:ready second:ready', 'billing-2026-11 first:in_progress second:in_progress']);
    const one = await forest.ticket('billing-2026-11', { ticket: 'billing-2026-11' });
    expect(one.ticket.folder).toBe(run);
    expect(one.documents.get('nodes/second.md')?.sightings).toMatchObject([{ name: forest.path('runs'), dirty: true }]);
  });

  it('a fork waits until its ticket is finished on the trunk, asked for alone or with all', async () => {
    const fork = '---\nreason: The store has to be replaced\nspawned_from: first\nreturn_to: first\nsub_workflow: PROJ-8\n---\n';
    forest = new Forest({ ...ticketFiles('PROJ-7'), ...ticketFiles('PROJ-8'), 'docs/specs/PROJ-7/forks/001-store.md': fork });
    for (const options of [{}, { ticket: 'PROJ-7' }]) expect(told(await forest.ticket('PROJ-7', options))).toBe('first:blocked second:ready');
    forest.archive('PROJ-8');
    for (const options of [{}, { ticket: 'PROJ-7' }]) expect(told(await forest.ticket('PROJ-7', options))).toBe('first:ready second:ready');
  });

  it('the plan is that of the most advanced state', async () => {
    forest = new Forest();
    forest.on('PROJ-7--a', { 'docs/specs/PROJ-7/tasks.md': planFor('PROJ-7', '[{id: first, covers: none}, {id: third, covers: none}]'), [`${NODES}/third.md`]: recordFor('PROJ-7', 'third', START) });
    forest.git('switch', '-q', 'main');
    expect(told(await forest.ticket('PROJ-7'))).toBe('first:ready third:in_progress');
  });
});
