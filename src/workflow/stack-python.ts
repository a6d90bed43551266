import type { GateCommand, MissingGate, ProjectFiles, Stack, Tool } from './stack.ts';

const MANIFESTS = ['pyproject.toml', 'setup.py', 'setup.cfg', 'tox.ini', 'pytest.ini', 'Pipfile', 'requirements.txt'];
/** Where dependencies and settings of tools stand. */
const TEXTS = [...MANIFESTS, 'requirements-dev.txt', 'dev-requirements.txt', 'requirements/dev.txt', 'requirements/test.txt', 'requirements-test.txt'];

const PYTHON: Tool = { program: 'python3', mend: 'install Python 3: https://www.python.org/downloads' };
const MANAGERS: readonly { readonly name: string; readonly tool: Tool; readonly run: string; readonly isUsed: (project: PythonFiles) => boolean }[] = [
  { name: 'uv', tool: { program: 'uv', mend: 'pipx install uv' }, run: 'uv run', isUsed: ({ names, has }) => names.has('uv.lock') || has('pyproject.toml', /^\[tool\.uv[\].]/m) },
  { name: 'poetry', tool: { program: 'poetry', mend: 'pipx install poetry' }, run: 'poetry run', isUsed: ({ names, has }) => names.has('poetry.lock') || has('pyproject.toml', /^\[tool\.poetry[\].]/m) },
  { name: 'pipenv', tool: { program: 'pipenv', mend: 'pipx install pipenv' }, run: 'pipenv run', isUsed: ({ names }) => names.has('Pipfile') },
];

interface PythonFiles {
  readonly names: ReadonlySet<string>;
  has(file: string, pattern: RegExp): boolean;
  /** Whether any text names a tool as a word of its own, such as a dependency. */
  mentions(tool: string): boolean;
}

/** How a module of Python is run here. */
interface Runner {
  readonly prefix: string;
  readonly tool: Tool;
  readonly install: (module: string) => string;
}

export function pythonStack(files: ProjectFiles): Stack | undefined {
  const manifest = MANIFESTS.find((name) => files.names.has(name));
  if (manifest === undefined) return undefined;
  const project = projectOf(files);
  const runner = runnerOf(project);
  const test = testOf(project, runner);
  const gates = { lint: lintOf(project, runner), types: typesOf(project, runner), build: buildOf(project, runner), test, coverage: coverageOf(project, runner, test) };
  return { name: 'python', manifest, tools: [runner.tool], unprepared: undefined, gates: Object.fromEntries(Object.entries(gates).filter(([, gate]) => gate !== undefined)) };
}

function projectOf(files: ProjectFiles): PythonFiles {
  const all = TEXTS.map((name) => files.read(name)?.replaceAll(/#.*/g, '') ?? '').join('\n');
  return {
    names: files.names,
    has: (file, pattern) => pattern.test(files.read(file) ?? ''),
    mentions: (tool) => new RegExp(`(?<![\\w-])${tool}(?![\\w-])`).test(all),
  };
}

function runnerOf(project: PythonFiles): Runner {
  const manager = MANAGERS.find(({ isUsed }) => isUsed(project));
  if (!manager) return { prefix: 'python3 -m', tool: PYTHON, install: (module) => `python3 -m pip install ${module}` };
  const add: Readonly<Record<string, string>> = { uv: 'uv add --dev', poetry: 'poetry add --group dev', pipenv: 'pipenv install --dev' };
  return { prefix: `${manager.run} python -m`, tool: manager.tool, install: (module) => `${add[manager.name]} ${module}` };
}

function module({ prefix, tool }: Runner, line: string, why: string): GateCommand {
  return { command: `${prefix} ${line}`, why, needs: [tool] };
}

function testOf(project: PythonFiles, runner: Runner): GateCommand | MissingGate {
  const sign = ['pytest.ini', 'conftest.py', 'tests/conftest.py', 'test/conftest.py'].find((name) => project.names.has(name));
  if (sign !== undefined || project.mentions('pytest')) return module(runner, 'pytest', sign ?? 'pytest among the dependencies or settings');
  if (project.names.has('tox.ini')) return { command: 'tox', why: 'tox.ini', needs: [{ program: 'tox', mend: 'pipx install tox' }] };
  const example = [...project.names].find((name) => /(?:^|\/)test_?[^/]*\.py$/.test(name));
  if (example === undefined) return { missing: 'there is no file test*.py, and nothing names a runner of tests', mend: runner.install('pytest') };
  const folder = ['tests', 'test'].find((name) => example.startsWith(`${name}/`));
  return module(runner, folder === undefined ? 'unittest discover -v' : `unittest discover -v -s ${folder} -t .`, `${example}, and nothing names pytest`);
}

function coverageOf(project: PythonFiles, runner: Runner, test: GateCommand | MissingGate): GateCommand | MissingGate {
  if ('missing' in test) return test;
  const isPytest = test.command.endsWith(' pytest');
  // What a file of data would be called is left to the environment: nothing is written into the work tree.
  const data = 'COVERAGE_FILE="$TREEWORK_GATE_DIR/coverage"';
  if (isPytest && project.mentions('pytest-cov')) return { ...module(runner, 'pytest --cov --cov-report=term', 'pytest-cov among the dependencies'), command: `${data} ${runner.prefix} pytest --cov --cov-report=term` };
  const isMeasured = project.mentions('coverage') || project.names.has('.coveragerc');
  const measured = /-m ((?:pytest|unittest)\b.*)$/.exec(test.command)?.[1];
  if (!isMeasured || measured === undefined) return { missing: 'nothing measures coverage', mend: isPytest ? runner.install('pytest-cov') : runner.install('coverage') };
  return { command: `export ${data}; ${runner.prefix} coverage run --source=. -m ${measured} && ${runner.prefix} coverage report`, why: 'coverage among the dependencies or settings', needs: [runner.tool] };
}

function lintOf(project: PythonFiles, runner: Runner): GateCommand | undefined {
  const ruff = ['ruff.toml', '.ruff.toml'].find((name) => project.names.has(name));
  if (ruff !== undefined || project.mentions('ruff') || project.has('pyproject.toml', /^\[tool\.ruff/m)) return module(runner, 'ruff check .', ruff ?? 'ruff among the dependencies or settings');
  if (project.names.has('.flake8') || project.mentions('flake8')) return module(runner, 'flake8 .', 'flake8 among the dependencies or settings');
  return project.mentions('pylint') ? module(runner, 'pylint --recursive=y .', 'pylint among the dependencies or settings') : undefined;
}

function typesOf(project: PythonFiles, runner: Runner): GateCommand | undefined {
  if (project.names.has('mypy.ini') || project.mentions('mypy') || project.has('pyproject.toml', /^\[tool\.mypy/m)) return module(runner, 'mypy .', 'mypy among the dependencies or settings');
  if (project.names.has('pyrightconfig.json') || project.mentions('pyright') || project.has('pyproject.toml', /^\[tool\.pyright/m)) return module(runner, 'pyright', 'pyright among the dependencies or settings');
  return undefined;
}

function buildOf(project: PythonFiles, runner: Runner): GateCommand | undefined {
  if (!project.has('pyproject.toml', /^\[build-system\]/m) && !project.names.has('setup.py')) return undefined;
  const out = '"$TREEWORK_GATE_DIR/dist"';
  if (runner.tool.program === 'uv') return { command: `uv build --out-dir ${out}`, why: 'build-system of pyproject.toml', needs: [runner.tool] };
  if (runner.tool.program === 'poetry') return { command: `poetry build --output ${out}`, why: 'build-system of pyproject.toml', needs: [runner.tool] };
  return module(runner, `build --outdir ${out}`, project.names.has('setup.py') ? 'setup.py' : 'build-system of pyproject.toml');
}
