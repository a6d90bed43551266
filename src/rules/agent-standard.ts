import { nearest } from '../documents/nearest.ts';
import { findWord } from '../documents/words.ts';
import type { Report, Rule } from '../workflow/rule.ts';
import type { GovernedDocument } from '../workflow/snapshot.ts';
import { unfilled } from '../workflow/unfilled.ts';

const WHEN = ['when', 'When', 'WHEN', 'whenever', 'Whenever', 'before', 'Before', 'after', 'After', 'if', 'If', 'while', 'While', 'proactively', 'PROACTIVELY', 'for', 'For'];
/** Tools that clients have; others come from servers (`mcp__…`) and with time: only what looks like a slip is reported. */
const TOOLS = ['Agent', 'AskUserQuestion', 'Bash', 'Edit', 'Glob', 'Grep', 'LSP', 'Monitor', 'NotebookEdit', 'Read', 'SendMessage', 'Skill', 'Task', 'TaskCreate', 'TaskUpdate', 'TodoWrite', 'ToolSearch', 'WebFetch', 'WebSearch', 'Write'];
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  permissionMode: ['default', 'acceptEdits', 'auto', 'bypassPermissions', 'dontAsk', 'plan'],
  isolation: ['worktree'],
  memory: ['user', 'project', 'local'],
};
const MODEL = /^(?:inherit|sonnet|opus|haiku|[a-z][\w.:/@[\]-]*\d[\w.:/@[\]-]*)$/;
/** Keys that clients pass over where an agent comes with a plugin. */
const NOT_IN_PLUGINS = ['hooks', 'mcpServers', 'permissionMode'];

export const rule: Rule = {
  id: 'agent-standard',
  group: 'document',
  severity: 'error',
  kinds: ['agent'],

  *document(document, { options }) {
    const { path, data, parsed } = document;
    const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
    if (typeof data.name === 'string' && data.name !== stem) yield at(document, 'name', `Unexpected name ${data.name}, expected ${stem} as the file is named`, `write name: ${stem}, or rename the file`);
    const words = Array.isArray(options.when) ? options.when.map(String) : WHEN;
    if (typeof data.description === 'string' && !findWord(data.description, words)) {
      yield { ...at(document, 'description', 'Unexpected description that does not say when to give the agent work, expected "Use when …"', 'say what has to be so: whoever gives out work decides by it'), severity: 'warning' };
    }
    yield* tools(document);
    yield* choices(document);
    for (const mark of unfilled(document, 'fill it in: an agent takes every line at its word')) yield { ...mark, severity: 'warning' };
    if (!path.split('/').includes('.claude')) {
      for (const key of NOT_IN_PLUGINS.filter((one) => data[one] !== undefined)) yield { ...at(document, key, `Unexpected ${key}, expected none in an agent that comes with a plugin: clients pass over it`, 'remove it, or keep the agent below .claude/agents', 'key'), severity: 'warning' };
    }
    if (parsed.data && parsed.body.trim() === '') yield { path, line: parsed.bodyLine, message: 'Unexpected empty body, expected the one job of the agent: what it begins from and what it hands back', remedy: 'write what the agent is to do' };
  },
};

function* tools(document: GovernedDocument): Iterable<Report> {
  const [allowed, forbidden] = [namesIn(document.data.tools), namesIn(document.data.disallowedTools)];
  for (const [key, names] of [['tools', allowed], ['disallowedTools', forbidden]] as const) {
    for (const name of names) {
      const bare = name.replace(/\(.*\)$/s, '');
      if (bare === '*' || /^mcp__[\w-]+$/.test(bare) || TOOLS.includes(bare)) continue;
      const meant = nearest(bare, TOOLS) ?? TOOLS.find((tool) => tool.toLowerCase() === bare.toLowerCase());
      if (meant !== undefined) yield at(document, key, `Unexpected tool ${name}, expected one that clients have: did you mean ${meant}?`, `write ${meant}: a tool of another name is passed over in silence`);
      else if (!/^[A-Za-z][\w-]*$/.test(bare)) yield at(document, key, `Unexpected tool ${JSON.stringify(name)}, expected a name such as Read or mcp__server__tool`, 'write the tools as a list, or with commas between them');
    }
  }
  for (const name of allowed.filter((one) => forbidden.includes(one))) yield at(document, 'disallowedTools', `Unexpected tool ${name} in tools and in disallowedTools, expected it in one of them`, 'remove it from one');
}

function* choices(document: GovernedDocument): Iterable<Report> {
  const { data } = document;
  for (const [key, values] of Object.entries(CHOICES)) {
    const value = data[key];
    if (value !== undefined && !values.includes(String(value))) yield at(document, key, `Unexpected ${key} ${String(value)}, expected ${values.join(', ')}`, `write ${nearest(String(value), values) ?? values[0]}, or remove it`);
  }
  if (data.model !== undefined && !MODEL.test(String(data.model))) yield at(document, 'model', `Unexpected model ${String(data.model)}, expected inherit, sonnet, opus, haiku or a model's full name`, 'write inherit, or remove it');
  const { maxTurns } = data;
  if (maxTurns !== undefined && !(Number.isInteger(maxTurns) && (maxTurns as number) > 0)) yield at(document, 'maxTurns', `Unexpected maxTurns ${String(maxTurns)}, expected a whole number from 1 on`, 'write a number, or remove it');
  if (data.background !== undefined && typeof data.background !== 'boolean') yield at(document, 'background', `Unexpected background ${String(data.background)}, expected true or false`, 'write true or false');
}

/** A text is divided at commas outside of parentheses. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((name): name is string => typeof name === 'string');
  if (typeof value !== 'string') return [];
  return value.split(/,(?![^(]*\))/).map((name) => name.trim()).filter((name) => name !== '');
}

function at({ path, parsed }: GovernedDocument, key: string, message: string, remedy: string, what: 'key' | 'value' = 'value'): Report {
  return { path, ...parsed.locate([key], what), message, remedy };
}
