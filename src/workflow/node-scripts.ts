import { scriptDocstring, scriptLanguage, type ScriptDocstring } from '../documents/script-docstring.ts';
import type { Tree } from '../tree/tree.ts';
import { textsIn, type TaskNode } from './task-tree.ts';

/** A script of the repository, with what it says it reads and writes. */
export interface Script extends ScriptDocstring {
  readonly path: string;
}

/** The scripts that a node's `command` and `process` name and the tree holds, each once. */
export function scriptsOf({ data }: TaskNode, tree: Tree): Script[] {
  const texts = [...(typeof data.command === 'string' ? [data.command] : []), ...textsIn(data.process)];
  const paths = new Set(texts.flatMap(pathsNamed));
  return [...paths].flatMap((path) => scriptAt(tree, path) ?? []);
}

/** undefined when there is no file, or it is no script of a known language. */
export function scriptAt(tree: Tree, path: string): Script | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.includes('.') && !scriptLanguage(path)) return undefined;
  const text = tree.entry(path)?.type === 'file' ? tree.read(path)?.toString() : undefined;
  const language = text === undefined ? undefined : scriptLanguage(path, text);
  return text === undefined || !language ? undefined : { path, ...scriptDocstring(text, language) };
}

/** Words that can be the path of a script: with an extension, or with a folder before the name. */
function pathsNamed(text: string): string[] {
  const words = text.match(/[^\s`'"()<>|&;,=$]+/g) ?? [];
  return words
    .map((word) => word.replace(/^(?:\.\/)+/, '').replace(/[.:]+$/, ''))
    .filter((word) => !word.startsWith('/') && !word.startsWith('-') && !word.includes('://') && !word.split('/').includes('..') && (scriptLanguage(word) !== undefined || (word.includes('/') && !/[*?[{\\]/.test(word))));
}
