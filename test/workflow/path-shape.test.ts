import fc from 'fast-check';
import picomatch from 'picomatch/posix.js';
import { expect, it } from 'vitest';
import { pathShapes, shapeHolds, shapeOfPath, shapesMeet } from '../../src/workflow/path-shape.ts';
import { isInScope, patternsMeet, scopeOf } from '../../src/workflow/scope.ts';
import { taskNodes } from '../../src/workflow/task-tree.ts';

const segment = fc.array(fc.constantFrom('a', 'b', '*', '?', '[ab]', '[^a]', '{a,b}', '{a,ab*}'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('').replace(/\*+/g, '*'));
const pattern = fc.array(fc.oneof({ weight: 3, arbitrary: segment }, { weight: 1, arbitrary: fc.constant('**') }), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const path = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((chars) => chars.join('')), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

const meets = (a: string, b: string) => pathShapes(a).some((one) => pathShapes(b).some((other) => shapesMeet(one, other)));
const covers = (glob: string, file: string) => pathShapes(glob).some((shape) => shapesMeet(shape, shapeOfPath(file)));

it('means by a pattern what picomatch means by it, and below a plain path everything', () => {
  fc.assert(
    fc.property(pattern, path, (glob, file) => {
      const last = glob.replace(/\{a,b\}/g, 'a').split('/').at(-1) as string;
      fc.pre(/[*?[]/.test(last) && !glob.includes('{a,ab*}'));
      // With `a/**` picomatch means `a` too, and with `*/**` not.
      fc.pre(last !== '**' || !covers(glob.replace(/(\/\*\*)+$/, ''), file));
      expect(covers(glob, file)).toBe(picomatch(glob, { dot: true })(file));
    }),
    { numRuns: 1000 },
  );
  expect([covers('src', 'src/deep/a.ts'), covers('src/', 'src/a.ts'), covers('./src', 'src'), covers('src', 'source/a.ts'), covers('src/*', 'src/deep/a.ts'), covers('.', 'any/path')]).toEqual([true, true, true, false, false, true]);
});

it('tells two patterns that meet by a path that both cover', () => {
  fc.assert(
    fc.property(pattern, pattern, path, (a, b, file) => {
      if (covers(a, file) && covers(b, file)) expect(meets(a, b)).toBe(true);
      expect(meets(a, b)).toBe(meets(b, a));
    }),
    { numRuns: 1000 },
  );
});

it.each([
  ['src/**', 'test/**', false],
  ['src/**', 'src', true],
  ['src/*.ts', 'src/deep/a.ts', false],
  ['src/**/*.ts', 'src/a.ts', true],
  ['**/*.md', 'docs/**', true],
  ['**/*.md', 'docs/*.ts', false],
  ['src/{api,web}/**', 'src/{cli,web}/main.ts', true],
  ['src/{api,web}/**', 'src/cli/**', false],
  ['a*c', 'ab*', true],
  ['a*c', '*b', false],
  ['src/[a-m]*', 'src/zeta', false],
  ['src/.*', 'src/*', true],
  ['src/@(a|b)/**', 'src/c/**', true],
  ['src/@(a/b|c)/x', 'src/a/b/x', true],
  ['v{1..3}/**', 'v7/**', true],
  ['src/\\*', 'src/a', false],
  ['src/[!a]', 'src/a', false],
  ['src/[[:alpha:]]', 'src/a', true],
])('%s and %s', (a, b, expected) => {
  expect(meets(a, b)).toBe(expected);
});

it('holds many choices at once, and gives up on too many on the wide side', () => {
  expect(pathShapes('{a,b}/{c,d}')).toHaveLength(4);
  expect(meets(`src/${'{a,b}'.repeat(8)}`, 'src/x')).toBe(true);
  expect(meets(`src/${'{a,b}'.repeat(8)}`, 'test/x')).toBe(false);
});

it('knows what a folder holds', () => {
  const holds = (outer: string, inner: string) => pathShapes(outer).every((one) => pathShapes(inner).every((other) => shapeHolds(one, other)));
  expect([holds('src', 'src/a/*.ts'), holds('src/*/**', 'src/a.ts'), holds('src/**', 'src/**'), holds('src/a', 'src/**'), holds('src/*.ts', 'src/a.ts')]).toEqual([true, false, true, false, false]);
});

it('takes a scope from the nearest phase, without its exceptions', () => {
  const [phase, own, without] = taskNodes({ nodes: [{ id: 'phase', scope: ['src', '!src/gen/**', 'api:x'], nodes: [{ id: 'own', scope: [] }, { id: 'without' }] }] }).map((node) => scopeOf(node, new Map([['api', 'modules/api']])));
  expect(without).toEqual(phase);
  expect(own?.patterns).toEqual([]);
  const inScope = (file: string) => isInScope(file, without as never);
  expect(['src/a.ts', 'src/gen/a.ts', 'modules/api/x/y', 'modules/api/z', 'x'].map(inScope)).toEqual([true, false, true, false, false]);
  const generated = scopeOf(taskNodes({ nodes: [{ id: 'generated', scope: ['src/gen/*.ts', 'src/*/*.ts'] }] })[0] as never, new Map());
  const meetSrc = generated?.patterns.map((pattern) => patternsMeet(pattern, generated, without?.patterns[0] as never, without as never));
  expect(meetSrc).toEqual([false, true]);
  expect(scopeOf(taskNodes({ nodes: [{ id: 'free' }] })[0] as never, new Map())).toBeUndefined();
});

it('knows where a pattern can lie at most, without reading it whole', () => {
  const prefixes = (...scope: string[]) => scopeOf(taskNodes({ nodes: [{ id: 'one', scope }] })[0] as never, new Map([['api', 'modules/api']]))?.patterns.map(({ prefix }) => prefix);
  expect(prefixes('src', 'src/', './src//a.ts', 'src/*.ts', 'src/a*/b', '**', '.', 'api:x/*', 'web:x', 'src/{a,ab}/c', 'src/{a/b,a/c}/*', 'a\\*/b', '@(a|b)/c', '.github/**')).toEqual(
    ['src/', 'src/', 'src/a.ts/', 'src/', 'src/', '', '', 'modules/api/x/', 'web:/x/', 'src/', 'src/', 'a*/b/', '', '.github/'],
  );
});
