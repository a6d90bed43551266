'use strict';
// What the client's plugin starts as its language server: the treework that the repository brings, so
// that one engine judges, else the plugin's own. Where nobody governs it answers, and says nothing.
const { existsSync } = require('node:fs');
const { dirname, join } = require('node:path');

let root = process.cwd();
while (!existsSync(join(root, '.git')) && dirname(root) !== root) root = dirname(root);
const own = join(root, 'node_modules', 'treework', 'dist', 'cli.cjs');
const isOwn = existsSync(own);
const program = isOwn ? own : join(__dirname, '..', 'cli.cjs');
process.env.TREEWORK_PROGRAM ??= isOwn ? 'npx treework' : 'treework';
process.argv = [process.argv[0], program, 'lsp', '--stdio', '--beside-hooks'];
require(program);
