import { requirementsOf, type Requirement } from '../documents/requirements.ts';
import { deltaOf, isDecided } from '../workflow/change-record.ts';
import { heldBy, type Report, type Rule } from '../workflow/rule.ts';

export const rule: Rule = {
  id: 'requirement-unique',
  group: 'document',
  severity: 'error',
  kinds: ['spec', 'change'],
  holds: ['requirements', 'delta'],

  *document(document, { settings }) {
    const isRecord = document.place.kind === 'change';
    const requirements = isRecord || heldBy(settings, document.place.kind) === 'delta' ? deltaOf(document).requirements : requirementsOf(document.parsed);
    if (new Set(requirements.map(({ key }) => key)).size === requirements.length) return;
    const lowered = isRecord && isDecided(document) ? { severity: 'warning' as const } : {};
    const byKey = new Map<string, Requirement[]>();
    for (const requirement of requirements) {
      const { key } = requirement;
      const others = byKey.get(key);
      const first = others?.find((other) => isSame(other, requirement));
      if (first) yield { ...repeated(document.path, first, requirement), ...lowered };
      if (others) others.push(requirement);
      else byKey.set(key, [requirement]);
    }
  },
};

/** Of two whose names people take for one: what goes may have the name, in another spelling, of what comes. */
function isSame(a: Requirement, b: Requirement): boolean {
  return a.name === b.name || goes(a) === goes(b);
}

function goes({ operation }: Requirement): boolean {
  return operation === 'REMOVED' || operation === 'RENAMED';
}

function repeated(path: string, first: Requirement, second: Requirement): Report {
  const differ = first.operation !== second.operation;
  return {
    path,
    line: second.line,
    message: `Unexpected second requirement "${second.name}" on line ${second.line}, expected one of that name: "${first.name}" stands on line ${first.line}${differ ? `, under ${first.operation}` : ''}`,
    remedy: differ ? 'keep one entry; what changes a requirement in place is MODIFIED' : 'give one of them another name, or make one requirement of both',
  };
}
