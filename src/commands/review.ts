import { UserError } from '../error.ts';
import type { Command } from './command.ts';
import { WRITE_OPTIONS } from './inputs.ts';
import { openWorkspace } from './workspace.ts';

const WAYS = ['list', 'comment', 'reply', 'resolve', 'merge'] as const;

export const command: Command = {
  summary: 'work items of what reviewers ask for; answer them, or merge',
  usage: ['review [--pull N] [--commit]', 'review --list', 'review --comment TEXT [--file PATH [--line N]]', 'review --reply|--resolve [NODE…]', 'review --merge merge|squash|rebase'],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    pull: { type: 'string', help: 'the pull request; else all open ones of the ticket, and to comment or merge that of this branch' },
    list: { type: 'boolean', help: 'print the pull requests and their conversations, and write nothing' },
    comment: { type: 'string', help: 'begin a conversation with this text' },
    file: { type: 'string', help: 'of --comment: the file that it is about' },
    line: { type: 'string', help: 'of --comment: the line, counted from 1' },
    reply: { type: 'boolean', help: 'tell reviewers what was done, for work items that are complete' },
    resolve: { type: 'boolean', help: 'the same, and resolve those conversations' },
    merge: { type: 'string', help: 'merge the pull request: merge, squash or rebase' },
    by: { type: 'string', help: 'who acts; else TREEWORK_ACTOR, else git’s email and the worktree' },
    ...WRITE_OPTIONS,
  },
  async run(invocation) {
    const { values, positionals, program } = invocation;
    const [way, other] = WAYS.filter((one) => values[one] !== undefined);
    if (other !== undefined && !(way === 'reply' && other === 'resolve')) throw new UserError(`Unexpected --${other} beside --${way}, expected one of them`, `${program} review --${way}`, 'usage');
    if (positionals.length > 0 && way !== 'reply' && way !== 'resolve') throw new UserError(`Unexpected ${positionals[0]}, expected nothing but options`, `${program} review --help`, 'usage');
    const workspace = openWorkspace(invocation);
    if (way === undefined) return (await import('./review-items.ts')).makeItems(workspace, invocation);
    if (way === 'reply' || way === 'resolve') return (await import('./review-answer.ts')).answerReviewers(workspace, invocation);
    const talk = await import('./review-talk.ts');
    return { list: talk.listConversations, comment: talk.comment, merge: talk.merge }[way](workspace, invocation);
  },
};
