import type { CI, CIJob, CILog, CIRun, DocumentStorage, Message, Messaging, PublishedDocument, TicketManagement, TrackedTicket } from '../generated/ports.ts';
import { absent, type FakeOptions } from './fake-options.ts';

/** A tracker in memory whose tickets are FAKE-1, FAKE-2 and so on. */
export function fakeTicketManagement({ now, author }: FakeOptions): TicketManagement {
  const tickets = new Map<string, TrackedTicket>();
  return {
    searchTickets: async ({ text = '', state, label, limit = 100 }) => {
      const words = text.toLowerCase().split(/\s+/);
      const isMeant = (ticket: TrackedTicket) => (state === undefined || ticket.state === state) && (label === undefined || ticket.labels.includes(label)) && words.every((word) => `${ticket.title}\n${ticket.body}`.toLowerCase().includes(word));
      return [...tickets.values()].reverse().filter(isMeant).slice(0, limit);
    },
    getTicket: async ({ id }) => tickets.get(id.toUpperCase()) ?? null,
    createTicket: async ({ title, body = '', labels = [] }) => {
      const ticket: TrackedTicket = { id: `FAKE-${tickets.size + 1}`, title, body, state: 'open', labels, author, created: now(), updated: now(), url: null };
      tickets.set(ticket.id, ticket);
      return ticket;
    },
    updateTicket: async ({ id, ...changes }) => {
      const ticket = { ...(tickets.get(id.toUpperCase()) ?? absent(`ticket ${id}`)), ...changes, updated: now() };
      tickets.set(ticket.id, ticket);
      return ticket;
    },
  };
}

/** Documents in memory. */
export function fakeDocumentStorage({ now, author }: FakeOptions): DocumentStorage {
  const documents = new Map<string, PublishedDocument>();
  return {
    publishDocument: async ({ path, title, body }) => {
      const document: PublishedDocument = { path, title, body, author, updated: now(), url: null };
      documents.set(path, document);
      return document;
    },
    readDocument: async ({ path }) => documents.get(path) ?? null,
    listDocuments: async ({ under }) => {
      const below = [...documents.values()].filter(({ path }) => under === undefined || path.startsWith(`${under}/`));
      return below.map(({ body: _, ...listed }) => listed).sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    removeDocument: async ({ path }) => {
      const document = documents.get(path) ?? null;
      documents.delete(path);
      return document;
    },
  };
}

/** Channels in memory. */
export function fakeMessaging({ now, author }: FakeOptions): Messaging {
  const channels = new Map<string, Message[]>();
  return {
    sendMessage: async ({ channel, text, answers = null }) => {
      const told = channels.get(channel) ?? [];
      if (answers !== null && !told.some(({ id }) => id === answers)) absent(`message ${answers}`);
      const message: Message = { id: String(told.length + 1), channel, author, at: now(), text, answers, url: null };
      channels.set(channel, [...told, message]);
      return message;
    },
    readMessages: async ({ channel, limit = 100 }) => (channels.get(channel) ?? []).slice(-limit),
  };
}

/** What a fake CI is to find of a commit: its jobs with what they print. */
export type FakeChecks = (commit: string) => readonly (CIJob & { readonly output: string })[] | undefined;

/** CI in memory: a commit of which `checks` knows nothing is not there. */
export function fakeCI({ now }: FakeOptions, checks: FakeChecks): CI {
  const runs = new Map<string, CIRun>();
  const logs = new Map<string, CILog>();
  return {
    startRun: async ({ commit, branch = null }) => {
      const jobs = checks(commit) ?? absent(`commit ${commit}`);
      const isPass = jobs.some(({ state }) => state === 'passed') && jobs.every(({ state }) => state !== 'failed');
      const run: CIRun = { id: String(runs.size + 1), commit, branch, state: isPass ? 'passed' : 'failed', jobs: jobs.map(({ output: _, ...job }) => job), started: now(), ended: now(), url: null };
      runs.set(run.id, run);
      for (const { name, output } of jobs) logs.set(`${run.id}/${name}`, { text: output, truncated: false });
      return run;
    },
    findRuns: async ({ commit }) => [...runs.values()].filter((run) => run.commit === commit).reverse(),
    getRun: async ({ id }) => runs.get(id) ?? null,
    readLog: async ({ run, job }) => logs.get(`${run}/${job}`) ?? absent(`job ${job} of run ${run}`),
  };
}
