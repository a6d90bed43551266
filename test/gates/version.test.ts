import { afterEach, expect, it } from 'vitest';
import { latestRelease, nextVersion } from '../../src/workflow/next-version.ts';
import { publicChange, type Manifest } from '../../src/workflow/public-change.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

interface Project {
  readonly sandbox: Sandbox;
  /** Commits these files and answers with the commit's id. */
  readonly commit: (message: string, files: Readonly<Record<string, string>>) => string;
  readonly version: (status?: number) => any;
}

/** A repository whose package.json is at 1.2.3, and so is its tag. */
function released(manifest: Readonly<Record<string, unknown>> = {}, tag = 'v1.2.3'): Project {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  sandbox.repository('repo', { 'package.json': JSON.stringify({ name: 'a', version: tag.replace(/^v/, ''), ...manifest }), 'src/a.js': 'one\n' });
  sandbox.git('repo', 'tag', tag);
  return {
    sandbox,
    commit: (message, files) => {
      sandbox.write('repo', files);
      sandbox.git('repo', 'add', '.');
      sandbox.git('repo', 'commit', '-q', '--allow-empty', '-m', message);
      return sandbox.git('repo', 'rev-parse', 'HEAD').trim();
    },
    version: (status) => ask(sandbox, 'repo', ['gate', 'version'], status),
  };
}

it('O7: a change to documents alone gives no version, whatever its commit is called', () => {
  const { commit, version, sandbox } = released();
  expect(version()).toMatchObject({ current: '1.2.3', next: null, bump: null, commits: 0 });
  commit('docs: say it better', { 'README.md': 'Better\n' });
  commit('feat: the manual', { 'docs/manual.md': 'New\n', 'test/a.test.js': '' });
  commit('Update README', { 'README.md': 'Best\n' });
  expect(version()).toMatchObject({ next: null, bump: null, commits: 3 });
  expect(sandbox.treework('repo', 'gate', 'version').stdout).toBe('current   1.2.3 (tag v1.2.3)\nnext      none: nothing that anybody would notice has changed\n  3 commits ask for no version\n');
});

it('O7: one edited line is a patch, not a minor version', () => {
  const { commit, version } = released();
  commit('tidy up', { 'src/a.js': 'uno\n' });
  expect(version()).toMatchObject({ next: '1.2.4', bump: 'patch', reasons: [{ level: 'patch', why: 'tidy up: says no type of change, so at least a patch' }] });
});

it('fix, feat and breaking changes are patch, minor and major, and the furthest counts', () => {
  const { commit, version } = released();
  commit('chore: tools', { 'src/a.js': '2\n' });
  expect(version()).toMatchObject({ next: null });
  const fix = commit('fix(core): round down', { 'src/a.js': '3\n' });
  expect(version()).toMatchObject({ next: '1.2.4', reasons: [{ level: null }, { level: 'patch', commit: fix }] });
  commit('feat: more', { 'src/b.js': '4\n' });
  expect(version()).toMatchObject({ next: '1.3.0', bump: 'minor' });
  commit('refactor!: other names', { 'src/b.js': '5\n' });
  expect(version()).toMatchObject({ next: '2.0.0', bump: 'major' });
  const { commit: commitToo, version: versionToo } = released({}, 'v0.4.1');
  commitToo('fix: speed\n\nBREAKING CHANGE: answers are lists now', { 'src/a.js': '6\n' });
  expect(versionToo()).toMatchObject({ next: '0.5.0', bump: 'minor', notes: ['before 1.0.0 a breaking change is a minor step'] });
});

it('what is reverted before a release asks for nothing, and what is reverted of a release for a patch', () => {
  const { commit, version, sandbox } = released();
  commit('feat: more', { 'src/b.js': '4\n' });
  sandbox.git('repo', 'revert', '--no-edit', 'HEAD');
  expect(version()).toMatchObject({ next: null });
  sandbox.git('repo', 'revert', '--no-edit', 'HEAD');
  expect(version()).toMatchObject({ next: '1.3.0' });
  sandbox.git('repo', 'tag', 'v1.3.0');
  sandbox.git('repo', 'revert', '--no-edit', 'HEAD~2');
  expect(version()).toMatchObject({ current: '1.3.0', next: '1.3.1' });
});

it('what packages offer has a say beside the commits: what goes is major, what comes minor', () => {
  const { commit, version } = released({ exports: { '.': './a.js', './b': './b.js' }, bin: { a: 'a.js' } });
  const manifest = (more: Readonly<Record<string, unknown>>) => ({ 'package.json': JSON.stringify({ name: 'a', version: '1.2.3', ...more }) });
  commit('chore: bin', manifest({ exports: { '.': './a.js', './b': './b.js' }, bin: { a: 'a.js', b: 'b.js' } }));
  expect(version()).toMatchObject({ next: '1.3.0', reasons: [{ level: 'minor', why: 'package.json: program b is new' }, { level: null }] });
  commit('fix: exports', manifest({ exports: './a.js', bin: { a: 'a.js' } }));
  expect(version()).toMatchObject({ next: '2.0.0', reasons: expect.arrayContaining([expect.objectContaining({ level: 'major', why: 'package.json: export ./b is gone' })]) });
});

it('a manifest that says enough already is taken at its word, and one that says too little is told', () => {
  const { commit, version } = released();
  commit('fix: a', { 'src/a.js': '2\n', 'package.json': '{"name": "a", "version": "1.3.0"}' });
  expect(version()).toMatchObject({ next: '1.3.0', notes: ['package.json says 1.3.0 already'] });
  commit('feat!: b', { 'src/a.js': '3\n' });
  expect(version()).toMatchObject({ next: '2.0.0', notes: ['package.json says 1.3.0, less than the changes ask for'] });
});

it('without a tag the manifest begins; with a history that is cut nothing is guessed', () => {
  const { sandbox, version, commit } = released();
  sandbox.git('repo', 'tag', '-d', 'v1.2.3');
  expect(version()).toMatchObject({ current: null, next: '1.2.3', notes: ['no tag says what was released: package.json says 1.2.3'] });
  commit('fix: a', { 'src/a.js': '2\n' });
  sandbox.git('', 'clone', '-q', '--depth', '1', `file://${sandbox.root}/repo`, 'shallow');
  expect(ask(sandbox, 'shallow', ['gate', 'version'], 2).error.code).toBe('shallow');
});

it('takes the highest version of this package among the tags', () => {
  expect(latestRelease(['v1.2.3', 'v1.10.0', 'v1.9.9', '2024.01', 'b@9.0.0', 'nightly', 'v2'], 'a')).toEqual({ tag: 'v1.10.0', version: '1.10.0' });
  expect(latestRelease(['@x/a@1.0.0', '@x/b@2.0.0'], '@x/a')).toEqual({ tag: '@x/a@1.0.0', version: '1.0.0' });
  expect(latestRelease([], 'a')).toBeUndefined();
  expect(nextVersion({ tag: 'v2.0.0-rc.1', version: '2.0.0-rc.1' }, [{ level: 'minor', why: '' }], undefined).next).toBe('2.0.0');
});

it('reads what Python and Rust packages offer, and what platform they ask for', () => {
  const change = (path: Manifest['path'], before: Manifest['data'], after: Manifest['data']) => publicChange([{ path, data: before }], [{ path, data: after }]).map(({ level, why }) => `${level} ${why}`);
  expect(change('pyproject.toml', { project: { name: 'a', scripts: { a: 'a:main' }, 'requires-python': '>=3.9' } }, { project: { name: 'a', 'requires-python': '>=3.10', 'optional-dependencies': { fast: [], dev: [] } } })).toEqual(['major pyproject.toml: program a is gone', 'minor pyproject.toml: extra fast is new', 'minor pyproject.toml: python >=3.10 is asked for now']);
  expect(change('Cargo.toml', { package: { name: 'a', 'rust-version': '1.70' }, features: { std: [], fast: [] } }, { package: { name: 'b', 'rust-version': '1.70.0' }, features: { std: [] } })).toEqual(['major Cargo.toml: the name a became b', 'major Cargo.toml: feature fast is gone']);
  expect(change('package.json', { name: 'a', main: 'a.js', engines: { node: '>=18' } }, { name: 'a', exports: { import: './a.mjs', require: './a.cjs' }, engines: { node: '^20 || >=22' } })).toEqual(['minor package.json: export . for import is new', 'minor package.json: export . for require is new', 'major package.json: exports came: other files can no longer be imported', 'major package.json: node ^20 || >=22 is asked for now']);
  expect(change('package.json', { private: true, main: 'a.js' }, { private: true })).toEqual([]);
});
