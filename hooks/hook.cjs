'use strict';
// Runs hook-program.cjs, the whole hook in one file, with the code that V8 compiled at the last
// commit: compiling again would be a third of what a hook costs. V8 itself rejects code of another
// engine, version, flags or source length; the name holds the program's digest and node's version.
const { mkdirSync, readdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { Script } = require('node:vm');

const { TREEWORK_CA_CERTS: certificates } = process.env;
if (certificates) process.env.NODE_EXTRA_CA_CERTS = certificates;
delete process.env.TREEWORK_CA_CERTS;

const build = readText(join(__dirname, '..', 'build'));
const state = process.env.TREEWORK_STATE;

// A hook is over before optimised code pays for what the optimiser takes from the other core, where git
// reads ahead. What git does not read ahead for is over before that: loading node:v8 would not pay.
if (require.main === module) load('hook-program.cjs', require('node:v8').setFlagsFromString);
else module.exports = (name) => load(name, () => {});

// Runs a program of one file beside this folder, and answers with what it exports.
function load(name, setFlags) {
  const program = join(__dirname, '..', name);
  const kept = `${name.split('-', 1)[0]}-`;
  const file = state && build ? join(state, 'code', `${kept}${build.trim()}-${process.version}-${process.arch}`) : undefined;
  const cachedData = file === undefined ? undefined : readBytes(file);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${readFileSync(program, 'latin1')}\n})`, { filename: program, cachedData });
  if (file !== undefined && (cachedData === undefined || script.cachedDataRejected)) process.on('exit', () => keep(script, file, kept, setFlags));

  // Set after the code was read: V8 takes code back only under the flags it was made with. So it does that of
  // node's own modules, which would be compiled anew.
  const loaded = (id) => {
    if (id.startsWith('.')) return require(join(dirname(program), id));
    setFlags('--opt');
    try {
      return require(id);
    } finally {
      setFlags('--no-opt');
    }
  };
  setFlags('--no-opt');
  const module_ = { exports: {} };
  script.runInThisContext()(module_.exports, loaded, module_, program, dirname(program));
  return module_.exports;
}

/** After the work, so that what was compiled on the way is kept too. A failure costs the next hook time, nothing else. */
function keep(script, file, kept, setFlags) {
  setFlags('--opt');
  const temporary = `${file}.${process.pid}.tmp`;
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
