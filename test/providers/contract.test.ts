import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractOf, fakeCI, fakeDocumentStorage, fakeGitHosting, fakeMessaging, fakeTicketManagement, runContract, type Category, type GitHosting, type Ports, type Subjects } from '../../src/provider-kit.ts';
import { operationShapes } from '../../src/providers/generated/shapes.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { asDev, CI_FILES, clones, localCI, localHosting, port } from './local-subjects.ts';

const options = { now: () => '2026-11-20T10:30:00Z', author: 'fake' };
const [PASSING, FAILING] = ['a'.repeat(40), 'b'.repeat(40)];
const channels = ['kit-one', 'kit-two'] as const;

const checks = (commit: string) => {
  if (commit !== PASSING && commit !== FAILING) return undefined;
  return [{ name: 'test', state: commit === PASSING ? ('passed' as const) : ('failed' as const), summary: '1 test', output: 'said something' }];
};

const fakes: { readonly [C in Category]: () => Subjects[C] } = {
  ci: () => ({ port: fakeCI(options, checks), passing: PASSING, failing: FAILING }),
  'document-storage': () => ({ port: fakeDocumentStorage(options) }),
  'git-hosting': () => fakeGitHosting(options),
  messaging: () => ({ port: fakeMessaging(options), channels }),
  'ticket-management': () => ({ port: fakeTicketManagement(options) }),
};
const categories = Object.keys(fakes) as Category[];

const failures = async <C extends Category>(category: C, subject: Subjects[C]) => (await runContract(category, subject)).filter(({ state }) => state === 'failed');

describe('the providers in memory', () => {
  it.each(categories)('%s passes its whole contract', async (category) => {
    const results = await runContract(category, fakes[category]());
    expect(results.filter(({ state }) => state !== 'passed')).toEqual([]);
    expect(results.length).toBe(contractOf(category).length);
  });

  it.each(categories)('K11: no operation of %s is without a check that calls it', async (category) => {
    const called = new Set<string>();
    const subject = fakes[category]();
    const listening = Object.fromEntries(Object.entries(subject.port).map(([name, operation]) => [name, (input: never) => { called.add(name); return (operation as (input: never) => unknown)(input); }]));
    expect(await failures(category, { ...subject, port: listening } as never)).toEqual([]);
    expect([...called].sort()).toEqual(Object.keys(operationShapes[category]).sort());
  });
});

describe('the local providers', () => {
  let sandbox: Sandbox;
  beforeAll(() => {
    asDev();
    sandbox = new Sandbox();
    clones(sandbox, CI_FILES, 'treework: 1\ngates: {coverage: off}');
  });
  afterAll(() => sandbox.remove());

  it('git-hosting passes its contract, but for stacks, which git knows nothing of', async () => {
    const results = await runContract('git-hosting', await localHosting(sandbox));
    expect(results.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(results.filter(({ state }) => state === 'skipped').map(({ name }) => name)).toEqual(['a stack that was set is the one that is read, from each of its pull requests']);
  });

  it('ci passes its contract', async () => {
    expect(await failures('ci', await localCI(sandbox))).toEqual([]);
    expect(sandbox.git('a', 'worktree', 'list').trim().split('\n')).toHaveLength(1);
  });

  it('ticket-management, document-storage and messaging pass theirs', async () => {
    expect(await failures('ticket-management', { port: await port(sandbox, 'a', 'ticket-management') })).toEqual([]);
    expect(await failures('document-storage', { port: await port(sandbox, 'a', 'document-storage') })).toEqual([]);
    expect(await failures('messaging', { port: await port(sandbox, 'a', 'messaging'), channels })).toEqual([]);
  });
});

/** Adapters that are wrong on purpose, each by one operation. */
const WRONG: readonly [Category, string, (port: never) => object][] = [
  ['git-hosting', 'createPullRequest', ({ createPullRequest }: GitHosting) => ({ createPullRequest: async (input: never) => ({ ...(await createPullRequest(input)), body: 'lost' }) })],
  ['git-hosting', 'createPullRequest', () => ({ createPullRequest: async ({ title, body, head, base }: PullInput) => ({ id: '1', title, body, head, base, state: 'open', draft: false, author: 'x', created: options.now(), updated: options.now(), commit: null, merged: null, url: null }) })],
  ['git-hosting', 'findPullRequests', () => ({ findPullRequests: async () => [] })],
  ['git-hosting', 'findPullRequests', ({ findPullRequests }: GitHosting) => ({ findPullRequests: () => findPullRequests({}) })],
  ['git-hosting', 'getPullRequest', () => ({ getPullRequest: async () => null })],
  ['git-hosting', 'updatePullRequest', ({ updatePullRequest }: GitHosting) => ({ updatePullRequest: (input: Parameters<GitHosting['updatePullRequest']>[0]) => updatePullRequest({ body: '', ...input }) })],
  ['git-hosting', 'mergePullRequest', ({ getPullRequest }: GitHosting) => ({ mergePullRequest: async ({ id }: { id: string }) => ({ ...(await getPullRequest({ id })), state: 'merged', merged: PASSING }) })],
  ['git-hosting', 'listThreads', () => ({ listThreads: async () => [] })],
  ['git-hosting', 'openThread', ({ openThread }: GitHosting) => ({ openThread: ({ pull, body }: { pull: string; body: string }) => openThread({ pull, body }) })],
  ['git-hosting', 'replyToThread', ({ openThread }: GitHosting) => ({ replyToThread: ({ pull, body }: { pull: string; body: string }) => openThread({ pull, body }) })],
  ['git-hosting', 'resolveThread', ({ resolveThread }: GitHosting) => ({ resolveThread: (input: Parameters<GitHosting['resolveThread']>[0]) => resolveThread({ ...input, resolved: true }) })],
  ['git-hosting', 'setStack', () => ({ setStack: async ({ pulls }: { pulls: string[] }) => ({ id: '1', pulls }) })],
  ['git-hosting', 'getStack', () => ({ getStack: async () => null })],
  ['ticket-management', 'searchTickets', () => ({ searchTickets: async () => [] })],
  ['ticket-management', 'getTicket', () => ({ getTicket: async () => null })],
  ['ticket-management', 'createTicket', ({ createTicket }: Ports['ticket-management']) => ({ createTicket: ({ title }: { title: string }) => createTicket({ title }) })],
  ['ticket-management', 'updateTicket', ({ getTicket }: Ports['ticket-management']) => ({ updateTicket: getTicket })],
  ['document-storage', 'publishDocument', ({ publishDocument }: Ports['document-storage']) => ({ publishDocument: (input: Parameters<typeof publishDocument>[0]) => publishDocument({ ...input, path: input.path.toLowerCase() }) })],
  ['document-storage', 'readDocument', () => ({ readDocument: async () => null })],
  ['document-storage', 'listDocuments', ({ listDocuments }: Ports['document-storage']) => ({ listDocuments: () => listDocuments({}) })],
  ['document-storage', 'removeDocument', ({ readDocument }: Ports['document-storage']) => ({ removeDocument: readDocument })],
  ['messaging', 'sendMessage', () => ({ sendMessage: async ({ channel, text }: { channel: string; text: string }) => ({ id: '1', channel, author: 'x', at: options.now(), text, answers: null, url: null }) })],
  ['messaging', 'readMessages', () => ({ readMessages: async () => [] })],
  ['ci', 'startRun', ({ startRun }: Ports['ci']) => ({ startRun: async (input: Parameters<typeof startRun>[0]) => ({ ...(await startRun(input)), state: 'passed' }) })],
  ['ci', 'findRuns', () => ({ findRuns: async () => [] })],
  ['ci', 'getRun', () => ({ getRun: async () => null })],
  ['ci', 'readLog', () => ({ readLog: async () => ({ text: '', truncated: false }) })],
];
type PullInput = Parameters<GitHosting['createPullRequest']>[0];

describe('an adapter that is wrong', () => {
  it.each(WRONG)('%s fails its contract for %s (%#)', async (category, _operation, wrong) => {
    const subject = fakes[category]();
    expect(await failures(category, { ...subject, port: { ...subject.port, ...wrong(subject.port as never) } } as never)).not.toEqual([]);
  });

  it.each(categories)('K11: a stub of %s that does nothing and says that all is well fails every check', async (category) => {
    const stub = Object.fromEntries(Object.keys(operationShapes[category]).map((name) => [name, async () => ({ ok: true })]));
    const subject = { ...fakes[category](), port: stub } as never;
    expect(await failures(category, subject)).toHaveLength(contractOf(category).length);
  });

  it('is told which operations it lacks', async () => {
    const [first] = await failures('messaging', { port: { sendMessage: async () => ({}) } as never, channels });
    expect(first?.problem).toContain('without readMessages');
  });
});
