import { contractOf, isWithin, meetingIn, type ContractEntry } from './contract.ts';
import { clipped, fenced, grouped, item, paragraph, type Part, type Piece } from './fit.ts';
import type { About } from './micro-spec.ts';
import { code, textOf } from './micro-spec-work.ts';
import { withPhases, type RoutedFile, type RoutedInput } from './routed-input.ts';
import { textsIn } from './task-tree.ts';

/** What it reads, reference and artifacts apart; the steps; what it makes. */
export function contractsPart(about: About): Part {
  const { state, inputs } = about;
  const [reference, artifacts] = (['L3', 'L4'] as const).map((layer) => inputs.filter((one) => one.layer === layer)) as [RoutedInput[], RoutedInput[]];
  const web = [...withPhases(state.node)].flatMap((node) => webAddresses(node.data.inputs));
  const pieces = [
    ...(reference.length + web.length > 0 ? [paragraph('Reference (L3), the same in every run: constraints to keep.'), ...reference.flatMap((input) => inputPieces(input, state.node.id)), ...web.map((address) => item(`${clipped(address, 300)} (an address: read it there)`))] : []),
    ...(artifacts.length > 0 ? [paragraph('Artifacts (L4) of this workflow: material to work on.'), ...artifacts.flatMap((input) => inputPieces(input, state.node.id))] : []),
    ...processPieces(about),
    ...outputPieces(about),
  ];
  return { title: 'Contracts', pieces: pieces.length > 0 ? pieces : [paragraph('None is written: no inputs, no outputs.')] };
}

function inputPieces(input: RoutedInput, node: string): Piece[] {
  const { files, state, isHandedOver } = input;
  const line = `- ${code(clipped(input.path, 200))}${input.section === undefined ? '' : ` § ${clipped(input.section, 100)}`}${noteOf(input, node)}`;
  if (state === 'no-section') return [item(`${line.slice(2)}: **missing**, no such heading. It has, in tokens:\n${indented(files[0]?.outline ?? '')}`)];
  if (state !== 'there') return [item(`${line.slice(2)}: ${SAID[state]}`)];
  const [first] = files;
  const isOne = files.length === 1 && input.more === 0;
  if (isOne) return [filePiece(input, first as RoutedFile, line)];
  const texts = files.filter((file) => file.text !== undefined).length;
  const listing = files.map((file) => filePiece(input, file, `  - ${file.path}`));
  return [
    { name: undefined, forms: [`${line}: ${grouped(files.length + input.more)} files\n`], rank: 0 },
    ...(isHandedOver || texts === 0 ? files.map((file): Piece => ({ name: undefined, forms: [`  - ${file.path} (${file.text === undefined ? file.outline : `${grouped(file.tokens)} tokens`})\n`], rank: 0 })) : listing),
    ...(input.more > 0 ? [{ name: `${input.more} files of ${input.path}`, forms: [`  - and ${grouped(input.more)} files more, not shown\n`], isCut: true as const, rank: 0 } satisfies Piece] : []),
  ];
}

/** The text, else what it holds, else its size alone. */
function filePiece(input: RoutedInput, file: RoutedFile, line: string): Piece {
  if (file.text === undefined) return { name: undefined, forms: [`${line}: ${file.outline}\n`], rank: 0 };
  const isMarkdown = /\.(?:md|markdown)$/i.test(file.path);
  const language = /\.([A-Za-z0-9]{1,12})$/.exec(file.path)?.[1]?.toLowerCase() ?? '';
  const size = `${grouped(file.tokens)} tokens`;
  const outline = isMarkdown ? `${line}: left out here (${size}). It has, in tokens:\n${indented(file.outline)}\n  Name one as \`${clipped(input.path, 100)}#Heading\` in the inputs, or read the file.\n` : `${line}: left out here (${size}). It begins:\n\n${fenced(file.outline, language)}`;
  return {
    name: `${input.path}${input.section === undefined ? '' : ` § ${input.section}`}`,
    forms: [`${line}\n\n${fenced(file.text, language)}`, ...(file.outline.trim() === '' || file.outline.length >= file.text.length ? [] : [outline]), `${line}: left out here (${size}); read the file\n`],
    rank: (input.isHandedOver ? 60 : input.layer === 'L4' ? 30 : 40) + (input.section === undefined ? 1 : 0),
  };
}

function noteOf({ why, maker, isHandedOver, namedBy, state, files, path }: RoutedInput, node: string): string {
  const notes = [
    ...(maker ? [isHandedOver ? `handed over by ${maker.node.id} (${maker.status})` : `made by ${maker.node.id} (${maker.status})`] : []),
    ...(why === undefined ? [] : [why]),
    ...(namedBy === node || isHandedOver ? [] : [`of the phase ${namedBy}`]),
    ...(state === 'there' && files.length === 1 && files[0]?.path !== path ? [`at ${files[0]?.path}`] : []),
  ];
  return notes.length === 0 ? '' : ` (${notes.join('; ')})`;
}

const SAID = {
  awaited: 'not there yet',
  missing: '**missing**: nothing stands there',
  outside: '**refused**: it leads out of the repository',
  empty: 'no file matches',
  link: 'a link, which is not followed: read it there',
  elsewhere: 'in a module that is not part of this checkout',
} as const;

function indented(text: string): string {
  return text.split('\n').map((line) => `  ${line}`).join('\n');
}

function webAddresses(inputs: unknown): string[] {
  const list: unknown[] = Array.isArray(inputs) ? inputs : [];
  const paths = list.map((one) => (typeof one === 'object' && one !== null ? (one as { path?: unknown }).path : one));
  return paths.filter((path): path is string => typeof path === 'string' && /^[a-z][a-z0-9+.-]*:\/\//i.test(path));
}

function processPieces({ state: { node } }: About): Piece[] {
  const owner = [...withPhases(node)].find(({ data }) => textsIn(data.process).length > 0);
  if (!owner) return [];
  const steps = textsIn(owner.data.process);
  return [
    paragraph(`Process${owner === node ? '' : ` (of ${owner.id})`}:`),
    ...steps.map((step, index): Piece => ({ name: `step ${index + 1}`, forms: [`${index + 1}. ${clipped(step, 2000)}\n`, `${index + 1}. ${clipped(step, 80)}\n`], rank: 6 })),
  ];
}

function outputPieces({ state: { node }, status, ticket }: About): Piece[] {
  const { settings } = ticket.snapshot;
  const outputs = [...withPhases(node)].flatMap((one) => contractOf(one, 'outputs', settings).map((entry) => ({ entry, of: one })));
  if (outputs.length === 0) return [];
  const takers = meetingIn(status.nodes.flatMap((one) => contractOf(one.node, 'inputs', settings)));
  return [
    paragraph('It makes:'),
    ...outputs.map(({ entry, of }) => {
      const names = [...new Set(takers(entry).filter((taker) => !isWithin(taker.node, of)).map((taker) => taker.node.id))];
      return item(`${code(clipped(entry.path, 200))}${detailsOf(entry)}${of === node ? '' : `, for the phase ${of.id}`}${names.length === 0 ? '' : `; read by ${names.slice(0, 5).join(', ')}`}`);
    }),
  ];
}

function detailsOf({ node, at }: ContractEntry): string {
  const data = (node.data.outputs as unknown[])[at.at(-1) as number] as { what?: unknown; format?: unknown };
  const details = [textOf(data?.what), textOf(data?.format)].flatMap((one) => (one === undefined ? [] : [clipped(one, 200)]));
  return details.length === 0 ? '' : ` (${details.join(', ')})`;
}
