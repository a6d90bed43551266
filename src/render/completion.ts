/** A verb as a shell offers it. */
export interface ShellVerb {
  readonly name: string;
  readonly summary: string;
  /** What may follow it first: `node start`. */
  readonly words: readonly string[];
  /** Names without the dashes. */
  readonly options: readonly { readonly name: string; readonly help: string; readonly takesValue: boolean }[];
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * What a shell's startup file evaluates: completion of verbs, options and tickets, and the function
 * `treework`, which is the program but for `work`: that changes the directory too. `program` is how
 * the program is called (`treework`, `npx treework`). Evaluating it again changes nothing.
 */
export function completionScript(shell: Shell, verbs: readonly ShellVerb[], program: string): string {
  const call = program === 'treework' ? 'command treework' : program;
  if (shell === 'fish') return fish(verbs, call);
  return `${wrapper(shell, call)}\n${shell === 'bash' ? bash(verbs, call) : zsh(verbs, call)}`;
}

/** For bash and zsh, where \`path\` and \`status\` are names of its own. */
function wrapper(shell: Shell, call: string): string {
  return `# treework: completion, and \`work\` changes the directory. eval "$(${call.replace('command ', '')} completion ${shell})"
treework() {
  if [ "$1" != work ]; then ${call} "$@"; return; fi
  local treework_word treework_path treework_exit
  for treework_word in "$@"; do
    case "$treework_word" in --json|--print-path|--dry-run|--help|-h) ${call} "$@"; return;; esac
  done
  treework_path=$(${call} "$@" --print-path)
  treework_exit=$?
  if [ -n "$treework_path" ] && [ -d "$treework_path" ]; then cd -- "$treework_path" || return; fi
  return $treework_exit
}
`;
}

function bash(verbs: readonly ShellVerb[], call: string): string {
  const rows = verbs.map((verb) => `    ${verb.name}) treework_words='${[...verb.words, ...flags(verb)].join(' ')}';;`).join('\n');
  return `_treework() {
  local treework_words treework_word="\${COMP_WORDS[COMP_CWORD]}"
  case "\${COMP_WORDS[1]}" in
${rows}
    *) treework_words='${verbs.map(({ name }) => name).join(' ')}';;
  esac
  [ "$COMP_CWORD" -eq 1 ] && treework_words='${verbs.map(({ name }) => name).join(' ')}'
  case "\${COMP_WORDS[COMP_CWORD-1]}" in work|--ticket) case "$treework_word" in -*) ;; *) treework_words=$(${call} completion --tickets 2>/dev/null);; esac;; esac
  COMPREPLY=($(compgen -W "$treework_words" -- "$treework_word"))
}
complete -o default -F _treework treework
`;
}

function zsh(verbs: readonly ShellVerb[], call: string): string {
  const names = verbs.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n');
  const rows = verbs.map((verb) => `    ${verb.name}) treework_words=(${[...verb.words, ...flags(verb)].join(' ')});;`).join('\n');
  return `_treework() {
  local -a treework_verbs treework_words
  treework_verbs=(
${names}
  )
  if (( CURRENT == 2 )); then _describe verb treework_verbs; return; fi
  if [[ "\${words[CURRENT-1]}" == (work|--ticket) && "\${words[CURRENT]}" != -* ]]; then
    treework_words=(\${(f)"$(${call} completion --tickets 2>/dev/null)"})
    compadd -a treework_words
    return
  fi
  case "\${words[2]}" in
${rows}
  esac
  compadd -a treework_words
  _files
}
if (( $+functions[compdef] )); then compdef _treework treework; fi
`;
}

function fish(verbs: readonly ShellVerb[], call: string): string {
  const lines = verbs.flatMap(({ name, summary, words, options }) => [
    `complete -c treework -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(summary)}`,
    ...(words.length > 0 ? [`complete -c treework -n '__fish_seen_subcommand_from ${name}' -f -a '${words.join(' ')}'`] : []),
    ...options.map((option) => `complete -c treework -n '__fish_seen_subcommand_from ${name}' -l ${option.name}${option.takesValue ? ' -r' : ''} -d ${fishQuoted(option.help)}`),
  ]);
  return `# treework: completion, and \`work\` changes the directory. ${call.replace('command ', '')} completion fish | source
function treework
  if test "$argv[1]" != work; or string match -q -r -- '^(--json|--print-path|--dry-run|--help|-h)$' $argv
    ${call} $argv
    return
  end
  set -l treework_path (${call} $argv --print-path | string collect)
  set -l treework_exit $pipestatus[1]
  if test -n "$treework_path"; and test -d "$treework_path"
    cd -- $treework_path; or return
  end
  return $treework_exit
end
complete -c treework -e
complete -c treework -n '__fish_seen_subcommand_from work' -f -a '(${call} completion --tickets 2>/dev/null)'
${lines.join('\n')}
`;
}

function flags({ options }: ShellVerb): string[] {
  return options.map(({ name }) => `--${name}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
