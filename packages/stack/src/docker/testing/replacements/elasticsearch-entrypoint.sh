#!/bin/bash
# The part of the official image's entry point that this project uses: settings from variables, and the password of the user elastic.
set -e
if [ "$1" != eswrapper ]; then exec "$@"; fi
cd /usr/share/elasticsearch
settings=()
while IFS='=' read -r name value; do
  if [[ "$name" =~ ^[a-z0-9_]+\.[a-z0-9_.]+$ ]]; then settings+=("-E$name=$value"); fi
done < <(env)
if [ -n "$ELASTIC_PASSWORD" ]; then
  [ -f config/elasticsearch.keystore ] || bin/elasticsearch-keystore create
  printf '%s' "$ELASTIC_PASSWORD" | bin/elasticsearch-keystore add --stdin --force bootstrap.password
fi
unset ELASTIC_PASSWORD
exec bin/elasticsearch "${settings[@]}"
