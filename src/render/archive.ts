import { count, printable } from './plain-text.ts';

/** What an archive does, for those who read it. */
export interface ArchiveStory {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly files: number;
  readonly living?: {
    readonly path: string;
    readonly capability: string;
    readonly changes: readonly { readonly kind: string; readonly name: string; readonly to?: string }[];
    readonly settled: readonly string[];
    /** The whole text before and after; undefined before the first time, and where nothing changes. */
    readonly old: string | undefined;
    readonly now: string | undefined;
  };
  /** Documents whose links follow the move. */
  readonly relinked: readonly string[];
  readonly left: readonly { readonly path: string; readonly because: string }[];
  /** Files that went along and are in no commit. */
  readonly along: readonly string[];
  readonly overlap: readonly { readonly ticket: string; readonly where: string; readonly requirements: readonly string[]; readonly stacked: boolean }[];
  readonly passedOver: readonly { readonly check: string; readonly message: string }[];
}

const BECAUSE: Readonly<Record<string, string>> = {
  frozen: 'a frozen spec keeps every byte',
  decided: 'a decided change record keeps every byte',
  continuity: 'the trunk writes it',
  ungoverned: 'nobody governs it',
  long: 'a section is too long to be read for certain',
  form: 'its frontmatter is written in a form that cannot be edited',
};

/** What was done, or would be: the change of living behaviour line by line, then the rest in a line each. */
export function archiveText(story: ArchiveStory, verb: string): string {
  const { id, from, to, files, living, relinked, left, along, overlap, passedOver } = story;
  const lines = [
    `${verb} ${id}: ${from} to ${to} (${count(files, 'file')})`,
    ...(living ? livingLines(living) : []),
    ...(relinked.length > 0 ? [`links follow in ${relinked.join(', ')}`] : []),
    ...left.map(({ path, because }) => `links of ${path} lead nowhere from now on: ${BECAUSE[because] ?? because}`),
    ...along.map((path) => `${path} goes along, and is in no commit`),
    ...overlap.map(({ ticket, where, requirements, stacked }) => `${ticket} (${where}) speaks of ${requirements.map((name) => `"${name}"`).join(', ')} too: ${stacked ? 'it stands on this one' : 'it will have to be written against what this one leaves'}`),
    ...passedOver.map(({ check, message }) => `allowed (${check}): ${message}`),
  ];
  return lines.map(printable).join('\n');
}

function livingLines({ path, changes, settled, old, now }: NonNullable<ArchiveStory['living']>): string[] {
  const told = changes.map(({ kind, name, to }) => `  ${kind} "${name}"${to === undefined ? '' : ` to "${to}"`}`);
  const before = settled.map((name) => `  "${name}" stands there already`);
  if (now === undefined) return [`${path} stays as it is`, ...before];
  return [`${path}${old === undefined ? ' begins' : ''}:`, ...told, ...before, ...difference(old ?? '', now)];
}

/** Lines with what is around them left out. */
function difference(old: string, now: string): string[] {
  const [before, after] = [linesIn(old), linesIn(now)];
  let [start, end] = [0, 0];
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start += 1;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const rows = rowsOf(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return rows.map(({ mark, text }) => `  ${mark}${text}`.trimEnd());
}

function linesIn(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** More lines than this on one side are shown as all gone and all new: the table is quadratic. */
const MOST_LINES = 600;

function rowsOf(before: readonly string[], after: readonly string[]): { mark: '-' | '+' | ' '; text: string }[] {
  const as = (mark: '-' | '+', texts: readonly string[]) => texts.map((text) => ({ mark, text }));
  if (before.length > MOST_LINES || after.length > MOST_LINES) return [...as('-', before), ...as('+', after)];
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  const at = (left: number, right: number) => common[left * width + right] as number;
  for (let left = before.length - 1; left >= 0; left -= 1) {
    for (let right = after.length - 1; right >= 0; right -= 1) {
      common[left * width + right] = before[left] === after[right] ? at(left + 1, right + 1) + 1 : Math.max(at(left + 1, right), at(left, right + 1));
    }
  }
  const rows: { mark: '-' | '+' | ' '; text: string }[] = [];
  let [left, right] = [0, 0];
  while (left < before.length || right < after.length) {
    const isSame = left < before.length && right < after.length && before[left] === after[right];
    if (isSame) {
      rows.push({ mark: ' ', text: before[left] as string });
      left += 1;
      right += 1;
    } else if (right === after.length || (left < before.length && at(left + 1, right) >= at(left, right + 1))) rows.push({ mark: '-', text: before[left++] as string });
    else rows.push({ mark: '+', text: after[right++] as string });
  }
  return rows;
}
