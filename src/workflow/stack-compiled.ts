import type { GateCommand, GateName, MissingGate, ProjectFiles, Stack, StackName, Tool } from './stack.ts';

const GO: Tool = { program: 'go', mend: 'install Go: https://go.dev/dl' };
const CARGO: Tool = { program: 'cargo', mend: 'install Rust: https://rustup.rs' };
const JAVA: Tool = { program: 'java', mend: 'install a JDK: https://adoptium.net' };
const DOTNET: Tool = { program: 'dotnet', mend: 'install the .NET SDK: https://dotnet.microsoft.com/download' };

/** Stacks whose tools bring the gates along. */
export function compiledStacks(files: ProjectFiles): Stack[] {
  return [goStack(files), rustStack(files), mavenStack(files), gradleStack(files), dotnetStack(files)].filter((stack) => stack !== undefined);
}

type Gates = Readonly<Partial<Record<GateName, GateCommand | MissingGate | undefined>>>;

function stack(name: StackName, manifest: string, tools: readonly Tool[], gates: Gates): Stack {
  return { name, manifest, tools, unprepared: undefined, gates: Object.fromEntries(Object.entries(gates).filter(([, gate]) => gate !== undefined)) };
}

function goStack({ names }: ProjectFiles): Stack | undefined {
  const manifest = ['go.work', 'go.mod'].find((name) => names.has(name));
  if (manifest === undefined) return undefined;
  // In a workspace `./...` is the root's module alone.
  const run = (line: string): string => (manifest === 'go.work' ? `go list -f '{{.Dir}}/...' -m | xargs ${line}` : `${line} ./...`);
  const command = (line: string): GateCommand => ({ command: run(line), why: manifest, needs: [GO] });
  const linter = ['.golangci.yml', '.golangci.yaml', '.golangci.toml', '.golangci.json'].find((name) => names.has(name));
  const profile = '"$TREEWORK_GATE_DIR/cover.out"';
  return stack('go', manifest, [GO], {
    lint: linter === undefined ? command('go vet') : { command: run('golangci-lint run'), why: linter, needs: [{ program: 'golangci-lint', mend: 'install golangci-lint: https://golangci-lint.run' }] },
    types: command('go vet'),
    // Nothing is written: one main package alone would become a program in the work tree.
    build: command('go build -o /dev/null'),
    // Without -v passed tests are not counted.
    test: command('go test -v'),
    coverage: { command: `${run(`go test -v -coverpkg=./... -coverprofile=${profile}`)} && go tool cover -func=${profile}`, why: manifest, needs: [GO] },
  });
}

function rustStack({ names }: ProjectFiles): Stack | undefined {
  if (!names.has('Cargo.toml')) return undefined;
  const command = (line: string, needs: readonly Tool[] = [CARGO]): GateCommand => ({ command: `cargo ${line}`, why: 'Cargo.toml', needs });
  const tarpaulin = ['tarpaulin.toml', '.tarpaulin.toml'].find((name) => names.has(name));
  return stack('rust', 'Cargo.toml', [CARGO], {
    lint: command('clippy --workspace --all-targets -- -D warnings', [CARGO, { program: 'cargo-clippy', mend: 'rustup component add clippy' }]),
    types: command('check --workspace --all-targets'),
    build: command('build --workspace'),
    // Else the count would end at the first program with a failing test.
    test: command('test --workspace --no-fail-fast'),
    coverage: tarpaulin === undefined ? command('llvm-cov --workspace', [CARGO, { program: 'cargo-llvm-cov', mend: 'cargo install cargo-llvm-cov' }]) : { ...command('tarpaulin --workspace', [CARGO, { program: 'cargo-tarpaulin', mend: 'cargo install cargo-tarpaulin' }]), why: tarpaulin },
  });
}

function mavenStack({ names, read }: ProjectFiles): Stack | undefined {
  if (!names.has('pom.xml')) return undefined;
  const wrapper = names.has('mvnw');
  const needs = wrapper ? [JAVA] : [{ program: 'mvn', mend: 'install Maven: https://maven.apache.org/install.html' }, JAVA];
  const command = (goals: string, why = 'pom.xml'): GateCommand => ({ command: `${wrapper ? './mvnw' : 'mvn'} -B ${goals}`, why, needs });
  const pom = read('pom.xml') ?? '';
  const linter = [['spotless-maven-plugin', 'spotless:check'], ['maven-checkstyle-plugin', 'checkstyle:check']].find(([plugin = '']) => pom.includes(plugin));
  return stack('maven', 'pom.xml', needs, {
    lint: linter && command(linter[1] as string, `${linter[0]} in pom.xml`),
    types: command('test-compile'),
    build: command('-DskipTests package'),
    test: command('test'),
    coverage: pom.includes('jacoco-maven-plugin') ? command('test jacoco:report', 'jacoco-maven-plugin in pom.xml') : { missing: 'pom.xml has no jacoco-maven-plugin', mend: 'add jacoco-maven-plugin with its goal prepare-agent to pom.xml: https://www.jacoco.org/jacoco/trunk/doc/maven.html' },
  });
}

function gradleStack({ names, read }: ProjectFiles): Stack | undefined {
  const manifest = ['settings.gradle', 'settings.gradle.kts', 'build.gradle', 'build.gradle.kts'].find((name) => names.has(name));
  if (manifest === undefined) return undefined;
  const wrapper = names.has('gradlew');
  const needs = wrapper ? [JAVA] : [{ program: 'gradle', mend: 'install Gradle: https://gradle.org/install' }, JAVA];
  const command = (tasks: string, why: string = manifest): GateCommand => ({ command: `${wrapper ? './gradlew' : 'gradle'} --console=plain ${tasks}`, why, needs });
  const build = [...names].filter((name) => /(?:^|\/)build\.gradle(?:\.kts)?$/.test(name)).map((name) => read(name) ?? '').join('\n');
  const linter = [['spotless', 'spotlessCheck'], ['ktlint', 'ktlintCheck'], ['detekt', 'detekt'], ['checkstyle', 'checkstyleMain']].find(([plugin = '']) => build.includes(plugin));
  return stack('gradle', manifest, needs, {
    lint: linter && command(linter[1] as string, `${linter[0]} in the build script`),
    types: command('testClasses'),
    build: command('assemble'),
    // cleanTest: what is up to date would not run, and its old reports would be counted.
    test: command('cleanTest test --continue'),
    coverage: build.includes('jacoco') ? command('cleanTest test jacocoTestReport', 'jacoco in the build script') : { missing: 'the build script does not apply jacoco', mend: "add id 'jacoco' to plugins, and jacocoTestReport { reports { xml.required = true } }" },
  });
}

function dotnetStack({ names, read }: ProjectFiles): Stack | undefined {
  const manifest = [...names].filter((name) => /^[^/]+\.(?:slnx?|[cfv]b?s?proj)$/.test(name)).sort((a, b) => Number(a.endsWith('proj')) - Number(b.endsWith('proj')))[0];
  if (manifest === undefined) return undefined;
  const command = (line: string): GateCommand => ({ command: `dotnet ${line}`, why: manifest, needs: [DOTNET] });
  const projects = [...names].filter((name) => /\.[cfv]b?s?proj$/.test(name)).map((name) => read(name) ?? '');
  // Projects below are not all seen: the collector is missed only where all that are seen lack it.
  const lacksCollector = projects.some((text) => text.includes('Microsoft.NET.Test.Sdk')) && !projects.some((text) => /coverlet\.collector|Microsoft\.Testing\.Extensions\.CodeCoverage/.test(text));
  return stack('dotnet', manifest, [DOTNET], {
    lint: command('format --verify-no-changes'),
    types: command('build'),
    build: command('build'),
    test: command('test'),
    coverage: lacksCollector ? { missing: 'no test project has coverlet.collector', mend: 'dotnet add package coverlet.collector, in the test project' } : command('test --collect:"XPlat Code Coverage" --results-directory "$TREEWORK_GATE_DIR"'),
  });
}
