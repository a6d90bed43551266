import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Archivable } from './fixture.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 2);

/** Numbers from 0 up to another, the same for the same seed (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const FOLDERS = ['docs/specs/PROJ-7/attachments', 'docs/specs/PROJ-7', 'docs/specs/PROJ-8', 'docs/specs/ARCHIVED/PROJ-7', 'docs/capabilities', 'src', 'docs/specs/PROJ-7/attachments/deep/er', '.'];
const FILES = ['a.txt', 'ü "q".txt', 'b.log', 'keep.bin', '-x.md', 'idea.md', 'reports.md', 'CON TINUITY.md'];

/** Content of everything in the work tree, by digest. */
function contents(folder: string, found = new Map<string, string>()): Map<string, string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== '.git') contents(path, found);
    } else found.set(digest(entry.isSymbolicLink() ? Buffer.from(readlinkSync(path)) : readFileSync(path)), path);
  }
  return found;
}

function digest(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

it(`archive deletes nothing that exists nowhere else, in ${RUNS} random workspaces`, { timeout: 3_600_000 }, () => {
  const tally = { done: 0, refused: 0 };
  const base = Number(process.env['TREEWORK_SEED'] ?? 1);
  for (let run = 0; run < RUNS; run += 1) {
    const pick = random(base * 1000 + run);
    const story = new Archivable('property');
    try {
      story.ticket('PROJ-7', { files: { 'attachments/first.txt': 'first\n' } });
      story.commit({ '.gitignore': ['*.log\n', 'docs/specs/PROJ-7/*.txt\n', 'attachments/\n'][pick(3)] as string });
      for (let count = pick(6); count > 0; count -= 1) {
        const path = join(FOLDERS[pick(FOLDERS.length)] as string, FILES[pick(FILES.length)] as string);
        story.sandbox.write(story.repository, { [path]: `${run} ${path} ${pick(1e9)}\r\n` });
        if (pick(3) === 0) story.sandbox.run('git', ['add', '--', path], { cwd: story.repository });
        if (pick(4) === 0) story.sandbox.run('git', ['commit', '-q', '--no-verify', '-m', 'docs: x', '--', path], { cwd: story.repository });
      }
      if (pick(4) === 0) story.sandbox.write(story.repository, { 'docs/specs/PROJ-7/spec.md': `${run} edited` });
      const root = join(story.sandbox.root, story.repository);
      const before = contents(root);
      const args = ['archive', 'PROJ-7', ...(pick(3) > 0 ? ['--allow', 'dirty'] : []), ...(pick(2) === 0 ? ['--commit'] : [])];
      const answer = story.treework(...args);
      expect([0, 1, 2], `${base} ${run}: ${answer.output}`).toContain(answer.status);
      tally[answer.status === 0 ? 'done' : 'refused'] += 1;
      const after = contents(root);
      const lost = [...before].filter(([oid]) => !after.has(oid)).map(([oid, path]) => ({ oid, path }));
      // What is in a commit is not lost: links and the living spec were rewritten.
      const gone = lost.filter(({ oid }) => !story.git('log', '--all', '--raw', '--no-abbrev', '--format=', `--find-object=${oid}`).includes(oid));
      expect(gone, `${base} ${run}: ${args.join(' ')}\n${answer.output}`).toEqual([]);
      if (answer.status !== 0 && !args.includes('--commit')) expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
      if (answer.status === 0) expect(statSync(root).isDirectory() && story.exists('docs/specs/PROJ-7')).toBe(false);
    } finally {
      story.remove();
    }
  }
  expect(tally.done + tally.refused).toBe(RUNS);
  if (RUNS >= 20) expect(Math.min(tally.done, tally.refused)).toBeGreaterThan(RUNS / 20);
});
