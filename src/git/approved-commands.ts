import { crypto } from '../tree/crypto.ts';
import { now } from './clock.ts';
import { pathExists, writeFileAtomic } from './files.ts';
import type { Repository } from './repository.ts';

/** Whether a person has said of exactly these commands, in this order, that they may run in worktrees of this clone. */
export function areApproved(repository: Repository, commands: readonly string[]): boolean {
  return pathExists(placeOf(repository, commands));
}

/** Keeps that a person has said so, in the folder that all worktrees of this clone share and no other clone sees. */
export function approve(repository: Repository, commands: readonly string[]): void {
  writeFileAtomic(placeOf(repository, commands), `${JSON.stringify({ at: now(), commands }, null, 2)}\n`);
}

function placeOf(repository: Repository, commands: readonly string[]): string {
  return repository.statePath('approved', `${crypto().createHash('sha256').update(JSON.stringify(commands)).digest('hex')}.json`);
}
