import { isPreset } from '../documents/kinds.ts';
import { UserError } from '../error.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { WRITE_OPTIONS } from './inputs.ts';

/** Each kind's generator, loaded when asked for. */
const KINDS: Readonly<Record<string, () => Promise<(invocation: Invocation) => Outcome | Promise<Outcome>>>> = {
  idea: async () => (await import('./new-draft.ts')).newIdea,
  spec: async () => (await import('./new-draft.ts')).newSpec,
  tasks: async () => (await import('./new-tasks.ts')).newTasks,
  change: async () => (await import('./new-change.ts')).newChange,
  directory: async () => (await import('./new-directory.ts')).newDirectory,
  section: async () => (await import('./new-section.ts')).newSection,
  run: async () => (await import('./new-run.ts')).newRun,
  plan: async () => (await import('./new-plan.ts')).newPlan,
  planning: async () => (await import('./new-planning.ts')).newPlanning,
  kind: async () => (await import('./new-kind.ts')).newKind,
};

export const command: Command = {
  summary: 'scaffold a document: idea, spec, tasks (freezes the spec), change, directory, and every other kind',
  usage: [
    'new idea [--ticket ID] --title TITLE',
    'new spec [--ticket ID] --title TITLE [--capability NAME]',
    'new spec [--ticket ID] [--from planning/SLUG] [--interactive] [--title TITLE] [--set QUESTION=ANSWER…]',
    'new tasks [--ticket ID] [--title GOAL] [--why WHY] [--node ID…] [--preset ticket|phases|tree|oneshot] [--from planning/SLUG]',
    'new planning SLUG --title TITLE',
    'new plan [--ticket ID] [--node NODE] [--title TITLE]',
    'new change [--ticket ID] --impact additive|blocking|replacing --title TITLE [--reason WHY] [--blocks NODE…] [--by ACTOR]',
    'new change [--ticket ID] --from-edit [--title TITLE]',
    'new change [--ticket ID] --from-living [--title TITLE]',
    'new directory PATH',
    'new section --title HEADING [--path PATH]',
    'new section --context [--ticket ID] [--path PATH]',
    'new KIND [--title TITLE] [--set KEY=VALUE…] [--path PATH]',
    'new run [--operation NAME] [--period PERIOD]',
    'new kind NAME --from PATTERN',
    'new kind NAME --path PATTERN [--section HEADING…]',
  ],
  options: {
    ticket: { type: 'string', help: 'the ticket; else what the folder, the branch or the worktree says' },
    title: { type: 'string', help: 'what it is about, in a few words' },
    capability: { type: 'string', help: 'spec: the living spec it is promoted to' },
    why: { type: 'string', help: 'tasks: why the goal is worth reaching' },
    node: { type: 'string', multiple: true, help: 'tasks: a node to begin with (build); plan: the node it is for' },
    preset: { type: 'string', help: 'tasks: a whole workflow: ticket (tests first), phases (setup to release), tree (three phases), oneshot (writes nothing)' },
    impact: { type: 'string', help: 'change: additive (only adds), replacing (modifies, removes, renames) or blocking (holds up nodes)' },
    'from-edit': { type: 'boolean', help: 'change: make the record from the edit of spec.md, and put the frozen text back' },
    'from-living': { type: 'boolean', help: 'change: bring together what the ticket and the living spec of its capability say of the same requirements' },
    reason: { type: 'string', help: 'change: why the spec has to change' },
    blocks: { type: 'string', multiple: true, help: 'change: a node that waits until this is decided' },
    by: { type: 'string', help: 'change: who proposes; else TREEWORK_ACTOR, else git’s email and the worktree' },
    operation: { type: 'string', help: 'run: the operation’s folder; else the one the current folder is in, or the only one' },
    period: { type: 'string', help: 'run: 2026-11-20, 2026-W47, 2026-11, 2026-Q4 or 2026; else the one that now is in, by the operation’s period' },
    interactive: { type: 'boolean', help: 'spec: ask what is open' },
    set: { type: 'string', multiple: true, help: 'spec: an answer; other kinds: KEY=VALUE of the frontmatter, or of a place in the template or the path' },
    path: { type: 'string', help: 'other kinds: where it goes, where the kind leaves a choice; kind: which files are of it; section: the document, else CONTINUITY.md, with --context CONTEXT.md' },
    context: { type: 'boolean', help: 'section: the plan of a ticket between marks, for an overview such as CONTEXT.md; again: what is there is written anew' },
    from: { type: 'string', help: 'spec, tasks: a folder of planning documents; kind: files that show what one looks like' },
    section: { type: 'string', multiple: true, help: 'kind: a heading that every document has' },
    ...WRITE_OPTIONS,
  },
  async run(invocation) {
    const [kind, ...rest] = invocation.positionals;
    const load = kind !== undefined && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
    if (rest.length > 0 && kind !== 'directory' && kind !== 'kind' && kind !== 'planning') throw new UserError(`Unexpected ${JSON.stringify(rest[0])} after new ${kind}, expected options`, `quote titles: ${invocation.program} new ${kind} --title "SOME WORDS"`, 'usage');
    if (!load) return (await import('./new-document.ts')).newDocument(invocation, Object.keys(KINDS).filter((name) => !isPreset(name)));
    return (await load())(invocation);
  },
};
