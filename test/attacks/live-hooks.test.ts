import { afterEach, describe, expect, it } from 'vitest';
import { EDITED, FOLDER, nodeOf, SPEC, tasksOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { expectAccepted, expectRefused } from './stories.ts';

let sandbox: Sandbox;
afterEach(() => sandbox.remove());

describe('the hooks that init and hooks --server set up', () => {
  it.each(['sha1', 'sha256'])('refuse in the clone, in a linked worktree and at the server (%s)', (format) => {
    sandbox = new Sandbox();
    sandbox.env.GIT_DEFAULT_HASH = format;
    sandbox.git('', 'init', '-q', '--bare', 'server.git');
    expect(sandbox.treework('server.git', 'hooks', '--server').status).toBe(0);
    sandbox.repository('work');
    expect(sandbox.treework('work', 'init', '--yes').status).toBe(0);
    sandbox.write('work', { [`${FOLDER}/spec.md`]: SPEC, [`${FOLDER}/tasks.md`]: tasksOf(SPEC), [`${FOLDER}/nodes/build.md`]: nodeOf(SPEC) });
    sandbox.git('work', 'add', '-A');
    sandbox.git('work', 'commit', '-q', '-m', 'feat: ticket');
    sandbox.git('work', 'remote', 'add', 'origin', '../server.git');
    expectAccepted(sandbox.run('git', ['push', '-u', 'origin', 'main'], { cwd: 'work' }));
    sandbox.git('work', 'worktree', 'add', '-q', '-b', 'topic', '../linked');
    for (const folder of ['work', 'linked']) {
      const run = (...args: string[]) => sandbox.run('git', args, { cwd: `${folder}/docs` });
      sandbox.write(folder, { [`${FOLDER}/spec.md`]: EDITED });
      const refused = run('commit', '-am', 'feat: attack');
      expectRefused(refused);
      expect(refused.output).toContain('new change --ticket PROJ-7 --from-edit');
      expect(run('commit', '-qam', 'feat: attack', '--no-verify').status).toBe(0);
      for (const ref of ['main', 'sneak']) {
        expectRefused(run('push', 'origin', `HEAD:${ref}`));
        expectRefused(run('push', '--no-verify', 'origin', `HEAD:${ref}`));
      }
      sandbox.write(folder, { [`${FOLDER}/spec.md`]: SPEC });
      expectAccepted(run('commit', '-am', 'fix: mend'));
      expectAccepted(run('push', 'origin', `HEAD:${folder}`));
    }
  });
});
