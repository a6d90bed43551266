import { UserError } from '../../error.ts';

/** What a fake says of when and who. */
export interface FakeOptions {
  /** A moment such as 2026-11-20T10:30:00Z. */
  readonly now: () => string;
  readonly author: string;
}

export function absent(what: string): never {
  throw new UserError(`Unexpected ${what}, expected one that is there`, 'make it first', 'not-found');
}

export function conflict(what: string): UserError {
  return new UserError(`Unexpected ${what}, expected none`, 'look at what is there', 'conflict');
}
