import { BASELINE_PATH } from '../documents/settings.ts';
import { packageFile } from '../git/package-file.ts';
import { sarifLog, type SarifContext } from '../render/sarif.ts';
import { ruleFacts } from '../rules/facts.generated.ts';
import { VERSION } from '../version.ts';
import type { Judged } from './report-format.ts';

/** A SARIF 2.1.0 log of a check. */
export function sarifText(judged: Judged): string {
  const provenance = provenanceOf(judged);
  const suppressed = [
    ...judged.waived.map(({ finding, reason }) => ({ finding, kind: 'inSource' as const, reason })),
    ...judged.known.map((finding) => ({ finding, kind: 'external' as const, reason: `known in ${BASELINE_PATH}` })),
  ];
  const log = sarifLog(judged.findings, suppressed, {
    version: VERSION,
    rules: ruleFacts,
    pageOf: (rule) => packageFile(`rules/${rule}.md`),
    textOf: (finding) => judged.textOf(finding),
    ...(provenance && { provenance }),
  });
  return JSON.stringify(log, null, 2);
}

/** By git's configuration alone; undefined where that names no place that others could look at. */
function provenanceOf({ repository, commit, ref }: Judged): SarifContext['provenance'] {
  const repositoryUri = publicUri(repository.config('remote.origin.url'));
  if (repositoryUri === undefined) return undefined;
  const revisionId = commit ?? repository.commit('HEAD');
  const branch = ref?.replace(/^refs\/heads\//, '') ?? repository.branch;
  return { repositoryUri, ...(revisionId !== undefined && { revisionId }), ...(branch !== undefined && { branch }) };
}

/** A remote's URL without credentials; undefined for a path of this machine. */
function publicUri(url: string | undefined): string | undefined {
  const scp = url === undefined ? undefined : /^(?:[^@/:]+@)?([^@/:]{2,}):(?!\/\/)(.+)$/.exec(url);
  const text = scp ? `ssh://${scp[1]}/${scp[2]?.replace(/^\//, '')}` : url;
  if (text === undefined || !URL.canParse(text)) return undefined;
  const parsed = new URL(text);
  if (!/^(https?|ssh|git):$/.test(parsed.protocol)) return undefined;
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  parsed.hash = '';
  return parsed.href;
}

