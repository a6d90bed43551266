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

unset TREEWORK_GIT TREEWORK_CHAINED TREEWORK_AHEAD
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
  # The hook alone, in one file, with the code that V8 compiled the last time.
  [ -f "${cli%/*}/hooks/hook.cjs" ] || exec "$node" "$cli" hook "$name" "$@"
  export TREEWORK_STATE="$state"
  # A hook asks no server: to read more certificates takes node longer than to start. hook.cjs puts the
  # name back for whatever is run from there.
  [ -z "${NODE_EXTRA_CA_CERTS-}" ] || export TREEWORK_CA_CERTS="$NODE_EXTRA_CA_CERTS"
  unset NODE_EXTRA_CA_CERTS
  exec "$node" "${cli%/*}/hooks/hook.cjs" "$name" "$@"
}

refuse() {
  cat >&2 <<EOF
treework: Unexpected absence of $1, expected it for the $name hook of a repository that treework governs
  hint: npm install brings it back (or npm install -g treework), then treework hooks;
        to go without in this clone: touch '$state/off' (treework off), or git config --unset core.hooksPath
EOF
  exit 1
}

# Exits 0 with what was said, when this engine judged just this before. CI is given every verdict anew.
answer_known() {
  case ${CI-} in '' | 0 | false) ;; *) return 0 ;; esac
  [ -n "$build" ] && [ -f "$state/verdicts/$build/$1" ] || return 0
  [ ! -s "$state/verdicts/$build/$1" ] || cat "$state/verdicts/$build/$1" >&2
  exit 0
}

# No merge: the one parent is HEAD.
is_plain() {
  [ "$name" = pre-commit ] && [ ! -f "$gitdir/MERGE_HEAD" ]
}

# Exits 0 when the next commit holds nothing new to judge; else leaves what it learned in TREEWORK_GIT.
# Two runs of git, whatever the answer: one makes the index a tree, one looks names up in both trees.
settle_from_trees() {
  # A replacement ref must not show the judge another object than the one that is pushed.
  export GIT_NO_REPLACE_OBJECTS=1 GIT_OPTIONAL_LOCKS=0
  index_tree=$(git write-tree 2>/dev/null) || return 0
  gitdir=${GIT_DIR:-.git}
  [ -f "$gitdir/HEAD" ] || gitdir=$(git rev-parse --absolute-git-dir) || return 0
  case $gitdir in /* | [A-Za-z]:*) ;; *) gitdir=$PWD/$gitdir ;; esac

  # The same index on the same commit, judged before? Known without asking git for more.
  if is_plain && read -r commit <"$gitdir/HEAD"; then
    case $commit in 'ref: '*) [ -f "$common/${commit#ref: }" ] && read -r commit <"$common/${commit#ref: }" ;; esac
    answer_known "$commit-$index_tree"
  fi

  # What WORKSPACE.md governed the last time, most likely what it governs now.
  guess='' paths=''
  [ -n "$build" ] && [ -f "$state/paths/$build/last" ] && read -r guess <"$state/paths/$build/last"
  [ -n "$guess" ] && [ -f "$state/paths/$build/$guess" ] && paths=$state/paths/$build/$guess
  set -- HEAD 'HEAD^{tree}' HEAD:WORKSPACE.md "$index_tree:WORKSPACE.md"
  if [ -n "$paths" ]; then
    while IFS= read -r path; do
      # `.` is the root; `.plans` is not.
      [ "$path" != . ] || path=''
      set -- "$@" "HEAD:$path" "$index_tree:$path"
    done <"$paths"
  fi
  set -f
  IFS='
'
  # By a here-document, which takes no process of its own.
  set -- $(git cat-file --batch-check='%(objectname)' 2>/dev/null <<EOF
$*
EOF
  )
  unset IFS
  set +f
  [ $# -ge 4 ] || return 0
  head=$1 head_tree=$2 workspace=$3
  case $3$4 in *missing*missing) exit 0 ;; esac
  case $1 in *missing) return 0 ;; esac
  shift 2

  if [ "${workspace% missing}" = "$workspace" ]; then
    if [ "$workspace" = "$guess" ] && [ -n "$paths" ]; then
      is_same "$@" && exit 0
    else
      is_untouched && exit 0
    fi
  fi

  key=$head_tree-$index_tree
  if [ -f "$gitdir/MERGE_HEAD" ]; then
    while read -r parent; do key=$key-$parent; done <"$gitdir/MERGE_HEAD"
  fi
  # A merge's other parents are not to be seen before commit-msg.
  [ "$name" = pre-merge-commit ] || answer_known "$key"
  export TREEWORK_GIT="$gitdir
$common
$head
$head_tree
$index_tree"
  [ "$workspace" != "$guess" ] || [ -z "$paths" ] || read_ahead
}

# While node starts, git compares the trees and reads what differs: each changed file, and of each
# changed folder its listing and a ticket's texts. `done` comes last; node takes what is complete.
read_ahead() {
  export TREEWORK_AHEAD="$state/ahead.$$"
  set --
  while IFS= read -r path; do
    [ "$path" != . ] || path=''
    set -- "$@" "$path"
  done <"$paths"
  printf '%s\0' "$@" >"$TREEWORK_AHEAD.roots" 2>/dev/null || return 0
  [ -n "$1" ] || set --
  (
    export GIT_LITERAL_PATHSPECS=1
    printf '%s %s\n' "$head_tree" "$index_tree" |
      git diff-tree --stdin -r -t -z --raw --no-renames -- "$@" >"$TREEWORK_AHEAD.diff" &&
      {
        printf '%s\n' "$head_tree" "$head_tree:WORKSPACE.md" "$index_tree" "$index_tree:WORKSPACE.md"
        tr '\000' '\n' <"$TREEWORK_AHEAD.diff" | awk '
          function name(mode, oid) {
            if (oid ~ /^0+$/) return
            print oid
            if (mode !~ /40000$/) return
            print oid ":spec.md"; print oid ":tasks.md"; print oid ":README.md"; print oid ":changes"; print oid ":nodes"; print oid ":forks"; print oid ":ARCHIVED"
          }
          /^:[0-7]+ [0-7]+ [0-9a-f]+ [0-9a-f]+ / { name(substr($1, 2), $3); name($2, $4) }'
      } >"$TREEWORK_AHEAD.names" &&
      git cat-file --batch --buffer <"$TREEWORK_AHEAD.names" >"$TREEWORK_AHEAD.objects" &&
      : >"$TREEWORK_AHEAD.done"
  ) </dev/null >/dev/null 2>&1 &
}

# Whether a rule may have to read this message: it names a node, or WORKSPACE.md has a rule that reads
# them all. What WORKSPACE.md has is known wherever its governed paths are.
wants_message() {
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      *[Nn][Oo][Dd][Ee]:*/*) return 0 ;;
      *' >8 '*) break ;;
    esac
  done <"$1"
  [ -n "$build" ] || return 1
  case ${CI-} in
    '' | 0 | false)
      if [ -d "$state/paths/$build" ]; then
        [ -d "$state/messages/$build" ] || return 1
      fi
      ;;
  esac
  workspace=$(GIT_NO_REPLACE_OBJECTS=1 git rev-parse --verify --quiet HEAD:WORKSPACE.md) || return 1
  [ -f "$state/messages/$build/$workspace" ] || [ ! -f "$state/paths/$build/$workspace" ]
}

# Pairs of ids, before and after.
is_same() {
  while [ $# -ge 2 ]; do
    [ "$1" = "$2" ] || case $1$2 in *missing*missing) ;; *) return 1 ;; esac
    shift 2
  done
}

# The guess was wrong: another branch has another WORKSPACE.md, or the program is not there to say
# which engine's word counts; then any engine's lets ungoverned work go on.
is_untouched() {
  paths=$state/paths/$build/$workspace
  [ -n "$build" ] || for paths in "$state"/paths/*/"$workspace"; do break; done
  [ -f "$paths" ] || return 1
  set --
  while IFS= read -r path; do set -- "$@" "$path"; done <"$paths"
  [ -z "$build" ] || echo "$workspace" >"$state/paths/$build/last"
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
    if [ -f "${1%/*}/MERGE_HEAD" ]; then
      settle_from_trees
    elif [ ! -f "${1%/*}/treework/claims" ]; then
      # No node was begun in this work tree.
      wants_message "$1" || exit 0
    fi
    ;;
esac
run_program "$@"
