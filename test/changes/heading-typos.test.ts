import { describe, expect, test } from 'vitest';
import { parseDelta } from '../../src/documents/delta.ts';
import { headingTypos } from '../../src/documents/heading-typos.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { record, spec } from './documents.ts';

/** What is expected of each misspelt heading, in the order of the text. */
function expectedIn(body: string, kind: 'spec' | 'change'): string[] {
  const document = kind === 'spec' ? spec(body) : parseDocument(Buffer.from(record('proposed', body)));
  return headingTypos(document, kind).map(({ message }) => /, expected (.*)$/.exec(message)?.[1] as string);
}

const WELL = '### Requirement: A\nThe system SHALL a.\n#### Scenario: s\n- WHEN x\n- THEN y\n';

describe('S9: a heading that misses its form', () => {
  test.each([
    ['### requirement: A', '"### Requirement: A"'],
    ['#### Requirement: A', '"### Requirement: A"'],
    ['## Requirement: A', '"### Requirement: A"'],
    ['###Requirement: A', '"### Requirement: A"'],
    ['### REQUIREMENT : A', '"### Requirement: A"'],
    ['### Requirment: A', '"### Requirement: A"'],
    ['### Requirements: A', '"### Requirement: A"'],
    ['### **Requirement:** A', '"### Requirement: A"'],
    ['### Requirement:', '"### Requirement: NAME"'],
    ['- ### Requirement: A', '"### Requirement: A"'],
    ['### Scenario: s', '"#### Scenario: s"'],
    ['#### scenario: s', '"#### Scenario: s"'],
    ['####Scenario: s', '"#### Scenario: s"'],
    ['#### Senario: s', '"#### Scenario: s"'],
    ['Requirement: A\n---', '"### Requirement: A"'],
    ['## Modified Requirements', '"## MODIFIED Requirements"'],
    ['## MODIFIED Requirement', '"## MODIFIED Requirements"'],
    ['## Deleted requirements', '"## REMOVED Requirements"'],
    ['### MODIFIED Requirements', '"## MODIFIED Requirements"'],
    ['##MODIFIED Requirements', '"## MODIFIED Requirements"'],
    ['## Requirements removed', '"## REMOVED Requirements"'],
  ])('in a spec: %s', (heading, expected) => {
    expect(expectedIn(`## Requirements\n${WELL}\n${heading}\n`, 'spec')).toEqual([expected]);
  });

  test.each([
    ['## Added requirements', '"## ADDED Requirements"'],
    ['## New requirements', '"## ADDED Requirements"'],
    ['## RENAMD Requirements', '"## RENAMED Requirements"'],
    ['## ADDED', '"## ADDED Requirements"'],
    ['## MODIFIED section: Notes', '"## MODIFIED Section: Notes"'],
    ['## MODIFIED Section Notes', '"## MODIFIED Section: Notes"'],
    ['## Changed Section: Notes', '"## MODIFIED Section: Notes"'],
    ['## MODIFIED Section:', '"## MODIFIED Section: NAME"'],
    ['## Tasks impact', '"## Task impact"'],
    ['## ADDED Requirements\n### Token validation', '"### Requirement: Token validation" among requirements'],
    ['#### Scenario: s', 'a "### Requirement: NAME" above it that it belongs to'],
  ])('in a change record: %s', (heading, expected) => {
    expect(expectedIn(`## Task impact\nnone\n\n${heading}\n`, 'change')).toEqual([expected]);
  });

  test.each([
    [`## Requirements\n${WELL}`], [`# Title\n\n## Overview\n\nOur requirements: many. See #1.\n\n### Requirements\n\n#### Notes\n`],
    [`## MODIFIED Requirements\n${WELL}`], ['```\n### requirement: A\n```\n'], ['<!--\n### requirement: A\n-->\n'], ['## Summary: x\n### Request: y\n'], ['## New requirements\n'], ['## What changed\n'],
  ])('is not: %j', (body) => {
    expect(expectedIn(body, 'spec')).toEqual([]);
  });

  test.each([['## Background\n\nWhy.\n'], [`## ADDED Requirements\n${WELL}\n## MODIFIED Section: (preamble)\n\n# Title\n\n## Task Impact\nnone\n`]])('is not, in a change record: %j', (body) => {
    expect(expectedIn(body, 'change')).toEqual([]);
  });

  test('a requirement above which no delta heading stands is not lost silently', () => {
    expect(expectedIn(`## Requirements\n${WELL}`, 'change')).toHaveLength(1);
    expect(expectedIn(`## What we want\n${WELL}`, 'change')).toHaveLength(1);
    expect(expectedIn(WELL, 'change')).toHaveLength(1);
  });

  test('is mended as a whole file, line ends kept, where only case, spacing or level differ', () => {
    const body = '## requirements\r\n#### requirement:  Token  validation ##\r\nThe system SHALL a.\r\n###scenario: s\r\n### Requirment: B\r\n';
    const repaired = headingTypos(spec(body), 'spec').map((typo) => typo.repaired?.replace(/^---[^]*?---\n/, ''));
    const mended = '## requirements\r\n### Requirement: Token validation\r\nThe system SHALL a.\r\n#### Scenario: s\r\n### Requirment: B\r\n';
    expect(repaired).toEqual([mended, mended, undefined]);
  });
});

describe('lines below the heading of an entry', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const read = (body: string) => parseDelta(parseDocument(Buffer.from(record('proposed', body))));

  test.each([
    ['## MODIFIED Requirements\n### Requirement: A\nwas: sha256:abc\ntext', 'expected `Was: sha256:`'],
    ['## MODIFIED Requirements\n### Requirement: A\n**Was:** sha256:abc\ntext', 'expected `Was: sha256:`'],
    [`## MODIFIED Requirements\n### Requirement: A\ntext\nWas: ${digest}\n`, 'expected `Was: sha256:`'],
    [`## ADDED Requirements\n### Requirement: A\nWas: ${digest}\ntext`, 'expected no `Was:`'],
    [`## RENAMED Requirements\n### Requirement: A\nWas: ${digest}\n`, 'expected a line `To: NEW NAME`'],
    [`## RENAMED Requirements\n### Requirement: A\nWas: ${digest}\nto: B\n`, 'expected `To: NEW NAME`'],
    [`## RENAMED Requirements\n### Requirement: A\nWas: ${digest}\nTo: B\nNew text SHALL.`, 'expected `Was:` and `To:` alone'],
    [`## MODIFIED Section: Notes\nWas ${digest}\ntext`, 'expected `Was: sha256:`'],
    ['## MODIFIED Section: Notes\n### Requirement: A\n', 'in a section of prose'],
  ])('%j', (body, message) => {
    expect(read(body).problems.map((problem) => problem.message).join('\n')).toContain(message);
  });

  test('blank lines may stand around Was and To', () => {
    const { requirements, problems } = read(`## RENAMED Requirements\n\n### Requirement: A\n\nWas: ${digest}\n\nTo: B\n`);
    expect(problems).toEqual([]);
    expect(requirements[0]).toMatchObject({ name: 'A', was: digest, to: 'B', body: '' });
  });
});
