import { afterEach, describe, expect, it } from 'vitest';
import { completionScript } from '../../src/render/completion.ts';
import { FOLDER, SPEC } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';
import { ask, commitAll, done, workspace } from '../verbs/fixture.ts';

const boxes: Sandbox[] = [];
afterEach(() => boxes.splice(0).forEach((one) => one.remove()));

function governed(): Sandbox {
  const sandbox = new Sandbox();
  boxes.push(sandbox);
  workspace(sandbox, "it's a repo", '---\ntreework: 1\nafter_create: ["exit 3"]\n---\n');
  sandbox.write("it's a repo", { [`${FOLDER}/spec.md`]: SPEC });
  commitAll(sandbox, "it's a repo");
  return sandbox;
}

const SOURCE = 'eval "$(command treework completion SHELL)"';

describe('completion', () => {
  it.each(['bash', 'zsh'])('%s: work changes the directory and keeps its exit, all else is the program; sourced twice too', (shell) => {
    const sandbox = governed();
    // The function is the same text for both; what only zsh understands is left out where bash runs it.
    const script = done(sandbox.treework("it's a repo", 'completion', shell)).stdout.split('\n_treework()')[0] as string;
    sandbox.write('', { 'rc.sh': script });
    const told = sandbox.run('bash', ['-c', `. ../rc.sh; . ../rc.sh; treework work PROJ-1 --title 'Add auth' --yes 2>/dev/null; echo "$? $PWD"; treework work --json >/dev/null; echo "$? $PWD"; treework work 7 2>/dev/null; echo "$? $PWD"; treework --version >/dev/null; echo $?`], { cwd: "it's a repo" });
    const there = `${sandbox.root}/it's a repo.trees/PROJ-1-add-auth`;
    expect(told.stdout).toBe(`1 ${there}\n1 ${there}\n2 ${there}\n0\n`);
  });

  it('bash offers verbs, what follows them, options and tickets', () => {
    const sandbox = governed();
    const offered = (...words: string[]) => {
      const line = words.map((word) => `'${word}'`).join(' ');
      return sandbox.run('bash', ['-c', `${SOURCE.replace('SHELL', 'bash')}; COMP_WORDS=(treework ${line}); COMP_CWORD=${words.length}; _treework; printf '%s\\n' "\${COMPREPLY[@]}"`], { cwd: "it's a repo" }).stdout.trim().split('\n');
    };
    expect(offered('wor')).toEqual(['work']);
    expect(offered('node', 'sta')).toEqual(['start']);
    expect(offered('work', 'PROJ-7', '--pr')).toEqual(['--print-path']);
    expect(offered('work', '')).toEqual(['PROJ-7']);
    expect(offered('next', '--ticket', 'P')).toEqual(['PROJ-7']);
  });

  it('fish gets words that it reads as they are meant', () => {
    const script = completionScript('fish', [{ name: 'work', summary: "a ticket's \\ own", words: ['one'], options: [{ name: 'title', help: "it's", takesValue: true }] }], 'npx treework');
    expect(script).toContain("-a work -d 'a ticket\\'s \\\\ own'");
    expect(script).toContain("-l title -r -d 'it\\'s'");
    expect(script).toContain('set -l treework_path (npx treework $argv --print-path | string collect)');
  });

  it('names the shells, and no tickets where nothing is governed', () => {
    const sandbox = governed();
    expect(ask(sandbox, "it's a repo", ['completion', 'tcsh'], 2).error.message).toContain('bash, zsh, fish');
    expect(sandbox.treework('', 'completion', '--tickets')).toMatchObject({ status: 0, stdout: '' });
  });
});
