import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../src/documents/settings.ts';
import { planGates } from '../../src/workflow/gate-plan.ts';
import { isRunnable, stacksOf, type Stack } from '../../src/workflow/stack.ts';

const stacks = (files: Readonly<Record<string, string>>): Stack[] => stacksOf({ names: new Set(Object.keys(files)), read: (name) => files[name] });

/** Each stack's name and the commands of its gates; `!` where a gate is missing. */
function commands(files: Readonly<Record<string, string>>): Record<string, Record<string, string>> {
  return Object.fromEntries(stacks(files).map(({ name, gates }) => [name, Object.fromEntries(Object.entries(gates).map(([gate, one]) => [gate, isRunnable(one) ? one.command : `! ${one.missing}`]))]));
}

const json = (data: unknown) => JSON.stringify(data);
const GO_COVER = '"$TREEWORK_GATE_DIR/cover.out"';

describe('O7: a stack says how it is tested, built, measured, linted and checked', () => {
  it('npm, pnpm, yarn and bun by lock file or packageManager', () => {
    const scripts = { test: 'vitest run', build: 'tsc -b', lint: 'eslint .', typecheck: 'tsc --noEmit', 'test:coverage': 'vitest run --coverage' };
    const gates = (manager: string) => ({ lint: `${manager} run lint`, types: `${manager} run typecheck`, build: `${manager} run build`, test: manager === 'bun' ? 'bun run test' : `${manager} test`, coverage: `${manager} run test:coverage` });
    expect(commands({ 'package.json': json({ scripts }) })).toEqual({ npm: gates('npm') });
    expect(commands({ 'package.json': json({ scripts }), 'pnpm-lock.yaml': '' })).toEqual({ pnpm: gates('pnpm') });
    expect(commands({ 'package.json': json({ scripts }), 'yarn.lock': '' })).toEqual({ yarn: gates('yarn') });
    expect(commands({ 'package.json': json({ scripts }), 'bun.lock': '' })).toEqual({ bun: gates('bun') });
    expect(commands({ 'package.json': json({ scripts, packageManager: 'pnpm@9.1.0' }), 'package-lock.json': '' })).toEqual({ pnpm: gates('pnpm') });
  });

  it('runners and linters of Node where no script names them, never fetched', () => {
    const devDependencies = { vitest: '4', '@vitest/coverage-v8': '4', eslint: '9' };
    expect(commands({ 'package.json': json({ devDependencies, scripts: { test: 'echo "Error: no test specified" && exit 1' } }), 'tsconfig.json': '{}', 'eslint.config.js': '' })).toEqual({
      npm: { lint: 'npx --no -- eslint .', types: 'npx --no -- tsc --noEmit', test: 'npx --no -- vitest run', coverage: 'npx --no -- vitest run --coverage --coverage.reporter=text --coverage.reportsDirectory="$TREEWORK_GATE_DIR/coverage"' },
    });
    expect(stacks({ 'package.json': json({ devDependencies }) })[0]?.gates.test).toMatchObject({ needs: [{ program: 'npm' }, { program: 'vitest', isLocal: true }] });
    expect(commands({ 'package.json': json({ devDependencies: { jest: '30' } }), 'yarn.lock': '' }).yarn).toMatchObject({ test: 'yarn run jest', coverage: expect.stringMatching(/^yarn run jest --coverage/) });
    expect(commands({ 'package.json': json({ devDependencies: { vitest: '4' } }) }).npm?.coverage).toBe('! vitest has nothing to measure coverage with');
    expect(commands({ 'package.json': json({ scripts: { test: 'node --test test/*.js' } }) }).npm).toMatchObject({ coverage: 'node --experimental-test-coverage --test test/*.js' });
    expect(commands({ 'package.json': json({ scripts: { test: 'node --test; rm -rf "$HOME"' } }) }).npm?.coverage).toBe('! nothing measures coverage');
    expect(commands({ 'package.json': '{}', 'test/a.test.js': '' }).npm?.test).toBe('node --test');
    expect(commands({ 'package.json': '{}' }).npm).toEqual({ test: '! package.json has no script `test`', coverage: '! nothing measures coverage' });
    expect(commands({ 'package.json': 'no JSON' })).toEqual({});
  });

  it('a workspace without a script of its own tests its packages', () => {
    expect(commands({ 'package.json': json({ workspaces: ['packages/*'] }) }).npm?.test).toBe('npm run test --workspaces --if-present');
    expect(commands({ 'package.json': '{}', 'pnpm-workspace.yaml': '', 'pnpm-lock.yaml': '' }).pnpm?.test).toBe('pnpm --recursive --if-present run test');
    expect(commands({ 'package.json': json({ workspaces: [] }), 'yarn.lock': '', '.yarnrc.yml': '' }).yarn?.test).toBe('yarn workspaces foreach --all run test');
  });

  it('dependencies that nobody has installed are said', () => {
    const of = (files: Record<string, string>) => stacks({ 'package.json': json({ dependencies: { a: '1' } }), ...files })[0]?.unprepared?.mend;
    expect([of({}), of({ 'package-lock.json': '' }), of({ 'pnpm-lock.yaml': '' }), of({ node_modules: '' })]).toEqual(['npm install', 'npm ci', 'pnpm install', undefined]);
  });

  it('Python with pytest, unittest, tox, and with poetry, uv and pipenv', () => {
    expect(commands({ 'pyproject.toml': '[build-system]\n[project.optional-dependencies]\ndev = ["pytest>=8", "pytest-cov", "ruff", "mypy"]' })).toEqual({
      python: { lint: 'python3 -m ruff check .', types: 'python3 -m mypy .', build: 'python3 -m build --outdir "$TREEWORK_GATE_DIR/dist"', test: 'python3 -m pytest', coverage: 'COVERAGE_FILE="$TREEWORK_GATE_DIR/coverage" python3 -m pytest --cov --cov-report=term' },
    });
    expect(commands({ 'requirements.txt': 'flask\ncoverage\n', 'tests/test_a.py': '' }).python).toEqual({ test: 'python3 -m unittest discover -v -s tests -t .', coverage: 'export COVERAGE_FILE="$TREEWORK_GATE_DIR/coverage"; python3 -m coverage run --source=. -m unittest discover -v -s tests -t . && python3 -m coverage report' });
    expect(commands({ 'tox.ini': '[tox]' }).python?.test).toBe('tox');
    expect(commands({ 'pyproject.toml': '[tool.poetry]\n[tool.poetry.group.dev.dependencies]\npytest = "8"', 'poetry.lock': '' }).python?.test).toBe('poetry run python -m pytest');
    expect(commands({ 'pyproject.toml': '[project]\n', 'uv.lock': '', 'tests/conftest.py': '' }).python).toMatchObject({ test: 'uv run python -m pytest', coverage: '! nothing measures coverage' });
    expect(commands({ Pipfile: '[dev-packages]\npytest = "*"' }).python?.test).toBe('pipenv run python -m pytest');
    expect(commands({ 'requirements.txt': 'requests # not pytest' }).python?.test).toMatch(/^! there is no file test/);
    expect(commands({ 'requirements.txt': 'pytest-django-not-it' }).python?.test).toMatch(/^!/);
  });

  it('Go and its workspaces, Rust, Maven, Gradle, .NET', () => {
    expect(commands({ 'go.mod': 'module a' }).go).toEqual({ lint: 'go vet ./...', types: 'go vet ./...', build: 'go build -o /dev/null ./...', test: 'go test -v ./...', coverage: `go test -v -coverpkg=./... -coverprofile=${GO_COVER} ./... && go tool cover -func=${GO_COVER}` });
    expect(commands({ 'go.work': 'use ./a', 'go.mod': '', '.golangci.yml': '' }).go).toMatchObject({ lint: "go list -f '{{.Dir}}/...' -m | xargs golangci-lint run", test: "go list -f '{{.Dir}}/...' -m | xargs go test -v" });
    expect(commands({ 'Cargo.toml': '[workspace]' }).rust).toEqual({ lint: 'cargo clippy --workspace --all-targets -- -D warnings', types: 'cargo check --workspace --all-targets', build: 'cargo build --workspace', test: 'cargo test --workspace --no-fail-fast', coverage: 'cargo llvm-cov --workspace' });
    expect(commands({ 'pom.xml': '<artifactId>jacoco-maven-plugin</artifactId>', mvnw: '' }).maven).toEqual({ types: './mvnw -B test-compile', build: './mvnw -B -DskipTests package', test: './mvnw -B test', coverage: './mvnw -B test jacoco:report' });
    expect(commands({ 'pom.xml': '' }).maven?.coverage).toBe('! pom.xml has no jacoco-maven-plugin');
    expect(commands({ 'settings.gradle.kts': '', gradlew: '', 'app/build.gradle.kts': 'plugins { jacoco }' }).gradle).toEqual({ types: './gradlew --console=plain testClasses', build: './gradlew --console=plain assemble', test: './gradlew --console=plain cleanTest test --continue', coverage: './gradlew --console=plain cleanTest test jacocoTestReport' });
    expect(commands({ 'a.csproj': '', 'a.sln': '' }).dotnet).toMatchObject({ lint: 'dotnet format --verify-no-changes', build: 'dotnet build', test: 'dotnet test' });
    expect(commands({ 'a.sln': '', 'T/T.csproj': 'Microsoft.NET.Test.Sdk' }).dotnet?.coverage).toBe('! no test project has coverlet.collector');
  });

  it('make, where nothing else has a word', () => {
    const Makefile = 'VERSION := 1\nbuild lint: deps\n\tcc a.c\ncheck:\n\t./run\ntest-all:\n.PHONY: build\n';
    expect(commands({ Makefile }).make).toEqual({ lint: 'make lint', build: 'make build', test: 'make check' });
    expect(commands({ Makefile, 'go.mod': '' })).toMatchObject({ go: { test: 'go test -v ./...' } });
    expect(commands({ Makefile, 'package.json': json({ scripts: { test: 'mocha' } }) })).toMatchObject({ npm: { test: 'npm test' }, make: { lint: 'make lint', build: 'make build' } });
    expect(commands({ Makefile: 'all:\n' })).toEqual({});
  });
});

describe('what is run', () => {
  const plan = (gates: unknown, files: Readonly<Record<string, string>>, asked: Parameters<typeof planGates>[2] = []) =>
    Object.fromEntries(planGates(settingsOf({ treework: 1, gates }).gates, [{ folder: '', stacks: stacks(files) }], asked).map(({ gate, state, runs, missing }) => [gate, state === 'run' ? [...runs.map(({ command }) => command), ...missing.map((one) => `! ${one.missing}`)] : state]));
  const files = { 'package.json': json({ scripts: { test: 'mocha', coverage: 'c8 mocha' } }) };

  it('WORKSPACE.md overrides, and switches off', () => {
    expect(plan({ test: './t.sh', lint: 'make lint', build: 'off', coverage: 'off' }, files)).toEqual({ lint: ['make lint'], types: 'none', build: 'off', test: ['./t.sh'], coverage: 'off' });
    expect(plan({ coverage_command: './c.sh' }, files)).toMatchObject({ coverage: ['./c.sh'] });
    expect(plan(undefined, files)).toEqual({ lint: 'none', types: 'none', build: 'none', test: ['npm test'], coverage: ['npm run coverage'] });
  });

  it('O7: what somebody asks for or names has to be there, and tests always', () => {
    expect(plan(undefined, files, ['lint'])).toEqual({ lint: ['! nothing in this repository says how it is linted'] });
    expect(plan({ types: 'auto' }, files)).toMatchObject({ types: [expect.stringMatching(/^! nothing/)] });
    expect(plan(undefined, {})).toMatchObject({ test: ['! nothing in this repository says how it is tested'], coverage: [expect.stringMatching(/^!/)] });
    expect(plan(undefined, { 'package.json': '{}' })).toMatchObject({ test: ['! package.json has no script `test`'], coverage: ['! nothing measures coverage'] });
  });

  it('several kinds of project in one folder: one has to have tests, and what has tests is measured', () => {
    const both = { 'package.json': '{}', 'pyproject.toml': '', 'pytest.ini': '' };
    expect(plan(undefined, both)).toMatchObject({ test: ['python3 -m pytest'], coverage: ['! nothing measures coverage'] });
    expect(plan(undefined, { ...files, 'pyproject.toml': '', 'pytest.ini': '' })).toMatchObject({ test: ['npm test', 'python3 -m pytest'], coverage: ['npm run coverage', '! nothing measures coverage'] });
  });

  it('a wrong value of coverage is the default, not none', () => {
    const least = (coverage: unknown) => settingsOf({ gates: { coverage } }).gates.leastCoverage;
    expect([least(undefined), least('none'), least(-1), least(101), least(0), least(92.5), least('ratchet')]).toEqual([80, 80, 80, 80, 0, 92.5, 'ratchet']);
  });
});
