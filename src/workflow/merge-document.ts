import { isDeepStrictEqual as same } from 'node:util';
import type { ParsedDocument } from '../documents/document.ts';
import { findFence } from '../documents/fence.ts';
import { parseDocument } from '../documents/parse.ts';
import { ABSENT, mergeData } from './merge-data.ts';
import { mergeFrontmatter, type FrontmatterRules, type Merged, type WriteConflict } from './merge-frontmatter.ts';
import { threeWay, type Conflict } from './merge-pieces.ts';

export interface Versions<T> {
  /** '' where both sides added the file. */
  readonly base: T;
  readonly ours: T;
  readonly theirs: T;
}

export interface MergeTools {
  readonly rules: FrontmatterRules;
  /** Texts merged line by line, conflicts marked; undefined for what is no text. */
  text(versions: Versions<string>): Merged | undefined;
  readonly write: WriteConflict;
}

/** A version with LF line ends, its frontmatter apart. */
interface Version {
  readonly open: string;
  readonly yaml: string;
  readonly close: string;
  readonly body: string;
  readonly eol: '\n' | '\r\n';
}

/**
 * Three versions of one document merged: the frontmatter as data, the body as text. No side is ever
 * preferred, and exchanging them gives the same. Where it cannot be read as a document it is merged as
 * text, and a clean result that says anything else than a merge of the data is a conflict. undefined:
 * not a text.
 */
export function mergeDocument(versions: Versions<Buffer>, tools: MergeTools): Merged | undefined {
  const parsed = { base: parseDocument(versions.base), ours: parseDocument(versions.ours), theirs: parseDocument(versions.theirs) };
  const texts = { base: versions.base.toString(), ours: versions.ours.toString(), theirs: versions.theirs.toString() };
  const isLossless = (['base', 'ours', 'theirs'] as const).every((side) => versions[side].length === 0 || Buffer.from(texts[side]).equals(versions[side]));
  if (!isLossless) return undefined;
  const [base, ours, theirs] = [texts.base === '' ? null : apart(texts.base), apart(texts.ours), apart(texts.theirs)];
  if (base === undefined || !ours || !theirs) return asText(texts, parsed, tools);
  const yaml = mergeFrontmatter(base?.yaml, ours.yaml, theirs.yaml, tools.rules, tools.write);
  return yaml ? withBody(yaml, base ?? undefined, ours, theirs, tools) : asText(texts, parsed, tools);
}

function apart(text: string): Version | undefined {
  const returns = text.split('\r').length - 1;
  const eol = returns === 0 ? '\n' : '\r\n';
  if (returns > 0 && (text.split('\r\n').length - 1 !== returns || text.split('\n').length - 1 !== returns)) return undefined;
  const plain = eol === '\n' ? text : text.replaceAll('\r\n', '\n');
  const fence = findFence(plain);
  if (typeof fence === 'string') return undefined;
  return { open: plain.slice(0, fence.yamlStart), yaml: plain.slice(fence.yamlStart, fence.yamlEnd), close: plain.slice(fence.yamlEnd, fence.bodyStart), body: plain.slice(fence.bodyStart), eol };
}

function withBody(yaml: Merged, base: Version | undefined, ours: Version, theirs: Version, tools: MergeTools): Merged | undefined {
  const bodies = { base: base?.body ?? '', ours: ours.body, theirs: theirs.body };
  const settled = threeWay(base?.body, ours.body, theirs.body);
  const body = settled === undefined ? tools.text(bodies) : { text: settled, conflicts: 0 };
  if (body === undefined) return undefined;
  const form = (part: 'open' | 'close' | 'eol') => threeWay<string>(base?.[part], ours[part], theirs[part]) ?? [ours[part], theirs[part]].sort()[0] as string;
  const close = form('close');
  const text = form('open') + yaml.text + (body.text === '' || close.endsWith('\n') ? close : `${close}\n`) + body.text;
  return { text: form('eol') === '\n' ? text : text.replaceAll('\n', '\r\n'), conflicts: yaml.conflicts + body.conflicts };
}

function asText(texts: Versions<string>, parsed: Versions<ParsedDocument>, tools: MergeTools): Merged | undefined {
  const merged = tools.text(texts);
  if (merged === undefined || merged.conflicts > 0) return merged;
  const { base, ours, theirs } = { base: parsed.base.data, ours: parsed.ours.data, theirs: parsed.theirs.data };
  if (!ours || !theirs) return merged;
  const after = parseDocument(Buffer.from(merged.text)).data;
  const wanted = mergeData(base ?? (texts.base === '' ? ABSENT : ours), ours, theirs, tools.rules, 'ours');
  const isRight = after !== undefined && (base || texts.base === '' ? wanted.conflicts === 0 && same(after, wanted.data) : true) && (!tools.rules.isSound(ours) || !tools.rules.isSound(theirs) || tools.rules.isSound(after));
  return isRight ? merged : wholeConflict(texts, tools);
}

/** Both texts as they are, one after the other. */
function wholeConflict({ base, ours, theirs }: Versions<string>, tools: MergeTools): Merged {
  const lines = (text: string) => (text === '' ? [] : [text.endsWith('\n') ? text : `${text}\n`]);
  return { text: tools.write({ ours: lines(ours), base: lines(base), theirs: lines(theirs) }).join(''), conflicts: 1 };
}

export interface ConflictStyle {
  readonly size: number;
  readonly labels: Versions<string>;
  /** Whether the common ancestor's lines are shown too (git's styles `diff3` and `zdiff3`). */
  readonly hasBase: boolean;
}

/** Both sides' lines between git's own marks. */
export function conflictLines({ ours, base, theirs }: Conflict, { size, labels, hasBase }: ConflictStyle): string[] {
  const mark = (sign: string, label: string) => `${sign.repeat(size)}${label === '' ? '' : ` ${label}`}\n`;
  return [mark('<', labels.ours), ...ours, ...(hasBase ? [mark('|', labels.base), ...base] : []), mark('=', ''), ...theirs, mark('>', labels.theirs)];
}
