import { UserError } from '../../error.ts';
import { RecordRef, type Records } from '../../git/record-ref.ts';
import type { DocumentStorage, PublishedDocument } from '../generated/ports.ts';
import type { LocalContext } from './context.ts';
import { readRecord, recordDocument } from './record-document.ts';

/** Documents on `refs/treework/documents` of the remote, without one of this repository: each a file at its path. */
export function localDocumentStorage({ repository, actor, now }: LocalContext): DocumentStorage {
  const store = new RecordRef(repository, 'documents');
  return {
    publishDocument: ({ path, title, body }) =>
      store.change((records) => {
        refuseTwin(records, path);
        const known = readDocument(records, path);
        if (known && known.title === title && known.body === body) return { files: new Map(), message: '', answer: known };
        const answer: PublishedDocument = { path, title, body, author: actor(), updated: now(), url: null };
        return { files: new Map([[path, recordDocument({ title, author: answer.author, updated: answer.updated }, body)]]), message: `publish ${path}`, answer };
      }),
    async readDocument({ path }) {
      return readDocument(store.read(), path) ?? null;
    },
    async listDocuments({ under }) {
      const records = store.read();
      const paths = records.paths.filter((path) => under === undefined || path.startsWith(`${under}/`));
      records.load((path) => paths.includes(path));
      return paths.flatMap((path) => {
        const document = readDocument(records, path);
        if (!document) return [];
        const { body: _, ...listed } = document;
        return [listed];
      });
    },
    removeDocument: ({ path }) =>
      store.change((records) => {
        const answer = readDocument(records, path) ?? null;
        return { files: new Map(answer ? [[path, undefined]] : []), message: `remove ${path}`, answer };
      }),
  };
}

function readDocument(records: Records, path: string): PublishedDocument | undefined {
  const record = records.paths.includes(path) ? readRecord(records, path) : undefined;
  if (!record) return undefined;
  const { title, author, updated } = record.data as Pick<PublishedDocument, 'title' | 'author' | 'updated'>;
  return { path, title, body: record.text, author, updated, url: null };
}

/** In a tree a name is a file or a folder, and `.git` is neither. */
function refuseTwin({ paths }: Records, path: string): void {
  const twin = paths.find((one) => one.startsWith(`${path}/`) || path.startsWith(`${one}/`));
  if (twin !== undefined) throw new UserError(`Unexpected document ${path} beside ${twin}, expected a path that is no folder of another`, `publish it as ${path}.md, or remove ${twin}`, 'conflict');
  if (/(?:^|\/)\.git(?:\/|$)/i.test(path)) throw new UserError(`Unexpected document ${path}, expected no part .git`, 'give it another path', 'conflict');
}
