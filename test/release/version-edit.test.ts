import { describe, expect, it } from 'vitest';
import { versionEdits } from '../../src/documents/version-edit.ts';
import { withSection } from '../../src/render/release.ts';

describe('the version in manifests', () => {
  const edited = (files: Record<string, string>) => Object.fromEntries(versionEdits(new Map(Object.entries(files)), '2.0.0'));

  it.each<[string, string, string]>([
    ['package.json', '{"a": {"version": "1.0.0"}, "version" : "1.0.0",\r\n\t"x": "1.0.0"}', '{"a": {"version": "1.0.0"}, "version" : "2.0.0",\r\n\t"x": "1.0.0"}'],
    ['package-lock.json', '{"version": "1.0.0", "packages": {"": {"version": "1.0.0"}, "node_modules/a": {"version": "1.0.0"}}}', '{"version": "2.0.0", "packages": {"": {"version": "2.0.0"}, "node_modules/a": {"version": "1.0.0"}}}'],
    ['Cargo.toml', "[dependencies]\na = { version = \"1.0.0\" }\n[package] # ours\nname = 'app'\nversion   = '1.0.0' # keep\n", "[dependencies]\na = { version = \"1.0.0\" }\n[package] # ours\nname = 'app'\nversion   = '2.0.0' # keep\n"],
    ['pyproject.toml', '[tool.poetry]\r\nversion = "1.0.0"\r\n[tool.x]\r\nversion = "1.0.0"\r\n', '[tool.poetry]\r\nversion = "2.0.0"\r\n[tool.x]\r\nversion = "1.0.0"\r\n'],
  ])('%s: nothing else changes by a byte', (path, before, after) => {
    expect(edited({ [path]: before })).toEqual({ [path]: after });
  });

  it('Cargo.lock says it of this crate alone', () => {
    const lock = '[[package]]\nname = "app"\nversion = "1.0.0"\nsource = "registry"\n\n[[package]]\nname = "app"\nversion = "1.0.0"\n';
    expect(edited({ 'Cargo.toml': '[package]\nname = "app"\nversion = "2.0.0"\n', 'Cargo.lock': lock })).toEqual({ 'Cargo.lock': lock.replace(/1\.0\.0(?!"\nsource)/, '2.0.0') });
  });

  it('a file that says none gets none, one that says it stays, one that cannot be read is told', () => {
    expect(edited({ 'package.json': '{"name": "a"}', 'pyproject.toml': '[project]\nversion = "2.0.0"\n', 'package-lock.json': '{' })).toEqual({ 'package-lock.json': undefined });
  });

  it('a version of another spelling of the key is not guessed at', () => {
    expect(edited({ 'package.json': '{"\\u0076ersion": "1.0.0"}' })).toEqual({ 'package.json': undefined });
  });
});

describe('the changelog', () => {
  const facts = { version: '2.0.0', tag: 'v2.0.0', day: '2026-11-20', notes: { tickets: [], breaking: [], features: [{ scope: undefined, subject: 'more', oid: 'a'.repeat(40) }], fixes: [] } };
  const section = '## 2.0.0 (2026-11-20)\n\n### Features\n\n- more (aaaaaaaaaa)\n';

  it.each<[string, string | undefined, string]>([
    ['there is none', undefined, `# Changelog\n\n${section}`],
    ['above older versions', '# Changelog\n\nAll.\n\n## [1.0.0] - 2025-01-01\n\n- x\n', `# Changelog\n\nAll.\n\n${section}\n## [1.0.0] - 2025-01-01\n\n- x\n`],
    ['below what is not released', '# C\n\n## [Unreleased]\n\n- y\n\n## v1.0.0\n', `# C\n\n## [Unreleased]\n\n- y\n\n${section}\n## v1.0.0\n`],
    ['at the end of one without versions', '# C\n', `# C\n\n${section}`],
    ['with its own line ends', '# C\r\n\r\n## 1.0.0\r\n', `# C\r\n\r\n${section.replaceAll('\n', '\r\n')}\r\n## 1.0.0\r\n`],
    ['not twice', '# C\n\n## 2.0.0\n\nby hand\n', '# C\n\n## 2.0.0\n\nby hand\n'],
  ])('%s', (_, before, after) => expect(withSection(before, facts)).toBe(after));
});
