import { mayBeTerminal, writeOutput } from '../git/output.ts';
import { WIDTH } from '../render/columns.ts';
import { progressLine } from '../render/progress.ts';

/** Tells on stderr, on a terminal alone, how far something is that takes longer than a second. */
export interface Progress {
  /** One of the things is begun. */
  begin(name: string): void;
  /** It is over, however it ended. */
  end(name: string): void;
  /** Everything is over: the line is wiped away. */
  stop(): void;
}

const QUIET_MS = 1000;
const EVERY_MS = 200;
const WIPE = '\r\u001B[K';

/** `label`: what is done to `total` things, such as `fetching`. Draws by itself while this process waits, and with every `begin` and `end`. */
export function startProgress(label: string, total: number): Progress {
  if (process.env.TERM === 'dumb' || !mayBeTerminal(2)) return { begin: () => {}, end: () => {}, stop: () => {} };
  const begun = process.uptime() * 1000;
  const running = new Set<string>();
  let done = 0;
  let isDrawn = false;
  const draw = () => {
    const passed = process.uptime() * 1000 - begun;
    if (passed < QUIET_MS) return;
    isDrawn = true;
    writeOutput(2, WIPE + progressLine({ label, done, total, running: [...running], seconds: passed / 1000 }, WIDTH - 1));
  };
  const timer = setInterval(draw, EVERY_MS);
  timer.unref();
  return {
    begin: (name) => {
      running.add(name);
      draw();
    },
    end: (name) => {
      running.delete(name);
      done += 1;
      draw();
    },
    stop: () => {
      clearInterval(timer);
      if (isDrawn) writeOutput(2, WIPE);
    },
  };
}
