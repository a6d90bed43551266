import { tokensIn } from '../documents/tokens.ts';
import { findWord } from '../documents/words.ts';
import type { Report, RepositoryStep, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { unfilled } from '../workflow/unfilled.ts';

/** Keys of the Agent Skills standard (agentskills.io); clients add others. */
const STANDARD = ['name', 'description', 'license', 'compatibility', 'metadata', 'allowed-tools'];
const WHEN = ['when', 'When', 'WHEN', 'whenever', 'Whenever', 'before', 'Before', 'after', 'After', 'if', 'If', 'while', 'While'];
const MOST_LINES = 500;
const MOST_TOKENS = 5000;
/** What a client lists of one skill, in characters. */
const MOST_LISTED = 1536;
/** A file of the skill's own, in code or in prose. */
const REFERENCE = /(?<![\w./-])((?:scripts|references|assets)\/[\w./-]*\w)/g;

export const rule: Rule = {
  id: 'skill-standard',
  group: 'document',
  severity: 'error',
  kinds: ['skill'],

  *document(document, { options }, step) {
    yield* named(document);
    yield* described(document, Array.isArray(options.when) ? options.when.map(String) : WHEN);
    yield* signs(document);
    if (options.strict === true) yield* foreignKeys(document);
    yield* sized(document);
    for (const mark of unfilled(document, 'fill it in: an agent takes every line of a skill at its word')) yield { ...mark, severity: 'warning' };
    if (step) yield* references(document, step);
  },
};

function* named({ path, data, parsed }: GovernedDocument): Iterable<Report> {
  const [file = '', folder] = path.split('/').toReversed();
  if (file !== 'SKILL.md') yield { path, message: `Unexpected file name ${file}, expected SKILL.md: no client reads another`, remedy: `git mv ${path} ${path.slice(0, -file.length)}SKILL.md` };
  if (typeof data.name !== 'string' || folder === undefined || data.name === folder) return;
  yield { path, ...parsed.locate(['name']), message: `Unexpected name ${data.name}, expected ${folder} as the folder is named: clients find a skill by both`, remedy: `write name: ${folder}, or rename the folder` };
}

function* described({ path, data, parsed }: GovernedDocument, words: readonly string[]): Iterable<Report> {
  const { description, when_to_use: more } = data;
  if (typeof description !== 'string') return;
  const listed = description.length + (typeof more === 'string' ? more.length : 0);
  if (!findWord(`${description} ${typeof more === 'string' ? more : ''}`, words)) {
    yield { path, ...parsed.locate(['description']), message: 'Unexpected description that does not say when to use the skill, expected "Use when …"', remedy: 'say what has to be so for the skill to apply: an agent decides by it, and one that reads a summary skips the body', severity: 'warning' };
  }
  if (listed > MOST_LISTED) yield { path, ...parsed.locate(['description']), message: `Unexpected length of ${listed} characters of description and when_to_use, expected at most ${MOST_LISTED}: the rest is cut off`, remedy: 'shorten them' };
}

/** Clients put these texts between tags. */
function* signs({ path, data, parsed }: GovernedDocument): Iterable<Report> {
  for (const key of STANDARD) {
    const value = data[key];
    if (value === undefined || !/[<>]/.test(JSON.stringify(value))) continue;
    yield { path, ...parsed.locate([key]), message: `Unexpected < or > in ${key}, expected text without tags: clients put it between tags of their own`, remedy: 'say it in words' };
  }
}

function* foreignKeys({ path, data, parsed }: GovernedDocument): Iterable<Report> {
  for (const key of Object.keys(data).filter((one) => !STANDARD.includes(one) && !one.startsWith('x-'))) {
    yield { path, ...parsed.locate([key], 'key'), message: `Unexpected key ${key}, expected those of the standard: ${STANDARD.join(', ')}`, remedy: 'remove it, or move it into metadata' };
  }
}

function* sized({ path, parsed, bytes }: GovernedDocument): Iterable<Report> {
  const { body, bodyLine } = parsed;
  if (body.trim() === '' && bytes.length > 0) yield { path, line: bodyLine, message: 'Unexpected empty body, expected what an agent does step by step', remedy: 'write the recipe: commands to run, and what shows that they worked' };
  const lines = body.split('\n').length - 1;
  if (lines >= MOST_LINES) yield { path, line: bodyLine + MOST_LINES - 1, message: `Unexpected length of ${lines} lines, expected less than ${MOST_LINES}`, remedy: 'move what is seldom needed into references/' };
  const tokens = tokensIn(Buffer.from(body));
  if (tokens > MOST_TOKENS) yield { path, line: bodyLine, message: `Unexpected size of about ${tokens} tokens, expected at most ${MOST_TOKENS}: what is beyond is lost when a client shortens its memory`, remedy: 'move what is seldom needed into references/' };
}

/** Files that the body names in the standard's folders have to be there, and one step away. */
function* references({ path, parsed }: GovernedDocument, { after }: RepositoryStep): Iterable<Report> {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const seen = new Set<string>();
  const lines = parsed.text.split('\n').slice(parsed.bodyLine - 1);
  const named = lines.flatMap((line, index) => [...line.matchAll(REFERENCE)].map((match) => ({ name: match[1] as string, line: parsed.bodyLine + index, column: match.index + 1 })));
  const first = named.filter(({ name }) => !seen.has(name) && seen.add(name));
  if (first.length > 0) after.tree.prefetch([...new Set(first.map(({ name }) => `${folder}/${name.slice(0, name.lastIndexOf('/'))}`))]);
  for (const { name, line, column } of first) {
    const entry = after.tree.entry(`${folder}/${name}`);
    if (!entry) yield { path, line, column, message: `Unexpected ${name}, expected a file of this skill: nothing is at ${folder}/${name}`, remedy: 'write it (and git add it), or correct the name' };
    else if (entry.type === 'file' && name.startsWith('references/') && name.split('/').length > 2) yield { path, line, column, message: `Unexpected depth of ${name}, expected references one level below the skill`, remedy: 'move it up: agents follow one step', severity: 'warning' };
  }
}
