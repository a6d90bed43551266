import { hash } from '../documents/digest.ts';
import { isInScope, type Scope } from './scope.ts';

/** The folders below which everything in a scope stands: what its patterns say before their first wildcard. */
export function scopeRoots({ patterns }: Pick<Scope, 'patterns'>): string[] {
  const roots = patterns.map(({ text }) => {
    const wild = text.search(/[*?[\]{}()!+@]/);
    const fixed = wild === -1 ? text : text.slice(0, wild);
    return wild === -1 ? fixed.replace(/\/+$/, '') : fixed.slice(0, Math.max(0, fixed.lastIndexOf('/')));
  });
  return roots.includes('') ? [''] : [...new Set(roots)];
}

/** A digest over path and content (its blob's id) of those files that are in a scope: the same after a rebase or a squash. */
export function scopeDigest(files: readonly { readonly path: string; readonly oid: string }[], scope: Scope): string {
  const inside = files.filter(({ path }) => isInScope(path, scope));
  return hash([...new Set(inside.map(({ path, oid }) => `${path}\0${oid}\n`))].sort().join(''));
}
