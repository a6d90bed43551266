import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';

const sandbox = new Sandbox();
afterEach(() => sandbox.remove());

/** How far each skill was followed: its commands are taken in the order in which it gives them. */
const followed = new Map<string, number>();
let folder = 'repo';

/** Runs a command as a skill gives it; `words` stand for what the skill leaves to its reader. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function follow(skill: string, line: string, words: Readonly<Record<string, string>> = {}, status = 0): any {
  const text = readFileSync(join(PACKAGE_ROOT, 'skills', skill, 'SKILL.md'), 'utf8');
  const at = text.indexOf(line, followed.get(skill) ?? 0);
  if (at === -1) throw new Error(`the skill ${skill} does not say, from here on: ${line}`);
  followed.set(skill, at);
  const command = Object.entries(words).reduce((all, [word, meant]) => all.replaceAll(word, meant), line);
  const answer = sandbox.run('sh', ['-c', command], { cwd: folder });
  if (answer.status !== status) throw new Error(`exit ${answer.status}, expected ${status}: ${command}\n${answer.output}`);
  return line.includes('--json') ? JSON.parse(answer.stdout) : answer.stdout;
}

function commit(message: string): void {
  sandbox.git(folder, 'add', '--all');
  sandbox.git(folder, 'commit', '-q', '-m', message);
}

const SPEC = '---\nticket: PROJ-7\ntitle: Reports API\ncapability: reports\n---\n\n## Requirements\n\n### Requirement: Totals\n\nThe system SHALL answer with the sum of all rows.\n\n#### Scenario: Two rows\n\n- **GIVEN** the rows 1 and 2\n- **WHEN** the total is asked for\n- **THEN** the answer is 3\n';

it('the nine skills of the cycle lead a small project from nothing to an archived, merged and pruned ticket, by what they say alone', () => {
  sandbox.repository('repo', { 'package.json': '{"name": "reports", "version": "1.0.0", "scripts": {"test": "node --test"}}\n', 'test/base.test.js': "require('node:test')('stands', () => {});\n", 'README.md': '# Reports\n' });
  sandbox.git('.', 'init', '-q', '--bare', 'origin.git');
  sandbox.git('repo', 'remote', 'add', 'origin', join(sandbox.root, 'origin.git'));
  sandbox.git('repo', 'push', '-q', '-u', 'origin', 'main');

  follow('config', 'treework init --yes --json');
  follow('config', 'treework doctor --json');
  expect(JSON.stringify(follow('config', 'treework gate --dry-run --json', {}, 0))).toContain('npm test');
  follow('config', 'treework why WORKSPACE.md');
  writeFileSync(join(sandbox.root, 'repo/WORKSPACE.md'), '---\ntreework: 1\ngates: {coverage: off}\n---\n\n# How we work\n');
  commit('chore: govern this repository');
  sandbox.git('repo', 'push', '-q');

  expect(follow('work', 'treework list --json').tickets).toEqual([]);
  const { path } = follow('work', 'treework work PROJ-7 --title "Reports API" --json');
  folder = String(path).slice(sandbox.root.length + 1);
  expect(follow('sync', 'treework sync --json').ok).toBe(true);

  expect(follow('plan', 'treework next --json').skills ?? []).toEqual([]);
  follow('plan', 'treework new idea --ticket PROJ-7 --title "Reports API" --json');
  writeFileSync(join(sandbox.root, folder, 'docs/specs/PROJ-7/idea.md'), '---\nticket: PROJ-7\ntitle: Reports API\n---\n\nPartners want totals. A sum is the smallest thing that helps.\n');
  follow('plan', 'treework new spec --ticket PROJ-7 --title "Reports API" --json');
  writeFileSync(join(sandbox.root, folder, 'docs/specs/PROJ-7/spec.md'), SPEC);
  follow('plan', 'treework check docs/specs/PROJ-7 --json');
  follow('plan', 'treework new tasks --ticket PROJ-7 --preset ticket --json');
  const plan = join(sandbox.root, folder, 'docs/specs/PROJ-7/tasks.md');
  const pin = /^spec: .*$/m.exec(readFileSync(plan, 'utf8'))?.[0];
  writeFileSync(plan, `---\nticket: PROJ-7\ngoal: {title: Reports API, why: Partners add up by hand}\n${pin}\nnodes:\n  - {id: build, covers: [Totals], scope: ["src/**", "test/**"]}\n---\n`);
  follow('plan', 'treework check docs/specs/PROJ-7 --json');
  commit('docs(PROJ-7): plan');

  expect(follow('implement', 'treework next --json').next_action.command).toContain('node start build');
  follow('implement', 'treework node start build --by impl-1 --commit --json');
  expect(follow('implement', 'treework context build')).toContain('Totals');
  mkdirSync(join(sandbox.root, folder, 'src'));
  writeFileSync(join(sandbox.root, folder, 'src/total.js'), 'exports.total = (rows) => rows.reduce((sum, row) => sum + row, 0);\n');
  writeFileSync(join(sandbox.root, folder, 'test/total.test.js'), "const { total } = require('../src/total.js');\nrequire('node:test')('two rows', () => require('node:assert').equal(total([1, 2]), 3));\n");
  expect(follow('implement', 'treework gate --cached --json').ok).toBe(true);
  writeFileSync(join(sandbox.root, folder, 'l1.json'), '{"decisions": ["A sum"], "contracts": ["total(rows): number"]}');
  const done = follow('implement', 'treework node done build --by impl-1 --l0 "OUTCOME IN ONE LINE" --l1 l1.json --json', { 'OUTCOME IN ONE LINE': 'total() adds up' });
  sandbox.run('rm', ['l1.json'], { cwd: folder });
  const committed = sandbox.run('sh', ['-c', done.next_action.command], { cwd: folder });
  expect([committed.status, committed.output]).toEqual([0, expect.any(String)]);

  follow('review', 'treework context build --role qa');
  follow('review', 'treework gate --json');
  follow('review', 'treework node complete build --verdict pass --verified-by review-1 --gate --commit --json');

  expect(follow('split', 'treework split --json', {}, 0).proof ?? { equal: true }).toMatchObject({ equal: true });
  follow('split', 'treework undo --json');

  follow('retro', 'treework report PROJ-7');
  follow('retro', 'treework retro --ticket PROJ-7 --json');
  commit('docs(PROJ-7): look back');
  follow('retro', 'treework retro --ticket PROJ-7 --lesson "Exports over 30 s are cut off by the proxy" --json');
  commit('docs(PROJ-7): what was learnt');
  follow('retro', 'treework graduate --ticket PROJ-7 --json');
  const answered = sandbox.treework(folder, 'graduate', '--recurs', 'no', '--commit', '--json');
  expect(answered.status).toBe(0);

  sandbox.git(folder, 'push', '-q', '-u', 'origin', 'HEAD');
  expect(follow('archive', 'treework archive --dry-run --json').ok).toBe(true);
  follow('archive', 'treework archive --commit --json');
  const asked = follow('archive', 'treework submit --json', {}, 2);
  expect(asked.next_action.confirm).toBe(true);
  expect(sandbox.run('sh', ['-c', asked.next_action.command], { cwd: folder }).status).toBe(0);
  expect(sandbox.treework(folder, 'review', '--merge', 'squash').status).toBe(0);
  folder = 'repo';
  expect(sandbox.treework('repo', 'sync', '--json').status).toBe(0);
  const pruned = follow('archive', 'treework prune --json');
  expect(sandbox.run('sh', ['-c', pruned.next_action.command], { cwd: 'repo' }).status).toBe(0);
  expect(readFileSync(join(sandbox.root, 'repo/docs/capabilities/reports.md'), 'utf8')).toContain('the sum of all rows');
  expect(follow('archive', 'treework list --json').tickets).toEqual([]);

  sandbox.git('.', 'clone', '-q', 'origin.git', 'mate');
  sandbox.git('mate', 'switch', '-q', '-c', 'PROJ-9--export');
  appendFileSync(join(sandbox.root, 'mate/README.md'), '\nExport.\n');
  sandbox.git('mate', 'commit', '-q', '-a', '--no-verify', '-m', 'docs(PROJ-9): export');
  sandbox.git('mate', 'push', '-q', 'origin', 'HEAD');
  const imported = follow('import', 'treework import origin/PROJ-9--export --json');
  folder = String(imported.path ?? imported.worktree).slice(sandbox.root.length + 1);
  follow('import', 'treework resume --json');
  expect([...followed.keys()].filter((name) => ['config', 'work', 'plan', 'implement', 'split', 'sync', 'import', 'archive', 'retro'].includes(name)).length).toBe(9);
});
