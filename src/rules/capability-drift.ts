import { placeOf } from '../documents/place.ts';
import { carriersAt, carriersIn, livingSpecOf, type Carrier } from '../workflow/carriers.ts';
import type { Report, RefStep, Rule } from '../workflow/rule.ts';
import type { Snapshot } from '../workflow/snapshot.ts';
import { ticketAnywhere } from '../workflow/ticket.ts';

/** The rest shows when these are read. */
const MOST_REPORTS = 20;

export const rule: Rule = {
  id: 'capability-drift',
  group: 'freeze',
  severity: 'warning',
  offIn: ['trunk', 'contrib'],

  *ref(step) {
    const { after, before } = step;
    if (before.length === 0) return;
    const all = step.changed;
    const changed = all.filter(({ path }) => placeOf(after.settings, path) === undefined);
    if (changed.length === 0) return;
    const told = spokenOf(after, all);
    const drifted = new Map<string, { readonly carriers: Carrier[]; readonly paths: Set<string> }>();
    const carriers = carriersIn(after).filter(({ spec }) => !told.has(spec));
    for (const { path } of changed) {
      for (const carrier of carriersAt(carriers, path)) {
        const name = `${carrier.spec}\n${carrier.requirement.key}`;
        const known = drifted.get(name) ?? { carriers: [], paths: new Set() };
        drifted.set(name, known);
        known.carriers.push(carrier);
        known.paths.add(path);
      }
    }
    for (const { carriers: found, paths } of [...drifted.values()].slice(0, MOST_REPORTS)) yield report(found, [...paths]);
  },
};

/** Living specs that the branch itself changes, or has a ticket for. */
function spokenOf(after: Snapshot, changed: RefStep['changed']): Set<string> {
  const places = changed.map(({ path }) => ({ path, ticket: placeOf(after.settings, path)?.ticket }));
  const tickets = [...new Set(places.flatMap(({ ticket }) => ticket ?? []))];
  const specs = tickets.flatMap((id) => ticketAnywhere(after, id) ?? []).flatMap((ticket) => livingSpecOf(ticket) ?? []);
  return new Set([...places.map(({ path }) => path), ...specs]);
}

function report(carriers: readonly Carrier[], paths: readonly string[]): Report {
  const [{ spec, requirement }] = carriers as [Carrier];
  const tickets = [...new Set(carriers.map(({ ticket }) => ticket))];
  const others = paths.length > 2 ? `${paths[0]} and ${paths.length - 1} more` : paths.join(' and ');
  const capability = spec.slice(spec.lastIndexOf('/') + 1).replace(/\.md$/, '');
  return {
    path: spec,
    line: requirement.line,
    message: `Unexpected change of ${others}, which carry "${requirement.name}" (${tickets.slice(0, 3).join(', ')}), expected a word on whether it still holds: nothing of this branch speaks of ${capability}`,
    remedy: `read the requirement: where it still holds there is nothing to do; else let a ticket with capability: ${capability} change it (## MODIFIED Requirements)`,
    severity: 'warning',
  };
}
