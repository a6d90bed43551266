import { spawn } from 'node:child_process';
import { chmodSync, readlinkSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestsIn } from './digests.ts';
import { done, paste } from '../verbs/fixture.ts';
import { Archivable, requirement } from './fixture.ts';

let story: Archivable;
beforeEach(() => {
  story = new Archivable();
});
afterEach(() => story.remove());

const DONE = 'docs/specs/ARCHIVED/PROJ-7';
const checks = (answer: { findings: { rule: string }[] }) => answer.findings.map(({ rule }) => rule);

describe('archive', () => {
  it('moves a ticket byte by byte and promotes its spec, in one commit that every hook accepts', () => {
    story.ticket('PROJ-7', { files: { 'attachments/run.sh': 'echo 1\r\n', 'attachments/räum "x".md': '[up](../spec.md)\n' } });
    const root = join(story.sandbox.root, story.repository, 'docs/specs/PROJ-7/attachments');
    chmodSync(join(root, 'run.sh'), 0o755);
    symlinkSync('run.sh', join(root, 'link'));
    story.git('add', 'docs');
    story.git('commit', '-q', '-m', 'docs: attach');
    const before = story.git('rev-parse', 'HEAD:docs/specs/PROJ-7').trim();
    const shown = story.ask(['archive', 'PROJ-7', '--dry-run']);
    expect([shown.promoted, shown.dry_run, story.status()]).toEqual([[{ kind: 'added', name: 'Token validation' }], true, '']);
    const answer = story.ask(['archive', 'PROJ-7']);
    expect(answer.next_action.confirm).toBe(true);
    done(paste(story.sandbox, answer.next_action));
    expect(story.status()).toBe('');
    expect(story.git('rev-parse', `HEAD:${DONE}`).trim()).toBe(before);
    expect(story.exists('docs/specs/PROJ-7')).toBe(false);
    const moved = join(story.sandbox.root, story.repository, DONE, 'attachments');
    expect([statSync(join(moved, 'run.sh')).mode & 0o111, readlinkSync(join(moved, 'link'))]).toEqual([0o111, 'run.sh']);
    expect(story.read('docs/capabilities/reports.md')).toBe(`---\ntitle: Reports\n---\n\n## Requirements\n\n${requirement('Token validation', 'The system SHALL reject expired tokens.')}`);
    expect(story.git('diff', '--name-only', 'HEAD~1', '--no-renames').split('\n')).toContain('WORKSPACE.md');
    done(story.treework('check', '--all'));
    done(story.treework('check', '--from', 'HEAD~1', '--to', 'HEAD'));
    expect(story.ask(['archive', 'PROJ-7'])).toMatchObject({ ticket: 'PROJ-7', changed: [] });
  });

  it('O15, C6: names all that is open with the command that mends it, and writes nothing', () => {
    story.commit({ 'docs/specs/PROJ-7/spec.md': `---\nticket: PROJ-7\ntitle: Reports\ncapability: reports\n---\n## Requirements\n\n${requirement('Export', 'The system SHALL export.')}` });
    done(story.treework('new', 'tasks', '--ticket', 'PROJ-7', '--why', 'Partners pull reports themselves', '--node', 'build', '--node', 'test', '--commit'));
    done(story.treework('fork', 'open', 'build', '--ticket', 'PROJ-7', '--sub', 'SUB-1', '--title', 'Rounding', '--reason', 'Fractions', '--commit'));
    story.sandbox.write(story.repository, { 'docs/specs/PROJ-7/changes/001-more.md': '---\ntitle: More\nimpact: additive\nstatus: proposed\nhistory:\n  - {to: proposed, by: ada, at: 2026-11-20T10:00:00Z}\n---\n## ADDED Requirements\n\n### Requirement: Import\n\nThe system SHALL import.\n\n#### Scenario: Seen\n\n- **WHEN** asked\n- **THEN** it does\n' });
    const state = story.status();
    const answer = story.ask(['archive', 'PROJ-7'], 1);
    expect(checks(answer)).toEqual(['incomplete', 'incomplete', 'fork', 'proposed', 'recurs', 'dirty']);
    for (const { remedy } of answer.findings) expect(remedy).toMatch(/^(?:treework|git) /);
    expect(answer.next_action.command ?? answer.next_action.on_pass).toMatch(/^(?:treework|git) /);
    expect(story.status()).toBe(state);
    expect(story.treework('archive', 'PROJ-7', '--allow', 'incomplete').status).toBe(2);
  });

  it('trap K8: a branch that was never pushed is not clean, whatever its upstream is', () => {
    story.sandbox.run('git', ['init', '-q', '--bare', 'server.git']);
    story.git('remote', 'add', 'origin', '../server.git');
    story.git('push', '-q', '-u', 'origin', 'main');
    story.git('switch', '-q', '-c', 'PROJ-7--reports', 'origin/main');
    expect(story.git('rev-parse', '--abbrev-ref', '@{upstream}').trim()).toBe('origin/main');
    story.ticket('PROJ-7');
    const never = story.ask(['archive'], 1);
    expect(checks(never)).toEqual(['never-pushed']);
    expect(never.next_action).toMatchObject({ command: 'git push -u origin PROJ-7--reports', confirm: true });
    done(paste(story.sandbox, never.next_action));
    expect(story.ask(['archive', '--dry-run']).ticket).toBe('PROJ-7');
    story.commit({ 'README.md': '# More\n' });
    expect(checks(story.ask(['archive'], 1))).toEqual(['unpushed']);
    expect(story.ask(['archive', '--dry-run', '--allow', 'unpushed']).allowed).toEqual(['unpushed']);
    story.git('push', '-q');
    story.git('reset', '-q', '--hard', 'HEAD~1');
    expect(checks(story.ask(['archive'], 1))).toEqual(['behind']);
    story.git('pull', '-q', 'origin', 'PROJ-7--reports');
    const answer = story.ask(['archive', '--commit']);
    expect(answer.next_action).toMatchObject({ confirm: true, context: { ticket: 'PROJ-7' } });
    done(story.sandbox.run('git', ['push', '-q', 'origin', 'PROJ-7--reports'], { cwd: story.repository }));
  });

  it('names untracked, ignored and changed files; what goes along is not lost and not committed', () => {
    story.ticket('PROJ-7', { files: { '.gitkeep': '' } });
    story.commit({ '.gitignore': '*.log\ndocs/specs/PROJ-7/secret\n' });
    story.sandbox.write(story.repository, { 'docs/specs/PROJ-7/a.log': 'log\n', 'docs/specs/PROJ-7/secret': 'key\n', 'docs/specs/PROJ-7/attachments/new.txt': 'new\n', 'src/a.js': '1\n', 'README.md': '# Changed\n' });
    const answer = story.ask(['archive', 'PROJ-7'], 1);
    expect(answer.findings.map(({ path, rule }: { path: string; rule: string }) => `${rule} ${path}`).sort()).toEqual(['dirty README.md', 'dirty docs/specs/PROJ-7/attachments/new.txt', 'dirty docs/specs/PROJ-7/secret', 'dirty src/a.js']);
    const allowed = story.ask(['archive', 'PROJ-7', '--allow', 'dirty', '--commit']);
    expect(allowed.committed).toMatch(/^[0-9a-f]{40}$/);
    expect(allowed.moved_along.sort()).toEqual([`${DONE}/a.log`, `${DONE}/attachments/new.txt`, `${DONE}/secret`]);
    for (const [path, text] of [['a.log', 'log\n'], ['secret', 'key\n'], ['attachments/new.txt', 'new\n']] as const) expect(story.read(`${DONE}/${path}`)).toBe(text);
    expect(story.git('ls-tree', '-r', '--name-only', 'HEAD', '--', DONE)).not.toMatch(/log|secret|new\.txt/);
    expect(story.exists('docs/specs/PROJ-7')).toBe(false);
    expect(story.read('README.md')).toBe('# Changed\n');
  });

  it('does not take somebody else’s change along: neither in the living spec nor in a document that links', () => {
    story.ticket('PROJ-7');
    story.commit({ 'docs/capabilities/reports.md': '---\ntitle: Reports\n---\n' });
    story.sandbox.write(story.repository, { 'docs/capabilities/reports.md': '---\ntitle: Reports, edited\n---\n' });
    const answer = story.ask(['archive', 'PROJ-7', '--allow', 'dirty'], 1);
    expect(answer.findings).toMatchObject([{ rule: 'dirty', path: 'docs/capabilities/reports.md' }]);
    expect(story.read('docs/capabilities/reports.md')).toContain('edited');
  });

  it('X17: links into and out of the folder follow, over all governed documents; what is frozen is named', () => {
    story.ticket('OLD-1', { capability: '', files: { 'retro.md': '---\nticket: OLD-1\n---\nSee [next](../PROJ-7/tasks.md).\n' }, body: '## Requirements\n' + requirement('Old', 'It SHALL be old.') });
    story.ticket('PROJ-7', { capability: '', files: { 'idea.md': '---\nticket: PROJ-7\ntitle: x\n---\n[old](../OLD-1/spec.md#requirement-old) [own](spec.md) [root](/docs/specs/PROJ-7/spec.md) [readme](../../../README.md)\n' } });
    story.ticket('PROJ-8', { capability: '', body: `See [seven](../PROJ-7/spec.md).\n\n## Requirements\n\n${requirement('Other', 'It SHALL be other.')}` });
    story.commit({ 'docs/specs/PROJ-8/idea.md': '---\nticket: PROJ-8\ntitle: x\n---\r\nSee [a](../PROJ-7/idea.md) and `[a](../PROJ-7/idea.md)`.\r\n', 'docs/specs/README.md': '- [seven](PROJ-7/spec.md)\n', 'README.md': '[seven](docs/specs/PROJ-7/spec.md)\n' });
    done(story.treework('archive', 'OLD-1', '--commit'));
    const answer = story.ask(['archive', 'PROJ-7', '--commit']);
    expect(story.read('docs/specs/PROJ-8/idea.md')).toBe('---\nticket: PROJ-8\ntitle: x\n---\r\nSee [a](../ARCHIVED/PROJ-7/idea.md) and `[a](../PROJ-7/idea.md)`.\r\n');
    expect(story.read('docs/specs/README.md')).toBe('- [seven](ARCHIVED/PROJ-7/spec.md)\n');
    expect(story.read(`${DONE}/idea.md`)).toContain('[old](../OLD-1/spec.md#requirement-old) [own](spec.md) [root](/docs/specs/ARCHIVED/PROJ-7/spec.md) [readme](../../../../README.md)');
    // What an archived ticket links to has moved again.
    expect(story.read('docs/specs/ARCHIVED/OLD-1/retro.md')).toContain('[next](../PROJ-7/tasks.md)');
    expect(answer.left).toEqual(expect.arrayContaining([{ path: 'docs/specs/PROJ-8/spec.md', because: 'frozen' }, { path: 'README.md', because: 'ungoverned' }]));
    done(story.treework('check', '--all'));
  });

  it('X17: so do reference definitions and paths in frontmatter, in archived documents too', () => {
    story.ticket('OLD-1', { capability: '', files: { 'retro.md': '---\nticket: OLD-1\nx-next: "docs/specs/PROJ-7/idea.md" # told later\n---\n[next][n]\n\n[n]: <../PROJ-7/idea.md> "next"\n' } });
    story.ticket('PROJ-7', { capability: '', files: { 'idea.md': '---\nticket: PROJ-7\ntitle: x\nx-see: [docs/specs/PROJ-7/attachments/a b.md, ./spec.md, ../PROJ-8/tasks.md]\n---\n![up][u] [at]\n\n[u]: ../PROJ-8/tasks.md\n[at]: attachments/a%20b.md\n', 'attachments/a b.md': 'x\n' } });
    story.ticket('PROJ-8', { capability: '' });
    const tasks = story.read('docs/specs/PROJ-8/tasks.md').replace('scope: ["src/**"]', 'scope: ["src/**"], inputs: [\'docs/specs/PROJ-7/attachments/a b.md#Goals\', {path: docs/specs/PROJ-7/idea.md, layer: L3}]');
    const record = story.read('docs/specs/PROJ-8/nodes/build.md').replace('history:', 'l1:\n  files: [docs/specs/PROJ-7/idea.md]\n  contracts: ["docs/specs/PROJ-7/spec.md: what it promises"]\nhistory:');
    story.commit({ 'docs/specs/PROJ-8/tasks.md': tasks, 'docs/specs/PROJ-8/nodes/build.md': record, 'docs/specs/PROJ-8/idea.md': '---\r\nticket: PROJ-8\r\ntitle: x\r\n---\r\n> [1]\r\n\r\n[1]: ../PROJ-7/idea.md#top\r\n\r\n    [2]: ../PROJ-7/idea.md\r\n' });
    done(story.treework('archive', 'OLD-1', '--commit'));
    const answer = story.ask(['archive', 'PROJ-7', '--commit']);
    const to = 'docs/specs/ARCHIVED/PROJ-7';
    expect(story.read('docs/specs/PROJ-8/tasks.md')).toBe(tasks.replaceAll('docs/specs/PROJ-7', to));
    expect(story.read('docs/specs/PROJ-8/nodes/build.md')).toBe(record.replaceAll('docs/specs/PROJ-7', to));
    expect(story.read('docs/specs/PROJ-8/idea.md')).toContain('[1]: ../ARCHIVED/PROJ-7/idea.md#top\r\n\r\n    [2]: ../PROJ-7/idea.md\r\n');
    expect(story.read('docs/specs/ARCHIVED/OLD-1/retro.md')).toBe('---\nticket: OLD-1\nx-next: "docs/specs/ARCHIVED/PROJ-7/idea.md" # told later\n---\n[next][n]\n\n[n]: <../PROJ-7/idea.md> "next"\n');
    expect(story.read(`${DONE}/idea.md`)).toContain(`x-see: [${to}/attachments/a b.md, ./spec.md, ../../PROJ-8/tasks.md]\n---\n![up][u] [at]\n\n[u]: ../../PROJ-8/tasks.md\n[at]: attachments/a%20b.md\n`);
    expect(answer.left).toEqual([]);
    done(story.treework('check', '--all'));
  });

  it('W2: a run of an operation goes to the archive, too', () => {
    story.commit({ 'WORKSPACE.md': story.read('WORKSPACE.md').replace('---\n', '---\nkinds: {operation: {}}\n'), 'docs/operations/billing/OPERATION.md': `---\ntitle: Billing\ngoal: {title: Bill, why: Late bills are paid late}\nperiod: monthly\nnodes: [{id: send}]\n---\n## Requirements\n\n${requirement('Once', 'The run SHALL bill once.')}` });
    done(story.treework('new', 'run', '--operation', 'billing', '--period', '2026-11', '--commit'));
    done(story.treework('node', 'skip', 'send', '--ticket', 'billing-2026-11', '--by', 'dana', '--reason', 'Nobody to bill', '--commit'));
    done(story.treework('archive', 'billing-2026-11', '--commit'));
    expect([story.exists('docs/specs/ARCHIVED/billing-2026-11/tasks.md'), story.exists('docs/operations/billing/runs')]).toEqual([true, false]);
    done(story.treework('check', '--all'));
  });

  it('refuses a detached HEAD, a merge under way, and a ticket that another branch has moved on with', () => {
    story.ticket('PROJ-7');
    story.git('switch', '-q', '-c', 'other');
    done(story.treework('node', 'reset', 'build', '--ticket', 'PROJ-7', '--by', 'dana', '--reason', 'Once more', '--commit'));
    story.git('switch', '-q', 'main');
    const answer = story.ask(['archive', 'PROJ-7'], 1);
    expect(answer.findings).toMatchObject([{ rule: 'elsewhere', path: 'docs/specs/PROJ-7/nodes/build.md' }]);
    story.git('branch', '-q', '-D', 'other');
    story.git('checkout', '-q', '--detach');
    expect(checks(story.ask(['archive', 'PROJ-7'], 1))).toEqual(['detached']);
  });
});

describe('promotion at the archive', () => {
  it('trap X11: two tickets that changed one requirement, and the first one’s text stays', () => {
    story.ticket('PROJ-6', { body: `## Requirements\n\n${requirement('Token validation', 'The system SHALL reject expired tokens.')}` });
    done(story.treework('archive', 'PROJ-6', '--commit'));
    const was = `\nWas: ${digestsIn(story.read('docs/capabilities/reports.md'))['Token validation']}\n`;
    story.ticket('PROJ-7', { body: `## MODIFIED Requirements\n\n${requirement('Token validation', 'The first text SHALL stay.', was)}` });
    story.ticket('PROJ-8', { body: `## MODIFIED Requirements\n\n${requirement('Token validation', 'The second text SHALL win.', was)}` });
    const first = story.ask(['archive', 'PROJ-7', '--commit']);
    expect(first.overlap).toMatchObject([{ ticket: 'PROJ-8', requirements: ['Token validation'] }]);
    const second = story.ask(['archive', 'PROJ-8'], 1);
    expect(second.findings).toMatchObject([{ rule: 'promotion', path: 'docs/specs/PROJ-8/spec.md' }]);
    expect(second.findings[0].message).toContain('by PROJ-7');
    expect(story.read('docs/capabilities/reports.md')).toContain('The first text SHALL stay.');
    expect(story.status()).toBe('');
    // A replacing record with the new digest mends it.
    const { path } = story.ask(['new', 'change', '--ticket', 'PROJ-8', '--from-living']);
    expect(story.treework('change', 'accept', '001', '--ticket', 'PROJ-8', '--by', 'review-1').output).toContain('[[fill:');
    const [ours, theirs] = ['The second text SHALL win.', 'The first text SHALL stay.'];
    const draft = story.read(path);
    expect([draft.includes(ours), draft.includes(theirs), /^Living: sha256:/m.test(draft)]).toEqual([true, true, true]);
    story.commit({ [path]: draft.replace(/\[\[fill:.*\]\]\n\n/, '').replace(/\n<!-- docs[^]*?-->\n/, '').replace(ours, `${theirs} ${ours}`) });
    done(story.treework('change', 'accept', '001', '--ticket', 'PROJ-8', '--by', 'review-1', '--commit'));
    done(story.treework('archive', 'PROJ-8', '--commit'));
    expect(story.read('docs/capabilities/reports.md')).toContain(`${theirs} ${ours}`);
    done(story.treework('check', '--all'));
  });

  it('trap S9: a mistyped heading does not pass, in the spec or in the living spec', () => {
    story.ticket('PROJ-7');
    story.commit({ 'docs/capabilities/reports.md': '---\ntitle: Reports\n---\n## Requirements\n\n### requirement: Token validation\n\nIt SHALL be another.\n' });
    const answer = story.ask(['archive', 'PROJ-7'], 1);
    expect(answer.findings).toMatchObject([{ rule: 'promotion', path: 'docs/capabilities/reports.md', line: 6 }]);
  });

  it('trap S9: a move by hand without the promotion is refused at the commit and on the branch, and so is a living spec written over whole', () => {
    story.commit({ 'docs/capabilities/reports.md': `---\ntitle: Reports\n---\n## Requirements\n\n${requirement('CSV', 'The system SHALL write CSV.')}` });
    story.git('switch', '-q', '-c', 'PROJ-7--reports');
    story.ticket('PROJ-7', { body: `## Requirements\n\n${requirement('Token validation', 'It SHALL follow [the note](attachments/note.md).')}`, files: { 'attachments/note.md': '# Note\n' } });
    const ready = story.git('rev-parse', 'HEAD').trim();
    const byHand = (living?: string) => {
      story.git('reset', '-q', '--hard', ready);
      story.sandbox.write(story.repository, { 'docs/specs/ARCHIVED/.gitkeep': '', ...(living !== undefined && { 'docs/capabilities/reports.md': living }) });
      story.git('mv', 'docs/specs/PROJ-7', DONE);
      story.git('add', 'docs');
      return story.sandbox.run('git', ['commit', '-q', '-m', 'docs(PROJ-7): archive'], { cwd: story.repository });
    };
    const before = story.read('docs/capabilities/reports.md');
    const promised = requirement('Token validation', 'It SHALL follow [the note](../specs/ARCHIVED/PROJ-7/attachments/note.md).');
    for (const [living, said] of [[undefined, 'does not hold it'], [`${before}\n${promised.replace('### R', '### r')}`, 'Unexpected "### requirement: Token validation"'], [`---\ntitle: Reports\n---\n## Requirements\n\n${promised}`, 'removal of requirement "CSV"']] as const) {
      const answer = byHand(living);
      expect([answer.status, answer.output]).toEqual([1, expect.stringContaining('capability-promoted')]);
      expect(answer.output.replaceAll(/\s+/g, ' ')).toContain(said);
      story.git('commit', '-q', '--no-verify', '-m', 'docs(PROJ-7): archive');
      expect(story.treework('check', '--from', 'main', '--to', 'HEAD').output).toContain('capability-promoted');
    }
    done(byHand(`${before}\n${promised}`));
    // What the next ticket of the same branch says of it is no loss, nor is a link that follows.
    const was = digestsIn(story.read('docs/capabilities/reports.md'));
    story.ticket('PROJ-8', { body: `## MODIFIED Requirements\n\n${requirement('Token validation', 'It SHALL be another.', `\nWas: ${was['Token validation']}\n`)}## REMOVED Requirements\n\n### Requirement: CSV\n\nWas: ${was['CSV']}\n` });
    done(story.treework('archive', 'PROJ-8', '--commit'));
    expect(story.read('docs/capabilities/reports.md')).not.toContain('CSV');
    done(story.treework('check', '--from', 'main', '--to', 'HEAD'));
  });

  it('sees what the trunk’s living spec says meanwhile', () => {
    story.git('switch', '-q', '-c', 'PROJ-7--reports');
    story.ticket('PROJ-7');
    story.git('switch', '-q', 'main');
    story.commit({ 'docs/capabilities/reports.md': `---\ntitle: Reports\n---\n## Requirements\n\n${requirement('Token validation', 'Another SHALL be first.')}` });
    story.git('switch', '-q', 'PROJ-7--reports');
    const answer = story.ask(['archive'], 1);
    expect(answer.findings).toMatchObject([{ rule: 'stale' }]);
    expect(answer.findings[0].remedy).toMatch(/^git merge main/);
  });
});

it('killed at any moment, the next run completes it, and nothing is lost', { timeout: 120_000 }, async () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`attachments/${index}.txt`, `${index}\n`.repeat(2000)]));
  story.ticket('PROJ-7', { files });
  const tree = story.git('rev-parse', 'HEAD:docs/specs/PROJ-7').trim();
  const head = story.git('rev-parse', 'HEAD').trim();
  const runs = Math.min(40, Number(process.env.TREEWORK_RUNS ?? 2));
  const full = await timed(0);
  for (let run = 0; run < runs; run += 1) {
    story.git('reset', '-q', '--hard', head);
    rmSync(join(story.sandbox.root, story.repository, DONE), { recursive: true, force: true });
    story.git('clean', '-qfd');
    await timed(Math.max(1, full * (0.55 + (0.5 * (run + Math.random())) / runs)));
    const answer = story.ask(['archive', 'PROJ-7', '--commit']);
    expect(answer.committed ?? 'done').toBeTruthy();
    expect(story.git('rev-parse', `HEAD:${DONE}`).trim()).toBe(tree);
    expect([story.status(), story.exists('docs/specs/PROJ-7')]).toEqual(['', false]);
  }
});

/** Runs the verb and kills it after so many milliseconds; 0 lets it end. Answers how long it took. */
async function timed(after: number): Promise<number> {
  const begun = Date.now();
  const child = spawn('treework', ['archive', 'PROJ-7'], { cwd: join(story.sandbox.root, story.repository), env: { ...story.sandbox.env, TREEWORK_ACTOR: 'ada' }, stdio: 'ignore', detached: true });
  const timer = after > 0 ? setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), after) : undefined;
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  return Date.now() - begun;
}
