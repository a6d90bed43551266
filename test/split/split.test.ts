import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { command } from '../../src/commands/split.ts';
import { UserError } from '../../src/error.ts';
import { Sandbox, type Answer } from '../harness/sandbox.ts';

const WORKSPACE = '---\ntreework: 1\nreview: {max_files: 4, max_lines: 60}\n---\n\n# How we work\n';
const TASKS = `---
ticket: PROJ-7
goal: {title: Ship the reports API, why: Partners pull reports without CSV exports}
spec: ''
nodes:
  - {id: ui, scope: ["src/ui/**"], depends_on: [api]}
  - {id: api, scope: ["src/api/**"], depends_on: [store]}
  - {id: store, scope: ["src/store/**"]}
  - {id: verify, depends_on: [ui], scope: ["test/**"]}
---
`;

interface Split {
  readonly made?: boolean;
  readonly parts: readonly { readonly branch: string; readonly base: string; readonly tip: string; readonly files: number; readonly lines: number; readonly exceeds?: string; readonly commits: readonly { readonly subject: string; readonly files: readonly string[]; readonly divided?: string }[] }[];
  readonly unclaimed: readonly { readonly path: string; readonly branch: string; readonly why: string }[];
  readonly moved: readonly { readonly path: string; readonly from: string; readonly to: string }[];
  readonly proof: { readonly tree: string; readonly equal: boolean };
  readonly next_action: { readonly command: string };
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
  sandbox.prepare('split', ['repo'], () => {
    sandbox.repository('repo', { 'WORKSPACE.md': WORKSPACE, 'shared.txt': numbers(30), 'README.md': '# Example\n' });
    git('switch', '-q', '-c', 'PROJ-7--reports');
    commit('docs: plan the reports', { 'docs/specs/PROJ-7/tasks.md': TASKS });
  });
});
afterEach(() => sandbox.remove());

const git = (...args: string[]): string => sandbox.git('repo', ...args).trim();
const numbers = (count: number, mark = ''): string => Array.from({ length: count }, (_, line) => `${mark}${line + 1}\n`).join('');
const replaced = (path: string, was: string, is: string): string => sandbox.read('repo', path).replace(`${was}\n`, `${is}\n`);
const run = (...args: string[]): Answer => sandbox.treework('repo', 'split', ...args);
const branches = (): string[] => git('branch', '--format=%(refname:short)', '--list', 'PROJ-7--p*').split('\n').filter(Boolean);

function commit(message: string, files: Readonly<Record<string, string>>): string {
  sandbox.write('repo', files);
  git('add', '-A');
  git('commit', '-q', '-m', message);
  return git('rev-parse', 'HEAD');
}

/** In this process: the same without the start of another. */
async function split(...args: string[]): Promise<Split> {
  const options = Object.fromEntries(Object.entries(command.options).map(([name, { type }]) => [name, { type }]));
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  try {
    const { exit, json } = await command.run({ values, positionals, cwd: join(sandbox.root, 'repo'), json: true, program: 'treework', color: false });
    return { ok: exit === 0, ...json } as unknown as Split;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ok: false, error: { code: error.code, message: error.message, hint: error.hint } } as unknown as Split;
  }
}

/** Work of every node, against the order of the plan, and a commit of two. */
function work(): void {
  commit('feat: show', { 'src/ui/show.ts': 'show\n' });
  commit('feat: serve', { 'src/api/serve.ts': 'serve\n' });
  commit('feat: keep and serve', { 'src/store/keep.ts': 'keep\n', 'src/api/more.ts': 'more\n' });
  commit('test: all of it\n\nNode: PROJ-7/verify', { 'test/all.test.ts': 'all\n' });
}

describe('split', () => {
  it('K5: makes as many parts as nodes have work, in the order in which they wait for each other', async () => {
    work();
    const before = [git('rev-parse', 'HEAD'), git('status', '--porcelain'), git('ls-files', '--stage')];
    const answer = await split();
    expect(answer).toMatchObject({ ok: true, made: true, ticket: 'PROJ-7', branch: 'PROJ-7--reports', proof: { tree: git('rev-parse', 'HEAD^{tree}'), equal: true } });
    expect(answer.parts.map(({ branch }) => branch)).toEqual(['PROJ-7--p1-plan', 'PROJ-7--p2-store', 'PROJ-7--p3-api', 'PROJ-7--p4-ui', 'PROJ-7--p5-verify']);
    expect(answer.parts.map(({ commits }) => commits.map(({ subject, divided }) => `${subject}${divided === undefined ? '' : ` ${divided}`}`))).toEqual([['docs: plan the reports'], ['feat: keep and serve 1 of 2'], ['feat: serve', 'feat: keep and serve 2 of 2'], ['feat: show'], ['test: all of it Node: PROJ-7/verify'.replace(' Node: PROJ-7/verify', '')]]);
    expect(git('rev-parse', 'PROJ-7--p5-verify^{tree}')).toBe(git('rev-parse', 'PROJ-7--reports^{tree}'));
    expect([git('rev-parse', 'HEAD'), git('status', '--porcelain'), git('ls-files', '--stage')]).toEqual(before);
    expect(git('for-each-ref', '--format=%(objectname) %(refname:lstrip=3)', 'refs/treework/bases').split('\n').sort()).toEqual(answer.parts.map(({ branch, base }) => `${base} ${branch}`).sort());
    expect(answer.next_action.command).toBe('git switch PROJ-7--p5-verify');
    // What differs in nothing is the very same commit.
    expect(answer.parts[0]?.tip).toBe(git('rev-parse', 'PROJ-7--reports~4'));
    expect(await split()).toMatchObject({ ok: true, made: true, created: [] });
  });

  it('K5: reads the file that it wrote, and no other', async () => {
    work();
    const written = await split('--plan', 'my plan.md');
    expect(written).toMatchObject({ ok: true, made: false, plan: 'my plan.md', next_action: { command: "treework split --from-plan 'my plan.md'" } });
    expect(branches()).toEqual([]);
    const file = join(sandbox.root, 'repo', 'my plan.md');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/## p4-ui\n\n(- .*\n)/, '').replace('## p5-verify\n', (heading) => `${heading}\n${/- .*`src\/ui\/show.ts`.*\n/.exec(readFileSync(file, 'utf8'))?.[0]}`));
    expect((await split('--from-plan', 'my plan.md')).parts.map(({ branch }) => branch)).toEqual(['PROJ-7--p1-plan', 'PROJ-7--p2-store', 'PROJ-7--p3-api', 'PROJ-7--p4-verify']);
    git('commit', '-q', '--allow-empty', '-m', 'chore: go on');
    expect(await split('--from-plan', 'my plan.md')).toMatchObject({ ok: false, error: { code: 'plan-stale', message: expect.stringMatching(/^my plan\.md:3: Unexpected tip/) } });
    expect(await split('--from-plan', 'other.md')).toMatchObject({ ok: false, error: { code: 'no-plan' } });
  });

  it('K5: next comes to it where the branch is more than a review takes, and not again once it is split', async () => {
    sandbox.write('repo', { 'docs/specs/PROJ-7/nodes/.gitkeep': '' });
    commit('feat: much\n\nNode: PROJ-7/api', Object.fromEntries([1, 2, 3, 4, 5].map((file) => [`src/api/${file}.ts`, `${file}\n`])));
    finish();
    const next = () => (JSON.parse(sandbox.treework('repo', 'next', '--json').stdout) as Split).next_action as unknown as { command?: string; description: string };
    expect(next()).toMatchObject({ command: 'treework split --ticket PROJ-7', description: expect.stringContaining('5 files') });
    const { parts } = await split();
    const top = parts.at(-1)?.branch as string;
    expect(next()).toMatchObject({ action: 'agent:do', description: expect.stringContaining(`git switch ${top}`) });
    git('switch', '-q', top);
    expect(next().command).not.toContain('split');
  });

  it('names what no scope claims, with the reason for its place', async () => {
    commit('feat: serve', { 'src/api/serve.ts': 'serve\n', 'package.json': '{}\n' });
    commit('chore: by itself', { 'tool.ts': 'tool\n' });
    commit('feat: show', { 'src/ui/show.ts': 'show\n' });
    commit('feat: elsewhere\n\nNode: PROJ-7/ui', { 'lib/x.ts': 'x\n' });
    expect((await split('--dry-run')).unclaimed.map(({ path, branch, why }) => [path, branch, why])).toEqual([
      ['lib/x.ts', 'PROJ-7--p3-ui', 'where its commit says that it belongs'],
      ['package.json', 'PROJ-7--p2-api', 'with the other files of its commit'],
      ['tool.ts', 'PROJ-7--p3-ui', 'with the work that comes next'],
    ]);
    expect(branches()).toEqual([]);
  });

  it('puts what builds on a later part there, and says so', async () => {
    commit('feat: one\n\nNode: PROJ-7/store', { 'shared.txt': replaced('shared.txt', '5', 'five') });
    commit('feat: two\n\nNode: PROJ-7/ui', { 'shared.txt': replaced('shared.txt', '15', 'fifteen') });
    commit('feat: apart\n\nNode: PROJ-7/store', { 'shared.txt': replaced('shared.txt', '25', 'twenty-five') });
    commit('feat: upon it\n\nNode: PROJ-7/store', { 'shared.txt': replaced('shared.txt', 'fifteen', 'FIFTEEN'), 'src/store/with.ts': 'it\n' });
    const { parts, moved } = await split();
    expect(parts.map(({ commits }) => commits.map(({ subject }) => subject))).toEqual([['docs: plan the reports'], ['feat: one', 'feat: apart'], ['feat: two', 'feat: upon it']]);
    expect(moved).toEqual([expect.objectContaining({ path: 'shared.txt', from: 'store', to: 'PROJ-7--p3-ui', commit: git('rev-parse', 'PROJ-7--reports') })]);
    expect(git('show', 'PROJ-7--p2-store:shared.txt').split('\n').filter((line) => Number.isNaN(Number(line)))).toEqual(['five', 'twenty-five']);
  });

  it('cuts to the limits between commits and then between files, and names one file that is too large', async () => {
    for (let at = 1; at <= 6; at += 1) commit(`feat: step ${at}`, { [`src/api/${at}.ts`]: numbers(20, `${at}-`) });
    commit('feat: at once', Object.fromEntries(['a/1', 'a/2', 'a/3', 'b/1', 'b/2', 'b/3'].map((name) => [`src/ui/${name}.ts`, `${name}\n`])));
    commit('feat: too large', { 'src/ui/huge.ts': numbers(100), 'src/ui/huge.lock': numbers(500) });
    const { parts } = await split();
    expect(parts.slice(1).map(({ branch, files, lines, exceeds }) => [branch, files, lines, exceeds])).toEqual([
      ['PROJ-7--p2-api-1', 3, 60, undefined],
      ['PROJ-7--p3-api-2', 3, 60, undefined],
      ['PROJ-7--p4-ui-1', 4, 4, undefined],
      ['PROJ-7--p5-ui-2', 2, 2, undefined],
      ['PROJ-7--p6-ui-3', 1, 100, '60 lines'],
    ]);
    expect(run().stdout).toContain('ABOVE 60 lines');
  });

  it('X5: makes nothing unless the command passes in every part', async () => {
    work();
    const refs = git('for-each-ref');
    const answer = run('--json', '--exec', 'test ! -e src/ui/show.ts || { echo no "$TREEWORK_PART"; exit 3; }');
    expect(answer.status).toBe(1);
    expect(JSON.parse(answer.stdout)).toMatchObject({ ok: false, made: false, exec: { failed: 'PROJ-7--p4-ui', exit: 3, output: 'no PROJ-7--p4-ui' } });
    expect(git('for-each-ref')).toBe(refs);
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
    expect(run('--json', '--exec', 'sleep 60', '--timeout', '0.2').stdout).toContain('"overdue":true');
    expect(await split('--exec', 'test -e docs/specs/PROJ-7/tasks.md && touch litter && test "$(git status --porcelain)" = "?? litter"')).toMatchObject({ ok: true, made: true, exec: { passed: 5 } });
    expect(branches()).toHaveLength(5);
    expect(sandbox.treework('repo', 'doctor').stdout).not.toContain('interrupted');
  });

  it('divides a file by its hunks where the plan says so, and refuses what cannot be, line by line', async () => {
    const id = commit('feat: three places', { 'shared.txt': sandbox.read('repo', 'shared.txt').replace('5\n', 'five\n').replace('15\n', 'fifteen\n').replace('25\n', 'twenty-five\n') }).slice(0, 12);
    const head = (plan: string) => plan.slice(0, plan.indexOf('\n## '));
    expect(run('--plan', 'p.md', '--hunks').status).toBe(0);
    const text = sandbox.read('repo', 'p.md');
    expect(text.split('\n').filter((line) => line.startsWith(`- ${id}`))).toEqual([`- ${id} \`shared.txt\` #1 (line 5, -1 +1: five): feat: three places`, `- ${id} \`shared.txt\` #2 (line 15, -1 +1: fifteen): feat: three places`, `- ${id} \`shared.txt\` #3 (line 25, -1 +1: twenty-five): feat: three places`]);
    const plan = text.split('\n').find((line) => line.includes('tasks.md')) as string;
    const tried = async (...lines: string[]) => {
      sandbox.write('repo', { 'p.md': `${head(text)}\n${lines.join('\n')}\n` });
      return split('--from-plan', 'p.md');
    };
    const line = head(text).split('\n').length;
    const wrong = async (error: string, ...lines: string[]) => expect((await tried(...lines)).error?.message.split('\n')[0]).toBe(error);
    const own = `- ${id} \`shared.txt\``;
    await wrong(`p.md:${line + 2}: Unexpected absence of ${id} \`shared.txt\`, expected it once`, '## one', plan, '');
    await wrong(`p.md:${line + 3}: Unexpected absence of ${id} \`shared.txt\` #2, expected each hunk once`, '## one', plan, `${own} #1,3`);
    await wrong(`p.md:${line + 3}: Unexpected hunk #4 of shared.txt, expected #1 to #3`, '## one', plan, `${own} #4`);
    await wrong(`p.md:${line + 4}: Unexpected second place of ${id} shared.txt, expected it once: it stands on line ${line + 3} too`, '## one', plan, own, `${own} #2`);
    await wrong(`p.md:${line + 3}: Unexpected commit 0123456789ab, expected one of the branch`, '## one', plan, '- 0123456789ab `shared.txt`');
    await wrong(`p.md:${line + 3}: Unexpected file "nope" of ${id}, expected one that this commit changes, such as \`shared.txt\``, '## one', plan, `- ${id} \`nope\``);
    await wrong(`p.md:${line + 1}: Unexpected part "Some Thing", expected a name of small letters, digits and hyphens such as some-thing`, '## Some Thing', plan, own);
    await wrong(`p.md:${line + 1}: Unexpected change above the first part, expected a heading ## NAME before it`, plan, '## one', own);
    const made = await tried('## ends', plan, `${own} #1,3`, '## middle', `${own} #2`);
    expect(made.parts.map(({ branch, commits }) => [branch, commits.map(({ divided }) => divided)])).toEqual([['PROJ-7--p1-ends', [undefined, '1 of 2']], ['PROJ-7--p2-middle', ['2 of 2']]]);
    expect(git('show', 'PROJ-7--p1-ends:shared.txt').split('\n').filter((text) => Number.isNaN(Number(text)))).toEqual(['five', 'twenty-five']);
  });

  it('refuses a plan that puts a change below what it builds on', async () => {
    const first = commit('feat: make', { 'new.ts': 'one\n' }).slice(0, 12);
    const second = commit('feat: change', { 'new.ts': 'two\n' }).slice(0, 12);
    run('--plan', 'p.md');
    const text = sandbox.read('repo', 'p.md');
    const lines = text.slice(0, text.indexOf('\n## ')).split('\n').length;
    sandbox.write('repo', { 'p.md': `${text.slice(0, text.indexOf('\n## '))}\n## one\n${text.split('\n').find((line) => line.includes('tasks.md'))}\n- ${second} \`new.ts\`\n## two\n- ${first} \`new.ts\`\n` });
    expect((await split('--from-plan', 'p.md')).error).toMatchObject({ code: 'plan-invalid', message: `p.md:${lines + 3}: Unexpected \`new.ts\` below what it builds on (line ${lines + 5}, in two), expected it in two or above` });
  });

  it('works without a workflow, by commits or by folders', async () => {
    git('rm', '-q', '-r', 'docs');
    commit('docs: no plan', {});
    commit('feat: reports for partners', { 'a/1.ts': numbers(40), 'B ä~^:/1.ts': numbers(10) });
    commit('fix(api): slow reports', { 'a/2.ts': numbers(40) });
    expect((await split('--dry-run', '--base', 'HEAD~1', '--by', 'folder')).parts.map(({ branch }) => branch)).toEqual(['PROJ-7--p1-a']);
    expect((await split('--dry-run')).parts.map(({ branch }) => branch)).toEqual(['PROJ-7--p1-plan-the-reports', 'PROJ-7--p2-slow-reports']);
    expect((await split('--by', 'folder')).parts.map(({ branch, commits }) => [branch, commits.length])).toEqual([['PROJ-7--p1-docs', 2], ['PROJ-7--p2-b-a', 1], ['PROJ-7--p3-a-1', 1], ['PROJ-7--p4-a-2', 1]]);
  });

  it('refuses what it cannot split, each with the way out', async () => {
    const codes = async (...args: string[]) => (await split(...args)).error?.code;
    expect(await split()).toMatchObject({ ok: true, made: false });
    expect(await codes('--by', 'phase')).toBe('input');
    expect(await codes('--plan', 'a', '--from-plan', 'b')).toBe('usage');
    expect(await codes('nope')).toBe('no-branch');
    expect(await codes('main')).toBe('trunk');
    git('switch', '-q', '--detach');
    expect(await codes()).toBe('no-branch');
    git('branch', '-q', 'PROJ-7--empty', 'main');
    expect(await codes('PROJ-7--empty')).toBe('nothing-to-split');
    git('switch', '-q', 'PROJ-7--reports');
    work();
    git('branch', '-q', 'PROJ-7--p2-other', 'main');
    expect((await split()).error).toMatchObject({ code: 'exists', message: expect.stringContaining('PROJ-7--p2-other') });
    expect(branches()).toEqual(['PROJ-7--p2-other']);
  });

  it('keeps authors, dates and encodings, drops signatures of what is made anew, and adds to the trailers of a commit', async () => {
    const made = (raw: string) => sandbox.run('git', ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], { cwd: 'repo', input: Buffer.from(raw, 'latin1') }).stdout.trim();
    work();
    const [tree, parent] = [git('rev-parse', 'HEAD~1^{tree}'), git('rev-parse', 'HEAD~2')];
    const people = 'author Zo\xeb <zoe@example.com> 1700000000 -0330\ncommitter Bob <bob@example.com> 1700000001 +1245\n';
    const signed = made(`tree ${tree}\nparent ${parent}\n${people}encoding ISO-8859-1\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n\nfeat: na\xefve\n\nRefs: 12\n`);
    git('update-ref', 'refs/heads/PROJ-7--reports', signed);
    const { parts } = await split();
    const [first, second] = parts.filter(({ commits }) => commits.some(({ divided }) => divided !== undefined)).map(({ branch }) => sandbox.run('git', ['cat-file', 'commit', branch], { cwd: 'repo' }));
    const body = (number: number) => expect.stringMatching(new RegExp(`^tree .*\\nparent .*\\nauthor Zo. <zoe@example.com> 1700000000 -0330\\ncommitter Bob <bob@example.com> 1700000001 \\+1245\\nencoding ISO-8859-1\\n\\nfeat: na.ve\\n\\nRefs: 12\\nDivided-From: ${signed} \\(${number} of 2\\)\\n$`));
    expect([first?.stdout, second?.stdout]).toEqual([body(1), body(2)]);
    expect(git('log', '-1', '--format=%an %s', parts.at(-1)?.branch as string)).toBe('Dev feat: show');
  });

  it('goes on after a kill between the refs, whose locks are still there', async () => {
    work();
    const { parts } = await split();
    const [done, missing] = [parts[0], parts[1]];
    const refs = [done, missing].map((part) => ({ ref: `refs/heads/${part?.branch}`, before: null, after: part?.tip }));
    git('update-ref', '-d', `refs/heads/${missing?.branch}`);
    sandbox.write('repo', { '.git/treework/operations/20261120T100000Z-1-x.json': JSON.stringify({ verb: 'split', resume: ['split'], refs, worktrees: [], id: '20261120T100000Z-1-x', at: '2026-11-20T10:00:00Z', process: { pid: 2 ** 22 + 1, birth: '', machine: hostname() } }), [`.git/refs/heads/${missing?.branch}.lock`]: '' });
    expect(await split()).toMatchObject({ ok: true, made: true, created: [`refs/heads/${done?.branch}`, `refs/heads/${missing?.branch}`] });
    expect(branches()).toHaveLength(5);
    expect(sandbox.exists('repo', '.git/treework/operations/20261120T100000Z-1-x.json')).toBe(false);
  });

  it('splits the top of a stack from what it stands on, with the numbers that follow', async () => {
    git('branch', '-m', 'PROJ-7--p1-plan');
    git('switch', '-q', '-c', 'PROJ-7--p2-rest');
    work();
    const { parts } = await split();
    expect(parts.map(({ branch }) => branch)).toEqual(['PROJ-7--p2-store', 'PROJ-7--p3-api', 'PROJ-7--p4-ui', 'PROJ-7--p5-verify']);
    expect(parts[0]?.base).toBe(git('rev-parse', 'PROJ-7--p1-plan'));
  });
});

/** All nodes settled, and what is asked at the end answered. */
function finish(): void {
  const at = 'at: "2026-01-02T10:00:00Z"';
  for (const node of ['store', 'api', 'ui', 'verify']) {
    const skipped = `---\nnode: ${node}\nstatus: skipped\nhistory:\n  - {to: skipped, by: dana, ${at}, reason: The forum does it}\n---\n`;
    sandbox.write('repo', { [`docs/specs/PROJ-7/nodes/${node}.md`]: skipped });
  }
  const spec = '---\nticket: PROJ-7\ntitle: Reports API\n---\n\n## Requirements\n\n### Requirement: Token\n\nThe system SHALL reject expired tokens.\n\n#### Scenario: Expired\n\n- **GIVEN** a token\n- **WHEN** it is sent\n- **THEN** it is refused\n';
  sandbox.write('repo', { 'docs/specs/PROJ-7/spec.md': spec, 'docs/specs/PROJ-7/retro.md': '---\nticket: PROJ-7\n---\n\nIt went well.\n', 'docs/specs/PROJ-7/tasks.md': TASKS.replace("spec: ''", 'recurs: no') });
  sandbox.treework('repo', 'freeze', '--ticket', 'PROJ-7');
  git('add', '-A');
  git('commit', '-q', '-m', 'chore: settle all of it');
}
