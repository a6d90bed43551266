import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fastForward } from '../../src/git/fast-forward.ts';
import { Repository } from '../../src/git/repository.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 8);
/** Files in folders that are files elsewhere; ignored and not; one that no shell likes. */
const PATHS = ['a', 'a/b', 'a/b/c', 'd/e', 'd', 'x.log', 'x.log/y', 'ä "\n$(id)'];

type Tree = ReadonlyMap<string, string>;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tw-obstacles-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=Dev', '-c', 'user.email=dev@example.com', ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** A path that is in another's way is left out. */
function treeOf(entries: readonly (readonly [string, string])[]): Tree {
  const tree = new Map<string, string>();
  for (const [path, content] of entries) if (![...tree.keys()].some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`))) tree.set(path, content);
  return tree;
}

function put(cwd: string, path: string, content: string): void {
  mkdirSync(dirname(join(cwd, path)), { recursive: true });
  if (content.startsWith('-> ')) symlinkSync(content.slice(3), join(cwd, path));
  else writeFileSync(join(cwd, path), content);
}

function commit(cwd: string, tree: Tree): string {
  git(cwd, 'rm', '-q', '-r', '-f', '--ignore-unmatch', '.');
  put(cwd, '.gitignore', '*.log\n');
  for (const [path, content] of tree) put(cwd, path, content);
  git(cwd, 'add', '-A', '-f');
  git(cwd, 'commit', '-q', '--allow-empty', '-m', 'more');
  return git(cwd, 'rev-parse', 'HEAD');
}

/** What stands in a work tree, byte for byte. */
function standing(cwd: string, folder = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(cwd, folder))) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (path === '.git') continue;
    const stat = lstatSync(join(cwd, path));
    if (stat.isDirectory()) for (const [inner, content] of standing(cwd, path)) found.set(inner, content);
    else found.set(path, stat.isSymbolicLink() ? `-> ${readlinkSync(join(cwd, path))}` : readFileSync(join(cwd, path), 'utf8'));
  }
  return found;
}

const entry = (contents: readonly string[]) => fc.tuple(fc.constantFrom(...PATHS), fc.constantFrom(...contents));
const tree = (contents: readonly string[]) => fc.array(entry(contents), { maxLength: 5 }).map(treeOf);
const local = fc.array(fc.tuple(fc.constantFrom(...PATHS), fc.constantFrom('mine\n', '-> mine', 'two\n', undefined), fc.boolean()), { maxLength: 4 });

it(`K6: in ${RUNS} random work trees a fast-forward moves, or names what is in its way, and takes nothing that is in no commit`, async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(tree(['one\n', '-> one']), tree(['one\n', 'two\n', '-> two']), local, async (before, after, changes) => {
      number += 1;
      const cwd = join(root, String(number));
      mkdirSync(cwd);
      git(cwd, 'init', '-q', '-b', 'main');
      const from = commit(cwd, before);
      const to = commit(cwd, after);
      git(cwd, 'reset', '-q', '--hard', from);
      git(cwd, 'clean', '-q', '-f', '-f', '-d', '-x');
      for (const [path, content, isStaged] of changes) {
        const inTheWay = [...standing(cwd).keys()].some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
        if (inTheWay) continue;
        rmSync(join(cwd, path), { recursive: true, force: true });
        if (content !== undefined) put(cwd, path, content);
        if (isStaged) git(cwd, ...(content === undefined ? ['rm', '-q', '--cached', '--ignore-unmatch'] : ['add', '-f']), '--', path);
      }
      const was = standing(cwd);
      const index = git(cwd, 'ls-files', '-s', '-z');
      const done = await fastForward(Repository.open(cwd), { branch: 'main', commit: from, worktree: cwd, operation: undefined, follows: undefined }, to);
      const is = standing(cwd);
      if (done.state === 'moved') {
        expect(git(cwd, 'rev-parse', 'HEAD')).toBe(to);
        // What is nowhere in what was committed stands where it stood.
        for (const [path, content] of was) if (before.get(path) !== content && after.get(path) !== content && path !== '.gitignore') expect(is.get(path)).toBe(content);
        for (const [path, content] of after) if (before.get(path) !== content || was.get(path) === content) expect(is.get(path)).toBe(content);
      } else {
        expect(done.state).toBe('dirty');
        expect([git(cwd, 'rev-parse', 'HEAD'), is, git(cwd, 'ls-files', '-s', '-z')]).toEqual([from, was, index]);
        expect(done.state === 'dirty' && done.paths.length).toBeGreaterThan(0);
      }
      rmSync(cwd, { recursive: true, force: true });
    }),
    { numRuns: RUNS, ...(process.env['TREEWORK_SEED'] && { seed: Number(process.env['TREEWORK_SEED']) }) },
  );
}, 600_000);
