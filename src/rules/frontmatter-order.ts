import { KEY_ORDERS } from '../documents/generated/key-orders.ts';
import { firstOutOfOrder, reordered } from '../documents/reorder.ts';
import { mapping, texts } from '../documents/setting-values.ts';
import { statusOf } from '../workflow/change-record.ts';
import type { RepositoryStep, Rule, RuleContext } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { pinOf } from '../workflow/ticket.ts';

export const rule: Rule = {
  id: 'frontmatter-order',
  group: 'document',
  severity: 'warning',
  offIn: ['trunk', 'contrib'],

  *document(document, context, step) {
    const { path, data, parsed } = document;
    if (parsed.problems.length > 0 || isSettled(document, step)) return;
    const order = orderOf(document, context, step);
    const wrong = firstOutOfOrder(Object.keys(data), order);
    if (!wrong) return;
    const to = reordered(parsed.text, order);
    yield {
      path,
      ...parsed.locate([wrong.key], 'key'),
      message: `Unexpected ${wrong.key} before ${wrong.before}, expected the order ${order.filter((key) => data[key] !== undefined).join(', ')}`,
      remedy: to === undefined ? 'move the lines by hand: they are written in a way that is not moved by itself' : `${context.program} check --fix`,
      ...(to !== undefined && { fix: { path, from: parsed.text, to } }),
    };
  },
};

/** What WORKSPACE.md says of the kind, else its schema. */
function orderOf({ place: { kind } }: GovernedDocument, { options, settings }: RuleContext, step: RepositoryStep | undefined): readonly string[] {
  const asked = texts(mapping(options.order)[kind]);
  if (asked) return asked;
  const own = settings.kinds.find(({ name }) => name === kind);
  if (own?.schema !== undefined) return Object.keys(mapping(step?.after.schemaOf(own)?.schema?.properties));
  return Object.hasOwn(KEY_ORDERS, kind) ? KEY_ORDERS[kind as keyof typeof KEY_ORDERS] : [];
}

/** What is frozen, accepted or archived stays as it is. */
function isSettled(document: GovernedDocument, step: RepositoryStep | undefined): boolean {
  const { archived, kind, folder } = document.place;
  if (archived) return true;
  if (kind === 'change') return statusOf(document) !== 'proposed';
  return kind === 'spec' && pinOf(step?.after.document(`${folder}/tasks.md`)) !== undefined;
}
