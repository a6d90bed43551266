import { parseDocument } from '../documents/parse.ts';
import type { Place } from '../documents/place.ts';
import { mergedTrees } from '../git/merge-sides.ts';
import type { Repository } from '../git/repository.ts';
import { mergeDocument, type MergeTools, type Versions } from '../workflow/merge-document.ts';
import type { Merged } from '../workflow/merge-frontmatter.ts';
import { README_MARK, ticketReadme } from '../workflow/ticket-readme.ts';

/**
 * A ticket's derived page made anew from the merge of what it is derived from. undefined where it is
 * no such page, where its sources cannot be told, or where they conflict themselves: then it is text.
 */
export function mergedReadme(repository: Repository, place: Place | undefined, path: string, files: Versions<Buffer>, toolsOf: (kind: 'spec' | 'tasks') => MergeTools): Merged | undefined {
  const { folder, ticket } = place ?? {};
  if (place?.kind !== 'readme' || folder === undefined || ticket === undefined) return undefined;
  if (![files.ours, files.theirs].every((bytes) => bytes.toString().startsWith(README_MARK))) return undefined;
  const trees = mergedTrees(repository, path, files);
  if (trees === undefined) return undefined;
  const dataOf = (kind: 'spec' | 'tasks') => {
    const at = `${folder}/${kind}.md`;
    const read = (side: 'base' | 'ours' | 'theirs') => trees[side].read(at) ?? Buffer.alloc(0);
    const merged = mergeDocument({ base: read('base'), ours: read('ours'), theirs: read('theirs') }, toolsOf(kind));
    return merged?.conflicts === 0 ? parseDocument(Buffer.from(merged.text)).data : undefined;
  };
  const [spec, tasks] = [dataOf('spec'), dataOf('tasks')];
  const text = spec && tasks && ticketReadme({ ticket, spec, tasks });
  return text === undefined ? undefined : { text, conflicts: 0 };
}
