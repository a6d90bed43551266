import { readFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { vizPage } from '../../src/render/viz/page.ts';
import { PACKAGE_ROOT } from '../harness/sandbox.ts';
import { modelOf } from '../views/tickets.ts';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** A browser of its own, with an empty profile; everything that it asks the network for is kept. */
export class Browser {
  readonly folder = mkdtempSync(join(tmpdir(), 'tw-browser-'));
  readonly requests: string[] = [];
  readonly complaints: string[] = [];
  #context: BrowserContext | undefined;

  async open(options: Parameters<typeof chromium.launchPersistentContext>[1] = {}): Promise<Page> {
    await this.#context?.close();
    this.#context = await chromium.launchPersistentContext(mkdtempSync(join(this.folder, 'profile-')), { executablePath: process.env.TREEWORK_CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS, viewport: { width: 1440, height: 900 }, ...options });
    const page = this.#context.pages()[0] ?? (await this.#context.newPage());
    page.on('request', (request) => this.requests.push(request.url()));
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && this.complaints.push(message.text()));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    return page;
  }

  async close(): Promise<void> {
    await this.#context?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Writes a ticket's page and says where. */
  pageOf(name: string, files: Record<string, string>): string {
    const path = join(this.folder, `${name}.html`);
    writeFileSync(path, pageText(files));
    return pathToFileURL(path).href;
  }
}

function pageText(files: Record<string, string>): string {
  const asset = (name: string) => readFileSync(join(PACKAGE_ROOT, 'pages', name), 'utf8');
  return vizPage(modelOf(files), { css: asset('viz.css'), js: asset('viz.js'), version: '1.0.0', source: 'main', at: '2026-11-20T10:00:00Z' });
}

/** Where screenshots go, to be looked at: TREEWORK_SHOTS, or nowhere. */
export async function shoot(page: Page, name: string, fullPage = false): Promise<void> {
  const folder = process.env.TREEWORK_SHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
}
