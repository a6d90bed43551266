import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mergeCommits, rebaseCommits, squashCommits, type Joined } from '../../src/git/merge-commits.ts';
import { Repository } from '../../src/git/repository.ts';
import { GitHubTalk, type Rows } from './github-talk.ts';

export const TOKEN = 'ghp_aSecretThatNobodyMaySee0123456789';

interface Pull {
  readonly number: number;
  readonly head: string;
  readonly created_at: string;
  title: string;
  body: string | null;
  base: string;
  draft: boolean;
  state: 'open' | 'closed';
  merged_at: string | null;
  merge_commit_sha: string | null;
  /** Where the head was when it was closed. */
  sha: string;
  updated_at: string;
}

interface Stack {
  readonly number: number;
  members: number[];
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: IncomingMessage['headers'];
}

/**
 * A small GitHub upon a real bare repository: what the pages of docs.github.com/rest say of pull requests, comments and
 * stacks, and what people measured of stacks: a base that is named is refused there, while the rest of the change is
 * taken; a merge goes from the bottom, leads what is left to the stack's base and, with `rebases`, rewrites it.
 */
export class GitHubServer {
  url = '';
  readonly requests: Seen[] = [];
  hasStacks = true;
  rebases = false;
  mostPerPage = 100;
  /** Pull requests that are about to be merged, and stay in their stack. */
  readonly queued = new Set<number>();
  /** A name that it had before. */
  formerName: string | undefined;
  /** Asked first. */
  instead: ((seen: Seen) => Answer | 'hang' | undefined) | undefined;
  private readonly pulls = new Map<number, Pull>();
  private readonly stacks: Stack[] = [];
  private readonly merges = new Map<string, { readonly pull: number; readonly method: string; looks: number; answer?: unknown }>();
  private readonly talk = new GitHubTalk(() => this.now());
  private readonly server = createServer((request, response) => this.handle(request, response));
  private ticks = 0;
  private readonly repository: Repository;
  private tips: ReadonlyMap<string, string> = new Map();
  /** Pairs of head and base, the one not in the other. */
  private readonly apart = new Set<string>();

  constructor(folder: string) {
    this.repository = Repository.open(folder);
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Stacks as they are, each from the bottom to the top. */
  get kept(): readonly (readonly number[])[] {
    return this.stacks.map(({ members }) => members);
  }

  private now(): string {
    this.ticks += 1;
    return `${new Date(1_795_000_000_000 + this.ticks * 1000).toISOString().slice(0, 19)}Z`;
  }

  private tip(branch: string): string | undefined {
    return this.tips.get(branch);
  }

  private move(branch: string, to: string): void {
    this.repository.git(['update-ref', `refs/heads/${branch}`, to]);
    this.read();
  }

  private read(): void {
    const lines = this.repository.git(['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', 'refs/heads']).toString().trim().split('\n');
    this.tips = new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]));
  }

  private isIn(head: string, base: string): boolean {
    const pair = `${head} ${base}`;
    if (this.apart.has(pair)) return false;
    const isIn = this.repository.tryGit(['merge-base', '--is-ancestor', head, base]).status === 0;
    if (!isIn) this.apart.add(pair);
    return isIn;
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString();
      const seen: Seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
      this.requests.push(seen);
      const answer = this.instead?.(seen) ?? this.guarded(seen);
      if (answer === 'hang') return;
      const raw = typeof answer.body === 'string' ? answer.body : answer.body === undefined ? '' : JSON.stringify(answer.body);
      response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', ...answer.headers }).end(raw);
    });
  }

  private guarded(seen: Seen): Answer {
    if (seen.headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: { message: 'Bad credentials' } };
    if (seen.headers['x-github-api-version'] !== '2022-11-28' || seen.headers.accept !== 'application/vnd.github+json') return { status: 400, body: { message: 'The version is not supported' } };
    this.follow();
    return this.answer(seen);
  }

  /** Branches that were pushed or deleted say what becomes of their pull requests. */
  private follow(): void {
    this.read();
    for (const pull of this.pulls.values()) {
      if (pull.state !== 'open') continue;
      const [head, base] = [this.tip(pull.head), this.tip(pull.base)];
      if (head === undefined || base === undefined) pull.state = 'closed';
      else {
        pull.sha = head;
        if (this.isIn(head, base)) Object.assign(pull, { state: 'closed', merged_at: this.now(), merge_commit_sha: head });
      }
    }
  }

  private answer({ method, path, body }: Seen): Answer {
    const url = new URL(path, 'http://x');
    if (url.pathname === '/graphql') return this.graphql(body);
    const repository = { name: 'reports', full_name: 'acme/reports', owner: { login: 'acme' } };
    if (url.pathname === '/repositories/1') return { status: 200, body: repository };
    if (this.formerName !== undefined && url.pathname === `/repos/${this.formerName}`) return { status: 301, headers: { location: `${this.url}/repositories/1` }, body: { message: 'Moved Permanently' } };
    if (!url.pathname.startsWith('/repos/acme/reports')) return missing();
    const [area = '', id = '', action = '', ...rest] = url.pathname.slice('/repos/acme/reports/'.length).split('/').map(decodeURIComponent);
    if (area === '') return { status: 200, body: repository };
    if (area === 'git') return this.tip(rest.join('/')) === undefined ? missing() : { status: 200, body: { ref: `refs/heads/${rest.join('/')}` } };
    if (area === 'stacks') return this.hasStacks ? this.stack(method, id, action, url, body) : missing();
    if (area === 'pulls' && id === '') return method === 'GET' ? this.list(url) : this.create(body);
    const pull = this.pulls.get(Number(id));
    if (!pull) return missing();
    if (action === 'merge-async') return this.mergeAsync(method, pull, rest[0], body);
    if (action === 'merge') return this.merge(pull, body);
    if (action !== '') return this.talk.answer({ method, area, action, rest, body, pull, page: (rows) => this.paged(rows, url), isChanged: (file) => this.isChanged(pull, file) });
    return method === 'PATCH' ? this.update(pull, body) : { status: 200, body: this.shown(pull) };
  }

  private isChanged({ head, base }: Pull, file: string): boolean {
    return this.repository.git(['diff', '--name-only', `refs/heads/${base}...refs/heads/${head}`]).toString().split('\n').includes(file);
  }

  private shown(pull: Pull) {
    const stack = this.stacks.find(({ members }) => members.includes(pull.number));
    return {
      number: pull.number, node_id: `PR_${pull.number}`, title: pull.title, body: pull.body, state: pull.state, draft: pull.draft, user: { login: 'dev' },
      head: { ref: pull.head, sha: pull.sha }, base: { ref: pull.base }, created_at: pull.created_at, updated_at: pull.updated_at, merged_at: pull.merged_at,
      // Of an open one: the merge that GitHub tries for its checks.
      merge_commit_sha: pull.merge_commit_sha ?? 'e'.repeat(40),
      html_url: `https://github.com/acme/reports/pull/${pull.number}`,
      stack: stack ? { id: 9000 + stack.number, number: stack.number, size: stack.members.length, position: stack.members.indexOf(pull.number) + 1, base: { ref: 'main' } } : null,
    };
  }

  private paged(rows: Rows, url: URL): Answer {
    const size = Math.min(Number(url.searchParams.get('per_page') ?? 30), this.mostPerPage);
    const page = Number(url.searchParams.get('page') ?? 1);
    const next = new URL(url.pathname + url.search, this.url);
    next.searchParams.set('page', String(page + 1));
    const link = rows.length > page * size ? { link: `<${this.url}/first>; rel="first", <${next}>; rel="next"` } : {};
    return { status: 200, body: rows.slice((page - 1) * size, page * size), headers: link };
  }

  private list(url: URL): Answer {
    const [head, base, state] = ['head', 'base', 'state'].map((key) => url.searchParams.get(key));
    const isMeant = (pull: Pull) => (!head?.includes(':') || head === `acme:${pull.head}`) && (!base || pull.base === base) && (state === 'all' || pull.state === (state ?? 'open'));
    const rows = [...this.pulls.values()].filter(isMeant).map((pull) => this.shown(pull));
    return this.paged(url.searchParams.get('direction') === 'asc' ? rows : rows.reverse(), url);
  }

  private create({ title, body, head, base, draft }: Seen['body']): Answer {
    const [from, into] = [String(head), String(base)];
    for (const [field, name] of [['head', from], ['base', into]] as const) if (this.tip(name) === undefined) return invalid({ resource: 'PullRequest', field, code: 'invalid' });
    if ([...this.pulls.values()].some((pull) => pull.state === 'open' && pull.head === from && pull.base === into)) return invalid({ resource: 'PullRequest', code: 'custom', message: `A pull request already exists for acme:${from}.` });
    if (this.isIn(this.tip(from) as string, this.tip(into) as string)) return invalid({ resource: 'PullRequest', code: 'custom', message: `No commits between ${into} and ${from}` });
    const at = this.now();
    const number = this.pulls.size + 1;
    this.pulls.set(number, { number, title: String(title), body: body === '' ? null : String(body), head: from, base: into, draft: draft === true, state: 'open', merged_at: null, merge_commit_sha: null, sha: this.tip(from) as string, created_at: at, updated_at: at });
    return { status: 201, body: this.shown(this.pulls.get(number) as Pull) };
  }

  private update(pull: Pull, { title, body, base, state }: Seen['body']): Answer {
    if (typeof title === 'string') pull.title = title;
    if (typeof body === 'string') pull.body = body;
    pull.updated_at = this.now();
    if (base !== undefined) {
      if (this.stacks.some(({ members }) => members.includes(pull.number))) return invalid({ resource: 'PullRequest', field: 'base', code: 'custom', message: 'Cannot change the base branch because the pull request is part of a stack.' });
      if (this.tip(String(base)) === undefined) return invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
      pull.base = String(base);
    }
    if (state === 'open' || state === 'closed') pull.state = state;
    return { status: 200, body: this.shown(pull) };
  }

  private land(pull: Pull, into: string, method: string): string | undefined {
    const sides = { head: pull.sha, base: this.tip(into) as string };
    const how: Readonly<Record<string, () => Joined>> = {
      merge: () => mergeCommits(this.repository, sides, `Merge pull request #${pull.number} from acme/${pull.head}`),
      squash: () => squashCommits(this.repository, sides, `${pull.title} (#${pull.number})`),
      rebase: () => rebaseCommits(this.repository, sides),
    };
    const { commit } = (how[method] as () => Joined)();
    if (commit === undefined) return undefined;
    this.move(into, commit);
    Object.assign(pull, { state: 'closed', merged_at: this.now(), merge_commit_sha: commit, base: into });
    return commit;
  }

  private merge(pull: Pull, { sha, merge_method: method }: Seen['body']): Answer {
    if (this.stacks.some(({ members }) => members.includes(pull.number))) return { status: 405, body: { message: 'This pull request is part of a stack and must be merged using the asynchronous merge REST API.' } };
    if (sha !== pull.sha) return { status: 409, body: { message: 'Head branch was modified. Review and try the merge again.' } };
    const commit = pull.state === 'open' ? this.land(pull, pull.base, String(method)) : undefined;
    return commit === undefined ? { status: 405, body: { message: 'Pull Request is not mergeable' } } : { status: 200, body: { sha: commit, merged: true, message: 'Pull Request successfully merged' } };
  }

  private mergeAsync(method: string, pull: Pull, uuid: string | undefined, { merge_method: how, sha }: Seen['body']): Answer {
    if (method === 'PUT') {
      const key = `00000000-0000-4000-8000-${String(this.merges.size + 1).padStart(12, '0')}`;
      this.merges.set(key, { pull: pull.number, method: String(how), looks: 0, ...(sha !== pull.sha && { answer: { status: 'failed', details: { message: 'Pull request head branch was modified.' } } }) });
      return { status: 202, body: { status: 'pending', details: { message: 'Merge request enqueued.', uuid: key } } };
    }
    const run = this.merges.get(uuid ?? '');
    if (!run) return missing();
    run.looks += 1;
    if (run.looks === 1) return { status: 200, body: { status: 'pending', details: { message: 'Merge request is in progress.', uuid } } };
    run.answer ??= this.landStack(pull, run.method);
    return { status: 200, body: run.answer };
  }

  private landStack(top: Pull, method: string): unknown {
    const stack = this.stacks.find(({ members }) => members.includes(top.number));
    const members = (stack?.members ?? [top.number]).map((number) => this.pulls.get(number) as Pull);
    const at = members.indexOf(top);
    const target = (members.find(({ state }) => state === 'open') as Pull).base;
    for (const pull of members.slice(0, at + 1)) {
      if (pull.state === 'open' && this.land(pull, target, method) === undefined) return { status: 'failed', details: { message: 'Merge conflict: the pull request could not be merged.' } };
    }
    let below = target;
    for (const [index, pull] of members.slice(at + 1).entries()) {
      if (index === 0) pull.base = target;
      const { commit } = this.rebases ? rebaseCommits(this.repository, { base: this.tip(below) as string, head: pull.sha }) : {};
      if (commit !== undefined) this.move(pull.head, commit);
      below = pull.head;
    }
    return { status: 'merged', details: { message: 'Pull request was merged.', sha: this.tip(target) } };
  }

  private stack(method: string, id: string, action: string, url: URL, { pull_requests: asked }: Seen['body']): Answer {
    const shown = ({ number, members }: Stack) => ({ id: 9000 + number, number, base: { ref: 'main' }, open: true, pull_requests: members.map((one) => (({ number: pull, state, draft, merged_at, head, sha }) => ({ number: pull, state, draft, merged_at, head: { ref: head, sha } }))(this.pulls.get(one) as Pull)) });
    const stack = this.stacks.find(({ number }) => String(number) === id);
    if (id !== '' && !stack) return missing();
    if (method === 'GET' && stack) return { status: 200, body: shown(stack) };
    const wanted = Number(url.searchParams.get('pull_request'));
    if (method === 'GET') return this.paged(this.stacks.filter(({ members }) => wanted === 0 || members.includes(wanted)).map(shown), url);
    if (stack && action === 'unstack') {
      stack.members = stack.members.filter((number) => this.pulls.get(number)?.merged_at !== null || this.queued.has(number));
      if (stack.members.length > 0) return { status: 200, body: shown(stack) };
      this.stacks.splice(this.stacks.indexOf(stack), 1);
      return { status: 204 };
    }
    const added = Array.isArray(asked) ? asked : [];
    if (added.length < (stack ? 1 : 2) || !added.every(Number.isInteger)) return { status: 422, body: { message: 'Invalid request.\n\nInvalid property /pull_requests' } };
    if (this.stacks.some(({ members }) => members.some((one) => added.includes(one)))) return { status: 422, body: { message: 'Pull requests are already part of a stack' } };
    const chain = [...(stack?.members.slice(-1) ?? []), ...added].map((one) => this.pulls.get(one as number));
    if (chain.some((pull, at) => pull === undefined || (at > 0 && pull.base !== chain[at - 1]?.head))) return { status: 422, body: { message: 'Pull requests must form a stack, where each PR’s base ref is the previous PR’s head ref' } };
    if (stack) stack.members.push(...added);
    else this.stacks.push({ number: 50 + this.stacks.length, members: [...added] });
    return { status: stack ? 200 : 201, body: shown(stack ?? (this.stacks.at(-1) as Stack)) };
  }

  private graphql({ query, variables }: Seen['body']): Answer {
    const given = variables as Readonly<Record<string, unknown>>;
    const draft = /\b(convertPullRequestToDraft|markPullRequestReadyForReview)\(/.exec(String(query))?.[1];
    if (draft === undefined) return this.talk.graphql(String(query), given, this.mostPerPage);
    const pull = this.pulls.get(Number(String(given['pull']).slice('PR_'.length)));
    if (pull) Object.assign(pull, { draft: draft === 'convertPullRequestToDraft', updated_at: this.now() });
    return { status: 200, body: { data: { [draft]: { clientMutationId: null } } } };
  }
}

function missing(): Answer {
  return { status: 404, body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' } };
}

function invalid(error: Readonly<Record<string, string>>): Answer {
  return { status: 422, body: { message: 'Validation Failed', errors: [error] } };
}
