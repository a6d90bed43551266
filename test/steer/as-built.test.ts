import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asBuilt, placeAsBuilt } from '../../src/render/as-built.ts';
import { ticket } from '../changes/documents.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, FOLDER, paste, SPEC, status, workspace } from '../verbs/fixture.ts';
import { demo, hostile } from '../views/tickets.ts';
import { PLANNED } from './planned.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 100);
const PATH = 'planning/reports/as-built.md';
let sandbox: Sandbox;
let repository: string;
beforeEach(() => {
  sandbox = new Sandbox();
  repository = workspace(sandbox);
});
afterEach(() => sandbox.remove());

/** PROJ-7 with three nodes: one done after a failure, one skipped, one ready. */
function worked(spec = SPEC): void {
  done(sandbox.treework(repository, 'new', 'planning', 'reports', '--title', 'Partner reports'));
  sandbox.write(repository, { ...PLANNED, [`${FOLDER}/spec.md`]: spec });
  done(sandbox.treework(repository, 'new', 'tasks', '--ticket', 'PROJ-7', '--why', 'Partners pull reports', '--node', 'api,ui,docs'));
  commitAll(sandbox, repository);
  const step = (...args: string[]) => done(sandbox.run('treework', ['node', ...args, '--ticket', 'PROJ-7'], { cwd: repository, env: { TREEWORK_NOW: `2026-11-20T1${(hour += 1)}:00:00Z` } }));
  let hour = -1;
  step('start', 'api', '--by', 'impl-1');
  step('fail', 'api', '--by', 'review-1', '--finding', 'No test');
  step('start', 'api', '--by', 'impl-1');
  step('done', 'api', '--by', 'impl-1', '--l0', 'Served | <b>with</b> keys');
  step('complete', 'api', '--by', 'impl-1', '--verdict', 'pass', '--verified-by', 'review-1');
  step('skip', 'ui', '--by', 'dana', '--reason', 'The forum has one');
}

const tell = (...args: string[]) => ask(sandbox, repository, ['as-built', '--ticket', 'PROJ-7', ...args]);

describe('as-built', () => {
  it('O9: holds what was planned against what was built, with deviations and figures', () => {
    worked();
    const answer = tell('--planning', 'reports');
    expect(answer).toMatchObject({ ticket: 'PROJ-7', planning: 'reports', created: [PATH] });
    const text = sandbox.read(repository, PATH);
    expect(text).toContain('## PROJ-7: Reports API');
    expect(text).toMatch(/^\| `api` \| api \| complete \| Served &#124; &#60;b&#62;with.* keys \| 2 \| 2 h \|$/m);
    expect(text).toContain('- `api` failed once before it passed\n- `ui` was skipped: The forum has one\n- `docs` is ready\n');
    expect(text).toContain('- 3 nodes planned: 1 complete, 1 skipped, 1 open\n- 1 requirement planned, 1 now\n- 2 attempts, 1 failure, 1 wave, 3 actors\n- 5 h from the first start to the last entry\n');
    expect(ask(sandbox, repository, ['check', '--all']).findings.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([]);
    done(paste(sandbox, answer.next_action));
  });

  it('changes nothing when it is told again', () => {
    worked();
    tell('--planning', 'reports');
    const before = sandbox.read(repository, PATH);
    expect(tell()).toMatchObject({ created: [], changed: [] });
    expect(sandbox.read(repository, PATH)).toBe(before);
  });

  it('keeps what people wrote byte by byte, CRLF and all, and gives each ticket its own part', () => {
    worked();
    tell('--planning', 'reports');
    const mine = sandbox.read(repository, PATH).replaceAll('\n', '\r\n').replace('## PROJ-7', 'Before.\t \r\n\r\n## PROJ-7') + '\r\n### Learnt\r\n\r\n  Two spaces,  and no last newline';
    sandbox.write(repository, { [PATH]: mine });
    expect(tell()).toMatchObject({ changed: [] });
    done(sandbox.treework(repository, 'node', 'start', 'docs', '--ticket', 'PROJ-7', '--by', 'impl-2'));
    expect(tell()).toMatchObject({ changed: [PATH] });
    const text = sandbox.read(repository, PATH);
    const around = (whole: string) => [whole.slice(0, whole.indexOf('<!-- as-built')), whole.slice(whole.indexOf('<!-- /as-built'))];
    expect(around(text)).toEqual(around(mine));
    expect(text).toContain('- `docs` is in progress\r\n');
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');

    sandbox.write(repository, { 'docs/specs/PROJ-8/spec.md': SPEC.replace('PROJ-7', 'PROJ-8') });
    ask(sandbox, repository, ['as-built', '--ticket', 'PROJ-8', '--planning', 'reports']);
    const both = sandbox.read(repository, PATH);
    expect(both.startsWith(text.slice(0, text.indexOf('tickets:')))).toBe(true);
    expect(both).toContain(text.slice(text.indexOf('Before.')));
    expect(both).toMatch(/tickets:\r\n {2}- PROJ-7\r\n {2}- PROJ-8\r\n/);
  });

  it('refuses where somebody wrote between its marks, and writes nothing', () => {
    worked();
    tell('--planning', 'reports');
    const mine = sandbox.read(repository, PATH).replace('- `docs` is ready', '- `docs` is ready, nearly');
    sandbox.write(repository, { [PATH]: mine });
    expect(ask(sandbox, repository, ['as-built', '--ticket', 'PROJ-7'], 2).error.code).toBe('as-built-edited');
    expect(sandbox.read(repository, PATH)).toBe(mine);
  });

  it('finds the planning that the spec was made from, or that names the ticket, and asks where there are several', () => {
    worked(SPEC.replace('title: Reports API', 'title: Reports API\nx-planning: planning/reports'));
    sandbox.write(repository, { 'planning/other/requirements.md': '---\ntitle: Other\ndocument: requirements\n---\n## Requirements\n' });
    expect(tell('--dry-run')).toMatchObject({ planning: 'reports', path: PATH });
    sandbox.write(repository, { [`${FOLDER}/spec.md`]: SPEC });
    expect(ask(sandbox, repository, ['as-built', '--ticket', 'PROJ-7'], 2).error).toMatchObject({ code: 'planning-ambiguous', hint: expect.stringMatching(/^--planning (?:other|reports)$/) });
    sandbox.write(repository, { 'planning/other/requirements.md': '---\ntitle: Other\ndocument: requirements\ntickets: [PROJ-7]\n---\n## Requirements\n' });
    expect(tell('--dry-run').planning).toBe('other');
  });

  it('tells of an archived ticket, too', () => {
    worked();
    sandbox.write(repository, { 'docs/specs/ARCHIVED/.keep': '' });
    sandbox.git(repository, 'add', '.');
    sandbox.git(repository, 'mv', FOLDER, 'docs/specs/ARCHIVED/PROJ-7');
    sandbox.git(repository, 'commit', '-q', '--no-verify', '-m', 'docs: archive');
    expect(tell('--planning', 'reports').created).toEqual([PATH]);
    expect(status(sandbox, repository)).toBe(`?? ${PATH}\n`);
  });
});

describe('the part that is made', () => {
  it('names accepted change records and forks as deviations', () => {
    const { text } = asBuilt(ticket(demo()));
    expect(text).toContain('- `001-a-lower-limit` A lower limit for one key (replacing): The database answers 60 requests');
    expect(text).not.toContain('002-revoked-keys');
    expect(text).toContain('- fork `001-key-store`');
    expect(text).toContain('- `limit` is reopened, though it was complete once');
  });

  it('holds nothing of a document but text', () => {
    const { text, heading } = asBuilt(ticket(hostile()));
    expect(`${heading}\n${text}`).not.toMatch(/<(?!!)[a-z/]/i);
    expect(text.split('\n').filter((line) => line.startsWith('|')).length).toBe(12);
  });

  it('leaves everything else as it is, wherever it is put in', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('# A', 'text', '', '<!-- x -->', '<!-- as-built PROJ-8 -->', '  ', '| a |')), fc.boolean(), fc.string(), (lines, isCrlf, made) => {
        const before = lines.join(isCrlf ? '\r\n' : '\n');
        const text = made.replaceAll(/[\r\n]|-->/g, ' ');
        const first = placeAsBuilt(before, 'PROJ-7', { heading: 'PROJ-7', text }) as { text: string };
        expect(first.text.startsWith(before)).toBe(true);
        expect(placeAsBuilt(first.text, 'PROJ-7', { heading: 'PROJ-7', text })).toEqual(first);
        const again = placeAsBuilt(`${first.text}after`, 'PROJ-7', { heading: 'other', text: `${text}!` }) as { text: string };
        expect(again.text.startsWith(first.text.slice(0, first.text.indexOf('<!-- as-built PROJ-7 ')))).toBe(true);
        expect(again.text.endsWith('after')).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});
