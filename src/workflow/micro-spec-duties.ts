import { clipped, item, paragraph, type Part, type Piece } from './fit.ts';
import type { About } from './micro-spec.ts';
import { code } from './micro-spec-work.ts';
import type { NodeStatus } from './node-status.ts';
import { precedenceOf } from './precedence.ts';
import { nearestRole, REVIEWER, TEST_WRITER } from './roles.ts';
import { scopeOf } from './scope.ts';
import { leafTypeOf, leavesOf, type TaskNode } from './task-tree.ts';

const MOST_PATTERNS = 20;
/** What waits for others is in a later wave. */
const AT_WORK: ReadonlySet<NodeStatus> = new Set(['in_progress', 'awaiting-qa', 'failed', 'ready', 'reopened']);

/** What it may change, and what is somebody else's meanwhile. */
export function scopePart(about: About): Part {
  const { ticket, status, state } = about;
  const { node } = state;
  const { modules } = ticket.snapshot.settings;
  const scope = scopeOf(node, modules);
  const own: Piece[] = scope
    ? [paragraph(`It may change${scope.owner === node ? '' : ` (as ${scope.owner.id} says)`}:`), ...listed(scope.patterns.map(({ text }) => code(text))), ...scope.exceptions.map(({ text }) => item(`but not ${code(text.slice(1))}`))]
    : [paragraph('Nothing limits what it may change; keep to what the requirements need.')];
  const trailer = leafTypeOf(node) === 'agent' && node.children.length === 0 ? [paragraph(`Its commits carry the line ${code(`Node: ${ticket.id}/${node.id}`)}.${node.data.plan === 'required' ? ' A new file needs an approved plan first.' : ''}`)] : [];
  const all = status.nodes.map((one) => one.node);
  const precedes = precedenceOf(all);
  const beside = leavesOf(all).filter((leaf) => leaf !== node && AT_WORK.has(status.byId.get(leaf.id)?.status ?? 'pending') && isBeside(leaf, node, precedes));
  const others = beside.flatMap((leaf): Piece[] => {
    const limits = scopeOf(leaf, modules);
    return limits ? [{ name: `the scope of ${leaf.id}`, forms: [`- ${leaf.id}: ${limits.patterns.slice(0, MOST_PATTERNS).map(({ text }) => code(clipped(text, 120))).join(', ')}\n`, ''], rank: 70 }] : [];
  });
  return {
    title: 'Scope',
    pieces: [...own, ...trailer, ...(others.length > 0 ? [paragraph('Others may be at work on:'), ...others] : [])],
    rest: (count) => `- and ${count} nodes more\n`,
  };
}

function listed(texts: readonly string[]): Piece[] {
  return [...texts.slice(0, MOST_PATTERNS).map((text) => item(clipped(text, 200))), ...(texts.length > MOST_PATTERNS ? [item(`and ${texts.length - MOST_PATTERNS} patterns more: tasks.md has them`)] : [])];
}

/** Neither comes first, and neither holds the other. */
function isBeside(one: TaskNode, other: TaskNode, precedes: (a: TaskNode, b: TaskNode) => boolean): boolean {
  for (let at: TaskNode | undefined = one; at; at = at.parent) if (at === other) return false;
  return !precedes(one, other) && !precedes(other, one);
}

/** How it is checked, and how to say what came of it. */
export function verificationPart(about: About): Part {
  const { ticket, status, state, program, role, covered } = about;
  const { node, life } = state;
  const { maxRetries } = ticket.snapshot.settings.execution;
  const verb = (name: string, rest = '') => code(`${program} ${name} ${node.id}${rest} --ticket ${ticket.id}`);
  const title = 'Verification';
  if (node.children.length > 0 || node.data.type === 'phase') return { title, pieces: [paragraph('Its status follows from the nodes in it; nobody reports it.')] };
  const attempts = paragraph(`${life.failures} of ${maxRetries + 1} attempts failed; after the last one a person decides.`);
  const against = covered.length > 0 ? [paragraph(`It is complete when ${covered.length === 1 ? 'the requirement above is' : `all ${covered.length} requirements above are`} met, each scenario by a test.`)] : [];
  const type = leafTypeOf(node);
  if (type === 'command') return { title, pieces: [paragraph(`Exit status 0 of the command is the pass: ${verb('node run')}`), attempts] };
  if (type === 'human') return { title, pieces: [paragraph('A person decides and says so:'), item(`yes: ${verb('node approve')}`), item(`no: ${verb('node reject', ' --reason WHY')}`)] };
  if (role === REVIEWER || state.status === 'awaiting-qa') return { title, pieces: [...against, ...reviewing(about, verb), attempts] };
  const tests = status.nodes.some((one) => one.node.data.role === TEST_WRITER && one.node !== node) && role === 'implementer' && covered.length > 0;
  return {
    title,
    pieces: [
      ...against,
      ...(role === 'test-writer' ? [paragraph('The new tests have to fail first, for what is not there yet. That run is the evidence, and your last word with it:'), item(code(`${program} gate --red ${node.id} --ticket ${ticket.id}`))] : []),
      ...(tests ? [paragraph('The tests are written already: make them pass, and leave them as they are.')] : []),
      paragraph('Your last word, for those who come after (L0 one line; L1 a JSON file with "decisions", "contracts", "files"; L2 a Markdown file, the full account):'),
      item(verb('node done', ' --l0 "WHAT WAS MADE" --l1 FILE --l2 FILE')),
      paragraph('Then somebody else checks it. If you cannot go on:'),
      item(verb('node release', ' --reason "WHY"')),
      attempts,
    ],
  };
}

/** What somebody says who checks the work of others. */
function reviewing({ status }: About, verb: (name: string, rest?: string) => string): Piece[] {
  const hasTests = status.nodes.some((one) => nearestRole(one.node) === TEST_WRITER);
  return [
    paragraph('You check it, and did none of it: run it, try to break it, change nothing. Then say'),
    item(`it holds: ${verb('node complete', ' --verdict pass --verified-by YOU')}`),
    item(`it does not: ${verb('node fail', ' --finding "WHAT IS WRONG"')}`),
    ...(hasTests ? [paragraph('With `--gate` the tests are run first: they have to pass, those of a test-writer to fail.')] : []),
  ];
}
