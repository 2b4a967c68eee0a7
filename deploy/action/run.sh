#!/usr/bin/env bash
# The action's one step of substance: brings the two commits into the clone,
# compares them, and leaves annotations, a job summary and a SARIF log. Its exit
# status is that of `authdiff diff`.
set -euo pipefail

fail() {
  echo "::error title=authdiff::$1"
  echo "result=failed" >>"$GITHUB_OUTPUT"
  exit 2
}

cd "$DIRECTORY" || fail "there is no folder $DIRECTORY: set working-directory"
git rev-parse --git-dir >/dev/null 2>&1 || fail "$DIRECTORY is no git clone: run actions/checkout first, with fetch-depth: 0"

if [ -z "$BASE" ] || [[ "$BASE" =~ ^0+$ ]]; then
  echo "Nothing to compare with: the branch is new. Run on pull_request, or set base."
  echo "result=clean" >>"$GITHUB_OUTPUT"
  exit 0
fi

has() { git cat-file -e "$1^{commit}" 2>/dev/null; }
for revision in "$BASE" "$HEAD_REVISION"; do
  [[ "$revision" != -* ]] || fail "a revision can't begin with a dash: $revision"
  has "$revision" || git fetch --quiet --no-tags origin "$revision" || true
  has "$revision" || fail "the clone lacks $revision: set fetch-depth: 0 on actions/checkout"
done
# The commit at which the two parted may lie beyond a shallow clone's end.
if [ "$(git rev-parse --is-shallow-repository)" = true ] && ! git merge-base "$BASE" "$HEAD_REVISION" >/dev/null 2>&1; then
  git fetch --quiet --no-tags --unshallow origin || fail "the clone is too shallow: set fetch-depth: 0 on actions/checkout"
fi

annotations=$(mktemp)
summary=$(mktemp)
trap 'rm -f "$annotations" "$summary"' EXIT
status=0
"$AUTHDIFF" diff --base "$BASE" --head "$HEAD_REVISION" ${FAIL_ON:+--fail-on "$FAIL_ON"} \
  --also sarif="$SARIF_FILE" --also markdown="$summary" --also annotations="$annotations" || status=$?
cat "$annotations"
# GitHub takes at most 1 MiB of summary from a step.
head -c 1000000 "$summary" >>"$GITHUB_STEP_SUMMARY"

case $status in
  0) result=clean ;;
  1) result=findings ;;
  *) fail "the comparison failed; the log above says why" ;;
esac
{
  echo "result=$result"
  echo "sarif-file=$DIRECTORY/$SARIF_FILE"
} >>"$GITHUB_OUTPUT"
exit "$status"
