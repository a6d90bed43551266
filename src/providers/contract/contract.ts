import { guarded, type Category } from '../provider.ts';
import type { Check } from './check.ts';
import { ciChecks, type CISubject } from './ci.ts';
import { documentStorageChecks, type DocumentStorageSubject } from './document-storage.ts';
import { gitHostingChecks, type GitHostingSubject } from './git-hosting.ts';
import { messagingChecks, type MessagingSubject } from './messaging.ts';
import { ticketManagementChecks, type TicketManagementSubject } from './ticket-management.ts';

/** What the contract of a category is tried on: the adapter's port, and what it takes to arrange a case. */
export interface Subjects {
  readonly ci: CISubject;
  readonly 'document-storage': DocumentStorageSubject;
  readonly 'git-hosting': GitHostingSubject;
  readonly messaging: MessagingSubject;
  readonly 'ticket-management': TicketManagementSubject;
}

/** One check of a contract, to be run by any test runner. */
export interface ContractCheck<C extends Category> {
  readonly name: string;
  /** Throws an Error with what is otherwise; answers `skipped` where the adapter lacks an optional operation. */
  readonly run: (subject: Subjects[C]) => Promise<'passed' | 'skipped'>;
}

/** What came of one check. */
export interface ContractResult {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** What was otherwise; undefined unless it failed. */
  readonly problem?: string;
}

const CHECKS: { readonly [C in Category]: readonly Check<Subjects[C]>[] } = {
  ci: ciChecks,
  'document-storage': documentStorageChecks,
  'git-hosting': gitHostingChecks,
  messaging: messagingChecks,
  'ticket-management': ticketManagementChecks,
};

/** All that a port of this category promises, each to be run by itself and in any order. */
export function contractOf<C extends Category>(category: C): readonly ContractCheck<C>[] {
  return CHECKS[category].map(({ name, needs, run }) => ({
    name,
    run: async (subject) => {
      const port = guarded('under test', category, subject.port as never);
      if (needs !== undefined && !(needs in port)) return 'skipped';
      await run({ ...subject, port });
      return 'passed';
    },
  }));
}

/** Runs the whole contract on one subject, check after check. Never throws for what the adapter does. */
export async function runContract<C extends Category>(category: C, subject: Subjects[C]): Promise<readonly ContractResult[]> {
  const results: ContractResult[] = [];
  for (const { name, run } of contractOf(category)) {
    results.push(await run(subject).then((state) => ({ name, state }), (error: unknown) => ({ name, state: 'failed' as const, problem: String((error as Error)?.message ?? error) })));
  }
  return results;
}
