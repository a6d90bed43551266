import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** Loading it takes node five milliseconds, and a hook for which git has read ahead starts nothing. */
export function childProcess(): typeof import('node:child_process') {
  return load('node:child_process') as typeof import('node:child_process');
}
