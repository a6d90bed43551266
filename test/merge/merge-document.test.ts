import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import type { DocumentKind } from '../../src/documents/place.ts';
import { merge } from './tools.ts';

const PIN = `sha256:${'5'.repeat(64)}`;
const TASKS = `---
ticket: PROJ-7
goal: {title: Ship the reports API, why: Partners pull reports}
spec: ${PIN} # the freeze
nodes:
  # first the tests
  - id: red
    title: "Red"
    scope: ["test/**"]
  - {id: build, scope: ["src/**"], depends_on: [red]}
  - id: lint
    type: command
    command: npm run lint
x-team: partners
---
# Plan

One.
`;

function change(text: string, ...edits: readonly (readonly [string, string])[]): string {
  return edits.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`${from} is not there`);
    return result.replace(from, () => to);
  }, text);
}

/** Both ways round: a clean merge prefers no side. */
function both(kind: DocumentKind | undefined, base: string, ours: string, theirs: string): string {
  const [one, other] = [merge(kind, base, ours, theirs), merge(kind, base, theirs, ours)];
  expect([one.conflicts, other.conflicts], one.text).toEqual([0, 0]);
  expect(other.text).toBe(one.text);
  const { problems } = parseDocument(Buffer.from(one.text));
  expect(problems).toEqual([]);
  return one.text;
}

/** What is left when all marks are settled for one side. */
function settled(text: string, side: 'ours' | 'theirs'): string {
  return text.replaceAll(/<{7} ours\n([^]*?)={7}\n([^]*?)>{7} theirs\n/g, side === 'ours' ? '$1' : '$2');
}

function conflicting(kind: DocumentKind | undefined, base: string, ours: string, theirs: string): string {
  const { text, conflicts } = merge(kind, base, ours, theirs);
  expect(conflicts).toBeGreaterThan(0);
  expect(parseDocument(Buffer.from(text)).problems[0]?.message).toMatch(/conflict marker/);
  expect(merge(kind, base, theirs, ours).conflicts).toBe(conflicts);
  return text;
}

describe('tasks.md', () => {
  it('takes nodes that both sides add in one place, in the order of their names', () => {
    const ours = change(TASKS, ['x-team', '  # ours\n  - {id: ship, type: human}\nx-team']);
    const theirs = change(TASKS, ['x-team', '  - id: docs\n    title: Docs # theirs\nx-team']);
    expect(both('tasks', TASKS, ours, theirs)).toBe(change(TASKS, ['x-team', '  - id: docs\n    title: Docs # theirs\n  # ours\n  - {id: ship, type: human}\nx-team']));
  });

  it('merges neighbouring keys of one node, in block and on one line', () => {
    const ours = change(TASKS, ['title: "Red"', 'title: "Write the tests"'], ['depends_on: [red]', 'depends_on: [red, lint]']);
    const theirs = change(TASKS, ['["test/**"]', '["test/**", "spec/**"]'], ['{id: build,', '{id: build, title: Build,']);
    expect(both('tasks', TASKS, ours, theirs)).toBe(
      change(TASKS, ['title: "Red"', 'title: "Write the tests"'], ['["test/**"]', '["test/**", "spec/**"]'], ['{id: build, scope: ["src/**"], depends_on: [red]}', '{id: build, title: Build, scope: ["src/**"], depends_on: [red, lint]}']),
    );
  });

  it('unites dependencies, since their order says nothing', () => {
    const ours = change(TASKS, ['depends_on: [red]', 'depends_on: [red, lint]']);
    const theirs = change(TASKS, ['depends_on: [red]', 'depends_on: [docs, red]']);
    expect(both('tasks', TASKS, ours, theirs)).toContain('depends_on: [docs, red, lint]');
  });

  it('keeps a comment of one side and a value of the other, on one line and above it', () => {
    const ours = change(TASKS, ['# the freeze', '# frozen in March'], ['  # first the tests\n', '  # the tests, then the rest\n']);
    const theirs = change(TASKS, [PIN, `sha256:${'6'.repeat(64)}`], ['title: "Red"', 'title: Red tests']);
    expect(both('tasks', TASKS, ours, theirs)).toBe(change(TASKS, [`${PIN} # the freeze`, `sha256:${'6'.repeat(64)} # frozen in March`], ['  # first the tests\n', '  # the tests, then the rest\n'], ['title: "Red"', 'title: Red tests']));
  });

  it('moves with one side and edits with the other', () => {
    const lint = '  - id: lint\n    type: command\n    command: npm run lint\n';
    const ours = change(TASKS, [lint, ''], ['  # first the tests\n', `${lint}  # first the tests\n`]);
    const theirs = change(TASKS, ['npm run lint', 'npm run -s lint']);
    expect(both('tasks', TASKS, ours, theirs)).toBe(change(ours, ['npm run lint', 'npm run -s lint']));
  });

  it('leaves a title that both changed as a conflict of that line alone', () => {
    const text = conflicting('tasks', TASKS, change(TASKS, ['"Red"', '"A"'], ['One.', 'Two.']), change(TASKS, ['"Red"', '"B"'], ['x-team: partners', 'x-team: all']));
    expect(text).toBe(change(TASKS, ['    title: "Red"\n', '<<<<<<< ours\n    title: "A"\n=======\n    title: "B"\n>>>>>>> theirs\n'], ['One.', 'Two.'], ['x-team: partners', 'x-team: all']));
  });

  it('does not drop what one side deleted and the other changed', () => {
    const ours = change(TASKS, ['  - id: lint\n    type: command\n    command: npm run lint\n', '']);
    const theirs = change(TASKS, ['npm run lint', 'npm run -s lint']);
    const text = conflicting('tasks', TASKS, ours, theirs);
    expect(settled(text, 'ours')).toBe(ours);
    expect(settled(text, 'theirs')).toBe(theirs);
  });

  it('does not drop a comment that one side wrote to what the other deleted', () => {
    const ours = change(TASKS, ['  - id: lint\n    type: command\n    command: npm run lint\n', '']);
    const theirs = change(TASKS, ['npm run lint', 'npm run lint # slow: see the wiki']);
    expect(settled(conflicting('tasks', TASKS, ours, theirs), 'theirs')).toBe(theirs);
  });

  it('asks where both sides add a step to what is done one after the other', () => {
    const phases = change(TASKS, ['x-team', '  - id: roll-out\n    order: sequential\n    nodes:\n      - {id: stage}\nx-team']);
    const [ours, theirs] = [change(phases, ['{id: stage}\n', '{id: stage}\n      - {id: notify}\n']), change(phases, ['{id: stage}\n', '{id: stage}\n      - {id: measure}\n'])];
    const text = conflicting('tasks', phases, ours, theirs);
    expect(text).toContain('      - {id: stage}\n<<<<<<< ours\n      - {id: notify}\n=======\n      - {id: measure}\n>>>>>>> theirs\nx-team');
    const free = (one: string) => one.replace('    order: sequential\n', '');
    expect(both('tasks', free(phases), free(ours), free(theirs))).toContain('      - {id: stage}\n      - {id: measure}\n      - {id: notify}\n');
  });

  it('never mixes two nodes that were given the same name', () => {
    const text = conflicting('tasks', TASKS, change(TASKS, ['x-team', '  - {id: docs, type: human}\nx-team']), change(TASKS, ['x-team', '  - {id: docs, command: npm run docs}\nx-team']));
    expect(text).toContain('<<<<<<< ours\n  - {id: docs, type: human}\n=======\n  - {id: docs, command: npm run docs}\n>>>>>>> theirs\n');
  });

  it('refuses a clean result that no side would have been allowed to write: one node in two phases', () => {
    const phases = change(TASKS, ['x-team', '  - {id: one, nodes: [{id: a}]}\n  - {id: two, nodes: [{id: b}]}\nx-team']);
    const ours = change(phases, ['{id: a}', '{id: a}, {id: ship}']);
    const theirs = change(phases, ['{id: b}', '{id: b}, {id: ship}']);
    const text = conflicting('tasks', phases, ours, theirs);
    expect(text).toContain('<<<<<<< ours\nticket: PROJ-7\n');
    expect(settled(text, 'theirs')).toBe(theirs);
  });

  it('keeps CRLF, a byte order mark and a missing last newline', () => {
    const windows = (text: string) => `\ufeff${text.trimEnd()}`.replaceAll('\n', '\r\n');
    const [ours, theirs] = [change(TASKS, ['"Red"', '"A"']), change(TASKS, ['x-team: partners', 'x-team: all'])];
    expect(both('tasks', windows(TASKS), windows(ours), windows(theirs))).toBe(windows(change(ours, ['x-team: partners', 'x-team: all'])));
  });
});

const RECORD = `---
node: build
status: in_progress
history:
  - {to: in_progress, by: impl-1, at: 2026-01-01T00:00:00Z}
---
`;
const done = (text: string) => change(text, ['status: in_progress', 'status: complete'], ['---\n', '---\n']).replace(/---\n$/, '  - {to: complete, by: impl-1, at: 2026-01-02T00:00:00Z, verdict: pass, verified_by: review-1}\n---\n');

describe('a history', () => {
  it('goes on with the side that continues the other, and the status with it', () => {
    const further = done(RECORD).replace('status: complete', 'status: reset').replace(/---\n$/, '  - {to: reset, by: ada, at: 2026-01-03T00:00:00Z, reason: again}\n---\n');
    expect(both('node', RECORD, done(RECORD), further)).toBe(further);
    const reopened = further.replace('status: reset', 'status: in_progress').replace(/---\n$/, '  - {to: in_progress, by: impl-2, at: 2026-01-04T00:00:00Z}\n---\n');
    // By its value alone the status would be `reset`: one side changed it, the other has what it was.
    expect(both('node', RECORD, further, reopened)).toBe(reopened);
  });

  it('that went two ways is a conflict of the entries that differ', () => {
    const failed = change(RECORD, ['status: in_progress', 'status: failed']).replace(/---\n$/, '  - {to: failed, by: review-2, at: 2026-01-02T00:00:00Z}\n---\n');
    const text = conflicting('node', RECORD, done(RECORD), failed);
    expect(text).toContain('<<<<<<< ours\nstatus: complete\n=======\nstatus: failed\n>>>>>>> theirs\nhistory:\n  - {to: in_progress, by: impl-1, at: 2026-01-01T00:00:00Z}\n<<<<<<< ours\n');
    expect(settled(text, 'ours')).toBe(done(RECORD));
    expect(settled(text, 'theirs')).toBe(failed);
  });

  it('that was begun on both sides is a conflict', () => {
    const [ours, theirs] = [RECORD, RECORD.replace('impl-1', 'impl-2')];
    const text = conflicting('node', '', ours, theirs);
    expect(settled(text, 'ours')).toBe(ours);
    expect(settled(text, 'theirs')).toBe(theirs);
  });
});

const WORKSPACE = `---
treework: 1
# who may
rules:
  review-size: warning
directories:
  src/*: [README.md]
after_create: [npm ci]
---
# Workspace
`;

describe('WORKSPACE.md', () => {
  it('merges settings key by key, and lists that are sets as sets', () => {
    const ours = change(WORKSPACE, ['warning\n', 'warning\n  link-target: error\n'], ['[README.md]', '[README.md, index.ts]'], ['treework: 1\n', 'treework: 1\nflow: contrib\n']);
    const theirs = change(WORKSPACE, ['warning\n', 'warning\n  goal-why: off\n'], ['[README.md]', '[CLAUDE.md, README.md]'], ['treework: 1\n', 'treework: 1\nbranches: {trunk: trunk}\n']);
    expect(both('workspace', WORKSPACE, ours, theirs)).toBe(
      change(WORKSPACE, ['warning\n', 'warning\n  goal-why: off\n  link-target: error\n'], ['[README.md]', '[CLAUDE.md, README.md, index.ts]'], ['treework: 1\n', 'treework: 1\nbranches: {trunk: trunk}\nflow: contrib\n']),
    );
  });

  it('asks about commands that both added, since they run one after the other', () => {
    const text = conflicting('workspace', WORKSPACE, change(WORKSPACE, ['[npm ci]', '[npm ci, npm run a]']), change(WORKSPACE, ['[npm ci]', '[npm ci, npm run b]']));
    expect(text).toContain('<<<<<<< ours\nafter_create: [npm ci, npm run a]\n=======\n');
  });
});

describe('known to go wrong elsewhere', () => {
  const TEXT = '---\ntitle: Plan\nstatus: draft\nx-note: |\n  first\n---\n';

  it('a block scalar that both sides append to: both appends are kept, as a conflict', () => {
    const [ours, theirs] = [change(TEXT, ['first\n', 'first\n  ours\n']), change(TEXT, ['first\n', 'first\n  theirs\n'])];
    const text = conflicting(undefined, TEXT, ours, theirs);
    expect(settled(text, 'ours')).toBe(ours);
    expect(settled(text, 'theirs')).toBe(theirs);
  });

  it('a block scalar edited in two places is merged line by line', () => {
    const long = change(TEXT, ['first\n', 'a\n  b\n  c\n  d\n  e\n']);
    expect(both(undefined, long, change(long, ['  a\n', '  A\n']), change(long, ['  e\n', '  E\n']))).toBe(change(long, ['  a\n', '  A\n'], ['  e\n', '  E\n']));
  });

  it('an unlisted field that both changed is no side\'s to win', () => {
    conflicting(undefined, TEXT, change(TEXT, ['status: draft', 'status: approved']), change(TEXT, ['status: draft', 'status: rejected']));
  });

  it('a key that both add in different places, once each: no duplicate key, as merge=union makes', () => {
    const ours = change(TEXT, ['title: Plan\n', 'title: Plan\nticket: PROJ-7\n']);
    const theirs = change(TEXT, ['  first\n', '  first\nticket: PROJ-7\n']);
    expect(both(undefined, TEXT, ours, theirs).match(/^ticket:/gm)).toHaveLength(1);
    conflicting(undefined, TEXT, ours, change(theirs, ['PROJ-7', 'PROJ-8']));
  });

  it('sides that a rebase exchanges give the same', () => {
    const [ours, theirs] = [change(TEXT, ['title: Plan', 'title: A']), change(TEXT, ['title: Plan', 'title: B'])];
    expect(settled(merge(undefined, TEXT, ours, theirs).text, 'ours')).toBe(settled(merge(undefined, TEXT, theirs, ours).text, 'theirs'));
  });
});

describe('what cannot be read as data', () => {
  it('is merged as text', () => {
    const broken = '---\ntitle: "Reports\nstatus: draft\na: 1\nb: 2\nc: 3\n---\n# Body\n\none\n';
    expect(merge('spec', broken, change(broken, ['status: draft', 'status: x']), change(broken, ['one', 'two']))).toEqual({ conflicts: 0, text: change(broken, ['status: draft', 'status: x'], ['one', 'two']) });
  });

  it('is a conflict as a whole where the text would merge into something that no data says', () => {
    const flow = '---\n{title: Reports,\nx-a: 1,\nx-b: 2,\nx-c: 3,\nx-d: 4}\n---\n';
    const text = merge('spec', flow, change(flow, ['x-a: 1,\n', 'x-a: 1,\nx-z: 1,\n']), change(flow, ['x-d: 4', 'x-d: 4, x-z: 1']));
    expect(text.conflicts).toBe(1);
  });

  it('is left to git where it is no text', () => {
    expect(() => merge('spec', '', 'a\0b', 'c')).toThrow('no text');
  });
});
