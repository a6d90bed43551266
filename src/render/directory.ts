import type { Edit } from '../tree/edit.ts';
import { renderTemplate } from './template.ts';

/** What is missing in a directory as edits: files to fill in, and directories that git can keep. */
export function directoryEdits(directory: string, missing: readonly string[], template: string): Edit[] {
  return missing.map((name) => {
    if (name.endsWith('/')) return { path: `${directory}/${name}.gitkeep`, content: '', expect: 'absent' };
    return { path: `${directory}/${name}`, content: textOf(directory, name, template), expect: 'absent' };
  });
}

function textOf(directory: string, name: string, template: string): string {
  if (!/\.(md|markdown)$/i.test(name)) return '';
  const folder = directory.slice(directory.lastIndexOf('/') + 1);
  const stem = name.slice(name.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '');
  const heading = /^readme$/i.test(stem) ? folder : `${stem} of ${folder}`;
  return renderTemplate(template, { heading, purpose: /^readme$/i.test(stem) ? 'what this directory is for, and what belongs here' : `what a reader of ${name} needs to know here` });
}
