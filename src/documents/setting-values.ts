/** Readers of single values in WORKSPACE.md: undefined for whatever has another shape. */

export function mapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A whole number of at least `least`. */
export function count(value: unknown, least = 1): number | undefined {
  return Number.isInteger(value) && (value as number) >= least ? (value as number) : undefined;
}

/** A list of texts with at least one item. */
export function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string' && item !== '') ? value : undefined;
}

/** A path that stays inside the repository. */
export function pathIn(value: unknown): string | undefined {
  const path = text(value)?.replace(/\/+$/, '');
  return path && !path.startsWith('/') && !path.split('/').some((segment) => segment === '..' || segment === '.' || segment === '') ? path : undefined;
}
