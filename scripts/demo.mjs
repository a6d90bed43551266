// The main job on a built-in example: a ticket from idea to frozen spec, an edit that is refused,
// the change record that keeps it, and its acceptance by another actor. In a throw-away repository.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const quiet = process.argv.includes('--quiet');
const root = fileURLToPath(new URL('..', import.meta.url));
const sandbox = mkdtempSync(join(tmpdir(), 'treework-demo-'));
const repository = join(sandbox, 'reports');
const bin = join(sandbox, 'bin');
const SPEC = `---
ticket: PROJ-7
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
const say = (text = '') => quiet || console.log(text);

mkdirSync(bin);
mkdirSync(repository);
writeFileSync(join(bin, 'treework'), `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist/cli.cjs')}' "$@"\n`);
chmodSync(join(bin, 'treework'), 0o755);
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GIT_|TREEWORK_|npm_|CI$|HUSKY)/.test(name))),
  PATH: `${bin}${delimiter}${process.env.PATH}`,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: join(sandbox, 'gitconfig'),
  GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com',
};
writeFileSync(env.GIT_CONFIG_GLOBAL, '[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n');

try {
  step('A repository, governed from now on.');
  run('git init --quiet');
  run('treework init --yes');
  run('git add WORKSPACE.md');
  run('git commit --quiet -m "chore: govern this repository"');

  step('A ticket: the idea, then what was agreed.');
  run('treework new idea --ticket PROJ-7 --title "Reports API"');
  run('treework new spec --ticket PROJ-7 --title "Reports API"');
  write('docs/specs/PROJ-7/idea.md', ['---', 'ticket: PROJ-7', 'title: Reports API', '---', '', 'Partners want reports without asking us for CSV exports.']);
  write('docs/specs/PROJ-7/spec.md', SPEC);
  run('treework new tasks --ticket PROJ-7 --why "Partners pull reports without CSV exports"');
  say('    tasks.md has arrived: spec.md is frozen by its digest.');
  run('git add docs');
  run('git commit --quiet -m "docs: plan PROJ-7"');

  step('Weeks later somebody, or some agent, edits the spec until it fits the code.');
  replace('docs/specs/PROJ-7/spec.md', 'HTTP 401', 'HTTP 403');
  run('git add docs');
  run('git commit --quiet -m "feat: reject tokens"', { refused: /spec-frozen[\s\S]*new change .*--from-edit/ });

  step('The edit is not lost: one command makes it a change record and restores the spec.');
  run('treework new change --ticket PROJ-7 --from-edit --title "Answer 403" --by impl-1');
  show('docs/specs/PROJ-7/changes/001-answer-403.md');

  step('Its author cannot accept it; a reviewer can.');
  run('treework change accept 001 --ticket PROJ-7 --by impl-1', { refused: /impl-1/ });
  run('treework change accept 001 --ticket PROJ-7 --by review-1');
  run('git add docs');
  run('git commit --quiet -m "docs: accept change 001 of PROJ-7"');
  run('treework check');

  step('What happened');
  run('git log --oneline');
  say('    The spec says what was agreed, the record says what changed since, who wrote it and who accepted it.');
  console.log(`${quiet ? '' : '\n'}demo: the edit of a frozen spec was refused, kept as a change record, accepted and committed`);
} finally {
  rmSync(sandbox, { recursive: true, force: true });
}

function step(title) {
  say(`\n\u001b[1m${title}\u001b[0m`.replace(/\u001b\[\d+m/g, process.stdout.isTTY && !process.env.NO_COLOR ? '$&' : ''));
}

function run(command, { refused } = {}) {
  say(`  $ ${command}`);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: repository, env, encoding: 'utf8' });
  const output = stdout + stderr;
  if (output.trim() !== '') say(output.replace(/^(?=.)/gm, '    ').trimEnd());
  const expected = refused ? status !== 0 && refused.test(output) : status === 0;
  if (!expected) throw new Error(`Unexpected exit ${status} of ${command}, expected ${refused ? `a refusal that says ${refused}` : '0'}\n${output}`);
}

function write(path, content) {
  writeFileSync(join(repository, path), typeof content === 'string' ? content : `${content.join('\n')}\n`);
  say(`  (written: ${path})`);
}

function replace(path, from, to) {
  const text = readFileSync(join(repository, path), 'utf8');
  if (!text.includes(from)) throw new Error(`Unexpected ${path}, expected it to say ${from}`);
  writeFileSync(join(repository, path), text.replace(from, to));
  say(`  (edited: ${path}: ${from} becomes ${to})`);
}

function show(path) {
  say(`  $ cat ${path}`);
  say(readFileSync(join(repository, path), 'utf8').replace(/^(?=.)/gm, '    '));
}
