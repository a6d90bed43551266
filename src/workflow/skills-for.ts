import type { Situation } from './workflow-phase.ts';

/** Names of the skills that teach what is to be done in a phase, the first one first. */
const SKILLS: Readonly<Record<Situation['phase'], readonly string[]>> = {
  trunk: ['work', 'next'],
  none: ['plan'],
  drafting: ['plan'],
  specified: ['plan'],
  frozen: ['implement'],
  working: ['implement'],
  'awaiting-qa': ['review'],
  waiting: ['review', 'next'],
  blocked: ['next'],
  done: ['retro', 'archive'],
  archived: ['work', 'next'],
};

/** The skills that fit: a proposed change is looked at before anything else, an open fork beside it. */
export function skillsFor({ phase, isProposed, isForked }: Situation): readonly string[] {
  return [...(isProposed ? ['change'] : []), ...(isForked ? ['fork'] : []), ...SKILLS[phase]];
}
