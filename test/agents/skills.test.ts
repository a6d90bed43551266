import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/index.generated.ts';
import { check } from '../../src/check/engine.ts';
import { agentsSection } from '../../src/render/agents-section.ts';
import { rules } from '../../src/rules/index.generated.ts';
import { PACKAGE_ROOT } from '../harness/sandbox.ts';
import { MemoryTree } from '../harness/memory-tree.ts';

const read = (path: string) => readFileSync(join(PACKAGE_ROOT, path), 'utf8');
const skills = readdirSync(join(PACKAGE_ROOT, 'skills'));
const agents = readdirSync(join(PACKAGE_ROOT, 'agents'));
const texts = [
  ...skills.flatMap((name) => [`skills/${name}/SKILL.md`, ...(existsSync(join(PACKAGE_ROOT, 'skills', name, 'references')) ? readdirSync(join(PACKAGE_ROOT, 'skills', name, 'references')).map((file) => `skills/${name}/references/${file}`) : [])]),
  ...agents.map((name) => `agents/${name}`),
];
const describing = (path: string) => /^name: (.+)\ndescription: (.+)$/m.exec(read(path)) ?? [];

describe('what the plugin brings', () => {
  it('has the nine skills of the cycle, and those beside it', () => {
    expect(skills).toEqual(['archive', 'change', 'checkpoint', 'config', 'fork', 'implement', 'import', 'learn', 'next', 'plan', 'resume', 'retro', 'review', 'split', 'sync', 'work']);
    expect(agents).toEqual(['implementer.md', 'planner.md', 'reviewer.md', 'test-writer.md']);
  });

  it('passes our own rules for skills and agents, strictly', () => {
    const workspace = '---\ntreework: 1\nkinds:\n  skill: {path: "skills/{{slug}}/SKILL.md"}\n  agent: {path: "agents/{{slug}}.md"}\nrules: {skill-standard: {strict: true}}\n---\n';
    const tree = new MemoryTree({ 'WORKSPACE.md': workspace, ...Object.fromEntries(texts.map((path) => [path, read(path)])) });
    const { findings, documents } = check({ before: [], after: tree }, { rules, scope: 'all', program: 'treework' });
    expect(findings.map(({ path, line, message }) => `${path}:${line} ${message}`)).toEqual([]);
    expect(documents).toBeGreaterThanOrEqual(skills.length + agents.length);
  });

  it('X14: what is always in the context is at most 2 KB; a skill is at most 1,200 tokens, a reference 600', () => {
    const always = [...skills.map((name) => `skills/${name}/SKILL.md`), ...agents.map((name) => `agents/${name}`)].map((path) => describing(path).slice(1).join(': '));
    expect(Buffer.byteLength(`${always.join('\n')}\n${agentsSection('npx treework')}`)).toBeLessThanOrEqual(2048);
    for (const path of texts) expect([path, Buffer.byteLength(read(path)) <= (path.includes('/references/') ? 2400 : 4800)]).toEqual([path, true]);
  });

  it('docs/agents.md says what each costs', () => {
    const tokens = (text: string) => Math.ceil(Buffer.byteLength(text) / 4);
    const listing = (path: string) => describing(path).slice(1).join(': ');
    const references = (name: string) => texts.filter((path) => path.startsWith(`skills/${name}/references/`)).map((path) => `${path.split('/').at(-1)} ${tokens(read(path))}`).join(', ');
    const rows = [
      ...skills.map((name) => ({ path: `skills/${name}/SKILL.md`, label: `\`${name}\``, more: `${references(name)} ` })),
      ...agents.map((name) => ({ path: `agents/${name}`, label: `agent \`${name.replace('.md', '')}\``, more: '' })),
    ].map(({ path, label, more }) => `| ${label} | ${tokens(listing(path))} | ${tokens(read(path))} | ${more}|`);
    const [, table] = /<!-- costs -->\n([\s\S]*?)\n<!-- \/costs -->/.exec(read('docs/agents.md')) ?? [];
    expect(table?.split('\n').slice(2, -1)).toEqual(rows);
  });

  it('says when a skill is for, not what it does', () => {
    for (const path of texts.filter((one) => !one.includes('/references/'))) expect([path, describing(path)[2]]).toEqual([path, expect.stringMatching(/^Use when /)]);
  });

  it('says in each skill what to run, how to read the answer, what done means and what not to do; in each agent how it replies', () => {
    const headings = (path: string) => [...read(path).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    for (const name of skills) expect([name, headings(`skills/${name}/SKILL.md`)]).toEqual([name, ['Run', 'Read the answer', 'Done means', 'Red flags']]);
    for (const name of agents) expect([name, read(`agents/${name}`)]).toEqual([name, expect.stringMatching(/\nReply with exactly this[^\n]*\n\n```\n[\s\S]+```\n$/)]);
    // Who judges writes no file but by the verbs.
    expect(read('agents/reviewer.md')).toMatch(/^tools: Read, Grep, Glob, Bash$/m);
  });

  it('names only verbs and options that there are', async () => {
    const lines = texts.flatMap((path) => [...read(path).matchAll(/`{1,3}(?:sh\n)?([^`]*)`{1,3}/g)].flatMap(([, code = '']) => code.split('\n')).flatMap((line) => [...line.matchAll(/(?:^|\s|\$\(|")treework ([a-z][a-z-]*)([^#)]*)/g)].map(([, verb = '', rest = '']) => ({ path, verb, rest }))));
    expect(lines.length).toBeGreaterThan(80);
    const wrong: string[] = [];
    for (const { path, verb, rest } of lines) {
      const load = Object.hasOwn(commands, verb) ? commands[verb] : undefined;
      if (!load) {
        wrong.push(`${path}: ${verb}`);
        continue;
      }
      const { command } = await load();
      const known = new Set([...Object.keys(command.options), 'json', 'cwd', 'help']);
      for (const [, option = ''] of rest.matchAll(/(?:^|\s)--([a-z][a-z0-9-]*)/g)) if (!known.has(option)) wrong.push(`${path}: ${verb} --${option}`);
    }
    expect(wrong).toEqual([]);
  });

  it('the plugin says the version of the package, and its hooks call programs that are built', () => {
    const plugin = JSON.parse(read('.claude-plugin/plugin.json')) as { version: string; name: string };
    const { version, name } = JSON.parse(read('package.json')) as { version: string; name: string };
    expect([plugin.name, plugin.version]).toEqual([name, version]);
    const { hooks } = JSON.parse(read('hooks/hooks.json')) as { hooks: Record<string, { hooks: { command: string; args: string[] }[] }[]> };
    const programs = Object.entries(hooks).flatMap(([event, entries]) => entries.flatMap((entry) => entry.hooks.map((hook) => [event, hook.command, ...hook.args])));
    expect(programs.length).toBe(8);
    for (const [event, command, program = '', argument] of programs) {
      expect([event, command, argument]).toEqual([event, 'node', event]);
      expect(existsSync(join(PACKAGE_ROOT, program.replace('${CLAUDE_PLUGIN_ROOT}/', '')))).toBe(true);
    }
  });
});
