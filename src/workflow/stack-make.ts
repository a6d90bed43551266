import type { GateCommand, GateName, ProjectFiles, Stack, Tool } from './stack.ts';

const MAKE: Tool = { program: 'make', mend: 'install make, from the package manager of this system' };
/** The names that GNU make looks for, in its order. */
const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];
const TARGETS: Readonly<Record<GateName, readonly string[]>> = {
  lint: ['lint'],
  types: ['types', 'typecheck', 'type-check'],
  build: ['build'],
  test: ['test', 'check'],
  coverage: ['coverage', 'cover', 'cov'],
};

/** Targets of a makefile that are called like gates. */
export function makeStack({ names, read }: ProjectFiles): Stack | undefined {
  const manifest = MAKEFILES.find((name) => names.has(name));
  if (manifest === undefined) return undefined;
  const targets = new Set([...(read(manifest) ?? '').matchAll(/^([A-Za-z][\w -]*?)\s*::?(?!=)/gm)].flatMap(([, names = '']) => names.split(/\s+/)));
  const gates: Partial<Record<GateName, GateCommand>> = {};
  for (const [gate, names] of Object.entries(TARGETS)) {
    const target = names.find((name) => targets.has(name));
    if (target !== undefined) gates[gate as GateName] = { command: `make ${target}`, why: `target ${target} of ${manifest}`, needs: [MAKE] };
  }
  return Object.keys(gates).length === 0 ? undefined : { name: 'make', manifest, tools: [MAKE], unprepared: undefined, gates };
}
