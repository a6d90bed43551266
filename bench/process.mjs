/** Running commands: timed, or observed for the peak memory of the whole process tree. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { delimiter } from 'node:path';

const FOREIGN = /^(GIT_|TREEWORK_|npm_|HUSKY|LINT_STAGED|CI$|GITHUB_|NODE_OPTIONS$|NO_COLOR$|FORCE_COLOR$)/;

/** The environment every contender gets: no settings of the caller's, of git's or of npm's. */
export function cleanEnvironment(source = process.env) {
  const kept = Object.entries(source).filter(([name]) => !FOREIGN.test(name));
  const path = (source.PATH ?? '').split(delimiter).filter((entry) => !/node_modules|node-gyp-bin/.test(entry));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter), GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
}

/** Runs a command to its end and returns `{status, stdout, stderr, ms}`; throws when the status is not in `accept`. */
export function run(command, { cwd, env = cleanEnvironment(), accept = [0] } = {}) {
  const [file, ...args] = command;
  const started = process.hrtime.bigint();
  const result = spawnSync(file, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 29, stdio: ['ignore', 'pipe', 'pipe'] });
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  if (result.error) throw result.error;
  if (!accept.includes(result.status)) throw unexpected(command, result, accept);
  return { ...result, ms };
}

function unexpected(command, { status, stdout, stderr }, accept) {
  const said = `${stdout}${stderr}`.trim().slice(0, 2000);
  return new Error(`Unexpected exit ${status} of \`${command.join(' ').slice(0, 300)}\`, expected ${accept.join(' or ')}: ${said}`);
}

/** Runs git and returns what it printed, without the last newline. */
export function git(cwd, ...args) {
  return run(['git', ...args], { cwd }).stdout.trimEnd();
}

/**
 * Runs a command like `run` and also returns `peak`: the highest resident memory, in bytes, summed
 * over the command and its living descendants, and `largest`: the largest high-water mark of one of
 * them, as `time -v` tells it. Undefined when neither /proc nor ps can tell. Looking costs the command a little:
 * `interval` is how often, in milliseconds.
 */
export async function observe(command, { cwd, env = cleanEnvironment(), accept = [0], interval = 4 } = {}) {
  const [file, ...args] = command;
  const started = process.hrtime.bigint();
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => { said[name] += text; });
  const linux = process.platform === 'linux';
  const sample = linux ? sampleProc : samplePs;
  let [peak, largest] = [0, 0];
  const look = () => {
    const seen = sample(child.pid);
    peak = Math.max(peak, seen.sum);
    largest = Math.max(largest, seen.largest);
  };
  const timer = setInterval(look, linux ? interval : 50);
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve)).finally(() => clearInterval(timer));
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  if (!accept.includes(status)) throw unexpected(command, { status, ...said }, accept);
  return { ...said, status, ms, peak: peak || undefined, largest: largest || undefined };
}

function sampleProc(root) {
  let sum = 0;
  let highest = 0;
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1');
      sum += kilobytes(status, 'VmRSS');
      highest = Math.max(highest, kilobytes(status, 'VmHWM'));
      for (const task of readdirSync(`/proc/${pid}/task`)) waiting.push(...childrenOf(pid, task));
    } catch {
      continue; // It has ended between two looks.
    }
  }
  return { sum: Math.max(sum, highest), largest: highest };
}

function childrenOf(pid, task) {
  return readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' ').filter(Boolean);
}

function kilobytes(status, field) {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status);
  return match ? Number(match[1]) * 1024 : 0;
}

function samplePs(root) {
  const listing = spawnSync('ps', ['-axo', 'pid=,ppid=,rss='], { encoding: 'utf8' });
  if (listing.status !== 0) return { sum: 0, largest: 0 };
  const rows = listing.stdout.trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const tree = new Set([root]);
  for (let grown = true; grown; ) {
    const before = tree.size;
    for (const [pid, parent] of rows) if (tree.has(parent)) tree.add(pid);
    grown = tree.size > before;
  }
  const sizes = rows.filter(([pid]) => tree.has(pid)).map(([, , rss]) => rss * 1024);
  return { sum: sizes.reduce((sum, size) => sum + size, 0), largest: Math.max(0, ...sizes) };
}
