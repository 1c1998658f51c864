#!/usr/bin/env bash
# Stands for GitHub's command line: answers from $FAKE, and records what is changed.
set -euo pipefail
case "$1" in
  run)
    test "$2 $3 $4 $5 $6" = "download 77 --name advisor-report --dir"
    if [[ ! -d "$FAKE/artifact" ]]; then
      echo "no artifact matches any of the names" >&2
      exit 1
    fi
    cp -R "$FAKE/artifact" "$7"
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
