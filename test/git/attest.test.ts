import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attestedApprovals } from '../../src/commands/attested-approvals.ts';
import { settingsOf } from '../../src/documents/settings.ts';
import { Repository } from '../../src/git/repository.ts';
import { Snapshot } from '../../src/workflow/snapshot.ts';
import { ticketAnywhere, type Ticket } from '../../src/workflow/ticket.ts';
import { FOLDER, nodeOf, SPEC, tasksOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';

const APPROVED = nodeOf(SPEC, 'build').replace('status: in_progress', 'status: complete\nl0: Made').replace('}\n---', '}\n  - {to: complete, by: impl-1, at: 2026-11-20T12:00:00Z, verdict: pass, verified_by: dana}\n---');
const RECORD = `${FOLDER}/nodes/build.md`;
const SIGNERS = '.treework/allowed_signers';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
  for (const name of ['dana', 'mallory']) sandbox.run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', `${name}.key`]);
  sandbox.repository('repo', { 'WORKSPACE.md': '---\ntreework: 1\n---\n', [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasksOf(SPEC).replace('scope:', 'covers: none, scope:'), [RECORD]: nodeOf(SPEC, 'build'), [SIGNERS]: signer('dana') });
});
afterEach(() => sandbox.remove());

function signer(name: string, options = ''): string {
  return `${name}@example.com ${options}${sandbox.read('', `${name}.key.pub`).split(' ').slice(0, 2).join(' ')}\n`;
}

function commit(files: Readonly<Record<string, string>>, key?: string, message = 'feat: go on'): string {
  sandbox.write('repo', files);
  sandbox.git('repo', 'add', '.');
  sandbox.git('repo', ...signed(key), 'commit', '-q', '--allow-empty', ...(key ? ['-S'] : []), '-m', message);
  return sandbox.git('repo', 'rev-parse', 'HEAD').trim();
}

function signed(key: string | undefined): string[] {
  return key === undefined ? [] : ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${join(sandbox.root, `${key}.key`)}`];
}

function told(tip = 'HEAD'): (string | undefined)[] {
  const repository = Repository.open(join(sandbox.root, 'repo'));
  const settings = settingsOf({});
  const ticket = ticketAnywhere(new Snapshot(repository.treeOf(tip), settings), 'PROJ-7') as Ticket;
  return attestedApprovals(repository, settings, ticket, tip).map(({ attestation }) => attestation && `${attestation.principal} ${attestation.commit}`);
}

describe('X2: an approval is attested', () => {
  it('by the signed commit that brought it, whatever comes after', () => {
    const oid = commit({ [RECORD]: APPROVED }, 'dana');
    expect(told()).toEqual([`dana@example.com ${oid}`]);
    commit({ [RECORD]: `${APPROVED}More in the body.\n` });
    expect(told()).toEqual([`dana@example.com ${oid}`]);
  });

  it('after a merge, and after the ticket went to the archive', () => {
    sandbox.git('repo', 'switch', '-q', '-c', 'work');
    const oid = commit({ [RECORD]: APPROVED }, 'dana');
    sandbox.git('repo', 'switch', '-q', 'main');
    commit({ 'README.md': '# More\n' });
    sandbox.git('repo', 'merge', '-q', '--no-ff', '-m', 'chore: merge', 'work');
    expect(told()).toEqual([`dana@example.com ${oid}`]);
    sandbox.run('mkdir', ['-p', 'docs/specs/ARCHIVED'], { cwd: 'repo' });
    sandbox.git('repo', 'mv', FOLDER, 'docs/specs/ARCHIVED/PROJ-7');
    commit({});
    expect(told()).toEqual([`dana@example.com ${oid}`]);
  });

  it('in a change record, too', () => {
    const record = (more: string) => `---\ntitle: x\nimpact: additive\nstatus: ${more === '' ? 'proposed' : 'accepted'}\nhistory:\n  - {to: proposed, by: impl-1, at: 2026-11-20T10:00:00Z}\n${more}---\n`;
    commit({ [`${FOLDER}/changes/001-x.md`]: record('') });
    expect(told()).toEqual([]);
    const oid = commit({ [`${FOLDER}/changes/001-x.md`]: record('  - {to: accepted, by: dana, at: 2026-11-20T11:00:00Z}\n') }, 'dana');
    expect(told()).toEqual([`dana@example.com ${oid}`]);
  });
});

describe('X2: anything less is declared', () => {
  it.each<[string, () => void]>([
    ['a commit without a signature', () => void commit({ [RECORD]: APPROVED })],
    ['a key that nobody allowed', () => void commit({ [RECORD]: APPROVED }, 'mallory')],
    ['a key that the same commit allows', () => void commit({ [RECORD]: APPROVED, [SIGNERS]: signer('dana') + signer('mallory') }, 'mallory')],
    ['a key that was taken out before', () => { commit({ [SIGNERS]: '' }); commit({ [RECORD]: APPROVED }, 'dana'); }],
    ['a key that was not valid any more', () => { commit({ [SIGNERS]: signer('dana', 'valid-before="20200101" ') }); commit({ [RECORD]: APPROVED }, 'dana'); }],
    ['a key that is for other things than git', () => { commit({ [SIGNERS]: signer('dana', 'namespaces="file" ') }); commit({ [RECORD]: APPROVED }, 'dana'); }],
    ['a signed commit that came later', () => { commit({ [RECORD]: APPROVED }); commit({ [RECORD]: `${APPROVED}Text.\n` }, 'dana'); }],
    ['a squash of the signed one', () => {
      sandbox.git('repo', 'switch', '-q', '-c', 'work');
      commit({ [RECORD]: APPROVED }, 'dana');
      sandbox.git('repo', 'switch', '-q', 'main');
      sandbox.git('repo', 'merge', '-q', '--squash', 'work');
      commit({});
    }],
    ['a merge that brings what no parent has', () => {
      sandbox.git('repo', 'switch', '-q', '-c', 'work');
      commit({ 'README.md': '# Work\n' }, 'dana');
      sandbox.git('repo', 'switch', '-q', 'main');
      sandbox.git('repo', 'merge', '-q', '--no-ff', '--no-commit', 'work');
      commit({ [RECORD]: APPROVED });
    }],
    ['the signature of another commit', () => {
      const oid = commit({ 'README.md': '# Signed\n' }, 'dana');
      const signature = /gpgsig[^]*?-----END SSH SIGNATURE-----\n/.exec(sandbox.git('repo', 'cat-file', 'commit', oid))?.[0] as string;
      const forged = sandbox.git('repo', 'cat-file', 'commit', commit({ [RECORD]: APPROVED })).replace('\n\n', `\n${signature}\n`);
      const made = sandbox.run('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], { cwd: 'repo', input: forged }).stdout.trim();
      sandbox.git('repo', 'update-ref', 'refs/heads/main', made);
    }],
  ])('%s', (_, story) => {
    story();
    expect(told()).toEqual([undefined]);
  });

  it('what is not committed yet, and a first commit', () => {
    sandbox.write('repo', { [RECORD]: APPROVED });
    const repository = Repository.open(join(sandbox.root, 'repo'));
    const settings = settingsOf({});
    sandbox.git('repo', 'add', '.');
    const staged = ticketAnywhere(new Snapshot(repository.indexTree(), settings), 'PROJ-7') as Ticket;
    expect(attestedApprovals(repository, settings, staged).map(({ attestation }) => attestation)).toEqual([undefined]);
    sandbox.git('repo', ...signed('dana'), 'commit', '-q', '--amend', '-S', '-m', 'feat: all at once');
    expect(told()).toEqual([undefined]);
  });
});

it('X2: the summary of a step says of every approval which it is', () => {
  sandbox.git('repo', 'switch', '-q', '-c', 'PROJ-7--reports');
  commit({ [RECORD]: APPROVED }, 'dana');
  const summary = join(sandbox.root, 'summary.md');
  const run = () => sandbox.run('treework', ['check', '--format', 'github', '--from', 'main', '--to', 'HEAD'], { cwd: 'repo', env: { GITHUB_STEP_SUMMARY: summary } });
  run();
  expect(readFileSync(summary, 'utf8')).toContain('- `build`: `complete` by `dana` (attested by the key of `dana@example.com`)');
  sandbox.git('repo', 'commit', '-q', '--amend', '--no-gpg-sign', '-m', 'feat: not signed');
  run();
  expect(readFileSync(summary, 'utf8')).toContain('- `build`: `complete` by `dana` (declared)');
});
