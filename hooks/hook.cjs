'use strict';
// Runs hook-program.cjs, the whole hook in one file, with the code that V8 compiled at the last
// commit: compiling again would be a third of what a hook costs. V8 itself rejects code of another
// engine, version, flags or source length; the name holds the program's digest and node's version.
const { mkdirSync, readdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { basename, dirname, join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

const { TREEWORK_CA_CERTS: certificates } = process.env;
if (certificates) process.env.NODE_EXTRA_CA_CERTS = certificates;
delete process.env.TREEWORK_CA_CERTS;

const build = readText(join(__dirname, '..', 'build'));
const state = process.env.TREEWORK_STATE;

if (require.main === module) load('hook-program.cjs');
else module.exports = load;

// Runs a program of one file beside this folder, and answers with what it exports.
function load(name) {
  const program = join(__dirname, '..', name);
  const kept = `${name.split('-', 1)[0]}-`;
  const file = state && build ? join(state, 'code', `${kept}${build.trim()}-${process.version}-${process.arch}`) : undefined;
  const cachedData = file === undefined ? undefined : readBytes(file);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${readFileSync(program, 'latin1')}\n})`, { filename: program, cachedData });
  if (file !== undefined && (cachedData === undefined || script.cachedDataRejected)) process.on('exit', () => keep(script, file, kept));

  // A hook is over before optimised code pays for what the optimiser takes from the other core, where
  // git reads ahead. Set after the code was read: V8 takes code back only under the flags it was made with.
  setFlagsFromString('--no-opt');

  const module_ = { exports: {} };
  script.runInThisContext()(module_.exports, createRequire(program), module_, program, dirname(program));
  return module_.exports;
}

/** After the work, so that what was compiled on the way is kept too. A failure costs the next hook time, nothing else. */
function keep(script, file, kept) {
  const temporary = `${file}.${process.pid}.tmp`;
  setFlagsFromString('--opt');
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, script.createCachedData(), { flag: 'wx' });
    renameSync(temporary, file);
    // One engine's code is of no use to the next.
    for (const name of readdirSync(dirname(file))) if (name.startsWith(kept) && name !== basename(file)) unlinkSync(join(dirname(file), name));
  } catch {}
}

function readBytes(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function readText(path) {
  return readBytes(path)?.toString();
}
