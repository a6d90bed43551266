# What git runs to merge one governed document; the configured line (git config merge.treework.driver)
# calls it with BASE OURS THEIRS MARKER-SIZE PATH and, where git knows them, the three labels.
#
# First git's own merge of the text is put into OURS, whole and at once: whatever ends this script
# early, the file holds both sides, never ours alone without a mark. What text merges cleanly and
# cannot have made invalid is done then, in a few milliseconds. Everything else node merges as data.

state=${0%/*}
base=$1 ours=$2 theirs=$3 size=$4 path=$5
label_base=$6 label_ours=$7 label_theirs=$8
# Older git passes the names of placeholders that it does not know.
case $label_base in '' | %S) label_base=base ;; esac
case $label_ours in '' | %X) label_ours=ours ;; esac
case $label_theirs in '' | %Y) label_theirs=theirs ;; esac

kept=$state/merge-ours.$$
merged=$state/merge-text.$$
trap 'rm -f "$kept" "$merged"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

git merge-file -p --quiet --marker-size="$size" -L "$label_ours" -L "$label_base" -L "$label_theirs" "$ours" "$base" "$theirs" >"$merged" 2>/dev/null
status=$?
if [ "$status" -gt 127 ]; then
  echo "treework: $path is no text: take one side as it is, git checkout --ours or --theirs" >&2
  exit 1
fi
[ "$status" = 0 ] || status=1
cp "$ours" "$kept" && mv -f "$merged" "$ours" || exit 1

[ -e "$state/off" ] && exit "$status"

# Nothing to judge where only one side, or both alike, changed the frontmatter, and the result has it so.
is_settled() {
  LC_ALL=C awk '
    FNR == 1 { file += 1; open = 0; ended = 0 }
    FNR == 1 && /^(\357\273\277)?---[ \t]*\r?$/ { open = 1; text[file] = $0 "\n"; next }
    open && !ended { text[file] = text[file] $0 "\n"; if ($0 ~ /^---[ \t]*\r?$/) ended = 1 }
    ended { whole[file] = 1 }
    END {
      for (at = 1; at <= 4; at += 1) if (!whole[at]) exit 1
      if (text[2] == text[3] || text[1] == text[3]) exit text[4] != text[2]
      exit !(text[1] == text[2] && text[4] == text[3])
    }' "$base" "$kept" "$theirs" "$ours" 2>/dev/null
}
[ "$status" = 0 ] && is_settled && exit 0

treework_node='' treework_cli=''
[ -f "$state/settings.sh" ] && . "$state/settings.sh"
cli=node_modules/treework/dist/cli.cjs
[ -f "$cli" ] || cli=$treework_cli
node=$treework_node
[ -x "$node" ] || node=$(command -v node)
if [ ! -f "$cli" ] || [ -z "$node" ]; then
  echo "treework: Unexpected absence of the program, expected it to merge $path as data; git merged it as text: look at it before you commit" >&2
  exit "$status"
fi

"$node" "$cli" merge-driver "$base" "$kept" "$theirs" "$path" --output "$ours" --marker-size "$size" --ours "$label_ours" --base "$label_base" --theirs "$label_theirs"
answer=$?
[ "$answer" = 0 ] || [ "$answer" = 1 ] && exit "$answer"
echo "treework: $path was merged as text: look at it, then git add" >&2
exit 1
