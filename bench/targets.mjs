/** The targets: each says what it compares, its limit, and whether this run met it. */


/**
 * `measures` is the list that the run made. A target whose numbers are missing says why; with
 * `partial` those that this run was not asked for are left out.
 */
export function judge(measures, starts, partial) {
  const find = (measure, row) => {
    const rows = measures.find(({ id }) => id === measure)?.rows;
    const found = rows?.find(({ id }) => id === row);
    if (found?.median !== undefined) return found;
    throw new Missing(found?.why ? `${found.label} did not run: ${found.why}` : OUTSIDE);
  };
  const median = (measure, row) => find(measure, row).median;
  const atMost = (text, limit, value, unit = '×') => target(text, limit, value, unit, (a, b) => a <= b);
  const atLeast = (text, limit, value, unit = '×') => target(text, limit, value, unit, (a, b) => a >= b);
  const perNode = (size) => median(`commit-${size}`, 'treework') / median(`commit-${size}`, 'node');
  const overhead = (measure) => (median(measure, 'treework') - median(measure, 'none')) / median(measure, 'bare');
  const targets = [
    atMost('A commit of 10 documents among 10,000, against a bare-node hook', 1.5, () => perNode(10_000)),
    atLeast('The same, ahead of husky + lint-staged + remark-cli', 6, () => median('commit-10000', 'husky') / median('commit-10000', 'treework')),
    // Growth is what hurts: a commit by itself takes longer in a larger repository, so the ratio falls.
    atMost('Its ratio at 100,000 documents exceeds that at 1,000 by', 20, () => 100 * (perNode(100_000) / perNode(1_000) - 1), '%'),
    atMost("Nothing governed staged: over a commit without hooks, in bare node's starts", 0.2, () => overhead('nothing')),
    atMost("A known verdict: over a commit without hooks, in bare node's starts", 0.2, () => overhead('known')),
    atMost("A commit of one node's record in a ticket of 500 nodes, beyond a bare-node hook", 50, () => median('ticket', 'treework') - median('ticket', 'node'), ' ms'),
    atMost('Node processes started when nothing governed is staged', 0, () => counted(starts, 'nothing'), ''),
    atMost('Node processes started when the verdict is known', 0, () => counted(starts, 'known'), ''),
    atMost('`treework next --json` of a ticket of 50 nodes among 1,000, against bare node', 2, () => median('steer', 'next') / median('steer', 'bare')),
    atMost('`treework node start` there, against bare node', 2, () => median('steer', 'start') / median('steer', 'bare')),
    atMost('`treework status` of 50 tickets over 200 branches, against bare node', 6, () => median('everywhere', 'status') / median('everywhere', 'bare')),
    atMost('The slowest hook of an agent\'s client but the start of a session, against bare node', 1.5, () => Math.max(...['edit', 'shell', 'edited', 'tools', 'stop'].map((id) => median('agents', id))) / median('agents', 'bare')),
    atMost('The hook at the start of a session, against bare node', 1.5, () => median('agents', 'start') / median('agents', 'bare')),
    atMost('The hook where nobody governs, beyond bare node', 10, () => median('agents', 'outside') - median('agents', 'bare'), ' ms'),
    atMost('`treework list` over 100 work trees, against bare node', 8, () => median('list', 'list') / median('list', 'bare')),
    atMost('`treework split` of 100 commits, against `git rebase` of them', 1, () => median('split', 'split') / median('split', 'rebase')),
    atMost("`treework work` beyond `git worktree add -b`, in bare node's starts", 2, () => (median('work', 'work') - median('work', 'add')) / median('work', 'bare')),
    atLeast('Squash-merged branches that `treework prune` finds, of 50 among 100', 50, () => find('prune', 'prune').found, ''),
    atMost('Branches that it falsely takes for merged', 0, () => find('prune', 'prune').falsely, ''),
    atMost("A cold audit by all rules, against node's reading of the same files", 10, () => median('audit', 'treework') / median('audit', 'floor')),
    atMost('The same by the rules of the core alone', 7, () => median('audit', 'core') / median('audit', 'floor')),
    atLeast('By all rules, ahead of remark-cli + schema', 100, () => median('audit', 'remark') / median('audit', 'treework')),
    atLeast('The same, ahead of markdownlint-cli2', 20, () => median('audit', 'markdownlint') / median('audit', 'treework')),
    atLeast('The same, ahead of openspec', 1, () => median('audit', 'openspec') / median('audit', 'treework')),
    atLeast('The same, ahead of mdsmith (Go)', 0, () => median('audit', 'mdsmith') / median('audit', 'treework')),
    atMost('A warm audit, against bare node', 1.5, () => median('warm', 'treework') / median('warm', 'bare')),
    atMost('Peak memory of the cold audit, its largest process', 120, () => known(find('audit', 'treework').largest) / 1e6, ' MB'),
    atLeast('Kinds of invalid document found, of 8', 8, () => find('audit', 'treework').kinds.length, ''),
    atMost('Valid documents it complained of', 0, () => find('audit', 'treework').alarms.length, ''),
    atMost('`treework --version`, against bare node', 1.25, () => median('start', 'version') / median('start', 'bare')),
    atMost('`treework explain spec-frozen`, against bare node', 1.25, () => median('start', 'explain') / median('start', 'bare')),
  ];
  return partial ? targets.filter(({ why }) => why !== OUTSIDE) : targets;
}

const OUTSIDE = 'not part of this run';

class Missing extends Error {}

function target(text, limit, measure, unit, holds) {
  const sign = holds(0, 1) ? '≤' : '≥';
  try {
    const value = measure();
    return { text, limit: `${sign} ${limit}${unit}`, value: `${Number(value.toFixed(2))}${unit}`, met: holds(value, limit) };
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    return { text, limit: `${sign} ${limit}${unit}`, why: error.message };
  }
}

function known(value) {
  if (value === undefined) throw new Missing('memory cannot be read on this system');
  return value;
}

function counted(starts, sort) {
  if (!starts || starts.why) throw new Missing(starts?.why ?? OUTSIDE);
  if (starts.judged === 0) throw new Missing('a commit that needs a verdict started no node that was seen, so the count proves nothing');
  return starts[sort];
}
