import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataPath } from '../../src/documents/document.ts';
import { appendItem, removeKey, setValue } from '../../src/documents/edit.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import type { DocumentKind } from '../../src/documents/place.ts';
import { UserError } from '../../src/error.ts';
import { RUNS, writtenDocument } from '../documents/generators.ts';
import { allowTime, holds } from '../documents/holds.ts';
import { merge } from './tools.ts';

allowTime();

/** A change of one document; the word that it writes is nowhere else. */
type Edit = (text: string, word: string) => string;

function pathsOf(value: unknown, at: DataPath = []): DataPath[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...at, Array.isArray(value) ? Number(key) : key];
    return [here, ...pathsOf(inner, here)];
  });
}

/** The edit, or nothing where it cannot be made. */
function tried(text: string, edit: () => string): string {
  try {
    return edit();
  } catch (error) {
    if (error instanceof UserError) return text;
    throw error;
  }
}

const dataOf = (text: string) => parseDocument(Buffer.from(text)).data;
const picked = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)];

const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.nat().map((pick): Edit => (text, word) => {
    const path = picked(pathsOf(dataOf(text)), pick);
    return path === undefined ? text : tried(text, () => setValue(text, path, word));
  }),
  fc.nat().map((pick): Edit => (text, word) => {
    const path = picked(pathsOf(dataOf(text)).filter((one) => typeof one.at(-1) === 'string'), pick);
    return path === undefined ? text : tried(text, () => setValue(text, [...path.slice(0, -1), `x-${word}`], word));
  }),
  fc.nat().map((pick): Edit => (text) => {
    const path = picked(pathsOf(dataOf(text)).filter((one) => typeof one.at(-1) === 'string'), pick);
    return path === undefined ? text : tried(text, () => removeKey(text, path));
  }),
  fc.nat().map((pick): Edit => (text, word) => {
    const lines = text.split(/(?<=\n)/);
    const at = 1 + (pick % Math.max(1, lines.length - 1));
    const comment = `# ${word}${text.includes('\r\n') ? '\r\n' : '\n'}`;
    const edited = [...lines.slice(0, at), comment, ...lines.slice(at)].join('');
    return dataOf(edited) === undefined || JSON.stringify(dataOf(edited)) !== JSON.stringify(dataOf(text)) ? text : edited;
  }),
);

const BASE = `---
ticket: PROJ-7
goal: {title: Ship the reports API, why: Partners pull reports}
spec: ''
nodes:
  # what comes first
  - id: red
    title: "Red" # tests
    scope: ["test/**"]
  - {id: build, scope: ["src/**"], depends_on: [red]}
  - id: phase
    nodes:
      - id: one
        covers:
          - Token validation
      - id: two
x-note: |
  a

  b

  c
---
# Plan

one

two

three

four
`;

const WORKSPACE = `---
treework: 1
# who may
rules:
  review-size: warning # for now
  goal-why: {severity: error}
directories:
  src/*: [README.md, index.ts]
  docs/*:
    - README.md
after_create: [npm ci, npm test]
kinds: {knowledge: true}
requirements:
  keywords: [SHALL, MUST]
---
# Workspace

one

two

three

four
`;

const workspaceEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.constantFrom('rules', 'directories', 'kinds', 'models').map((key): Edit => (text, word) => tried(text, () => setValue(text, [key, `z-${word}`], word))),
  fc.constantFrom<DataPath>(['rules', 'review-size'], ['worktrees'], ['gates', 'test'], ['rules', 'goal-why', 'severity'], ['stale_days']).map((path): Edit => (text, word) => tried(text, () => setValue(text, path, word))),
  fc.constantFrom<DataPath>(['directories', 'src/*'], ['directories', 'docs/*'], ['after_create'], ['requirements', 'keywords']).map((path): Edit => (text, word) => tried(text, () => appendItem(text, path, word))),
  fc.constantFrom('one', 'two', 'three', 'four').map((line): Edit => (text, word) => text.replace(new RegExp(`^${line}$`, 'm'), `${line} ${word}`)),
);

/** A comment of its own above an entry, or one more on an entry's line. */
const commentEdit: fc.Arbitrary<Edit> = fc.tuple(fc.nat(), fc.boolean()).map(([pick, isOwn]): Edit => (text, word) => {
  const lines = text.split('\n');
  const at = picked([...lines.keys()].filter((index) => index < lines.lastIndexOf('---') && /^ *(?:- )?[\w/*-]+:/.test(lines[index] ?? '') && !/: [|]$/.test(lines[index] ?? '')), pick);
  if (at === undefined) return text;
  const line = lines[at] ?? '';
  const edited = isOwn ? [...lines.slice(0, at), `${/^ */.exec(line)?.[0] ?? ''}# ${word}`, ...lines.slice(at)] : [...lines.slice(0, at), `${line} # ${word}`, ...lines.slice(at + 1)];
  return JSON.stringify(dataOf(edited.join('\n'))) === JSON.stringify(dataOf(text)) ? edited.join('\n') : text;
});

const nodePaths = (text: string) => pathsOf(dataOf(text)).filter((path) => path.at(-1) === 'id').map((path) => path.slice(0, -1));
const tasksEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(fc.nat(), fc.constantFrom('title', 'role', 'x-note', 'plan')).map(([pick, key]): Edit => (text, word) => {
    const path = picked(nodePaths(text), pick);
    return path === undefined ? text : tried(text, () => setValue(text, [...path, key], key === 'plan' ? 'required' : word));
  }),
  fc.nat(2).map((pick): Edit => (text, word) => tried(text, () => appendItem(text, picked([['nodes'], ['nodes', 2, 'nodes']], pick) as DataPath, { id: word, title: word }))),
  fc.tuple(fc.nat(), fc.constantFrom('depends_on', 'scope', 'covers')).map(([pick, key]): Edit => (text, word) => {
    const path = picked(nodePaths(text), pick);
    return path === undefined ? text : tried(text, () => appendItem(text, [...path, key], word));
  }),
  fc.nat().map((pick): Edit => (text) => {
    const items = text.split(/(?<=\n)(?= {2}- |x-)/);
    const movable = items.slice(1, -1);
    const at = pick % Math.max(1, movable.length - 1);
    const edited = movable.length < 2 ? text : [items[0], ...movable.slice(0, at), movable[at + 1], movable[at], ...movable.slice(at + 2), items.at(-1)].join('');
    return dataOf(edited) === undefined ? text : edited;
  }),
  fc.constantFrom('one', 'two', 'three', 'four').map((line): Edit => (text, word) => text.replace(new RegExp(`^${line}$`, 'm'), `${line} ${word}`)),
  fc.constantFrom('a', 'b', 'c').map((line): Edit => (text, word) => text.replace(new RegExp(`^  ${line}$`, 'm'), `  ${line} ${word}`)),
  fc.constantFrom('title', 'why').map((key): Edit => (text, word) => tried(text, () => setValue(text, ['goal', key], word))),
);

/** What is left when all marks are settled for one side. */
function settled(text: string, side: 'ours' | 'theirs'): string {
  return text.replaceAll(/^<{7} ours\r?\n([^]*?)^={7}\r?\n([^]*?)^>{7} theirs\r?\n/gm, side === 'ours' ? '$1' : '$2');
}

const wordsIn = (text: string) => new Set(text.match(/\b(?:our|their)-\d+-/g) ?? []);

function made(base: string, edits: readonly Edit[], who: string): string {
  return edits.reduce((text, edit, index) => edit(text, `${who}-${index}-`), base);
}

/** Words of one side that the other's deletions cannot have taken with it. */
function holdsFor(kind: DocumentKind | undefined, base: string, ours: string, theirs: string): 'clean' | 'conflict' {
  const merged = merge(kind, base, ours, theirs);
  const swapped = merge(kind, base, theirs, ours);
  expect(swapped.conflicts).toBe(merged.conflicts);
  if (merged.conflicts === 0) {
    expect(swapped.text).toBe(merged.text);
    expect(dataOf(merged.text)).toBeDefined();
  }
  const words = wordsIn(merged.text);
  const data = (text: string) => wordsIn(JSON.stringify(dataOf(text) ?? {}) + parseDocument(Buffer.from(text)).body);
  for (const word of [...data(ours), ...data(theirs)]) expect(words, `${word} is lost`).toContain(word);
  if (merged.conflicts > 0) {
    for (const [side, text] of [['ours', ours], ['theirs', theirs]] as const) {
      const left = settled(merged.text, side);
      expect(left).not.toMatch(/^[<>]{7} /m);
      expect(dataOf(left), left).toBeDefined();
      for (const word of data(text)) expect(wordsIn(left), `${word} is lost for ${side}`).toContain(word);
    }
  }
  return merged.conflicts === 0 ? 'clean' : 'conflict';
}

describe('of random edits on both sides nothing is lost, and no side is preferred', () => {
  it('in tasks.md', async () => {
    const seen = { clean: 0, conflict: 0 };
    await holds(
      fc.property(fc.array(tasksEdit, { minLength: 1, maxLength: 3 }), fc.array(tasksEdit, { minLength: 1, maxLength: 3 }), fc.constantFrom('\n', '\r\n'), (mine, other, eol) => {
        const base = BASE.replaceAll('\n', eol);
        const lines = (text: string) => text.replaceAll(/\r?\n/g, eol);
        seen[holdsFor('tasks', base, lines(made(base, mine, 'our')), lines(made(base, other, 'their')))] += 1;
      }),
    );
    expect(seen.clean).toBeGreaterThan(RUNS / 10);
    expect(seen.conflict).toBeGreaterThan(RUNS / 50);
  });

  it('in any document as people write them', async () => {
    const seen = { clean: 0, conflict: 0 };
    await holds(
      fc.property(writtenDocument, fc.array(anyEdit, { minLength: 1, maxLength: 2 }), fc.array(anyEdit, { minLength: 1, maxLength: 2 }), (base, mine, other) => {
        if (dataOf(base) === undefined) return;
        seen[holdsFor(undefined, base, made(base, mine, 'our'), made(base, other, 'their'))] += 1;
      }),
    );
    expect(seen.clean).toBeGreaterThan(RUNS / 10);
    expect(seen.conflict).toBeGreaterThan(RUNS / 50);
  });
});

describe('where nobody takes anything out', () => {
  const keeps = (kind: DocumentKind, base: string, edit: fc.Arbitrary<Edit>) =>
    holds(
      fc.property(fc.array(fc.oneof(edit, commentEdit), { minLength: 1, maxLength: 3 }), fc.array(fc.oneof(edit, commentEdit), { minLength: 1, maxLength: 3 }), (mine, other) => {
        const [ours, theirs] = [made(base, mine, 'our'), made(base, other, 'their')];
        holdsFor(kind, base, ours, theirs);
        const { text } = merge(kind, base, ours, theirs);
        for (const word of [...wordsIn(ours), ...wordsIn(theirs)]) expect(wordsIn(text), `${word} is lost, a comment`).toContain(word);
      }),
    );

  it('every word and comment of both sides is in the merged tasks.md', () => keeps('tasks', BASE, tasksEdit));

  it('every word and comment of both sides is in the merged WORKSPACE.md', () => keeps('workspace', WORKSPACE, workspaceEdit));
});

describe('a side that changed nothing', () => {
  it('has no say: the result is the other side, byte for byte', async () => {
    await holds(
      fc.property(writtenDocument, fc.array(anyEdit, { minLength: 1, maxLength: 3 }), (base, edits) => {
        const edited = made(base, edits, 'our');
        expect(merge(undefined, base, edited, base)).toEqual({ text: edited, conflicts: 0 });
        expect(merge(undefined, base, base, edited)).toEqual({ text: edited, conflicts: 0 });
        expect(merge(undefined, base, edited, edited)).toEqual({ text: edited, conflicts: 0 });
        expect(merge(undefined, '', edited, edited)).toEqual({ text: edited, conflicts: 0 });
      }),
    );
  });
});
