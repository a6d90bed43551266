import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { describe, expect, it } from 'vitest';
import { ticketReadme, README_MARK } from '../../src/workflow/ticket-readme.ts';

type Node = { id: string; title?: string; nodes?: Node[]; depends_on?: string[]; order?: string; role?: string };

const source = (nodes: Node[], title = 'Reports API') => ({ ticket: 'PROJ-7', spec: { ticket: 'PROJ-7', title }, tasks: { ticket: 'PROJ-7', goal: { title: 'Ship it', why: 'Partners pull reports' }, nodes } });

/** Reads a flowchart of the few forms that are drawn here: any other line, an unbalanced phase or an arrow to nowhere throws. */
function readGraph(text: string): { boxes: Map<string, string>; arrows: string[] } {
  const [first, ...lines] = text.trimEnd().split('\n');
  if (first !== 'graph LR') throw new Error(`no graph: ${first}`);
  const boxes = new Map<string, string>();
  const arrows: string[] = [];
  let depth = 0;
  for (const line of lines) {
    // A label is a Mermaid string: no quote, bracket, angle, brace, pipe, backtick or bare # and ; in it.
    const box = /^ +(subgraph )?(n\d+)\["((?:[^"#;<>[\]{}()|`&%\\]|#\d+;)+)"\]$/.exec(line);
    const arrow = /^ {2}(n\d+) --> (n\d+)$/.exec(line);
    if (box) {
      if (boxes.has(box[2] as string)) throw new Error(`twice: ${line}`);
      boxes.set(box[2] as string, (box[3] as string).replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))));
      if (box[1]) depth += 1;
    } else if (arrow) {
      if (depth !== 0 || !boxes.has(arrow[1] as string) || !boxes.has(arrow[2] as string)) throw new Error(`an arrow to nowhere: ${line}`);
      arrows.push(line.trim());
    } else if (/^ +end$/.test(line) && depth > 0) depth -= 1;
    else throw new Error(`not understood: ${line}`);
  }
  if (depth !== 0) throw new Error('a phase is not closed');
  return { boxes, arrows };
}

function graphIn(page: string) {
  const code = fromMarkdown(page).children.find((node) => node.type === 'code');
  return readGraph(code?.type === 'code' ? `${code.value}\n` : '');
}

describe('the derived README', () => {
  it('shows the plan as a tree and as a graph, with links', () => {
    const page = ticketReadme(
      source([
        { id: 'development', title: 'Development', order: 'sequential', nodes: [{ id: 'red', role: 'test-writer' }, { id: 'build', title: 'Build "it" [now]' }] },
        { id: 'end', depends_on: ['development', 'nobody'] },
      ]),
    );
    expect(page).toBe(`${README_MARK} from spec.md and tasks.md; do not edit: \`treework check --fix\` writes it anew -->

# PROJ-7: Reports API

**Ship it**

Partners pull reports

[Specification](spec.md), [workflow](tasks.md). How far it has come: \`treework status\`.

## Plan

- **development** Development (in this order)
  - **red** (test-writer)
  - **build** Build "it" \\[now\\]
- **end** (after development, nobody)

\`\`\`mermaid
graph LR
  subgraph n1["Development"]
    n2["red"]
    n3["Build #34;it#34; #91;now#93;"]
  end
  n4["end"]
  n2 --> n3
  n1 --> n4
\`\`\`
`);
  });

  it('is there from two nodes on', () => {
    expect(ticketReadme(source([{ id: 'build' }]))).toBeUndefined();
    expect(ticketReadme(source([{ id: 'build', nodes: [{ id: 'a' }] }]))).toBeDefined();
  });

  it('is below 3 KB for twenty nodes', () => {
    const nodes = Array.from({ length: 4 }, (_, phase) => ({
      id: `phase-${phase}`,
      title: `Phase ${phase} of the work`,
      order: 'sequential',
      nodes: Array.from({ length: 4 }, (_, at) => ({ id: `node-${phase}-${at}`, title: `Do the thing number ${at} of phase ${phase}`, role: 'implementer' })),
      ...(phase > 0 && { depends_on: [`phase-${phase - 1}`] }),
    }));
    expect(Buffer.byteLength(ticketReadme(source(nodes)) as string)).toBeLessThan(3 * 1024);
  });

  it('holds no graph that no forge would draw', () => {
    const page = ticketReadme(source(Array.from({ length: 500 }, (_, at) => ({ id: `n-${at}` })))) as string;
    expect(page).not.toContain('mermaid');
    expect(page).toContain('- **n-499**');
  });

  it('is valid whatever titles hold', () => {
    const title = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'ab "\'[](){}<>|&#;`\\-.*_%:/!@$~^=\n1'), maxLength: 50 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom('\u200b', 'end', '1. first', '- a', '```', '"]\n  n9 --> n1', '%%{init: {}}%%', '<script>', '#quot;', 'a -->|b| c', '</details>', '[x](y)', 'a & b', 'subgraph'),
    );
    const leaf = fc.record({ id: fc.constantFrom('a', 'b', 'end', 'graph', 'c-1'), title, depends_on: fc.array(fc.constantFrom('a', 'b', 'end', 'graph'), { maxLength: 2 }), order: fc.constantFrom('free', 'sequential') });
    const tree = fc.array(fc.tuple(leaf, fc.array(leaf, { maxLength: 3 })).map(([node, nodes]) => (nodes.length > 0 ? { ...node, nodes } : node)), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(tree, title, (nodes, name) => {
        const page = ticketReadme(source(nodes, name)) as string;
        const { children } = fromMarkdown(page);
        // Nothing of a title becomes Markdown of the page: its blocks are always these.
        const types = children.map((child) => child.type);
        expect(types).toEqual(['html', 'heading', ...(types.length === 8 ? ['paragraph'] : []), 'paragraph', 'paragraph', 'heading', 'list', 'code']);
        expect(JSON.stringify(children.slice(1, -1))).not.toMatch(/"type":"(?:html|image|code|linkReference|thematicBreak)"/);
        const { boxes } = graphIn(page);
        expect(boxes.size).toBe(nodes.reduce((sum, node) => sum + 1 + ('nodes' in node ? node.nodes.length : 0), 0));
      }),
      { numRuns: 200 },
    );
  });
});

it('the reader of graphs refuses what Mermaid would', () => {
  for (const line of ['n1["a"b"]', 'n1["a]', 'n1[a]', 'n1["a"] --> n2["b"]', 'n1 --> n7', 'subgraph n1["a"]', 'end', 'n1["`a"]', 'n1["#quot"]']) {
    expect(() => readGraph(`graph LR\n  ${line}\n`), line).toThrow();
  }
});
