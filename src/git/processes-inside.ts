import { readlinkSync } from 'node:fs';
import { join, sep } from 'node:path';
import { namesIn, readText } from './files.ts';

export interface RunningProcess {
  readonly pid: number;
  /** Its program; '' where the system does not say. */
  readonly name: string;
}

/**
 * Other processes whose current folder is a folder or below it, as far as the system tells cheaply:
 * Linux, and there the processes that this one may look at; none elsewhere.
 */
export function processesInside(folders: readonly string[]): Map<string, RunningProcess[]> {
  const inside = new Map<string, RunningProcess[]>(folders.map((folder) => [folder, []]));
  if (process.platform !== 'linux') return inside;
  for (const entry of namesIn('/proc')) {
    const pid = /^\d+$/.test(entry) ? Number(entry) : process.pid;
    const cwd = pid === process.pid ? undefined : linkOf(join('/proc', entry, 'cwd'));
    if (cwd === undefined) continue;
    for (const [folder, processes] of inside) {
      if (isWithin(cwd, folder)) processes.push({ pid, name: readText(join('/proc', entry, 'comm'))?.trim() ?? '' });
    }
  }
  return inside;
}

/** Whether a path is a folder or below it; both absolute, links followed. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // Gone meanwhile, or somebody else's.
    return undefined;
  }
}
