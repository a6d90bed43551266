import { join } from 'node:path';
import { isPreset, kindOf, presetNames, type Kind } from '../documents/kinds.ts';
import { nearest } from '../documents/nearest.ts';
import { ownSchema } from '../documents/own-schema.ts';
import { schemaFacts, type SchemaFacts } from '../documents/schema-facts.ts';
import { UserError } from '../error.ts';
import { readBytes, readText } from '../git/files.ts';
import { packageFile } from '../git/package-file.ts';
import type { Workspace } from './workspace.ts';

/** A kind by its name: one of WORKSPACE.md, or one that treework ships and that is not switched on yet. */
export function knownKind({ settings }: Workspace, name: string): Kind | undefined {
  return settings.kinds.find((kind) => kind.name === name) ?? (isPreset(name) ? kindOf(name, {}, settings.layout.capabilities) : undefined);
}

/** Throws a UserError that lists the kinds there are. `others` are those that the verb knows besides. */
export function unknownKind({ settings }: Workspace, name: string | undefined, others: readonly string[], verb: string): UserError {
  if (name !== undefined && isPreset(name)) return new UserError(`Unexpected kind ${name}, expected one that is on here: treework ships it, and WORKSPACE.md does not name it`, `${verb.replace(/ \S+$/, '')} new ${name} switches it on`, 'unknown-kind');
  const kinds = [...new Set([...others, ...settings.kinds.map((kind) => kind.name), ...presetNames()])];
  const close = name === undefined ? undefined : nearest(name, kinds);
  return new UserError(`Unexpected kind ${name ?? '(none)'}, expected ${kinds.join(', ')}`, close ? `did you mean ${verb} ${close}?` : `${verb} ${kinds[0]}; kinds of your own: kinds in WORKSPACE.md`, 'unknown-kind');
}

/** What the kind's schema says, as it stands in the work tree. Throws a UserError when it cannot be read. */
export function factsOfKind({ repository }: Workspace, kind: Kind): SchemaFacts {
  if (kind.schema === undefined) return schemaFacts(JSON.parse(packageFile(`schemas/${kind.name}.schema.json`)) as Record<string, unknown>);
  const bytes = readBytes(join(repository.workRoot, kind.schema));
  if (!bytes) return schemaFacts(undefined);
  const { schema, problem } = ownSchema(bytes);
  if (problem) throw new UserError(`${problem.message} (${kind.schema}:${problem.line})`, problem.remedy, 'schema-invalid');
  return schemaFacts(schema);
}

/** The kind's template, and where it is: the repository's, treework's own, else one made from what the kind says. */
export function templateOf({ repository }: Workspace, kind: Kind): { readonly text: string; readonly path: string } {
  if (kind.template === undefined) return { text: packageFile(`generators/${kind.name}.md`), path: `generators/${kind.name}.md` };
  const text = readText(join(repository.workRoot, kind.template));
  return { text: text ?? plainTemplate(kind), path: kind.template };
}

function plainTemplate({ sections }: Kind): string {
  return ['# {{title}}', ...sections.map((section) => `## ${section}\n\n[[fill: ${section.replaceAll(/[[\]]/g, '')}]]`)].join('\n\n') + '\n';
}
