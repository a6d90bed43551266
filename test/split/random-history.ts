import type { Sandbox } from '../harness/sandbox.ts';

/** A small generator of numbers that a seed makes repeatable (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface File {
  readonly mode: string;
  readonly content: Buffer;
}
type Files = ReadonlyMap<string, File>;

const NODES = ['api', 'ui', 'docs', 'infra'];
const NAMES = ['src/api/a.ts', 'src/api/b.ts', 'src/ui/a.ts', 'src/ui/b b.ts', 'src/docs/ä.txt', 'src/infra/x.yml', 'shared.txt', 'src', 'src/api', 'lib/"q".txt', 'package-lock.json'];
const WORKSPACE = '---\ntreework: 1\nreview: {max_files: 3, max_lines: 12}\n---\n\n# How we work\n';
const TASKS = `---
ticket: PROJ-7
goal: {title: Ship it, why: It is needed}
spec: ''
nodes:
  - {id: ui, scope: ["src/ui/**"], depends_on: [api]}
  - {id: api, scope: ["src/api/**"]}
  - id: rest
    nodes:
      - {id: docs, scope: ["src/docs/**"]}
      - {id: infra, scope: ["src/infra/**", "shared.txt"], depends_on: [ui]}
---
`;

/** A branch `PROJ-7--work` of a random history, its merges with arbitrary outcomes, beside a trunk that goes on; a main work tree on the branch. */
export function randomRepository(sandbox: Sandbox, name: string, seed: number, commits: number, format = 'sha1'): void {
  const random = randomFrom(seed);
  const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T;
  const stream: (string | Buffer)[] = [];
  let mark = 0;
  const commit = (ref: string, files: Files, parents: readonly number[], message: string): number => {
    mark += 1;
    const when = `${1_700_000_000 + mark * 61} ${pick(['+0000', '-0330', '+1245'])}`;
    stream.push(`commit refs/heads/${ref}\nmark :${mark}\nauthor Ann ${mark} <ann@example.com> ${when}\ncommitter Bob <bob@example.com> ${when}\n`, data(Buffer.from(message)));
    const [first, ...others] = parents;
    if (first !== undefined) stream.push(`from :${first}\n`);
    for (const other of others) stream.push(`merge :${other}\n`);
    stream.push('deleteall\n');
    for (const [path, { mode, content }] of files) {
      if (mode === '160000') stream.push(`M 160000 ${content.toString()} ${JSON.stringify(path)}\n`);
      else stream.push(`M ${mode} inline "${Buffer.from(path).toString('latin1').replaceAll('"', '\\"')}"\n`, data(content));
    }
    stream.push('\n');
    return mark;
  };
  const edit = (files: Files): Map<string, File> => {
    const now = new Map(files);
    for (let left = 1 + random(3); left > 0; left -= 1) change(now, random, pick, format);
    return now;
  };
  const text = (lines: number) => Buffer.from(Array.from({ length: lines }, (_, line) => `line ${line}\n`).join(''));
  let files: Files = new Map([['WORKSPACE.md', { mode: '100644', content: Buffer.from(WORKSPACE) }], ['shared.txt', { mode: '100644', content: text(20) }], ['src/ui/a.ts', { mode: '100644', content: text(8) }]]);
  let trunk = { at: commit('main', files, [], 'chore: begin\n'), files };
  let head = { at: commit('PROJ-7--work', new Map([...files, ['docs/specs/PROJ-7/tasks.md', { mode: '100644', content: Buffer.from(TASKS) }]]), [trunk.at], 'docs: plan\n'), files: new Map([...files, ['docs/specs/PROJ-7/tasks.md', { mode: '100644', content: Buffer.from(TASKS) }]]) as Files };
  for (let left = commits; left > 0; left -= 1) {
    const kind = random(12);
    if (kind === 0) {
      files = edit(trunk.files);
      trunk = { at: commit('main', files, [trunk.at], 'chore: trunk\n'), files };
    } else if (kind === 1) {
      const merged = mixed(head.files, trunk.files, random);
      head = { at: commit('PROJ-7--work', merged, [head.at, trunk.at], 'chore: merge the trunk\n'), files: merged };
    } else if (kind === 2) {
      const side = edit(head.files);
      const one = commit('side', side, [head.at], 'feat: aside\n\nNode: PROJ-7/docs\n');
      const own = edit(head.files);
      const two = commit('PROJ-7--work', own, [head.at], 'feat: meanwhile\n');
      const merged = mixed(own, side, random);
      head = { at: commit('PROJ-7--work', merged, [two, one], 'chore: merge a side\n'), files: merged };
    } else {
      const now = kind === 3 && random(3) === 0 ? head.files : edit(head.files);
      const trailer = random(3) === 0 ? `\n\nNode: PROJ-7/${pick(NODES)}` : '';
      head = { at: commit('PROJ-7--work', now, [head.at], `feat: change ${left}${trailer}\n`), files: now };
    }
  }
  sandbox.run('git', ['init', '-q', `--object-format=${format}`, name]);
  const answer = sandbox.run('git', ['fast-import', '--quiet', '--force'], { cwd: name, input: Buffer.concat(stream.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece))) });
  if (answer.status !== 0) throw new Error(answer.output);
  sandbox.git(name, 'symbolic-ref', 'HEAD', 'refs/heads/PROJ-7--work');
  sandbox.git(name, 'reset', '-q', '--hard');
}

function data(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`data ${content.length}\n`), content, Buffer.from('\n')]);
}

/** Each file from either side: what a merge makes of both is anybody's guess. */
function mixed(ours: Files, theirs: Files, random: (below: number) => number): Files {
  const merged = new Map<string, File>();
  for (const path of new Set([...ours.keys(), ...theirs.keys()])) {
    const file = random(2) === 0 ? (ours.get(path) ?? theirs.get(path)) : (theirs.get(path) ?? ours.get(path));
    if (file && random(8) > 0) put(merged, path, file);
  }
  for (const path of ['WORKSPACE.md', 'docs/specs/PROJ-7/tasks.md']) put(merged, path, (ours.get(path) ?? theirs.get(path)) as File);
  return merged;
}

/** A file takes the place of a folder, and a folder that of a file. */
function put(files: Map<string, File>, path: string, file: File): void {
  for (const other of files.keys()) if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) files.delete(other);
  files.set(path, file);
}

function change(files: Map<string, File>, random: (below: number) => number, pick: <T>(items: readonly T[]) => T, format: string): void {
  const path = pick(random(2) === 0 ? NAMES : ['shared.txt', 'src/ui/a.ts']);
  const file = files.get(path);
  const what = random(14);
  if (!file || what === 0) return put(files, path, { mode: '100644', content: Buffer.from(Array.from({ length: random(15) }, (_, line) => `${pick(['x', 'y', 'z'])} ${line}\n`).join('')) });
  if (what === 1) return void files.delete(path);
  if (what === 2) return put(files, path, { ...file, mode: file.mode === '100644' ? '100755' : '100644', content: file.mode === '160000' ? Buffer.from('again\n') : file.content });
  if (what === 3) return put(files, path, { mode: '120000', content: Buffer.from(pick(['a', 'b/c'])) });
  if (what === 4) return put(files, path, { mode: '100644', content: Buffer.from([0, random(256), 1]) });
  if (what === 5) return put(files, path, { mode: '160000', content: Buffer.from(pick(['1', '2']).repeat(format === 'sha256' ? 64 : 40)) });
  if (what === 6) {
    const to = pick(NAMES);
    files.delete(path);
    return put(files, to, file);
  }
  if (file.mode === '160000' || file.mode === '120000') return;
  const lines = file.content.toString('latin1').split(/(?<=\n)/);
  const at = random(lines.length + 1);
  const added = Array.from({ length: random(3) }, () => `${pick(['one', 'two', 'three'])} ${random(100)}\n`);
  lines.splice(at, random(3), ...added);
  if (random(10) === 0) lines.push('no end');
  put(files, path, { ...file, content: Buffer.from(lines.join(''), 'latin1') });
}
