import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT, Sandbox } from './harness/sandbox.ts';
import { matches, parseStory, retold } from './harness/txtar.ts';

const FOLDER = join(PACKAGE_ROOT, 'test/scripts');
/** Rewrites the stories to what really happens: read the difference before committing it. */
const RETELL = process.env['TREEWORK_RETELL'] === '1';

/** Runs a story in a new repository; what is expected and what is printed are shown together. */
function tell(name: string): void {
  const sandbox = new Sandbox();
  try {
    const path = join(FOLDER, name);
    const text = readFileSync(path, 'utf8');
    const story = parseStory(text);
    sandbox.git('', 'init', '-q', 'repo');
    sandbox.write('repo', story.files);
    const answers = new Map<number, { status: number; output: string }>();
    for (const { line, command, exit, output } of story.commands) {
      const answer = sandbox.run('sh', ['-c', command], { cwd: 'repo', env: { TREEWORK_ACTOR: 'ada', TREEWORK_NOW: '2026-11-20T10:00:00Z' } });
      const printed = answer.output.replaceAll(sandbox.root, '/tmp/story');
      answers.set(line, { status: answer.status, output: printed });
      if (RETELL || (answer.status === exit && matches(output, printed))) continue;
      expect(`exit ${answer.status}\n${printed}`, `${name}:${line}: ${command}`).toBe(`exit ${exit}\n${output.join('\n')}\n`);
    }
    if (RETELL) writeFileSync(path, retold(text, answers));
  } finally {
    sandbox.remove();
  }
}

const names = readdirSync(FOLDER).filter((name) => name.endsWith('.txtar'));

describe('stories', () => {
  it.each(names)('%s', (name) => tell(name));

  it.each(names)('%s begins with a sentence', (name) => {
    expect(parseStory(readFileSync(join(FOLDER, name), 'utf8')).title).toMatch(/^[A-Z].{20,}\.$/s);
  });
});

describe('a story that is not true', () => {
  const STORY = 'A story.\n\n  $ echo one\n  two\n\n  $ false\n\nThe end.\n-- a.txt --\nA\n\n-- b --\n';

  it('is told from the truth line by line', () => {
    expect(matches(['one [..] three', '[...]', 'end'], 'one two three\nx\ny\nend\n')).toBe(true);
    expect(matches(['one', '', 'two'], 'one\n\ntwo\n')).toBe(true);
    expect(matches(['one'], 'one\ntwo\n')).toBe(false);
    expect(matches(['a.b'], 'axb\n')).toBe(false);
    expect(matches([], '')).toBe(true);
    expect(matches([], 'one\n')).toBe(false);
  });

  it('is read into commands and files, and retold as it happened', () => {
    expect(parseStory(STORY)).toEqual({
      title: 'A story.',
      commands: [
        { line: 3, command: 'echo one', exit: 0, output: ['two'] },
        { line: 6, command: 'false', exit: 0, output: [] },
      ],
      files: { 'a.txt': 'A\n\n', b: '' },
    });
    const told = retold(STORY, new Map([[3, { status: 0, output: 'one\n' }], [6, { status: 1, output: '' }]]));
    expect(told).toBe(STORY.replace('  two\n', '  one\n').replace('  $ false\n', '  $ false\n  ? 1\n'));
    expect(() => parseStory('Only prose.\n')).toThrow(/without a command/);
  });
});
