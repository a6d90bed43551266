import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { ignoreHere, isIgnored } from '../../src/git/ignored-files.ts';
import { Repository } from '../../src/git/repository.ts';
import { Sandbox } from '../harness/sandbox.ts';

const sandbox = new Sandbox();
afterEach(() => sandbox.remove());

it('what git ignores already is not written down again, and what it does not is, once, whatever the name', () => {
  const name = sandbox.repository('main', { '.gitignore': 'modules/\n', 'src/a.ts': 'a\n' });
  const repository = Repository.open(join(sandbox.root, name, 'src'));
  const exclude = join(sandbox.root, name, '.git/info/exclude');
  const before = readFileSync(exclude, 'utf8');
  ignoreHere(repository, 'modules/api/');
  expect(readFileSync(exclude, 'utf8')).toBe(before);
  appendFileSync(exclude, 'mine');
  for (const path of ['own [1]/', ':(top)x', 'own [1]/']) ignoreHere(repository, path);
  expect(readFileSync(exclude, 'utf8')).toBe(`${before}mine\n/own\\ \\[1]/\n/:(top)x\n`);
  expect([isIgnored(repository, 'own [1]/b'), isIgnored(repository, 'src/a.ts'), isIgnored(repository, 'own 1/b')]).toEqual([true, false, false]);
});
