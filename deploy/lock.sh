#!/usr/bin/env bash
# Makes requirements.lock anew from pyproject.toml: every extra and the build requirements, for every platform
# and every Python from 3.11 on, with hashes and without any registry address. Pins that still fit are kept;
# `deploy/lock.sh --upgrade` takes the newest of everything, `--upgrade-package NAME` of one.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=.venv/bin/uv
command -v "$uv" >/dev/null || uv=uv

# The build requirements are in the lock too, so that the project installs with --no-build-isolation.
.venv/bin/python - <<'PY' |
import tomllib
with open("pyproject.toml", "rb") as file:
    print("\n".join(tomllib.load(file)["build-system"]["requires"]))
PY
"$uv" pip compile pyproject.toml - --all-extras --universal --python-version 3.11 --generate-hashes \
    --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
    --quiet --output-file requirements.lock "$@"
