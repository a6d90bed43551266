import { validators } from '../documents/generated/validators.js';
import { BASELINE_PATH } from '../documents/settings.ts';
import { shapeMessage } from '../documents/shape-message.ts';
import { readJson } from '../workflow/baseline.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import { ruleFacts } from './facts.generated.ts';

export const rule: Rule = {
  id: 'baseline-valid',
  group: 'repository',
  severity: 'error',

  *repository({ tree }, { program }, paths) {
    if (paths !== 'all' && !paths.includes(BASELINE_PATH)) return;
    const bytes = tree.read(BASELINE_PATH);
    if (bytes) yield* faults(bytes.toString(), program);
  },
};

function* faults(text: string, program: string): Iterable<Report> {
  const rewrite = `write it anew: ${program} check --all --baseline write`;
  const data = readJson(text);
  if (data === undefined) {
    const conflict = text.split('\n').findIndex((line) => /^(<{7}|={7}|>{7})/.test(line));
    const what = conflict === -1 ? 'Unexpected text' : 'Unexpected conflict marks';
    yield { path: BASELINE_PATH, line: conflict + 1 || 1, message: `${what}, expected JSON: nothing in the baseline is known until it can be read`, remedy: rewrite };
    return;
  }
  const shape = validators.baseline(data);
  for (const error of shape) yield { path: BASELINE_PATH, message: shapeMessage(error).message, remedy: rewrite };
  if (shape.length === 0) yield* useless(data as { findings: readonly { rule: string; fingerprint: string }[] }, text, program);
}

/** Entries that nothing ever goes by. */
function* useless({ findings }: { readonly findings: readonly { rule: string; fingerprint: string }[] }, text: string, program: string): Iterable<Report> {
  const facts = new Map(ruleFacts.map((one) => [one.id, one]));
  const lines = text.split('\n');
  for (const { rule: id, fingerprint } of findings) {
    const fact = facts.get(id);
    if (fact && !fact.isProtected) continue;
    yield {
      path: BASELINE_PATH,
      line: lines.findIndex((line) => line.includes(fingerprint)) + 1 || 1,
      severity: 'warning',
      message: `Unexpected rule ${id} in the baseline, expected one whose findings it may hold: ${fact ? 'what protects the freeze, histories and the archive always counts' : 'there is no such rule'}`,
      remedy: `take the entry out: ${program} check --all --baseline prune`,
    };
  }
}
