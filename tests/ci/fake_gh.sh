#!/usr/bin/env bash
# Stands for GitHub's command line: answers from $FAKE, and records what is changed.
set -euo pipefail
case "$1" in
  run)
    test "$2 $3 $4 $5 $6" = "download 77 --name advisor-report --dir"
    mkdir -p "$7"
    if [[ -f "$FAKE/comment.md" ]]; then cp "$FAKE/comment.md" "$7/"; fi
    ;;
  api)
    if [[ "$2" == --paginate ]]; then
      jq --raw-output "$5" "$FAKE/comments.json"
    else
      echo "$3 $4" >> "$FAKE/calls"
      cp "${6#body=@}" "$FAKE/sent"
    fi
    ;;
esac
