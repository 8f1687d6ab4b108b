#!/bin/sh
# Installs what the tests need from the system's packages, where it is missing.
set -eu

missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v chromedriver >/dev/null 2>&1 || missing="$missing chromium-driver"
test -x /usr/lib/postgresql/15/bin/postgres || missing="$missing postgresql-15"
test -n "$missing" || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "the tests need these system packages; ask for them to be installed:$missing" >&2
    exit 1
fi
# The sandbox user of apt cannot write where the temporary folder is closed to others.
apt-get -o APT::Sandbox::User=root update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
