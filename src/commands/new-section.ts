import { join } from 'node:path';
import { outlineOf } from '../documents/outline.ts';
import { parseDocument } from '../documents/parse.ts';
import { governedRoots, placeOf } from '../documents/place.ts';
import { UserError } from '../error.ts';
import { readBytes, relativeToRoot } from '../git/files.ts';
import { withWorkTree } from '../git/work-tree.ts';
import { fill } from '../render/documents.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { lineOf, requiredLine } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** A section at the end of a document: of CONTINUITY.md, or of the one that `--path` names; with `--context` a ticket's plan. */
export async function newSection(invocation: Invocation): Promise<Outcome> {
  if (invocation.values.context === true) return (await import('./new-context-section.ts')).newContextSection(invocation);
  const workspace = openWorkspace(invocation);
  const title = requiredLine(invocation.values, 'title', 'RISKS');
  const { repository, settings } = workspace;
  const path = documentOf(workspace, invocation);
  const edit = withSection(workspace, path, title);
  const roots = [...new Set([...governedRoots(settings), path])];
  return withWorkTree(repository, roots.includes('') ? [''] : roots, (work) => {
    const findings = judgeEdits(workspace, work, [edit], invocation.program, 'new');
    if (findings.length > 0) return refuse(new OverlayTree(work, [edit]), findings, invocation, 'nothing was written');
    return write(workspace, invocation, {
      edits: [edit],
      message: `docs: ${title}`,
      description: 'write the section, then commit',
      done: `a section ${title} in ${path}`,
      json: { section: title },
    });
  });
}

/** The document that is meant, which has a kind. */
function documentOf({ repository, settings }: Workspace, { cwd, program, values }: Invocation): string {
  const asked = lineOf(values, 'path');
  const state = settings.kinds.find(({ name }) => name === 'continuity')?.path;
  const path = asked === undefined ? state : relativeToRoot(repository.workRoot, cwd, asked);
  if (asked === undefined && path === undefined) throw new UserError('Unexpected absence of --path, expected the document that gets the section', `--path docs/adr/0001-use-git.md; ${program} new continuity --title PROJECT begins the one that is meant without it`, 'input');
  if (path === undefined || !placeOf(settings, path)) throw new UserError(`Unexpected --path ${asked}, expected a document that WORKSPACE.md governs`, `${program} why ${asked} says more`, 'input');
  return path;
}

function withSection({ repository, settings }: Workspace, path: string, title: string): Edit {
  const bytes = readBytes(join(repository.workRoot, path));
  if (!bytes) throw new UserError(`Unexpected absence of ${path}, expected a document`, 'make it first', 'no-path');
  const parsed = parseDocument(bytes);
  const outline = outlineOf(parsed);
  const [problem] = [...parsed.problems, ...(outline.problem ? [outline.problem] : [])];
  if (problem && parsed.text === '') throw new UserError(`${problem.message} (${path}:${problem.line})`, problem.remedy, 'input');
  const there = outline.headings.find(({ text }) => text.toLowerCase() === title.toLowerCase());
  if (there) throw new UserError(`Unexpected second section ${there.text}, expected a title that ${path} does not have yet`, `edit ${path}:${there.line}`, 'exists');
  const eol = /\r\n/.test(parsed.text) ? '\r\n' : '\n';
  // What is read at the start of every session has no places to fill in.
  const text = placeOf(settings, path)?.kind === 'continuity' ? 'Nothing yet.' : fill(title.replaceAll(/[[\]]/g, ''));
  return { path, content: `${parsed.text.replace(/\s+$/, '')}${eol}${eol}## ${title}${eol}${eol}${text}${eol}`, expect: bytes };
}
