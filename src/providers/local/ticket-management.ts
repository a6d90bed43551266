import { RecordRef, type RecordChange, type Records } from '../../git/record-ref.ts';
import type { TicketManagement, TrackedTicket } from '../generated/ports.ts';
import type { LocalContext } from './context.ts';
import { notFound, readRecord, recordDocument } from './record-document.ts';

/**
 * Tickets as Markdown documents on `refs/treework/tickets` of the remote, without one of this
 * repository. With `tickets.prefix` they are numbered, by compare-and-swap; else their ids are the
 * title's first words and random characters.
 */
export function localTicketManagement(context: LocalContext): TicketManagement {
  const store = new RecordRef(context.repository, 'tickets');
  const { actor, now, settings: { ticketPrefix } } = context;

  const idFor = (records: Records, title: string): string => {
    const taken = new Set([...records.paths.map((path) => path.replace(/\.md$/, '')), ...context.ticketsEverywhere()].map((id) => id.toLowerCase()));
    if (ticketPrefix !== undefined) return `${ticketPrefix}-${nextNumber(taken, ticketPrefix)}`;
    for (;;) {
      const id = context.freshTicketId(title);
      if (!taken.has(id.toLowerCase())) return id;
    }
  };

  return {
    async searchTickets({ text = '', state, label, limit = 100 }) {
      const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
      const isMeant = (ticket: TrackedTicket) => (state === undefined || ticket.state === state) && (label === undefined || ticket.labels.includes(label)) && words.every((word) => `${ticket.id} ${ticket.title}\n${ticket.body}`.toLowerCase().includes(word));
      return readTickets(store.read()).filter(isMeant).slice(0, limit);
    },
    async getTicket({ id }) {
      return readTicket(store.read(), id) ?? null;
    },
    createTicket: ({ title, body = '', labels = [] }) =>
      store.change((records) => {
        const at = now();
        const answer: TrackedTicket = { id: idFor(records, title), title, body, state: 'open', labels, author: actor(), created: at, updated: at, url: null };
        return { files: new Map([ticketFile(answer)]), message: `open ticket ${answer.id}: ${title}`, answer };
      }),
    updateTicket: ({ id, ...changes }) =>
      store.change((records): RecordChange<TrackedTicket> => {
        const ticket = readTicket(records, id);
        if (!ticket) throw notFound(`ticket ${id}`, 'searchTickets lists them');
        const changed = { ...ticket, ...changes };
        const isSame = ticketFile(changed)[1] === ticketFile(ticket)[1];
        const answer = isSame ? ticket : { ...changed, updated: now() };
        return { files: new Map(isSame ? [] : [ticketFile(answer)]), message: `change ticket ${ticket.id}`, answer };
      }),
  };
}

/** One more than the highest number that an id of this prefix has; ids are in small letters. */
function nextNumber(taken: ReadonlySet<string>, prefix: string): number {
  const begin = `${prefix.toLowerCase()}-`;
  const numbers = [...taken].flatMap((id) => (id.startsWith(begin) && /^\d{1,9}$/.test(id.slice(begin.length)) ? [Number(id.slice(begin.length))] : []));
  return Math.max(0, ...numbers) + 1;
}

/** All tickets, the newest first. */
function readTickets(records: Records): TrackedTicket[] {
  records.load((path) => path.endsWith('.md'));
  const tickets = records.paths.flatMap((path) => (path.endsWith('.md') ? (readTicket(records, path.slice(0, -'.md'.length)) ?? []) : []));
  return tickets.sort((a, b) => b.created.localeCompare(a.created) || b.id.localeCompare(a.id, 'en', { numeric: true }));
}

/** A ticket by its id, whatever the id's case. */
function readTicket(records: Records, id: string): TrackedTicket | undefined {
  const path = records.paths.find((one) => one.toLowerCase() === `${id.toLowerCase()}.md`);
  const record = path === undefined ? undefined : readRecord(records, path);
  if (path === undefined || !record) return undefined;
  const { title, state, labels = [], author, created, updated } = record.data as Omit<TrackedTicket, 'id' | 'body' | 'url'>;
  return { id: path.slice(0, -'.md'.length), title, body: record.text, state, labels, author, created, updated, url: null };
}

function ticketFile({ id, title, state, labels, author, created, updated, body }: TrackedTicket): [string, string] {
  return [`${id}.md`, recordDocument({ title, state, ...(labels.length > 0 && { labels }), author, created, updated }, body)];
}
