/** What a package.json says that matters for gates and versions; data of any shape is read as far as it goes. */
export interface Package {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly scripts: Readonly<Record<string, string>>;
  /** Of any sort, those for development too. */
  readonly dependencies: ReadonlySet<string>;
  readonly packageManager: string | undefined;
  readonly hasWorkspaces: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

/** undefined when there is no text, or no JSON object in it. */
export function packageOf(text: string | undefined): Package | undefined {
  const data = objectIn(text);
  if (!data) return undefined;
  const sorts = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  return {
    name: textOf(data.name),
    version: textOf(data.version),
    scripts: Object.fromEntries(Object.entries(object(data.scripts)).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    dependencies: new Set(sorts.flatMap((sort) => Object.keys(object(data[sort])))),
    packageManager: textOf(data.packageManager),
    hasWorkspaces: data.workspaces !== undefined,
    data,
  };
}

function objectIn(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const data: unknown = JSON.parse((text ?? '').replace(/^\ufeff/, ''));
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
