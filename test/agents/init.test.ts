import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withAgentsSection, agentsSection } from '../../src/render/agents-section.ts';
import { planPlaced } from '../../src/workflow/placed-files.ts';
import { PACKAGE_ROOT, Sandbox } from '../harness/sandbox.ts';
import { ask, done, FOLDER, frozen, paste, status } from '../verbs/fixture.ts';
import { fire } from './client.ts';

let sandbox: Sandbox;
let repository: string;
let root: string;

beforeEach(() => {
  sandbox = new Sandbox();
  repository = frozen(sandbox);
  root = join(sandbox.root, repository);
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(PACKAGE_ROOT, join(root, 'node_modules/treework'));
  writeFileSync(join(root, '.gitignore'), 'node_modules\n');
});

afterEach(() => sandbox.remove());

const init = () => ask(sandbox, repository, ['init', '--yes', '--agents']);
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const agentChecks = () => (JSON.parse(sandbox.treework(repository, 'doctor', '--json').stdout) as { checks: { name: string; ok: boolean; message: string }[] }).checks.filter(({ name }) => name.startsWith('agent'));

describe('init --agents', () => {
  it('places skills and agents for every client from one source, hooks and what agents are to know; again changes nothing', () => {
    init();
    const skills = readdirSync(join(PACKAGE_ROOT, 'skills'));
    expect([readdirSync(join(root, '.claude/skills')), readdirSync(join(root, '.agents/skills'))]).toEqual([skills, skills]);
    expect(read('.claude/skills/plan/references/spec.md')).toBe(readFileSync(join(PACKAGE_ROOT, 'skills/plan/references/spec.md'), 'utf8'));
    expect(readdirSync(join(root, '.claude/agents'))).toEqual(readdirSync(join(PACKAGE_ROOT, 'agents')));
    expect(Object.keys((JSON.parse(read('.claude/settings.json')) as { hooks: object }).hooks)).toContain('PreToolUse');
    expect(Buffer.byteLength(read('AGENTS.md'))).toBeLessThanOrEqual(1024);
    const before = status(sandbox, repository);
    expect(init().wrote).toEqual([]);
    expect(status(sandbox, repository)).toBe(before);
    expect(before).not.toContain('settings.local.json');
  });

  it('keeps what people wrote: settings, AGENTS.md, a skill that they changed', () => {
    sandbox.write(repository, {
      'AGENTS.md': '# Ours\r\n\r\nBe kind.\r\n',
      'CLAUDE.md': '# Ours\n',
      '.claude/settings.json': '{\n\t"model": "opus",\n\t"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say"}]}]}\n}\n',
      '.claude/skills/plan/SKILL.md': '---\nname: plan\ndescription: Use when we plan.\n---\nOurs.\n',
    });
    const { notes } = init();
    expect(notes.join('\n')).toMatch(/plan\/SKILL\.md was changed here[\s\S]*@AGENTS\.md/);
    expect(read('.claude/skills/plan/SKILL.md')).toContain('Ours.');
    expect(read('AGENTS.md')).toMatch(/^# Ours\r\n\r\nBe kind\.\r\n\r\n<!-- treework: begin/);
    const settings = JSON.parse(read('.claude/settings.json')) as { model: string; hooks: { Stop: object[] } };
    expect([settings.model, settings.hooks.Stop.length]).toEqual(['opus', 2]);
    appendFileSync(join(root, '.claude/skills/next/SKILL.md'), '\nOur own line.\n');
    rmSync(join(root, '.claude/skills/fork'), { recursive: true });
    expect(init().wrote).toContain('.claude/skills/fork/SKILL.md');
    expect(read('.claude/skills/next/SKILL.md')).toContain('Our own line.');
    expect((JSON.parse(read('.claude/settings.json')) as { hooks: { Stop: object[] } }).hooks.Stop.length).toBe(2);
  });

  describe('the commit that it names', () => {
    const inHead = (where = repository) => sandbox.git(where, 'show', '--name-only', '--format=', 'HEAD').trim().split('\n').sort();

    it('is one short line, of exactly what was placed: nothing that people have there, put there meanwhile, or staged', () => {
      sandbox.write(repository, { '.claude/skills/ours/SKILL.md': 'Ours.\n', '.claude/agents/ours.md': 'Ours.\n', 'staged.txt': 'x\n' });
      sandbox.git(repository, 'add', 'staged.txt');
      const { wrote, next_action } = init();
      expect([wrote.length > 40, next_action.command.length < 200]).toEqual([true, true]);
      sandbox.write(repository, { '.agents/skills/later/SKILL.md': 'Ours.\n' });
      done(paste(sandbox, next_action));
      expect(inHead()).toEqual([...wrote].sort());
      expect(status(sandbox, repository).split('\n').sort()).toEqual(['', '?? .agents/skills/later/SKILL.md', '?? .claude/agents/ours.md', '?? .claude/skills/ours/SKILL.md', '?? .gitignore', 'A  staged.txt']);
    });

    it('can be run from a folder inside, and in a linked worktree', () => {
      mkdirSync(join(root, "it's a folder"));
      const inside = ask(sandbox, `${repository}/it's a folder`, ['init', '--yes', '--agents']);
      done(paste(sandbox, inside.next_action));
      expect(inHead()).toEqual([...inside.wrote].sort());
      sandbox.git(repository, 'worktree', 'add', '-q', '../the tree', 'HEAD~1');
      const linked = ask(sandbox, 'the tree', ['init', '--yes', '--agents']);
      done(paste(sandbox, linked.next_action));
      expect(inHead('the tree')).toEqual([...linked.wrote].sort());
    });

    it('leaves out what git ignores, and says so', () => {
      writeFileSync(join(root, '.gitignore'), 'node_modules\n.claude/\n');
      const { wrote, notes, next_action } = init();
      expect(notes.join('\n')).toMatch(/git ignores \.claude\/agents \(4 files\), \.claude\/skills \(\d+ files\), \.claude\/settings\.json: they stay in this clone/);
      done(paste(sandbox, next_action));
      expect(inHead()).toEqual(wrote.filter((path: string) => !path.startsWith('.claude/')).sort());
    });

    it('holds what is no longer shipped, also where it never was committed', () => {
      const manifest = '.treework/agents.json';
      const { next_action } = init();
      const shipped = read('.agents/skills/next/SKILL.md');
      const old = ['.agents/skills/old/SKILL.md', '.agents/skills/older/SKILL.md'];
      sandbox.write(repository, Object.fromEntries(old.map((path) => [path, shipped])));
      const placed = JSON.parse(read(manifest)) as { files: Record<string, string> };
      for (const path of old) placed.files[path] = placed.files['.agents/skills/next/SKILL.md'] as string;
      writeFileSync(join(root, manifest), JSON.stringify(placed));
      done(paste(sandbox, next_action));
      sandbox.git(repository, 'add', old[0] as string);
      sandbox.git(repository, 'commit', '-q', '--no-verify', '-m', 'docs: old');
      const again = init();
      expect(again.wrote).toEqual([...old, manifest]);
      done(paste(sandbox, again.next_action));
      expect(inHead()).toEqual([old[0], manifest]);
    });
  });

  it('denies the tools of the client what is frozen, in this clone, in step with what is', () => {
    const exclude = join(root, '.git/info/exclude');
    writeFileSync(exclude, 'mine');
    init();
    expect(readFileSync(exclude, 'utf8')).toBe('mine\n/.claude/settings.local.json\n');
    const denied = () => (JSON.parse(read('.claude/settings.local.json')) as { permissions: { deny: string[] } }).permissions.deny;
    expect(denied()).toEqual(['Edit(/docs/specs/ARCHIVED/**)', `Edit(/${FOLDER}/spec.md)`]);
    writeFileSync(join(root, '.claude/settings.local.json'), JSON.stringify({ permissions: { allow: ['Bash(ls)'], deny: ['Read(.env)', ...denied()] } }));
    done(sandbox.treework(repository, 'unfreeze', '--ticket', 'PROJ-7'));
    done(fire(sandbox, 'SessionStart', { cwd: root, source: 'startup' }));
    expect(JSON.parse(read('.claude/settings.local.json'))).toEqual({ permissions: { allow: ['Bash(ls)'], deny: ['Read(.env)', 'Edit(/docs/specs/ARCHIVED/**)'] } });
    writeFileSync(join(root, '.claude/settings.local.json'), '{ // mine\n');
    expect(fire(sandbox, 'SessionStart', { cwd: root, source: 'startup' }).stdout).toContain('PROJ-7');
    expect(read('.claude/settings.local.json')).toBe('{ // mine\n');
  });

  it('X15: uninstall takes away what was placed and nobody changed, and leaves the rest as it was', () => {
    sandbox.write(repository, { 'AGENTS.md': '# Ours\n', '.claude/settings.json': '{\n  "model": "opus"\n}\n' });
    const before = status(sandbox, repository);
    init();
    appendFileSync(join(root, '.claude/agents/reviewer.md'), 'Ours.\n');
    expect(ask(sandbox, repository, ['uninstall']).notes.join()).toContain('.claude/agents/reviewer.md stays');
    expect([read('AGENTS.md'), read('.claude/settings.json')]).toEqual(['# Ours\n', '{\n  "model": "opus"\n}\n']);
    rmSync(join(root, '.claude/agents/reviewer.md'));
    expect(status(sandbox, repository)).toBe(before);
  });

  it('lets the client make worktrees by work, where that was asked for: of a ticket, and of anything else', () => {
    ask(sandbox, repository, ['init', '--yes', '--agents', '--worktrees']);
    expect(Object.keys((JSON.parse(read('.claude/settings.json')) as { hooks: object }).hooks)).toContain('WorktreeCreate');
    const made = (name: string) => fire(sandbox, 'WorktreeCreate', { cwd: root, name });
    expect(made('PROJ-9').stdout.trim().split('\n').at(-1)).toBe(join(sandbox.root, 'repo.trees/PROJ-9-work'));
    expect(made('scratch').stdout.trim()).toBe(join(root, '.claude/worktrees/scratch'));
    expect(made('scratch').status).toBe(0);
    expect([made('../x').status, made('').status]).toEqual([2, 2]);
  });

  it('writes nothing where the client’s settings cannot be read', () => {
    sandbox.write(repository, { '.claude/settings.json': '{ // ours\n' });
    const answer = ask(sandbox, repository, ['init', '--yes', '--agents'], 2);
    expect(answer.error.message).toContain('.claude/settings.json');
    expect(existsSync(join(root, 'AGENTS.md'))).toBe(false);
  });

  it('X20: doctor fires every hook of the client, and says which are dead and what is stale', () => {
    expect(agentChecks()).toEqual([]);
    init();
    expect(agentChecks()).toEqual([expect.objectContaining({ name: 'agents', ok: true }), expect.objectContaining({ name: 'agent-hooks', ok: true, message: expect.stringContaining('SessionStart, PreToolUse, PostToolUse, PostToolBatch, PreCompact, Stop, SubagentStop, TaskCompleted') })]);
    expect(existsSync(join(root, FOLDER, 'checkpoints'))).toBe(false);
    rmSync(join(root, '.agents/skills/next/SKILL.md'));
    rmSync(join(root, 'node_modules/treework'));
    expect(agentChecks().map(({ name, ok }) => [name, ok])).toEqual([['agents', false], ['agent-hooks', false]]);
    mkdirSync(join(root, 'node_modules/treework/dist/hooks'), { recursive: true });
    writeFileSync(join(root, 'node_modules/treework/dist/hooks/agent.cjs'), 'process.exit(3)\n');
    expect(agentChecks().filter(({ ok }) => !ok).length).toBe(9);
  });
});

describe('copies of what is shipped', () => {
  it('follow the next version where nobody touched them, and go with it', () => {
    const first = planPlaced(new Map([['a', 'one'], ['b', 'one']]), {}, () => undefined);
    const disk = new Map(first.edits.map(({ path, content }) => [path, Buffer.from(String(content))]));
    disk.set('b', Buffer.from('mine'));
    const second = planPlaced(new Map([['b', 'two'], ['c', 'two']]), first.placed, (path) => disk.get(path));
    expect([second.edits.map(({ path, content }) => [path, content]), second.kept]).toEqual([[['c', 'two'], ['a', undefined]], ['b']]);
    expect(second.placed.b).toBe(first.placed.b);
  });

  it('AGENTS.md keeps all that stands around the part', () => {
    const first = withAgentsSection('# A\n', agentsSection('treework'));
    const more = `${first}\n# B\n`;
    expect(withAgentsSection(more, agentsSection('npx treework'))).toBe(more.replaceAll('`treework ', '`npx treework '));
  });
});
