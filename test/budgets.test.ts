import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../src/tree/finding.ts';
import { nodeOf, specOf, tasksOf } from './harness/governed.ts';
import { rulePages } from './harness/rule-page.ts';
import { Sandbox } from './harness/sandbox.ts';

/** What people and agents have to read, in bytes. A larger number needs a reason. */
const BUDGET = {
  init: 1_200,
  workflow: 1_200,
  explain: 4_096,
  help: 1_200,
  /** A line for each of some fifty verbs. */
  helpAll: 4_864,
  /** `node` has a form for each transition, `new` for each kind. */
  verbHelp: 3_840,
  /** Of the derived page of a ticket with 20 nodes. */
  readme: 4_096,
  cleanJson: 100,
  cleanText: 60,
  finding: 3_600,
  /** Of a finding in a terminal, with its place and the line it is about. */
  findingText: 6_000,
} as const;

let sandbox: Sandbox;
let repository: string;
beforeEach(() => {
  sandbox = new Sandbox();
  repository = sandbox.repository('repo', { 'README.md': '# Example\n' });
});
afterEach(() => sandbox.remove());

const bytes = (text: string): number => Buffer.byteLength(text);

describe('bytes', () => {
  it('that init writes into the repository are few', () => {
    const [own] = [sandbox.read(repository, 'README.md')];
    expect(sandbox.treework(repository, 'init', '--yes')).toMatchObject({ status: 0 });
    const written = () => sandbox.git(repository, 'ls-files', '-z', '--others').split('\0').filter(Boolean);
    const size = (paths: readonly string[]) => paths.reduce((sum, path) => sum + readFileSync(join(sandbox.root, repository, path)).length, 0);
    expect(written()).toEqual(['.gitattributes', 'WORKSPACE.md']);
    expect(size(written())).toBeLessThanOrEqual(BUDGET.init);
    expect(sandbox.treework(repository, 'init', '--yes', '--ci', 'github')).toMatchObject({ status: 0 });
    expect(size(['.github/workflows/treework.yml'])).toBeLessThanOrEqual(BUDGET.workflow);
    expect(sandbox.read(repository, 'README.md')).toBe(own);
  });

  it('of a page that explain prints are at most 4 KB', () => {
    const sizes = rulePages().map(({ id, text }) => [id, bytes(text)] as const);
    expect(sizes.filter(([, size]) => size > BUDGET.explain)).toEqual([]);
    expect(sizes.length).toBeGreaterThan(10);
  });

  it('of the page that is derived from a plan of 20 nodes are few', () => {
    const leaf = (phase: number, node: number) => `      - {id: step-${phase}-${node}, title: Build part ${node} of phase ${phase}, scope: ["src/p${phase}/n${node}/**"]${node > 1 ? `, depends_on: [step-${phase}-${node - 1}]` : ''}}`;
    const phases = [1, 2, 3, 4].map((phase) => [`  - id: phase-${phase}`, `    title: Phase ${phase} of the reports`, '    nodes:', ...[1, 2, 3, 4].map((node) => leaf(phase, node))].join('\n'));
    const tasks = tasksOf(SPEC).replace(/ {2}- \{id: build.*\n/, `${phases.join('\n')}\n`);
    sandbox.write(repository, { 'WORKSPACE.md': '---\ntreework: 1\nrules: {readme-fresh: {required: true}}\n---\n', 'docs/specs/PROJ-7/spec.md': SPEC, 'docs/specs/PROJ-7/tasks.md': tasks });
    const answer = sandbox.treework(repository, 'check', '--fix');
    expect(answer, answer.output).toMatchObject({ status: 0 });
    const page = sandbox.read(repository, 'docs/specs/PROJ-7/README.md');
    expect(page.match(/step-\d-\d/g)?.length).toBeGreaterThanOrEqual(16);
    expect(bytes(page)).toBeLessThanOrEqual(BUDGET.readme);
  });

  it('of help are few', () => {
    const help = (...args: string[]) => sandbox.treework('', ...args).stdout;
    expect(bytes(help('help'))).toBeLessThanOrEqual(BUDGET.help);
    const all = help('help', 'all');
    expect(bytes(all)).toBeLessThanOrEqual(BUDGET.helpAll);
    const verbs = [...all.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, verb]) => verb as string);
    expect(verbs).toContain('check');
    expect(verbs.map((verb) => [verb, bytes(help(verb, '--help'))] as const).filter(([, size]) => size > BUDGET.verbHelp)).toEqual([]);
  });

  it('of an answer where nothing is wrong are next to none', () => {
    expect(sandbox.treework(repository, 'init', '--yes')).toMatchObject({ status: 0 });
    sandbox.write(repository, { 'docs/specs/PROJ-7/spec.md': specOf('The system SHALL answer.') });
    expect(bytes(sandbox.treework(repository, 'check', '--json').stdout)).toBeLessThanOrEqual(BUDGET.cleanJson);
    expect(bytes(sandbox.treework(repository, 'check').stdout)).toBeLessThanOrEqual(BUDGET.cleanText);
    sandbox.git(repository, 'add', '.');
    expect(sandbox.run('git', ['commit', '-q', '-m', 'docs: plan'], { cwd: repository })).toMatchObject({ status: 0, output: '' });
  });
});

const HUGE = 'ä'.repeat(100_000);
const SPEC = specOf('The system SHALL answer.');

/** Documents of some 200 KB in which one thing is wrong and very long. */
const HOSTILE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'an unknown key': { 'spec.md': SPEC.replace('title:', `${HUGE}: x\ntitle:`) },
  'the ticket': { 'spec.md': SPEC.replace('PROJ-7', HUGE) },
  'a title of another type': { 'spec.md': SPEC.replace('Reports API', `{a: "${HUGE}"}`) },
  'the name of a requirement': { 'spec.md': SPEC.replace('Token validation', HUGE).replace('SHALL', 'may') },
  'two requirements of one name': { 'spec.md': `${SPEC}\n${SPEC.slice(SPEC.indexOf('### Req'))}`.replaceAll('Token validation', HUGE) },
  'the name of a scenario': { 'spec.md': SPEC.replace('Expired token\n', `${HUGE}\n`).replaceAll(/- \*\*.*\n/g, '') },
  'a place that is not filled': { 'spec.md': SPEC.replace('Reports API', `"[[fill: ${HUGE}]]"`), 'tasks.md': tasksOf(SPEC) },
  'a link': { 'spec.md': `${SPEC}\n[${HUGE}](${HUGE}.md) and [x](#${HUGE})\n` },
  'YAML that is none': { 'spec.md': SPEC.replace('title:', `title: "${HUGE}\nx: [`) },
  'node ids': { 'spec.md': SPEC, 'tasks.md': tasksOf(SPEC).replace(/ {2}- \{id: build.*\n/, `  - {id: ${'b'.repeat(100_000)}}\n  - {id: ${'b'.repeat(100_000)}}\n`) },
  'what a node depends on': { 'spec.md': SPEC, 'tasks.md': tasksOf(SPEC).replace('scope:', `depends_on: [${'b'.repeat(100_000)}, ${'c'.repeat(100_000)}], scope:`) },
  'scopes': { 'spec.md': SPEC, 'tasks.md': tasksOf(SPEC).replace('src/**', `../${HUGE}`) },
  'the pin of a record': { 'spec.md': SPEC, 'tasks.md': tasksOf(SPEC), 'nodes/build.md': nodeOf(SPEC).replace(/sha256:.*}/, `sha256:${HUGE}}`).replace('in_progress\n', `${HUGE}\n`) },
  'a change record': { 'spec.md': SPEC, 'tasks.md': tasksOf(SPEC), 'changes/001-x.md': `---\ntitle: ${HUGE}\nimpact: ${HUGE}\nstatus: accepted\nhistory:\n  - {to: accepted, by: ${HUGE}, at: 2026-01-01T00:00:00Z}\nblocks: [${HUGE}]\n---\n## MODIFIED Requirements\n\n### Requirement: ${HUGE}\n\nWas: ${HUGE}\n\nIt.\n` },
  'a reason': { 'spec.md': `${SPEC.replace('SHALL', 'may')}\n<!-- treework-allow requirement-keyword: ${HUGE} -->\n` },
};

describe('a finding stays short', () => {
  it.each(Object.entries(HOSTILE))('whatever a document holds: %s', (_, files) => {
    sandbox.write(repository, { 'WORKSPACE.md': '---\ntreework: 1\n---\n', ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`docs/specs/PROJ-7/${name}`, text])) });
    const { findings, waived } = JSON.parse(sandbox.treework(repository, 'check', '--json').stdout) as { findings: Finding[]; waived: { reason: string }[] };
    expect(findings.length + waived.length).toBeGreaterThan(0);
    for (const { rule, message, remedy } of findings) expect([rule, bytes(message + remedy) <= BUDGET.finding]).toEqual([rule, true]);
    for (const { reason } of waived) expect(bytes(reason)).toBeLessThanOrEqual(BUDGET.finding);
    expect(bytes(sandbox.treework(repository, 'check').stdout)).toBeLessThanOrEqual((findings.length + 1) * BUDGET.findingText);
  });

  it.each([
    ['a key', `${HUGE}: 1`],
    ['the layout', `layout: {specs: "../${HUGE}"}`],
    ['a rule', `rules: {${'r'.repeat(1_000)}: off}`],
    ['what a directory holds', `directories: {"docs/*": ["${HUGE}"]}`],
    ['the pattern of tickets', `tickets: {pattern: "(${HUGE}"}`],
    ['the trunk', `branches: {trunk: [${HUGE}]}`],
  ])('and soon said, whatever WORKSPACE.md says: %s', (_, line) => {
    sandbox.write(repository, { 'WORKSPACE.md': `---\ntreework: 1\n${line}\n---\n`, 'docs/specs/PROJ-7/spec.md': SPEC });
    const { findings } = JSON.parse(sandbox.treework(repository, 'check', '--json').stdout) as { findings: Finding[] };
    expect(findings.length).toBeGreaterThan(0);
    for (const { rule, message, remedy } of findings) expect([rule, bytes(message + remedy) <= BUDGET.finding]).toEqual([rule, true]);
  });
});
