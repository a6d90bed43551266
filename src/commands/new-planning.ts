import { UserError } from '../error.ts';
import { withWorkTree } from '../git/work-tree.ts';
import { packageFile } from '../git/package-file.ts';
import { kindDocument } from '../render/kind-document.ts';
import { governedRoots } from '../documents/place.ts';
import { WORKSPACE_PATH } from '../documents/settings.ts';
import type { Edit } from '../tree/edit.ts';
import { OverlayTree } from '../tree/overlay-tree.ts';
import { PLANNING_DOCUMENTS } from '../workflow/planning.ts';
import { refuse, write } from './answer.ts';
import type { Invocation, Outcome } from './command.ts';
import { requiredLine, settingsGiven } from './inputs.ts';
import { judgeEdits } from './judge-edits.ts';
import { factsOfKind, knownKind, templateOf } from './kind-sources.ts';
import { newDocument, switchedOn } from './new-document.ts';
import { refuseExisting } from './new-draft.ts';
import { planningPath, slugGiven } from './planning-folder.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Requirements, architecture and epics of one undertaking at once; without its name one document, like any kind's. */
export async function newPlanning(invocation: Invocation): Promise<Outcome> {
  const [, given, extra] = invocation.positionals;
  if (extra !== undefined) throw new UserError(`Unexpected ${JSON.stringify(extra)} after new planning ${given}, expected options`, `${invocation.program} new planning ${given} --title "WHAT IS PLANNED"`, 'usage');
  if (given === undefined) return newDocument(invocation, [], { template: ownTemplate(settingsGiven(invocation.values).get('document')) });
  const workspace = openWorkspace(invocation);
  const slug = slugGiven(given);
  const edits = editsFor(workspace, slug, requiredLine(invocation.values, 'title', 'WHAT IS PLANNED'));
  refuseExisting(workspace, edits);
  const roots = [...new Set([...governedRoots(workspace.settings), WORKSPACE_PATH, ...edits.map(({ path }) => path)])];
  return withWorkTree(workspace.repository, roots.includes('') ? [''] : roots, (work) => {
    const findings = judgeEdits(workspace, work, edits, invocation.program);
    if (findings.length > 0) return refuse(new OverlayTree(work, edits), findings, invocation, 'nothing was written');
    const { program } = invocation;
    return write(workspace, invocation, {
      edits,
      message: `docs: plan ${slug}`,
      description: `fill in what is marked, requirements first, then commit; ${program} new spec --from ${edits[0]?.path.replace(/\/[^/]*$/, '')} begins the spec of a ticket with it`,
      done: `requirements, architecture and epics of ${slug}`,
      json: { planning: slug },
    });
  });
}

function editsFor(workspace: Workspace, slug: string, title: string): Edit[] {
  const kind = knownKind(workspace, 'planning') as NonNullable<ReturnType<typeof knownKind>>;
  const facts = factsOfKind(workspace, kind);
  const documents = PLANNING_DOCUMENTS.map((document): Edit => {
    const template = kind.template === undefined ? { text: ownTemplate(document) as string, path: `generators/planning/${document}.md` } : templateOf(workspace, kind);
    const content = kindDocument({ template: template.text, templatePath: template.path, facts, places: ['slug', 'document'], known: new Map([['slug', slug], ['title', title]]), given: new Map([['document', document]]) });
    return { path: planningPath(workspace, slug, document), content, expect: 'absent' };
  });
  return workspace.settings.kinds.some(({ name }) => name === kind.name) ? documents : [...documents, switchedOn(workspace, kind)];
}

function ownTemplate(document: string | undefined): string | undefined {
  return PLANNING_DOCUMENTS.some((name) => name === document) ? packageFile(`generators/planning/${document}.md`) : undefined;
}
