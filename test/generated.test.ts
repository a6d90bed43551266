import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commands } from '../src/commands/index.generated.ts';
import { ruleFacts } from '../src/rules/facts.generated.ts';
import { rules } from '../src/rules/index.generated.ts';
import { ruleIds } from './harness/rule-page.ts';
import { PACKAGE_ROOT } from './harness/sandbox.ts';

it('everything that is generated is what its source says', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/codegen.mjs', '--check'], { cwd: PACKAGE_ROOT, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

it('a rule is named as its file is', () => {
  expect(rules.map(({ id }) => id)).toEqual(ruleIds().sort());
});

it('the facts of a rule are what the rule says', () => {
  expect(ruleFacts).toEqual(rules.map(({ id, group, severity, isProtected, offIn }) => ({ id, group, severity, isProtected: isProtected === true, offIn: offIn ?? [] })));
});

it('a verb loads from the file of its name and says how it is used', async () => {
  const files = readdirSync(join(PACKAGE_ROOT, 'src/commands'));
  for (const [verb, load] of Object.entries(commands)) {
    expect(files).toContain(`${verb}.ts`);
    const { summary, usage, options } = (await load()).command;
    expect(summary.trim()).not.toBe('');
    for (const line of usage) expect(line.split(' ')[0]).toBe(verb);
    for (const [name, { help }] of Object.entries(options)) expect(help, `${verb} --${name}`).not.toBe('');
  }
});
