import { join } from 'node:path';
import { openRealm, ticketsEverywhere, type Everywhere, type EverywhereOptions } from '../../src/commands/everywhere.ts';
import type { UnitedTicket } from '../../src/workflow/everywhere.ts';
import { nodeRecordOf } from '../../src/workflow/node-record.ts';
import { ticketStatus } from '../../src/workflow/node-status.ts';
import { pin, specOf } from '../harness/governed.ts';
import { Sandbox } from '../harness/sandbox.ts';

const ARCHIVE = 'docs/specs/ARCHIVED';
const AT = '2026-11-20T10:00:00Z';

/** The spec of a ticket, one requirement. */
function specFor(ticket: string, title = 'Reports API'): string {
  return specOf('The system SHALL reject expired tokens with HTTP 401.', ticket).replace('Reports API', title);
}

/** tasks.md of a ticket, its nodes as YAML in flow style. */
export function planFor(ticket: string, nodes = '[{id: first, covers: none}, {id: second, covers: none}]', title?: string): string {
  return `---\nticket: ${ticket}\ngoal: {title: Ship it, why: Partners pull reports}\nspec: ${pin(specFor(ticket, title))}\nnodes: ${nodes}\n---\n`;
}

/** A node's record that holds these entries; its status is that of the last. */
export function recordFor(ticket: string, node: string, ...entries: readonly string[]): string {
  const last = /to: (\w+)/.exec(entries.at(-1) ?? '')?.[1];
  const l0 = /done|complete/.test(entries.at(-1) ?? '') ? `l0: ${node} is made\n` : '';
  return `---\nnode: ${node}\nstatus: ${last}\n${l0}history:\n${entries.map((entry) => `  - ${entry.replace('PIN', pin(specFor(ticket)))}\n`).join('')}---\n`;
}

export const START = `{to: in_progress, by: impl-1, at: ${AT}, wave: 1, spec: "PIN"}`;
export const START_2 = `{to: in_progress, by: impl-2, at: ${AT}, wave: 1, spec: "PIN"}`;
export const PASS = `{to: complete, by: impl-1, at: ${AT}, verdict: pass, verified_by: review-1}`;
export const FAIL = `{to: failed, by: review-1, at: ${AT}, findings: [no tests]}`;
export const SKIP = `{to: skipped, by: ada, at: ${AT}, reason: not needed}`;

/** Files of a ticket below its folder. */
export function ticketFiles(ticket: string, folder = `docs/specs/${ticket}`, nodes?: string): Record<string, string> {
  return { [`${folder}/spec.md`]: specFor(ticket), [`${folder}/tasks.md`]: planFor(ticket, nodes) };
}

export const WORKSPACE = { 'WORKSPACE.md': '---\ntreework: 1\n---\n\n# How we work\n' };

/** A repository `work` with branches, made by plain git. */
export class Forest {
  readonly sandbox = new Sandbox();

  constructor(files: Readonly<Record<string, string>> = ticketFiles('PROJ-7')) {
    this.sandbox.repository('work', { ...WORKSPACE, ...files });
  }

  git(...args: string[]): string {
    return this.sandbox.git('work', ...args);
  }

  /** A commit of these files on a branch, which is made where it does not exist; stays on it. */
  on(branch: string, files: Readonly<Record<string, string | Buffer>> = {}, from = 'main'): void {
    const exists = this.sandbox.run('git', ['rev-parse', '--verify', '-q', `refs/heads/${branch}`], { cwd: 'work' }).status === 0;
    this.git('switch', '-q', ...(exists ? [branch] : ['-c', branch, from]));
    this.sandbox.write('work', files);
    this.git('add', '.');
    this.git('commit', '-q', '--allow-empty', '-m', `chore: ${branch}`);
  }

  /** Moves a ticket into the archive and commits it on the branch that is checked out. */
  archive(ticket: string): void {
    this.sandbox.run('mkdir', ['-p', ARCHIVE], { cwd: 'work' });
    this.git('mv', `docs/specs/${ticket}`, `${ARCHIVE}/${ticket}`);
    this.git('commit', '-q', '-m', `chore(${ticket}): archive`);
  }

  async everywhere(options: EverywhereOptions = {}, folder = 'work'): Promise<Everywhere> {
    const realm = openRealm({ cwd: join(this.sandbox.root, folder), program: 'treework' });
    return ticketsEverywhere(realm, options);
  }

  async ticket(id: string, options: EverywhereOptions = {}): Promise<UnitedTicket> {
    const found = (await this.everywhere(options)).tickets.find((one) => one.id === id);
    if (!found) throw new Error(`${id} is nowhere`);
    return found;
  }

  path(...names: string[]): string {
    return join(this.sandbox.root, ...names);
  }

  remove(): void {
    this.sandbox.remove();
  }
}

/** `node:status`, in the order of the tree. */
export function told({ ticket }: UnitedTicket): string {
  return ticketStatus(ticket).nodes.map(({ node, status }) => `${node.id}:${status}`).join(' ');
}

/** What the entries of a node's record say, in the union. */
export function entriesOf({ documents }: UnitedTicket, node: string): unknown[] {
  return nodeRecordOf(documents.get(`nodes/${node}.md`)?.document.data ?? {}).history.map(({ to }) => to);
}
