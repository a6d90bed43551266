const LONGEST = 40;

/** A title as a part of file and branch names: small ASCII letters, digits and hyphens, at most 40; '' when nothing of it can be written so. */
export function slugOf(title: string): string {
  const folded = title
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replaceAll('đ', 'd')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/['’]/g, '');
  const words = folded.split(/[^a-z0-9]+/).filter((word) => word !== '');
  let slug = '';
  for (const word of words) {
    const longer = slug === '' ? word.slice(0, LONGEST) : `${slug}-${word}`;
    if (longer.length > LONGEST) break;
    slug = longer;
  }
  return slug;
}

/**
 * The name (without `.md`) of the next record among these file names: one more than the highest
 * number, three digits at least, and the title's slug, `fallback` where it has none.
 */
export function nextRecordName(names: Iterable<string>, title: string, fallback: string): string {
  const numbers = [...names].map((name) => /^(\d{1,9})(?:-.*)?\.md$/.exec(name)?.[1]).flatMap((digits) => (digits === undefined ? [] : Number.parseInt(digits, 10)));
  const next = numbers.reduce((highest, number) => Math.max(highest, number), 0) + 1;
  return `${String(next).padStart(3, '0')}-${slugOf(title) || fallback}`;
}

/** The names that a reference means: a number in any form (`1`, `001`), a whole name, a file name or a path to it. */
export function recordsMeant(reference: string, names: readonly string[]): string[] {
  const name = reference.slice(reference.lastIndexOf('/') + 1).replace(/\.md$/, '');
  if (names.includes(name)) return [name];
  return /^#?\d+$/.test(name) ? names.filter((one) => Number.parseInt(one, 10) === Number.parseInt(name.replace('#', ''), 10)) : [];
}
