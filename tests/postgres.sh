#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Run a command with a PostgreSQL server of its own, whose address is in INQUEST_TEST_POSTGRES: a
# socket in a new folder, no network. Without the server's programs: one skipped test, as TAP. The
# command in INQUEST_TEST_POSTGRES_CRASH makes that server crash and start again.
# Usage: tests/postgres.sh COMMAND...
set -u
bin=$(ls -d /usr/lib/postgresql/*/bin /usr/local/pgsql/bin 2>/dev/null | sort -V | tail -n 1)
if [ -z "$bin" ] || [ ! -x "$bin/initdb" ]; then
	echo '1..0 # SKIP the PostgreSQL server is not installed'
	exit 0
fi
dir=$(mktemp -d /tmp/inq-pg-XXXXXX) || exit 4
user=
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
	chown postgres "$dir" || exit 4
	user='setpriv --reuid=postgres --regid=postgres --clear-groups --reset-env'
fi
export PATH="$bin:$PATH"
stop() {
	(cd / && $user "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1)
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM
log=$dir/start.log
options="-c listen_addresses='' -c unix_socket_directories='$dir' ${PGTEST_OPTIONS-}"
(cd / && $user "$bin/initdb" -D "$dir/data" -U inquest -A trust -E UTF8 --locale=C.UTF-8 --no-sync &&
	$user "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/server.log" \
		-o "$options" start) \
	>"$log" 2>&1 || {
	echo '1..1'
	echo 'not ok 1 - the PostgreSQL server starts'
	sed 's/^/# /' "$log"
	exit 1
}
export INQUEST_TEST_POSTGRES="postgresql:///postgres?host=$dir&user=inquest"
export INQUEST_TEST_POSTGRES_CRASH="cd / && $user $bin/pg_ctl -D $dir/data -w -m immediate \
	-l $dir/server.log restart >/dev/null 2>&1"
"$@"
