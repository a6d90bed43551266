import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { hasColor, program, report } from './answer.ts';
import { knownAudit } from './commands/known-audit.ts';
import { keepCompiledCode } from './git/code-cache.ts';
import { placeOf } from './git/find-repository.ts';
import { BUILD } from './version.ts';

// What answers an agent's client shares code with this file, and loads it for that alone.
if (!/[\\/]hooks[\\/]agent\.cjs$/.test(process.argv[1] ?? '')) {
  void run(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}

/** An audit that changed nothing since the last one is answered before anything else is loaded. */
async function run(argv: readonly string[]): Promise<number> {
  const audit = auditIn(argv);
  if (audit) {
    // What is over in some milliseconds only loses a core to the optimiser.
    setFlagsFromString('--no-opt');
    const known = await knownAudit({ cwd: audit.cwd, program: program() }, hasColor);
    if (known) return report(known, audit.json);
    setFlagsFromString('--opt');
  }
  const { commands } = await import('./commands/index.generated.ts');
  rememberCode(argv.find((word) => Object.hasOwn(commands, word)));
  const { main } = await import('./main.ts');
  return main(commands, argv, () => import('./commands/failure-action.ts'));
}

/** In a repository whose hooks are live a verb is compiled once. */
function rememberCode(verb: string | undefined): void {
  const place = verb === undefined ? undefined : placeOf(process.cwd());
  if (place) keepCompiledCode(join(place.commonDir, 'treework', 'verbs'), verb as string, BUILD, __filename);
}

/** Where a command line asks for the audit of a whole work tree; undefined when it asks for anything else. */
function auditIn(argv: readonly string[]): { cwd: string; json: boolean } | undefined {
  let cwd = process.cwd();
  let verbs = 0;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] as string;
    if (word === 'check') verbs += 1;
    else if (word === '--cwd' && argv[at + 1]?.startsWith('-') === false) cwd = argv[(at += 1)] as string;
    else if (word !== '--json' && word !== '--all') return undefined;
  }
  return verbs === 1 ? { cwd, json: argv.includes('--json') } : undefined;
}
