/** Generated repositories: the same seed gives the same bytes on every machine. */
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cleanEnvironment, git } from './process.mjs';
import { FAULTS } from './faults.mjs';

const SIZE = 2048;
const SOURCES = 200;
const RECORDS = [2, 0, 1];
const DOCUMENTS_PER_OPEN_TICKET = 8;
const NOUNS = ['report', 'token', 'bill', 'session', 'webhook', 'download', 'tenant', 'quota', 'journal entry', 'schedule', 'parcel', 'digest'];
const VERBS = ['reject', 'store', 'return', 'publish', 'archive', 'encrypt', 'retry', 'validate', 'throttle', 'index', 'merge', 'restore'];
const STATES = ['lapsed', 'broken', 'duplicated', 'blank', 'revoked', 'huge', 'pending', 'stale', 'locked', 'foreign'];

/** mulberry32: a small generator of numbers in [0, 1) that is the same everywhere. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function picker(seed) {
  const next = random(seed);
  return { of: (list) => list[Math.floor(next() * list.length)], below: (limit) => Math.floor(next() * limit) };
}

function requirement(pick, number) {
  const noun = pick.of(NOUNS);
  const state = pick.of(STATES);
  const verb = pick.of(VERBS);
  const lines = [`### Requirement: ${number} ${verb} a ${state} ${noun}`, '', `The system SHALL ${verb} a ${state} ${noun} within ${100 + pick.below(900)} ms and say so to the caller.`, ''];
  for (const caller of ['a partner', 'the console']) {
    lines.push(`#### Scenario: ${number} ${state} ${noun} from ${caller}`, '', `- **GIVEN** a ${noun} that is ${state}`,
      `- **WHEN** ${caller} sends it to \`/v1/${noun.replaceAll(' ', '-')}/${pick.below(1000)}\``, `- **THEN** the system responds with HTTP ${400 + pick.below(30)} and names the ${noun}`, '');
  }
  return lines.join('\n');
}

function requirements(pick, room) {
  const parts = [];
  for (let size = 0; size < room; size += parts.at(-1).length + 1) parts.push(requirement(pick, parts.length + 1));
  return parts.join('\n');
}

function prose(pick, room) {
  const sentences = [];
  for (let size = 0; size < room; size += sentences.at(-1).length + 1) {
    sentences.push(`The ${pick.of(NOUNS)} is ${pick.of(STATES)} until ${pick.of(['a person', 'the scheduler', 'a partner'])} asks to ${pick.of(VERBS)} it.`);
  }
  return sentences.join('\n');
}

function spec(ticket, seed) {
  const pick = picker(seed);
  return `---\nticket: ${ticket}\ntitle: ${pick.of(VERBS)} every ${pick.of(NOUNS)}\nx-area: ${pick.of(NOUNS)}\n---\n\n## Requirements\n\n${requirements(pick, SIZE - 300)}`;
}

function tasks(ticket, specText, seed) {
  const pick = picker(seed);
  const pin = createHash('sha256').update(specText.replaceAll('\r\n', '\n')).digest('hex');
  return `---\nticket: ${ticket}\ngoal:\n  title: ${pick.of(VERBS)} the ${pick.of(NOUNS)}\n  why: Partners do this by hand today\nspec: sha256:${pin}\nnodes:\n`
    + '  - {id: build, title: Build it, scope: ["src/**"]}\n  - {id: verify, title: Verify it, depends_on: [build]}\n  - id: ship\n    depends_on: [verify]\n'
    + `---\n\n## Approach\n\n${prose(pick, SIZE - 360)}\n`;
}

function change(number, seed) {
  const pick = picker(seed);
  // Far ahead: a workflow that was left alone is a warning, and here only faults are.
  const at = `2099-01-${String(1 + pick.below(28)).padStart(2, '0')}T10:00:00Z`;
  return `---\ntitle: Also ${pick.of(VERBS)} a ${pick.of(NOUNS)}\nimpact: additive\nstatus: accepted\nhistory:\n  - {to: proposed, by: ada@example.com, at: "${at}"}\n`
    + `  - {to: accepted, by: grace@example.com, at: "${at}"}\n---\n\n## ADDED Requirements\n\n`
    + `${requirements(pick, SIZE - 560).replaceAll('### Requirement: ', `### Requirement: change ${number}, `)}\n## Task impact\n\nNone: build covers all requirements.\n`;
}

/** Each call is one open ticket: its fault or none, evenly spread, `perFault` of each kind in all. */
function faultPicker(count, perFault) {
  const total = perFault * FAULTS.length;
  const stride = Math.max(1, Math.floor(count / DOCUMENTS_PER_OPEN_TICKET / Math.max(1, total)));
  let ticket = -1;
  return () => {
    ticket++;
    return ticket % stride === 0 && ticket / stride < total ? FAULTS[(ticket / stride) % FAULTS.length] : undefined;
  };
}

/**
 * Yields `{path, content, open, fault?}` for `count` documents of about 2 KB: of every three tickets
 * one is open (spec.md alone, `open: true`, free to be edited), two are frozen with one or two
 * accepted change records. `perFault` open specs of each kind of fault are invalid.
 */
export function* documents(count, perFault = 0) {
  const faulty = faultPicker(count, perFault);
  for (let number = 1, made = 0; made < count; number++) {
    const ticket = `BENCH-${number}`;
    const text = spec(ticket, number * 16);
    const open = number % 3 === 1;
    const fault = open ? faulty() : undefined;
    const folder = `docs/specs/${ticket}`;
    const files = [{ path: `${folder}/spec.md`, content: fault ? fault.apply(text) : text, open, fault }];
    if (!open) files.push({ path: `${folder}/tasks.md`, content: tasks(ticket, text, number * 16 + 1) });
    for (let record = 1; record <= RECORDS[number % 3]; record++) {
      files.push({ path: `${folder}/changes/00${record}-more.md`, content: change(record, number * 16 + 1 + record) });
    }
    for (const file of files.slice(0, count - made)) yield file;
    made += files.length;
  }
}

function* stream(count, perFault, seen) {
  yield 'commit refs/heads/main\ncommitter Bench <bench@example.com> 1767225600 +0000\ndata 24\nchore: start the corpus\n';
  yield entry('WORKSPACE.md', '---\ntreework: 1\n---\n\n# Workspace\n\nDocuments under docs/specs are governed.\n');
  yield entry('package.json', '{\n  "name": "corpus",\n  "private": true\n}\n');
  yield entry('.gitignore', 'node_modules\n');
  for (let index = 0; index < SOURCES; index++) yield entry(`src/m${index}.ts`, `export const m${index} = ${index};\n`);
  for (const document of documents(count, perFault)) {
    if (document.open && !document.fault) seen.open.push(document.path);
    if (document.fault) seen.faults.push({ path: document.path, kind: document.fault.name });
    seen.count++;
    yield entry(document.path, document.content);
  }
  yield 'done\n';
}

function entry(path, content) {
  return `M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`;
}

/** Makes a repository with one commit and a clean work tree; returns `{count, open, faults}`: paths of editable specs, and of invalid documents with their kind. */
export async function createRepository(directory, count, perFault = 0) {
  mkdirSync(directory, { recursive: true });
  git(directory, 'init', '--quiet', '--template=', '--initial-branch=main');
  const settings = { 'user.name': 'Bench', 'user.email': 'bench@example.com', 'commit.gpgsign': 'false', 'gc.auto': '0', 'maintenance.auto': 'false', 'fastimport.unpackLimit': '1' };
  for (const [name, value] of Object.entries(settings)) git(directory, 'config', name, value);
  const seen = { count: 0, open: [], faults: [] };
  const child = spawn('git', ['fast-import', '--quiet', '--done'], { cwd: directory, env: cleanEnvironment(), stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
  await pipeline(Readable.from(batches(stream(count, perFault, seen))), child.stdin);
  const status = await ended;
  if (status !== 0) throw new Error(`Unexpected exit ${status} of git fast-import, expected 0`);
  git(directory, 'reset', '--quiet', '--hard');
  // As in a repository somebody works in: git reads files again that are not older than its index.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  git(directory, 'status', '--short');
  return seen;
}

/** The requirements of `count` documents as OpenSpec keeps them: one folder and one spec.md of about 2 KB each. */
export function createOpenSpec(directory, count) {
  mkdirSync(join(directory, 'openspec/changes/archive'), { recursive: true });
  for (let number = 1; number <= count; number++) {
    const folder = join(directory, `openspec/specs/bench-${number}`);
    mkdirSync(folder, { recursive: true });
    const pick = picker(number * 16);
    writeFileSync(join(folder, 'spec.md'), `# bench-${number} Specification\n\n## Purpose\n${prose(pick, 240)}\n\n## Requirements\n\n${requirements(pick, SIZE - 340)}`);
  }
}

function* batches(parts) {
  let batch = [];
  for (const part of parts) {
    batch.push(part);
    if (batch.length < 500) continue;
    yield batch.join('');
    batch = [];
  }
  yield batch.join('');
}
