import { isUtf8 } from 'node:buffer';
import { conflictProblems } from './conflict.ts';
import type { ParsedDocument, Problem } from './document.ts';
import { findFence, positionAt } from './fence.ts';
import type { Fence } from './fence.ts';
import { locator } from './locate.ts';
import { readYaml } from './yaml.ts';

/** Larger documents are refused unread, in bytes. */
const MAX_DOCUMENT_BYTES = 1024 * 1024;

/** Reads one Markdown file with YAML frontmatter. Never throws, whatever the bytes are. */
export function parseDocument(bytes: Buffer): ParsedDocument {
  const refused = refusal(bytes);
  if (refused !== undefined) return documentOf('', undefined, undefined, [refused]);
  const text = bytes.toString('utf8');
  const fence = findFence(text);
  const conflicts = conflictProblems(text, typeof fence === 'string' ? 0 : fence.bodyStart);
  if (typeof fence === 'string') {
    return documentOf(text, undefined, undefined, conflicts.length > 0 ? conflicts : [fenceProblem(text, fence)]);
  }
  const bodyLine = conflicts.length > 0 ? positionAt(text, fence.bodyStart).line : 0;
  if (conflicts.some((conflict) => conflict.line < bodyLine)) return documentOf(text, fence, undefined, conflicts);
  const { data, faults } = readYaml(text.slice(fence.yamlStart, fence.yamlEnd));
  const problems = faults.map(({ offset, message, remedy }) => ({
    ...positionAt(text, Math.min(fence.yamlStart + offset, fence.yamlEnd)),
    message,
    remedy,
  }));
  return documentOf(text, fence, data, problems.concat(conflicts));
}

function documentOf(
  text: string,
  fence: Fence | undefined,
  data: Record<string, unknown> | undefined,
  problems: readonly Problem[],
): ParsedDocument {
  const bodyStart = fence?.bodyStart ?? 0;
  return {
    text,
    data,
    problems,
    body: bodyStart === 0 ? text : text.slice(bodyStart),
    bodyLine: bodyStart === 0 ? 1 : lineOf(text, bodyStart),
    locate: locator(text, fence),
  };
}

/** The line of an offset that begins a line or ends the text. */
function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  const loneReturn = text.indexOf('\r') !== -1;
  return loneReturn ? positionAt(text, offset).line : line;
}

function refusal(bytes: Buffer): Problem | undefined {
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    return {
      line: 1,
      column: 1,
      message: `Unexpected size of ${bytes.length} bytes, expected at most ${MAX_DOCUMENT_BYTES}`,
      remedy: 'Split the document, or move data into a file of its own.',
    };
  }
  const zero = bytes.indexOf(0);
  if (zero === -1 && isUtf8(bytes)) return undefined;
  const at = zero === -1 ? firstInvalid(bytes) : zero;
  const before = bytes.toString('utf8', 0, at);
  return {
    ...positionAt(before, before.length),
    message: zero === -1 ? 'Unexpected bytes that are not UTF-8, expected text' : 'Unexpected NUL byte, expected text',
    remedy: 'Save the file as UTF-8 text, or move it to where no document is expected.',
  };
}

/** The offset of the first character that is not valid UTF-8: the decoder replaces it. */
function firstInvalid(bytes: Buffer): number {
  const decoded = bytes.toString('utf8');
  let offset = 0;
  let counted = 0;
  for (let at = decoded.indexOf('\ufffd'); at !== -1; at = decoded.indexOf('\ufffd', at + 1)) {
    offset += Buffer.byteLength(decoded.slice(counted, at));
    counted = at;
    if (bytes.readUIntBE(offset, Math.min(3, bytes.length - offset)) !== 0xefbfbd) return offset;
  }
  return bytes.length;
}

function fenceProblem(text: string, fence: 'absent' | 'unclosed'): Problem {
  if (fence === 'unclosed') {
    return {
      line: 1,
      column: text.charCodeAt(0) === 0xfeff ? 2 : 1,
      message: 'Unexpected end of file in the frontmatter that begins here, expected a closing line `---`',
      remedy: 'Add a line `---` after the last key.',
    };
  }
  return {
    line: 1,
    column: 1,
    message: 'Unexpected start of the document, expected frontmatter: a first line `---`',
    remedy: 'Begin the file with `---`, the keys that this kind of document requires, and `---`.',
  };
}
