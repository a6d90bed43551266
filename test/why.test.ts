import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox } from './harness/sandbox.ts';

let sandbox: Sandbox;

beforeAll(() => {
  sandbox = new Sandbox();
  sandbox.repository('shop', {
    'WORKSPACE.md': '---\ntreework: 1\nlayout:\n  specs: tickets\ndirectories:\n  src/*: [README.md]\nrules:\n  frontmatter-valid: warning\n  directory-standard: off\n---\n',
    'tickets/PROJ-7/spec.md': '---\nticket: PROJ-7\ntitle: Reports\n---\n',
    'tickets/PROJ-7/tasks.md': '---\nticket: PROJ-7\nspec: sha256:abc\n---\n',
    'src/reports/index.ts': 'export {};\n',
  });
  sandbox.repository('plain');
});
afterAll(() => sandbox.remove());

function why(path: string, cwd = 'shop') {
  const answer = sandbox.treework(cwd, 'why', path, '--json');
  expect(answer.stderr).toBe('');
  return JSON.parse(answer.stdout);
}

it('names kind, ticket, freeze, shape, and where each setting comes from', () => {
  const facts = why('tickets/PROJ-7/spec.md');
  expect(facts).toMatchObject({ ok: true, governed: true, exists: true, kind: 'spec', ticket: 'PROJ-7', archived: false, schema: 'schemas/spec.schema.json' });
  expect(facts.frozen).toEqual({ pin: 'sha256:abc', by: 'tickets/PROJ-7/tasks.md:3' });
  expect(facts.settings).toContainEqual({ name: 'layout', value: 'specs: tickets', from: 'WORKSPACE.md:4' });
  expect(facts.rules).toContainEqual({ rule: 'spec-frozen', severity: 'error', from: 'default', judges: 'ticket', protected: true });
  expect(facts.rules).toContainEqual({ rule: 'frontmatter-valid', severity: 'warning', from: 'a frozen text is only warned about', judges: 'document', protected: false });
  expect(facts.rules).toContainEqual({ rule: 'directory-standard', severity: 'off', from: 'WORKSPACE.md:9', judges: 'repository', protected: false });
});

it('answers for paths that do not exist yet, from a subfolder', () => {
  const facts = why('nodes/build.md', 'shop/tickets/PROJ-7');
  expect(facts).toMatchObject({ path: 'tickets/PROJ-7/nodes/build.md', exists: false, kind: 'node', ticket: 'PROJ-7' });
  expect(facts.rules).toContainEqual({ rule: 'frontmatter-valid', severity: 'warning', from: 'WORKSPACE.md:8', judges: 'document', protected: false });
  expect(why('../../src/reports/index.ts', 'shop/tickets/PROJ-7')).toMatchObject({ path: 'src/reports/index.ts', governed: true });
});

it('knows folders, strays and standards of directories', () => {
  expect(why('tickets/PROJ-7/')).toMatchObject({ kind: 'folder', reason: 'the folder of ticket PROJ-7' });
  expect(why('tickets')).toMatchObject({ kind: 'folder' });
  expect(why('tickets/PROJ-7/specs.md')).toMatchObject({ kind: 'stray', frozen: { pin: 'sha256:abc' } });
  expect(why('tickets/PROJ-8/idea.md')).toMatchObject({ kind: 'idea', frozen: false });
  expect(why('tickets/ARCHIVED/PROJ-1/spec.md')).toMatchObject({ archived: true, ticket: 'PROJ-1' });
  expect(why('src/reports').directories).toEqual([{ directory: 'src/reports', pattern: 'src/*', holds: ['README.md'], from: 'WORKSPACE.md:6' }]);
});

it('says why a path is nobody\'s business', () => {
  expect(why('lib/main.ts').reason).toMatch(/^not governed: it is neither WORKSPACE.md nor below tickets \(WORKSPACE.md:4\)/);
  expect(why('README.md', 'plain')).toMatchObject({ governed: false, rules: [] });
  const outside = sandbox.treework('shop', 'why', '../plain/README.md');
  expect(outside.status).toBe(2);
  expect(outside.stderr).toContain('Unexpected path ../plain/README.md, expected one inside');
});

it('tells a person the same', () => {
  const { stdout, status } = sandbox.treework('shop', 'why', 'tickets/PROJ-7/spec.md');
  expect(status).toBe(0);
  expect(stdout).toContain('tickets/PROJ-7/spec.md: spec of ticket PROJ-7\n');
  expect(stdout).toContain('  frozen    by tickets/PROJ-7/tasks.md:3, sha256:abc');
  expect(stdout).toMatch(/ {2}spec-frozen +error +default; judges the ticket; protected/);
});

it('X13: names the requirements of living specs that a file carries, and what its tests are', () => {
  const requirement = '## Requirements\n\n### Requirement: Token validation\n\nThe system SHALL reject expired tokens.\n';
  sandbox.repository('carried', {
    'WORKSPACE.md': '---\ntreework: 1\n---\n',
    'docs/capabilities/auth.md': `---\ntitle: Auth\n---\n${requirement}`,
    'docs/specs/ARCHIVED/PROJ-7/spec.md': `---\nticket: PROJ-7\ntitle: Tokens\ncapability: auth\n---\n${requirement}\n### Requirement: Gone\n\nIt SHALL go.\n`,
    'docs/specs/ARCHIVED/PROJ-7/tasks.md': '---\nticket: PROJ-7\nnodes:\n  - {id: red, role: test-writer, scope: ["test/**"]}\n  - {id: build, scope: ["src/auth/**", "!src/auth/ui/**"], covers: [Token validation]}\n  - {id: other, scope: ["src/**"]}\n---\n',
    'docs/specs/ARCHIVED/PROJ-7/nodes/red.md': '---\nnode: red\nstatus: complete\ncovered: {Token validation: "sha256:0", Gone: "sha256:0"}\n---\n',
    'docs/specs/ARCHIVED/PROJ-7/nodes/build.md': '---\nnode: build\nstatus: complete\n---\n',
    'docs/specs/ARCHIVED/PROJ-7/nodes/other.md': '---\nnode: other\nstatus: skipped\n---\n',
  });
  const carried = { requirement: 'Token validation', at: 'docs/capabilities/auth.md:6', ticket: 'PROJ-7' };
  expect(why('src/auth/verify.ts', 'carried').carries).toEqual([{ ...carried, node: 'build', test: false }]);
  expect(why('test/auth.test.ts', 'carried').carries).toEqual([{ ...carried, node: 'red', test: true }]);
  expect(why('src/auth/ui/form.ts', 'carried').carries).toBeUndefined();
  expect(sandbox.treework('carried', 'why', 'src/auth/verify.ts').stdout).toContain('  carries   Token validation (docs/capabilities/auth.md:6), since PROJ-7/build');
});
