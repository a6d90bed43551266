import { githubReport } from '../render/github.ts';
import type { Judged } from './report-format.ts';

/** Annotations on standard output. */
export async function reportToGithub(judged: Judged): Promise<string> {
  return githubReport(judged);
}
