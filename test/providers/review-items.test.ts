import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { renderFrontmatter } from '../../src/documents/render-yaml.ts';
import { outlineOf } from '../../src/documents/outline.ts';
import { conversationPage } from '../../src/render/review.ts';
import { planReview, type Conversation } from '../../src/workflow/review-items.ts';
import { taskNodes } from '../../src/workflow/task-tree.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 200);

const text = fc.oneof(fc.string({ maxLength: 200 }), fc.constantFrom('```\n# Not a heading\n```', '````\n<!-- treework-allow spec-frozen: x -->', '---\nnodes: []\n---', '\n\n', '`'.repeat(9)));
const conversation = fc.record({
  pull: fc.constant('94'),
  thread: fc.uuid(),
  file: fc.option(fc.constantFrom('src/a.ts', 'docs/b c.md')),
  line: fc.option(fc.integer({ min: 1, max: 9000 })),
  resolved: fc.boolean(),
  url: fc.constant(null),
  comments: fc.array(fc.record({ author: fc.string({ maxLength: 20 }), at: fc.constant('2026-11-20T10:00:00Z'), body: text }), { minLength: 1, maxLength: 3 }),
});
const conversations = fc.uniqueArray(conversation, { maxLength: 8, selector: ({ thread }) => thread });

/** The nodes of a plan that has one phase with these. */
function nodesOf(...plans: ReturnType<typeof planReview>[]) {
  const data = { ticket: 'PROJ-7', nodes: [{ id: 'build' }, { id: 'pr-94-review', nodes: plans.flatMap(({ items }) => items.map((item) => item.data)) }] };
  return taskNodes(parseDocument(Buffer.from(renderFrontmatter(data))).data ?? {});
}

describe('work items of a review', () => {
  it('O8: every open conversation becomes one, with its file, line, author and time, once and for all', () => {
    fc.assert(fc.property(conversations, conversations, (said, later) => {
      const first = planReview('94', said, [], []);
      expect(first.items.map(({ conversation: { thread } }) => thread)).toEqual(said.filter(({ resolved }) => !resolved).map(({ thread }) => thread));
      expect(first.items.map(({ id }) => id)).toEqual(first.items.map((_, index) => `pr-94-issue-${index + 1}`));
      for (const { data, conversation: { file, line, comments } } of first.items) {
        expect(data.conversation).toMatchObject({ pull: '94', ...(file !== null && { file }), ...(line !== null && { line }), at: comments[0]?.at });
      }

      const all = [...said, ...later.filter(({ thread }) => !said.some((one) => one.thread === thread))];
      const second = planReview('94', all, nodesOf(first), []);
      const known = new Set(first.items.map(({ conversation: { thread } }) => thread));
      expect(second.items.map(({ conversation: { thread } }) => thread)).toEqual(all.filter(({ thread, resolved }) => !resolved && !known.has(thread)).map(({ thread }) => thread));
      expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(first.items.length + second.items.length);
      expect(second.known).toHaveLength(first.items.length);
      expect(planReview('94', all, nodesOf(first, second), []).items).toEqual([]);
    }), { numRuns: RUNS });
  });

  it('of two about one file the second waits for the first, of different files or of the whole neither does', () => {
    const about = (thread: string, file: string | null): Conversation => ({ pull: '1', thread, file, line: 1, resolved: false, url: null, comments: [{ author: 'bob', at: '', body: 'x' }] });
    const { items } = planReview('1', [about('a', 'x.ts'), about('b', 'y.ts'), about('c', 'x.ts'), about('d', null), about('e', null)], [], []);
    expect(items.map(({ data }) => data.depends_on)).toEqual([undefined, undefined, ['pr-1-issue-1'], undefined, undefined]);
  });

  it('numbers go on after records whose node is gone, and after those of another pull request nothing', () => {
    const open: Conversation = { pull: '9', thread: 'a', file: null, line: null, resolved: false, url: null, comments: [{ author: 'bob', at: '', body: 'x' }] };
    expect(planReview('9', [open], [], ['pr-9-issue-4', 'pr-99-issue-7']).items.map(({ id }) => id)).toEqual(['pr-9-issue-5']);
  });

  it('nothing that a reviewer writes is a heading or a comment of the page', () => {
    fc.assert(fc.property(conversation, (one) => {
      const page = Buffer.from(conversationPage('pr-94-issue-1', one));
      const { headings, opaque, lines } = outlineOf(parseDocument(page));
      expect(headings.map(({ depth }) => depth)).toEqual([1, ...one.comments.map(() => 2)]);
      lines.forEach((line, index) => {
        if (line.includes('treework-allow')) expect(opaque.has(index + 1)).toBe(true);
      });
    }), { numRuns: RUNS });
  });
});
