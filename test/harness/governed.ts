import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Sandbox, type Answer } from './sandbox.ts';

export const FOLDER = 'docs/specs/PROJ-7';
export const SPEC = specOf('The system SHALL reject expired tokens with HTTP 401.');
export const EDITED = specOf('The system SHALL accept expired tokens.');

/** A spec that every rule accepts, with one requirement. */
export function specOf(statement: string, ticket = 'PROJ-7'): string {
  return `---
ticket: ${ticket}
title: Reports API
---

## Requirements

### Requirement: Token validation

${statement}

#### Scenario: Expired token

- **GIVEN** a token whose exp is in the past
- **WHEN** it is sent to any endpoint
- **THEN** the system responds with HTTP 401
`;
}

/** tasks.md of one node; its pin is of the given spec, or blank. */
export function tasksOf(spec: string | undefined, ticket = 'PROJ-7'): string {
  return `---
ticket: ${ticket}
goal: {title: Ship the reports API, why: Partners pull reports without CSV exports}
spec: ${spec === undefined ? "''" : pin(spec)}
nodes:
  - {id: build, scope: ["src/**"]}
---
`;
}

/** The record of a node that was started under a spec, at a time that is never long ago. */
export function nodeOf(spec: string, node = 'build'): string {
  return `---
node: ${node}
status: in_progress
history:
  - {to: in_progress, by: impl-1, at: 2099-01-01T00:00:00Z, spec: ${pin(spec)}}
---
`;
}

/** What of PROJ-7 has to be so before it can be archived: its one node skipped by a person, and its questions answered. */
export function finishedAt(folder: string): Record<string, string> {
  const skipped = nodeOf(SPEC).replace('status: in_progress', 'status: skipped').replace('}\n---', '}\n  - {to: skipped, by: dana, at: 2026-01-02T00:00:00Z, reason: The forum does it}\n---');
  return { [`${folder}/nodes/build.md`]: skipped, [`${folder}/tasks.md`]: tasksOf(SPEC).replace('nodes:', 'recurs: no\nnodes:') };
}

export function pin(spec: string): string {
  return `sha256:${createHash('sha256').update(spec.replaceAll('\r\n', '\n')).digest('hex')}`;
}

const WORKSPACE = '---\ntreework: 1\n---\n\n# How we work\n';

export interface Story {
  /** Whether work on the ticket has begun: its node record is committed. */
  readonly started?: boolean;
  readonly files?: Readonly<Record<string, string>>;
  readonly workspace?: string;
}

/**
 * A clone `work` of a bare repository `server.git` that judges what it receives; the trunk holds the
 * ticket PROJ-7, its spec frozen. Pushing runs `treework hook pre-push` only when asked to.
 */
export class Governed {
  readonly sandbox = new Sandbox();

  constructor({ started = true, files = {}, workspace = WORKSPACE }: Story = {}) {
    this.sandbox.prepare(JSON.stringify(['governed', started, files, workspace]), ['work', 'server.git'], () => this.#build({ started, files, workspace }));
  }

  #build({ started, files, workspace }: Required<Story>): void {
    const { sandbox } = this;
    sandbox.run('git', ['init', '-q', '--bare', 'server.git']);
    sandbox.repository('work', {
      'WORKSPACE.md': workspace,
      'README.md': '# Example\n',
      [`${FOLDER}/spec.md`]: SPEC,
      [`${FOLDER}/tasks.md`]: tasksOf(SPEC),
      ...(started && { [`${FOLDER}/nodes/build.md`]: nodeOf(SPEC) }),
      ...files,
    });
    this.git('remote', 'add', 'origin', '../server.git');
    this.git('push', '-q', '-u', 'origin', 'main');
    this.hook('server.git', 'pre-receive', 'exec treework hook pre-receive');
    this.hook('work/.git', 'pre-push', 'exec treework hook pre-push "$@"');
    this.hook('work/.git', 'pre-commit', 'exec treework check --staged');
  }

  git(...args: string[]): string {
    return this.sandbox.git('work', ...args);
  }

  /** git that may be refused. */
  tryGit(...args: string[]): Answer {
    return this.sandbox.run('git', args, { cwd: 'work' });
  }

  hook(gitDir: string, name: string, line: string): void {
    this.sandbox.write(`${gitDir}/hooks`, { [name]: `#!/bin/sh\n${line}\n` });
    chmodSync(join(this.sandbox.root, gitDir, 'hooks', name), 0o755);
  }

  /** Writes files into the clone and stages everything. A `null` removes. */
  stage(files: Readonly<Record<string, string | Buffer | null>> = {}): void {
    for (const [path, content] of Object.entries(files)) {
      if (content === null) rmSync(join(this.sandbox.root, 'work', path), { recursive: true, force: true });
      else this.sandbox.write('work', { [path]: content });
    }
    this.git('add', '-A');
  }

  /** A commit that no hook sees. */
  sneak(message: string, files: Readonly<Record<string, string | Buffer | null>> = {}): string {
    this.stage(files);
    this.git('commit', '-q', '--no-verify', '--allow-empty', '-m', message);
    return this.head();
  }

  /** A commit that the hook judges. */
  commit(message: string, files: Readonly<Record<string, string | Buffer | null>> = {}): Answer {
    this.stage(files);
    return this.tryGit('commit', '-m', message);
  }

  head(): string {
    return this.git('rev-parse', 'HEAD').trim();
  }

  moveFolder(from: string, to: string): void {
    this.sandbox.write('work', { [`${to}/.keep`]: '' });
    for (const name of readdirSync(join(this.sandbox.root, 'work', from))) {
      renameSync(join(this.sandbox.root, 'work', from, name), join(this.sandbox.root, 'work', to, name));
    }
    rmSync(join(this.sandbox.root, 'work', from), { recursive: true });
    rmSync(join(this.sandbox.root, 'work', to, '.keep'));
  }

  /** What the local hook says about a push. */
  prePush(...refspecs: string[]): Answer {
    return this.tryGit('push', '--dry-run', 'origin', ...refspecs);
  }

  /** What the server says about a push that no local hook saw. */
  serve(...refspecs: string[]): Answer {
    return this.tryGit('push', '--no-verify', 'origin', ...refspecs);
  }

  /** Where a branch stands at the server; '' when there is none. */
  served(branch: string): string {
    return this.sandbox.run('git', ['rev-parse', '--verify', '-q', `refs/heads/${branch}`], { cwd: 'server.git' }).stdout.trim();
  }

  read(path: string): string {
    return readFileSync(join(this.sandbox.root, 'work', path), 'utf8');
  }

  remove(): void {
    this.sandbox.remove();
  }
}
