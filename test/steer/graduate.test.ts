import { afterEach, describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { areAlike, likenessOf, timeless } from '../../src/workflow/likeness.ts';
import { taskNodes } from '../../src/workflow/task-tree.ts';
import { pin, specOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, paste, status } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

const NODES = 'nodes: [{id: collect, type: command, command: npm run collect, covers: none}, {id: send, title: Send the bills, process: [Write them, Send them], depends_on: [collect]}]';

function files(id: string, goal: string, nodes = NODES, folder = `docs/specs/${id}`): Record<string, string> {
  const spec = specOf('The run SHALL bill every partner once.', id);
  return { [`${folder}/spec.md`]: spec, [`${folder}/tasks.md`]: `---\r\nticket: ${id}\r\ngoal: {title: "${goal}", why: Late invoices are paid late}\r\nspec: ${pin(spec)}\r\n# the plan\r\n${nodes}\r\n---\r\n` };
}

function repository(...documents: Record<string, string>[]): { sandbox: Sandbox; graduate: (...args: string[]) => ReturnType<typeof ask>; refused: (...args: string[]) => { code: string; message: string; hint: string } } {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', ...Object.assign({}, ...documents) });
  return { sandbox, graduate: (...args) => ask(sandbox, 'repo', ['graduate', '--ticket', 'BILL-2', ...args]), refused: (...args) => ask(sandbox, 'repo', ['graduate', '--ticket', 'BILL-2', ...args], 2).error };
}

const FIRST = files('BILL-1', 'Bill partners 2026-10', NODES, 'docs/specs/ARCHIVED/BILL-1');
const SECOND = files('BILL-2', 'Bill partners, November');

it('W7: asks whether it will recur, with what is like it, and writes nothing', () => {
  const { sandbox, graduate } = repository(FIRST, SECOND);
  expect(graduate()).toMatchObject({ question: 'will this recur?', recurs: null, alike: ['BILL-1'] });
  expect(sandbox.treework('repo', 'graduate', '--ticket', 'BILL-2').stdout).toBe('will BILL-2 recur? (like it: BILL-1)\n  yes: treework graduate --ticket BILL-2 --recurs yes\n  no: treework graduate --ticket BILL-2 --recurs no\n');
  expect(status(sandbox, 'repo')).toBe('');
});

it('W7: the answer is one key of tasks.md, everything else stays byte by byte', () => {
  const { sandbox, graduate } = repository(FIRST, SECOND);
  const before = sandbox.read('repo', 'docs/specs/BILL-2/tasks.md');
  const answered = graduate('--recurs', 'yes');
  expect(answered).toMatchObject({ recurs: 'yes', alike: ['BILL-1'], changed: ['docs/specs/BILL-2/tasks.md'], created: [] });
  expect(answered.next_action.description).toContain('--as skill');
  const now = sandbox.read('repo', 'docs/specs/BILL-2/tasks.md');
  expect(now.replace('recurs: "yes"\r\n', '')).toBe(before);
  expect(parseDocument(Buffer.from(now)).data).toMatchObject({ recurs: 'yes' });
  done(paste(sandbox, answered.next_action));
  expect(graduate('--recurs', 'yes')).toMatchObject({ changed: [] });
  expect(graduate('--recurs', 'no')).toMatchObject({ recurs: 'no' });
  commitAll(sandbox, 'repo');
  expect(sandbox.treework('repo', 'check', '--all').status).toBe(0);
});

it('W7: not before a second instance, unless told', () => {
  const { sandbox, graduate, refused } = repository(SECOND, files('PROJ-1', 'Ship the reports API', 'nodes: [{id: build}]'));
  expect(refused('--as', 'skill')).toMatchObject({ code: 'premature', message: expect.stringContaining('expected a second instance'), hint: expect.stringContaining('--first') });
  expect(status(sandbox, 'repo')).toBe('');
  expect(graduate('--as', 'skill', '--first')).toMatchObject({ recurs: 'yes', alike: [], skill: 'bill-partners' });
});

it('W7: a skill that the standard takes, with the steps that were taken', () => {
  const { sandbox, graduate, refused } = repository(FIRST, SECOND);
  const made = graduate('--as', 'skill');
  expect(made.created).toEqual(['.claude/skills/bill-partners/SKILL.md']);
  expect(made.changed).toEqual(['WORKSPACE.md', 'docs/specs/BILL-2/tasks.md']);
  const skill = sandbox.read('repo', '.claude/skills/bill-partners/SKILL.md');
  expect(skill).toContain('1. collect: `npm run collect`\n2. Send the bills\n   1. Write them\n   2. Send them\n');
  expect(skill).toContain('BILL-1, BILL-2');
  done(paste(sandbox, made.next_action));
  const { findings } = ask(sandbox, 'repo', ['check', '--all']);
  expect(findings.every((one: { rule: string; severity: string; message: string }) => one.severity === 'warning' && one.message.includes('[[fill:'))).toBe(true);
  expect(refused('--as', 'skill').code).toBe('exists');
  expect(refused('--as', 'skill', '--name', 'Bill Partners').code).toBe('input');
});

it('W7: an operation with the same tree and no status, whose first run begins at once', () => {
  const { sandbox, graduate } = repository(FIRST, SECOND);
  ask(sandbox, 'repo', ['node', 'start', 'collect', '--ticket', 'BILL-2', '--by', 'impl-1']);
  commitAll(sandbox, 'repo');
  const made = graduate('--as', 'operation', '--period', 'monthly');
  expect(made).toMatchObject({ operation: 'bill-partners', created: ['docs/operations/bill-partners/OPERATION.md'] });
  done(paste(sandbox, made.next_action));
  const page = sandbox.read('repo', 'docs/operations/bill-partners/OPERATION.md');
  expect(parseDocument(Buffer.from(page)).data).toMatchObject({ title: 'Bill partners', goal: { title: 'Bill partners', why: 'Late invoices are paid late' }, period: 'monthly', nodes: [{ id: 'collect' }, { id: 'send', depends_on: ['collect'] }] });
  expect(page).not.toMatch(/in_progress|history|status/);
  expect(page).toContain('The run SHALL bill every partner once.');
  const begun = JSON.parse(done(sandbox.run('treework', ['new', 'run', '--operation', 'bill-partners', '--json'], { cwd: 'repo', env: { TREEWORK_NOW: '2026-12-02T10:00:00Z' } })).stdout);
  expect(begun).toMatchObject({ ticket: 'bill-partners-2026-12' });
  done(paste(sandbox, begun.next_action));
  expect(sandbox.treework('repo', 'check', '--all').status).toBe(0);
});

it('W7: what is archived can graduate, and does not change by it', () => {
  const { sandbox, refused } = repository(FIRST, SECOND);
  const made = ask(sandbox, 'repo', ['graduate', '--ticket', 'BILL-1', '--as', 'skill', '--name', 'billing']);
  expect(made).toMatchObject({ created: ['.claude/skills/billing/SKILL.md'], changed: ['WORKSPACE.md'] });
  expect(ask(sandbox, 'repo', ['graduate', '--ticket', 'BILL-1', '--recurs', 'no'], 2).error.code).toBe('ticket-archived');
  expect(ask(sandbox, 'repo', ['graduate', '--ticket', 'BILL-9'], 2).error.code).toBe('ticket-unknown');
  expect(refused('--as', 'skill', '--recurs', 'no').code).toBe('usage');
  expect(refused('--recurs', 'maybe').code).toBe('input');
  expect(refused('--recurs', 'yes', '--period', 'monthly').code).toBe('usage');
});

describe('when two workflows are instances of one', () => {
  const like = (goal: string, ...ids: string[]) => likenessOf(goal, taskNodes({ nodes: ids.map((id) => ({ id })) }));

  it('goals that differ by their time alone are', () => {
    for (const [one, other] of [['Bill partners 2026-10', 'Bill partners, November'], ['Release 1.2', 'Release 2.0-rc.1'], ['Close the books for March 2026', 'Close books of April'], ['Rechnungen für März', 'Rechnungen im Mai']]) expect(areAlike(like(one as string), like(other as string)), `${one} | ${other}`).toBe(true);
  });

  it('goals with other words are not, nor goals without any', () => {
    for (const [one, other] of [['Ship the reports API', 'Ship the billing API'], ['Add auth', 'Add search'], ['2026', '2027'], ['', ''], ['The', 'The']]) expect(areAlike(like(one as string), like(other as string)), `${one} | ${other}`).toBe(false);
  });

  it('trees of the team’s own are, what a preset wrote for everybody is not', () => {
    const ordinary = new Set(['tests', 'build', 'integrate']);
    expect(areAlike(like('A', 'collect', 'send', 'book'), like('B', 'collect', 'send', 'book'), ordinary)).toBe(true);
    expect(areAlike(like('A', 'tests', 'build', 'integrate'), like('B', 'tests', 'build', 'integrate'), ordinary)).toBe(false);
    expect(areAlike(like('A', 'collect', 'send', 'book'), like('B', 'collect', 'send', 'pay'), ordinary)).toBe(false);
    expect(areAlike(like('A', 'collect'), like('B', 'collect'), ordinary)).toBe(false);
  });

  it('a name is the goal without its time', () => {
    expect(['Bill partners 2026-10', 'Bill partners, November', 'March of ideas', '2026', 'May release: 12'].map(timeless)).toEqual(['Bill partners', 'Bill partners', 'of ideas', '2026', 'May release']);
  });
});
