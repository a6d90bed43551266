// After `npm install`: husky's hooks, and over them treework's own, live from this checkout's build.
// Whatever is missing is left out with a word: a checkout without husky, git or a build installs all the same.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'dist/cli.cjs');

process.chdir(root);
const complaint = await setUpHusky();
if (complaint) console.log(`prepare: ${complaint}, no hooks to set up`);
else if (existsSync(program)) spawnSync(process.execPath, [program, 'hooks'], { stdio: 'inherit' });
else console.log('prepare: no build yet; npm run build && npm run prepare lets treework judge this checkout');

/** What stands in the way; '' when git runs the hooks of .husky from now on. */
async function setUpHusky() {
  if (!existsSync('.git')) return 'no git checkout';
  const husky = await import('husky').catch(() => undefined);
  return husky === undefined ? 'husky is not installed' : husky.default();
}
