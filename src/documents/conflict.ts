import type { Problem } from './document.ts';
import { nextLine } from './fence.ts';
import { scanOutline } from './outline.ts';

const MARKERS = ['<<<<<<<', '|||||||', '>>>>>>>'];

/**
 * Lines that git leaves behind in an unfinished merge: `<<<<<<< `, `||||||| ` and `>>>>>>> `, each
 * alone or followed by a label; in the body only outside fenced code. `=======` by itself is a
 * heading's underline, so it is never reported.
 */
export function conflictProblems(text: string, bodyStart: number): Problem[] {
  if (!MARKERS.some((marker) => text.includes(marker))) return [];
  const fenced = scanOutline(text, bodyStart).fenced;
  const problems: Problem[] = [];
  let line = 0;
  for (let start = text.charCodeAt(0) === 0xfeff ? 1 : 0; start !== -1; start = nextLine(text, start)) {
    line += 1;
    const marker = text.slice(start, start + 7);
    if (!MARKERS.includes(marker) || !/^[ \r\n]?$/.test(text.charAt(start + 7)) || fenced.has(line)) continue;
    problems.push({
      line,
      column: 1,
      message: `Unexpected conflict marker \`${marker}\`, expected a merged document`,
      remedy: 'Settle the conflict: keep what is right of both sides and delete the marker lines.',
    });
  }
  return problems.slice(0, 10);
}
