import type { TicketManagement } from '../generated/ports.ts';
import { HARD_TEXT, holds, refused, same, type Check } from './check.ts';

export interface TicketManagementSubject {
  readonly port: TicketManagement;
}

export const ticketManagementChecks: readonly Check<TicketManagementSubject>[] = [
  {
    name: 'what createTicket answers is what getTicket reads and searchTickets finds',
    async run({ port }) {
      const ticket = await port.createTicket({ title: 'Grüße vom Zebrafinken', body: HARD_TEXT, labels: ['kit-a', 'kit-b'] });
      same('fields', [ticket.title, ticket.body, ticket.state, [...ticket.labels].sort()], ['Grüße vom Zebrafinken', HARD_TEXT, 'open', ['kit-a', 'kit-b']]);
      same('ticket read again', await port.getTicket({ id: ticket.id }), ticket);
      holds('search that does not find it', (await port.searchTickets({ text: 'zebrafinken GRÜßE' })).some(({ id }) => id === ticket.id));
    },
  },
  {
    name: 'tickets that are created at once are all there, with ids of their own',
    async run({ port }) {
      const tickets = await Promise.all([1, 2, 3].map(() => port.createTicket({ title: 'At once' })));
      same('number of different ids', new Set(tickets.map(({ id }) => id.toLowerCase())).size, 3);
      for (const ticket of tickets) same('ticket read again', await port.getTicket({ id: ticket.id }), ticket);
    },
  },
  {
    name: 'searchTickets finds by words, state and label, the newest first, and no more than asked for',
    async run({ port }) {
      const made = [await port.createTicket({ title: 'Okapi one', labels: ['kit-okapi'] }), await port.createTicket({ title: 'Okapi two', body: 'with stripes', labels: ['kit-okapi'] })];
      const [one, two] = made.map(({ id }) => id);
      await port.updateTicket({ id: one as string, state: 'closed' });
      const found = async (input: Parameters<TicketManagement['searchTickets']>[0]) => (await port.searchTickets(input)).map(({ id }) => id).filter((id) => id === one || id === two);
      same('by words that stand apart', await found({ text: 'STRIPES okapi' }), [two]);
      same('by a word that one lacks', await found({ text: 'okapi zebra-less' }), []);
      same('by label', (await found({ label: 'kit-okapi' })).sort(), [one, two].sort());
      same('by another label', await found({ label: 'kit-none' }), []);
      same('closed', await found({ text: 'okapi', state: 'closed' }), [one]);
      same('open', await found({ text: 'okapi', state: 'open' }), [two]);
      same('number', (await port.searchTickets({ text: 'okapi', limit: 1 })).length, 1);
    },
  },
  {
    name: 'updateTicket changes what is named and nothing else',
    async run({ port }) {
      const ticket = await port.createTicket({ title: 'Before', body: 'Why', labels: ['kit'] });
      const { updated: _, ...changed } = await port.updateTicket({ id: ticket.id, title: 'After' });
      const { updated: __, ...rest } = ticket;
      same('after another title', changed, { ...rest, title: 'After' });
      const more = await port.updateTicket({ id: ticket.id, body: HARD_TEXT, state: 'closed', labels: [] });
      same('body, state, labels and title', [more.body, more.state, more.labels, more.title], [HARD_TEXT, 'closed', [], 'After']);
      same('ticket read again', await port.getTicket({ id: ticket.id }), more);
    },
  },
  {
    name: 'a ticket that is not there is null when read, and refused otherwise',
    async run({ port }) {
      const { id } = await port.createTicket({ title: 'Form of an id' });
      const unknown = id.replace(/[A-Za-z0-9]+$/, '999999999');
      same('unknown ticket', await port.getTicket({ id: unknown }), null);
      await refused('updateTicket', 'not-found', port.updateTicket({ id: unknown, title: 'x' }));
    },
  },
];
