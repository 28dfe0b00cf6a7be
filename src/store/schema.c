// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The tables, for both databases from one text. A run is `no` inside (rising in the order of
 * insertion) and `id` outside. Values are ordered by (variable, run): one variable's history is one
 * stretch. A value has one of integer, real and text; none of them: NaN. What few values have
 * besides (samples, spread, a unit or direction unlike its variable's) is in detail. Texts are
 * interned in string by the first 16 bytes of their SHA-256; number is what they read as in a
 * condition. Blobs of series are doubles, little-endian, all of them. The view fact is for people.
 */
#include "store/db.h"

#define FACT                                                                                   \
	"CREATE VIEW fact AS SELECT r.id AS run, v.run AS no, n.name AS variable, n.unit AS "  \
	"unit, coalesce(v.integer, v.real) AS number, s.text AS text FROM value v JOIN run r " \
	"ON r.no = v.run JOIN variable n ON n.id = v.variable LEFT JOIN string s ON s.id = "   \
	"v.text;"

/* KEY: a number given by the database. ID: text compared by bytes. BY_VALUE: how rows of value lie
 * by their primary key. */
#define VERSION_1(KEY, ID, BLOB, BY_KEY, BY_VALUE)                                             \
	"CREATE TABLE run (no " KEY ", id " ID " NOT NULL UNIQUE, name " ID " NOT NULL, "      \
	"verdict SMALLINT NOT NULL, state SMALLINT NOT NULL, started BIGINT NOT NULL, "        \
	"command " ID " NOT NULL, content " BLOB " NOT NULL);"                                 \
	"CREATE INDEX run_name ON run (name) WHERE name <> '';"                                \
	"CREATE TABLE variable (id " KEY ", name " ID " NOT NULL UNIQUE, unit " ID             \
	" NOT NULL, better SMALLINT NOT NULL);"                                                \
	"CREATE TABLE string (id " KEY ", hash " BLOB " NOT NULL UNIQUE, text " ID             \
	" NOT NULL, number DOUBLE PRECISION);"                                                 \
	"CREATE TABLE value (variable INTEGER NOT NULL, run BIGINT NOT NULL, integer BIGINT, " \
	"real DOUBLE PRECISION, text BIGINT, PRIMARY KEY (variable, run)" BY_VALUE ";"         \
	"CREATE TABLE detail (variable INTEGER NOT NULL, run BIGINT NOT NULL, n BIGINT NOT "   \
	"NULL, spread DOUBLE PRECISION, unit " ID ", better SMALLINT, line BIGINT NOT NULL, "  \
	"PRIMARY KEY (variable, run)" BY_KEY ";"                                               \
	"CREATE TABLE series (run BIGINT NOT NULL, no INTEGER NOT NULL, name " ID              \
	" NOT NULL, unit " ID " NOT NULL, axis " ID " NOT NULL, better SMALLINT NOT NULL, "    \
	"line BIGINT NOT NULL, n BIGINT NOT NULL, x " BLOB " NOT NULL, y " BLOB                \
	" NOT NULL, PRIMARY KEY (run, no));"                                                   \
	"CREATE TABLE test (run BIGINT NOT NULL, no INTEGER NOT NULL, suite BIGINT NOT NULL, " \
	"name BIGINT NOT NULL, status SMALLINT NOT NULL, expected SMALLINT NOT NULL, "         \
	"seconds DOUBLE PRECISION, message BIGINT NOT NULL, detail BIGINT NOT NULL, "          \
	"line BIGINT NOT NULL, PRIMARY KEY (run, no)" BY_KEY ";"                               \
	"CREATE TABLE evidence (run BIGINT NOT NULL, no INTEGER NOT NULL, hash " ID            \
	" NOT NULL, name " ID " NOT NULL, kind " ID " NOT NULL, PRIMARY KEY (run, no)" BY_KEY  \
	";" FACT

/*
 * Values lie in the heap run by run and are found there by an index: those of one run are read from
 * one or two pages. Their smaller run numbers make a tenth of the size. The index of the key is
 * only read without the heap where vacuum has been (a tenth of the time): let it come often. What
 * others were allowed to do with the table and its view they may do with the new ones.
 */
static const char postgres_2[] =
	"ALTER VIEW fact RENAME TO fact_1; ALTER TABLE value RENAME TO value_1;"
	"LOCK TABLE value_1 IN ACCESS EXCLUSIVE MODE;"
	"CREATE TABLE value (variable INTEGER NOT NULL, run INTEGER NOT NULL, integer BIGINT, "
	"real DOUBLE PRECISION, text BIGINT) WITH (autovacuum_vacuum_insert_scale_factor = 0.02);"
	"INSERT INTO value SELECT variable, run, integer, real, text FROM value_1 "
	"ORDER BY run, variable;" FACT
	"DO $$ DECLARE g record; BEGIN FOR g IN SELECT privilege_type AS may, "
	"CASE grantee WHEN 'PUBLIC' THEN grantee ELSE quote_ident(grantee) END AS who, "
	"left(table_name, -2) AS what FROM information_schema.table_privileges "
	"WHERE table_schema = 'inquest' AND table_name IN ('value_1', 'fact_1') "
	"AND grantee <> current_user LOOP "
	"EXECUTE format('GRANT %s ON %I TO %s', g.may, g.what, g.who); END LOOP; END $$;"
	"DROP VIEW fact_1; DROP TABLE value_1;"
	"ALTER TABLE value ADD CONSTRAINT value_pkey PRIMARY KEY (variable, run) "
	"INCLUDE (integer, real, text) WITH (fillfactor = 100);"
	"CREATE INDEX value_run ON value (run); ANALYZE value;";

/* What makes version i + 1. */
static const char *const sqlite[] = {
	VERSION_1("INTEGER PRIMARY KEY", "TEXT", "BLOB", ") WITHOUT ROWID", ") WITHOUT ROWID"),
};

/* Without its other columns in the index a history would read a page of the heap for each run. */
static const char *const postgres[] = {
	VERSION_1("BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "TEXT COLLATE \"C\"",
		  "BYTEA", ")", " INCLUDE (integer, real, text))"),
	postgres_2,
};

const struct schema schema_sqlite = {sqlite, ARRAY_SIZE(sqlite), NULL};
const struct schema schema_postgres = {postgres, ARRAY_SIZE(postgres), "VACUUM value"};

void db_add_list(struct buf *b, size_t from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s$%zu", i ? "," : "", from + i);
}

bool db_first_int(void *arg, const struct db_cell *cells, size_t n)
{
	if (n && cells[0].kind == DB_INT)
		*(int64_t *)arg = cells[0].integer;
	return false;
}
