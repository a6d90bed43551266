import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STATUSES } from '../../src/render/viz/status-signs.ts';
import { PACKAGE_ROOT } from '../harness/sandbox.ts';

const css = readFileSync(join(PACKAGE_ROOT, 'pages/viz.css'), 'utf8');
const colors = new Map([...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [name as string, { light: light as string, dark: dark as string }]));

/** Relative luminance and contrast, as WCAG 2.2 defines them. */
function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** What is written or drawn on what. */
const TEXTS: readonly (readonly [string, string])[] = [
  ...['ink', 'soft', 'accent', ...STATUSES].flatMap((ink) => ['card', 'ground', 'sunk'].map((ground) => [ink, ground] as const)),
  ['on-accent', 'accent'],
  ['ink', 'new-line'],
  ['ink', 'gone-line'],
];

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  it.each(TEXTS)('%s on %s is at least 4.5:1', (ink, ground) => {
    expect(contrast(colors.get(ink)?.[theme] as string, colors.get(ground)?.[theme] as string)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['card', 'ground', 'sunk'])('arrows and the rims of inputs on %s are at least 3:1', (ground) => {
    expect(contrast(colors.get('edge')?.[theme] as string, colors.get(ground)?.[theme] as string)).toBeGreaterThanOrEqual(3);
  });
});

it('every status has a colour of its own name, and no text is coloured but by these', () => {
  for (const status of STATUSES) expect(css).toContain(`.s-${status} { --own: var(--${status}); }`);
  const used = [...css.matchAll(/(?<![-\w])color: ([^;}]+)/g)].map(([, value]) => (value as string).trim());
  for (const value of used) expect(value).toMatch(/^(?:inherit|currentColor|var\(--(?:ink|soft|accent|on-accent|own|blocked|complete|reopened|failed|in_progress)\))$/);
});

it('the formula is the standard one', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});
