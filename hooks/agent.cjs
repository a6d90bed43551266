'use strict';
// What an agent's client runs at an event: `node agent.cjs EVENT`, the event's facts as JSON on
// standard input. Where nobody governs it is over before any program is loaded. Where the repository
// brings a treework of its own, that one answers: one engine, one verdict.
const { existsSync, readFileSync, statSync, writeSync } = require('node:fs');
const { dirname, isAbsolute, join, resolve } = require('node:path');

const event = process.argv[2];
const text = readInput();
const root = governedRoot(text);
try {
  if (root !== undefined) run(root);
} catch (error) {
  // A guard that cannot run lets nothing through; the client takes any other failure for a yes.
  if (event === 'PreToolUse') {
    writeAll(2, `treework cannot judge this, so it does not let it through: ${error.message}\n  hint: npm install brings the program back; treework off goes without in this clone\n`);
    process.exitCode = 2;
  }
}

// The guards are one file whose compiled code is kept; everything else loads what it needs.
function run(folder) {
  const own = join(folder, 'node_modules', 'treework', 'dist');
  const isOwn = existsSync(join(own, 'agent-program.cjs'));
  const home = isOwn ? join(own, 'hooks') : __dirname;
  const program = process.env.TREEWORK_PROGRAM || (isOwn ? 'npx treework' : 'treework');
  process.env.TREEWORK_STATE ??= join(commonDir(folder), 'treework');
  const { answer } = event === 'PreToolUse' ? require(join(home, 'hook.cjs'))('agent-program.cjs') : require(join(home, '..', 'agent.cjs'));
  answer(event, text, program).then(({ exit, stdout, stderr }) => {
    if (stderr !== '') writeAll(2, stderr);
    if (stdout !== '') writeAll(1, stdout);
    process.exitCode = exit;
  });
}

function readInput() {
  try {
    return readFileSync(0, 'utf8');
  } catch {
    return '';
  }
}

// The nearest folder with a WORKSPACE.md above what the event is about, up to the repository's root.
function governedRoot(input) {
  for (const folder of placesIn(input)) {
    for (let at = folder; ; at = dirname(at)) {
      if (existsSync(join(at, '.git'))) {
        if (existsSync(join(at, 'WORKSPACE.md'))) return at;
        break;
      }
      if (dirname(at) === at) break;
    }
  }
  return undefined;
}

// Where the tool's file is, then where the client is. What is no JSON is for the program to refuse.
function placesIn(input) {
  try {
    const { cwd, tool_input: given } = JSON.parse(input);
    const file = given && (given.file_path || given.notebook_path);
    const places = [typeof cwd === 'string' && cwd !== '' ? cwd : process.cwd()];
    return typeof file === 'string' && isAbsolute(file) ? [dirname(file), ...places] : places;
  } catch {
    return [process.cwd()];
  }
}

function commonDir(folder) {
  const git = join(folder, '.git');
  try {
    if (statSync(git).isDirectory()) return git;
    const own = resolve(folder, readFileSync(git, 'utf8').replace(/^gitdir: /, '').trim());
    return resolve(own, readFileSync(join(own, 'commondir'), 'utf8').trim());
  } catch {
    return git;
  }
}

function writeAll(stream, said) {
  let bytes = Buffer.from(said);
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(stream, bytes));
}
