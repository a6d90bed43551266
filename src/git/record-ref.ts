import { UserError } from '../error.ts';
import type { Oid, Tree } from '../tree/tree.ts';
import { moment } from './clock.ts';
import { withLock } from './lock.ts';
import { fetchRefs, pushMoves, remoteRefs, sharedRemote, type Remote, type RefMove } from './remote.ts';
import type { Repository } from './repository.ts';
import { linesOf } from './run.ts';

/** What stands below a ref of records at one moment, with the branches of the same repository. */
export interface Records {
  readonly files: Tree;
  /** Paths of all files. */
  readonly paths: readonly string[];
  /** Announces which of the paths will be read. Only about speed. */
  readonly load: (isWanted: (path: string) => boolean) => void;
  /** Tips of the branches by short name, where they were asked for. */
  readonly branches: ReadonlyMap<string, Oid>;
}

/** What a change of records makes: files to write (undefined takes one away), and branches to move in the same transaction. */
export interface RecordChange<Answer> {
  readonly files: ReadonlyMap<string, string | undefined>;
  readonly message: string;
  readonly moves?: readonly RefMove[];
  readonly answer: Answer;
}

const BRANCHES = 'refs/heads/';
/** Others that write may come first again and again; whoever waits this long is told. */
const PATIENCE_MS = 120_000;

/**
 * Files on a ref of their own (`refs/treework/…`), shared through the remote where there is one: each
 * change is one commit, made on what the ref is and put there only where it is that still, else made
 * anew. So of two clones that write at once neither loses anything.
 */
export class RecordRef {
  readonly #repository: Repository;
  readonly #ref: string;
  readonly #withBranches: boolean;
  readonly remote: Remote | undefined;
  #identity: string | undefined;

  constructor(repository: Repository, name: string, { withBranches = false } = {}) {
    this.#repository = repository;
    this.#ref = `refs/treework/${name}`;
    this.#withBranches = withBranches;
    this.remote = sharedRemote(repository);
  }

  /** What stands there now. Throws a UserError (`unreachable`) where the remote does not answer. */
  read(): Records {
    return this.#state().records;
  }

  /**
   * Makes the change that `decide` says of what stands there; it is called again where somebody else
   * came first. A change without files and moves makes nothing. Throws what `decide` throws, and a
   * UserError where the remote refuses.
   */
  async change<Answer>(decide: (records: Records) => RecordChange<Answer>): Promise<Answer> {
    // One of this clone at a time: then only other clones can come first.
    return withLock(this.#repository.statePath('records', `${this.#ref.replace(/.*\//, '')}.lock`), () => this.#change(decide));
  }

  /** Waits for nothing but git and, after a race, a moment: nothing else of this process may run while it holds the lock. */
  #change<Answer>(decide: (records: Records) => RecordChange<Answer>): Answer {
    const begun = Date.now();
    for (let attempt = 1; ; attempt += 1) {
      const { tip, records } = this.#state();
      const { files, message, moves = [], answer } = decide(records);
      if (files.size === 0 && moves.length === 0) return answer;
      const commit = this.#commit(tip, files, message);
      const refused = this.#move([{ ref: this.#ref, from: tip, to: commit }, ...moves]);
      if (refused === undefined) return answer;
      if (Date.now() - begun > PATIENCE_MS || !this.#isRace(refused, tip, moves)) throw notTaken(this.remote, refused);
      pause(Math.random() * Math.min(1000, 30 * attempt));
    }
  }

  #state(): { tip: Oid | undefined; records: Records } {
    const refs = this.#refs();
    const tip = refs.get(this.#ref);
    if (tip !== undefined && this.remote && !this.#isHere(tip)) this.#fetch(tip, this.remote);
    const files = tip === undefined ? this.#repository.emptyTree : this.#repository.tree(tip);
    const paths = files.walk(['']).flatMap(({ path, type }) => (type === 'file' ? [path] : []));
    const branches = [...refs].flatMap(([ref, oid]) => (ref.startsWith(BRANCHES) ? [[ref.slice(BRANCHES.length), oid] as const] : []));
    return { tip, records: { files, paths, load: (isWanted) => files.prefetch(paths.filter(isWanted)), branches: new Map(branches) } };
  }

  #refs(): Map<string, Oid> {
    const patterns = [this.#ref, ...(this.#withBranches ? [`${BRANCHES}*`] : [])];
    if (this.remote) return remoteRefs(this.#repository, this.remote, patterns);
    const names = [this.#ref, ...(this.#withBranches ? [BRANCHES] : [])];
    return new Map(linesOf(this.#repository.git(['for-each-ref', '--format=%(objectname) %(refname)', ...names])).map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]));
  }

  /** As objects first: of several that fetch at once none waits for another's ref. */
  #fetch(tip: Oid, remote: Remote): void {
    fetchRefs(this.#repository, remote, [this.#ref]);
    this.#repository.tryGit(['update-ref', this.#trackingRef(remote), tip]);
  }

  #isHere(commit: Oid): boolean {
    return this.#repository.tryGit(['cat-file', '-e', `${commit}^{tree}`]).status === 0;
  }

  #trackingRef({ name }: Remote): string {
    return `refs/treework/remotes/${name}/${this.#ref.slice('refs/treework/'.length)}`;
  }

  /** One commit upon `tip`, by one `fast-import` that leaves no ref. */
  #commit(tip: Oid | undefined, files: ReadonlyMap<string, string | undefined>, message: string): Oid {
    const temporary = `refs/treework/tmp/${process.pid}-${Math.random().toString(36).slice(2)}`;
    const seconds = Math.floor(moment().getTime() / 1000);
    const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
    const lines = [...files].map(([path, content]) => (content === undefined ? `D ${quoted(path)}\n` : `M 100644 inline ${quoted(path)}\n${data(content)}`));
    const input = `feature done\ncommit ${temporary}\nmark :1\ncommitter ${this.#committer()} ${seconds} +0000\n${data(`${message}\n`)}${tip === undefined ? '' : `from ${tip}\n`}${lines.join('')}\nget-mark :1\ndone\n`;
    const commit = this.#repository.git(['fast-import', '--quiet', '--done'], { input }).toString().trim();
    this.#repository.tryGit(['update-ref', '-d', temporary, commit]);
    return commit;
  }

  #committer(): string {
    if (this.#identity !== undefined) return this.#identity;
    const { status, stdout, stderr } = this.#repository.tryGit(['var', 'GIT_COMMITTER_IDENT']);
    const identity = /^(.* ?<.*>) \d+ [+-]\d+\n?$/.exec(stdout.toString())?.[1];
    if (status !== 0 || identity === undefined) throw new UserError(`Unexpected absence of a committer: ${stderr.trim().split('\n').at(-1) ?? ''}`, 'git config user.email you@example.com && git config user.name "Your Name"', 'actor');
    this.#identity = identity;
    return identity;
  }

  #move(moves: readonly RefMove[]): string | undefined {
    const repository = this.#repository;
    if (!this.remote) {
      const zero = '0'.repeat(repository.objectFormat === 'sha1' ? 40 : 64);
      const { status, stderr } = repository.tryGit(['update-ref', '--stdin', '-z'], { input: `start\0${moves.map(({ ref, from, to }) => `update ${ref}\0${to}\0${from ?? zero}\0`).join('')}commit\0` });
      return status === 0 ? undefined : stderr.trim() || `git update-ref exits ${status}`;
    }
    const refused = pushMoves(repository, this.remote, moves);
    const [own] = moves;
    if (refused === undefined && own) repository.tryGit(['update-ref', this.#trackingRef(this.remote), own.to]);
    return refused;
  }

  /** Whether somebody else moved one of the refs meanwhile, or is doing so now. */
  #isRace(refused: string, tip: Oid | undefined, moves: readonly RefMove[]): boolean {
    const refs = this.#refs();
    if (refs.get(this.#ref) !== tip || moves.some(({ ref, from }) => refs.get(ref) !== from)) return true;
    return /cannot lock ref|unable to (?:create|lock)|\.lock'|stale info|fetch first|failed to update ref/i.test(refused);
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** A path as fast-import reads it (git-fast-import, "filemodify"). */
function quoted(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function notTaken(remote: Remote | undefined, said: string): UserError {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !/^(?:To |Done$|hint:)/.test(line));
  return new UserError(`Unexpected refusal${remote ? ` of the remote ${remote.name}` : ''}: ${lines.slice(0, 3).join('; ')}`, remote ? 'whoever runs that repository has to allow refs below refs/treework/, or configure another provider in WORKSPACE.md' : 'see what git says', 'refused');
}
