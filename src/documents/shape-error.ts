import type { DataPath } from './document.ts';

/** One way in which frontmatter has another shape than its kind. */
export interface ShapeError {
  /** Where: the value itself, or the mapping that has an unexpected key or lacks one. */
  readonly path: DataPath;
  /** The JSON Schema keyword that was not met. */
  readonly keyword: string;
  /** What the keyword asked for; `expected` is a phrase for people. */
  readonly params: Readonly<Record<string, unknown>>;
  /** What stands at `path`. */
  readonly value: unknown;
}

/** An error as ajv's standalone code reports it. */
export interface RawError {
  readonly instancePath: string;
  /** Only inside unions. */
  readonly schemaPath?: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly propertyName?: string;
}

export interface RawValidator {
  (data: unknown): boolean;
  errors?: readonly RawError[] | null;
}

/** Makes ajv's errors into one for each thing that a person has to mend. */
export function validator(raw: RawValidator): (data: unknown) => ShapeError[] {
  return (data) => (raw(data) ? [] : oneEach(raw.errors ?? []).map((error) => shapeError(error, data)));
}

function oneEach(errors: readonly RawError[]): RawError[] {
  const dropped = new Set<RawError>();
  for (const error of errors) {
    if (error.keyword === 'propertyNames') dropped.add(error);
    if (error.keyword === 'anyOf' || error.keyword === 'oneOf') for (const noise of unionNoise(error, errors)) dropped.add(noise);
  }
  return errors.filter((error) => !dropped.has(error));
}

/**
 * A union that no branch meets: when the value is of one branch's type, that branch's errors are
 * what the author meant, else the union as a whole is.
 */
function unionNoise(union: RawError, errors: readonly RawError[]): RawError[] {
  const prefix = `${union.schemaPath}/`;
  const inside = errors.filter(
    (error) => error.schemaPath?.startsWith(prefix) && isAtOrBelow(error.instancePath, union.instancePath),
  );
  const branchOf = (error: RawError) => error.schemaPath?.slice(prefix.length).split('/', 1)[0];
  const mismatched = new Set(inside.filter((error) => isMismatch(error, union)).map(branchOf));
  const meant = inside.find((error) => !mismatched.has(branchOf(error)));
  if (!meant) return inside;
  return [union, ...inside.filter((error) => branchOf(error) !== branchOf(meant))];
}

function isMismatch(error: RawError, union: RawError): boolean {
  return error.instancePath === union.instancePath && ['type', 'enum', 'const'].includes(error.keyword);
}

function isAtOrBelow(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`);
}

function shapeError(error: RawError, data: unknown): ShapeError {
  const { path, value } = follow(error.instancePath, data);
  if (error.propertyName === undefined) return { path, keyword: error.keyword, params: error.params, value };
  return { path, keyword: 'propertyNames', params: { ...error.params, propertyName: error.propertyName }, value };
}

/** JSON Pointer (RFC 6901) to path; a digit is an index only where a list stands. */
function follow(pointer: string, data: unknown): { path: (string | number)[]; value: unknown } {
  const path: (string | number)[] = [];
  let value = data;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(name) : name);
    value = (value as Record<string, unknown>)[name];
  }
  return { path, value };
}
