/** Where the address of a link in a document leads. */
export type LinkTarget =
  /** An address of the web or of mail: nobody's business here. */
  | { readonly leads: 'elsewhere' }
  /** A file that no clone holds. */
  | { readonly leads: 'outside' }
  | {
      readonly leads: 'inside';
      /** From the repository's root; '' is the root itself. */
      readonly path: string;
      /** It ends in a slash. */
      readonly isDirectory: boolean;
      /** After `#`, decoded; undefined without one. */
      readonly anchor: string | undefined;
    };

/** Resolves the address of a link in the document at `from` as GitHub does: `/` at its start is the repository's root. */
export function linkTarget(from: string, url: string): LinkTarget {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1];
  if (scheme !== undefined) return { leads: scheme.length === 1 || scheme.toLowerCase() === 'file' ? 'outside' : 'elsewhere' };
  if (url.startsWith('//')) return { leads: 'elsewhere' };
  const hash = url.indexOf('#');
  const anchor = hash === -1 ? undefined : decoded(url.slice(hash + 1));
  const path = decoded((hash === -1 ? url : url.slice(0, hash)).replace(/\?.*$/s, ''));
  if (path === '') return { leads: 'inside', path: from, isDirectory: false, anchor };
  const segments = path.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const segment of path.split('/')) {
    if (segment === '..' && segments.pop() === undefined) return { leads: 'outside' };
    if (segment !== '' && segment !== '.' && segment !== '..') segments.push(segment);
  }
  return { leads: 'inside', path: segments.join('/'), isDirectory: /(?:^|\/)\.{0,2}$/.test(path), anchor };
}

/** The address by which a document at `from` links to a path. */
export function addressOf(from: string, path: string): string {
  const [here, there] = [from.split('/').slice(0, -1), path.split('/')];
  let shared = 0;
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared += 1;
  const steps = [...here.slice(shared).map(() => '..'), ...there.slice(shared)];
  return steps.map((segment) => encodeURIComponent(segment).replaceAll(/%(?:2B|2C|3D|40|24|3B|5B|5D)/g, decodeURIComponent).replaceAll('(', '%28').replaceAll(')', '%29')).join('/');
}

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    const path = decodeURIComponent(text);
    // eslint-disable-next-line no-control-regex
    return /[\u0000-\u001f]/.test(path) ? text : path;
  } catch {
    return text;
  }
}
