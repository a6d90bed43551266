import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Sandbox } from '../harness/sandbox.ts';
import { Stacked } from './fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

/** Two parts whose commits are signed with an ssh key. */
function signing(): Stacked {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repo = new Stacked(sandbox);
  const key = join(sandbox.root, 'key of mine');
  sandbox.run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'dev@example.com', '-f', key]);
  const words = sandbox.read('.', 'key of mine.pub').split(' ');
  sandbox.write('.', { signers: `dev@example.com ${words[0]} ${words[1]}\n` });
  for (const [name, value] of [['gpg.format', 'ssh'], ['user.signingKey', key], ['gpg.ssh.allowedSignersFile', join(sandbox.root, 'signers')]] as const) repo.git('config', name, value);
  // The sandbox says false, by the environment.
  for (const [name, value] of Object.entries(sandbox.env)) if (value === 'commit.gpgsign') sandbox.env[name.replace('KEY', 'VALUE')] = 'true';
  for (const [at, name] of ['PROJ-7--p1-part', 'PROJ-7--p2-part'].entries()) {
    repo.branch(name, at === 0 ? 'main' : 'PROJ-7--p1-part');
    repo.commit('a.txt', 3 * at + 2, `${name} a`);
    repo.commit(`own-${at + 1}.txt`, 1, `${name} b`);
  }
  repo.git('-c', 'i18n.commitEncoding=ISO-8859-1', 'commit', '-q', '--allow-empty', '--cleanup=verbatim', '-m', '\n  räum  \n\n\n', '--author', 'Sömebody <else@example.com>', '--date', '2020-01-02T03:04:05-0330');
  repo.git('-c', 'user.name=Teammate', '-c', 'user.email=mate@example.com', 'commit', '-q', '--allow-empty', '-m', 'by a teammate', '--no-gpg-sign');
  repo.git('checkout', '-q', 'main');
  repo.commit('c.txt', 5, 'trunk goes on', 'work', '--no-gpg-sign');
  return repo;
}

const TOP = 'PROJ-7--p2-part';
const signs = (repo: Stacked) => repo.git('log', '--reverse', '--format=%G?', `main..${TOP}`).split('\n');
const content = (repo: Stacked) => repo.git('log', '--reverse', '--format=%an <%ae> %ad|%cn <%ce> %cd|%e|%B', '--date=raw', `main..${TOP}`);

describe('trap: restack and signatures', () => {
  it('commits made anew are signed again as commit.gpgsign says, a teammate’s are not, and nothing else of them changes', () => {
    const repo = signing();
    const before = content(repo);
    expect(repo.ask('restack', TOP, '--dry-run')).toMatchObject({ ok: true, signatures: { made: 0, lost: 0 } });
    const answer = repo.ask('restack', TOP);
    expect(answer).toMatchObject({ ok: true, signatures: { made: 5, lost: 0 }, branches: [{ state: 'moved' }, { state: 'moved' }] });
    expect(signs(repo)).toEqual(['G', 'G', 'G', 'G', 'G', 'N']);
    expect(content(repo)).toBe(before);
    expect(repo.git('rev-parse', `${TOP}~4`)).toBe(repo.git('rev-parse', 'PROJ-7--p1-part'));
    expect(repo.git('rev-parse', `refs/treework/bases/${TOP}`)).toBe(repo.git('rev-parse', 'PROJ-7--p1-part'));
    expect(repo.ask('restack', TOP)).toMatchObject({ branches: [{ state: 'in-place' }, { state: 'in-place' }], signatures: { made: 0, lost: 0 } });
    repo.git('checkout', '-q', 'main');
    repo.commit('c.txt', 7, 'once more', 'work', '--no-gpg-sign');
    expect(repo.ask('restack', TOP, '--merge')).toMatchObject({ signatures: { made: 2, lost: 0 } });
    expect(repo.git('log', '-1', '--format=%G?', TOP)).toBe('G');
  });

  it('without it, the signatures that went are counted; a key that is gone moves nothing', () => {
    const repo = signing();
    const tips = () => repo.git('rev-parse', 'PROJ-7--p1-part', TOP);
    const before = tips();
    repo.git('config', 'user.signingKey', join(repo.sandbox.root, 'gone'));
    expect(repo.ask('restack', TOP)).toMatchObject({ ok: false, error: { code: 'signing-failed' } });
    expect(tips()).toBe(before);
    expect(repo.treework('restack', TOP, '--no-gpg-sign', '--dry-run').output).toContain('5 signatures would go');
    expect(repo.ask('restack', TOP, '--no-gpg-sign')).toMatchObject({ ok: true, signatures: { made: 0, lost: 5 } });
    expect(signs(repo)).toEqual(['N', 'N', 'N', 'N', 'N', 'N']);
  });
});
