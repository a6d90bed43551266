import { describe, expect, it } from 'vitest';
import { githubPlace } from '../../src/providers/github/address.ts';

describe('the place of a remote', () => {
  it.each([
    ['https://github.com/acme/reports.git', 'https://api.github.com', 'github.com'],
    ['https://user:secret@github.com/acme/reports', 'https://api.github.com', 'github.com'],
    ['git@github.com:acme/reports.git', 'https://api.github.com', 'github.com'],
    ['github.com:acme/reports/', 'https://api.github.com', 'github.com'],
    ['ssh://git@ssh.github.com:443/acme/reports.git', 'https://api.github.com', 'github.com'],
    ['git@GHE.example.com:acme/reports.git', 'https://ghe.example.com/api/v3', 'ghe.example.com'],
    ['ssh://git@ghe.example.com:2222/acme/reports.git', 'https://ghe.example.com/api/v3', 'ghe.example.com'],
    ['https://acme.ghe.com/acme/reports', 'https://api.acme.ghe.com', 'acme.ghe.com'],
  ])('%s is %s', (url, rest, host) => {
    expect(githubPlace(url, undefined)).toMatchObject({ rest, host, owner: 'acme', name: 'reports', graphql: rest.endsWith('/v3') ? 'https://ghe.example.com/api/graphql' : `${rest}/graphql` });
  });

  it.each(['../server.git', '/srv/git/reports.git', 'C:\\git\\reports', 'file:///srv/reports.git', 'https://github.com/acme', 'https://github.com/acme/reports/tree', 'git@github.com:acme/..%2fx$(id)'])('%s names no repository at GitHub', (url) => {
    expect(() => githubPlace(url, undefined)).toThrow(expect.objectContaining({ code: 'no-forge' }));
  });

  it.each(['http://ghe.example.com/api/v3', 'https://user:secret@ghe.example.com', 'ghe.example.com', 'file:///etc', ''])('GITHUB_API_URL %s is refused, and not printed', (url) => {
    expect(() => githubPlace('git@github.com:acme/reports', url)).toThrow(expect.objectContaining({ code: 'api-url', message: expect.not.stringContaining('secret') }));
  });

  it('GITHUB_API_URL stands in for what the remote says', () => {
    expect(githubPlace('work-alias:acme/reports', 'https://ghe.example.com/api/v3/')).toMatchObject({ rest: 'https://ghe.example.com/api/v3', graphql: 'https://ghe.example.com/api/graphql', host: 'ghe.example.com' });
  });
});
