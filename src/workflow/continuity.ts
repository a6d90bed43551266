import type { ParsedDocument } from '../documents/document.ts';
import { outlineOf } from '../documents/outline.ts';
import { sectionNamed, sectionsOf } from '../documents/sections.ts';
import type { Settings } from '../documents/settings.ts';

/** What a session can afford to read before it begins. */
export const CONTINUITY_TOKENS = 2000;

/** Where the trunk's page is; undefined where the kind is not switched on. */
export function continuityPath(settings: Pick<Settings, 'kinds'>): string | undefined {
  return settings.kinds.find(({ name }) => name === 'continuity')?.path;
}

/** The lines of a page's lessons, blank ones and what says that there are none left out. */
export function lessonsIn(page: ParsedDocument): string[] {
  const text = sectionNamed(sectionsOf(outlineOf(page)), 'Lessons')?.text ?? '';
  return text.split(/\r?\n/).filter((line) => line.trim() !== '' && !/^none(?: yet)?\.?$/i.test(line.trim()));
}

/** What reading the page may cost: `tokens` of its kind, else of the rule that holds it to its shape. */
export function continuityTokens({ kinds, rules }: Pick<Settings, 'kinds' | 'rules'>): number {
  const tokens = kinds.find(({ name }) => name === 'continuity')?.tokens ?? rules.get('continuity-shape')?.options.tokens;
  return typeof tokens === 'number' && tokens > 0 ? tokens : CONTINUITY_TOKENS;
}
