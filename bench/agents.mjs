/** What the hooks of an agent's client cost, each as the client runs it. */
import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createForest } from './everywhere.mjs';
import { git } from './process.mjs';
import { interleave, reason } from './timing.mjs';

const FOLDER = 'docs/specs/BENCH-7';
const LABELS = {
  bare: '`node -e 0` alone', outside: 'PreToolUse where nobody governs', edit: 'PreToolUse of an edit of a frozen spec', shell: 'PreToolUse of a shell line', edited: 'PostToolUse of a document',
  tools: 'PostToolBatch', stop: 'Stop', start: 'SessionStart',
};

/** The events of a session in a ticket, one of 50, beside bare node. */
export function measureAgents(bench, tickets = 50) {
  const title = `Events of an agent's session in one of ${tickets} tickets`;
  const why = bench.wants('treework') ? bench.unavailable('treework') : 'not part of this run';
  const directory = join(bench.folder, 'agents');
  bench.say(title.toLowerCase());
  try {
    if (why) throw new Error(why);
    createForest(directory, { branches: 0, tickets, each: 0 });
    git(directory, 'switch', '--quiet', '-c', 'BENCH-7--work');
    mkdirSync(join(directory, '.git', 'treework'), { recursive: true });
    const outside = join(bench.folder, 'agents-outside');
    mkdirSync(outside, { recursive: true });
    const program = join(dirname(realpathSync(bench.treework.bin)), 'hooks', 'agent.cjs');
    const transcript = join(bench.folder, 'agents.jsonl');
    writeFileSync(transcript, `${'{"type":"user","text":"x"}\n'.repeat(1_000)}{"type":"assistant","message":{"usage":{"input_tokens":500}}}\n`);
    const spec = join(directory, FOLDER, 'spec.md');
    const events = {
      outside: ['PreToolUse', { cwd: outside, tool_name: 'Edit', tool_input: { file_path: join(outside, 'a.md'), old_string: 'a', new_string: 'b' } }],
      edit: ['PreToolUse', { tool_name: 'Edit', tool_input: { file_path: spec, old_string: 'SHALL', new_string: 'MAY' } }],
      shell: ['PreToolUse', { tool_name: 'Bash', tool_input: { command: 'npm test' } }],
      edited: ['PostToolUse', { tool_name: 'Edit', tool_input: { file_path: spec } }],
      tools: ['PostToolBatch', { transcript_path: transcript }],
      stop: ['Stop', { stop_hook_active: false }],
      start: ['SessionStart', { source: 'startup' }],
    };
    const contenders = Object.entries(events).map(([id, [event, facts]]) => {
      const input = join(bench.folder, `agents-${id}.json`);
      writeFileSync(input, JSON.stringify({ cwd: directory, session_id: 'bench', hook_event_name: event, ...facts }));
      return { id, command: ['sh', '-c', 'exec "$1" "$2" "$3" <"$4"', 'sh', process.execPath, program, event, input], cwd: directory };
    });
    const times = interleave([{ id: 'bare', command: ['sh', '-c', 'exec "$1" -e 0 </dev/null', 'sh', process.execPath] }, ...contenders], bench.runs);
    return { id: 'agents', title, rows: [...times].map(([id, time]) => ({ id, label: LABELS[id], ...time })) };
  } catch (error) {
    return { id: 'agents', title, rows: [{ id: 'edit', label: LABELS.edit, why: reason(error) }] };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
