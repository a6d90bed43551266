import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from '../../src/documents/parse.ts';
import { requirementsOf } from '../../src/documents/requirements.ts';
import { specDigest } from '../../src/workflow/ticket.ts';
import { PACKAGE_ROOT } from './sandbox.ts';

const RULES_FOLDER = join(PACKAGE_ROOT, 'src/rules');
const DEFAULT_WORKSPACE = '---\ntreework: 1\n---\n';

type Files = Readonly<Record<string, string>>;

/** One `### title` of a page: trees before (per parent) and after, and what the rule finds. */
export interface Example {
  readonly title: string;
  /** 1-based line of the title in the page. */
  readonly line: number;
  readonly before: readonly Files[];
  readonly after: Files;
  readonly message?: string;
  /** Name of the branch that the step is an update of: from its merge base, or where it stood, to `after`. */
  readonly ref?: string;
  readonly now?: Date;
  /** `PATH:LINE:COLUMN SEVERITY`, in the order of the report. */
  readonly findings: readonly string[];
}

export interface RulePage {
  readonly id: string;
  readonly path: string;
  readonly text: string;
  readonly examples: readonly Example[];
}

/** The files of `src/rules` that are rules. */
export function ruleIds(): string[] {
  const names = readdirSync(RULES_FOLDER).filter((name) => /^[a-z][a-z-]*\.ts$/.test(name));
  return names.filter((name) => /^export const rule\b/m.test(readFileSync(join(RULES_FOLDER, name), 'utf8'))).map((name) => name.slice(0, -'.ts'.length));
}

/** Every page of `src/rules`, examples parsed. Throws with the page's line when an example is malformed. */
export function rulePages(): RulePage[] {
  const names = readdirSync(RULES_FOLDER).filter((name) => name.endsWith('.md'));
  return names.map((name) => readPage(join(RULES_FOLDER, name), name.slice(0, -'.md'.length)));
}

function readPage(path: string, id: string): RulePage {
  const text = readFileSync(path, 'utf8');
  return { id, path, text, examples: examplesIn(text, path) };
}

/** Fenced `txtar` blocks, each under its own `### title`. */
function examplesIn(text: string, path: string): Example[] {
  const examples: Example[] = [];
  const lines = text.split('\n');
  let title: { text: string; line: number } | undefined;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string;
    if (line.startsWith('### ')) title = { text: line.slice(4).trim(), line: index + 1 };
    const fence = /^(`{3,})(\w*)\s*$/.exec(line);
    if (!fence) continue;
    const end = lines.indexOf(fence[1] as string, index + 1);
    if (end === -1) throw new Error(`${path}:${index + 1}: the fence is not closed`);
    if (fence[2] === 'txtar') {
      if (!title) throw new Error(`${path}:${index + 1}: an example without a ### title`);
      examples.push(exampleOf(title, lines.slice(index + 1, end), `${path}:${index + 1}`));
      title = undefined;
    }
    index = end;
  }
  return examples;
}

function exampleOf(title: { text: string; line: number }, lines: readonly string[], at: string): Example {
  const sections = txtar(lines, at);
  const before: Record<string, string>[] = [];
  const after: Record<string, string> = {};
  for (const [name, content] of sections) {
    const match = /^(?:before(\d*)|after)\/(.+)$/.exec(name);
    if (!match) continue;
    if (name.startsWith('after/')) after[match[2] as string] = content;
    else (before[Number(match[1] || 1) - 1] ??= {})[match[2] as string] = content;
  }
  const unknown = [...sections.keys()].filter((name) => !/^(before\d*|after)\/|^(findings|message|ref|now)$/.test(name));
  if (unknown.length > 0) throw new Error(`${at}: Unexpected section ${unknown[0]}, expected before/PATH, before2/PATH, after/PATH, message, ref, now or findings`);
  const findings = sections.get('findings');
  if (findings === undefined) throw new Error(`${at}: an example without -- findings -- (leave it empty where there are none)`);
  const message = sections.get('message');
  const [ref, now] = [sections.get('ref')?.trim(), sections.get('now')?.trim()];
  return {
    title: title.text,
    line: title.line,
    before,
    after,
    ...(message !== undefined && { message }),
    ...(ref !== undefined && { ref }),
    ...(now !== undefined && { now: new Date(now) }),
    findings: findings.split('\n').filter((line) => line.trim() !== ''),
  };
}

function txtar(lines: readonly string[], at: string): Map<string, string> {
  const sections = new Map<string, string>();
  let name: string | undefined;
  for (const line of lines) {
    const header = /^-- (.+) --$/.exec(line);
    if (header) {
      name = header[1] as string;
      if (sections.has(name)) throw new Error(`${at}: ${name} stands twice`);
      sections.set(name, '');
    } else if (name !== undefined) {
      sections.set(name, `${sections.get(name)}${line}\n`);
    } else if (line.trim() !== '') {
      throw new Error(`${at}: text before the first -- section --`);
    }
  }
  return sections;
}

/** The trees of an example, tokens filled in: per parent, and after. */
export async function treesOf(example: Example): Promise<{ before: Record<string, string>[]; after: Record<string, string> }> {
  const trees = new Map<string, Files>([['after', example.after], ...example.before.map((files, index) => [`before${index || ''}`, files] as const)]);
  const before = await Promise.all(example.before.map((_, index) => filesOf(`before${index || ''}`, trees)));
  return { before, after: await filesOf('after', trees) };
}

/**
 * The files of one tree. `{{digest:PATH}}` is the spec digest of a file of the same tree (with
 * `before/PATH`: of the first parent), `{{requirement-digest:PATH#NAME}}` that of a requirement. A file
 * whose whole text is `{{absent}}` is not there; a tree without WORKSPACE.md gets the shortest one.
 */
async function filesOf(tree: string, trees: ReadonlyMap<string, Files>): Promise<Record<string, string>> {
  const filled: Record<string, string> = { 'WORKSPACE.md': DEFAULT_WORKSPACE };
  for (const path of Object.keys(trees.get(tree) ?? {})) filled[path] = await fill(tree, path, trees);
  return Object.fromEntries(Object.entries(filled).filter(([, content]) => content.trim() !== '{{absent}}'));
}

async function fill(tree: string, path: string, trees: ReadonlyMap<string, Files>): Promise<string> {
  const [from, rest] = path.startsWith('before/') ? ['before', path.slice('before/'.length)] : [tree, path];
  let text = trees.get(from)?.[rest];
  if (text === undefined) throw new Error(`Unexpected token for ${path}, expected a file of the same tree or before/PATH`);
  for (const [token, of] of text.matchAll(/\{\{digest:([^}]+)\}\}/g)) {
    text = text.replaceAll(token, specDigest(Buffer.from(await fill(from, of as string, trees))));
  }
  for (const [token, of, name] of text.matchAll(/\{\{requirement-digest:([^}#]+)#([^}]+)\}\}/g)) {
    text = text.replaceAll(token, requirementDigestIn(await fill(from, of as string, trees), name as string));
  }
  return text;
}

function requirementDigestIn(text: string, name: string): string {
  const found = requirementsOf(parseDocument(Buffer.from(text))).find((one) => one.name === name);
  if (!found) throw new Error(`Unexpected requirement ${name}, expected one of the file`);
  return found.digest;
}
