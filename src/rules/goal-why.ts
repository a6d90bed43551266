import { nameKey } from '../documents/operations.ts';
import { placeholdersIn } from '../documents/placeholders.ts';
import type { Rule } from '../workflow/rule.ts';

/** What people write where something has to stand. */
const NOTHING = new Set(['why', 'because', 'none', 'na', 'notapplicable', 'todo', 'tbc', 'tbd', 'fixme', 'xxx', 'nothing', 'noreason', 'yes', 'reason', 'thereason', 'goal', 'thegoal', 'needed', 'itisneeded', 'required', 'itisrequired', 'important', 'itisimportant', 'asdiscussed', 'asrequested', 'asagreed', 'seespec', 'seetitle', 'seeabove', 'seeticket', 'lorem', 'loremipsum', 'test', 'foo', 'bar']);

export const rule: Rule = {
  id: 'goal-why',
  group: 'tree',
  severity: 'error',
  kinds: ['tasks'],

  *document(document) {
    const { goal } = document.data;
    const { title, why } = typeof goal === 'object' && goal !== null ? (goal as Record<string, unknown>) : {};
    if (typeof why !== 'string' || why.trim() === '') return;
    const fault = faultOf(why, typeof title === 'string' ? title : '');
    if (!fault) return;
    const place = document.parsed.locate(['goal', 'why']);
    // An unfilled place is a matter of its own rule.
    if (placeholdersIn(document.parsed).some(({ line }) => line === place.line)) return;
    yield {
      path: document.path,
      ...place,
      message: `Unexpected why "${shown(why)}" ${fault}, expected what gets better, and for whom`,
      remedy: 'say in one sentence who gains what once the goal is reached, or what happens without it',
      ...(document.place.archived && { severity: 'warning' as const }),
    };
  },
};

function faultOf(why: string, title: string): string | undefined {
  const words = wordsOf(why);
  const said = new Set(wordsOf(title));
  if (words.length === 0 || NOTHING.has(words.join(''))) return 'that says nothing';
  if (nameKey(words.join('')) === nameKey([...said].join(''))) return 'that is the title again';
  return said.size > 0 && words.every((word) => said.has(word) || FILLERS.has(word)) ? 'that says no more than the title' : undefined;
}

/** Words that add nothing to a title. */
const FILLERS = new Set(['to', 'the', 'a', 'an', 'we', 'want', 'need', 'should', 'must', 'will', 'because', 'so', 'that', 'this', 'it', 'is', 'be', 'for', 'of', 'in', 'and', 'our', 'us']);

/** In lower case, letters and digits alone; a script without spaces gives long words. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().normalize('NFKC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}

function shown(why: string): string {
  const line = why.trim().replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
