import { packageOf, type Package } from '../documents/manifest.ts';
import type { GateCommand, GateName, MissingGate, ProjectFiles, Stack, Tool } from './stack.ts';

type Manager = 'npm' | 'pnpm' | 'yarn' | 'bun';

interface NodeProject extends Package {
  readonly manager: Manager;
  readonly isWorkspace: boolean;
  readonly files: ProjectFiles;
}

const LOCKS: Readonly<Record<string, Manager>> = { 'pnpm-lock.yaml': 'pnpm', 'yarn.lock': 'yarn', 'bun.lock': 'bun', 'bun.lockb': 'bun', 'package-lock.json': 'npm', 'npm-shrinkwrap.json': 'npm' };
const TOOLS: Readonly<Record<Manager, Tool>> = {
  npm: { program: 'npm', mend: 'install Node.js 20 or newer, which brings npm: https://nodejs.org' },
  pnpm: { program: 'pnpm', mend: 'corepack enable pnpm, or npm install --global pnpm' },
  yarn: { program: 'yarn', mend: 'corepack enable yarn, or npm install --global yarn' },
  bun: { program: 'bun', mend: 'npm install --global bun' },
};
const INSTALL: Readonly<Record<Manager, string>> = { npm: 'npm install', pnpm: 'pnpm install', yarn: 'yarn install', bun: 'bun install' };

/** Scripts that a gate may be called by, the first one that there is. */
const SCRIPTS: Readonly<Record<GateName, readonly string[]>> = {
  lint: ['lint'],
  types: ['types', 'typecheck', 'type-check', 'check-types', 'check:types', 'tsc'],
  build: ['build'],
  test: ['test'],
  coverage: ['coverage', 'test:coverage', 'test:cov', 'cover', 'cov'],
};
/** What `npm init` writes. */
const NO_TEST = /no test specified/;
/** A script that is node's own test runner and nothing else: its words may stand in another line. */
const NODE_TEST = /^node(?: --[\w=./-]+)* --test(?: [\w=./*-]+)*$/;

export function nodeStack(files: ProjectFiles): Stack | undefined {
  const found = packageOf(files.read('package.json'));
  if (!found) return undefined;
  const manager = managerOf(found, files);
  const project: NodeProject = { ...found, manager, files, isWorkspace: found.hasWorkspaces || files.names.has('pnpm-workspace.yaml') };
  const isInstalled = found.dependencies.size === 0 || ['node_modules', '.pnp.cjs'].some((name) => files.names.has(name));
  return {
    name: manager,
    manifest: 'package.json',
    tools: [TOOLS[manager]],
    unprepared: isInstalled ? undefined : { missing: 'node_modules: nobody has installed what package.json asks for', mend: manager === 'npm' && files.names.has('package-lock.json') ? 'npm ci' : INSTALL[manager] },
    gates: withoutUndefined({ lint: lint(project), types: types(project), build: script(project, 'build'), test: test(project), coverage: coverage(project) }),
  };
}

function managerOf({ packageManager }: Package, { names }: ProjectFiles): Manager {
  const said = /^(npm|pnpm|yarn|bun)@/.exec(packageManager ?? '')?.[1] as Manager | undefined;
  const lock = Object.keys(LOCKS).find((name) => names.has(name));
  return said ?? (lock === undefined ? 'npm' : (LOCKS[lock] as Manager));
}

/** The script of package.json that is called like the gate; in a workspace without one, that of its packages. */
function script(project: NodeProject, gate: GateName): GateCommand | undefined {
  const { manager, scripts, isWorkspace, files } = project;
  const name = SCRIPTS[gate].find((one) => scripts[one] !== undefined && !NO_TEST.test(scripts[one]));
  if (name !== undefined) return { command: name === 'test' && manager !== 'bun' ? `${manager} test` : `${manager} run ${name}`, why: `scripts.${name} of package.json`, needs: [TOOLS[manager]] };
  if (!isWorkspace || gate === 'coverage') return undefined;
  const all: Readonly<Record<Manager, string>> = {
    npm: `npm run ${gate} --workspaces --if-present`,
    pnpm: `pnpm --recursive --if-present run ${gate}`,
    yarn: files.names.has('.yarnrc.yml') ? `yarn workspaces foreach --all run ${gate}` : `yarn workspaces run ${gate}`,
    bun: `bun run --filter '*' ${gate}`,
  };
  return gate === 'test' ? { command: all[manager], why: 'the packages of this workspace, which has no script of its own', needs: [TOOLS[manager]] } : undefined;
}

function test(project: NodeProject): GateCommand | MissingGate {
  const { dependencies, manager, files } = project;
  const own = script(project, 'test');
  if (own) return own;
  const runners: Readonly<Record<string, string>> = { vitest: 'vitest run', jest: 'jest', mocha: 'mocha', ava: 'ava' };
  const runner = Object.keys(runners).find((name) => dependencies.has(name));
  if (runner !== undefined) return program(project, runners[runner] as string, `${runner} in the dependencies of package.json`);
  const example = [...files.names].find((name) => /(?:^|\/)(?:.*[._-])?test\.[cm]?[jt]s$|^test\/.*\.[cm]?js$/.test(name));
  if (example !== undefined) return { command: manager === 'bun' ? 'bun test' : 'node --test', why: `${example}, and no other runner`, needs: [TOOLS[manager]] };
  return { missing: 'package.json has no script `test`', mend: 'npm pkg set scripts.test="node --test"' };
}

function coverage(project: NodeProject): GateCommand | MissingGate {
  const { dependencies, manager, scripts } = project;
  const own = script(project, 'coverage');
  if (own) return own;
  const test = scripts.test ?? '';
  const needs = [TOOLS[manager]];
  if (NODE_TEST.test(test)) return { command: test.replace(/^node /, 'node --experimental-test-coverage '), why: 'scripts.test of package.json, measured by node', needs };
  if (dependencies.has('vitest')) {
    if (!['@vitest/coverage-v8', '@vitest/coverage-istanbul'].some((name) => dependencies.has(name))) return { missing: 'vitest has nothing to measure coverage with', mend: 'npm install --save-dev @vitest/coverage-v8, of the version that vitest has' };
    return program(project, 'vitest run --coverage --coverage.reporter=text --coverage.reportsDirectory="$TREEWORK_GATE_DIR/coverage"', 'vitest in the dependencies of package.json');
  }
  if (dependencies.has('jest')) return program(project, 'jest --coverage --coverageReporters=text --coverageDirectory="$TREEWORK_GATE_DIR/coverage"', 'jest in the dependencies of package.json');
  const meter = ['c8', 'nyc'].find((name) => dependencies.has(name));
  if (meter !== undefined) return program(project, `${meter} --reporter=text ${manager} test`, `${meter} in the dependencies of package.json`);
  if (manager === 'bun') return { command: 'bun test --coverage', why: 'bun measures by itself', needs };
  return { missing: 'nothing measures coverage', mend: 'npm install --save-dev c8, or a script `coverage` in package.json' };
}

function lint(project: NodeProject): GateCommand | undefined {
  const { files, dependencies } = project;
  const own = script(project, 'lint');
  if (own) return own;
  const names = [...files.names];
  const linters: readonly (readonly [dependency: string, config: RegExp, command: string])[] = [
    ['@biomejs/biome', /^biome\.jsonc?$/, 'biome ci .'],
    ['oxlint', /^\.oxlintrc\.json$/, 'oxlint --deny-warnings'],
    ['eslint', /^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.\w+)?)$/, 'eslint .'],
  ];
  for (const [dependency, config, command] of linters) {
    const file = names.find((name) => config.test(name));
    if (file !== undefined || (dependency !== 'eslint' && dependencies.has(dependency))) return program(project, command, file ?? `${dependency} in package.json`);
  }
  return undefined;
}

function types(project: NodeProject): GateCommand | undefined {
  return script(project, 'types') ?? (project.files.names.has('tsconfig.json') ? program(project, 'tsc --noEmit', 'tsconfig.json') : undefined);
}

/** A program of node_modules/.bin; never one that would have to be fetched first. */
function program({ manager, files }: NodeProject, line: string, why: string): GateCommand {
  const starts: Readonly<Record<Manager, string>> = { npm: 'npx --no --', pnpm: 'pnpm exec', yarn: 'yarn run', bun: 'bunx --no-install' };
  const name = line.split(' ')[0] as string;
  // With plug'n'play there is no folder to look into.
  const own: Tool[] = files.names.has('.pnp.cjs') ? [] : [{ program: name, mend: `${INSTALL[manager]}, or add ${name} to devDependencies`, isLocal: true }];
  return { command: `${starts[manager]} ${line}`, why, needs: [TOOLS[manager], ...own] };
}

function withoutUndefined<Value>(record: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, Value] => entry[1] !== undefined));
}
