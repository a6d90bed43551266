import type { Messaging } from '../generated/ports.ts';
import { HARD_TEXT, refused, same, type Check } from './check.ts';

export interface MessagingSubject {
  readonly port: Messaging;
  /** Names of two channels that may be written to. */
  readonly channels: readonly [string, string];
}

export const messagingChecks: readonly Check<MessagingSubject>[] = [
  {
    name: 'what sendMessage answers is the last that readMessages reads, of that channel alone',
    async run({ port, channels: [channel, other] }) {
      const elsewhere = await port.readMessages({ channel: other });
      const first = await port.sendMessage({ channel, text: HARD_TEXT });
      const second = await port.sendMessage({ channel, text: 'Second' });
      same('text and channel', [first.text, first.channel, first.answers], [HARD_TEXT, channel, null]);
      same('last two', (await port.readMessages({ channel })).slice(-2), [first, second]);
      same('last one', await port.readMessages({ channel, limit: 1 }), [second]);
      same('messages of the other channel', await port.readMessages({ channel: other }), elsewhere);
    },
  },
  {
    name: 'a message may answer to another one, which has to be there',
    async run({ port, channels: [channel] }) {
      const asked = await port.sendMessage({ channel, text: 'Who?' });
      const answer = await port.sendMessage({ channel, text: 'Me.', answers: asked.id });
      same('what it answers to', answer.answers, asked.id);
      same('last two', (await port.readMessages({ channel, limit: 2 })).map(({ answers }) => answers), [null, asked.id]);
      await refused('an answer to nothing', 'not-found', port.sendMessage({ channel, text: 'x', answers: '999999999' }));
    },
  },
  {
    name: 'messages that are sent at once are all there, with ids of their own',
    async run({ port, channels: [, channel] }) {
      const sent = await Promise.all(['a', 'b', 'c'].map((text) => port.sendMessage({ channel, text })));
      same('number of different ids', new Set(sent.map(({ id }) => id)).size, 3);
      same('last three', (await port.readMessages({ channel, limit: 3 })).map(({ id }) => id).sort(), sent.map(({ id }) => id).sort());
    },
  },
];
