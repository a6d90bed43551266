import { availableParallelism } from 'node:os';
import { atOnce } from './at-once.ts';
import { childProcess } from './child-process.ts';
import { environmentOf } from './environment.ts';
import { startGit } from './run.ts';

const STATUS = ['status', '-z', '--porcelain', '--untracked-files=all', '--no-renames', '--ignore-submodules=all'] as const;

/** A work tree, and what is asked about below its root; no paths: all of it. */
export interface StatusQuestion {
  readonly root: string;
  readonly paths: readonly string[];
}

/** What git says of one work tree: items `XY path`. Or why it cannot, in its words. */
export type StatusAnswer = { readonly items: readonly string[] } | { readonly error: Error };

/** So few are asked about one by one. */
const FEW = 4;
/** Most paths that one question has. */
const PATHS = 3;

/**
 * Asks for what is not committed in many work trees, ignored files left out; answers in their order.
 * Starting a program takes node longer than git needs for a small work tree: a few shells start git
 * one work tree after the other. Folders and paths are arguments, never part of a script.
 */
export async function statusesOf(questions: readonly StatusQuestion[]): Promise<StatusAnswer[]> {
  if (questions.length <= FEW || process.platform === 'win32') return atOnce(questions, FEW, askOne);
  const workers = Math.max(2, Math.min(8, availableParallelism()));
  const batches = batchesOf(questions, workers);
  const answers: StatusAnswer[] = [];
  const told = await Promise.all(batches.map((batch) => askMany(batch.map((index) => questions[index] as StatusQuestion))));
  for (const [at, batch] of batches.entries()) for (const [inBatch, index] of batch.entries()) {
    const items = told[at]?.[inBatch];
    // Whatever went wrong is said by asking for it alone.
    answers[index] = items ? { items } : await askOne(questions[index] as StatusQuestion);
  }
  return answers;
}

async function askOne({ root, paths }: StatusQuestion): Promise<StatusAnswer> {
  try {
    const output = await startGit([...STATUS, '--', ...paths], { cwd: root });
    return { items: output.toString().split('\0').slice(0, -1) };
  } catch (error) {
    return { error: error as Error };
  }
}

/** Indexes of questions about the same paths, shared out. */
function batchesOf(questions: readonly StatusQuestion[], workers: number): number[][] {
  const alike = new Map<string, number[]>();
  for (const [index, { paths }] of questions.entries()) {
    const key = paths.join('\0');
    const known = alike.get(key);
    if (known) known.push(index);
    else alike.set(key, [index]);
  }
  return [...alike.values()].flatMap((indexes) => {
    const size = Math.ceil(indexes.length / workers);
    return Array.from({ length: Math.ceil(indexes.length / size) }, (_, at) => indexes.slice(at * size, (at + 1) * size));
  });
}

/** Items of each work tree; undefined where git or the shell did not answer. */
async function askMany(questions: readonly StatusQuestion[]): Promise<(readonly string[] | undefined)[]> {
  const { paths } = questions[0] as StatusQuestion;
  if (paths.length > PATHS) return questions.map(() => undefined);
  const limits = Array.from({ length: paths.length === 0 ? 0 : PATHS }, (_, at) => paths[at] ?? (paths[0] as string));
  const script = `${limits.map((_, at) => `p${at}=$1; shift; `).join('')}for root do git -C "$root" ${STATUS.join(' ')} -- ${limits.map((_, at) => `"$p${at}"`).join(' ')} 2>/dev/null; printf '\\0%d\\0' "$?"; done`;
  const child = childProcess().spawn('sh', ['-c', script, 'sh', ...limits, ...questions.map(({ root }) => root)], { env: environmentOf({}), stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  await new Promise<void>((resolve) => child.on('error', () => resolve()).on('close', () => resolve()));
  return answersIn(Buffer.concat(pieces).toString().split('\0'), questions.length);
}

/** After the items of each work tree an empty one and the exit status. */
function answersIn(items: readonly string[], count: number): (readonly string[] | undefined)[] {
  const answers: (readonly string[] | undefined)[] = [];
  let begin = 0;
  while (answers.length < count) {
    const end = items.indexOf('', begin);
    if (end === -1 || end + 1 >= items.length) return [...answers, ...Array.from({ length: count - answers.length }, () => undefined)];
    answers.push(items[end + 1] === '0' ? items.slice(begin, end) : undefined);
    begin = end + 2;
  }
  return answers;
}
