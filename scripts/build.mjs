// Bundles src/ to dist/: one entry per program, split chunks, so that a hook loads only what it needs.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const root = new URL('..', import.meta.url).pathname;
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const minify = !process.env.TREEWORK_DEBUG_BUILD;

rmSync(join(root, 'dist'), { recursive: true, force: true });
// A module of CommonJS has a `require` of its own: making another one loads node's loader of ES modules, as long as a hook's judgement takes.
// The bundler would follow it: it is named when everything is written.
const OWN_REQUIRE = '__treework_require__';
const ownRequire = {
  name: 'own-require',
  transform(code) {
    const own = code.replace(/createRequire\(import\.meta\.url\)/g, OWN_REQUIRE);
    return own === code ? undefined : { code: own.replace(/^import \{ createRequire \} from 'node:module';$/m, ''), map: null };
  },
};
const settings = {
  cwd: root,
  platform: 'node',
  transform: {
    target: 'node20',
    define: { TREEWORK_VERSION: JSON.stringify(version), TREEWORK_BUILD: JSON.stringify(sourceDigest()) },
  },
};

// What every verb loads first, in one file: each file more is looked for, read and compiled.
const START = /[\\/]src[\\/](version|error|git[\\/](find-repository|audit-state|v8-flags|environment|files))\.ts$/;
// The program is CommonJS: node loads that without starting its ESM loader, some 10 ms a hook.
const program = await rolldown({ ...settings, plugins: [ownRequire], input: { cli: 'src/cli.ts', agent: 'src/agent-more.ts' } });
const written = await program.write({ dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs', minify, codeSplitting: { groups: [{ name: 'start', test: START }] }, banner: (chunk) => (chunk.name === 'cli' ? '#!/usr/bin/env node' : '') });
await program.close();
chmodSync(join(root, 'dist/cli.cjs'), 0o755);

// The hook in one file, whose compiled code `hooks/hook.cjs` keeps for the next commit.
const hook = await rolldown({ ...settings, plugins: [ownRequire], input: { 'hook-program': 'src/hook.ts' } });
const hooked = await hook.write({ dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false, minify });
await hook.close();
// What answers an agent client's events, kept compiled in the same way.
const agent = await rolldown({ ...settings, plugins: [ownRequire], input: { 'agent-program': 'src/agent.ts' } });
const answering = await agent.write({ dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false, minify });
await agent.close();
// The hook launcher reads it: a verdict is known only to the engine that gave it.
writeFileSync(join(root, 'dist/build'), `${sourceDigest()}\n`);

const library = await rolldown({ ...settings, input: { index: 'src/index.ts', remark: 'src/remark.ts', 'provider-kit': 'src/provider-kit.ts' } });
const api = await library.write({ dir: 'dist', format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs', minify });
await library.close();

// The reference parsers, pattern matcher and judge of own schemas: loaded synchronously and rarely, hence CommonJS beside the chunks.
const authorities = await rolldown({
  cwd: root,
  input: { 'yaml-authority': 'src/documents/yaml-authority.ts', 'markdown-authority': 'src/documents/markdown-authority.ts', 'glob-authority': 'src/documents/glob-authority.ts', 'schema-authority': 'src/documents/schema-authority.ts', 'commit-authority': 'src/documents/commit-authority.ts' },
  platform: 'node',
  transform: { target: 'node20' },
});
const parsers = await authorities.write({ dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs', minify });
await authorities.close();

// What a person reads at run time: rule pages, hook shims, generators' templates.
for (const [from, to, ending] of [['src/rules', 'rules', '.md'], ['hooks', 'hooks', ''], ['generators', 'generators', ''], ['pages', 'pages', '']]) {
  if (!existsSync(join(root, from))) continue;
  mkdirSync(join(root, 'dist', to), { recursive: true });
  cpSync(join(root, from), join(root, 'dist', to), { recursive: true, filter: (path) => !/\.[a-z]+$/.test(path) || path.endsWith(ending) });
}
// V8 keeps a text in one byte a character where all are ASCII: half the memory, and read without decoding.
for (const name of readdirSync(join(root, 'dist'))) {
  if (/\.[cm]js$/.test(name)) writeFileSync(join(root, 'dist', name), escaped(readFileSync(join(root, 'dist', name), 'utf8')).replaceAll(OWN_REQUIRE, 'require'));
}

const files = [...written.output, ...hooked.output, ...answering.output, ...api.output, ...parsers.output];
const bytes = files.reduce((sum, file) => sum + (file.code ?? file.source).length, 0);
console.log(`built ${files.length} files, ${(bytes / 1024).toFixed(0)} KB`);

/** The same program in ASCII. An escape means the same as the character in strings, templates and regular expressions, and nothing else in a bundle holds one. */
function escaped(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function sourceDigest() {
  const digest = createHash('sha256');
  for (const file of readdirSync(join(root, 'src'), { recursive: true }).sort()) {
    if (/\.(ts|js|md)$/.test(file)) digest.update(file).update(readFileSync(join(root, 'src', file)));
  }
  return digest.digest('hex').slice(0, 12);
}
