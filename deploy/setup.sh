#!/usr/bin/env bash
# Prepares this folder for work: system packages, .venv, the locked requirements, the project itself.
# Safe to repeat: when nothing it depends on has changed since the last time, it ends at once.
set -euo pipefail
cd "$(dirname "$0")/.."

# python3-venv makes .venv; chromium, a font with every Vietnamese letter and libatomic1 (for playwright) draw the
# pages in tests; LibreOffice opens the report files in them; the rest lets Kivy draw off the screen.
system_packages="python3-venv chromium fonts-dejavu-core libatomic1 libreoffice-calc-nogui libgl1 libgl1-mesa-dri libegl1 libgles2 libmtdev1 libxrender1"
stamp=.venv/.tungnha-setup
state=$(cat requirements.lock pyproject.toml deploy/setup.sh | sha256sum | cut -d' ' -f1)
[ "$(cat "$stamp" 2>/dev/null)" = "$state" ] && exit 0

say() { printf '\033[1m%s\033[0m\n' "$*"; }

missing=""
if command -v dpkg-query >/dev/null; then
    for package in $system_packages; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] || missing="$missing $package"
    done
else
    missing=" $system_packages"
fi
install="apt-get update && apt-get install -y --no-install-recommends$missing"
if [ -n "$missing" ] && command -v apt-get >/dev/null; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    if [ -z "$as_root" ] || $as_root true 2>/dev/null; then
        say "Cài gói hệ thống / installing system packages:$missing"
        $as_root env DEBIAN_FRONTEND=noninteractive sh -c "$install -qq >/dev/null"
        missing=""
    fi
fi

if [ ! -x .venv/bin/python ]; then
    python=""
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
        if "$candidate" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$candidate
            break
        fi
    done
    if [ -z "$python" ]; then
        say "Cần Python 3.11 trở lên, có venv / Python 3.11 or newer with venv is needed."
        say "  sudo sh -c 'apt-get update && apt-get install -y python3 python3-venv'"
        exit 1
    fi
    say "Tạo .venv / creating .venv ($("$python" --version))"
    "$python" -m venv .venv
fi

say "Cài thư viện theo requirements.lock / installing what requirements.lock pins"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

if [ -n "$missing" ]; then
    say "Còn thiếu gói hệ thống; chạy dòng này rồi gọi lại / system packages are missing; run this line, then call again:"
    echo "  sudo sh -c '$install'"
    exit 0
fi
echo "$state" >"$stamp"
say "Xong / ready: make demo"
