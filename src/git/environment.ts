import { devNull } from 'node:os';
import type { GitOptions } from './run.ts';

const BASE_ENV = {
  LC_ALL: 'C',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_LITERAL_PATHSPECS: '1',
  // A replacement ref or a graft would let a clone show the judge another history than the one that is pushed.
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: devNull,
};

/** The inherited environment with what every call needs. */
export function environmentOf(options: Pick<GitOptions, 'env' | 'asUser'>): NodeJS.ProcessEnv {
  return { ...process.env, ...(options.asUser ? {} : BASE_ENV), ...options.env };
}
