import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { Agent, type Action } from './agent.ts';
import { transcript } from './transcript.ts';

const PAGE = join(PACKAGE_ROOT, 'docs/journey.md');
/** Writes the page anew: read the difference before committing it. */
const RETELL = process.env['TREEWORK_RETELL'] === '1';
const MOST_STEPS = 120;

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

/** What happens on the way, once each, when it is its turn. */
function eventsOf(agent: Agent, repository: string) {
  const main = () => agent.told.find(({ answer }) => answer?.next_action?.context?.ticket !== undefined)?.answer?.next_action?.context?.ticket as string;
  const isComplete = (node: string) => sandbox.exists(repository, `docs/specs/${main()}/nodes/${node}.md`) && sandbox.read(repository, `docs/specs/${main()}/nodes/${node}.md`).includes('\nstatus: complete');
  const spec = () => `docs/specs/${main()}/spec.md`;
  const happened = new Set<string>();
  const once = (name: string, isTime: () => boolean, happens: () => void) => {
    if (happened.has(name) || !isTime()) return false;
    happened.add(name);
    happens();
    return true;
  };
  return () =>
    once('a blocking change', () => isComplete('tests'), () => {
      agent.line('dana', `treework new change --ticket ${main()} --impact blocking --blocks format --title 'Days too'`);
    }) ||
    once('a replacing change', () => isComplete('parse') && isComplete('format'), () => {
      sandbox.write(repository, { [spec()]: sandbox.read(repository, spec()).replaceAll('RangeError', 'TypeError') });
      agent.line('dana', `treework new change --ticket ${main()} --from-edit`);
    }) ||
    once('a fork', () => happened.has('a replacing change') && isComplete('parse'), () => {
      agent.line('dana', `treework fork open manual --ticket ${main()} --sub ROUND-1 --title Rounding --reason 'Fractions are not rounded'`);
    });
}

it('S2: an agent that knows nothing but next_action takes a package from an empty repository into the archive', { timeout: 600_000 }, () => {
  const repository = sandbox.repository('durations', { 'package.json': '{"name": "durations", "version": "0.0.0", "type": "module", "scripts": {"test": "node --test"}}\n' });
  const agent = new Agent(sandbox, repository);
  const happens = eventsOf(agent, repository);
  let next = agent.ask().next_action as Action;
  const seen: string[] = [];
  const isArchived = () => sandbox.run('sh', ['-c', 'ls -d docs/specs/ARCHIVED/new-work-*'], { cwd: repository }).status === 0 && sandbox.git(repository, 'status', '--porcelain') === '';
  for (let steps = 0; steps < MOST_STEPS && !isArchived(); steps += 1) {
    expect([next.action, next.command], JSON.stringify(agent.told.at(-1))).not.toEqual([undefined, undefined]);
    if (seen.length > 0 && next.context?.ticket !== undefined) expect(next.context.goal, next.description).toBeDefined();
    seen.push(next.action ?? 'command');
    const before = JSON.stringify(next);
    next = agent.step(next).next;
    // Never the same step again after it succeeded.
    expect(JSON.stringify(next), agent.told.slice(-3).map((one) => JSON.stringify(one)).join('\n')).not.toBe(before);
    const isQuiet = sandbox.git(repository, 'status', '--porcelain') === '';
    if (isQuiet && next.action !== 'agent:do' && happens()) next = agent.ask(next.context?.ticket).next_action as Action;
  }
  expect(isArchived()).toBe(true);
  // What it was led through, and what it left behind.
  for (const action of ['command', 'agent:do', 'team:spawn', 'wave:await-qa', 'subagent:respawn', 'human:approve']) expect(seen).toContain(action);
  expect(agent.told.filter(({ who, exit }) => who === 'agent' && exit !== 0).map(({ line }) => line)).toEqual([]);
  expect(sandbox.run('node', ['--test'], { cwd: repository }).status).toBe(0);
  expect(sandbox.treework(repository, 'check', '--all').status).toBe(0);
  expect(sandbox.git(repository, 'status', '--porcelain')).toBe('');
  const page = transcript(agent.told, sandbox.root);
  if (RETELL) {
    mkdirSync(join(PACKAGE_ROOT, 'docs'), { recursive: true });
    writeFileSync(PAGE, page);
  }
  expect(page).toBe(readFileSync(PAGE, 'utf8'));
});
