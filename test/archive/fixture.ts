import { Sandbox } from '../harness/sandbox.ts';
import { pin } from '../harness/governed.ts';
import { ask, done } from '../verbs/fixture.ts';

/** A requirement of a spec, with a scenario. */
export function requirement(name: string, statement: string, header = ''): string {
  return `### Requirement: ${name}\n${header}\n${statement}\n\n#### Scenario: Seen\n\n- **GIVEN** a system\n- **WHEN** it is asked\n- **THEN** it answers\n`;
}

export interface Story {
  readonly capability?: string;
  /** Below the frontmatter of spec.md. */
  readonly body?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** Repositories with hooks that are live, and tickets that are ready for the archive. */
export class Archivable {
  readonly sandbox = new Sandbox();
  readonly repository: string;

  constructor(name = 'repo') {
    this.repository = name;
    this.sandbox.prepare(`archivable ${name}`, [name], () => {
      this.sandbox.repository(name);
      done(this.treework('init', '--yes'));
      this.sandbox.git(name, 'add', '.');
      this.sandbox.git(name, 'commit', '-q', '-m', 'chore: govern');
    });
  }

  treework(...args: string[]) {
    return this.sandbox.run('treework', args, { cwd: this.repository, env: { TREEWORK_ACTOR: 'ada' } });
  }

  git(...args: string[]): string {
    return this.sandbox.git(this.repository, ...args);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  ask(args: readonly string[], status = 0): any {
    return ask(this.sandbox, this.repository, args, status);
  }

  commit(files: Readonly<Record<string, string | Buffer>>, message = 'docs: go on'): void {
    this.sandbox.write(this.repository, files);
    this.git('add', '--', ...Object.keys(files));
    this.git('commit', '-q', '--no-verify', '-m', message);
  }

  /** A frozen spec with one node that a person skipped, and the question answered. */
  ticket(id: string, { capability = 'reports', body = `## Requirements\n\n${requirement('Token validation', 'The system SHALL reject expired tokens.')}`, files = {} }: Story = {}): void {
    const folder = `docs/specs/${id}`;
    const spec = `---\nticket: ${id}\ntitle: What ${id} delivers\n${capability === '' ? '' : `capability: ${capability}\n`}---\n${body}`;
    const own = {
      'spec.md': spec,
      'tasks.md': `---\nticket: ${id}\ngoal: {title: Reports, why: Partners pull reports themselves}\nspec: ${pin(spec)}\nrecurs: no\nnodes:\n  - {id: build, scope: ["src/**"]}\n---\n`,
      'nodes/build.md': `---\nnode: build\nstatus: skipped\nhistory:\n  - {to: skipped, by: dana, at: 2026-11-20T10:00:00Z, reason: It is there already}\n---\n`,
      ...files,
    };
    this.commit(Object.fromEntries(Object.entries(own).map(([path, text]) => [`${folder}/${path}`, text])), `docs(${id}): all of it`);
  }

  read(path: string): string {
    return this.sandbox.read(this.repository, path);
  }

  exists(path: string): boolean {
    return this.sandbox.exists(this.repository, path);
  }

  status(): string {
    return this.git('status', '--porcelain', '--untracked-files=all');
  }

  remove(): void {
    this.sandbox.remove();
  }
}
