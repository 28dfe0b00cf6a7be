#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The fixed queries on a PostgreSQL store of RUNS runs x 100 variables, made by the server itself
# (which is faster than sending it all): tests/postgres.sh bench/store-postgres.sh BUILD RUNS
set -eu
bench=$1/bench/bench_store runs=$2 where=$INQUEST_TEST_POSTGRES
stride=$((runs / 2001))
[ "$stride" -gt 0 ] || stride=1

"$bench" "$where" 1000 >/dev/null
start=$(date +%s)
psql -q -X -v ON_ERROR_STOP=1 "$where" <<SQL
SET search_path = inquest;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
ALTER TABLE value DROP CONSTRAINT value_pkey;
DROP INDEX value_run;
INSERT INTO run (id, name, verdict, state, started, command, content)
	SELECT 'r-' || lpad(to_hex(g), 16, '0'), '', 0, 0, g * 1000000000::bigint, 'make check',
	       sha256(g::text::bytea) FROM generate_series(1001, $runs) g;
INSERT INTO string (hash, text) VALUES (substr(sha256('a'), 1, 16), 'a') ON CONFLICT DO NOTHING;
CREATE TEMPORARY TABLE word AS
	SELECT row_number() OVER (ORDER BY id) - 1 AS k, id FROM string WHERE text LIKE 'word-%';
CREATE TEMPORARY TABLE kind AS SELECT id, substr(name, 2)::integer AS k FROM variable;
INSERT INTO value
	SELECT n.id, g, CASE WHEN n.k % 5 = 3 THEN (random() * 100000)::bigint END,
	       CASE WHEN n.k % 5 < 3 AND n.k > 0 THEN random() END,
	       CASE WHEN n.k = 0 THEN CASE WHEN g % $stride = 0 AND g / $stride <= 2000 THEN
				(SELECT id FROM string WHERE text = 'a') ELSE
				(SELECT id FROM string WHERE text = 'none') END
		    WHEN n.k % 5 = 4 THEN (SELECT array_agg(id) FROM word)[1 + (random() * 15)::int] END
	FROM generate_series(1001, $runs) g CROSS JOIN kind n;
ALTER TABLE value ADD CONSTRAINT value_pkey PRIMARY KEY (variable, run)
	INCLUDE (integer, real, text) WITH (fillfactor = 100);
CREATE INDEX value_run ON value (run);
VACUUM ANALYZE;
SQL
echo "made in $(($(date +%s) - start)) s"
psql -X -At "$where" -c "SELECT 'size: ' || pg_size_pretty(pg_database_size(current_database()))"
"$bench" "$where" "$runs"
