/**
 * A day of tickets on a real repository: `node scripts/field.mjs [REPOSITORY]` plays it with the built
 * program and writes docs/field.md, what was typed and what was said. REPOSITORY is koa's, or a clone of
 * it; nothing is changed there. `--to FILE` writes elsewhere.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const SOURCE = 'https://github.com/koajs/koa';
/** Where the trunk stands, and the history that becomes one large branch. */
const [TRUNK, LARGE] = ['2.5.0', '2.8.0'];
const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { to: { type: 'string', default: join(root, 'docs/field.md') } } });
const place = realpathSync(mkdtempSync(join(tmpdir(), 'field-')));
process.on('exit', () => rmSync(place, { recursive: true, force: true, maxRetries: 3 }));
const home = join(place, 'home');
mkdirSync(join(place, 'bin'), { recursive: true });
mkdirSync(home);
writeFileSync(join(place, 'bin/treework'), `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist/cli.cjs')}' "$@"\n`, { mode: 0o755 });
const DAY = '2026-11-20T10:00:00Z';
const env = { PATH: `${join(place, 'bin')}:${process.env.PATH}`, HOME: home, LANG: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_DATE: DAY, GIT_COMMITTER_DATE: DAY, NO_COLOR: '1' };
const page = [];

/** Types one line in a folder of the place, and keeps what was said. Throws where the exit status is another than `expected`. */
function type(folder, line, { expected = 0, lines = 40 } = {}) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: join(place, folder), env, encoding: 'utf8', input: '' });
  const said = told(stdout + stderr).trimEnd().split('\n');
  const shown = said.length > lines ? [...said.slice(0, lines), `… ${said.length - lines} more lines`] : said;
  page.push('```console', `${folder === '.' ? '' : `${folder} `}$ ${told(line)}`, ...shown.filter((one, at) => one !== '' || at < shown.length - 1), ...(status === 0 ? [] : [`[exit ${status}]`]), '```', '');
  if (status !== expected) throw new Error(`exit ${status}, expected ${expected}: ${line}\n${stdout}${stderr}`);
  return stdout;
}

/** Without the place, and without what is new every time. */
function told(text) {
  return text.replaceAll(place, '~').replaceAll(/\b[0-9a-f]{40}\b/g, (oid) => oid.slice(0, 7)).replaceAll(/(\d+)\.\d+ ?s\b/g, 'some seconds');
}

function say(...text) {
  page.push(...text, '');
}

/** Quietly: what leads up to the story. */
function git(folder, ...args) {
  return execFileSync('git', args, { cwd: join(place, folder), env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function write(folder, path, text) {
  mkdirSync(join(place, folder, path, '..'), { recursive: true });
  writeFileSync(join(place, folder, path), text);
}

git('.', 'config', '--global', 'user.name', 'Dana');
git('.', 'config', '--global', 'user.email', 'dana@example.com');
git('.', 'config', '--global', 'init.defaultBranch', 'master');
git('.', 'clone', '-q', '--bare', positionals[0] ?? SOURCE, 'upstream.git');
for (const ref of git('upstream.git', 'for-each-ref', '--format=%(refname)', 'refs/heads').split('\n')) if (ref !== 'refs/heads/master') git('upstream.git', 'update-ref', '-d', ref);
const large = git('upstream.git', 'rev-parse', `${LARGE}^{commit}`);
const trunk = git('upstream.git', 'rev-parse', `${TRUNK}^{commit}`);
git('upstream.git', 'update-ref', 'refs/heads/master', trunk);
git('.', 'clone', '-q', 'upstream.git', 'koa');
git('koa', 'fetch', '-q', 'origin', 'tag', LARGE);

say('# In the field');
say(`What \`node scripts/field.mjs\` typed and was told, on [koa](${SOURCE}) as it was at ${TRUNK}: ${git('koa', 'rev-list', '--count', 'HEAD')} commits, ${git('koa', 'ls-files').split('\n').length} files. The remote is a bare repository, and so are its pull requests. Ids of commits are shortened, and this folder is \`~\`.`);

say('## Three tickets in flight, and a hotfix that cuts in');
type('koa', 'treework init --yes', { lines: 8 });
git('koa', 'add', '--all');
git('koa', 'commit', '-q', '-m', 'chore: govern this repository with treework');
git('koa', 'push', '-q', 'origin', 'master');
type('koa', 'treework work KOA-1 --title "Inspect subdomains" --print-path');
type('koa', 'treework work KOA-2 --title "Faster respond" --print-path');
write('koa.trees/KOA-1-inspect-subdomains', 'docs/subdomains.md', '# Subdomains\n\nHalf a thought.\n');
appendFileSync(join(place, 'koa.trees/KOA-2-faster-respond/lib/application.js'), '\n// measured: respond() is called once a request\n');
say('Two are half done and in no commit. Then something breaks in production:');
type('koa', 'treework work KOA-3 --title "Escape redirect" --type hotfix --print-path');
write('koa.trees/KOA-3-escape-redirect', 'docs/redirect.md', '# Redirects\n\nThe body names the escaped address.\n');
type('koa.trees/KOA-3-escape-redirect', 'git add docs && git commit -qm "fix(KOA-3): say what a redirect escapes" && treework submit --yes');
type('koa.trees/KOA-3-escape-redirect', 'treework review --merge squash');
type('koa', 'treework sync');
say('The hotfix is out. What was half done is as it was left:');
type('koa', 'treework list');
type('koa', 'treework prune KOA-3 --branches --yes');

say('## A stack of three, whose bottom is squash-merged');
type('koa', 'treework work KOA-10 --title "Context docs" --print-path');
write('koa.trees/KOA-10-context-docs', 'docs/context-notes.md', '# Context\n\nWhat ctx holds.\n');
type('koa.trees/KOA-10-context-docs', 'git add docs && git commit -qm "docs(KOA-10): what ctx holds"');
type('koa.trees/KOA-10-context-docs', 'treework work KOA-11 --stack --title "Request docs" --print-path');
write('koa.trees/KOA-11-request-docs', 'docs/request-notes.md', '# Request\n\nWhat ctx.request holds.\n');
type('koa.trees/KOA-11-request-docs', 'git add docs && git commit -qm "docs(KOA-11): what ctx.request holds"');
type('koa.trees/KOA-11-request-docs', 'treework work KOA-12 --stack --title "Response docs" --print-path');
write('koa.trees/KOA-12-response-docs', 'docs/response-notes.md', '# Response\n\nWhat ctx.response holds.\n');
type('koa.trees/KOA-12-response-docs', 'git add docs && git commit -qm "docs(KOA-12): what ctx.response holds"');
type('koa.trees/KOA-12-response-docs', 'treework submit --yes');
type('koa.trees/KOA-10-context-docs', 'treework review --merge squash');
type('koa', 'treework sync');
type('koa.trees/KOA-12-response-docs', 'treework restack');
type('koa.trees/KOA-12-response-docs', 'treework submit --yes');
type('koa.trees/KOA-12-response-docs', 'git log --oneline --decorate-refs="refs/heads/KOA*" origin/master~2..HEAD');
say('One step taken back, and again:');
type('koa.trees/KOA-12-response-docs', 'treework undo --dry-run', { lines: 12 });

say('## A ticket with a spec, to its archive');
const SPEC = `---\nticket: KOA-20\ntitle: Health check\ncapability: health\n---\n\n## Requirements\n\n### Requirement: Health check\n\nThe application SHALL answer GET /health with HTTP 200.\n\n#### Scenario: It is up\n\n- **GIVEN** a running application\n- **WHEN** GET /health is requested\n- **THEN** the response is HTTP 200\n`;
type('koa', 'treework work KOA-20 --title "Health check" --print-path');
const health = 'koa.trees/KOA-20-health-check';
write(health, 'docs/specs/KOA-20/spec.md', SPEC);
type(health, 'treework new tasks --why "The balancer takes dead servers out" --commit', { lines: 6 });
type(health, 'treework node start build --by dana --commit', { lines: 6 });
write(health, 'lib/health.js', "'use strict';\n\nmodule.exports = (ctx, next) => (ctx.path === '/health' ? void (ctx.status = 200) : next());\n");
type(health, 'git add lib && git commit -qm "feat(KOA-20): answer /health" -m "Node: KOA-20/build" && treework node done build --by dana --l0 "lib/health.js answers /health" --commit', { lines: 6 });
type(health, 'treework node complete build --by dana --verdict pass --verified-by robin --commit', { lines: 6 });
type(health, 'treework graduate --recurs no --commit', { lines: 4 });
type(health, 'treework retro --lesson "A health check must not touch the database" --commit', { lines: 12 });
say('What still stands in the way is named:');
type(health, 'treework archive --dry-run', { expected: 1 });
type(health, 'git push -q -u origin HEAD && treework archive --commit');
type(health, 'treework submit --yes', { lines: 12 });
type(health, 'treework review --merge merge');
type('koa', 'treework sync', { lines: 12 });
type('koa', 'treework prune --all --branches --yes');
type('koa', 'cat docs/capabilities/health.md');

say(`## A real branch of many files, split: ${TRUNK} to ${LARGE}`);
git('koa', 'worktree', 'add', '-q', '-b', 'KOA-40--history', join(place, 'large'), large);
git('large', 'rebase', '-q', '--onto', 'master', TRUNK);
say('All that koa did between these two releases, as one branch upon the trunk. No reviewer reads that:');
type('large', 'git diff --shortstat master...HEAD && git log --oneline master..HEAD | wc -l');
type('large', 'treework split --dry-run', { lines: 24 });
say('Its parts, each within 10 files and 200 lines:');
type('large', 'treework split --dry-run | grep "^KOA-40--p"');
say('Made, with a check in each of them:');
type('large', 'treework split --exec "node --check lib/application.js" | tail -n 8');
const parts = git('large', 'for-each-ref', '--format=%(refname:short)', 'refs/heads/KOA-40--p*').split('\n').sort((a, b) => Number(/--p(\d+)/.exec(a)[1]) - Number(/--p(\d+)/.exec(b)[1]));
say('The proof: the top of the stack and the branch are one tree.');
type('large', `git rev-parse ${parts.at(-1)}^{tree} KOA-40--history^{tree}`);
const files = git('large', 'diff', '--name-only', 'master...KOA-40--history').split('\n').length;
if (files < 40 || git('large', 'rev-parse', `${parts.at(-1)}^{tree}`) !== git('large', 'rev-parse', 'KOA-40--history^{tree}')) throw new Error('the split is not what it has to be');
say(`${files} files in ${parts.length} parts.`);
type('koa', 'treework doctor', { lines: 30 });

writeFileSync(values.to, `${page.join('\n').trimEnd()}\n`);
console.log(`wrote ${values.to}: ${page.filter((line) => line === '```console').length} commands`, readFileSync(values.to).length, 'bytes');
