import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/engine.ts';
import { rules } from '../../src/rules/index.generated.ts';
import type { Finding } from '../../src/tree/finding.ts';
import type { Change } from '../../src/tree/tree.ts';
import type { Rule } from '../../src/workflow/rule.ts';
import { MemoryTree } from '../harness/memory-tree.ts';
import { ruleIds, rulePages, treesOf, type Example } from '../harness/rule-page.ts';

const LARGEST_PAGE = 4096;
const pages = rulePages();

/** What this rule alone says about an example. */
async function judge(rule: Rule, example: Example): Promise<readonly Finding[]> {
  const trees = await treesOf(example);
  const before = trees.before.map((files) => new MemoryTree(files));
  const change = { before, after: new MemoryTree(trees.after), ...momentOf(example) };
  return check(change, { rules: [rule], scope: before.length > 0 ? 'changed' : 'all', program: 'treework' }).findings;
}

/** With `ref`, the step is an update of that branch, of the trunk where it is `main`, by one commit with the message. */
function momentOf({ message, ref, now }: Example): Partial<Change> {
  const commits = message === undefined ? [] : [{ oid: '1'.repeat(40), parents: ['0'.repeat(40)], message }];
  return {
    ...(message !== undefined && ref === undefined && { message }),
    ...(ref !== undefined && { ref, isRange: true, update: { isTrunk: ref === 'main', commits } }),
    ...(now && { now }),
  };
}

function place({ path, line, column, severity }: Finding): string {
  return `${path}:${line}:${column} ${severity}`;
}

describe.each(pages)('$id', ({ id, path, text, examples }) => {
  const rule = rules.find((one) => one.id === id);

  it.each(examples)('$title', async (example) => {
    const findings = await judge(rule as Rule, example);
    const said = findings.map((finding) => `${place(finding)}\n  ${finding.message}\n  mend: ${finding.remedy}`).join('\n');
    expect(findings.map(place), `${path}:${example.line} "${example.title}"; the rule said:\n${said || '(nothing)'}`).toEqual(example.findings);
    for (const finding of findings) {
      expect(finding.message, 'a message says what was expected').toMatch(/expected/);
      expect(finding.remedy.trim(), `the remedy of: ${finding.message}`).not.toBe('');
    }
  });

  it('has a page that is whole', () => {
    expect(rule, `${path} stands beside no rule`).toBeDefined();
    const [title, , promise] = text.split('\n');
    expect(title).toBe(`# ${id}`);
    expect(promise, 'line 3 says in bold what is refused').toMatch(/^\*\*.+\*\*$/);
    expect(text.replace(/^(`{3,}).*?^\1$/gms, '').match(/^## .+$/gm)?.filter((heading) => heading !== '## Options')).toEqual(['## Why', '## Mend', '## Examples']);
    expect(examples.filter((example) => example.findings.length > 0), 'an example with findings').not.toEqual([]);
    expect(examples.filter((example) => example.findings.length === 0), 'an example without findings').not.toEqual([]);
    expect(Buffer.byteLength(text), 'bytes of the page').toBeLessThanOrEqual(LARGEST_PAGE);
  });
});

it('every rule has a page and stands in the index', () => {
  expect(pages.map((page) => page.id).sort()).toEqual(ruleIds().sort());
  expect(rules.map((rule) => rule.id).sort()).toEqual(ruleIds().sort());
});
