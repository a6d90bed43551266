/** What who writes a provider needs: the types of the ports, the contract that every adapter passes, and adapters in memory. */
export { UserError } from './error.ts';
export { contractOf, runContract, type ContractCheck, type ContractResult, type Subjects } from './providers/contract/contract.ts';
export type { CISubject } from './providers/contract/ci.ts';
export type { DocumentStorageSubject } from './providers/contract/document-storage.ts';
export type { GitHostingSubject } from './providers/contract/git-hosting.ts';
export type { MessagingSubject } from './providers/contract/messaging.ts';
export type { TicketManagementSubject } from './providers/contract/ticket-management.ts';
export { fakeGitHosting, type FakeGitHosting } from './providers/fake/fake-git-hosting.ts';
export type { FakeOptions } from './providers/fake/fake-options.ts';
export { fakeCI, fakeDocumentStorage, fakeMessaging, fakeTicketManagement, type FakeChecks } from './providers/fake/fake-others.ts';
export type * from './providers/generated/ports.ts';
export { guarded, type Category, type Provider, type ProviderContext } from './providers/provider.ts';
