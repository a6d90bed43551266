// Tests of pages in a real Chromium. Where there is none they do not run, and this says so;
// TREEWORK_BROWSER=required makes that a failure. TREEWORK_CHROMIUM names another program than the usual ones,
// TREEWORK_SHOTS a folder for screenshots.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const program = [process.env.TREEWORK_CHROMIUM, ...usual].find((path) => path !== undefined && existsSync(path));

if (program === undefined) {
  console.error('browser tests: NOT RUN, there is no Chromium here (apt-get install chromium, or TREEWORK_CHROMIUM=/path/to/chromium)');
  process.exit(process.env.TREEWORK_BROWSER === 'required' ? 1 : 0);
}
console.error(`browser tests: in ${program}`);
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.browser.config.ts', ...process.argv.slice(2)], { stdio: 'inherit', env: { ...process.env, TREEWORK_CHROMIUM: program } });
process.exit(status ?? 1);
