import { destinationsOf } from '../documents/destinations.ts';
import type { ParsedDocument } from '../documents/document.ts';
import { parseDocument } from '../documents/parse.ts';
import { placeOf, type Place } from '../documents/place.ts';
import type { Settings } from '../documents/settings.ts';
import { isDecided } from './change-record.ts';
import { withFollowedPaths, type PathMove } from './followed-paths.ts';
import { folderMove, relinked, type Moved } from './relinked.ts';
import type { Snapshot } from './snapshot.ts';
import { pinOf } from './ticket.ts';

/** Where a ticket's folder goes. */
export interface FolderMove {
  readonly from: string;
  readonly to: string;
}

/** Why the links of a document stay as they are, though what they lead to moves. */
export type LeftBecause = 'frozen' | 'decided' | 'continuity' | 'ungoverned' | 'long' | 'form';

export interface Rewritten {
  /** Its content where it stands from now on. */
  readonly text: string;
  /** Set where links or paths would have to be rewritten and are not: they lead nowhere from now on. */
  readonly left: LeftBecause | undefined;
}

/**
 * A Markdown file as it reads once a ticket's folder has moved: at its new path where it is in that
 * folder. Frozen specs and decided change records keep every byte, as do files that nobody governs.
 */
export function rewritten(snapshot: Snapshot, path: string, bytes: Buffer, { from, to }: FolderMove, mayWriteContinuity: boolean): Rewritten {
  const moved: Moved = folderMove(from, to);
  const text = bytes.toString();
  const place = placeOf(snapshot.settings, path);
  const parsed = parseDocument(bytes);
  // What cannot be read is moved as it is.
  if (place?.kind === 'attachment' || parsed.text !== text) return { text, left: undefined };
  const move = { from: path, to: moved(path), moved, exists: (target: string) => snapshot.tree.entry(target) !== undefined };
  const now = followed(parsed, move);
  if (now.text === text) return now;
  const left = heldBack(snapshot, path, place, mayWriteContinuity);
  return left === undefined ? now : { text, left };
}

/** Its links, and the paths in its frontmatter. */
function followed(parsed: ParsedDocument, move: PathMove): Rewritten {
  const text = relinked(parsed, move.from, move.to, move.moved);
  const paths = withFollowedPaths(text === parsed.text ? parsed : parseDocument(Buffer.from(text)), move);
  if (paths === undefined) return { text, left: 'form' };
  return { text: paths, left: destinationsOf(parsed).isPartial ? 'long' : undefined };
}

function heldBack(snapshot: Snapshot, path: string, place: Place | undefined, mayWriteContinuity: boolean): LeftBecause | undefined {
  if (place === undefined || place.kind === 'stray') return 'ungoverned';
  if (place.kind === 'continuity' && !mayWriteContinuity) return 'continuity';
  if (place.kind === 'spec' && pinOf(snapshot.document(`${place.folder}/tasks.md`)) !== undefined) return 'frozen';
  const record = place.kind === 'change' ? snapshot.document(path) : undefined;
  return record && isDecided(record) ? 'decided' : undefined;
}

/** A requirement's body as it reads in the living spec: what it links to stays the same. */
export function rebasedRequirement(body: string, path: string, livingPath: string, { from, to }: FolderMove): string {
  const heading = '### Requirement: x\n';
  return relinked(parseDocument(Buffer.from(heading + body)), path, livingPath, folderMove(from, to)).slice(heading.length);
}

/** The living spec of a capability. */
export function livingPath({ layout }: Pick<Settings, 'layout'>, capability: string): string {
  return `${layout.capabilities}/${capability}.md`;
}
