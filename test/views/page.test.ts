import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, jsonFor } from '../../src/render/viz/html.ts';
import { lineDifference } from '../../src/render/viz/line-difference.ts';
import { VIZ_MARK, vizPage } from '../../src/render/viz/page.ts';
import { prose } from '../../src/render/viz/prose.ts';
import { wordOf } from '../../src/render/viz/status-signs.ts';
import { PACKAGE_ROOT } from '../harness/sandbox.ts';
import { demo, foreign, hostile, large, modelOf, single, SMUGGLED } from './tickets.ts';

const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 100);
const asset = (name: string) => readFileSync(join(PACKAGE_ROOT, 'pages', name), 'utf8');
const ASSETS = { css: asset('viz.css'), js: asset('viz.js'), version: '1.0.0', source: 'main', at: '2026-11-20T10:00:00Z' };
const pageOf = (files: Record<string, string>) => vizPage(modelOf(files), ASSETS);
const sha = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

describe.each(Object.entries({ demo, large, single, foreign, hostile }))('%s', (_, files) => {
  const page = pageOf(files());

  it('S6: is one file that loads nothing', () => {
    expect(page.startsWith(VIZ_MARK)).toBe(true);
    const tags = page.replace(/<(script|style)>[^]*?<\/\1>/g, '').match(/<[a-z][^<>]*>/gi) ?? [];
    expect(tags.filter((tag) => /^<(?:link|img|iframe|object|embed|audio|video|source|base|form)[\s>]/i.test(tag))).toEqual([]);
    expect(tags.map((tag) => tag.replaceAll(/"[^"]*"/g, '""')).filter((tag) => /\s(?:src|srcset|action|formaction|data|poster|ping|style|on\w+|xlink:href)=/i.test(tag))).toEqual([]);
    expect([...page.matchAll(/\shref="([^"]*)"/g)].map(([, to]) => to).filter((to) => !to?.startsWith('#'))).toEqual([]);
    expect(asset('viz.css')).not.toMatch(/url\((?!#)|@import|@font-face/);
    expect(asset('viz.js')).not.toMatch(/fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/);
  });

  it('allows its own script and style by their digests and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] as string;
    const script = /<script>([^]*?)<\/script>/.exec(page)?.[1] as string;
    expect(policy).toBe(`default-src 'none'; script-src '${sha(script)}'; style-src '${sha(style)}'; base-uri 'none'; form-action 'none'`);
    expect(page.match(/<script/g)?.length).toBe(2);
    expect(page.match(/<style/g)?.length).toBe(1);
  });

  it('holds its data as JSON that says what the model says', () => {
    const data = JSON.parse(/<script type="application\/json" id="data">([^<]*)<\/script>/.exec(page)?.[1] as string);
    const model = modelOf(files());
    expect(data.nodes.map(({ key, status }: { key: string; status: string }) => [key, status])).toEqual(model.nodes.map(({ key, status }) => [key, status]));
    expect(data.arrows).toEqual(model.arrows);
  });

  it('shows every node in the drawing, in the list and with details, with the word of its status', () => {
    for (const { key, status } of modelOf(files()).nodes) {
      expect(page).toContain(`<li class="`);
      expect(page.split(`data-key="${key}"`).length).toBe(3);
      expect(page).toContain(`<article class="detail" id="node-${key}"`);
      const row = page.slice(page.indexOf('<table')).split('<tr data-key="').find((one) => one.startsWith(`${key}"`));
      expect(row).toContain(`</svg>${wordOf(status)}</span>`);
    }
  });

  it('is the same for the same ticket', () => {
    expect(pageOf(files())).toBe(page);
  });
});

describe('what it shows of a ticket in the middle of its work', () => {
  const page = pageOf(demo());
  const part = (id: string) => new RegExp(`<section id="${id}"[^]*?</section>\n\n?(?=<section|</main>)`).exec(page)?.[0] ?? '';

  it('goal, why, how far it is, and where', () => {
    expect(page).toMatch(/<h1[^>]*>Partners pull their reports by themselves<\/h1>/);
    expect(page).toContain('Support sends 40 CSV files a week by hand');
    expect(page).toContain('<strong>3 of 9</strong> settled');
    expect(page).toMatch(/now <a href="#node-export"/);
  });

  it('requirements as they hold now, with who covers them', () => {
    expect(part('requirements')).toMatch(/Rate limit<\/h3><p class="note">as change record 001-a-lower-limit says/);
    expect(part('requirements')).toContain('at most 60 requests a minute');
    expect(part('requirements')).not.toContain('at most 100 requests');
    expect(pageOf(large())).toContain('No node covers it.');
  });

  it('change records with their delta: what goes and what comes', () => {
    const changes = part('changes');
    expect(changes).toMatch(/removed: <\/span><div class="prose"><p dir="auto">The system SHALL answer at most 100 requests/);
    expect(changes).toMatch(/added: <\/span><div class="prose"><p dir="auto">The system SHALL answer at most 60 requests/);
    expect(changes).toContain('Holds up client.');
  });

  it('forks, the proposal, and histories in the order of their time', () => {
    expect(part('forks')).toMatch(/The key store has no revocation[^]*PROJ-12/);
    expect(part('proposal')).toMatch(/Reports without support[^]*Out of scope[^]*The client library is a part of its own/);
    const days = [...part('timeline').matchAll(/<h3 class="day">([^<]*)/g)].map(([, day]) => day);
    expect(days).toEqual(['2026-11-18', '2026-11-19', '2026-11-20']);
    expect(part('timeline')).toContain('The last page names a next page; No test for an empty report');
  });

  it('L0, L1 and L2 of a node, and why one is where it is', () => {
    const detail = (key: string) => page.slice(page.indexOf(`id="node-${key}"`), page.indexOf('</article>', page.indexOf(`id="node-${key}"`)));
    expect(detail('tokens')).toMatch(/Expired and malformed tokens answer 401[^]*Clock skew of 30 s is tolerated[^]*verify\(token\): Claims[^]*<pre><code>export function verify/);
    expect(detail('limit')).toContain('Since it was completed these changed: Rate limit.');
    expect(detail('audit')).toContain('Held up by docs/specs/PROJ-7/forks/001-key-store.md.');
    expect(detail('client')).toContain('Held up by docs/specs/PROJ-7/changes/002-revoked-keys.md.');
    expect(detail('sign-off')).toMatch(/Waits for [^<]*build/);
  });
});

describe('text of documents', () => {
  it('is escaped wherever it stands', () => {
    expect(html`<a title="${`"'<>&\u0000`}">${SMUGGLED[0]}</a>`.html).toBe('<a title="&quot;&#39;&lt;&gt;&amp;�">&lt;/script&gt;&lt;script&gt;window.pwned=1&lt;/script&gt;</a>');
    const page = pageOf(hostile());
    expect(page).not.toMatch(/<script>window\.pwned|<img|<svg onload|<iframe|href="javascript/i);
    expect(page.split('window.pwned=1').length).toBeGreaterThan(20);
  });

  it('any text at all leaves no tag behind', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'<>"\'&/!-=` \n', 'script', 'a', '\u2028', '\0', '😀') }), (text) => {
      expect(html`<p>${text}</p>`.html.slice(3, -4)).not.toMatch(/[<>"']/);
    }), { numRuns: RUNS });
  });

  it('JSON comes back as it went in and ends no script', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...SMUGGLED), (value, text) => {
        const { html: json } = jsonFor({ value, text });
        expect(json).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })));
      }),
      { numRuns: RUNS },
    );
  });

  it('Markdown becomes nothing but prose, lists, code and links to the web', () => {
    expect(prose('# A\n\n- **b** `c`\n\n1. d\n\n> e\n\n[f](https://example.com) [g](javascript:x) ![h](i.png) <b>j</b>\n\n<!-- k -->').html).toBe(
      '<div class="prose"><p class="heading" dir="auto">A</p><ul><li dir="auto"><p dir="auto"><strong>b</strong> <code>c</code></p></li></ul><ol start="1"><li dir="auto"><p dir="auto">d</p></li></ol><blockquote><p dir="auto">e</p></blockquote><p dir="auto"><a href="https://example.com" rel="noreferrer">f</a> g h <code>&lt;b&gt;</code>j<code>&lt;/b&gt;</code></p></div>',
    );
    expect(prose(`${'> '.repeat(500)}deep`).html).toContain('deep');
    expect(prose('x'.repeat(60_000)).html).toContain('<pre class="prose"');
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'<>[]()!`*_#-&" \n', 'javascript:', 'https://x.y', 'a') }), (text) => {
      expect(prose(text).html.replace(/<\/?(?:div|p|ul|ol|li|pre|code|em|strong|br|hr|blockquote|a)(?: (?:class|dir|start|rel)="[^"<>]*"| href="https:[^"<>]*")*>/g, '')).not.toMatch(/[<>]/);
    }), { numRuns: RUNS });
  });

  it('two texts are compared line by line, and both can be read off', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), fc.array(fc.constantFrom('a', 'b', 'c')), (old, now) => {
        const lines = lineDifference(old.join('\n'), now.join('\n'));
        expect(lines.filter(({ kind }) => kind !== 'new').map(({ text }) => text)).toEqual(old);
        expect(lines.filter(({ kind }) => kind !== 'gone').map(({ text }) => text)).toEqual(now);
      }),
      { numRuns: RUNS },
    );
  });
});

it('plans that rules refuse are shown as well as they can be', () => {
  const plan = (nodes: string) => pageOf({ 'spec.md': demo()['spec.md'] as string, 'tasks.md': `---\nticket: PROJ-7\nnodes: ${nodes}\n---\n` });
  expect(plan('[{id: a, depends_on: [b]}, {id: b, depends_on: [a]}]')).toContain('id="node-b"');
  expect(plan('[{id: a}, {id: a}]')).toContain('id="node-a.2"');
  expect(plan('[{id: a, depends_on: [a, nowhere]}]')).toContain('id="node-a"');
  expect(plan('[]')).toContain('0 of 0');
  expect(pageOf({ 'spec.md': demo()['spec.md'] as string })).toContain('Token validation');
});
