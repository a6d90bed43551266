/**
 * `node bench/openspec-audit.mjs CHECKOUT`: audits a checkout of OpenSpec's own repository with
 * treework and with `openspec validate --all --strict`, as it stands and with one fault planted at a
 * time, and writes docs/openspec-audit.md. The checkout is cloned, never changed.
 *   --out FILE  where the page goes
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPeers } from './peers.mjs';
import { cleanEnvironment, git, run } from './process.mjs';

const { values: options, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
if (positionals.length !== 1) throw new Error('Unexpected arguments, expected the path of a checkout of OpenSpec');
const folder = mkdtempSync(join(tmpdir(), 'treework-openspec-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

const WORKSPACE = `---
treework: 1
kinds:
  living-spec:
    path: "openspec/specs/{{capability}}/spec.md"
    sections: [Purpose, Requirements]
    holds: requirements
  proposal:
    path: "openspec/changes/{{change}}/proposal.md"
    sections: [Why, What Changes]
  delta:
    path: "openspec/changes/{{change}}/specs/{{capability}}/spec.md"
    holds: delta
    of: "openspec/specs/{{capability}}/spec.md"
directories:
  "openspec/changes/!(archive)": [proposal.md, specs/]
rules:
  # TBD is a term of these specs: they say where the program writes it.
  placeholder-unfilled: {words: []}
---

# OpenSpec's documents, as kinds
`;
const SPEC = 'openspec/specs/config-loading/spec.md';
const DELTA = 'openspec/changes/planted/specs/config-loading/spec.md';
const PROPOSAL = '# planted\n\n## Why\n\nBecause a fault has to stand somewhere for two validators to look for it.\n\n## What Changes\n\n- One requirement.\n';
const ENTRY = '### Requirement: Planted\n\nThe system SHALL do what it is told.\n\n#### Scenario: Told\n\n- **WHEN** it is told\n- **THEN** it does it\n';

/** Each plants one fault in a checkout, and says at which file its finding is to stand. */
const FAULTS = [
  ['conflict markers in a spec', SPEC, (spec) => ({ [SPEC]: spec.replace('\n## Requirements', '\n<<<<<<< HEAD\n## Requirements\n=======\n## Requirements \n>>>>>>> theirs') })],
  ['a misspelt heading: `### Requirment:`', SPEC, (spec) => ({ [SPEC]: `${spec.trimEnd()}\n\n${ENTRY.replace('Requirement:', 'Requirment:')}` })],
  ['a scenario one level too high: `### Scenario:`', SPEC, (spec) => ({ [SPEC]: `${spec.trimEnd()}\n\n${ENTRY.replace('#### Scenario', '### Scenario')}` })],
  ['two requirements of one name', SPEC, (spec) => ({ [SPEC]: `${spec.trimEnd()}\n\n${ENTRY}\n${ENTRY.replace('Planted', 'planted')}` })],
  ['a requirement that binds nobody: no SHALL, MUST or SHOULD', SPEC, (spec) => ({ [SPEC]: `${spec.trimEnd()}\n\n${ENTRY.replace('SHALL do', 'does')}` })],
  ['a requirement without a scenario', SPEC, (spec) => ({ [SPEC]: `${spec.trimEnd()}\n\n${ENTRY.replace(/#### [^]*/, '')}` })],
  ['a scenario in which nothing follows: no THEN', SPEC, (spec) => ({ [SPEC]: `${spec.trimEnd()}\n\n${ENTRY.replace(/- \*\*THEN.*\n/, '')}` })],
  ['a spec without its Purpose', SPEC, (spec) => ({ [SPEC]: spec.replace(/## Purpose[^]*?\n(?=## )/, '') })],
  ['a link that leads nowhere', SPEC, (spec) => ({ [SPEC]: `${spec.trimEnd()}\n\nSee [the loader](../nowhere/spec.md).\n` })],
  ['MODIFIED of what the spec does not hold', DELTA, () => ({ [DELTA]: `## MODIFIED Requirements\n\n${ENTRY}` })],
  ['REMOVED of what the spec does not hold', DELTA, () => ({ [DELTA]: '## REMOVED Requirements\n\n### Requirement: Planted\n\n**Reason**: It was never there.\n\n**Migration**: None.\n' })],
  ['ADDED of what the spec holds already', DELTA, (_, name) => ({ [DELTA]: `## ADDED Requirements\n\n${ENTRY.replace('Planted', name)}` })],
  ['MODIFIED that leaves out scenarios', DELTA, (_, name) => ({ [DELTA]: `## MODIFIED Requirements\n\n${ENTRY.replace('Planted', name)}` })],
  ['a delta that changes nothing', DELTA, () => ({ [DELTA]: '## ADDED Requirements\n' })],
  ['a misspelt section of a delta: `## ADDED Requirement`', DELTA, () => ({ [DELTA]: `## ADDED Requirement\n\n${ENTRY}` })],
  ['two open changes that remove and modify one requirement', 'openspec/changes/', (_, name) => ({
    [DELTA]: `## REMOVED Requirements\n\n### Requirement: ${name}\n\n**Reason**: Nobody needs it.\n\n**Migration**: None.\n`,
    'openspec/changes/planted-too/specs/config-loading/spec.md': `## REMOVED Requirements\n\n### Requirement: ${name}\n\n**Reason**: Another reason.\n\n**Migration**: None.\n`,
    'openspec/changes/planted-too/proposal.md': PROPOSAL.replace('planted', 'planted-too'),
  })],
];

const cwd = join(folder, 'OpenSpec');
git(folder, 'clone', '--quiet', resolve(positionals[0]), cwd);
writeFileSync(join(cwd, 'WORKSPACE.md'), WORKSPACE);
git(cwd, 'add', 'WORKSPACE.md');
git(cwd, '-c', 'user.name=audit', '-c', 'user.email=audit@example.com', 'commit', '--quiet', '--no-verify', '--message', 'chore: kinds for the documents');
const peers = installPeers('openspec', join(folder, 'peers'));
if (peers.why) throw new Error(peers.why);
const cli = fileURLToPath(new URL('../dist/cli.cjs', import.meta.url));

/** The findings of treework: `{path, line, rule, message, severity}`. */
function treework() {
  const { stdout } = run([process.execPath, cli, 'check', '--all', '--json'], { cwd, env: { ...cleanEnvironment(), CI: 'true' }, accept: [0, 1] });
  return JSON.parse(stdout);
}

/** What openspec says, as `{item, level, message}`. */
function openspec() {
  const { stdout } = run([join(peers.modules, '.bin/openspec'), 'validate', '--all', '--strict', '--json', '--no-interactive'], { cwd, env: { ...cleanEnvironment(), OPENSPEC_TELEMETRY: '0', CI: 'true' }, accept: [0, 1] });
  const { items } = JSON.parse(stdout);
  return { items, issues: items.flatMap(({ id, type, issues = [] }) => issues.map(({ level, path, message }) => ({ item: `${type}/${id}`, level, path, message }))) };
}

function plant(files) {
  for (const [path, content] of Object.entries(files)) {
    run(['mkdir', '-p', join(cwd, path, '..')], { cwd });
    writeFileSync(join(cwd, path), content);
  }
}

const key = ({ path, item, line, message }) => `${path ?? item}:${message}:${line ?? ''}`;
const words = (text) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').slice(0, 120);
const standing = { treework: treework(), openspec: openspec() };
const name = /^### Requirement: (.+)$/m.exec(readFileSync(join(cwd, SPEC), 'utf8'))[1];
const rows = FAULTS.map(([title, at, make]) => {
  const files = make(readFileSync(join(cwd, SPEC), 'utf8'), name);
  plant(at === SPEC ? files : { 'openspec/changes/planted/proposal.md': PROPOSAL, ...files });
  const known = { treework: new Set(standing.treework.findings.map(key)), openspec: new Set(standing.openspec.issues.map(key)) };
  const ours = treework().findings.filter((finding) => !known.treework.has(key(finding)) && finding.path.startsWith(at));
  const theirs = openspec().issues.filter((issue) => !known.openspec.has(key(issue)));
  git(cwd, 'reset', '--quiet', '--hard');
  git(cwd, 'clean', '--quiet', '-fd');
  process.stderr.write(`openspec-audit: ${title}: treework ${ours.length}, openspec ${theirs.length}\n`);
  return { title, ours, theirs };
});

const said = (list, show) => (list.length === 0 ? '**nothing**' : show(list[0]));
const ofOurs = ({ path, line, severity, rule }) => `${severity} \`${rule}\` at \`${path.split('/').slice(-2).join('/')}:${line}\``;
const ofTheirs = ({ level, item, message }) => `${level} for \`${item}\`: ${words(message)}`;
const { findings, checked } = standing.treework;
const files = new Map();
for (const finding of findings) files.set(finding.path, [...(files.get(finding.path) ?? []), finding]);
const changeOf = (path) => path.split('/')[2];
const failed = standing.openspec.items.filter(({ valid }) => !valid);
const page = `# OpenSpec's own repository, audited

Written by \`node bench/openspec-audit.mjs CHECKOUT\`, over commit \`${git(resolve(positionals[0]), 'rev-parse', '--short=10', 'HEAD').trim()}\` of [OpenSpec](https://github.com/Fission-AI/OpenSpec) and with @fission-ai/openspec ${Object.values(peers.versions)[0]}.

treework knows nothing of OpenSpec. This WORKSPACE.md makes kinds of its documents:

\`\`\`markdown
${WORKSPACE}\`\`\`

## As it stands

| | \`treework check --all\` | \`openspec validate --all --strict\` |
| --- | --- | --- |
| looked at | ${checked.documents} documents | ${standing.openspec.items.length} specs and changes |
| errors | ${findings.filter(({ severity }) => severity === 'error').length}, each with file and line | ${standing.openspec.issues.filter(({ level }) => level === 'ERROR').length}, in ${failed.length} changes |
| warnings | ${findings.filter(({ severity }) => severity === 'warning').length} | ${standing.openspec.issues.filter(({ level }) => level !== 'ERROR').length} |

Each change that treework finds fault with, and what openspec says of it:

| change | treework | openspec |
| --- | --- | --- |
${[...new Set(findings.map(({ path }) => changeOf(path)))].sort().map((change) => {
  const ours = findings.filter(({ path }) => changeOf(path) === change);
  const theirs = standing.openspec.issues.filter(({ item }) => item === `change/${change}`);
  return `| ${change} | ${ours.map(({ path, line, severity, message }) => `${severity} \`${path.split('/').slice(3).join('/') || path}:${line}\` ${words(message)}`).join('<br>')} | ${theirs.map(({ level, message }) => `${level} ${words(message)}`).join('<br>') || 'valid'} |`;
}).join('\n')}

## With one fault planted at a time

A validator has found a fault when it says something that it did not say before.

| planted | \`treework check --all\` | \`openspec validate --all --strict\` |
| --- | --- | --- |
${rows.map(({ title, ours, theirs }) => `| ${title} | ${said(ours, ofOurs)} | ${said(theirs, ofTheirs)} |`).join('\n')}

Found: ${rows.filter(({ ours }) => ours.length > 0).length} of ${rows.length} by treework, ${rows.filter(({ theirs }) => theirs.length > 0).length} by openspec.
`;
writeFileSync(options.out ?? fileURLToPath(new URL('../docs/openspec-audit.md', import.meta.url)), page);
