import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanMessage, nodeTrailers, type MessageForm } from '../../src/workflow/trailers.ts';
import { Sandbox } from '../harness/sandbox.ts';

const names = (message: string) => nodeTrailers(message).map(({ ticket, node, line }) => `${line} ${ticket}/${node}`);

describe('nodeTrailers', () => {
  it.each([
    ['none', 'feat: a\n\nNothing here.\n', []],
    ['the last paragraph', 'feat: a\n\nWhy.\n\nNode: PROJ-7/build\nSigned-off-by: Dev <dev@example.com>\n', ['5 PROJ-7/build']],
    ['any paragraph, several as a union', 'feat: a\n\nNode: PROJ-7/a\n\nMore words.\n\nnode:PROJ-8/b\n', ['3 PROJ-7/a', '7 PROJ-8/b']],
    ['a squash as git merge --squash writes it', 'Squashed commit of the following:\n\ncommit 1234\nAuthor: Dev\n\n    feat: a\n    \n    Node: PROJ-7/a\n\ncommit 5678\n\n    feat: b\n    \n    Node: PROJ-7/b\n', ['8 PROJ-7/a', '14 PROJ-7/b']],
    ['a squash as forges write it', 'Reports (#12)\n\n* feat: a\n\nNode: PROJ-7/a\n\n* Node: PROJ-7/b\n', ['5 PROJ-7/a', '7 PROJ-7/b']],
    ['several on a line, CRLF', 'feat: a\r\n\r\nNode: PROJ-7/a, PROJ-7/b PROJ-7/c\r\n', ['3 PROJ-7/a', '3 PROJ-7/b', '3 PROJ-7/c']],
    ['an unknown form of a node, to be refused by whoever knows the nodes', 'x\n\nNode: add-auth-k3f9/Build\n', ['3 add-auth-k3f9/Build']],
    ['prose', 'x\n\nNode: 22 is the oldest\nNode: and/or\nThe Node: PROJ-7/a\nNode: PROJ-7/a and more\nNode: PROJ-7/a/b\nNode:\n', []],
    ['a commented one', 'x\n\n# Node: PROJ-7/a\n', []],
  ])('finds %s', (_, message, expected) => {
    expect(names(message)).toEqual(expected);
  });

  it('says where on the line', () => {
    expect(nodeTrailers('x\n\n    Node: PROJ-7/a\n')).toEqual([{ ticket: 'PROJ-7', node: 'a', line: 3, column: 5 }]);
  });

  it('answers for a message of megabytes, which nothing but a linear scan does within a test’s time', () => {
    expect(names(`Node: ${'A-1/b '.repeat(200_000)}!`)).toEqual([]);
    expect(names(`${' '.repeat(1_000_000)}Node:${' '.repeat(1_000_000)}`)).toEqual([]);
  });
});

describe('cleanMessage says what git stores', () => {
  let sandbox: Sandbox;
  beforeAll(() => {
    sandbox = new Sandbox();
    sandbox.repository('repo');
  });
  afterAll(() => sandbox.remove());

  const TEXT = '\n\n# a heading\nfeat: a  \n\n\n\n; not for git\nNode: PROJ-7/a\n\n# ------------------------ >8 ------------------------\n# Node: PROJ-7/b\nNode: PROJ-7/c\n\n';
  it.each<[string, MessageForm, string[]]>([
    ['edited', { comment: '#', cleanup: 'strip', edited: true }, ['-v', '--cleanup=strip']],
    ['edited, another comment character', { comment: ';', cleanup: 'strip', edited: false }, ['-F', 'message', '--cleanup=strip']],
    ['given', { comment: '#', cleanup: 'whitespace', edited: false }, ['-F', 'message']],
    ['cut', { comment: '#', cleanup: 'scissors', edited: true }, ['--cleanup=scissors']],
    ['not cut where no editor was opened', { comment: '#', cleanup: 'scissors', edited: false }, ['-F', 'message', '--cleanup=scissors']],
    ['as it is', { comment: '#', cleanup: 'verbatim', edited: false }, ['-F', 'message', '--cleanup=verbatim']],
  ])('%s', (_, form, args) => {
    sandbox.write('repo', { message: TEXT });
    const editor = `cp '${sandbox.root}/repo/message'`;
    const answer = sandbox.run('git', ['-c', `core.commentChar=${form.comment}`, 'commit', '-q', '--allow-empty', ...args], { cwd: 'repo', env: { GIT_EDITOR: editor } });
    expect(answer.status, answer.output).toBe(0);
    const stored = sandbox.git('repo', 'cat-file', 'commit', 'HEAD').split('\n\n').slice(1).join('\n\n');
    expect(cleanMessage(TEXT, form)).toBe(stored);
  });
});
