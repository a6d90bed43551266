import { UserError } from '../error.ts';
import { packageFile } from '../git/package-file.ts';
import { ruleFacts } from '../rules/facts.generated.ts';
import type { RuleFacts } from '../workflow/rule.ts';
import type { Command, Outcome } from './command.ts';

export const command: Command = {
  summary: 'what a rule refuses, why, and how to mend it; without a name, all rules',
  usage: ['explain', 'explain RULE'],
  options: {},
  async run({ positionals, program }) {
    const [id, ...others] = positionals;
    if (others.length > 0) throw new UserError(`Unexpected ${others[0]} after ${id}, expected one rule`, `${program} explain ${id}`);
    return id === undefined ? overview() : page(id, program);
  },
};

async function page(id: string, program: string): Promise<Outcome> {
  const facts = ruleFacts.find((one) => one.id === id);
  if (!facts) throw await unknown(id, program);
  const text = pageOf(facts);
  return { exit: 0, json: { ...factsOf(facts), page: text }, text };
}

function overview(): Outcome {
  const rules = ruleFacts.map((facts) => ({ ...factsOf(facts), summary: summaryOf(pageOf(facts)) }));
  const width = Math.max(...rules.map(({ rule }) => rule.length)) + 2;
  return { exit: 0, json: { rules }, text: rules.map(({ rule, off_in: offIn, summary }) => `${rule.padEnd(width)}${whereOn(offIn)}${summary}`).join('\n') };
}

/** Where a rule that is off by default is on: by its name under `rules`, or in the other flow. */
function whereOn(offIn: RuleFacts['offIn']): string {
  if (offIn.length === 0) return '';
  return offIn.length > 1 ? '(opt-in) ' : `(opt-in in flow ${offIn[0]}) `;
}

function factsOf({ id, group, severity, isProtected, offIn }: RuleFacts) {
  return { rule: id, group, severity, protected: isProtected, off_in: offIn };
}

function pageOf({ id }: RuleFacts): string {
  return packageFile(`rules/${id}.md`);
}

/** The bold sentence below the title, without its marks. */
function summaryOf(text: string): string {
  return /^\*\*(.+)\*\*$/m.exec(text)?.[1] ?? '';
}

async function unknown(id: string, program: string): Promise<UserError> {
  const { nearest } = await import('../documents/nearest.ts');
  const meant = nearest(id, ruleFacts.map((facts) => facts.id));
  return new UserError(`Unexpected rule ${id}, expected one that ${program} explain lists`, meant ? `did you mean ${program} explain ${meant}?` : `${program} explain`, 'unknown-rule');
}
