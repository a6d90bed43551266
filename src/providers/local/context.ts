import type { Settings } from '../../documents/settings.ts';
import type { Repository } from '../../git/repository.ts';
import type { ProviderContext } from '../provider.ts';

/** What the built-in adapters are given besides. */
export interface LocalContext extends ProviderContext {
  readonly repository: Repository;
  readonly settings: Settings;
  /** Who acts; asked for only by what writes. */
  readonly actor: () => string;
  /** Now, as histories say it. */
  readonly now: () => string;
  /** Ids of all tickets that any branch or work tree has. */
  readonly ticketsEverywhere: () => Iterable<string>;
  /** An id for a ticket of this title that no other clone chooses. */
  readonly freshTicketId: (title: string) => string;
  /** Runs the gates of a work tree. */
  readonly runGates: (root: string) => Promise<readonly LocalJob[]>;
}

/** What came of one gate. */
export interface LocalJob {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly summary: string;
  readonly output: string;
}
