// What would be published: complete, small, and right for those who import it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const LIMIT_BYTES = 4_000_000;
const REQUIRED = ['dist/cli.cjs', 'dist/index.mjs', 'dist/types/index.d.ts', 'dist/remark.mjs', 'dist/types/remark.d.ts', 'dist/provider-kit.mjs', 'dist/types/provider-kit.d.ts', 'schemas/ports/git-hosting.schema.json', 'dist/rules/spec-frozen.md', 'schemas/spec.schema.json', 'README.md', 'LICENSE'];

const run = (program, args, options = {}) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...options });
const folder = mkdtempSync(join(tmpdir(), 'treework-pack-'));
try {
  run('npm', ['run', 'prepack'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]));
  const files = packed.files.map((file) => file.path);
  const missing = REQUIRED.filter((path) => !files.includes(path));
  if (missing.length > 0) throw new Error(`Unexpected package without ${missing.join(', ')}: npm run build, or mend "files"`);
  if (packed.unpackedSize > LIMIT_BYTES) throw new Error(`Unexpected size of ${packed.unpackedSize} bytes, expected at most ${LIMIT_BYTES}`);
  const { dependencies = {}, scripts = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
  if (Object.keys(dependencies).length > 0) throw new Error('Unexpected dependencies, expected everything to be bundled');
  for (const name of ['preinstall', 'install', 'postinstall']) if (scripts[name]) throw new Error(`Unexpected script ${name}: installing must run nothing`);
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, join(folder, packed.filename)]);
  const version = run(join(folder, 'node_modules/.bin/treework'), ['--version']).trim();
  if (version !== packed.version) throw new Error(`Unexpected version ${version} from the installed program, expected ${packed.version}`);
  writeFileSync(join(folder, 'consumer.ts'), "import { check, rules, Repository, type Finding } from 'treework';\nimport remarkTreework, { type TreeworkOptions } from 'treework/remark';\nimport { fakeMessaging, runContract, type Provider } from 'treework/provider-kit';\nexport const provider: Provider = { name: 'example', ports: { messaging: () => fakeMessaging({ now: () => '2026-11-20T10:30:00Z', author: 'me' }) } };\nexport const results = runContract('messaging', { port: fakeMessaging({ now: () => '2026-11-20T10:30:00Z', author: 'me' }), channels: ['a', 'b'] });\nconst options: TreeworkOptions = { severity: 'warning' };\nexport const transform = remarkTreework(options);\nconst tree = Repository.open('.').treeOf('HEAD');\nexport const findings: readonly Finding[] = check({ before: [], after: tree }, { rules, scope: 'all', program: 'treework' }).findings;\n");
  run('npx', ['tsc', '--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--target', 'es2022', '--types', 'node', '--typeRoots', 'node_modules/@types', join(folder, 'consumer.ts')], { stdio: 'inherit' });
  const { messages, pkg } = await publint({ strict: true });
  if (messages.length > 0) throw new Error(messages.map((message) => formatMessage(message, pkg)).join('\n'));
  console.log(`package: ${files.length} files, ${packed.size} bytes packed, ${packed.unpackedSize} unpacked, no dependencies`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
