# What git runs to show how a governed document changed: PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE
# NEW-HEX NEW-MODE. Node says what the change means and then shows the lines; where there is no node,
# where treework is off, or where there are so many files that nobody would wait, only the lines.

state=${0%/*}
treework_node='' treework_cli=''
[ -f "$state/settings.sh" ] && . "$state/settings.sh"
cli=node_modules/treework/dist/cli.cjs
[ -f "$cli" ] || cli=$treework_cli
node=$treework_node
[ -x "$node" ] || node=$(command -v node)

if [ ! -e "$state/off" ] && [ -f "$cli" ] && [ -n "$node" ] && [ "${GIT_DIFF_PATH_TOTAL:-1}" -le 20 ]; then
  "$node" "$cli" diff-driver -- "$@" && exit 0
fi
[ $# -ge 7 ] || exit 0
if [ $# -ge 9 ]; then printf 'diff --git a/%s b/%s\n%s' "$1" "$8" "$9"; fi
git diff --no-index --no-ext-diff --no-textconv -- "$2" "$5" | LC_ALL=C PATH_SHOWN="${8:-$1}" PATH_WAS="$1" awk '
  !body && ENVIRON["PATH_WAS"] != ENVIRON["PATH_SHOWN"] && /^(diff --git|index) / { next }
  !body && /^diff --git / { print "diff --git a/" ENVIRON["PATH_WAS"] " b/" ENVIRON["PATH_SHOWN"]; next }
  !body && /^--- / && $2 != "/dev/null" { print "--- a/" ENVIRON["PATH_WAS"]; next }
  !body && /^\+\+\+ / && $2 != "/dev/null" { print "+++ b/" ENVIRON["PATH_SHOWN"]; next }
  /^@@/ { body = 1 }
  { print }'
exit 0
