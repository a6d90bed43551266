import { FOLDER, SPEC } from '../harness/governed.ts';
import type { Answer, Sandbox } from '../harness/sandbox.ts';

export { FOLDER, SPEC };
export const WORKSPACE = '---\ntreework: 1\n---\n\n# How we work\n';

/** A repository that treework governs, without documents. */
export function workspace(sandbox: Sandbox, name = 'repo', text = WORKSPACE): string {
  return sandbox.repository(name, { 'WORKSPACE.md': text, 'README.md': '# Example\n' });
}

/** The same with PROJ-7's spec frozen and committed. */
export function frozen(sandbox: Sandbox, name = 'repo', spec = SPEC): string {
  sandbox.prepare(JSON.stringify(['frozen', name, spec]), [name], () => {
    workspace(sandbox, name);
    sandbox.write(name, { [`${FOLDER}/spec.md`]: spec });
    done(sandbox.treework(name, 'new', 'tasks', '--ticket', 'PROJ-7', '--why', 'Partners pull reports'));
    commitAll(sandbox, name);
  });
  return name;
}

export function commitAll(sandbox: Sandbox, repository: string): void {
  sandbox.git(repository, 'add', '.');
  sandbox.git(repository, 'commit', '-q', '-m', 'docs: go on');
}

export function done(answer: Answer): Answer {
  if (answer.status !== 0) throw new Error(`exit ${answer.status}: ${answer.output}`);
  return answer;
}

/** The one object on stdout. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function json(answer: Answer): any {
  return JSON.parse(answer.stdout);
}

/** What a verb said in JSON, its status checked. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function ask(sandbox: Sandbox, cwd: string, args: readonly string[], status = 0): any {
  const answer = sandbox.treework(cwd, ...args, '--json');
  if (answer.status !== status) throw new Error(`exit ${answer.status}, expected ${status}: ${answer.output}`);
  const object = json(answer);
  if (object.ok !== (status === 0)) throw new Error(`ok is ${object.ok} with exit ${status}`);
  return object;
}

/** Everything that git sees as different from HEAD, untracked files one by one. */
export function status(sandbox: Sandbox, repository: string): string {
  return sandbox.git(repository, 'status', '--porcelain', '--untracked-files=all');
}

/** Pastes a command into a shell where it says. */
export function paste(sandbox: Sandbox, action: { command: string; cwd: string }): Answer {
  return sandbox.run('sh', ['-c', `cd "$WHERE" && ${action.command}`], { env: { WHERE: action.cwd } });
}

/** A spec with two requirements. */
export function twoRequirements(statement = 'The system SHALL answer within one second.'): string {
  return `${SPEC}
### Requirement: Rate limit

${statement}

#### Scenario: Slow answer

- **GIVEN** a large report
- **WHEN** it is asked for
- **THEN** the answer comes within one second
`;
}
