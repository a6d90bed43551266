/** Interleaved timing: what drifts on the machine drifts for every contender alike. */
import { run } from './process.mjs';

/**
 * Times each contender once a round, in an order that rotates, after one round that is not
 * counted. A contender is `{id, command, cwd?, env?, accept?, before?, after?, limit?}`: `before` and
 * `after` get the round's number and are not timed; `limit` bounds its runs. Returns a Map from id to
 * `{median, min, max, runs}` in milliseconds, or to `{why}` for one that failed and so left the field.
 */
export function interleave(contenders, runs) {
  const times = new Map(contenders.map(({ id }) => [id, []]));
  const failed = new Map();
  for (let round = 0; round <= runs; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(turn + round) % contenders.length];
      const { id, limit = runs } = contender;
      if (round > limit || failed.has(id)) continue;
      try {
        const ms = once(contender, round);
        if (round > 0) times.get(id).push(ms);
      } catch (error) {
        failed.set(id, reason(error));
      }
    }
  }
  return new Map([...times].map(([id, list]) => [id, failed.has(id) ? { why: failed.get(id) } : summary(list)]));
}

/** The first line of an error for a table; the whole of it on stderr. */
export function reason(error) {
  process.stderr.write(`${error.message}\n`);
  return error.message.split('\n')[0].replace(/(?:\/[^\s`]+)?\/node_modules\/\.bin\//g, '').slice(0, 200);
}

function once(contender, round) {
  contender.before?.(round);
  const { ms } = run(contender.command, contender);
  contender.after?.(round);
  return ms;
}

/** Median, extremes and number of a list of milliseconds. */
export function summary(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1), runs: sorted.length };
}
