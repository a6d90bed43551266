import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDocument } from '../../src/documents/parse.ts';
import { requirementsOf } from '../../src/documents/requirements.ts';
import { linesOfBytes, mergeLines } from '../../src/tree/line-diff.ts';
import { promote, type Claim } from '../../src/workflow/promotion.ts';

const NAMES = ['Alpha', 'Beta', 'Gamma', 'Delta'];
const RUNS = Number(process.env['TREEWORK_RUNS'] ?? 200);

const sentence = (who: string, name: string) => `The system SHALL do what ${who} says of ${name}.`;
const block = (name: string, text: string) => `### Requirement: ${name}\n\n${text}\n\n#### Scenario: One\n\n- **WHEN** it is asked\n- **THEN** it answers\n`;
const BODY = (text: string) => `${text}\n\n#### Scenario: One\n\n- **WHEN** it is asked\n- **THEN** it answers`;
const parsed = (text: string) => parseDocument(Buffer.from(text));

/** What a ticket does to each of the names: what fits is up to what is there. */
const wish = fc.record({ name: fc.constantFrom(...NAMES), what: fc.constantFrom('change', 'remove', 'rename', 'add') });
const ticket = fc.uniqueArray(wish, { selector: ({ name }) => name, minLength: 1, maxLength: 4 });
const first = fc.subarray(NAMES, { minLength: 1 });
const comments = fc.constantFrom('', '<!-- kept: a note -->\n\n');

/** What ticket `id` says, written against a living spec. */
function claimsOf(id: string, wishes: readonly { name: string; what: string }[], against: string): Claim[] {
  const there = new Map(requirementsOf(parsed(against)).map((one) => [one.name, one]));
  return wishes.flatMap(({ name, what }): Claim[] => {
    const old = there.get(name);
    const claim = { name, key: name.toLowerCase(), to: undefined, was: old?.digest, path: id, body: BODY(sentence(id, name)) };
    if (!old) return what === 'add' || what === 'change' ? [{ ...claim, operation: 'ADDED' }] : [];
    if (what === 'remove') return [{ ...claim, operation: 'REMOVED', body: '' }];
    if (what === 'rename') return [{ ...claim, operation: 'RENAMED', body: '', to: `${name} by ${id}` }];
    return [{ ...claim, operation: 'MODIFIED' }];
  });
}

/** As git merges: undefined where it stops with a conflict. */
function merge(base: string, ours: string, theirs: string): string | undefined {
  const lines = (text: string) => linesOfBytes(Buffer.from(text));
  return mergeLines(lines(base), lines(ours), lines(theirs))?.join('');
}

it('X11: whatever two tickets change, in whatever order they are archived and merged, no text is lost', () => {
  fc.assert(
    fc.property(first, comments, fc.array(ticket, { minLength: 2, maxLength: 3 }), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), fc.infiniteStream(fc.boolean()), (names, comment, wishes, startLater, mergesFirst) => {
      const begun = `---\ntitle: Reports\nx-note: keep\n---\nProse.\n\n## Requirements\n\n${names.map((name) => block(name, sentence('nobody', name))).join(`\n${comment}`)}\n## Notes\n\nKept.\n`;
      let trunk = begun;
      const archived: { id: string; claims: Claim[] }[] = [];
      for (const [index, own] of wishes.entries()) {
        const id = `T${index}`;
        // Written against the beginning, or against what was there when it began.
        let base = startLater[index] ? trunk : begun;
        const claims = claimsOf(id, own, base);
        if (claims.length === 0) continue;
        if (mergesFirst.next().value) base = trunk;
        const { text, conflicts } = promote(parsed(base), claims);
        if (conflicts.length > 0) {
          expect(text).toBe(base);
          continue;
        }
        const merged = merge(base, trunk, text);
        // A conflict is a person's: what the trunk says stays until then.
        if (merged === undefined) continue;
        const doubled = new Set(requirementsOf(parsed(merged)).map(({ key }) => key)).size < requirementsOf(parsed(merged)).length;
        // requirement-unique refuses such a merge.
        if (doubled) continue;
        trunk = merged;
        archived.push({ id, claims });
      }
      const living = requirementsOf(parsed(trunk));
      for (const { id, claims } of archived) {
        for (const { operation, name, to } of claims) {
          if (operation !== 'ADDED' && operation !== 'MODIFIED') continue;
          const says = sentence(id, to ?? name);
          const later = archived.slice(archived.findIndex((one) => one.id === id) + 1);
          const isStated = living.some(({ body }) => body.includes(says));
          // Whoever replaced it was written against it.
          const knew = later.some((other) => other.claims.some((claim) => claim.name.startsWith(name) && claim.was !== undefined && startLater[Number(other.id.slice(1))] === true));
          expect(isStated || knew, `${says}\n${trunk}`).toBe(true);
        }
      }
      // Nobody speaks of these.
      const spoken = new Set(archived.flatMap(({ claims }) => claims.map(({ name }) => name)));
      for (const name of names) if (!spoken.has(name)) expect(living.find((one) => one.name === name)?.body).toContain(sentence('nobody', name));
      for (const kept of ['x-note: keep', 'Prose.', '## Notes\n\nKept.\n']) expect(trunk).toContain(kept);
      expect(trunk.split('<!-- kept: a note -->').length).toBe(begun.split('<!-- kept: a note -->').length);
    }),
    { numRuns: RUNS },
  );
});
