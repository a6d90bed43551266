import { schemaFacts } from '../documents/schema-facts.ts';
import { placeValues, staticPrefix } from '../documents/path-pattern.ts';
import { governedRoots, placeOf } from '../documents/place.ts';
import { meets } from '../documents/where.ts';
import { UserError } from '../error.ts';
import { packageFile } from '../git/package-file.ts';
import { withWorkTree } from '../git/work-tree.ts';
import { listText, type ListedDocument } from '../render/listing.ts';
import type { Tree } from '../tree/tree.ts';
import { firstProblem } from '../workflow/first-problem.ts';
import { Snapshot } from '../workflow/snapshot.ts';
import type { Command } from './command.ts';
import { conditionsIn, refuseUnknown, valueAt } from './conditions.ts';
import { factsOfKind, unknownKind } from './kind-sources.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Kinds of the core that have documents enough to ask for. */
const CORE = ['idea', 'spec', 'tasks', 'node', 'change', 'fork', 'checkpoint', 'retro'];
/** Read at once: bounds memory. */
const CHUNK = 256;

export const command: Command = {
  summary: 'all tickets over worktrees and branches; or the documents of a kind',
  usage: ['list [--all] [--where KEY=VALUE…]', 'list KIND [--where KEY=VALUE…]'],
  options: {
    all: { type: 'boolean', help: 'finished tickets, too' },
    where: { type: 'string', multiple: true, help: 'a condition: KEY=VALUE, !=, <, <=, >, >= or ~ (contains); several hold all, with a comma or given again' },
  },
  async run(invocation) {
    if (invocation.positionals.length === 0) return (await import('./list-tickets.ts')).listTickets(invocation);
    const workspace = openWorkspace(invocation);
    const [kind, extra] = invocation.positionals;
    if (extra !== undefined) throw new UserError(`Unexpected ${JSON.stringify(extra)} after list ${kind}, expected options`, `${invocation.program} list ${kind} --where status=accepted`, 'usage');
    const own = workspace.settings.kinds.find(({ name }) => name === kind);
    if (kind === undefined || (!own && !CORE.includes(kind))) throw unknownKind(workspace, kind, CORE, `${invocation.program} list`);
    const conditions = conditionsIn(invocation);
    const facts = own ? factsOfKind(workspace, own) : schemaFacts(JSON.parse(packageFile(`schemas/${kind}.schema.json`)) as Record<string, unknown>);
    const roots = own ? [staticPrefix(own.path), ...(own.schema === undefined ? [] : [own.schema])] : [...governedRoots({ ...workspace.settings, kinds: [], directories: [] }), workspace.settings.layout.operations ?? []].flat();
    return withWorkTree(workspace.repository, roots.includes('') ? [''] : roots, (work) => {
      const documents = documentsOf(workspace, work, kind);
      const keys = new Set([...facts.properties.keys(), ...documents.flatMap(({ data }) => Object.keys(data))]);
      refuseUnknown(conditions, [...keys, 'path'], `kind ${kind}`);
      const listed = documents.filter((one) => one.problem !== undefined || conditions.every((condition) => meets(valueAt({ path: one.path, ...one.data }, condition.key), condition)));
      const broken = listed.filter((one) => one.problem !== undefined);
      return {
        exit: 0,
        json: { kind, documents: listed.filter((one) => one.problem === undefined).map(({ path, data }) => ({ path, data })), broken: broken.map(({ path, problem }) => ({ path, ...problem })), count: documents.length },
        text: () => listText(listed, { kind, keys: [...keys], asked: conditions.map(({ key }) => key), count: documents.length, program: invocation.program }),
      };
    });
  },
};

/** Every document of the kind, with what its path says where its frontmatter does not. */
function documentsOf({ settings }: Workspace, work: Tree, kind: string): ListedDocument[] {
  const own = settings.kinds.find(({ name }) => name === kind);
  const roots = own ? [staticPrefix(own.path)] : [settings.layout.specs, settings.layout.archived, settings.layout.operations ?? []].flat();
  const paths = work.walk(roots).flatMap(({ path, type }) => (type === 'file' && placeOf(settings, path)?.kind === kind ? [path] : []));
  const snapshot = new Snapshot(work, settings);
  const listed: ListedDocument[] = [];
  for (let at = 0; at < paths.length; at += CHUNK) {
    const chunk = paths.slice(at, at + CHUNK);
    work.prefetch(chunk);
    for (const path of chunk) {
      const document = snapshot.document(path);
      if (!document) continue;
      const places = own ? Object.fromEntries([...placeValues(own.path, path)].map(([name, value]) => [name, /^\d+$/.test(value) ? Number(value) : value])) : {};
      const problem = firstProblem(document);
      listed.push({ path, data: { ...places, ...document.data }, ...(problem && { problem }) });
    }
    snapshot.forget();
  }
  return listed;
}
