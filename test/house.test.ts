import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from './harness/sandbox.ts';

/** A room imports from itself and from rooms of a lower floor; rooms of one floor do not see each other. */
const FLOORS: readonly (readonly string[])[] = [['tree'], ['git', 'documents'], ['workflow'], ['rules', 'check', 'render', 'providers'], ['editors'], ['commands']];
const FOR_EVERYONE = ['error.ts', 'version.ts'];
/** Doors of the house: they may open every room. */
const DOORS = ['agent-more.ts', 'agent.ts', 'answer.ts', 'cli.ts', 'hook.ts', 'index.ts', 'main.ts', 'provider-kit.ts', 'remark.ts'];
const LONGEST_FILE = 400;

const POWERS: readonly { readonly what: string; readonly modules: RegExp; readonly rooms: readonly string[] }[] = [
  { what: 'the file system', modules: /^(node:)?fs(\/promises)?$/, rooms: ['git'] },
  { what: 'processes', modules: /^(node:)?(child_process|worker_threads|cluster)$/, rooms: ['git'] },
  { what: 'the network', modules: /^(node:)?(net|http|https|http2|tls|dgram|dns)$/, rooms: ['providers'] },
];
const HAS_ENVIRONMENT = ['agent-more.ts', 'answer.ts', 'cli.ts', 'hook.ts', 'main.ts', 'git', 'commands'];

const files = sourceFiles(join(PACKAGE_ROOT, 'src'));

describe('the house', () => {
  it('has every room on a floor', () => {
    const rooms = new Set(files.map((path) => roomOf(path)).filter((room) => !room.endsWith('.ts')));
    expect([...rooms].filter((room) => !FLOORS.flat().includes(room))).toEqual([]);
    expect(rooms.size).toBe(FLOORS.flat().length);
  });

  it.each(files)('%s keeps its rules', (path) => {
    expect(faults(path, readFileSync(join(PACKAGE_ROOT, 'src', path), 'utf8'))).toEqual([]);
  });
});

describe('a broken rule is named', () => {
  it.each<[string, string, string]>([
    ['rules/x.ts', `import { check } from '../check/engine.ts';`, 'line 1: rules may not import check'],
    ['workflow/x.ts', `export type { Rule } from '../rules/a.ts';`, 'line 1: workflow may not import rules'],
    ['git/x.ts', `const p = import('../documents/parse.ts');`, 'line 1: git may not import documents'],
    ['tree/x.ts', `type A = import('../cli.ts').A;`, 'line 1: tree may not import cli.ts'],
    ['rules/x.ts', `import { parse } from '../documents/parse';`, 'line 1: ../documents/parse does not end in .ts'],
    ['rules/x.ts', `import { readFileSync } from 'node:fs';`, 'line 1: rules may not use the file system'],
    ['commands/x.ts', `import { spawn } from 'child_process';`, 'line 1: commands may not use processes'],
    ['git/x.ts', `import http from 'node:http';`, 'line 1: git may not use the network'],
    ['git/x.ts', `void fetch('https://example.com');`, 'line 1: git may not use the network'],
    ['providers/x.ts', `import { check } from '../check/engine.ts';`, 'line 1: providers may not import check'],
    ['providers/x.ts', `import { readFileSync } from 'node:fs';`, 'line 1: providers may not use the file system'],
    ['providers/x.ts', `import { spawn } from 'node:child_process';`, 'line 1: providers may not use processes'],
    ['render/x.ts', `import { fitted } from '../providers/shape.ts';`, 'line 1: render may not import providers'],
    ['check/x.ts', `const now = Date.now();`, 'line 1: check may not use Date.now'],
    ['check/x.ts', `const now = new Date();`, 'line 1: check may not use new Date()'],
    ['render/x.ts', `const { env } = process;`, 'line 1: render may not use process'],
    ['render/x.ts', `const dice = Math.random();`, 'line 1: render may not use Math.random'],
    ['commands/x.ts', `\nprocess.exit(1);`, 'line 2: only answer.ts ends the process'],
    ['rules/x.ts', `export default 1;`, 'line 1: a default export'],
    ['rules/x.ts', `let count = 0;`, 'line 1: module-level state that changes'],
    ['rules/x.ts', '\n'.repeat(LONGEST_FILE), `${LONGEST_FILE + 1} lines, at most ${LONGEST_FILE}`],
  ])('%s: %s', (path, source, fault) => {
    expect(faults(path, source)).toEqual([fault]);
  });

  it('and what is right is not', () => {
    const source = `import { UserError } from '../error.ts';\nimport type { Tree } from '../tree/tree.ts';\nimport validators from './validators.js';\nexport const then = new Date(0);\nexport function f() { let a = 1; return a; }\n`;
    expect(faults('workflow/x.ts', source)).toEqual([]);
    expect(faults('providers/x.ts', `import { request } from 'node:https';\nexport const ask = () => fetch('https://example.com');\n`)).toEqual([]);
  });
});

function faults(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const add = (node: ts.Node, fault: string) => found.push(`line ${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${fault}`);
  const visit = (node: ts.Node): void => {
    const name = importedBy(node);
    if (name !== undefined) for (const fault of importFaults(path, name)) add(node, fault);
    for (const fault of powerFaults(path, node)) add(node, fault);
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const statement of source.statements) for (const fault of statementFaults(statement)) add(statement, fault);
  const lines = text.split('\n').length;
  return lines > LONGEST_FILE ? [...found, `${lines} lines, at most ${LONGEST_FILE}`] : found;
}

/** What an import, a re-export, `import()` or an import type names. */
function importedBy(node: ts.Node): string | undefined {
  const named = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
  const called = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0] : undefined;
  const typed = ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  const specifier = named ?? called ?? typed;
  return specifier && ts.isStringLiteralLike(specifier) ? specifier.text : undefined;
}

function importFaults(path: string, name: string): string[] {
  const room = roomOf(path);
  if (!name.startsWith('.')) return POWERS.filter(({ modules, rooms }) => modules.test(name) && !rooms.includes(room)).map(({ what }) => `${room} may not use ${what}`);
  const target = roomOf(join(dirname(path), name));
  const endings = /\.ts$|\/generated\/validators\.js$|^\.\/validators\.js$/;
  return [
    ...(endings.test(name) ? [] : [`${name} does not end in .ts`]),
    ...(mayImport(room, target) ? [] : [`${room} may not import ${target}`]),
  ];
}

function mayImport(room: string, target: string): boolean {
  if (DOORS.includes(room) || room === target || FOR_EVERYONE.includes(target)) return true;
  const floor = (name: string) => FLOORS.findIndex((rooms) => rooms.includes(name));
  return floor(target) !== -1 && floor(target) < floor(room);
}

function powerFaults(path: string, node: ts.Node): string[] {
  const room = roomOf(path);
  const text = node.getText();
  const isMember = ts.isPropertyAccessExpression(node);
  if (path !== 'answer.ts' && isMember && /^process\.(exit|abort|reallyExit)$/.test(text)) return ['only answer.ts ends the process'];
  if (ts.isCallExpression(node) && node.expression.getText() === 'fetch' && room !== 'providers') return [`${room} may not use the network`];
  if (HAS_ENVIRONMENT.includes(room)) return [];
  if (isMember && /^(Date\.now|Math\.random)$/.test(text)) return [`${room} may not use ${text}`];
  if (ts.isNewExpression(node) && /^new Date\b(\(\))?$/.test(text)) return [`${room} may not use new Date()`];
  return ts.isIdentifier(node) && text === 'process' && !isKey(node) ? [`${room} may not use process`] : [];
}

/** The name of a property: of data, whatever it holds. */
function isKey(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) return parent.name === node;
  return ts.isPropertyAccessExpression(parent) && parent.name === node && parent.expression.getText() !== 'globalThis';
}

function statementFaults(statement: ts.Statement): string[] {
  const isDefault = ts.isExportAssignment(statement) || (ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some((one) => one.kind === ts.SyntaxKind.DefaultKeyword));
  const isVariable = ts.isVariableStatement(statement) && !(statement.declarationList.flags & ts.NodeFlags.Const) && !isDeclared(statement);
  return [...(isDefault ? ['a default export'] : []), ...(isVariable ? ['module-level state that changes'] : [])];
}

function isDeclared(statement: ts.VariableStatement): boolean {
  return statement.modifiers?.some((one) => one.kind === ts.SyntaxKind.DeclareKeyword) === true;
}

/** The first folder below src, or the file itself. */
function roomOf(path: string): string {
  return path.split('/')[0] as string;
}

function sourceFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true }).map(String);
  return names.filter((name) => name.endsWith('.ts') && !name.includes('generated/')).sort();
}
