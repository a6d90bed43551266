import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { command } from '../../src/commands/prune.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { append, branchOff, governed } from './fixture.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 4);
const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
// Verbs are run in this process: their git, too, is to see nothing of this machine's configuration.
for (const [name, value] of Object.entries(sandbox.env)) if (/^(?:GIT_|HOME$|XDG_)/.test(name)) process.env[name] = value;

const MERGES = ['none', 'squash', 'merge', 'rebase', 'part'] as const;
/** What may happen in a work tree once its branch was merged, or was not. */
const EVENTS = ['commit', 'commit-back', 'untracked', 'ignored', 'copy', 'near-copy', 'cache', 'change', 'touch', 'stage', 'delete', 'hide', 'stash', 'lock', 'detach', 'amend', 'link', 'trunk-moves', 'nested'] as const;

const branch = fc.record({ commits: fc.integer({ min: 0, max: 2 }), shared: fc.boolean(), merge: fc.constantFrom(...MERGES), events: fc.array(fc.constantFrom(...EVENTS), { maxLength: 2 }) });
const world = fc.record({ branches: fc.array(branch, { minLength: 1, maxLength: 3 }), withBranches: fc.boolean(), yes: fc.boolean(), byName: fc.boolean() });
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function git(cwd: string, ...args: string[]): string {
  const answer = spawnSync('git', args, { cwd: join(sandbox.root, cwd), env: sandbox.env, encoding: 'utf8' });
  return answer.status === 0 ? answer.stdout : '';
}

function happen(event: (typeof EVENTS)[number], tree: string): void {
  const write = (path: string, text: string, where = tree) => sandbox.write(where, { [path]: text });
  const mine = `of ${tree}\n`;
  const events: Record<typeof event, () => void> = {
    'commit': () => { append(sandbox, tree, 'src.txt', mine); git(tree, 'add', 'src.txt'); git(tree, 'commit', '-qm', 'feat: more'); },
    'commit-back': () => { append(sandbox, tree, 'a.txt', mine); git(tree, 'commit', '-qam', 'feat: there'); git(tree, 'revert', '--no-edit', 'HEAD'); },
    'untracked': () => write('notes/mine.txt', mine),
    'ignored': () => write('own.log', mine),
    'copy': () => { write('.env', 'A=1\n'); write('.env', 'A=1\n', 'repo'); },
    'near-copy': () => { write('.env.local', mine); write('.env.local', mine.replace('of', 'no'), 'repo'); },
    'cache': () => write('node_modules/m/index.js', mine),
    'change': () => append(sandbox, tree, 'a.txt', mine),
    'touch': () => write('a.txt', sandbox.exists(tree, 'a.txt') ? sandbox.read(tree, 'a.txt') : ''),
    'stage': () => { const old = sandbox.exists(tree, 'a.txt') ? sandbox.read(tree, 'a.txt') : ''; append(sandbox, tree, 'a.txt', mine); git(tree, 'add', 'a.txt'); write('a.txt', old); },
    'delete': () => sandbox.run('rm', ['-f', 'a.txt'], { cwd: tree }),
    'hide': () => { git(tree, 'update-index', '--assume-unchanged', 'a.txt'); append(sandbox, tree, 'a.txt', mine); },
    'stash': () => { append(sandbox, tree, 'a.txt', mine); git(tree, 'stash', '-q'); },
    'lock': () => git('repo', 'worktree', 'lock', `../${tree}`),
    'detach': () => git(tree, 'switch', '-q', '--detach'),
    'amend': () => { append(sandbox, tree, 'a.txt', mine); git(tree, 'commit', '-q', '--amend', '-a', '--no-edit'); },
    'link': () => sandbox.run('ln', ['-s', `/nowhere/${tree}`, 'link.log'], { cwd: tree }),
    'trunk-moves': () => { append(sandbox, 'repo', 'src.txt', `trunk beside ${tree}\n`); git('repo', 'add', 'src.txt'); git('repo', 'commit', '-qm', 'feat: trunk'); },
    'nested': () => git(tree, 'init', '-q', 'inner'),
  };
  events[event]();
}

function build({ branches }: World): string[] {
  // The trash of the run before may still be being emptied.
  sandbox.run('sh', ['-c', 'until rm -rf repo P-*; do :; done']);
  governed(sandbox);
  return branches.map(({ commits, shared, merge, events }, at) => {
    const name = `P-${at}--x`;
    if (commits === 0) git('repo', 'worktree', 'add', '-q', `../${name}`, '-b', name);
    else branchOff(sandbox, name);
    for (let index = 1; index < commits; index += 1) {
      append(sandbox, name, shared ? 'a.txt' : `src/${name}.txt`, `${index} of ${name}\n`);
      git(name, 'commit', '-qam', `feat: ${index}`);
    }
    const from = merge === 'part' && commits > 1 ? `${name}~1` : name;
    if (merge === 'merge') git('repo', 'merge', '-q', '--no-ff', '-m', 'merge', from);
    else if (merge === 'rebase') git('repo', 'cherry-pick', `main..${from}`);
    else if (merge !== 'none') git('repo', 'merge', '-q', '--squash', from);
    if (git('repo', 'status', '--porcelain', '-uno') !== '' && git('repo', 'commit', '-qm', 'feat: squashed') === '') {
      for (const abort of ['cherry-pick', 'merge']) git('repo', abort, '--abort');
      git('repo', 'reset', '-q', '--hard');
    }
    for (const event of events) happen(event, name);
    return name;
  });
}

/** Every file below a folder, git's own left out, with what it holds. */
function contents(root: string, inside = ''): Map<string, string> {
  const found = new Map<string, string>();
  if (!existsSync(join(root, inside))) return found;
  for (const name of readdirSync(join(root, inside))) {
    const path = join(inside, name);
    if (path === '.git') continue;
    const stat = lstatSync(join(root, path));
    if (stat.isDirectory()) for (const [one, text] of contents(root, path)) found.set(one, text);
    else found.set(path, stat.isSymbolicLink() ? `link ${readlinkSync(join(root, path))}` : readFileSync(join(root, path), 'latin1'));
  }
  return found;
}

/** Texts of all blobs that any ref, or the index of a work tree that stands, leads to. */
function kept(trees: readonly string[]): Set<string> {
  const listed = git('repo', 'rev-list', '--objects', '--all', '--no-object-names').split('\n');
  const staged = trees.flatMap((tree) => git(tree, 'ls-files', '--stage', '--format=%(objectname)').split('\n'));
  const answer = spawnSync('git', ['cat-file', '--batch'], { cwd: join(sandbox.root, 'repo'), env: sandbox.env, input: [...new Set([...listed, ...staged])].filter(Boolean).join('\n') });
  return blobsIn(answer.stdout);
}

function blobsIn(output: Buffer): Set<string> {
  const texts = new Set<string>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf('\n', at);
    const [, type, size = '0'] = output.toString('latin1', at, end).split(' ');
    if (type === 'blob') texts.add(output.toString('latin1', end + 1, end + 1 + Number(size)));
    at = end + 1 + (type === 'missing' ? 0 : Number(size) + 1);
  }
  return texts;
}

/** Whether some commit of the trunk merges with this one into its own tree, asked of git one by one. */
function isOnTrunk(tip: string): boolean {
  const commits = git('repo', 'rev-list', '--first-parent', 'main').split('\n').filter(Boolean);
  return commits.some((one) => git('repo', 'merge-tree', '--write-tree', one, tip).split('\n')[0] === git('repo', 'rev-parse', `${one}^{tree}`).trim());
}

it(`K8, worktrunk#1974: in ${RUNS} random workspaces prune deletes nothing that exists nowhere else`, async () => {
  let [removed, deleted] = [0, 0];
  await fc.assert(fc.asyncProperty(world, async (one) => {
    const trees = build(one);
    const before = new Map(trees.map((tree) => [tree, contents(join(sandbox.root, tree))]));
    const tips = new Map(trees.map((tree) => [tree, git('repo', 'rev-parse', `refs/heads/${tree}`).trim()]));
    const texts = kept(trees);
    const options = { json: true, color: false, program: 'treework', cwd: join(sandbox.root, 'repo') };
    await command.run({ ...options, positionals: one.byName ? trees : [], values: { all: one.byName ? undefined : true, branches: one.withBranches, yes: one.yes } });
    const after = contents(join(sandbox.root, 'repo'));
    const left = kept(trees.filter((tree) => existsSync(join(sandbox.root, tree))));
    for (const tree of trees) {
      const isGone = !existsSync(join(sandbox.root, tree));
      const isDeleted = git('repo', 'rev-parse', '--verify', '-q', `refs/heads/${tree}`) === '';
      removed += isGone ? 1 : 0;
      deleted += isDeleted ? 1 : 0;
      if (isDeleted) expect({ tree, isOnTrunk: isOnTrunk(tips.get(tree) as string) }).toEqual({ tree, isOnTrunk: true });
      if (!isGone) expect(contents(join(sandbox.root, tree))).toEqual(before.get(tree));
      else for (const [path, text] of before.get(tree) as Map<string, string>) {
        const isCache = path.startsWith('node_modules/') && one.yes;
        // With the branch its own states of files go, which the trunk holds merged with others.
        const isMerged = isDeleted && texts.has(text);
        expect({ path, found: isCache || isMerged || left.has(text) || after.get(path) === text }).toEqual({ path, found: true });
      }
    }
    expect(git('repo', 'fsck', '--no-dangling', '--no-progress')).toBe('');
  }), { numRuns: RUNS });
  // Otherwise nothing was tried.
  if (RUNS >= 20) expect([removed > RUNS / 10, deleted > RUNS / 50]).toEqual([true, true]);
}, 36_000_000);
