import { shapeMessage } from '../documents/shape-message.ts';
import type { GovernedDocument } from './snapshot.ts';

/** The first thing that is wrong with a document's frontmatter, and its line: what it says cannot be relied on. */
export function firstProblem({ parsed, shape }: GovernedDocument): { readonly line: number; readonly message: string } | undefined {
  const [problem] = parsed.problems;
  if (problem) return { line: problem.line, message: problem.message };
  const [error] = shape;
  if (!error) return undefined;
  const { message, at, what } = shapeMessage(error);
  return { line: parsed.locate(at, what).line, message };
}
