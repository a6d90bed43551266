import { isAbsolute, join } from 'node:path';
import { parseDocument } from '../documents/parse.ts';
import { placeOf, type DocumentKind, type Place } from '../documents/place.ts';
import { settingsOf, WORKSPACE_PATH, type Settings } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { readBytes, writeFileAtomic } from '../git/files.ts';
import { mergeTexts, type MarkerStyle } from '../git/merge-text.ts';
import { Repository } from '../git/repository.ts';
import { conflictLines, mergeDocument, type MergeTools } from '../workflow/merge-document.ts';
import { mergeRulesOf } from '../workflow/merge-rules.ts';
import type { Command, Invocation } from './command.ts';
import { mergedReadme } from './merge-readme.ts';

export const command: Command = {
  summary: 'what git calls to merge one governed document: frontmatter as data, text as text',
  usage: ['merge-driver BASE OURS THEIRS PATH [--marker-size N] [--output FILE]'],
  options: {
    'marker-size': { type: 'string', help: 'length of the conflict marks, 7 by default (%L)' },
    output: { type: 'string', help: 'where to write the result; OURS by default' },
    ours: { type: 'string', help: 'name of our side in conflict marks (%X)' },
    base: { type: 'string', help: 'name of the common ancestor (%S)' },
    theirs: { type: 'string', help: 'name of their side (%Y)' },
  },
  async run(invocation) {
    const repository = Repository.open(invocation.cwd);
    const { files, path, output, style } = argumentsOf(invocation);
    const place = placeOf(settingsHere(repository), path);
    const merged = mergedReadme(repository, place, path, files, (kind) => toolsFor(repository, kind, style)) ?? mergeDocument(files, toolsFor(repository, kindOf(place), style));
    if (merged === undefined) throw new UserError(`Unexpected bytes in ${path} that are no text, expected a document`, 'take one of the two files as it is: git checkout --ours or --theirs', 'not-text');
    writeFileAtomic(output, merged.text);
    const { conflicts } = merged;
    const text = conflicts === 0 ? '' : `treework: ${conflicts} ${conflicts === 1 ? 'conflict' : 'conflicts'} in ${path}: keep what is right of both sides, then git add`;
    return { exit: conflicts === 0 ? 0 : 1, json: { path, conflicts }, text, stream: 'stderr' };
  },
};

function argumentsOf({ positionals, values, cwd, program }: Invocation) {
  const [base, ours, theirs, path] = positionals;
  const size = values['marker-size'] === undefined ? 7 : Number(values['marker-size']);
  if (base === undefined || ours === undefined || theirs === undefined || path === undefined || positionals.length > 4 || !Number.isInteger(size) || size < 1) {
    throw new UserError('Unexpected arguments, expected BASE OURS THEIRS PATH and a size of at least 1', `git calls it: ${program} hooks sets that up`, 'usage');
  }
  const at = (name: string) => (isAbsolute(name) ? name : join(cwd, name));
  const read = (name: string) => {
    const bytes = readBytes(at(name));
    if (bytes === undefined) throw new UserError(`Unexpected missing file ${name}, expected the versions that git wrote`, `${program} merge-driver --help`, 'usage');
    return bytes;
  };
  const label = (name: 'ours' | 'base' | 'theirs') => (typeof values[name] === 'string' ? values[name] : name);
  const style: MarkerStyle = { size, labels: { ours: label('ours'), base: label('base'), theirs: label('theirs') } };
  return { path, style, output: at(typeof values.output === 'string' ? values.output : ours), files: { base: read(base), ours: read(ours), theirs: read(theirs) } };
}

function toolsFor(repository: Repository, kind: DocumentKind | undefined, style: MarkerStyle): MergeTools {
  const folder = join(repository.gitDir, 'treework');
  const merge = (base: string, ours: string, theirs: string) => {
    const merged = mergeTexts(base, ours, theirs, style, folder, repository.options);
    return merged && { text: merged.text.toString(), conflicts: merged.conflicts };
  };
  const rules = mergeRulesOf(kind, (base, ours, theirs) => {
    const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
    const merged = merge(text(base), text(ours), text(theirs));
    return merged?.conflicts === 0 ? merged.text.split('\n').slice(0, -1) : undefined;
  });
  return {
    rules,
    text: ({ base, ours, theirs }) => merge(base, ours, theirs),
    write: (conflict) => conflictLines(conflict, { ...style, hasBase: repository.config('merge.conflictStyle')?.endsWith('diff3') === true }),
  };
}

function kindOf(place: Place | undefined): DocumentKind | undefined {
  return place && place.kind !== 'readme' && place.kind !== 'attachment' && place.kind !== 'stray' ? place.kind : undefined;
}

/** What the work tree's WORKSPACE.md says, else HEAD's. */
function settingsHere(repository: Repository): Settings {
  const bytes = repository.root === undefined ? undefined : readBytes(join(repository.root, WORKSPACE_PATH));
  const data = bytes && parseDocument(bytes).data;
  if (data) return settingsOf(data);
  const committed = repository.tryGit(['cat-file', 'blob', `HEAD:${WORKSPACE_PATH}`]);
  return settingsOf(committed.status === 0 ? parseDocument(committed.stdout).data : undefined);
}
