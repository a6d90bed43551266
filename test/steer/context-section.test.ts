import { afterEach, describe, expect, it } from 'vitest';
import { withPlan } from '../../src/workflow/context-section.ts';
import { ticket as ticketWith } from '../changes/documents.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { recordOf, SPEC as LIFECYCLE_SPEC, START, tasksOf } from '../lifecycle/tickets.ts';
import { ask, commitAll, done, FOLDER, frozen, SPEC, status } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

const PLAN = '[{id: build, title: Build it, nodes: [{id: api, covers: none}, {id: data, covers: none, depends_on: [api]}]}, {id: ship, plan: required, depends_on: [build]}]';

function planned(): { sandbox: Sandbox; repository: string } {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  const repository = frozen(sandbox);
  sandbox.write(repository, { [`${FOLDER}/tasks.md`]: sandbox.read(repository, `${FOLDER}/tasks.md`).replace(/^nodes:[^]*?^---$/m, `nodes: ${PLAN}\n---`) });
  commitAll(sandbox, repository);
  return { sandbox, repository };
}

const context = (sandbox: Sandbox, repository: string, ...args: string[]) => ask(sandbox, repository, ['new', 'section', '--context', ...args]);

describe('W10: the CONTEXT section', () => {
  it('shows the plan in an overview that people write, with links from where it stands', () => {
    const { sandbox, repository } = planned();
    expect(context(sandbox, repository)).toMatchObject({ created: ['CONTEXT.md'], tickets: ['PROJ-7'] });
    expect(sandbox.read(repository, 'CONTEXT.md')).toBe(`# Context

<!-- plan of PROJ-7, kept by treework: \`treework new section --context\` writes it anew -->
## PROJ-7: Reports API

Partners pull reports

The [specification](docs/specs/PROJ-7/spec.md) and the [workflow](docs/specs/PROJ-7/tasks.md). How far it has come: \`treework status --ticket PROJ-7\`.

- **build** Build it
  - **api**
  - **data** (after api)
- **ship** (🗺️ plan first; after build)

<!-- /plan of PROJ-7 -->
`);
    sandbox.write(repository, { 'docs/guide/over view.md': '# Guide\n' });
    context(sandbox, `${repository}/docs/guide`, '--path', 'over view.md');
    expect(sandbox.read(repository, 'docs/guide/over view.md')).toContain('[workflow](../specs/PROJ-7/tasks.md)');
    expect(done(sandbox.treework(repository, 'check')).status).toBe(0);
  });

  it('holds nothing that work changes: nodes begin and end, and it stays as it is', () => {
    const { sandbox, repository } = planned();
    context(sandbox, repository);
    commitAll(sandbox, repository);
    done(sandbox.treework(repository, 'node', 'start', 'api', '--by', 'impl-1'));
    commitAll(sandbox, repository);
    expect(context(sandbox, repository)).toMatchObject({ unchanged: true, changed: [] });
    expect(status(sandbox, repository)).toBe('');
    const files = { 'spec.md': LIFECYCLE_SPEC, 'tasks.md': tasksOf(PLAN) };
    const link = (path: string) => path;
    expect(withPlan('', ticketWith({ ...files, 'nodes/api.md': recordOf('api', [START], undefined, '') }), link)).toBe(withPlan('', ticketWith(files), link));
  });

  it('is written anew where plans changed or were archived; what people wrote around it stays by the byte', () => {
    const { sandbox, repository } = planned();
    sandbox.write(repository, { 'docs/specs/PROJ-8/spec.md': SPEC.replace('PROJ-7', 'PROJ-8').replace('Reports API', 'Limits <!-- /plan of PROJ-7 --> [x](y)') });
    const own = 'Ours.\r\n\r\n<!-- plan of PROJ-7, kept by treework -->\r\nold\r\n<!-- /plan of PROJ-7 -->\r\nBetween.\r\n<!-- plan of PROJ-1, kept by treework -->\r\nkeep\r\n<!-- /plan of PROJ-1 --> After.';
    sandbox.write(repository, { 'README.md': own });
    const answer = context(sandbox, repository, '--path', 'README.md', '--ticket', 'PROJ-8');
    expect(answer).toMatchObject({ tickets: ['PROJ-7', 'PROJ-8'], notes: ['README.md shows PROJ-1, which has no folder here: it is left as it is'] });
    const text = sandbox.read(repository, 'README.md');
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    expect(text.replace(/<!-- plan of PROJ-7[^]*?<!-- \/plan of PROJ-7 -->/, '7').replace(/<!-- plan of PROJ-8[^]*<!-- \/plan of PROJ-8 -->/, '8')).toBe('Ours.\r\n\r\n7\r\nBetween.\r\n<!-- plan of PROJ-1, kept by treework -->\r\nkeep\r\n<!-- /plan of PROJ-1 --> After.\r\n\r\n8\r\n');
    expect(text.match(/^## .*$/gm)?.map((line) => line.trimEnd())).toEqual(['## PROJ-7: Reports API', '## PROJ-8: Limits \\<\\!-- /plan of PROJ-7 --\\> \\[x\\](y)']);
    sandbox.run('sh', ['-c', 'mkdir docs/specs/ARCHIVED && git mv docs/specs/PROJ-7 docs/specs/ARCHIVED/PROJ-7'], { cwd: repository });
    context(sandbox, repository, '--path', 'README.md');
    expect(sandbox.read(repository, 'README.md')).toContain('(docs/specs/ARCHIVED/PROJ-7/tasks.md). Finished: it is in the archive.\r\n');
  });

  it('is refused in documents that have a form of their own, for nobody’s ticket, and outside', () => {
    const { sandbox, repository } = planned();
    const refused = (...args: string[]) => ask(sandbox, repository, ['new', 'section', '--context', ...args], 2).error.message;
    expect(refused('--path', `${FOLDER}/tasks.md`)).toContain('this is a tasks');
    expect(refused('--path', 'src/a.ts')).toContain('expected a Markdown file');
    expect(refused('--path', '../out.md')).toContain('expected a Markdown file of this repository');
    expect(refused('--ticket', 'PROJ-99')).toContain('Unexpected ticket PROJ-99');
    expect(status(sandbox, repository)).toBe('');
  });

  it('shows of a large plan the beginning, without counting the rest', () => {
    const many = tasksOf(`[${Array.from({ length: 100 }, (_, index) => `{id: n-${index}, covers: none}`).join(', ')}]`);
    const text = withPlan('', ticketWith({ 'spec.md': LIFECYCLE_SPEC, 'tasks.md': many }), (path) => path);
    expect(text.match(/^- /gm)).toHaveLength(61);
    expect(text).toContain('- … and more in the workflow\n');
  });
});
