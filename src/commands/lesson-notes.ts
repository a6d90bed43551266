import { join, posix } from 'node:path';
import type { Kind } from '../documents/kinds.ts';
import { addressOf } from '../documents/link-target.ts';
import { parseDocument } from '../documents/parse.ts';
import { fillPlaces, placesIn } from '../documents/path-pattern.ts';
import { UserError } from '../error.ts';
import { now } from '../git/clock.ts';
import { readBytes } from '../git/files.ts';
import { kindDocument } from '../render/kind-document.ts';
import type { Lesson } from '../render/retro.ts';
import type { Edit } from '../tree/edit.ts';
import { slugOf } from '../workflow/record-name.ts';
import { factsOfKind, knownKind, templateOf } from './kind-sources.ts';
import { switchedOn } from './new-document.ts';
import type { Workspace } from './workspace.ts';

interface Wanted {
  readonly id: string;
  /** The look back that the notes link to. */
  readonly from: string;
  readonly texts: readonly string[];
  readonly known: readonly Lesson[];
}

/** Every lesson as a note: those there are, and the edits that make the new ones. What is said twice is one. */
export function lessonNotes(workspace: Workspace, { id, from, texts, known }: Wanted): { readonly lessons: readonly Lesson[]; readonly edits: Edit[] } {
  const kind = knownKind(workspace, 'knowledge') as Kind;
  const lessons = [...known];
  const edits: Edit[] = [];
  for (const title of texts) {
    if (lessons.some((lesson) => lesson.title === title)) continue;
    const taken = new Set(edits.map(({ path }) => path));
    const path = pathFor(workspace, kind, title, taken);
    lessons.push({ path, title });
    if (titleAt(workspace, path) !== title) edits.push({ path, content: noteText(workspace, kind, { id, from, title, path }), expect: 'absent' });
  }
  if (edits.length > 0 && !workspace.settings.kinds.some(({ name }) => name === kind.name)) edits.push(switchedOn(workspace, kind));
  return { lessons, edits };
}

/** The note that has this title already, else the first name that is free. */
function pathFor(workspace: Workspace, kind: Kind, title: string, taken: ReadonlySet<string>): string {
  const slug = slugOf(title) || 'lesson';
  for (let number = 1; ; number += 1) {
    const path = fillPlaces(kind.path, (name) => (name === 'slug' ? (number === 1 ? slug : `${slug}-${number}`) : undefined));
    if (placesIn(path).length > 0 || path.includes('*')) throw new UserError(`Unexpected path ${kind.path} of kind knowledge, expected one that a title fills in`, `treework new knowledge --title ${JSON.stringify(title)} asks for the rest`, 'input');
    const there = titleAt(workspace, path);
    if (!taken.has(path) && (there === undefined || there === title)) return path;
  }
}

/** undefined where there is no file. */
function titleAt({ repository }: Workspace, path: string): string | undefined {
  const bytes = readBytes(join(repository.workRoot, path));
  return bytes && String(parseDocument(bytes).data?.title ?? '');
}

function noteText(workspace: Workspace, kind: Kind, { id, from, title, path }: { id: string; from: string; title: string; path: string }): string {
  const learned = `Learned in [${id}](${addressOf(path, from)}).\n`;
  const template = kind.template === undefined ? { text: `---\ntitle: {{title}}\nkind: {{kind}}\ntags: {{tags}}\nticket: {{ticket}}\nconfirmed: {{date}}\n---\n${learned}`, path: 'generators/knowledge.md' } : templateOf(workspace, kind);
  const known = new Map([['title', title], ['slug', posix.basename(path, '.md')], ['kind', 'lesson'], ['ticket', id], ['date', now().slice(0, 10)]]);
  return kindDocument({ template: template.text, templatePath: template.path, facts: factsOfKind(workspace, kind), places: placesIn(kind.path), known, given: new Map() });
}
