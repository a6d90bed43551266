/**
 * Loads a module that is no part of this program, by its URL. Code that V8 compiled at an earlier call
 * may import nothing that way, so this file is never taken from there: see `code-cache.ts`.
 */
export function importPackage(url: string): Promise<unknown> {
  return import(url);
}
