import type { ScriptPath } from '../documents/script-docstring.ts';
import { contractOf, entriesMeet, type ContractEntry } from '../workflow/contract.ts';
import { scriptAt, scriptsOf, type Script } from '../workflow/node-scripts.ts';
import { pathShapes, shapeOfPath, shapesMeet } from '../workflow/path-shape.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import { shapesOf } from '../workflow/scope.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import { taskNodes, textsIn, type TaskNode } from '../workflow/task-tree.ts';

/** The rest of a ticket shows when these are mended. */
const MOST_REPORTS = 10;

export const rule: Rule = {
  id: 'script-contract',
  group: 'tree',
  severity: 'error',
  offIn: ['trunk', 'contrib'],

  *ticket({ tasks, archived, snapshot }) {
    const nodes = tasks && !archived ? taskNodes(tasks.data) : [];
    const found: Report[] = [];
    for (const node of nodes) {
      const scripts = scriptsOf(node, snapshot.tree);
      if (scripts.length > 0) found.push(...scripts.flatMap((script) => [...withoutSections(script, `${node.id} runs it`)]), ...disagreements(node, scripts, snapshot));
    }
    yield* found.slice(0, MOST_REPORTS);
  },

  /** Scripts of a pipeline that no node names. */
  *repository({ tree }, { options }, paths) {
    const patterns = textsIn(options.patterns).flatMap(pathShapes);
    if (patterns.length === 0) return;
    const files = paths === 'all' ? tree.walk([...new Set(patterns.map(({ prefix }) => prefix.slice(0, -1)))]).map(({ path }) => path) : paths;
    for (const path of files.filter((file) => patterns.some((shape) => shapesMeet(shape, shapeOfPath(file))))) {
      const script = scriptAt(tree, path);
      if (script) yield* withoutSections(script, 'WORKSPACE.md asks it of every script here');
    }
  },
};

function* withoutSections({ path, reads, writes }: Script, why: string): Iterable<Report> {
  const missing = [...(reads ? [] : ['Reads:']), ...(writes ? [] : ['Writes:'])];
  if (missing.length === 0) return;
  yield {
    path,
    line: (reads ?? writes)?.line ?? 1,
    message: `Unexpected docstring of ${path} without ${missing.join(' and ')}, expected both: ${why}`,
    remedy: `write ${missing.map((name) => `"${name}"`).join(' and ')} into its first comment, one path a line below each; "none" where there is nothing`,
  };
}

type Side = 'reads' | 'writes';

/** A contract is that of the node, or of the nearest phase that has one. */
function* disagreements(node: TaskNode, scripts: readonly Script[], { settings }: Snapshot): Iterable<Report> {
  let owner: TaskNode | undefined = node;
  while (owner && owner.data.inputs === undefined && owner.data.outputs === undefined) owner = owner.parent;
  if (!owner) return;
  const declared = { reads: contractOf(owner, 'inputs', settings), writes: contractOf(owner, 'outputs', settings) };
  const shaped = ({ path }: ScriptPath) => ({ shapes: shapesOf(path, settings.modules) });
  const says = (script: Script, side: Side, entry: Pick<ContractEntry, 'shapes'>) => script[side]?.paths.some((one) => entriesMeet(shaped(one), entry)) === true;
  for (const side of ['reads', 'writes'] as const) {
    const other = side === 'reads' ? 'writes' : 'reads';
    for (const script of scripts) {
      for (const one of script[side]?.paths ?? []) {
        // What one script of the node leaves for the next is nobody else's business.
        const isInside = scripts.some((next) => next !== script && says(next, other, shaped(one)));
        if (isInside || declared[side].some((entry) => entriesMeet(shaped(one), entry))) continue;
        yield undeclared(script, one, side, owner);
      }
    }
    if (node.data.type !== 'command') continue;
    const missed = declared[side].filter((entry) => !scripts.some((script) => says(script, side, entry)));
    const [script] = scripts.filter((one) => one[side]) as [Script?];
    for (const entry of script ? missed : []) yield unsaid(script as Script, entry, side);
  }
}

function undeclared({ path }: Script, { path: named, line }: ScriptPath, side: Side, { id }: TaskNode): Report {
  const list = side === 'reads' ? 'inputs' : 'outputs';
  return {
    path,
    line,
    message: `Unexpected ${named} that ${path} ${side}, expected what the ${list} of ${id} name`,
    remedy: `add ${named} to the ${list} of ${id} in tasks.md, or correct the docstring`,
  };
}

function unsaid(script: Script, { node, path: named }: ContractEntry, side: Side): Report {
  const [list, heading] = side === 'reads' ? ['inputs', 'Reads:'] : ['outputs', 'Writes:'];
  return {
    path: script.path,
    line: script[side]?.line ?? 1,
    message: `Unexpected ${heading} without ${named}, expected all ${list} of ${node.id}, which is this command and nothing else`,
    remedy: `add ${named} below ${heading}, or take it out of the ${list} of ${node.id} in tasks.md`,
  };
}
