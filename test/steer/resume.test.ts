import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fitParts, fromStart, lineCost } from '../../src/render/digest.ts';
import { shortTree } from '../../src/render/short-tree.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { START, statusOf } from '../lifecycle/tickets.ts';
import { ask, commitAll, done, FOLDER, frozen, SPEC, workspace } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

function box(): Sandbox {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  return sandbox;
}

function tokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/** PROJ-7, frozen, with these nodes in place of its own. */
function planned(sandbox: Sandbox, nodes: string): string {
  const repository = frozen(sandbox);
  sandbox.write(repository, { [`${FOLDER}/tasks.md`]: sandbox.read(repository, `${FOLDER}/tasks.md`).replace(/^nodes:[^]*?^---$/m, `nodes: ${nodes}\n---`) });
  commitAll(sandbox, repository);
  return repository;
}

const PLAN = '[{id: build, title: Build it, scope: ["src/**"], covers: all}, {id: docs, depends_on: [build], covers: none}]';
const LONG = 'Überlange Wörter "mit" Zeichen \\ und 日本語 '.repeat(60);

describe('C1: what a fresh agent has to know', () => {
  it('says where we are, why, what is claimed by whom, what was said, found, left by others, and what is held up', () => {
    const sandbox = box();
    const repository = planned(sandbox, PLAN);
    done(sandbox.treework(repository, 'node', 'start', 'build', '--by', 'impl-1'));
    done(sandbox.treework(repository, 'node', 'fail', 'build', '--by', 'review-1', '--finding', 'no tests for expired tokens'));
    sandbox.write(repository, {
      [`${FOLDER}/checkpoints/impl-1.md`]: '---\nby: impl-1\nat: 2026-11-20T12:15:00Z\nnode: build\ntokens: 101500\n---\n## Done\nverify.ts\n\n## Next\nThe middleware\n',
      [`${FOLDER}/changes/001-clock-skew.md`]: '---\ntitle: Clock skew\nimpact: blocking\nstatus: proposed\nblocks: [docs]\nhistory:\n  - {to: proposed, by: dana, at: 2026-11-20T11:00:00Z}\n---\n## ADDED Requirements\n\n### Requirement: Skew\n\nThe system SHALL allow 30 seconds.\n\n#### Scenario: s\n\n- **WHEN** x\n- **THEN** y\n',
      [`${FOLDER}/notes.txt`]: 'stray\n',
    });
    const text = done(sandbox.treework(repository, 'resume')).stdout;
    for (const line of [
      /^# PROJ-7: Reports API$/m,
      /^Why: Partners pull reports$/m,
      /^Phase: working, wave 1, workflow$/m,
      /^Where: branch main \(trunk\); main work tree .* of repo$/m,
      /^Skills: change, implement$/m,
      /^- build \(Build it\): failed by impl-1 since .*, wave 1$/m,
      /^ {2}found: no tests for expired tokens$/m,
      /^ {2}scope: src\/\*\*$/m,
      /^- proposed blocking change docs\/specs\/PROJ-7\/changes\/001-clock-skew\.md: Clock skew; holds up docs$/m,
      /^- impl-1, 2026-11-20T12:15:00Z, node build, at 101500 tokens \(impl-1\.md\): done: verify\.ts \| next: The middleware$/m,
      /^## Plan: 2 nodes, 1 failed, 1 blocked$/m,
      /^- build Build it \[failed\] <- here$/m,
      /^- docs \[blocked\] docs\/specs\/PROJ-7\/changes\/001-clock-skew\.md$/m,
      /^- .* build: failed by review-1: no tests for expired tokens$/m,
      /^- docs\/specs\/PROJ-7\/notes\.txt:1 error /m,
    ]) expect(text).toMatch(line);
    const next = /^next: commit what was written of PROJ-7\n {2}git add -- docs\/specs/m;
    expect(text).toMatch(next);
    const inside = sandbox.treework(`${repository}/docs`, 'resume').stdout;
    expect(inside.slice(0, inside.indexOf('\nnext:'))).toBe(text.slice(0, text.search(next) - 1).replace(/^(Where: .*)$/m, '$1, folder docs'));
  });

  it('gives the same bytes as long as nothing changes, whatever the time is, and reads nothing into being', () => {
    const sandbox = box();
    const repository = planned(sandbox, PLAN);
    done(sandbox.treework(repository, 'node', 'start', 'build', '--by', 'impl-1'));
    const before = sandbox.git(repository, 'status', '--porcelain');
    for (const format of [[], ['--json']]) {
      const [one, other] = ['2026-11-20T10:00:00Z', '2031-01-01T00:00:00Z'].map((now) => sandbox.run('treework', ['resume', ...format], { cwd: repository, env: { TREEWORK_NOW: now } }).stdout);
      expect(other).toBe(one);
    }
    expect(sandbox.git(repository, 'status', '--porcelain')).toBe(before);
  });

  it('takes the lessons from the trunk’s page, not from the one that a branch carries along', () => {
    const sandbox = box();
    const repository = planned(sandbox, PLAN);
    const page = (lesson: string) => `---\ntitle: Reports\n---\n## Agent check-in\nada\n\n## Current state\nx\n\n## Task queue\ny\n\n## Session log\nz\n\n## Lessons\n${lesson}\n`;
    sandbox.write(repository, { 'WORKSPACE.md': '---\ntreework: 1\nkinds: {continuity: true}\n---\n', 'CONTINUITY.md': page('None yet.') });
    commitAll(sandbox, repository);
    sandbox.git(repository, 'branch', 'PROJ-7--reports');
    sandbox.write(repository, { 'CONTINUITY.md': page('- The forum loses attachments.') });
    commitAll(sandbox, repository);
    sandbox.git(repository, 'checkout', '-q', 'PROJ-7--reports');
    const { sections } = ask(sandbox, repository, ['resume']);
    expect(sections).toContainEqual({ title: 'Lessons', lines: ['- The forum loses attachments.'] });
  });
});

describe('at most 2,000 tokens', () => {
  it('for a ticket of 500 nodes with long words everywhere: what is left out is counted, with the command that shows it', () => {
    const sandbox = box();
    const nodes = Array.from({ length: 50 }, (_, phase) => `{id: phase-${phase}, title: "Phase ${phase}", nodes: [${Array.from({ length: 9 }, (__, leaf) => `{id: leaf-${phase}-${leaf}, covers: none, title: ${JSON.stringify(LONG.slice(0, 200))}}`).join(', ')}]}`);
    const repository = planned(sandbox, `[${nodes.join(', ')}]`);
    const files: Record<string, string> = {};
    for (let index = 0; index < 60; index += 1) {
      const id = `leaf-${index % 50}-${Math.floor(index / 50)}`;
      files[`${FOLDER}/nodes/${id}.md`] = `---\nnode: ${id}\nstatus: failed\nhistory:\n  - {to: in_progress, by: ${JSON.stringify(LONG.slice(0, 300))}, at: 2026-11-20T10:00:00Z, wave: 1, spec: "sha256:${'a'.repeat(64)}"}\n  - {to: failed, by: review-1, at: 2026-11-20T11:00:00Z, findings: [${JSON.stringify(LONG)}]}\n---\n`;
      files[`${FOLDER}/checkpoints/actor-${index}.md`] = `---\nby: actor-${index}\nat: 2026-11-20T12:15:00Z\n---\n## Done\n${LONG}\n## Next\n${LONG}\n`;
      files[`${FOLDER}/notes-${index}.txt`] = '';
    }
    sandbox.write(repository, files);
    for (const answer of [sandbox.treework(repository, 'resume'), sandbox.treework(repository, 'resume', '--json')]) {
      expect(tokens(done(answer).stdout)).toBeLessThanOrEqual(2000);
      expect(tokens(answer.stdout)).toBeGreaterThan(1500);
    }
    const { sections, tokens: told } = ask(sandbox, repository, ['resume']);
    expect(sections.map(({ title }: { title: string }) => title.replace(/:.*/, ''))).toEqual(['Now', 'Checkpoints', 'Plan', 'Last said', 'Findings']);
    expect(told).toBeLessThanOrEqual(2000);
    const plan = sections[2];
    expect(plan.left_out + plan.lines.length).toBe(500);
    expect(plan.more).toBe('treework tree --ticket PROJ-7');
    expect(plan.lines.some((line: string) => line.endsWith('<- here'))).toBe(true);
    const text = sandbox.treework(repository, 'resume').stdout;
    expect(text).toMatch(/^… \d+ more: treework tree --ticket PROJ-7$/m);
    expect(text).toMatch(/^… \d+ more: treework log --ticket PROJ-7$/m);
  });

  it('for a repository of 50 tickets, none of which is in hand; a goal of many words is cut', () => {
    const sandbox = box();
    workspace(sandbox);
    const ids = Array.from({ length: 50 }, (_, index) => `PROJ-${index + 100}`);
    sandbox.write('repo', Object.fromEntries(ids.map((id) => [`docs/specs/${id}/spec.md`, SPEC.replace('PROJ-7', id).replace('Reports API', LONG.slice(0, 150))])));
    commitAll(sandbox, 'repo');
    const answer = ask(sandbox, 'repo', ['resume']);
    expect(answer).toMatchObject({ skills: ['work', 'next'], where: { type: 'trunk' } });
    expect(answer.ticket).toBeUndefined();
    const [open] = answer.sections;
    expect(open.title).toBe('Open tickets: 50');
    expect(open.lines[0]).toMatch(/^- PROJ-100 .* \[drafting\]$|^- PROJ-100 .*\[specified\]$/);
    expect(open.left_out + open.lines.length).toBe(50);
    expect(tokens(JSON.stringify(answer))).toBeLessThanOrEqual(2000);
    sandbox.write('repo', { 'docs/specs/PROJ-100/tasks.md': `---\nticket: PROJ-100\ngoal: {title: ${JSON.stringify(LONG.repeat(5))}, why: ${JSON.stringify(LONG.repeat(5))}}\nnodes: []\n---\n` });
    const long = done(sandbox.treework('repo', 'resume', '--ticket', 'PROJ-100')).stdout;
    expect(tokens(long)).toBeLessThanOrEqual(2000);
    expect(long).toMatch(/^Why: Überlange .*…$/m);
  });

  it('drives no terminal and breaks no line, whatever documents say', () => {
    const sandbox = box();
    const repository = planned(sandbox, '[{id: build, title: "red \\e[31m and\\nmore"}]');
    sandbox.write(repository, { [`${FOLDER}/checkpoints/x.md`]: '---\nby: x\nat: 2026-11-20T12:15:00Z\n---\n## Next\n\u001b]0;title\u0007 and \u202e turned\n' });
    const text = done(sandbox.treework(repository, 'resume')).stdout;
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain('red \\x1b[31m and more');
  });
});

describe('which ticket', () => {
  it('is refused with both candidates where two are meant, and shows an archived or a new one as what it is', () => {
    const sandbox = box();
    const repository = planned(sandbox, PLAN);
    sandbox.write(repository, { 'docs/specs/PROJ-8/spec.md': SPEC.replace('PROJ-7', 'PROJ-8'), 'docs/specs/ARCHIVED/PROJ-1/spec.md': SPEC.replace('PROJ-7', 'PROJ-1') });
    commitAll(sandbox, repository);
    sandbox.git(repository, 'checkout', '-q', '-b', 'PROJ-7--reports');
    expect(ask(sandbox, join(repository, 'docs/specs/PROJ-8'), ['resume'], 2).error).toMatchObject({ code: 'ticket-ambiguous', message: 'Unexpected two tickets, PROJ-8 (the current folder) and PROJ-7 (the branch), expected one' });
    expect(ask(sandbox, repository, ['resume', '--ticket', 'PROJ-1'])).toMatchObject({ ticket: 'PROJ-1', phase: { name: 'archived' }, skills: ['work', 'next'] });
    expect(ask(sandbox, repository, ['resume', '--ticket', 'PROJ-99'], 2).error.code).toBe('ticket-unknown');
    sandbox.git(repository, 'checkout', '-q', '-b', 'PROJ-99--new');
    expect(ask(sandbox, repository, ['resume'])).toMatchObject({ ticket: 'PROJ-99', phase: { name: 'none' }, skills: ['plan'], sections: [], next_action: { command: expect.stringMatching(/^treework new spec --ticket PROJ-99 /) } });
    expect(ask(sandbox, '', ['resume'], 2).error.code).toBe('no-repository');
  });
});

it('tells what can be read where documents are broken, and what is wrong with them', () => {
  const sandbox = box();
  const repository = planned(sandbox, PLAN);
  sandbox.write(repository, {
    [`${FOLDER}/nodes/build.md`]: '---\nnode: build\nstatus: x\nhistory: [null, 5, abc, {to: 3, at: 7, findings: 4, by: []}]\n---\n',
    [`${FOLDER}/nodes/docs.md`]: '---\nnode: docs\nhistory: abc\n---\n',
    [`${FOLDER}/checkpoints/x.md`]: Buffer.from([0, 255, 254, 10, 13, 200]),
    [`${FOLDER}/checkpoints/y.md`]: '---\nby: 5\nat: {}\n---\n<div>\n',
    [`${FOLDER}/forks/001-x.md`]: '---\nreason: 5\nreturn_to: [a]\n---\n',
    [`${FOLDER}/changes/001-x.md`]: '---\nstatus: proposed\nhistory: 5\nblocks: 4\n---\n',
  });
  const told = ask(sandbox, repository, ['resume']);
  expect(told.sections.map(({ title }: { title: string }) => title)).toEqual(expect.arrayContaining(['Now', 'Held up and undecided', 'Checkpoints', 'Findings']));
  sandbox.write(repository, { [`${FOLDER}/tasks.md`]: '---\nnodes: [\n---\n', [`${FOLDER}/spec.md`]: 'no frontmatter' });
  expect(ask(sandbox, repository, ['resume']).sections.at(-1).title).toBe('Findings');
});

describe('X16: what other branches and work trees hold', () => {
  it('is told, not committed there or not; a ticket that is not here is shown, with the way to it', () => {
    const sandbox = box();
    const repository = planned(sandbox, PLAN);
    sandbox.git(repository, 'worktree', 'add', '-q', '-b', 'PROJ-7--reports', '../tree');
    done(sandbox.treework('tree', 'node', 'start', 'build', '--by', 'impl-1'));
    done(sandbox.treework('tree', 'checkpoint', '--by', 'impl-1', '--next', 'the middleware'));
    const text = done(sandbox.treework(repository, 'resume')).stdout;
    expect(text).toMatch(/^## Elsewhere\n- build: in_progress by impl-1 \(here: ready\) in .*\/tree\n$/m);
    expect(text).toMatch(/^- impl-1, .*, node build \(impl-1\.md\): .*next: the middleware$/m);
    expect(done(sandbox.treework('tree', 'resume')).stdout).not.toContain('Elsewhere');
    sandbox.git(repository, 'checkout', '-q', '-b', 'PROJ-8--limits');
    sandbox.write(repository, { 'docs/specs/PROJ-8/spec.md': SPEC.replace('PROJ-7', 'PROJ-8').replace('Reports API', 'Rate limits') });
    commitAll(sandbox, repository);
    sandbox.git(repository, 'checkout', '-q', 'main');
    expect(ask(sandbox, repository, ['resume', '--ticket', 'PROJ-8'])).toMatchObject({ title: 'Rate limits', sections: expect.arrayContaining([{ title: 'Elsewhere', lines: ['- not in this work tree; held by PROJ-8--limits'] }]), next_action: { command: 'git switch PROJ-8--limits' } });
    sandbox.write(repository, { 'docs/specs/PROJ-6/spec.md': SPEC.replace('PROJ-7', 'PROJ-6') });
    const [open] = ask(sandbox, repository, ['resume']).sections;
    expect(open.lines).toEqual([expect.stringMatching(/^- PROJ-7 Reports API \[working, wave 1\] at build in PROJ-7--reports$|^- PROJ-7 .* in .*tree$/), expect.stringMatching(/^- PROJ-6 /), expect.stringMatching(/^- PROJ-8 Rate limits \[.*\] in PROJ-8--limits$/)]);
  });

  it('does not come back where the trunk has archived it: an old branch is told so', () => {
    const sandbox = box();
    const repository = planned(sandbox, PLAN);
    sandbox.git(repository, 'branch', 'PROJ-7--reports');
    sandbox.run('sh', ['-c', 'mkdir docs/specs/ARCHIVED && git mv docs/specs/PROJ-7 docs/specs/ARCHIVED/PROJ-7'], { cwd: repository });
    commitAll(sandbox, repository);
    sandbox.git(repository, 'checkout', '-q', 'PROJ-7--reports');
    expect(ask(sandbox, repository, ['resume'])).toMatchObject({ phase: { name: 'archived' }, skills: ['work', 'next'], sections: expect.arrayContaining([{ title: 'Elsewhere', lines: ['- finished: the trunk has archived it; what this branch still holds is old'] }]), next_action: { command: 'treework next' } });
  });
});

describe('a digest', () => {
  it('gives each part its share, and what is left to the first that need more', () => {
    const part = (title: string, share: number, count: number) => ({ title, share, more: 'more', take: fromStart(Array.from({ length: count }, (_, index) => `${title}${String(index).padStart(8, '0')}`)) });
    const all = fitParts([part('a', 0.5, 3), part('b', 0.5, 100), part('c', 0.5, 0)], 1000);
    expect(all.map(({ title, lines, left_out }) => [title, lines.length, left_out])).toEqual([['a', 3, undefined], ['b', expect.any(Number), expect.any(Number)]]);
    const size = Buffer.byteLength(JSON.stringify(all));
    expect(size).toBeLessThanOrEqual(1000);
    expect(size).toBeGreaterThan(900);
    expect(fitParts([part('a', 1, 5)], 0)).toMatchObject([{ lines: [], left_out: 5 }]);
  });

  it('shows of a tree what is in hand with the phases around it, before what can be started, waits or is finished', () => {
    const status = statusOf('[{id: one, nodes: [{id: a, covers: none}, {id: b, covers: none}]}, {id: two, depends_on: [one], nodes: [{id: c, covers: none}, {id: d, covers: none}]}]', { b: [START] });
    const all = shortTree(status, Infinity);
    expect(all.lines).toEqual(['- one [in_progress]', '  - a [ready]', '  - b [in_progress] by impl-1 <- here', '- two [pending] after one', '  - c [pending] after one', '  - d [pending] after one']);
    expect(shortTree(status, lineCost(all.lines[0] as string) + lineCost(all.lines[2] as string))).toEqual({ lines: [all.lines[0], all.lines[2]], leftOut: 4 });
    expect(shortTree(status, 1)).toEqual({ lines: [], leftOut: 6 });
  });
});
