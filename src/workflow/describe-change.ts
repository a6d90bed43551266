import { isDeepStrictEqual as same } from 'node:util';
import type { ParsedDocument } from '../documents/document.ts';
import { requirementsOf } from '../documents/requirements.ts';
import { isMapping, type Mapping } from './merge-plan.ts';
import { specDifference, type Demands } from './spec-difference.ts';

/** The longest value that is shown as it is, in characters. */
const LONGEST = 60;

/**
 * What a person wants to know of a changed document, a line each: which node or record moved from
 * what to what and by whom, which nodes and requirements came, went or changed, which other keys did.
 * undefined stands for a document that is not there. Empty where it cannot be read, or only prose
 * changed: whoever shows it shows the lines too.
 */
export function describeChange(before: ParsedDocument | undefined, after: ParsedDocument | undefined): string[] {
  const [old, now] = [dataOf(before), dataOf(after)];
  if (old === undefined || now === undefined) return [];
  const lines = [...historyLines(old, now), ...nodeLines(old, now), ...keyLines(old, now)];
  return [...lines, ...specDifference(demandsOf(before), demandsOf(after)).map(({ kind, name }) => `requirement ${kind}: ${plain(name)}`)];
}

function demandsOf(document: ParsedDocument | undefined): Demands {
  return { requirements: document ? requirementsOf(document) : [] };
}

/** undefined: there, and not to be read. */
function dataOf(document: ParsedDocument | undefined): Mapping | undefined {
  if (document === undefined) return {};
  return document.problems.length > 0 ? undefined : document.data;
}

/** Entries that were appended, told in order; anything else done to a history is said to be so. */
function historyLines(old: Mapping, now: Mapping): string[] {
  if (!Array.isArray(old.history ?? []) || !Array.isArray(now.history)) return [];
  const [earlier, later] = [(old.history ?? []) as unknown[], now.history as unknown[]];
  if (!same(later.slice(0, earlier.length), earlier)) return ['history rewritten: entries that stood there are not as they were'];
  return later.slice(earlier.length).map((entry, index) => {
    const from = [...earlier, ...later.slice(earlier.length)][earlier.length + index - 1];
    return isMapping(entry) ? moved(isMapping(from) ? from : undefined, entry) : `entry ${shown(entry)}`;
  });
}

function moved(from: Mapping | undefined, entry: Mapping): string {
  const { to, by, at, done, ...evidence } = entry;
  const notes = Object.entries(evidence).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value) && !String(value).startsWith('sha256:'));
  const also = notes.map(([key, value]) => `, ${plain(key)} ${shown(value)}`).join('');
  return `${from === undefined ? '' : `${shown(from.to)} → `}${shown(to)}${done === true ? ' (done)' : ''} by ${shown(by)}${at === undefined ? '' : ` at ${shown(at)}`}${also}`;
}

/** Of tasks.md: nodes by their ids, wherever they stand. */
function nodeLines(old: Mapping, now: Mapping): string[] {
  const [earlier, later] = [nodesIn(old.nodes), nodesIn(now.nodes)];
  const added = [...later].filter(([id]) => !earlier.has(id)).map(([id]) => `node added: ${plain(id)}`);
  const removed = [...earlier].filter(([id]) => !later.has(id)).map(([id]) => `node removed: ${plain(id)}`);
  const changed = [...later].flatMap(([id, node]) => {
    const was = earlier.get(id);
    if (was === undefined) return [];
    const keys = [...new Set([...Object.keys(was), ...Object.keys(node)])].filter((key) => !same(was[key], node[key]));
    return keys.length === 0 ? [] : [`node ${plain(id)}: ${keys.map((key) => difference(key, was[key], node[key])).join('; ')}`];
  });
  return [...added, ...removed, ...changed];
}

/** A node's own keys, with the name of what it stands in. */
function nodesIn(list: unknown, below?: string, found = new Map<string, Mapping>()): Map<string, Mapping> {
  for (const node of Array.isArray(list) ? list : []) {
    if (!isMapping(node) || typeof node.id !== 'string') continue;
    const { id, nodes, ...own } = node;
    found.set(id as string, below === undefined ? own : { ...own, below });
    nodesIn(nodes, id as string, found);
  }
  return found;
}

function keyLines(old: Mapping, now: Mapping): string[] {
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const told = (key: string) => key === 'history' || key === 'nodes' || (key === 'status' && Array.isArray(now.history));
  return keys.filter((key) => !told(key) && !same(old[key], now[key])).flatMap((key) => {
    const [was, is] = [old[key], now[key]];
    if (!isMapping(was) || !isMapping(is)) return [difference(key, was, is)];
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((inner) => !same(was[inner], is[inner])).map((inner) => difference(`${key}.${inner}`, was[inner], is[inner]));
  });
}

function difference(key: string, was: unknown, is: unknown): string {
  if (was === undefined) return `${plain(key)} ${shown(is)} added`;
  return is === undefined ? `${plain(key)} ${shown(was)} removed` : `${plain(key)} ${shown(was)} → ${shown(is)}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? (value === '' ? "''" : value) : (JSON.stringify(value) ?? 'nothing');
  const short = text.replace(/^(sha256:[0-9a-f]{8})[0-9a-f]{56}$/, '$1…');
  return plain(short.length > LONGEST ? `${short.slice(0, LONGEST)}…` : short);
}

/** On one line, and nothing that a terminal obeys. */
function plain(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
}
