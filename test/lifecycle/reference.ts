/**
 * The lifecycle of a whole ticket once more, as plainly as can be: what the program is held against.
 * No histories, no records: a few facts for each node, changed in place.
 */

export type Type = 'agent' | 'command' | 'human';

export interface PlanNode {
  readonly id: string;
  readonly type: Type;
  readonly covers: boolean;
  readonly scope: number;
  readonly dependsOn: readonly string[];
  /** In the phase `p`. */
  readonly inPhase: boolean;
}

export interface Plan {
  readonly nodes: readonly PlanNode[];
  /** What the phase waits for. */
  readonly phaseWaits: readonly string[];
  readonly max: number;
  readonly retries: number;
}

export interface Action {
  readonly verb: 'start' | 'done' | 'approve' | 'complete' | 'fail' | 'escalate' | 'retry' | 'skip' | 'reject' | 'release' | 'reset' | 'change';
  readonly node: string;
  readonly by: string;
  readonly verifier: string | undefined;
  readonly reason: boolean;
}

type Standing = 'none' | 'in_progress' | 'complete' | 'failed' | 'escalated' | 'skipped' | 'rejected' | 'released' | 'reset';

interface Facts {
  standing: Standing;
  done: boolean;
  failures: number;
  implementers: string[];
  wave: number;
  /** Which text of the requirement it was completed against. */
  version: number;
  /** Who approved since the last reset. */
  approvers: string[];
}

const OPEN = new Set<Standing>(['none', 'released', 'reset']);

export class Reference {
  readonly #plan: Plan;
  readonly #facts: Map<string, Facts>;
  #version = 1;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#facts = new Map(plan.nodes.map(({ id }) => [id, { standing: 'none', done: false, failures: 0, implementers: [], wave: 0, version: 0, approvers: [] }]));
  }

  get version(): number {
    return this.#version;
  }

  /** Does it and answers true, or changes nothing and answers false. */
  act({ verb, node: id, by, verifier, reason }: Action): boolean {
    if (verb === 'change') {
      this.#version += 1;
      return true;
    }
    const node = this.#node(id);
    const was = structuredClone(this.#at(id));
    const isLegal = this.#apply(node, this.#at(id), { verb, by, verifier, reason }) && this.#decisionsHold();
    if (!isLegal) this.#facts.set(id, was);
    return isLegal;
  }

  /** What a person would be told of each node. */
  statuses(): Record<string, string> {
    return Object.fromEntries(this.#plan.nodes.map((node) => [node.id, this.#status(node)]));
  }

  #status(node: PlanNode): string {
    const { standing, done } = this.#at(node.id);
    if (standing === 'complete') return this.#isReopened(node) ? 'reopened' : 'complete';
    if (standing === 'in_progress') return done ? 'awaiting-qa' : 'in_progress';
    if (!OPEN.has(standing)) return standing;
    if (this.#isSunk(node)) return 'skipped';
    return this.#waits(node).length > 0 ? 'pending' : 'ready';
  }

  #apply(node: PlanNode, facts: Facts, { verb, by, verifier, reason }: Omit<Action, 'node'>): boolean {
    const isHuman = node.type === 'human';
    switch (verb) {
      case 'start':
        return this.#canBegin(node, ['none', 'released', 'reset', 'failed', 'complete']) && this.#begin(facts, by);
      case 'retry':
        if (facts.standing === 'escalated' && !reason) return false;
        if (!this.#canBegin(node, ['failed', 'escalated'])) return false;
        if (facts.standing === 'escalated') facts.failures = 0;
        return this.#begin(facts, by);
      case 'done':
        if (facts.standing !== 'in_progress') return false;
        facts.done = true;
        facts.implementers.push(by);
        return true;
      case 'approve':
        if (!isHuman) return false;
        if (facts.standing !== 'in_progress' && !(this.#canBegin(node, ['none', 'released', 'reset', 'failed', 'complete']) && this.#begin(facts, by))) return false;
        if (verifier !== 'pr') facts.approvers.push(by);
        return this.#complete(facts);
      case 'complete':
        if (isHuman || facts.standing !== 'in_progress') return false;
        if (node.type === 'agent' && verifier !== 'pr' && facts.implementers.includes(verifier ?? by)) return false;
        return this.#complete(facts);
      case 'fail':
        if (facts.standing !== 'in_progress') return false;
        facts.failures += 1;
        facts.standing = facts.failures > this.#plan.retries ? 'escalated' : 'failed';
        return true;
      case 'escalate':
        if (!reason || (facts.standing !== 'in_progress' && facts.standing !== 'failed')) return false;
        if (facts.standing === 'in_progress') facts.failures += 1;
        facts.standing = 'escalated';
        return true;
      case 'skip':
        if (!reason || !(OPEN.has(facts.standing) || facts.standing === 'in_progress')) return false;
        facts.standing = 'skipped';
        return true;
      case 'reject':
        if (!reason) return false;
        if (facts.standing !== 'in_progress' && !(isHuman && this.#canBegin(node, ['none', 'released', 'reset', 'failed', 'complete']) && this.#begin(facts, by))) return false;
        facts.standing = 'rejected';
        return true;
      case 'release':
        if (!reason || facts.standing !== 'in_progress') return false;
        facts.standing = 'released';
        return true;
      case 'reset':
        if (!reason || facts.standing === 'none') return false;
        Object.assign(facts, { standing: 'reset', failures: 0, approvers: [] });
        return true;
      default:
        return false;
    }
  }

  #begin(facts: Facts, by: string): true {
    facts.wave = this.#waveNumber();
    Object.assign(facts, { standing: 'in_progress', done: false, implementers: [by] });
    return true;
  }

  #complete(facts: Facts): true {
    Object.assign(facts, { standing: 'complete', failures: 0, version: this.#version });
    return true;
  }

  #canBegin(node: PlanNode, from: readonly Standing[]): boolean {
    const { standing } = this.#at(node.id);
    if (!from.includes(standing) || this.#isSunk(node)) return false;
    if (standing === 'complete' && !this.#isReopened(node)) return false;
    if ((OPEN.has(standing) || standing === 'complete') && this.#waits(node).length > 0) return false;
    return node.type === 'human' || this.#fits(node);
  }

  #fits(node: PlanNode): boolean {
    const workers = this.#plan.nodes.filter(({ type }) => type !== 'human');
    const busy = workers.filter((one) => ['in_progress', 'failed'].includes(this.#at(one.id).standing));
    const wave = this.#waveNumber();
    const members = busy.length === 0 ? [] : workers.filter((one) => ['in_progress', 'complete', 'failed', 'escalated', 'rejected'].includes(this.#at(one.id).standing) && this.#at(one.id).wave === wave);
    const belongs = this.#at(node.id).standing === 'failed' || members.includes(node);
    const before = this.#before(node);
    const isLate = busy.length > 0 && before.some((one) => one.type !== 'human' && this.#at(one.id).standing === 'complete' && this.#at(one.id).wave === wave);
    if (!belongs && (isLate || members.length >= this.#plan.max)) return false;
    return ![...busy, ...(belongs ? [] : members)].some((one) => one !== node && one.scope === node.scope);
  }

  #waveNumber(): number {
    const workers = this.#plan.nodes.filter(({ type }) => type !== 'human').map(({ id }) => this.#at(id));
    const latest = Math.max(0, ...workers.map(({ wave }) => wave));
    return workers.some(({ standing }) => standing === 'in_progress' || standing === 'failed') ? Math.max(latest, 1) : latest + 1;
  }

  /** The leaves that a node waits for: its own edges and those of its phase. */
  #before(node: PlanNode): PlanNode[] {
    const names = [...node.dependsOn, ...(node.inPhase ? this.#plan.phaseWaits : [])];
    return names.flatMap((name) => (name === 'p' ? this.#plan.nodes.filter(({ inPhase }) => inPhase) : [this.#node(name)]));
  }

  #waits(node: PlanNode): PlanNode[] {
    return this.#before(node).filter((one) => !this.#isSettled(one));
  }

  #isSettled(node: PlanNode): boolean {
    const { standing } = this.#at(node.id);
    return standing === 'skipped' || (standing === 'complete' && !this.#isReopened(node));
  }

  #isReopened(node: PlanNode): boolean {
    return node.covers && this.#at(node.id).version !== this.#version;
  }

  /** It waits for an escalated node, or for one that does; nobody has begun it. */
  #isSunk(node: PlanNode): boolean {
    return OPEN.has(this.#at(node.id).standing) && this.#before(node).some((one) => this.#at(one.id).standing === 'escalated' || this.#isSunk(one));
  }

  /** Nobody who approved is now the implementer of what was approved. */
  #decisionsHold(): boolean {
    return this.#plan.nodes.filter(({ type }) => type === 'human').every((gate) => {
      const implementers = this.#workBefore(gate).flatMap(({ id }) => this.#at(id).implementers);
      return !this.#at(gate.id).approvers.some((one) => implementers.includes(one));
    });
  }

  #workBefore(gate: PlanNode): PlanNode[] {
    return [...new Set(this.#before(gate).flatMap((node) => (node.type === 'human' ? [] : [node, ...this.#workBefore(node)])))];
  }

  #node(id: string): PlanNode {
    return this.#plan.nodes.find((node) => node.id === id) as PlanNode;
  }

  #at(id: string): Facts {
    return this.#facts.get(id) as Facts;
  }
}
