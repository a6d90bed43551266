import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { Sandbox } from '../harness/sandbox.ts';

export const SPEC = `---
ticket: AB-1
title: Reports API
---
## Requirements
### Requirement: Token validation
The system SHALL reject expired tokens with HTTP 401.
#### Scenario: Expired token
- **GIVEN** a token whose exp is in the past
- **WHEN** it is sent to any endpoint
- **THEN** the system responds with HTTP 401
`;
/** Breaks frontmatter-valid. */
export const BAD_SPEC = SPEC.replace('title: Reports API', 'titl: Reports API');
export const SPEC_PATH = 'docs/specs/AB-1/spec.md';

/** A governed repository with one committed spec and live hooks. */
export function governed(sandbox: Sandbox, name = 'repo'): string {
  const repository = sandbox.repository(name);
  expectDone(sandbox.treework(repository, 'init', '--yes'));
  sandbox.write(repository, { [SPEC_PATH]: SPEC });
  sandbox.git(repository, 'add', '.');
  sandbox.git(repository, 'commit', '-q', '-m', 'docs: begin');
  return repository;
}

export function expectDone(answer: { status: number; output: string }): void {
  if (answer.status !== 0) throw new Error(`exit ${answer.status}: ${answer.output}`);
}

/** Writes an executable hook. */
export function writeHook(sandbox: Sandbox, cwd: string, path: string, script: string): void {
  sandbox.write(cwd, { [path]: `#!/bin/sh\n${script}\n` });
  chmodSync(join(sandbox.root, cwd, path), 0o755);
}

/** Replaces the recorded programs by ones that leave a trace, to prove what a hook starts. */
export function traceNode(sandbox: Sandbox, repository: string): () => number {
  const settings = join(sandbox.root, repository, '.git/treework/settings.sh');
  const trace = join(sandbox.root, 'trace');
  const wrapper = join(sandbox.root, 'node-traced');
  sandbox.write('', { 'node-traced': `#!/bin/sh\necho started >>'${trace}'\nexec '${process.execPath}' "$@"\n`, trace: '' });
  chmodSync(wrapper, 0o755);
  execFileSync('sed', ['-i', `s|^treework_node=.*|treework_node='${wrapper}'|`, settings]);
  return () => sandbox.read('', 'trace').split('\n').length - 1;
}
