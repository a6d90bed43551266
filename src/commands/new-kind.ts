import { join } from 'node:path';
import { setValue } from '../documents/edit.ts';
import { inferKind, inferPattern, type InferredKind } from '../documents/infer-kind.ts';
import { isKindName, isPreset } from '../documents/kinds.ts';
import { parseDocument } from '../documents/parse.ts';
import { pathMatcher, staticPrefix } from '../documents/path-pattern.ts';
import { placeOf } from '../documents/place.ts';
import { pathIn } from '../documents/setting-values.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import { UserError } from '../error.ts';
import { readBytes } from '../git/files.ts';
import { withWorkTree } from '../git/work-tree.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { lineOf } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { refuseExisting } from './new-draft.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
/** Of a kind that begins from nothing. */
const FIRST_SCHEMA = {
  type: 'object',
  required: ['title'],
  additionalProperties: false,
  properties: { title: { description: 'What it is about, in a few words.', type: 'string', pattern: '\\S', 'x-expected': 'some text' } },
};

/** A kind of the repository's own: schema, template and entry in WORKSPACE.md, from files that are there or from nothing. */
export async function newKind(invocation: Invocation): Promise<Outcome> {
  const workspace = openWorkspace(invocation);
  const name = nameOf(workspace, invocation);
  const from = lineOf(invocation.values, 'from');
  const path = lineOf(invocation.values, 'path');
  if ((from === undefined) === (path === undefined)) throw new UserError(`Unexpected ${from === undefined ? 'absence of --from' : '--path beside --from'}, expected one of the two`, `${invocation.program} new kind ${name} --from 'docs/${name}/*.md'; without such files: --path 'docs/${name}/{{number}}-{{slug}}.md'`, 'input');
  const pattern = patternOf((from ?? path) as string, from === undefined ? 'path' : 'from');
  const root = staticPrefix(pattern);
  const { repository, settings } = workspace;
  return withWorkTree(repository, root === '' ? [''] : [WORKSPACE_PATH, root, '.treework'], (work) => {
    const kind = from === undefined ? firstKind(pattern, invocation) : inferred(work, pattern, (one) => placeOf(settings, one) !== undefined);
    const edits = editsFor(workspace, name, kind);
    refuseExisting(workspace, edits);
    const findings = judgeEdits(workspace, work, edits, invocation.program);
    if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, 'nothing was written');
    return write(workspace, invocation, {
      edits,
      message: `chore: documents at ${kind.path} are of kind ${name}`,
      description: `read the schema and the template, then commit; ${invocation.program} new ${name} makes a document`,
      done: `${name} is a kind of this repository: ${kind.path}`,
      json: { kind: name, pattern: kind.path, sections: kind.sections, unique: kind.unique },
    });
  });
}

function nameOf({ settings }: Workspace, { positionals, program }: Invocation): string {
  const [, name, extra] = positionals;
  if (name === undefined || extra !== undefined) throw new UserError(`Unexpected ${extra === undefined ? 'absence of a name' : JSON.stringify(extra)}, expected one name of a kind`, `${program} new kind adr --from 'docs/adr/*.md'`, 'usage');
  if (!isKindName(name)) throw new UserError(`Unexpected name ${JSON.stringify(name)}, expected small letters, digits and hyphens, and none that has a meaning already`, `${program} new kind adr --from 'docs/adr/*.md'`, 'input');
  if (isPreset(name)) throw new UserError(`Unexpected name ${name}, expected one that treework does not ship`, `${program} new ${name} switches it on; its path can be set under kinds in ${WORKSPACE_PATH}`, 'exists');
  if (settings.kinds.some((kind) => kind.name === name)) throw new UserError(`Unexpected second kind ${name}, expected a name that is not under kinds of ${WORKSPACE_PATH} yet`, `${program} new ${name} makes a document of it`, 'exists');
  return name;
}

function patternOf(given: string, option: string): string {
  const pattern = pathIn(given.replace(/^\.\//, ''));
  if (pattern !== undefined && !/[\\]|^[A-Za-z]:/.test(pattern)) return pattern;
  throw new UserError(`Unexpected --${option} ${given}, expected a pattern inside the repository, from its root, without ..`, `--${option} 'docs/adr/*.md'`, 'path-outside');
}

function firstKind(path: string, { values }: Invocation): InferredKind {
  const sections = [values.section].flat().flatMap((section) => (typeof section === 'string' && section.trim() !== '' ? section.trim() : []));
  const parts = sections.length > 0 ? sections.map((section) => `## ${section}\n\n[[fill: ${section.replaceAll(/[[\]]/g, '')}]]\n`).join('\n') : '[[fill: what it says]]\n';
  return { path, schema: FIRST_SCHEMA, sections, unique: path.includes('{{number}}') ? ['number'] : [], template: `---\ntitle: {{title}}\n---\n${parts}` };
}

function inferred(work: Tree, pattern: string, isTaken: (path: string) => boolean): InferredKind {
  const matches = pathMatcher(pattern);
  const paths = work.walk([staticPrefix(pattern)]).filter(({ path, type }) => type === 'file' && matches(path) && !isTaken(path)).map(({ path }) => path);
  const narrowed = pathMatcher(inferPattern(pattern, paths));
  const shown = paths.filter((path) => narrowed(path));
  if (shown.length === 0) throw new UserError(`Unexpected pattern ${pattern} that matches no file without a kind, expected the files that show what a document looks like`, 'quote the pattern, and write it from the root of the repository; without such files: --path', 'no-path');
  work.prefetch(shown);
  return inferKind(pattern, shown.map((path) => ({ path, parsed: parseDocument(work.read(path) ?? Buffer.alloc(0)) })));
}

function editsFor({ repository }: Workspace, name: string, kind: InferredKind): Edit[] {
  const bytes = readBytes(join(repository.workRoot, WORKSPACE_PATH)) as Buffer;
  const entry = { path: kind.path, ...(kind.sections.length > 0 && { sections: kind.sections }), ...(kind.unique.length > 0 && { unique: kind.unique }) };
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`;
  const schema = kind.schema && `${JSON.stringify({ $schema: DIALECT, title, ...kind.schema }, null, 2)}\n`;
  return [
    { path: WORKSPACE_PATH, content: setValue(bytes.toString(), ['kinds', name], entry), expect: bytes },
    ...(schema === undefined ? [] : [{ path: `.treework/schemas/${name}.schema.json`, content: schema, expect: 'absent' as const }]),
    { path: `.treework/generators/${name}.md`, content: kind.template, expect: 'absent' },
  ];
}
