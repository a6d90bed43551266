import { requirementsOf } from '../../src/documents/requirements.ts';
import { parseDocument } from '../../src/documents/parse.ts';
import { vizModel, type VizModel } from '../../src/render/viz/model.ts';
import { effectiveSpec } from '../../src/workflow/effective-spec.ts';
import { ticket } from '../changes/documents.ts';
import { pin } from '../harness/governed.ts';

type Files = Record<string, string>;

const requirement = (name: string, statement: string, scenario: string, steps: readonly string[]) => `### Requirement: ${name}

${statement}

#### Scenario: ${scenario}

${steps.map((step, index) => `- **${['GIVEN', 'WHEN', 'THEN'][index]}** ${step}`).join('\n')}
`;

const TOKENS = requirement('Token validation', 'The system SHALL reject expired tokens with HTTP 401.', 'Expired token', ['a token whose `exp` is in the past', 'it is sent to any endpoint', 'the system responds with HTTP 401']);
const LIMIT = requirement('Rate limit', 'The system SHALL answer at most 100 requests a minute for one key.', 'Too many requests', ['a key that has asked 100 times within a minute', 'it asks again', 'the system responds with HTTP 429 and says when to try again']);
const EXPORT = requirement('Paged export', 'The system SHALL deliver reports in pages of at most 500 rows.', 'Large report', ['a report of 1,200 rows', 'its third page is asked for', 'the page holds 200 rows and names no next page']);
const AUDIT = requirement('Audit trail', 'Every access to a report MUST be written down with key and time.', 'Access', ['a report', 'a partner reads it', 'the access is in the audit trail']);

const SPEC = `---
ticket: PROJ-7
title: Reports API
capability: reports
---

Partners pull reports by themselves, over HTTP, with keys that can be revoked.

## Requirements

${TOKENS}
${LIMIT}
${EXPORT}
${AUDIT}
## Out of scope

Reports are not written over this interface.
`;

const digest = (text: string, name: string) => requirementsOf(parseDocument(Buffer.from(text))).find((one) => one.name === name)?.digest as string;
const NEW_LIMIT = LIMIT.replace('100 requests a minute', '60 requests a minute').replace('asked 100 times', 'asked 60 times');

const CHANGE = `---
title: A lower limit for one key
impact: replacing
status: accepted
reason: The database answers 60 requests a minute for one key without a queue.
history:
  - {to: proposed, by: impl-2, at: 2026-11-19T13:10:00Z}
  - {to: accepted, by: dana, at: 2026-11-19T14:02:00Z, reason: Measured twice}
---

## MODIFIED Requirements

${NEW_LIMIT.replace('\n\nThe system', `\n\nWas: ${digest(SPEC, 'Rate limit')}\n\nThe system`)}
## Task impact

\`limit\` is to be done again.
`;

const PROPOSED = `---
title: Revoked keys
impact: blocking
status: proposed
reason: A key that leaked has to be useless within a minute.
blocks: [client]
history:
  - {to: proposed, by: impl-1, at: 2026-11-20T09:15:00Z}
---

## ADDED Requirements

${requirement('Revoked keys', 'The system SHALL reject a key within 60 seconds of its revocation.', 'Revocation', ['a key that was revoked a minute ago', 'it is used', 'the system responds with HTTP 401'])}
## Task impact

\`client\` waits for the decision.
`;

const TASKS = `---
ticket: PROJ-7
goal: {title: Partners pull their reports by themselves, why: Support sends 40 CSV files a week by hand and partners wait for them until Monday}
spec: ${pin(SPEC)}
nodes:
  - id: red
    title: Tests that fail
    role: test-writer
    scope: ["test/**"]
  - id: build
    title: Build the interface
    depends_on: [red]
    nodes:
      - {id: tokens, title: Validate tokens, covers: [Token validation], scope: ["src/auth/**"], outputs: [src/auth/verify.ts]}
      - {id: limit, title: Limit requests per key, covers: [Rate limit], scope: ["src/limit/**"]}
      - {id: export, title: Deliver reports in pages, covers: [Paged export], depends_on: [tokens], scope: ["src/export/**"], plan: required}
      - {id: audit, title: Write the audit trail, covers: [Audit trail], depends_on: [tokens], scope: ["src/audit/**"]}
  - id: client
    title: A client library for partners
    covers: none
    depends_on: [export]
    scope: ["client/**"]
  - id: integrate
    title: Integrate
    depends_on: [build]
    order: sequential
    nodes:
      - {id: gates, title: "Tests, build, lint and types pass", type: command, command: npx treework gate, covers: none}
      - {id: load, title: "A load test with 200 keys", covers: none, scope: ["load/**"]}
      - {id: sign-off, title: Dana has looked at it, type: human, covers: none}
---

Tests first. The client library is a part of its own, since partners get it separately.
`;

interface Told {
  readonly l0?: string;
  readonly l1?: string;
  readonly body?: string;
}

function record(node: string, entries: readonly string[], { l0, l1, body = '' }: Told = {}): string {
  const status = /to: (\w+)/.exec(entries.at(-1) as string)?.[1];
  return `---\nnode: ${node}\nstatus: ${status}\n${l0 === undefined ? '' : `l0: ${JSON.stringify(l0)}\n`}${l1 === undefined ? '' : `l1:\n${l1}`}history:\n${entries.map((entry) => `  - {${entry}}\n`).join('')}---\n${body}`;
}

const start = (at: string, wave: number, by = 'impl-1') => `to: in_progress, by: ${by}, at: ${at}, wave: ${wave}, spec: "${pin(SPEC)}"`;
const done = (at: string, by = 'impl-1') => `to: in_progress, by: ${by}, at: ${at}, done: true`;
const pass = (at: string, names: readonly string[], by = 'impl-1', spec = SPEC) => `to: complete, by: ${by}, at: ${at}, verdict: pass, verified_by: review-1, covered: {${names.map((name) => `${JSON.stringify(name)}: "${digest(spec, name)}"`).join(', ')}}`;

/** A ticket in the middle of its work: most statuses, change records, a fork, all layers of an outcome. */
export function demo(): Files {
  const effective = effectiveSpec(ticket({ 'spec.md': SPEC, 'changes/001-a-lower-limit.md': CHANGE }));
  const covered = effective.requirements.map(({ name, digest: one }) => `${JSON.stringify(name)}: "${one}"`).join(', ');
  return {
    'idea.md': '---\nticket: PROJ-7\ntitle: Reports without support\n---\n## What\n\nPartners ask for their reports *by themselves*.\n\n## Why\n\n- Support has other work\n- Partners wait until Monday\n',
    'spec.md': SPEC,
    'tasks.md': TASKS,
    'changes/001-a-lower-limit.md': CHANGE,
    'changes/002-revoked-keys.md': PROPOSED,
    'forks/001-key-store.md': '---\nreason: The key store has no revocation\nspawned_from: audit\nreturn_to: audit\nsub_workflow: PROJ-12\n---\n',
    'nodes/red.md': record('red', [start('2026-11-18T09:00:00Z', 1), done('2026-11-18T10:40:00Z'), `to: complete, by: impl-1, at: 2026-11-19T15:05:00Z, verdict: pass, verified_by: review-1, red: {failing: 14}, covered: {${covered}}`], { l0: 'Fourteen tests, each seen to fail, for all four requirements', body: 'Each scenario has its test; the large report is made by a generator.\n' }),
    'nodes/tokens.md': record('tokens', [start('2026-11-18T11:00:00Z', 2), done('2026-11-18T15:10:00Z'), pass('2026-11-18T16:20:00Z', ['Token validation'])], {
      l0: 'Expired and malformed tokens answer 401, in one place',
      l1: '  decisions: ["Clock skew of 30 s is tolerated", "No library: the format is fixed"]\n  contracts: ["verify(token): Claims, throws TokenError"]\n  files: [src/auth/verify.ts]\n',
      body: '## What was made\n\nOne function decides, a middleware calls it.\n\n```ts\nexport function verify(token: string): Claims\n```\n\nTried and dropped: a check in each endpoint. <b>One</b> would be forgotten.\n',
    }),
    'nodes/limit.md': record('limit', [start('2026-11-18T11:00:00Z', 2, 'impl-2'), done('2026-11-18T17:00:00Z', 'impl-2'), pass('2026-11-18T18:30:00Z', ['Rate limit'], 'impl-2')], { l0: 'A token bucket for each key' }),
    'nodes/export.md': record('export', [start('2026-11-19T09:00:00Z', 3), 'to: failed, by: review-1, at: 2026-11-19T11:30:00Z, findings: ["The last page names a next page", "No test for an empty report"]', start('2026-11-19T13:00:00Z', 3), done('2026-11-20T08:50:00Z')], { l0: 'Pages of 500 rows; the last one names no next page' }),
    'nodes/load.md': record('load', ['to: skipped, by: dana, at: 2026-11-19T16:00:00Z, reason: The forum runs one next week']),
  };
}

/** A plan of many nodes without phases: seven in a layer, some arrows over several layers. */
export function large(count = 50): Files {
  const nodes = Array.from({ length: count }, (_, index) => {
    const layer = Math.floor(index / 7);
    const before = layer === 0 ? [] : [`n${(layer - 1) * 7 + ((index * 3) % 7)}`, ...(index % 5 === 0 && layer > 2 ? [`n${(layer - 3) * 7 + (index % 7)}`] : [])];
    return `  - {id: n${index}, title: Part ${index} of the whole, covers: none, depends_on: [${before.join(', ')}], scope: ["src/p${index}/**"]}`;
  });
  const records = Object.fromEntries(Array.from({ length: Math.min(16, count) }, (_, index) => {
    const entries = index < 12 ? [start('2026-11-18T09:00:00Z', 1 + Math.floor(index / 7)), done('2026-11-18T10:00:00Z'), pass('2026-11-18T11:00:00Z', [])] : [start('2026-11-19T09:00:00Z', 3)];
    return [`nodes/n${index}.md`, record(`n${index}`, entries, index < 12 ? { l0: `Part ${index} is there` } : {})];
  }));
  return { 'spec.md': SPEC, 'tasks.md': `---\nticket: PROJ-7\ngoal: {title: Move every report to the new store, why: The old one ends in March}\nspec: ${pin(SPEC)}\nnodes:\n${nodes.join('\n')}\n---\n`, ...records };
}

/** The smallest plan there is. */
export function single(): Files {
  return { 'spec.md': SPEC, 'tasks.md': `---\nticket: PROJ-7\ngoal: {title: Ship the reports API, why: Partners pull reports}\nspec: ${pin(SPEC)}\nnodes: [{id: build}]\n---\n` };
}

/** Titles that are long, right to left, or without spaces. */
export function foreign(): Files {
  const long = 'A title that goes on and on because somebody wrote a whole paragraph into it, with Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft in the middle and no end in sight';
  return {
    'spec.md': SPEC,
    'tasks.md': `---
ticket: PROJ-7
goal: {title: ${JSON.stringify(long)}, why: ${JSON.stringify(`${long}. ${long}.`)}}
spec: ${pin(SPEC)}
nodes:
  - {id: rtl, title: "بناء واجهة التقارير للشركاء", covers: none}
  - {id: hebrew, title: "לבדוק את הדוחות לפני השחרור", covers: none, depends_on: [rtl]}
  - {id: cjk, title: "合作伙伴可以自行下载报告而无需等待支持人员手动发送文件", covers: none}
  - {id: japanese, title: "レポートをページごとに配信する", covers: none, depends_on: [cjk]}
  - id: a-very-long-identifier-that-nobody-would-want-to-type-but-somebody-did
    title: ${JSON.stringify(long)}
    depends_on: [rtl, cjk]
    nodes:
      - {id: inner, title: ${JSON.stringify(long)}}
      - {id: emoji, title: "🗺️ plan 👩‍🚀 first", depends_on: [inner]}
---
`,
    'nodes/rtl.md': record('rtl', [start('2026-11-18T09:00:00Z', 1, '"أحمد"')]),
  };
}

export function modelOf(files: Files): VizModel {
  return vizModel(ticket(files));
}

/** What a page must show and never run. */
export const SMUGGLED: readonly string[] = [
  '</script><script>window.pwned=1</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' onfocus='alert(1)' autofocus='",
  '<!--<script>',
  ']]><b>',
  '</style><script>window.pwned=1</script>',
  '</title><script>window.pwned=1</script>',
  '[a](javascript:alert(1)) <a href="javascript:alert(1)">b</a> ![x](https://example.com/x.png) <iframe src="https://example.com"></iframe>',
  '&lt;script&gt;alert(1)&lt;/script&gt;\u2028\u2029 ${alert(1)} {{x}} \u202e',
];

/** Every text that a document can hold, each with all of it. */
export function hostile(): Files {
  const all = JSON.stringify(SMUGGLED.join(' '));
  const nodes = SMUGGLED.map((text, index) => `  - {id: n${index}, title: ${JSON.stringify(text)}, role: a, covers: [${all}], scope: [${all}], command: ${all}, process: [${all}], outputs: [${all}], depends_on: [${index === 0 ? '' : `n${index - 1}`}]}`);
  return {
    'idea.md': `---\nticket: PROJ-7\ntitle: ${all}\n---\n${SMUGGLED.join('\n\n')}\n`,
    'spec.md': `---\nticket: PROJ-7\ntitle: ${all}\n---\n${SMUGGLED.join('\n\n')}\n\n## Requirements\n\n${SMUGGLED.map((text) => requirement(text.replaceAll('\n', ' '), `The system SHALL ${text}`, text, [text, text, text])).join('\n')}`,
    'tasks.md': `---\nticket: PROJ-7\ngoal: {title: ${all}, why: ${all}}\nspec: ${pin(SPEC)}\nnodes:\n${nodes.join('\n')}\n---\n`,
    'changes/001-x.md': `---\ntitle: ${all}\nimpact: additive\nstatus: accepted\nreason: ${all}\nblocks: [n0]\nhistory:\n  - {to: ${all}, by: ${all}, at: ${all}, reason: ${all}}\n---\n## ADDED Requirements\n\n### Requirement: ${SMUGGLED[1]}\n\nThe system SHALL ${SMUGGLED.join(' ')}\n`,
    'forks/001-x.md': `---\nreason: ${all}\nspawned_from: n1\nreturn_to: n1\nsub_workflow: PROJ-12\n---\n`,
    'nodes/n0.md': `---\nnode: n0\nstatus: in_progress\nl0: ${all}\nl1: {decisions: [${all}], ${JSON.stringify(SMUGGLED[0])}: [${all}]}\nhistory:\n  - {to: in_progress, by: ${all}, at: ${all}, wave: 1, spec: "${pin(SPEC)}", reason: ${all}, findings: [${all}]}\n---\n${SMUGGLED.join('\n\n')}\n`,
  };
}
