#!/bin/sh
# The fork that this is made of leaves the choice of collectors to Alloy: it has the default ones, and no flags for them.
for argument in "$@"; do
  shift
  case $argument in
    --collector.* | --no-collector.*) ;;
    *) set -- "$@" "$argument" ;;
  esac
done
exec /bin/postgres_exporter.program "$@"
