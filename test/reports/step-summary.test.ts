import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { describe, expect, it } from 'vitest';
import { cell, codeSpan, fenced } from '../../src/render/markdown-data.ts';
import { stepSummary, type StepSummary } from '../../src/render/step-summary.ts';
import type { Finding } from '../../src/tree/finding.ts';
import { FOLDER, Governed, nodeOf, pin, SPEC, tasksOf } from '../harness/governed.ts';

const HOSTILE = ['`', '``', '```', '<img src=x onerror=alert(1)>', '<!--', '-->', '</summary>', '\n', '\r\n', '# H', '[a](http://evil.example)', '![i](x)', '|', '\\', '\\|', '@octocat', 'https://evil.example', 'www.evil.example', '*b*', '_', '~~~', '- ', '> ', '\u202e', '\u2028', '$x$', '&lt;', 'x', ' '];
const hostile = fc.array(fc.constantFrom(...HOSTILE), { maxLength: 8 }).map((parts) => parts.join(''));

/** Kinds of Markdown nodes, in order, and the text that is shown as it stands. */
function read(markdown: string): { kinds: string[]; code: string[] } {
  const [kinds, code]: [string[], string[]] = [[], []];
  const visit = (node: Nodes): void => {
    kinds.push(node.type);
    if (node.type === 'inlineCode' || node.type === 'code') code.push(node.value);
    if ('children' in node) node.children.forEach(visit);
  };
  visit(fromMarkdown(markdown));
  return { kinds, code };
}

const finding = (text: string): Finding => ({ rule: 'some-rule', severity: 'error', path: text, line: 1, column: 1, message: text, remedy: text });
const summary = (text: string): StepSummary => ({
  result: { findings: [finding(text)], waived: [], documents: 1, tickets: 1 },
  rows: [{ ticket: text, documents: 1, errors: 1, warnings: 0 }],
  tickets: [{ id: text, title: text, plan: [text], requirements: [{ kind: 'modified', name: text, old: text, now: text }], records: [{ name: text, title: text, impact: text, status: text, history: [{ to: text, by: text }, { to: text, by: text, attested: text }] }], verdicts: [{ node: text, to: text, by: text }, { node: text, to: text, by: text, attested: text }, { node: text, to: text, by: text, awaitsReview: true }] }],
});

describe('text from a branch in the summary of a step', () => {
  it('is never read as Markdown or HTML', () => {
    // A table is a paragraph to the parser of plain Markdown.
    const expected = read(stepSummary(summary('x'), 1e6)).kinds;
    expect(expected).not.toContain('html');
    fc.assert(
      fc.property(hostile, (text) => {
        expect(read(stepSummary(summary(text), 1e6)).kinds).toEqual(expected);
      }),
    );
  });

  it('is shown as it stands, but for what drives a terminal or turns text round', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = text.replaceAll('\n', '\\x0a').replaceAll('\r', '\\x0d').replaceAll('\u202e', '\\u202e').replaceAll('\u2028', '\\u2028').trim();
        expect(read(codeSpan(text)).code).toEqual([shown === '' ? '(empty)' : shown]);
        expect(read(`- ${codeSpan(text)} x`).kinds).toEqual(['root', 'list', 'listItem', 'paragraph', 'inlineCode', 'text']);
        expect(read(fenced([text, text])).kinds).toEqual(['root', 'code']);
        expect(cell(text)).toMatch(/^[^|\\<`[\]*_\n]*$/);
      }),
    );
  });

  it('fits into what GitHub keeps, and says what was left out', () => {
    const long = summary('ä'.repeat(5_000));
    const many = { ...long, tickets: Array.from({ length: 500 }, () => long.tickets[0] as StepSummary['tickets'][number]), result: { ...long.result, findings: Array.from({ length: 5_000 }, () => finding('ä'.repeat(600))) } };
    const text = stepSummary(many, 1_000_000);
    expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
    expect(text).toMatch(/\n_\d+ sections left out: GitHub shows/);
    expect(stepSummary(many, 100)).toMatch(/^_502 sections left out|^_503 sections left out/);
  });
});

const ACCEPTED = `---
title: Tell how long
impact: replacing
status: accepted
history:
  - {to: proposed, by: impl-1, at: 2026-11-20T10:00:00Z}
  - {to: accepted, by: review-1, at: 2026-11-20T11:00:00Z}
---
## MODIFIED Requirements

### Requirement: Token validation

Was: {{was}}

The system SHALL reject expired tokens with HTTP 403.

#### Scenario: Expired token

- **GIVEN** a token whose exp is in the past
- **WHEN** it is sent to any endpoint
- **THEN** the system responds with HTTP 403

## Task impact

Covered by \`build\`.
`;

describe('check --format github in a job', () => {
  it('writes what a reviewer asks: the verdict, the plan, what the spec demands now and who let it', () => {
    const repo = new Governed();
    try {
      const digest = `sha256:${'0'.repeat(64)}`;
      const told = repo.sandbox.treework('work', 'new', 'change', '--ticket', 'PROJ-7', '--impact', 'replacing', '--title', 'Tell how long', '--dry-run', '--json');
      expect(told.status, told.output).toBe(0);
      repo.git('checkout', '-q', '-b', 'PROJ-7--how-long');
      repo.sneak('docs: change', { [`${FOLDER}/changes/001-tell.md`]: ACCEPTED.replace('{{was}}', digest) });
      const path = join(repo.sandbox.root, 'summary.md');
      const run = () => repo.sandbox.run('treework', ['check', '--format', 'github', '--from', 'origin/main', '--to', 'HEAD'], { cwd: 'work', env: { GITHUB_STEP_SUMMARY: path } });
      const refused = run();
      expect(refused, refused.output).toMatchObject({ status: 1 });
      const was = /sha256:[0-9a-f]{64}/.exec(refused.stdout.replaceAll(digest, ''))?.[0] as string;
      expect(refused.stdout).toContain('::error file=docs/specs/PROJ-7/changes/001-tell.md');
      expect(readFileSync(path, 'utf8')).toContain('## treework: refused\n\n1 error, 0 warnings');

      repo.sneak('docs: mend', { [`${FOLDER}/changes/001-tell.md`]: ACCEPTED.replace('{{was}}', was), [`${FOLDER}/nodes/build.md`]: nodeOf(SPEC) });
      expect(run()).toMatchObject({ status: 0 });
      const text = readFileSync(path, 'utf8').split('## treework: passed')[1] as string;
      expect(text).toContain('| PROJ-7 | 1 | 0 | 0 |');
      expect(text).toContain('### `PROJ-7` `Ship the reports API`');
      expect(text).toContain('└─ build  [in_progress]');
      expect(text).toContain('- `001-tell` `Tell how long`, `replacing`, `accepted`: `proposed` by `impl-1` (declared), `accepted` by `review-1` (declared)');
      expect(text).toContain('modified: `Token validation`');
      expect(text).toContain(' ### Requirement: Token validation\n-The system SHALL reject expired tokens with HTTP 401.\n');
      expect(text).toContain('+The system SHALL reject expired tokens with HTTP 403.\n');
    } finally {
      repo.remove();
    }
  });

  it('says of a new ticket all that it demands', () => {
    const repo = new Governed();
    try {
      const folder = 'docs/specs/NEW-1';
      const spec = SPEC.replace('PROJ-7', 'NEW-1');
      repo.stage({ [`${folder}/spec.md`]: spec, [`${folder}/tasks.md`]: tasksOf(spec, 'NEW-1') });
      expect(pin(spec)).toMatch(/^sha256:/);
      const path = join(repo.sandbox.root, 'summary.md');
      const answer = repo.sandbox.run('treework', ['check', '--format', 'github', '--staged'], { cwd: 'work', env: { GITHUB_STEP_SUMMARY: path } });
      expect(answer, answer.output).toMatchObject({ status: 0 });
      expect(readFileSync(path, 'utf8')).toContain('added: `Token validation`\n\n```diff\n+### Requirement: Token validation\n');
    } finally {
      repo.remove();
    }
  });
});
