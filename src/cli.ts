import { join } from 'node:path';
import { hasColor, program, report } from './answer.ts';
import { knownAudit } from './commands/known-audit.ts';
import { placeOf } from './git/find-repository.ts';
import { optimise } from './git/v8-flags.ts';
import { BUILD } from './version.ts';

// What answers an agent's client shares code with this file, and loads it for that alone.
if (!/[\\/]hooks[\\/]agent\.cjs$/.test(process.argv[1] ?? '')) {
  void run(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}

/** An audit since whose last answer nothing changed is answered before anything else is loaded. */
async function run(argv: readonly string[]): Promise<number> {
  const audit = auditIn(argv);
  if (audit) {
    // What is over in some milliseconds only loses a core to the optimiser.
    optimise(false);
    const known = await knownAudit({ ...audit, program: program() }, hasColor);
    if (known) return report(known, audit.json);
    optimise(true);
  }
  const { commands } = await import('./commands/index.generated.ts');
  await rememberCode(argv.find((word) => Object.hasOwn(commands, word)));
  const { main } = await import('./main.ts');
  return main(commands, argv, () => import('./commands/failure-action.ts'));
}

/** In a repository whose hooks are live a verb is compiled once. */
async function rememberCode(verb: string | undefined): Promise<void> {
  const place = verb === undefined ? undefined : placeOf(process.cwd());
  if (!place) return;
  const { keepCompiledCode } = await import('./git/code-cache.ts');
  keepCompiledCode(join(place.commonDir, 'treework', 'verbs'), verb as string, BUILD, __filename);
}

/** Where and of which paths a command line asks for an audit of the work tree; undefined when it asks for anything else. */
function auditIn(argv: readonly string[]): { cwd: string; json: boolean; positionals: string[] } | undefined {
  let cwd = process.cwd();
  const words: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] as string;
    if (word === '--cwd' && argv[at + 1]?.startsWith('-') === false) cwd = argv[(at += 1)] as string;
    else if (!word.startsWith('-')) words.push(word);
    else if (word !== '--json' && word !== '--all') return undefined;
  }
  const [verb, ...positionals] = words;
  const isAsked = verb === 'check' && (positionals.length === 0 || !argv.includes('--all'));
  return isAsked ? { cwd, json: argv.includes('--json'), positionals } : undefined;
}
