import { afterEach, describe, expect, it } from 'vitest';
import { FAIL, Forest, PASS, planFor, recordFor, SKIP, START, START_2, ticketFiles } from './forest.ts';

const NODES = 'docs/specs/PROJ-7/nodes';
let forest: Forest;
afterEach(() => forest?.remove());

/** One node done after a failure, one that was decided against, one open. */
function stage(): void {
  forest = new Forest();
  forest.on('PROJ-7--a', {
    'docs/specs/PROJ-7/tasks.md': planFor('PROJ-7', '[{id: one, title: "Tokens \\"of\\" partners", covers: none}, {id: two, covers: none}, {id: three, covers: none, depends_on: [one, two]}]'),
    [`${NODES}/one.md`]: recordFor('PROJ-7', 'one', START, FAIL, START, PASS).replace('l0:', 'l1: {decisions: [A cursor pages], contracts: ["GET /reports"], files: [src/a.ts]}\nl0:'),
    [`${NODES}/two.md`]: recordFor('PROJ-7', 'two', START_2, SKIP),
  });
  forest.git('switch', '-q', 'main');
}

describe('report', () => {
  it('is the account of a ticket: what shipped, who checked it, what went wrong, what is open', () => {
    stage();
    const answer = forest.sandbox.treework('work', 'report', 'PROJ-7');
    expect(answer.status).toBe(0);
    expect(answer.stdout).toBe(`# PROJ-7: Reports API

**Ship it**

Partners pull reports

2 of 3 nodes settled, as PROJ-7--a has it.

## What shipped

### one: Tokens "of" partners

one is made

- decisions:
  - A cursor pages
- contracts:
  - GET /reports
- files:
  - src/a.ts
- complete, by impl-1, after 1 failure; checked by review-1, declared

## What went wrong

- one failed, says review-1: no tests

## Decided not to do

- two: not needed

## Open

- three: ready
`);
    expect(JSON.parse(forest.sandbox.treework('work', 'report', '--json').stdout)).toMatchObject({ ok: true, ticket: 'PROJ-7', approvals: [{ node: 'one', to: 'complete', by: 'review-1', how: 'declared' }], report: answer.stdout });
  });

  it('S10: says of each approval whether it is declared or attested, on whatever branch it stands', () => {
    forest = new Forest();
    forest.sandbox.run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'dana', '-f', 'dana.key']);
    forest.git('switch', '-q', '-c', 'PROJ-7--a');
    forest.sandbox.write('work', { '.treework/allowed_signers': `dana@example.com ${forest.sandbox.read('', 'dana.key.pub').split(' ').slice(0, 2).join(' ')}\n`, [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START, PASS) });
    forest.git('add', '.');
    forest.git('commit', '-q', '-m', 'feat: first');
    forest.sandbox.write('work', { [`${NODES}/second.md`]: recordFor('PROJ-7', 'second', START_2, PASS.replace('review-1', 'dana')) });
    forest.git('add', '.');
    forest.git('-c', 'gpg.format=ssh', '-c', `user.signingkey=${forest.path('dana.key')}`, 'commit', '-q', '-S', '-m', 'feat: second');
    const commit = forest.git('rev-parse', 'HEAD').trim();
    forest.git('switch', '-q', 'main');
    const status = forest.sandbox.treework('work', 'status', 'PROJ-7');
    expect(status.stdout).toContain(`verdicts and approvals\n  first   review-1, declared\n  second  dana, attested by the key of dana@example.com (${commit.slice(0, 8)})\n`);
    expect(JSON.parse(forest.sandbox.treework('work', 'status', 'PROJ-7', '--json').stdout).approvals).toEqual([{ node: 'first', to: 'complete', by: 'review-1', how: 'declared' }, { node: 'second', to: 'complete', by: 'dana', how: 'attested', principal: 'dana@example.com', commit }]);
    expect(forest.sandbox.treework('work', 'report', 'PROJ-7').stdout.replaceAll('\n', ' ')).toContain('checked by dana, attested by the key of dana@example.com');
  });

  it('of a finished ticket is as the trunk archived it', () => {
    forest = new Forest({ ...ticketFiles('PROJ-7'), [`${NODES}/first.md`]: recordFor('PROJ-7', 'first', START, PASS), [`${NODES}/second.md`]: recordFor('PROJ-7', 'second', START, SKIP) });
    forest.archive('PROJ-7');
    forest.on('old', { [`${NODES}/second.md`]: recordFor('PROJ-7', 'second', START_2, FAIL) }, 'main~1');
    forest.git('switch', '-q', 'main');
    const { stdout } = forest.sandbox.treework('work', 'report', 'PROJ-7');
    expect(stdout).toContain('Finished: 2 of 2 nodes settled');
    expect(stdout).not.toContain('## Open');
    expect(stdout).not.toContain('no tests');
  });
});

describe('graph', () => {
  it('speaks Mermaid and Graphviz, and escapes what both would take for theirs', () => {
    stage();
    const mermaid = forest.sandbox.treework('work', 'graph', 'PROJ-7').stdout;
    expect(mermaid.split('\n').slice(0, 6)).toEqual(['graph LR', '  n1["Tokens #34;of#34; partners<br/>complete"]:::settled', '  n2["two<br/>skipped"]:::settled', '  n3["three<br/>ready"]:::ready', '  n1 --> n3', '  n2 --> n3']);
    const dot = forest.sandbox.treework('work', 'graph', 'PROJ-7', '--dot').stdout;
    expect(dot).toContain('n0 [label="one: Tokens \\"of\\" partners\\ncomplete"');
    expect(dot).toContain('  n0 -> n2;\n  n1 -> n2;\n}');
    const { graph, nodes } = JSON.parse(forest.sandbox.treework('work', 'graph', 'PROJ-7', '--json').stdout);
    expect(graph).toBe(mermaid);
    expect(nodes[2]).toMatchObject({ node: 'three', status: 'ready', depends_on: ['one', 'two'] });
  });
});
