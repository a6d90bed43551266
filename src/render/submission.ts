import { oneLine, printable } from './plain-text.ts';

/** What a person is told of one branch of a submission. */
export interface SubmissionLine {
  readonly branch: string;
  readonly base: string;
  readonly push: 'none' | 'create' | 'fast-forward' | 'force' | 'refused';
  /** The commit that is given up at the remote where it is forced. */
  readonly over: string | undefined;
  /** `undefined`: pull requests are not known here. */
  readonly pull: { readonly step: 'open' | 'update' | 'none' | 'closed'; readonly reference: string | undefined; readonly title: string; readonly fields: readonly string[] } | undefined;
  readonly excess: { readonly is: string; readonly most: string } | undefined;
}

const PUSHES = { none: 'pushed already', create: 'push, new there', 'fast-forward': 'push', force: 'push, forced over', refused: 'refused' } as const;

/** What a submission does, the bottom first; two lines a branch. */
export function submissionText(lines: readonly SubmissionLine[], remote: string): string {
  return lines.flatMap((line) => [`  ${printable(line.branch)} -> ${printable(remote)}: ${pushWords(line)}`, `    ${pullWords(line)}${line.excess ? `\n    ! ${line.excess.is} to review, at most ${line.excess.most} are read well` : ''}`]).join('\n');
}

function pushWords({ push, over }: SubmissionLine): string {
  return push === 'force' && over !== undefined ? `${PUSHES.force} ${over.slice(0, 10)}, which submit pushed before` : PUSHES[push];
}

function pullWords({ pull, base }: SubmissionLine): string {
  const into = `into ${printable(base)}`;
  if (!pull) return into;
  const reference = printable(pull.reference ?? '');
  if (pull.step === 'open') return `open a pull request ${into}: ${oneLine(pull.title, 100)}`;
  if (pull.step === 'closed') return `${reference} was closed without a merge: left alone`;
  if (pull.step === 'none') return `${reference} ${into}, as it should be`;
  return `update ${reference}: ${pull.fields.map((field) => (field === 'base' ? into : field)).join(', ')}`;
}
