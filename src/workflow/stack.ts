import { compiledStacks } from './stack-compiled.ts';
import { makeStack } from './stack-make.ts';
import { nodeStack } from './stack-node.ts';
import { pythonStack } from './stack-python.ts';

/** The checks of quality, in the order in which they are run: the quick ones first. */
export const GATES = ['lint', 'types', 'build', 'test', 'coverage'] as const;
export type GateName = (typeof GATES)[number];

export type StackName = 'npm' | 'pnpm' | 'yarn' | 'bun' | 'python' | 'go' | 'rust' | 'maven' | 'gradle' | 'dotnet' | 'make';

/** A program that a command starts, and how somebody gets it who does not have it. */
export interface Tool {
  readonly program: string;
  readonly mend: string;
  /** It is a dependency of the project, and stands in node_modules/.bin. */
  readonly isLocal?: true;
}

/** What a gate runs. */
export interface GateCommand {
  readonly command: string;
  /** Which file, and what in it, says so. */
  readonly why: string;
  readonly needs: readonly Tool[];
}

/** A gate that a project ought to have and says nothing of. */
export interface MissingGate {
  readonly missing: string;
  readonly mend: string;
}

/** One kind of project in a folder. */
export interface Stack {
  readonly name: StackName;
  /** The file by which it was recognised. */
  readonly manifest: string;
  /** What everything in it needs. */
  readonly tools: readonly Tool[];
  /** What has to be there before anything can run, such as installed dependencies; undefined when it is. */
  readonly unprepared: MissingGate | undefined;
  readonly gates: Readonly<Partial<Record<GateName, GateCommand | MissingGate>>>;
}

/** The files of a folder, as far as detection reads them. */
export interface ProjectFiles {
  /** Names in the folder and, as `folder/name`, in the folders in it. */
  readonly names: ReadonlySet<string>;
  /** A file's text; undefined when there is none. */
  read(name: string): string | undefined;
}

/**
 * What a folder's files say about how it is tested, built, linted and measured: a stack for each kind
 * of project in it, the tools of its own makefile only where no other stack has a word. A pure function
 * of names and texts; nothing is run and nothing is put into a command but words of a known form.
 */
export function stacksOf(files: ProjectFiles): Stack[] {
  const stacks = [nodeStack(files), pythonStack(files), ...compiledStacks(files)].filter((stack) => stack !== undefined);
  const make = makeStack(files);
  if (!make) return stacks;
  const has = (gate: GateName) => stacks.some((stack) => isRunnable(stack.gates[gate]));
  const gates = Object.fromEntries(Object.entries(make.gates).filter(([gate]) => !has(gate as GateName)));
  return Object.keys(gates).length === 0 ? stacks : [...stacks, { ...make, gates }];
}

/** Whether a gate has something to run. */
export function isRunnable(gate: GateCommand | MissingGate | undefined): gate is GateCommand {
  return gate !== undefined && 'command' in gate;
}
