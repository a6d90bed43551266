import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setMarked } from '../../src/documents/marked-block.ts';
import { forgeOf, openingLine } from '../../src/render/forge-lines.ts';
import { isTitleOurs, pullRequestBody, stackTable, type StackRow } from '../../src/render/pull-request.ts';
import { basesOf, changesOf, pushOf } from '../../src/workflow/submission.ts';

const numRuns = Number(process.env['TREEWORK_RUNS'] ?? 200);

const row = (branch: string, more: Partial<StackRow> = {}): StackRow => ({ branch, title: branch, reference: undefined, url: undefined, isMerged: false, ...more });

/** Text that people write, with what looks like marks among it. */
const prose = fc.array(fc.constantFrom('one', 'zwei', '\n', '\r\n', '\n\n', '<!-- treework:stack', ' sha256:00 -->', '<!-- /treework:stack -->', '<!-- note -->', '| a |', '```', '  ', 'ü', '$&'), { maxLength: 12 }).map((parts) => parts.join(''));

describe('text between marks', () => {
  it('leaves everything around it byte by byte, whatever stands there and however often it is written', () => {
    fc.assert(
      fc.property(prose, prose, fc.array(fc.array(fc.constantFrom('a', '', '| x |', '<!-- /treework:stack -->', 'end'), { maxLength: 5 }), { minLength: 1, maxLength: 4 }), (before, after, contents) => {
        let text = setMarked(before, 'stack', '%first%', 'renew').text + after;
        for (const lines of contents) {
          const old = text;
          text = setMarked(text, 'stack', lines.join('\n'), 'renew').text;
          expect(setMarked(text, 'stack', lines.join('\n'), 'renew')).toEqual({ text, isEdited: false });
          expect(text.startsWith(before)).toBe(true);
          expect(text.endsWith(after)).toBe(true);
          expect(old.length).toBeGreaterThan(0);
        }
      }),
      { numRuns },
    );
  });

  it('keeps what somebody wrote inside, below the marks', () => {
    const text = setMarked('Hello', 'stack', 'one\ntwo', 'renew').text.replace('two', 'two\nMine, please keep.');
    const { text: now, isEdited } = setMarked(text, 'stack', 'one\nthree', 'renew');
    expect(isEdited).toBe(true);
    expect(now).toMatch(/^Hello\n\n<!-- treework:stack sha256:[0-9a-f]{64} -->\none\nthree\n<!-- \/treework:stack -->\n\ntwo\nMine, please keep\.$/);
    expect(setMarked(now, 'stack', 'one\nthree', 'renew').text).toBe(now);
  });

  it('takes an edited description for theirs', () => {
    const { text } = pullRequestBody('', { title: 'T', description: 'Ours' }, undefined);
    const theirs = text.replace('Ours', 'Ours, said better');
    expect(pullRequestBody(theirs, { title: 'T', description: 'Ours, new' }, undefined)).toEqual({ text: theirs, isEdited: true });
  });

  it('is the same to a forge that ends lines with CRLF and trims them', () => {
    const { text } = pullRequestBody('Read me first.  \n', { title: 'T', description: 'Ours\n\n- one' }, '| a |');
    const stored = text.replaceAll(/[ \t]+$/gm, '').replaceAll('\n', '\r\n');
    const again = pullRequestBody(stored, { title: 'T', description: 'Ours\n\n- two' }, '| a |');
    expect(again.isEdited).toBe(false);
    expect(again.text).toContain('- two\r\n');
    expect(again.text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('goes when the branch stands alone again', () => {
    const { text } = pullRequestBody('', { title: 'T', description: 'Ours' }, '| a |');
    expect(pullRequestBody(text, { title: 'T', description: 'Ours' }, undefined).text).not.toContain('treework:stack');
  });

  it('knows a title that people chose', () => {
    const { text } = pullRequestBody('', { title: 'PROJ-7: Reports', description: '' }, undefined);
    expect([isTitleOurs('PROJ-7: Reports', text), isTitleOurs('Reports at last', text)]).toEqual([true, false]);
  });
});

describe('the way through a stack', () => {
  it('names every member from the top, and what it is merged into', () => {
    const table = stackTable([row('a', { title: 'First', reference: '#1', isMerged: true }), row('b', { title: 'Second', reference: '#2', url: 'https://forge.example/2' }), row('c', { title: 'Third' })], 'b', 'main');
    expect(table.split('\n')).toEqual(['| | pull request | title | |', '|---|---|---|---|', '| 3 | `c` | Third |  |', '| 2 | [\\#2](https://forge.example/2) | Second | **this one** |', '| 1 | #1 | First | merged |', '| | `main` | | |']);
  });

  it('is not broken by a title', () => {
    const table = stackTable([row('x|y', { title: 'a | b `c|d` <b>\n| e', reference: '#1', url: 'javascript:alert(1)' })], 'z', 'main');
    for (const line of table.split('\n')) expect(line.replaceAll('\\|', '').split('|')).toHaveLength(6);
    expect(table).not.toContain('javascript');
    expect(table).not.toContain('<b>');
  });
});

describe('what is pushed', () => {
  const remote = { isBehind: false, isAhead: false, pushed: [] };
  it('K5: is forced only over what submit pushed before', () => {
    expect(pushOf('new', { ...remote, tip: undefined })).toEqual({ kind: 'create' });
    expect(pushOf('new', { ...remote, tip: 'new' })).toEqual({ kind: 'none' });
    expect(pushOf('new', { ...remote, tip: 'old', isBehind: true })).toEqual({ kind: 'fast-forward' });
    expect(pushOf('new', { ...remote, tip: 'old', pushed: ['older', 'old'] })).toEqual({ kind: 'force', lease: 'old' });
    expect(pushOf('new', { ...remote, tip: 'theirs', pushed: ['old'] })).toEqual({ kind: 'refused', tip: 'theirs', isAhead: false });
  });

  it('K5: goes to the nearest branch below that is open', () => {
    const stack = [{ branch: 'p1', state: 'merged' }, { branch: 'p2', state: 'open' }, { branch: 'p3', state: 'empty' }, { branch: 'p4', state: 'open' }] as const;
    expect(basesOf(stack, 'main').map(({ branch, base }) => `${branch.branch} -> ${base}`)).toEqual(['p2 -> main', 'p4 -> p2']);
  });

  it('says nothing of what is as it should be', () => {
    const known = { id: '1', title: 'T', body: 'a\r\nb\r\n', base: 'main', state: 'open' } as const;
    expect(changesOf(known, { title: 'T', body: 'a\nb', base: 'main' })).toEqual({});
    expect(changesOf(known, { title: 'T', body: 'a\nc', base: 'p1' })).toEqual({ body: 'a\nc', base: 'p1' });
  });
});

describe('lines for a forge without a provider', () => {
  it.each([
    ['git@github.com:acme/reports.git', 'gh acme/reports'],
    ['https://token@github.com/acme/reports', 'gh acme/reports'],
    ['ssh://git@github.com:22/acme/reports.git/', 'gh acme/reports'],
    ['https://gitlab.com/a/b/c.git', 'glab a/b/c'],
    ['git@gitlab.acme.example:a/b.git', 'glab https://gitlab.acme.example/a/b'],
    ['/srv/git/reports.git', undefined],
    ['../server.git', undefined],
    ['https://github.com.evil.example/a/b', undefined],
    ['https://github.com/a/$(id)', undefined],
  ])('%s', (url, told) => {
    const forge = forgeOf(url);
    expect(forge && `${forge.program} ${forge.repository}`).toBe(told);
  });

  it('no text of a title reaches the shell', () => {
    const title = `it's $(touch pwned) \`id\` "x" \\ -- !`;
    for (const url of ['git@github.com:a/b', 'git@gitlab.com:a/b']) {
      const line = openingLine(forgeOf(url) as NonNullable<ReturnType<typeof forgeOf>>, { head: 'a--$b', base: 'main', title, bodyFile: '/dev/null', isDraft: true, mayExist: false });
      const said = execFileSync('sh', ['-c', `gh() { printf '%s\\n' "$@"; }; glab() { gh "$@"; }; ${line}`]).toString().split('\n');
      expect(said).toContain(`--title=${title}`);
      expect(said).toContain('a--$b');
    }
  });
});
