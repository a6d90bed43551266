import { requireCommit } from '../git/history.ts';
import { Repository } from '../git/repository.ts';
import type { Reason } from '../workflow/conventional-commit.ts';
import type { NextVersion, Release } from '../workflow/next-version.ts';
import type { Invocation, Outcome } from './command.ts';
import { versionFacts } from './version-facts.ts';

const MOST_SHOWN = 20;

/** The version that comes next, from the commits since the last tag and from what the packages offer. */
export async function versionGate({ cwd }: Invocation): Promise<Outcome> {
  const repository = Repository.open(cwd);
  const { answer, release, commits, reasons, manifest } = versionFacts(repository, requireCommit(repository, 'HEAD'));
  return {
    exit: 0,
    json: { ...answer, tag: release?.tag ?? null, manifest: manifest ?? null, commits: commits.length, reasons: reasons.map(({ level, why, commit }) => ({ level: level ?? null, why, ...(commit !== undefined && { commit }) })) },
    text: () => lines(answer, release, reasons).join('\n'),
  };
}

function lines({ current, next, bump, notes }: NextVersion, release: Release | undefined, reasons: readonly Reason[]): string[] {
  const asking = reasons.filter(({ level }) => level !== undefined);
  const quiet = reasons.length - asking.length;
  const shown = ['major', 'minor', 'patch'].flatMap((level) => asking.filter((reason) => reason.level === level));
  return [
    `current   ${current ?? 'none'}${release ? ` (tag ${release.tag})` : ''}`,
    `next      ${next === null ? 'none: nothing that anybody would notice has changed' : `${next}${bump === null ? '' : ` (${bump})`}`}`,
    ...notes.map((note) => `          ${note}`),
    ...shown.slice(0, MOST_SHOWN).map(({ level, why, commit }) => `  ${(level as string).padEnd(7)} ${commit === undefined ? '' : `${commit.slice(0, 8)} `}${why}`),
    ...(shown.length > MOST_SHOWN ? [`  and ${shown.length - MOST_SHOWN} more`] : []),
    ...(quiet > 0 ? [`  ${quiet} ${quiet === 1 ? 'commit asks' : 'commits ask'} for no version`] : []),
  ];
}
