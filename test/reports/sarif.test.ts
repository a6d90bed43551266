import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sarifLog } from '../../src/render/sarif.ts';
import type { Finding } from '../../src/tree/finding.ts';
import { Governed, SPEC } from '../harness/governed.ts';
import { sarifFaults } from './sarif-schema.ts';

interface Result {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: { physicalLocation: { artifactLocation: { uri: string; uriBaseId: string }; region: { startLine: number; startColumn: number } } }[];
  partialFingerprints: Record<string, string>;
  fixes?: { artifactChanges: { replacements: { deletedRegion: Record<string, number>; insertedContent: { text: string } }[] }[] }[];
  suppressions?: { kind: string; status: string; justification: string }[];
  properties?: { commit: string; ref?: string };
}
interface Run {
  tool: { driver: { name: string; version: string; rules: { id: string; shortDescription: { text: string }; fullDescription: { text: string }; help: { text: string; markdown: string }; defaultConfiguration: { level: string } }[] } };
  results: Result[];
  versionControlProvenance?: { repositoryUri: string; revisionId: string; branch: string }[];
}

let repo: Governed;
beforeEach(() => {
  repo = new Governed();
});
afterEach(() => repo.remove());

/** The one run of a log that the schema accepts. */
function runOf(exit: number, ...args: string[]): Run {
  const answer = repo.sandbox.treework('work', 'check', '--format', 'sarif', ...args);
  expect(answer, answer.output).toMatchObject({ status: exit, stderr: '' });
  const log = JSON.parse(answer.stdout);
  expect(sarifFaults(log)).toEqual([]);
  return log.runs[0];
}

const DRAFT = 'docs/specs/NEW-1';
const BROKEN = SPEC.replace('PROJ-7', 'NEW-1').replace('title:', 'titel:').replaceAll('Token validation', 'Prüfung');

describe('SARIF', () => {
  it('the schema has teeth', () => {
    expect(sarifFaults({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, results: [{ message: { text: 'a' }, level: 'fatal' }] }] })).not.toEqual([]);
    expect(sarifFaults({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, results: [{ message: { text: 'a' }, locations: [{ physicalLocation: { artifactLocation: { uri: 'a b.md' } } }] }] }] })).not.toEqual([]);
  });

  it('names rules as their pages tell, places, levels and what to do', () => {
    repo.sandbox.write('work', { [`${DRAFT}/spec.md`]: BROKEN });
    const { tool, results } = runOf(1, '--all');
    const [first] = results as [Result];
    expect(results.map(({ ruleId }) => ruleId)).toContain('frontmatter-valid');
    expect(first).toMatchObject({ ruleId: 'frontmatter-valid', level: 'error', locations: [{ physicalLocation: { artifactLocation: { uri: `${DRAFT}/spec.md`, uriBaseId: 'SRCROOT' }, region: { startLine: 1 } } }] });
    expect(first.message.text).toBe('Missing key `title`, expected it to be there\nRename `titel` to `title`.');
    for (const { ruleIndex, ruleId } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    const rule = tool.driver.rules[first.ruleIndex];
    expect(rule).toMatchObject({ id: 'frontmatter-valid', defaultConfiguration: { level: 'error' } });
    expect(rule?.help.markdown).toMatch(/^# frontmatter-valid\n[\s\S]*## Mend/);
    expect(rule?.help.markdown).not.toContain('txtar');
    for (const text of [rule?.shortDescription.text, rule?.fullDescription.text, rule?.help.text]) expect(text).toMatch(/^[A-Z][^*`]{15,}/);
  });

  it.each([['--staged'], ['--all'], ['docs/specs'], ['--from', 'origin/main', '--to', 'HEAD'], ['--from', 'origin/main', '--to', 'HEAD', '--ref', 'main'], ['--from', 'HEAD~1', '--to', 'HEAD', '--squash']])('is said by check %s %s too', (...args) => {
    repo.sneak('docs: break', { [`${DRAFT}/spec.md`]: BROKEN });
    const exit = args[0] === '--staged' ? 0 : 1;
    const { results } = runOf(exit, ...args);
    expect(results.filter(({ ruleId }) => ruleId === 'frontmatter-valid')).toHaveLength(exit * 2);
    if (args[0] === '--from') expect(results[0]?.properties?.commit).toBe(repo.head());
  });

  it('encodes what a URI may not hold', () => {
    const name = `${DRAFT}/changes/001-a b"c'ü%#?.md`;
    repo.sandbox.write('work', { [`${DRAFT}/spec.md`]: BROKEN, [name]: 'no frontmatter\n' });
    const uris = runOf(1, '--all').results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri as string);
    expect(uris).toContain(`${DRAFT}/changes/001-a%20b%22c%27%C3%BC%25%23%3F.md`);
    expect(uris.map(decodeURIComponent)).toContain(name);
  });

  it('knows a finding again whose line moved, and not one whose line changed', () => {
    const prints = (text: string) => {
      repo.sandbox.write('work', { [`${DRAFT}/spec.md`]: text });
      return runOf(1, `${DRAFT}/spec.md`).results.filter(({ ruleId }) => ruleId === 'placeholder-unfilled' || ruleId === 'requirement-keyword').map((result) => result.partialFingerprints['treeworkFinding/v1']);
    };
    const spec = SPEC.replace('PROJ-7', 'NEW-1').replace('title:', 'titel:').replace('SHALL reject', 'rejects');
    const [print, ...others] = prints(spec);
    expect([print, others]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), []]);
    expect(prints(spec.replace('## Requirements', 'A sentence more.\n\n## Requirements'))).toEqual([print]);
    expect(prints(spec.replace('Token validation', 'Token check'))).not.toEqual([print]);
  });

  it('tells what is waived, with the reason', () => {
    repo.sandbox.write('work', { [`${DRAFT}/spec.md`]: `${SPEC.replace('PROJ-7', 'NEW-1').replace('SHALL reject', 'rejects')}\n<!-- treework-allow requirement-keyword: quoted from the law -->\n` });
    const waived = runOf(0, '--all').results.filter(({ suppressions }) => suppressions);
    expect(waived).toMatchObject([{ ruleId: 'requirement-keyword', suppressions: [{ kind: 'inSource', status: 'accepted', justification: 'quoted from the law' }] }]);
  });

  it('says where the tree is from, without paths of this machine and without secrets', () => {
    expect(runOf(0, '--all').versionControlProvenance).toBeUndefined();
    for (const [url, uri] of [['https://user:secret@example.com/a/b.git?token=x', 'https://example.com/a/b.git'], ['git@example.com:a/b.git', 'ssh://example.com/a/b.git']] as const) {
      repo.git('remote', 'set-url', 'origin', url);
      expect(runOf(0, '--all').versionControlProvenance).toMatchObject([{ repositoryUri: uri, revisionId: repo.head(), branch: 'main', mappedTo: { uriBaseId: 'SRCROOT' } }]);
    }
  });

  it('is empty and valid where nothing is wrong', () => {
    expect(runOf(0, '--all').results).toEqual([]);
  });
});

describe('a fix in SARIF', () => {
  const finding = (from: string, to: string): Finding => ({ rule: 'x', severity: 'error', path: 'a.md', line: 1, column: 1, message: 'm', remedy: 'r', fix: { path: 'a.md', from, to } });

  it.each([
    ['one\ntwo\nthree\n', 'one\n2\nthree\n'],
    ['one\ntwo\n', 'one\ntwo\nthree\n'],
    ['one\ntwo\nthree', 'one\nthree'],
    ['a\na\n', 'a\na\na\n'],
    ['a\r\nb\r\n', 'a\r\n\r\nb\r\n'],
    ['', 'new\n'],
    ['old', ''],
    ['x\nsame end', 'y\nsame end'],
    ['ab\ncb', 'cb'],
  ])('turns %j into %j', (from, to) => {
    const log = sarifLog([finding(from, to)], [], { version: '1.0.0', rules: [], pageOf: () => '', textOf: () => from }) as { runs: [{ results: [Result] }] };
    expect(sarifFaults(log)).toEqual([]);
    const [replacement] = log.runs[0].results[0].fixes?.[0]?.artifactChanges[0]?.replacements ?? [];
    const region = replacement?.deletedRegion as { startLine: number; startColumn: number; endLine: number; endColumn: number };
    const offset = (line: number, column: number) => from.split('\n').slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0) + column - 1;
    const applied = from.slice(0, offset(region.startLine, region.startColumn)) + replacement?.insertedContent.text + from.slice(offset(region.endLine, region.endColumn));
    expect(applied).toBe(to);
    expect(region.startColumn).toBe(1);
  });
});
