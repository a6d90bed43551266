import type { Answer } from './github-server.ts';

export type Rows = readonly Readonly<Record<string, unknown>>[];

interface Remark {
  readonly id: number;
  readonly pull: number;
  readonly at: string;
  readonly body: string;
  readonly kind: 'comment' | 'review' | 'line';
  readonly path?: string;
  readonly line?: number | null;
  /** The comment that began the thread. */
  readonly answers?: number;
  readonly state?: string;
}

interface Call {
  readonly method: string;
  readonly area: string;
  readonly action: string;
  readonly rest: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
  readonly pull: { readonly number: number };
  readonly page: (rows: Rows) => Answer;
  readonly isChanged: (file: string) => boolean;
}

const PREFIX = { comment: 'IC_', review: 'PRR_', line: 'PRRC_' } as const;
const FRAGMENT = { comment: 'issuecomment-', review: 'pullrequestreview-', line: 'discussion_r' } as const;

/** What is said about pull requests at a small GitHub. */
export class GitHubTalk {
  private readonly remarks: Remark[] = [];
  private readonly settled = new Set<string>();
  private readonly now: () => string;

  constructor(now: () => string) {
    this.now = now;
  }

  private add(remark: Omit<Remark, 'id' | 'at'>): Answer {
    const made = { ...remark, id: 700_000 + this.remarks.length, at: this.now() };
    this.remarks.push(made);
    return { status: 201, body: this.shown(made) };
  }

  private shown({ id, pull, at, body, kind, state }: Remark) {
    return { id, node_id: `${PREFIX[kind]}${id}`, body, user: { login: 'dev' }, html_url: `https://github.com/acme/reports/pull/${pull}#${FRAGMENT[kind]}${id}`, ...(kind === 'review' ? { submitted_at: at, state } : { created_at: at }) };
  }

  private of(pull: number, kind: Remark['kind']): Remark[] {
    return this.remarks.filter((one) => one.pull === pull && one.kind === kind);
  }

  answer({ method, area, action, rest, body: asked, pull: { number: pull }, page, isChanged }: Call): Answer {
    const body = String(asked['body'] ?? '');
    const kind = area === 'issues' ? 'comment' : action === 'reviews' ? 'review' : 'line';
    if (method === 'GET') return page(this.of(pull, kind).map((one) => this.shown(one)));
    if (kind === 'comment') return this.add({ pull, body, kind });
    if (kind === 'review') return this.add({ pull, body, kind, state: String(asked['event']) });
    const answers = this.of(pull, 'line').find(({ id, answers: root }) => String(id) === rest[0] && root === undefined);
    if (rest[1] === 'replies') return answers ? this.add({ pull, body, kind, answers: answers.id }) : { status: 404, body: { message: 'Not Found' } };
    const path = String(asked['path']);
    const line = typeof asked['line'] === 'number' ? asked['line'] : null;
    if (!isChanged(path) || (line ?? 1) > 50) return { status: 422, body: { message: 'Validation Failed', errors: [{ resource: 'PullRequestReviewComment', code: 'custom', message: 'pull_request_review_thread.line must be part of the diff' }] } };
    return this.add({ pull, body, kind, path, line });
  }

  graphql(query: string, variables: Readonly<Record<string, unknown>>, most: number): Answer {
    const data = (value: unknown): Answer => ({ status: 200, body: { data: value } });
    const page = (rows: Rows, after: unknown, size: number) => {
      const end = Number(after ?? 0) + Math.min(size, most);
      return { nodes: rows.slice(Number(after ?? 0), end), pageInfo: { hasNextPage: end < rows.length, endCursor: String(end) } };
    };
    const comments = (id: number, after?: unknown) => page(this.remarks.filter((one) => one.id === id || one.answers === id).map((one) => ({ databaseId: one.id, author: { login: 'dev' }, createdAt: one.at, body: one.body, url: this.shown(one).html_url })), after, 100);
    if (query.includes('node(id:')) return data({ node: { comments: comments(Number(String(variables['id']).slice('PRRT_'.length)), variables['after']) } });
    if (query.includes('reviewThreads(')) {
      const roots = this.of(Number(variables['number']), 'line').filter(({ answers }) => answers === undefined);
      const threads = roots.map(({ id, path, line }) => ({ id: `PRRT_${id}`, isResolved: this.settled.has(`PRRT_${id}`), path, line, comments: comments(id) }));
      return data({ repository: { pullRequest: { reviewThreads: page(threads, variables['after'], 50) } } });
    }
    if (query.includes('nodes(ids:')) return data({ nodes: (variables['ids'] as string[]).map((id) => ({ id, isMinimized: this.settled.has(id) })) });
    const mutation = /\b((?:un)?(?:resolveReviewThread|minimizeComment))\(/.exec(query)?.[1];
    if (mutation === undefined) return { status: 200, body: { errors: [{ type: 'undefinedField', message: 'no such field' }] } };
    if (mutation.startsWith('un')) this.settled.delete(String(variables['node']));
    else this.settled.add(String(variables['node']));
    return data({ [mutation]: { clientMutationId: null } });
  }
}
