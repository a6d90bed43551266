import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STATUSES } from '../../src/render/viz/status-signs.ts';
import { demo, foreign, hostile, large, single } from '../views/tickets.ts';
import { Browser, shoot } from './browser.ts';

const browser = new Browser();
afterAll(() => browser.close());

const TICKETS = { demo: demo(), large: large(), single: single(), foreign: foreign() };
const WIDE = { width: 1440, height: 900 };

/** How much wider than the window the page is. */
const excess = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const focused = (page: Page) => page.evaluate(() => (document.activeElement?.closest('[data-key]') ?? document.activeElement)?.getAttribute('data-key') ?? document.activeElement?.id ?? '');

describe.each(Object.entries(TICKETS))('%s', (name, files) => {
  it.each([
    ['light', { viewport: WIDE, colorScheme: 'light' }],
    ['dark', { viewport: WIDE, colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 320, height: 720 }, colorScheme: 'light' }],
    // What 200 % zoom leaves of 1440 by 900.
    ['zoomed', { viewport: { width: 720, height: 450 }, colorScheme: 'light' }],
    ['widest', { viewport: { width: 2560, height: 1200 }, colorScheme: 'light' }],
  ] as const)('fits, %s', async (kind, options) => {
    const page = await browser.open(options);
    await page.goto(browser.pageOf(name, files));
    expect(await excess(page)).toBe(0);
    await shoot(page, `${name}-${kind}`);
    if (kind === 'narrow' || kind === 'light') await shoot(page, `${name}-${kind}-whole`, true);
  });

  it('lays no card over another, and none outside its phase', async () => {
    const page = await browser.open({ viewport: WIDE });
    await page.goto(browser.pageOf(name, files));
    const boxes = await page.$$eval('.cards > .card', (cards) => cards.map((card) => card.getBoundingClientRect()).map(({ x, y, right, bottom }) => ({ x, y, right, bottom })));
    const overlaps = boxes.flatMap((a, index) => boxes.slice(index + 1).filter((b) => a.x < b.right && b.x < a.right && a.y < b.bottom && b.y < a.bottom));
    expect(overlaps).toEqual([]);
    const spilt = await page.$$eval('.card a, .group-name', (links) => links.filter((link) => link.scrollHeight > link.clientHeight + 2).map((link) => link.textContent));
    expect(spilt).toEqual([]);
  });
});

describe('the page', () => {
  let page: Page;
  beforeAll(async () => {
    page = await browser.open({ viewport: WIDE });
    await page.goto(browser.pageOf('again', demo()));
  });

  it('S6: asks the network for nothing, and no policy stops any of its own parts', () => {
    expect(browser.requests.length).toBeGreaterThan(0);
    expect(browser.requests.filter((url) => !/^file:.*\.html$/.test(url))).toEqual([]);
    expect(browser.complaints).toEqual([]);
  });

  it('goes by arrow keys along the arrows, from one stop of Tab', async () => {
    expect(await page.$$eval('.cards a[tabindex="0"]', (links) => links.length)).toBe(1);
    await page.focus('.card[data-key="red"] a');
    const way = [];
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowDown', 'End', 'Home']) {
      await page.keyboard.press(key);
      way.push(await focused(page));
    }
    expect(way).toEqual(['build', 'export', 'client', 'client', 'export', 'audit', 'sign-off', 'red']);
    expect(await page.$$eval('.arrow.lit', (paths) => paths.map((path) => path.getAttribute('data-to')))).toEqual(['build']);
  });

  it('shows where the focus is', async () => {
    await page.focus('.card[data-key="red"] a');
    await page.keyboard.press('ArrowRight');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outline);
    expect(outline).toMatch(/solid 3px|3px solid/);
    await shoot(page, 'focus');
  });

  it('opens details by Enter, reads them out, and comes back by Escape', async () => {
    await page.focus('.card[data-key="tokens"] a');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('name-tokens');
    expect(await page.innerText('.detail.open')).toMatch(/Validate tokens[\s\S]*Expired and malformed tokens answer 401[\s\S]*Clock skew of 30 s[\s\S]*Token validation[\s\S]*One function decides/);
    expect(new URL(page.url()).hash).toBe('#node-tokens');
    await page.click('.detail.open .fold summary');
    expect(await page.innerText('.detail.open .fold')).toContain('a token whose exp is in the past');
    await shoot(page, 'details-light');
    expect(await excess(page)).toBe(0);
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('tokens');
    expect(await page.isVisible('#details')).toBe(false);
  });

  it('follows a link inside the details, and Escape leads back to where it began', async () => {
    await page.focus('#node-table tr[data-key="export"] a');
    await page.keyboard.press('Enter');
    await page.click('.detail.open .node-links a[data-open="client"]');
    expect(await focused(page)).toBe('name-client');
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.closest('tr')?.dataset.key)).toBe('export');
  });

  it('filters by status and search, in the drawing and the list alike, and says how many are left', async () => {
    await page.click('[data-filter="blocked"]');
    const shown = () => page.$$eval('#node-table tbody tr:not([hidden])', (rows) => rows.map((row) => (row as HTMLElement).dataset.key));
    expect(await shown()).toEqual(['build', 'audit', 'client']);
    expect(await page.textContent('#live')).toBe('2 of 9 nodes are shown');
    await page.keyboard.press('/');
    await page.keyboard.type('LIBRARY');
    expect(await shown()).toEqual(['client']);
    expect(await page.$$eval('.card:not(.off)', (cards) => cards.map((card) => (card as HTMLElement).dataset.key))).toEqual(['client']);
    await shoot(page, 'filtered');
    await page.keyboard.press('Escape');
    await page.click('[data-filter="blocked"]');
    expect((await shown()).length).toBe(11);
    expect(await page.textContent('#live')).toBe('All nodes are shown');
  });

  it('changes its colours by the switch, and keeps to it', async () => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.click('[data-theme-choice="dark"]');
    expect(await ground()).not.toBe(light);
    await page.reload();
    expect(await ground()).not.toBe(light);
    await page.click('[data-theme-choice="auto"]');
    expect(await ground()).toBe(light);
  });

  it('is larger and smaller by its buttons', async () => {
    const width = () => page.$eval('#drawing', (drawing) => drawing.getBoundingClientRect().width);
    const before = await width();
    await page.click('#larger');
    expect(await width()).toBeGreaterThan(before * 1.1);
    await page.click('#smaller');
    expect(await width()).toBeCloseTo(before, 0);
    await page.click('#fit');
  });

  it('is opened at a node by its address', async () => {
    await page.goto(`${browser.pageOf('linked', demo())}#node-limit`);
    expect(await page.innerText('.detail.open')).toContain('Since it was completed these changed: Rate limit.');
  });

  it('names everything for a screen reader: landmarks, headings in order, and a word beside every sign', async () => {
    const levels = await page.$$eval('main h2, main h3, main h4, h1', (headings) => headings.map((heading) => Number(heading.tagName.slice(1))));
    expect(levels[0]).toBe(1);
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 1), `heading ${index}`).toBeLessThanOrEqual(1);
    expect(await page.$$eval('header, nav, main, footer, aside', (marks) => marks.map((mark) => mark.tagName))).toEqual(['HEADER', 'NAV', 'MAIN', 'FOOTER', 'ASIDE']);
    expect(await page.$$eval('svg', (drawings) => drawings.filter((drawing) => drawing.getAttribute('aria-hidden') !== 'true').length)).toBe(0);
    expect(await page.$$eval('.status', (signs) => signs.filter((sign) => (sign.textContent ?? '').trim() === '').length)).toBe(0);
    expect(await page.$$eval('button, a, input', (controls) => controls.filter((control) => (control.textContent ?? '').trim() === '' && !control.getAttribute('aria-label') && !(control as HTMLInputElement).labels?.length).length)).toBe(0);
    expect(await page.getAttribute('.card[data-key="export"] a', 'aria-label')).toBe('Deliver reports in pages, node export; status awaiting QA; the current node; wave 3; comes after tokens; covers Paged export.');
    expect(STATUSES.length).toBe(11);
  });
});

describe('elsewhere', () => {
  it('covers a narrow window with the details, and leaves nothing behind them to Tab into', async () => {
    const page = await browser.open({ viewport: { width: 360, height: 640 } });
    await page.goto(browser.pageOf('narrow', demo()));
    await page.click('.card[data-key="tokens"] a');
    expect(await page.$eval('#details', (panel) => panel.getBoundingClientRect().width)).toBe(360);
    await shoot(page, 'details-narrow');
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.closest('#page'))).toBe(null);
    }
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('tokens');
  });

  it('details in the dark', async () => {
    const page = await browser.open({ viewport: { width: 1240, height: 660 }, colorScheme: 'dark' });
    await page.goto(`${browser.pageOf('dark', demo())}#node-export`);
    expect(await page.innerText('.detail.open')).toContain('The last page names a next page');
    await shoot(page, 'details-dark');
  });

  it('moves nothing where people asked for that', async () => {
    const moving = (page: Page) => page.evaluate(() => document.getAnimations().length);
    const still = await browser.open({ viewport: WIDE, reducedMotion: 'reduce' });
    await still.goto(browser.pageOf('still', demo()));
    await still.click('.card[data-key="tokens"] a');
    expect(await moving(still)).toBe(0);
    expect(await still.$eval('.card a', (card) => getComputedStyle(card).transitionDuration)).toBe('0s');
  });

  it('prints on white, all of it, without what is for the screen alone', async () => {
    const page = await browser.open({ viewport: { width: 1000, height: 1400 }, colorScheme: 'dark' });
    await page.goto(browser.pageOf('print', demo()));
    await page.emulateMedia({ media: 'print' });
    expect(await page.$eval('.card a', (card) => getComputedStyle(card).backgroundColor)).toBe('rgb(255, 255, 255)');
    for (const part of ['nav', '.tools', '.arrows', '.filters']) expect(await page.isVisible(part), part).toBe(false);
    expect(await page.isVisible('.card[data-key="gates"] .card-after')).toBe(false);
    expect(await page.innerText('.card[data-key="audit"]')).toContain('after tokens');
    expect(await excess(page)).toBe(0);
    await shoot(page, 'print', true);
  });

  it('shows everything without JavaScript, details by their links', async () => {
    const page = await browser.open({ viewport: WIDE, javaScriptEnabled: false });
    await page.goto(browser.pageOf('plain', demo()));
    expect(await page.isVisible('.card[data-key="audit"]')).toBe(true);
    expect(await page.isVisible('.tools')).toBe(false);
    await page.click('.card[data-key="tokens"] a');
    expect(await page.isVisible('#node-tokens')).toBe(true);
    expect(await page.isVisible('#node-red')).toBe(false);
    await shoot(page, 'no-script');
  });

  it('shows what documents try to smuggle in, and runs none of it', async () => {
    const page = await browser.open({ viewport: WIDE });
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    browser.complaints.length = 0;
    await page.goto(browser.pageOf('hostile', hostile()));
    for (const link of await page.$$('.card a')) {
      await link.click();
      await page.keyboard.press('Escape');
    }
    expect(await page.evaluate(() => (window as { pwned?: unknown }).pwned)).toBe(undefined);
    expect(dialogs).toBe(0);
    expect(browser.complaints).toEqual([]);
    expect(await page.$$eval('script', (scripts) => scripts.length)).toBe(2);
    expect(await page.$$eval('img, iframe, object, embed, form, base, link', (foreign) => foreign.length)).toBe(0);
    expect(await page.innerText('h1')).toContain('</script><script>');
    await shoot(page, 'hostile');
  });
});
