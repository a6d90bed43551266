import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/engine.ts';
import { rules } from '../../src/rules/index.generated.ts';
import type { Finding } from '../../src/tree/finding.ts';
import { MemoryTree } from '../harness/memory-tree.ts';

const IDS = ['plan-sections', 'continuity-shape', 'skill-standard', 'agent-standard'];

function judge(files: Record<string, string>, settings = ''): readonly Finding[] {
  const workspace = `---\ntreework: 1\nkinds: {plan: true, continuity: true, skill: true, agent: true}\n${settings}---\n`;
  return check({ before: [], after: new MemoryTree({ 'WORKSPACE.md': workspace, ...files }) }, { rules: rules.filter(({ id }) => IDS.includes(id)), scope: 'all', program: 'treework' }).findings;
}

const messages = (findings: readonly Finding[]) => findings.map(({ severity, message }) => `${severity}: ${message}`).join('\n');

describe('plans', () => {
  const plan = (status: string, body: string) => ({ '.plans/a.md': `---\ntitle: A\nstatus: ${status}\n---\n${body}` });

  it('are warned about as drafts, refused when approved, and not judged when rejected', () => {
    expect(judge(plan('draft', '## Goal\nTBD\n')).map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning', 'warning']);
    expect(judge(plan('approved', '## Goal\nTBD\n')).map(({ severity }) => severity)).toEqual(['error', 'error', 'error', 'error']);
    expect(judge(plan('rejected', 'TBD'))).toEqual([]);
  });

  it('may be written in another language', () => {
    const body = '# Ziel\nx\n# Vorgehen\ny, stattdessen z verworfen\n# Schritte\n- a\n# Dateien\nsrc\n';
    expect(judge(plan('approved', body), 'rules: {plan-sections: {sections: [Ziel, Vorgehen, Schritte, Dateien], alternatives: [verworfen]}}\n')).toEqual([]);
  });

  it('name their steps one by one', () => {
    expect(messages(judge(plan('approved', '## Goal\nx\n## Approach\ny instead of z\n## Steps\njust do it\n## Files\nsrc\n')))).toContain('Steps without a list');
  });
});

describe('CONTINUITY.md', () => {
  const body = ['Agent check-in', 'Current state', 'Task queue', 'Session log', 'Lessons'].map((name) => `## ${name}\nx\n`).join('');
  const page = (more: string) => ({ 'CONTINUITY.md': `---\ntitle: A\n---\n${body}${more}` });

  it('stays below its budget, and says where that ends', () => {
    expect(judge(page(''))).toEqual([]);
    const long = judge(page(`${'x'.repeat(79)}\n`.repeat(110)));
    expect(long).toMatchObject([{ line: expect.any(Number), message: expect.stringContaining('at most 2000') }]);
    expect(long[0]?.line).toBeGreaterThan(90);
    expect(judge(page(`${'x'.repeat(79)}\n`.repeat(110)), 'rules: {continuity-shape: {tokens: 3000}}\n')).toEqual([]);
  });

  it('trap: a placeholder that nobody fills in is refused', () => {
    expect(messages(judge(page('TBD\n')))).toContain('error: Unexpected "TBD"');
  });
});

describe('skills', () => {
  const skill = (front: string, body = 'Do it.\n') => ({ '.claude/skills/a-b/SKILL.md': `---\nname: a-b\n${front}\n---\n${body}` });
  const right = 'description: Use when it rains.';

  it('are shorter than 500 lines and 5,000 tokens', () => {
    expect(judge(skill(right, 'x\n'.repeat(499)))).toEqual([]);
    expect(messages(judge(skill(right, 'x\n'.repeat(500))))).toContain('500 lines');
    expect(messages(judge(skill(right, `${'x'.repeat(20_001)}\n`)))).toContain('at most 5000');
  });

  it('are listed whole', () => {
    expect(messages(judge(skill(`description: Use when ${'x'.repeat(1000)}\nwhen_to_use: ${'y'.repeat(600)}`)))).toContain('at most 1536');
  });

  it('take the keys of clients, unless they are to be strict', () => {
    expect(judge(skill(`${right}\nmodel: opus`))).toEqual([]);
    expect(messages(judge(skill(`${right}\nmodel: opus`), 'rules: {skill-standard: {strict: true}}\n'))).toContain('Unexpected key model');
  });

  it('hold no unfilled places and an empty body is none', () => {
    expect(messages(judge(skill('description: "[[fill: use when …]]"', '\n')))).toMatch(/empty body[^]*\[\[fill: use when|\[\[fill: use when[^]*empty body/);
  });

  it('name no files of others', () => {
    expect(judge(skill(right, 'See docs/references/x.md, my-scripts/a.sh and /assets/b.png.\n'))).toEqual([]);
  });
});

describe('agents', () => {
  const agent = (front: string) => ({ '.claude/agents/qa.md': `---\nname: qa\ndescription: Use when done.\n${front}---\nJudge.\n` });

  it.each([
    ['tools: read', 'did you mean Read?'],
    ['tools: ["Bash(git log)", "Wirte"]', 'did you mean Write?'],
    ['tools: "Read Grep"', 'expected a name such as Read'],
    ['isolation: container', 'expected worktree'],
    ['model: Sonnet', 'Unexpected model Sonnet'],
    ['background: maybe', 'expected true or false'],
  ])('%s', (front, message) => {
    expect(messages(judge(agent(`${front}\n`)))).toContain(message);
  });

  it.each(['tools: "*"', 'tools: [Read, mcp__a__b, SomethingNew]', 'model: haiku', 'model: claude-sonnet-4-5@20250929', 'isolation: worktree', 'background: true', 'tools: Agent(worker, researcher), Read'])('%s is right', (front) => {
    expect(judge(agent(`${front}\n`))).toEqual([]);
  });
});
