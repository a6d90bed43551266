import { anchorsOf } from '../documents/anchors.ts';
import { linkTarget } from '../documents/link-target.ts';
import { linksOf, type Link } from '../documents/links.ts';
import { nearest } from '../documents/nearest.ts';
import { outlineOf } from '../documents/outline.ts';
import { parseDocument } from '../documents/parse.ts';
import type { Settings } from '../documents/settings.ts';
import type { Entry, Tree } from '../tree/tree.ts';
import type { GovernedDocument, Snapshot } from './snapshot.ts';

/** A link of a document that leads nowhere. */
export interface BrokenLink {
  readonly link: Link;
  readonly why: 'empty' | 'outside' | 'absent' | 'no directory' | 'no anchor';
  /** The path it names, from the repository's root; undefined where it names none. */
  readonly path: string | undefined;
  readonly anchor: string | undefined;
  /** What may have been meant. */
  readonly meant: string | undefined;
}

/** A link to somewhere in the repository. */
export interface InnerLink {
  readonly link: Link;
  readonly path: string;
  readonly isDirectory: boolean;
  readonly anchor: string | undefined;
}

/** The links of a document: those that no tree could mend, and those that its tree has to answer for. */
export function followLinks({ path, parsed }: GovernedDocument): { readonly broken: readonly BrokenLink[]; readonly inner: readonly InnerLink[] } {
  const broken: BrokenLink[] = [];
  const inner: InnerLink[] = [];
  for (const link of linksOf(parsed).links) {
    const target = linkTarget(path, link.url);
    if (link.url === '') broken.push({ link, why: 'empty', path: undefined, anchor: undefined, meant: undefined });
    else if (target.leads === 'outside') broken.push({ link, why: 'outside', path: undefined, anchor: undefined, meant: undefined });
    else if (target.leads === 'inside') inner.push({ link, path: target.path, isDirectory: target.isDirectory, anchor: target.anchor });
  }
  return { broken, inner };
}

/** What has to be read to follow links: the directories that hold what is linked to, and the documents of which a heading is. */
export function pathsToFollow(from: string, links: readonly InnerLink[], { layout: { specs, archived } }: Settings): string[] {
  const wanted = new Set<string>();
  for (const { path, anchor } of links) {
    if (path === from) continue;
    const parent = parentOf(path);
    // The folder of all tickets may be long.
    wanted.add(parent === specs || parent === archived ? path : parent);
    if (anchor !== undefined && isMarkdown(path)) wanted.add(path);
  }
  return [...wanted];
}

/** Those of a document's links that lead to nothing. Asks the tree for what is linked to and for nothing else. */
export function brokenAmong(links: readonly InnerLink[], from: string, snapshot: Snapshot): BrokenLink[] {
  const anchors = new Map<string, ReadonlySet<string> | undefined>();
  return links.flatMap((link) => [...judge(link, from, snapshot, anchors)]);
}

function* judge({ link, path, isDirectory, anchor }: InnerLink, from: string, snapshot: Snapshot, known: Map<string, ReadonlySet<string> | undefined>): Iterable<BrokenLink> {
  const { tree } = snapshot;
  const entry = path === from ? undefined : tree.entry(path);
  if (path !== from && !entry) {
    if (!isBeyond(tree, path)) yield { link, why: 'absent', path, anchor, meant: siblingLike(snapshot, path) };
    return;
  }
  if (isDirectory && entry?.type === 'file') yield { link, why: 'no directory', path, anchor, meant: undefined };
  if (!anchor || !isMarkdown(path) || (entry && entry.type !== 'file')) return;
  if (!known.has(path)) known.set(path, anchorsIn(path, snapshot));
  const anchors = known.get(path);
  if (!anchors || isKnown(anchors, anchor)) return;
  yield { link, why: 'no anchor', path, anchor, meant: nearest(anchor, [...anchors]) };
}

function isKnown(anchors: ReadonlySet<string>, anchor: string): boolean {
  return anchor === 'top' || /^L\d+(?:-L\d+)?$/.test(anchor) || anchors.has(anchor) || anchors.has(anchor.replace(/^user-content-/, ''));
}

/** undefined where the headings cannot be told. */
function anchorsIn(path: string, snapshot: Snapshot): ReadonlySet<string> | undefined {
  const governed = snapshot.document(path);
  if (governed) return governed.parsed.text === '' ? undefined : unlessProblem(outlineOf(governed.parsed));
  const bytes = snapshot.tree.read(path);
  const parsed = bytes && parseDocument(bytes);
  if (!parsed || parsed.text === '') return undefined;
  return unlessProblem(outlineOf(parsed));
}

function unlessProblem(outline: Parameters<typeof anchorsOf>[0]): ReadonlySet<string> | undefined {
  return outline.problem ? undefined : anchorsOf(outline);
}

/** Whether a path leads through a link or a submodule, behind which this tree does not look. */
function isBeyond(tree: Tree, path: string): boolean {
  for (let above = parentOf(path); above !== ''; above = parentOf(above)) {
    const entry: Entry | undefined = tree.entry(above);
    if (entry) return entry.type === 'symlink' || entry.type === 'submodule';
  }
  return false;
}

function siblingLike({ tree, settings }: Snapshot, path: string): string | undefined {
  const parent = parentOf(path);
  if (parent === settings.layout.specs || parent === settings.layout.archived) return undefined;
  const names = tree.list(parent).map((entry) => nameOf(entry.path));
  const name = nearest(nameOf(path), names);
  return name === undefined ? undefined : parent === '' ? name : `${parent}/${name}`;
}

function isMarkdown(path: string): boolean {
  return /\.(?:md|markdown)$/i.test(path);
}

function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
