import fc from 'fast-check';
import picomatch from 'picomatch/posix.js';
import { describe, expect, it } from 'vitest';
import { fillPlaces, pathMatcher, placesIn, staticPrefix } from '../../src/documents/path-pattern.ts';

const names = fc.array(fc.constantFrom('a', 'b', '.', '-', '1', '$', '^', '&', ' '), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')).filter((name) => !/^\.+$/.test(name));

describe('path patterns', () => {
  it('read plain wildcards as picomatch does', () => {
    const segment = fc.array(fc.oneof(names, fc.constant('*')), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('').replace(/\*+/g, '*')).filter((one) => !/^\.+$/.test(one));
    const pattern = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));
    const path = fc.array(names, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));
    fc.assert(fc.property(pattern, path, (one, other) => {
      expect(pathMatcher(one)(other), `${one} on ${other}`).toBe(picomatch(one)(other));
    }), { numRuns: 2000 });
  });

  it.each([
    ['docs/adr/{{number}}-{{slug}}.md', 'docs/adr/0001-use-git.md', true],
    ['docs/adr/{{number}}-{{slug}}.md', 'docs/adr/README.md', false],
    ['docs/adr/{{number}}-{{slug}}.md', 'docs/adr/old/0001-use-git.md', false],
    ['log/{{date}}.md', 'log/2026-11-20.md', true],
    ['log/{{date}}.md', 'log/today.md', false],
    ['planning/{{slug}}/{{document}}.md', 'planning/reports/epics.md', true],
    ['planning/{{slug}}/{{document}}.md', 'planning/.hidden/epics.md', false],
    ['{docs,notes}/{{number}}.md', 'notes/12.md', true],
    ['{docs,notes}/{{number}}.md', 'notes/a.md', false],
    ['docs/**/{{slug}}.adr.md', 'docs/a/b/c.adr.md', true],
    ['docs/a$&b/*.md', 'docs/a$&b/x.md', true],
  ])('%s on %s', (pattern, path, expected) => {
    expect(pathMatcher(pattern)(path)).toBe(expected);
  });

  it('name their places and where they begin', () => {
    expect(placesIn('docs/adr/{{number}}-{{slug}}.md')).toEqual(['number', 'slug']);
    expect(fillPlaces('{{number}}-{{slug}}.md', (name) => (name === 'slug' ? '$&' : undefined))).toBe('{{number}}-$&.md');
    expect(staticPrefix('docs/adr/{{number}}-{{slug}}.md')).toBe('docs/adr');
    expect(staticPrefix('CONTINUITY.md')).toBe('CONTINUITY.md');
  });
});
