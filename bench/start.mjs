/** What treework costs before it does anything: its start, and its size on disk. */
import { interleave } from './timing.mjs';

const VERBS = { version: ['--version'], explain: ['explain', 'spec-frozen'] };

/** `treework --version` and `treework explain spec-frozen` beside bare node. */
export function measureStart(bench) {
  const title = 'Start';
  const why = bench.wants('treework') ? bench.unavailable('treework') : undefined;
  const treework = why || !bench.wants('treework') ? [] : Object.entries(VERBS).map(([id, args]) => ({ id, command: [bench.treework.bin, ...args], cwd: bench.folder }));
  bench.say('start');
  const times = interleave([{ id: 'bare', command: [process.execPath, '-e', '0'] }, ...treework], bench.runs);
  const label = (id) => (id === 'bare' ? '`node -e 0` alone' : `treework ${VERBS[id].join(' ')}`);
  const rows = [...times].map(([id, time]) => ({ id, label: label(id), ...time }));
  const absent = why ? Object.keys(VERBS).map((id) => ({ id, label: label(id), why })) : [];
  return { id: 'start', title, rows: [...rows, ...absent] };
}
