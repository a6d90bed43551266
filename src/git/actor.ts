import { basename } from 'node:path';
import { UserError } from '../error.ts';
import type { Repository } from './repository.ts';

/**
 * Who acts, as declared: `by` (the option), else TREEWORK_ACTOR, else git's email and the
 * worktree's name as `email/worktree`. Throws a UserError when none of them says anything.
 */
export function actorOf(repository: Repository, by: string | undefined): string {
  for (const [given, name] of [[by, '--by'], [process.env.TREEWORK_ACTOR, 'TREEWORK_ACTOR']] as const) {
    if (given === undefined || (given === '' && name !== '--by')) continue;
    const actor = given.trim();
    if (actor === '' || /[\u0000-\u001f\u007f]/.test(actor)) {
      throw new UserError(`Unexpected ${name} ${JSON.stringify(given)}, expected a name on one line`, 'say who acts: --by NAME', 'actor');
    }
    return actor;
  }
  const email = process.env.GIT_AUTHOR_EMAIL || repository.config('user.email');
  if (!email) {
    throw new UserError('Unexpected absence of an actor, expected --by, TREEWORK_ACTOR or an email in git’s configuration', 'git config user.email you@example.com, or say --by NAME', 'actor');
  }
  return `${email}/${basename(repository.workRoot)}`;
}
