# What every git hook of a treework repository runs: hooks/NAME beside this file sources it.
#
# Hooks that were there before run first and keep their say. Then treework judges, and where the
# answer is already known it is given here, in a few milliseconds, without starting node:
# nothing governed is staged, or these very trees were judged before. Fails closed: when the
# program cannot be found, governed documents are not committed unjudged.

name=${0##*/}
state=${0%/hooks/*}
common=${state%/treework}

# Proof for `treework doctor` that git reaches this file. Fails, so that a leaked variable opens nothing.
if [ -n "${TREEWORK_PROBE-}" ]; then
  printf 'treework-probe %s %s\n' "$TREEWORK_PROBE" "$name"
  exit 3
fi

unset TREEWORK_GIT TREEWORK_CHAINED
treework_node='' treework_cli='' treework_previous='' treework_husky='' treework_names=''
. "$state/settings.sh" || exit 2

# The folder of the hooks that were there before; a relative one counts from the root of this worktree.
case $treework_previous in
  '') folder=$common/hooks ;;
  /* | [A-Za-z]:*) folder=$treework_previous ;;
  *) folder=./$treework_previous ;;
esac

has_chained() {
  [ -x "$folder/$name" ] && [ -f "$folder/$name" ] && return 0
  [ -n "$treework_husky" ] && [ ! -e "$folder/h" ] && [ -f "$treework_husky/$name" ]
}

# TREEWORK_CHAINED tells a committed line `treework hook NAME` in there that the launcher judges already.
run_chained() {
  if [ -x "$folder/$name" ]; then
    TREEWORK_CHAINED=$common:$name "$folder/$name" "$@"
  else
    run_husky "$@"
  fi
}

# As husky's own `_/h` does. That folder is git-ignored, so a new worktree has none until `npm install`.
run_husky() (
  init=${XDG_CONFIG_HOME:-$HOME/.config}/husky/init.sh
  [ -f "$init" ] && . "$init"
  [ "${HUSKY-}" = 0 ] && exit 0
  export PATH="node_modules/.bin:$PATH" TREEWORK_CHAINED="$common:$name"
  sh -e "$treework_husky/$name" "$@"
  status=$?
  [ "$status" = 0 ] || echo "husky - $name script failed (code $status)" >&2
  [ "$status" = 0 ] || [ -e node_modules ] || echo "hint: this worktree has no node_modules yet; install its dependencies first" >&2
  exit "$status"
)

find_node() {
  [ -x "$treework_node" ] && node=$treework_node && return 0
  node=$(command -v node) && return 0
  for node in "$HOME/.volta/bin/node" "$HOME/.asdf/shims/node" "$HOME/.local/share/mise/shims/node" \
    /opt/homebrew/bin/node /usr/local/bin/node /usr/bin/node "$HOME"/.nvm/versions/node/*/bin/node; do
    [ -x "$node" ] && return 0
  done
  return 1
}

# This worktree's own installation before the one that set the hooks up. The file `build` beside the
# program names the engine: what one engine found is not another's verdict.
cli=node_modules/treework/dist/cli.cjs
[ -f "$cli" ] || cli=$treework_cli
build=''
[ -f "${cli%/*}/build" ] && read -r build <"${cli%/*}/build"

run_program() {
  if [ ! -f "$cli" ]; then
    command -v treework >/dev/null && exec treework hook "$name" "$@"
    refuse "the treework program"
  fi
  find_node || refuse "node"
  exec "$node" "$cli" hook "$name" "$@"
}

refuse() {
  cat >&2 <<EOF
treework: Unexpected missing $1, expected it for the $name hook of a repository that treework governs
  hint: npm install brings it back (or npm install -g treework), then treework hooks;
        to go without in this clone: touch '$state/off' (treework off), or git config --unset core.hooksPath
EOF
  exit 1
}

# Exits 0 when the next commit holds nothing new to judge; else leaves what it learned in TREEWORK_GIT.
settle_from_trees() {
  # A replacement ref must not show the judge another object than the one that is pushed.
  export GIT_NO_REPLACE_OBJECTS=1 GIT_OPTIONAL_LOCKS=0
  set -f
  IFS='
'
  # Lines: git dir, commit, its tree, the blob of WORKSPACE.md; ends early, at the first that is not there.
  set -- $(git rev-parse --absolute-git-dir HEAD 'HEAD^{tree}' HEAD:WORKSPACE.md 2>/dev/null)
  set +f
  unset IFS
  gitdir=${1-} head=${2-} head_tree=${3-} workspace=${4-}
  [ -n "$gitdir" ] || return 0
  if [ "$head" = HEAD ]; then
    git rev-parse --quiet --verify :WORKSPACE.md >/dev/null 2>&1 || exit 0
    return 0
  fi
  if [ "$workspace" = HEAD:WORKSPACE.md ]; then
    paths=''
  elif [ -n "$build" ]; then
    paths=$state/paths/$build/$workspace
  else
    # Without the program, what any engine said lets ungoverned work go on.
    for paths in "$state"/paths/*/"$workspace"; do break; done
  fi
  if [ -z "$paths" ]; then
    is_untouched WORKSPACE.md && exit 0
  elif [ -f "$paths" ]; then
    set --
    while IFS= read -r path; do set -- "$@" "$path"; done <"$paths"
    is_untouched "$@" && exit 0
  fi
  index_tree=$(git write-tree 2>/dev/null) || return 0
  key=$head_tree-$index_tree
  if [ -f "$gitdir/MERGE_HEAD" ]; then
    while read -r parent; do key=$key-$parent; done <"$gitdir/MERGE_HEAD"
  fi
  case ${CI-} in
    '' | 0 | false)
      # A merge's other parents are not to be seen before commit-msg.
      if [ "$name" != pre-merge-commit ] && [ -n "$build" ] && [ -f "$state/verdicts/$build/$key" ]; then
        cat "$state/verdicts/$build/$key" >&2
        exit 0
      fi
      ;;
  esac
  export TREEWORK_GIT="$gitdir
$common
$head
$head_tree
$index_tree"
}

is_untouched() {
  GIT_LITERAL_PATHSPECS=1 git diff-index --cached --quiet HEAD -- "$@" 2>/dev/null
}

judged=yes
case " $treework_names " in *" $name "*) ;; *) judged='' ;; esac
[ -e "$state/off" ] && judged=''

if [ -z "$judged" ]; then
  has_chained || exit 0
  run_chained "$@"
  exit
fi

case $name in
  pre-push | pre-receive | post-rewrite)
    # Both read what git says on stdin.
    if has_chained; then
      input=$(cat && echo .)
      printf %s "${input%.}" | run_chained "$@" || exit
      printf %s "${input%.}" | run_program "$@"
      exit
    fi
    ;;
  *) if has_chained; then run_chained "$@" || exit; fi ;;
esac

case $name in
  pre-commit | pre-merge-commit | pre-applypatch) settle_from_trees ;;
  commit-msg)
    # git runs no pre-commit for a clean merge, and only here is MERGE_HEAD to be seen.
    [ -f "${1%/*}/MERGE_HEAD" ] || exit 0
    settle_from_trees
    ;;
esac
run_program "$@"
