import { RecordRef, type Records } from '../../git/record-ref.ts';
import type { Message, Messaging } from '../generated/ports.ts';
import type { LocalContext } from './context.ts';
import { notFound, numbersIn, readRecord, recordDocument } from './record-document.ts';

/** So many messages a channel keeps; older ones are left to the history of the ref. */
export const MOST_MESSAGES = 500;

/** A log of messages on `refs/treework/messages` of the remote, without one of this repository: `CHANNEL/12.md`. */
export function localMessaging({ repository, actor, now }: LocalContext): Messaging {
  const store = new RecordRef(repository, 'messages');
  return {
    sendMessage: ({ channel, text, answers = null }) =>
      store.change((records) => {
        const numbers = numbersIn(records.paths, `${channel}/`);
        if (answers !== null && !numbers.includes(Number(answers))) throw notFound(`message ${answers} of ${channel}`, `the last one is ${numbers.at(-1) ?? 'none'}`);
        const id = String((numbers.at(-1) ?? 0) + 1);
        const answer: Message = { id, channel, author: actor(), at: now(), text, answers, url: null };
        const old = numbers.slice(0, Math.max(0, numbers.length + 1 - MOST_MESSAGES)).map((number) => [pathOf(channel, number), undefined] as const);
        const file = recordDocument({ author: answer.author, at: answer.at, ...(answers !== null && { answers }) }, text);
        return { files: new Map([...old, [pathOf(channel, id), file]]), message: `tell ${channel}`, answer };
      }),
    async readMessages({ channel, limit = 100 }) {
      const records = store.read();
      const wanted = numbersIn(records.paths, `${channel}/`).slice(-limit);
      const paths = new Set(wanted.map((number) => pathOf(channel, number)));
      records.load((path) => paths.has(path));
      return wanted.flatMap((number) => readMessage(records, channel, String(number)) ?? []);
    },
  };
}

function pathOf(channel: string, id: string | number): string {
  return `${channel}/${id}.md`;
}

function readMessage(records: Records, channel: string, id: string): Message | undefined {
  const record = readRecord(records, pathOf(channel, id));
  if (!record) return undefined;
  const { author, at, answers = null } = record.data as Pick<Message, 'author' | 'at' | 'answers'>;
  return { id, channel, author, at, text: record.text, answers, url: null };
}
