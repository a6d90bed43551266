import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
  sandbox.repository('repo');
  expect(sandbox.treework('repo', 'init', '--yes').status).toBe(0);
});
afterEach(() => sandbox.remove());

const folder = () => join(sandbox.root, 'repo/.git/treework/verbs');
const files = (verb: string) => readdirSync(folder()).filter((name) => name.startsWith(`${verb}.`));

it('keeps the code of a verb once, and answers the same with it, in a linked work tree too', () => {
  const first = sandbox.treework('repo', 'next', '--json');
  expect(files('next')).toHaveLength(1);
  const [name] = files('next') as [string];
  const code = readFileSync(join(folder(), name));
  expect(sandbox.treework('repo', 'next', '--json').stdout).toBe(first.stdout);
  expect(readFileSync(join(folder(), name)).equals(code)).toBe(true);
  sandbox.git('repo', 'worktree', 'add', '-q', '../other', '-b', 'other');
  expect(sandbox.treework('other', 'next', '--json').status).toBe(first.status);
  expect(files('next')).toEqual([name]);
});

it('answers the same where the kept code is damaged, of another program, or gone', () => {
  const first = sandbox.treework('repo', 'next', '--json');
  const [name] = files('next') as [string];
  const code = readFileSync(join(folder(), name));
  const end = code.indexOf('\n');
  const swapped = JSON.stringify((JSON.parse(code.toString('latin1', 0, end)) as [string, number, number][]).map(([file], at, all) => [file, all.at(-1 - at)?.[1], all.at(-1 - at)?.[2]]));
  const damages = [Buffer.alloc(0), Buffer.from('[]\n'), code.subarray(0, 5_000), Buffer.concat([code.subarray(0, end + 1), Buffer.alloc(code.length - end - 1, 7)]), Buffer.concat([Buffer.from(swapped), code.subarray(end)])];
  for (const damage of damages) {
    writeFileSync(join(folder(), name), damage);
    const again = sandbox.treework('repo', 'next', '--json');
    expect([again.status, again.stdout]).toEqual([first.status, first.stdout]);
  }
});

it('leaves nothing where hooks are not live, and takes the code of an older program away', () => {
  sandbox.repository('plain');
  sandbox.treework('plain', 'next', '--json');
  expect(sandbox.exists('plain', '.git/treework')).toBe(false);
  sandbox.treework('repo', 'next', '--json');
  const [name] = files('next') as [string];
  sandbox.git('repo', 'status');
  writeFileSync(join(folder(), 'next.0123456789ab-v20.0.0-abc'), 'old');
  writeFileSync(join(folder(), name), '');
  sandbox.treework('repo', 'next', '--json');
  expect(files('next')).toEqual([name]);
});

it('keeps no code for words that are no verbs, wherever they stand', () => {
  expect(sandbox.treework('repo', 'nexd').status).toBe(2);
  sandbox.treework('repo', '--cwd', 'repo', 'next');
  sandbox.treework('repo', '--cwd', '.', 'next', '--json');
  expect(readdirSync(folder()).map((name) => name.split('.', 1)[0]).sort()).toEqual(['init', 'next']);
});
