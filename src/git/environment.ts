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

/** What git sets for a hook or an alias, and what then holds for every repository that is worked on. */
const OF_ONE_REPOSITORY = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_COMMON_DIR', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_NAMESPACE'];

/** For a verb that works in several repositories: each is found by its folder from now on. */
export function leaveHookRepository(): void {
  for (const name of OF_ONE_REPOSITORY) delete process.env[name];
}
