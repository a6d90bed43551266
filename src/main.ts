import { parseArgs, type ParseArgsConfig } from 'node:util';
import { hasColor, print, program, report, write } from './answer.ts';
import type { Command, Invocation, Outcome } from './commands/command.ts';
import type { Meant } from './commands/failure-action.ts';
import { UserError } from './error.ts';
import { VERSION } from './version.ts';

const GLOBAL = { json: { type: 'boolean' }, cwd: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

/** The verbs, each with the loader of its code. */
export type Commands = Readonly<Record<string, () => Promise<{ readonly command: Command }>>>;

/** What gets one on after a failure; the hook, which nobody asks for JSON, goes without. */
export type Remedies = () => Promise<Pick<typeof import('./commands/failure-action.ts'), 'failureAction' | 'findingsAction'>>;

/**
 * Runs one command line and answers with the exit code: 0 done, 1 findings, 2 wrong use or broken
 * input, 255 a bug.
 */
export async function main(commands: Commands, argv: readonly string[], remedies?: Remedies): Promise<number> {
  const [word, ...rest] = hoistVerb(argv);
  // `treework --json` names no verb.
  const verb = word === '--json' ? undefined : word;
  const json = asksForJson(argv);
  let meant: Meant = { verb, values: {}, cwd: process.cwd(), program: program() };
  try {
    if (verb === '--version' || verb === '-v') return say({ version: VERSION }, VERSION, json);
    if (verb === undefined || verb === 'help' || verb === '--help' || verb === '-h') {
      return await help(commands, verb, rest[0], json);
    }
    const command = await load(commands, verb);
    const { values, positionals } = parse(command, rest, verb);
    if (values.help) {
      const { commandHelp } = await import('./commands/help-text.ts');
      const text = commandHelp(verb, command, program());
      return say({ help: text }, text, json);
    }
    const cwd = typeof values.cwd === 'string' ? values.cwd : process.cwd();
    meant = { verb, values, cwd, program: program() };
    const invocation: Invocation = {
      values,
      positionals,
      cwd,
      json,
      program: program(),
      // Asked for only where there is text: opening a stream costs a hook milliseconds.
      get color() {
        return hasColor();
      },
    };
    const said = await command.run(invocation);
    const answer = said.finish ? await said.finish(said) : said;
    return report(json && remedies && leadsNowhere(answer, verb) ? await withRemedy(answer, meant, remedies) : answer, json);
  } catch (error) {
    return fail(error, json, meant, remedies);
  }
}

async function help(commands: Commands, verb: string | undefined, word: string | undefined, json: boolean): Promise<number> {
  if (verb === undefined && json) throw new UserError('Unexpected absence of a verb, expected one that treework help all lists', `${program()} help all`, 'usage');
  const topic = word?.startsWith('-') ? undefined : word;
  if (topic !== undefined && topic !== 'all') await load(commands, topic);
  const { helpText } = await import('./commands/help-text.ts');
  const text = await helpText(commands, topic, program());
  return verb === undefined ? print(text, 2) : say({ help: text }, text, json);
}

async function load(commands: Commands, verb: string): Promise<Command> {
  const loader = Object.hasOwn(commands, verb) ? commands[verb] : undefined;
  if (!loader) {
    const { nearest } = await import('./documents/nearest.ts');
    const close = nearest(verb, Object.keys(commands));
    throw new UserError(`Unexpected verb ${verb}, expected one that treework help all lists`, close ? `did you mean ${program()} ${close}?` : `${program()} help all`, 'unknown-verb');
  }
  return (await loader()).command;
}

function parse(command: Command, args: readonly string[], verb: string) {
  const options: ParseArgsConfig['options'] = { ...GLOBAL };
  for (const [name, { help: _, ...option }] of Object.entries(command.options)) options[name] = option;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const said = ((error as Error).message.split('. ')[0] as string).replace(/^Unknown option '(.*)'$/, 'Unexpected option $1, expected one of this verb');
    throw new UserError(said, `${program()} ${verb} --help`, 'usage');
  }
}

/** `--format json` is `--json`: what fails before a verb is found is said in it too. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some((word, at) => word === '--json' || word === '--format=json' || (word === '--format' && argv[at + 1] === 'json'));
}

/** Options may come before the verb (`treework --json check`). */
function hoistVerb(argv: readonly string[]): string[] {
  const index = argv.findIndex((word, at) => !word.startsWith('-') && argv[at - 1] !== '--cwd');
  if (index <= 0) return [...argv];
  return argv.slice(0, index).every((word) => word === '--json' || word === '--cwd' || !word.startsWith('-') || word.startsWith('--cwd='))
    ? [argv[index] as string, ...argv.slice(0, index), ...argv.slice(index + 1)]
    : [...argv];
}

/** What the machine refuses is nobody's bug. */
const REFUSALS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT']);

/** Verbs that move a ticket: even where there was nothing to do, something comes next. */
const STEERING = new Set(['change', 'fork', 'freeze', 'new', 'node', 'retry', 'unfreeze']);

function leadsNowhere({ exit, json }: Outcome, verb: string): boolean {
  return !json.next_action && json.dry_run !== true && (exit === 1 || STEERING.has(verb));
}

/** Findings that stopped a verb say what gets one on. */
async function withRemedy(answer: Outcome, meant: Meant, remedies: Remedies): Promise<Outcome> {
  const { findingsAction } = await remedies();
  return { ...answer, json: { ...answer.json, next_action: findingsAction(answer, meant) } };
}

async function fail(thrown: unknown, json: boolean, meant: Meant, remedies: Remedies | undefined): Promise<number> {
  const { code: refusal = '', path } = thrown as NodeJS.ErrnoException;
  const isRefusal = REFUSALS.has(refusal) && path !== undefined;
  const error = isRefusal ? new UserError(`Unexpected ${refusal} at ${path}, expected a place that can be written to`, 'make it writable (or free some space) and try again', 'write') : thrown;
  const known = error instanceof UserError;
  const message = known ? error.message : `This is a bug in treework: ${String((error as Error)?.message ?? error)}`;
  const hint = known ? error.hint : 'please report it with the lines above and what you ran';
  const code = known ? error.code : 'bug';
  if (!known) write(2, `${(error as Error)?.stack ?? ''}\n`);
  if (json) {
    const next = known && remedies ? (await remedies()).failureAction(error, meant) : undefined;
    write(1, `${JSON.stringify({ ok: false, error: { code, message, hint }, ...(next && { next_action: next }) })}\n`);
  }
  else write(2, `treework: ${message}\n  hint: ${hint}\n`);
  return known ? 2 : 255;
}

/** The same as one JSON object or as text. */
function say(object: Readonly<Record<string, unknown>>, text: string, json: boolean): number {
  return print(`${json ? JSON.stringify({ ok: true, ...object }) : text.trimEnd()}\n`, 0);
}
