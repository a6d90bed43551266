import fc from 'fast-check';
import { YAML11_SCHEMA, load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { DataPath } from '../../src/documents/document.ts';
import { appendItem, insertItem, removeKey, renderFrontmatter, setValue } from '../../src/documents/edit.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { UserError } from '../../src/error.ts';
import { RUNS, data, mappingData, path, writtenDocument } from './generators.ts';
import { allowTime, holds } from './holds.ts';

function dataOf(text: string): Record<string, unknown> | undefined {
  return parseDocument(Buffer.from(text)).data;
}

/** Every path in the data, deepest last. */
function pathsOf(value: unknown, at: DataPath = []): DataPath[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...at, Array.isArray(value) ? Number(key) : key];
    return [here, ...pathsOf(inner, here)];
  });
}

function valueAt(value: unknown, at: DataPath): unknown {
  return at.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], value);
}

/** The lines that differ, after what both begin and end with: `[first, last)` of each. */
function changedLines(before: string, after: string): { old: string[]; new: string[]; first: number } {
  const [a, b] = [before.split(/(?<=\n)/), after.split(/(?<=\n)/)];
  let first = 0;
  while (first < Math.min(a.length, b.length) && a[first] === b[first]) first += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - first && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  return { old: a.slice(first, a.length - tail), new: b.slice(first, b.length - tail), first };
}

const comments = (text: string) => text.split(/\r?\n/).filter((line) => /^\s*#/.test(line));

allowTime();

describe('setValue', () => {
  it('replaces one value of a written document and nothing else', async () => {
    let edited = 0;
    await holds(
      fc.property(writtenDocument, fc.nat(), data, (text, pick, value) => {
        const before = parseDocument(Buffer.from(text));
        if (before.data === undefined) return;
        const paths = pathsOf(before.data);
        const at = paths[pick % Math.max(1, paths.length)];
        if (at === undefined) return;
        const result = setValue(text, at, value);
        edited += 1;
        const after = parseDocument(Buffer.from(result));
        expect(valueAt(after.data, at)).toEqual(value);
        expect(after.body).toBe(before.body);
        const changed = changedLines(text, result);
        const start = before.locate(at, typeof at.at(-1) === 'number' ? 'value' : 'key').line;
        if (changed.old.length > 0) expect(changed.first + 1).toBeGreaterThanOrEqual(start);
        const following = paths.slice(paths.findIndex((other) => other === at)).find((other) => !at.every((step, index) => other[index] === step));
        if (following !== undefined && changed.old.length > 0) {
          expect(changed.first + changed.old.length).toBeLessThanOrEqual(Math.max(start, before.locate(following, 'key').line));
        }
        expect(setValue(result, at, value)).toBe(result);
      })
    );
    expect(edited).toBeGreaterThan(RUNS / 3);
  });

  it('adds a key by a pure insertion', async () => {
    await holds(
      fc.property(writtenDocument, fc.nat(), data, (text, pick, value) => {
        const before = dataOf(text);
        if (before === undefined) return;
        const maps = [[], ...pathsOf(before)].filter((at) => isMapping(valueAt(before, at)));
        const at = [...(maps[pick % maps.length] ?? []), 'fresh'];
        const result = setValue(text, at, value);
        expect(valueAt(dataOf(result), at)).toEqual(value);
        expect(withoutInsertion(text, result)).toBe(true);
        expect(removeKey(result, at).length).toBeLessThanOrEqual(result.length);
        expect(dataOf(removeKey(result, at))).toEqual(before);
      })
    );
  });

  it.each<[string, DataPath, unknown, string]>([
    ['a: 1 # one\nb: "x" # two', ['b'], 'y', 'a: 1 # one\nb: "y" # two'],
    ["a: 'x'", ['a'], "it's", "a: 'it''s'"],
    ['status: proposed\nhistory:\n- {to: proposed}', ['status'], 'accepted', 'status: accepted\nhistory:\n- {to: proposed}'],
    ['a: {b: 1, c: 2}', ['a', 'b'], 'x, y', 'a: {b: "x, y", c: 2}'],
    ['a:\nb: 1', ['a'], ['x', 'z'], 'a:\n  - x\n  - z\nb: 1'],
    ['spec: sha256:aa', ['spec'], '', 'spec: ""'],
    ['nodes:\n  - id: a\n    # why\n  - id: b', ['nodes', 0, 'title'], 'T', 'nodes:\n  - id: a\n    title: T\n    # why\n  - id: b'],
    ['a: |\n  x\nb: 1', ['a'], 'p\nq\n', 'a: |\n  p\n  q\nb: 1'],
    ['a: x', ['goal', 'title'], 'T', 'a: x\ngoal:\n  title: T'],
  ])('in %j sets %j to %j', (yaml, at, value, expected) => {
    expect(setValue(`---\n${yaml}\n---\nbody`, at, value)).toBe(`---\n${expected}\n---\nbody`);
    const crlf = (text: string) => `---\n${text}\n---\nbody\n`.replaceAll('\n', '\r\n');
    expect(setValue(crlf(yaml), at, value)).toBe(crlf(expected));
  });

  it('fills empty frontmatter', () => {
    expect(setValue('---\n---\n', ['a'], 1)).toBe('---\na: 1\n---\n');
    expect(setValue('---\n# only a comment\n---\n', ['a', 'b'], 1)).toBe('---\n# only a comment\na:\n  b: 1\n---\n');
  });

  it.each<[string, DataPath]>([
    ['no frontmatter', ['a']],
    ['---\na: [\n---\n', ['a']],
    ['---\na: &x 1\n---\n', ['a']],
    ['---\na: 1\n---\n', ['a', 'b']],
    ['---\na: [1]\n---\n', ['a', 5]],
    ['---\na: 1\n---\n', []],
  ])('refuses %j at %j and says why', (text, at) => {
    expect(() => setValue(text, at, 'x')).toThrow(UserError);
    expect(() => setValue(text, at, 'x')).toThrow(/^Unexpected .*, expected /s);
  });
});

describe('appendItem', () => {
  it('adds one item by a pure insertion', async () => {
    await holds(
      fc.property(writtenDocument, fc.nat(), data, (text, pick, value) => {
        const before = dataOf(text);
        if (before === undefined) return;
        const lists = pathsOf(before).filter((at) => Array.isArray(valueAt(before, at)));
        const at = lists[pick % Math.max(1, lists.length)] ?? ['fresh'];
        const result = appendItem(text, at, value);
        const list = lists.length === 0 ? [] : (valueAt(before, at) as unknown[]);
        expect(valueAt(dataOf(result), at)).toEqual([...list, value]);
        expect(withoutInsertion(text, result)).toBe(true);
      })
    );
  });

  it.each<[string, DataPath, unknown, string]>([
    ['history:\n  - {to: a} # first\n# end', ['history'], { to: 'b', by: 'x' }, 'history:\n  - {to: a} # first\n  - to: b\n    by: x\n# end'],
    ['scope: ["a"]', ['scope'], 'b/**', 'scope: ["a", b/**]'],
    ['a: []', ['a'], 1, 'a: [1]'],
    ['a: 1', ['b'], 'x', 'a: 1\nb:\n  - x'],
    ['a:\n- x\nb: 1', ['a'], 'z', 'a:\n- x\n- z\nb: 1'],
  ])('to %j at %j adds %j', (yaml, at, value, expected) => {
    expect(appendItem(`---\n${yaml}\n---\n`, at, value)).toBe(`---\n${expected}\n---\n`);
  });
});

describe('insertItem', () => {
  it('adds one item in its place by a pure insertion, or refuses a form that cannot be edited', async () => {
    let edited = 0;
    await holds(
      fc.property(writtenDocument, fc.nat(), fc.nat(), data, (text, pick, place, value) => {
        const before = dataOf(text);
        if (before === undefined) return;
        const lists = pathsOf(before).filter((at) => Array.isArray(valueAt(before, at)));
        const at = lists[pick % Math.max(1, lists.length)] ?? ['fresh'];
        const list = lists.length === 0 ? [] : (valueAt(before, at) as unknown[]);
        const index = place % (list.length + 1);
        let result = '';
        try {
          result = insertItem(text, at, index, value);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          return;
        }
        edited += 1;
        expect(valueAt(dataOf(result), at)).toEqual(list.toSpliced(index, 0, value));
        expect(withoutInsertion(text, result)).toBe(true);
      })
    );
    expect(edited).toBeGreaterThan(RUNS / 2);
  });

  it.each<[string, DataPath, number, unknown, string]>([
    ['nodes:\n  # first\n  - id: a # one\n\n  # second\n  - id: b', ['nodes'], 1, { id: 'x' }, 'nodes:\n  # first\n  - id: a # one\n  - id: x\n\n  # second\n  - id: b'],
    ['nodes: # all\n  # first\n  - {id: a}', ['nodes'], 0, { id: 'x' }, 'nodes: # all\n  - id: x\n  # first\n  - {id: a}'],
    ['nodes: [{id: a}, {id: b}]', ['nodes'], 0, { id: 'x' }, 'nodes: [{id: x}, {id: a}, {id: b}]'],
    ['nodes: [{id: a}, {id: b}]', ['nodes'], 1, { id: 'x' }, 'nodes: [{id: a}, {id: x}, {id: b}]'],
    ['nodes:\n- id: a\n  nodes:\n  - id: b\n  - id: c', ['nodes', 0, 'nodes'], 1, { id: 'x' }, 'nodes:\n- id: a\n  nodes:\n  - id: b\n  - id: x\n  - id: c'],
    ['nodes:\n  - id: a', ['nodes', 0, 'nodes'], 9, { id: 'x' }, 'nodes:\n  - id: a\n    nodes:\n      - id: x'],
  ])('in %j at %j puts at %j %j', (yaml, at, index, value, expected) => {
    expect(insertItem(`---\n${yaml}\n---\n`, at, index, value)).toBe(`---\n${expected}\n---\n`);
    const crlf = (text: string) => `---\n${text}\n---\nbody\n`.replaceAll('\n', '\r\n');
    expect(insertItem(crlf(yaml), at, index, value)).toBe(crlf(expected));
  });
});

describe('removeKey', () => {
  it('takes one key away and no comment of others', async () => {
    await holds(
      fc.property(writtenDocument, fc.nat(), (text, pick) => {
        const before = parseDocument(Buffer.from(text));
        const paths = pathsOf(before.data).filter((at) => typeof at.at(-1) === 'string');
        const at = paths[pick % Math.max(1, paths.length)];
        if (at === undefined) return;
        const result = removeKey(text, at);
        const expected = structuredClone(before.data) as Record<string, unknown>;
        delete (valueAt(expected, at.slice(0, -1)) as Record<string, unknown>)[at.at(-1) ?? ''];
        expect(dataOf(result)).toEqual(expected);
        expect(parseDocument(Buffer.from(result)).body).toBe(before.body);
        for (const line of comments(result)) expect(text).toContain(line.trim());
      })
    );
  });

  it.each<[string, DataPath, string]>([
    ['a: 1\n# of b\nb: 2 # two\nc: 3', ['b'], 'a: 1\n# of b\nc: 3'],
    ['n:\n  - id: a\n    t: b', ['n', 0, 'id'], 'n:\n  - t: b'],
    ['a: {b: 1, c: 2}', ['a', 'b'], 'a: {c: 2}'],
    ['a: {b: 1, c: 2}', ['a', 'c'], 'a: {b: 1}'],
    ['a:\n  b: 1\nc: 2', ['a', 'b'], 'a: {}\nc: 2'],
    ['a: 1', ['zzz'], 'a: 1'],
  ])('in %j takes %j away', (yaml, at, expected) => {
    expect(removeKey(`---\n${yaml}\n---\n`, at)).toBe(`---\n${expected}\n---\n`);
  });
});

describe('renderFrontmatter', () => {
  it('says the same to every reader', async () => {
    await holds(
      fc.property(mappingData, (value) => {
        const text = renderFrontmatter(value);
        expect(dataOf(text)).toEqual(value);
        expect(load(text.slice(4, -4), { schema: YAML11_SCHEMA })).toEqual(value);
      })
    );
  });

  it('is what a person would write', () => {
    expect(
      renderFrontmatter({
        ticket: 'PROJ-7',
        spec: 'sha256:5f1c',
        goal: { title: 'A: b # c', why: "Partners' reports" },
        nodes: [{ id: 'build', scope: ['src/**', '*.ts'] }, 'no'],
        empty: [],
        l1: 'first\nsecond\n',
        at: '2026-01-02',
        none: null,
      }),
    ).toBe(`---
ticket: PROJ-7
spec: sha256:5f1c
goal:
  title: "A: b # c"
  why: Partners' reports
nodes:
  - id: build
    scope:
      - src/**
      - "*.ts"
  - "no"
empty: []
l1: |
  first
  second
at: "2026-01-02"
none: null
---
`);
  });
});

describe('any edit of any text', () => {
  it('does what was asked or refuses', async () => {
    await holds(
      fc.property(writtenDocument, path, data, (text, at, value) => {
        for (const edit of [() => setValue(text, at, value), () => appendItem(text, at, value), () => removeKey(text, at)]) {
          try {
            expect(dataOf(edit())).toBeDefined();
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        }
      })
    );
  });
});

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the longer text is the shorter one with something put in at one place. */
function withoutInsertion(before: string, after: string): boolean {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head += 1;
  return after.endsWith(before.slice(head));
}

