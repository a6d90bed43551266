import type { DocumentStorage } from '../generated/ports.ts';
import { defined, HARD_TEXT, same, type Check } from './check.ts';

export interface DocumentStorageSubject {
  readonly port: DocumentStorage;
}

/** A folder of the contract's own, so that what is there already is left alone. */
const HOME = 'treework-provider-kit';

export const documentStorageChecks: readonly Check<DocumentStorageSubject>[] = [
  {
    name: 'what publishDocument answers is what readDocument reads and listDocuments lists',
    async run({ port }) {
      const path = `${HOME}/a/Über uns.md`;
      const document = await port.publishDocument({ path, title: 'Über uns', body: HARD_TEXT });
      same('fields', [document.path, document.title, document.body], [path, 'Über uns', HARD_TEXT]);
      same('document read again', await port.readDocument({ path }), document);
      const { body: _, ...listed } = document;
      same('listed', await port.listDocuments({ under: `${HOME}/a` }), [listed]);
    },
  },
  {
    name: 'publishDocument puts a document in place of the one that is there',
    async run({ port }) {
      const path = `${HOME}/b/page.md`;
      await port.publishDocument({ path, title: 'First', body: 'One' });
      const second = await port.publishDocument({ path, title: 'Second', body: 'Two' });
      same('document read again', await port.readDocument({ path }), second);
      same('title and body', [second.title, second.body], ['Second', 'Two']);
      same('titles listed', (await port.listDocuments({ under: `${HOME}/b` })).map(({ title }) => title), ['Second']);
    },
  },
  {
    name: 'listDocuments lists what is below a folder, in the order of paths, and what was published at once',
    async run({ port }) {
      const paths = ['z.md', 'a.md', 'm/x.md'].map((name) => `${HOME}/c/${name}`);
      await Promise.all(paths.map((path) => port.publishDocument({ path, title: path, body: path })));
      await port.publishDocument({ path: `${HOME}/cc.md`, title: 'Beside', body: '' });
      same('paths', (await port.listDocuments({ under: `${HOME}/c` })).map(({ path }) => path), [...paths].sort());
      const all = (await port.listDocuments({})).map(({ path }) => path);
      same('of all those of the folder', all.filter((path) => path.startsWith(`${HOME}/c/`)), [...paths].sort());
    },
  },
  {
    name: 'removeDocument takes a document away; what is not there is null',
    async run({ port }) {
      const path = `${HOME}/d/gone.md`;
      const document = await port.publishDocument({ path, title: 'Soon gone', body: 'x' });
      same('what was removed', defined('the removed document', await port.removeDocument({ path })), document);
      same('removed document', await port.readDocument({ path }), null);
      same('listed', await port.listDocuments({ under: `${HOME}/d` }), []);
      same('removed a second time', await port.removeDocument({ path }), null);
    },
  },
];
