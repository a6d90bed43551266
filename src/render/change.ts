import type { RequirementWords } from '../documents/settings.ts';
import type { Edit } from '../tree/edit.ts';
import { draft, wordsOf } from './documents.ts';
import { renderTemplate } from './template.ts';

export const IMPACTS = ['additive', 'blocking', 'replacing'] as const;
export type Impact = (typeof IMPACTS)[number];

export interface ChangeInputs {
  /** Of the record, from the repository's root. */
  readonly path: string;
  readonly title: string;
  readonly impact: Impact;
  readonly reason?: string;
  readonly blocks: readonly string[];
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface ChangeDraft extends ChangeInputs {
  readonly words: RequirementWords;
  /** What a replacing record can change: names and digests. */
  readonly requirements: readonly { readonly name: string; readonly digest: string }[];
}

/** A proposed change record with the delta sections that its class allows, to be filled in. */
export function changeDraftEdits(inputs: ChangeDraft, template: string): Edit[] {
  const requirements = inputs.requirements.map(({ name, digest }) => ({ name: name.replaceAll('-->', '--&gt;'), digest }));
  return [recordEdit(inputs, renderTemplate(template, { ...wordsOf(inputs.words), impact: inputs.impact, requirements }))];
}

/** A proposed change record with this body. */
export function recordEdit({ path, title, impact, reason, blocks, by, at }: ChangeInputs, body: string): Edit {
  const data = {
    title,
    impact,
    status: 'proposed',
    ...(reason !== undefined && { reason }),
    ...(blocks.length > 0 && { blocks: [...blocks] }),
    history: [{ to: 'proposed', by, at }],
  };
  return draft(path, data, body);
}
