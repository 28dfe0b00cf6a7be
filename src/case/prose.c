// SPDX-License-Identifier: GPL-3.0-or-later
/* A new case document, and what the program writes into its text: paragraphs and fields. */
#include "case/casedoc-priv.h"
#include "text/utf8.h"

#define MAX_TITLE 300

/* A heading's text: closing # and what Markdown would take for more are escaped. */
static void add_title(struct buf *b, struct str title)
{
	size_t from = b->n, n;

	cell_escape(b, title);
	for (n = b->n; n > from && b->p[n - 1] == '#';)
		n--;
	if (n < b->n && (n == from || b->p[n - 1] == ' ')) {
		buf_add_char(b, '#');
		memmove(b->p + n + 1, b->p + n, b->n - n - 1);
		b->p[n] = '\\';
	}
}

static int check_title(struct str title, struct err *err)
{
	if (!title.n)
		return err_set(err, ERR_USAGE, "a case needs a title");
	if (title.n > MAX_TITLE)
		return err_set(err, ERR_USAGE, "a title of %zu bytes is too long; %d at most",
			       title.n, MAX_TITLE);
	if (!utf8_valid(title))
		return err_set(err, ERR_USAGE, "the title is no UTF-8");
	for (size_t i = 0; i < title.n; i++)
		if ((unsigned char)title.p[i] < ' ' || title.p[i] == 0x7f)
			return err_set(err, ERR_USAGE, "a title is one line of text");
	return 0;
}

int casedoc_new(struct casedoc **d, struct str title, struct err *err)
{
	static const char tables[] = "\n\n## Symptoms\n\n"
				     "| id | kind | what | first seen | where | runs |\n"
				     "| --- | --- | --- | --- | --- | --- |\n"
				     "\n## Timeline\n\n"
				     "| no | when | event | where |\n"
				     "| --- | --- | --- | --- |\n"
				     "\n## Hypotheses\n"
				     "\n## Experiments\n\n"
				     "| id | experiment | cost | outcome | run |\n"
				     "| --- | --- | --- | --- | --- |\n"
				     "\n## Conclusion\n";
	CLEANUP_BUF struct buf b = {0};
	int rc;

	title = str_trim(title);
	rc = check_title(title, err);
	if (rc)
		return rc;
	buf_printf(&b, "---\ninquest: %d\ntitle: ", CASEDOC_VERSION);
	front_add_scalar(&b, title, false);
	BUF_LIT(&b, "\nstatus: open\noutcome:\ngood:\nbad:\n---\n# ");
	add_title(&b, title);
	BUF_LIT(&b, tables);
	return casedoc_parse(d, buf_str(&b), err);
}

static int no_section(const char *heading, struct err *err)
{
	return err_set(err, ERR_NOTFOUND, "no section '%s'", heading);
}

static size_t count(const struct casedoc *d, enum block_kind kind, bool open)
{
	size_t n = 0;

	for (size_t i = 0; i < d->blocks.n; i++)
		n += d->blocks.v[i].kind == kind && (!open || d->blocks.v[i].open);
	return n;
}

/* Text with the document's line breaks, the last one too. */
static void add_lines(struct buf *b, struct str text, const char *eol)
{
	struct str line;

	while (scan_line(&text, &line)) {
		buf_add_str(b, scan_chomp(line));
		buf_add_str(b, str_of(eol));
	}
}

int casedoc_add_prose(struct casedoc *d, const char *heading, struct str text, struct err *err)
{
	size_t i = casedoc_find(d, str_of(heading)), at;
	CLEANUP_BUF struct buf lines = {0}, b = {0};
	struct casedoc *fresh;
	int rc;

	if (i == NONE)
		return no_section(heading, err);
	at = casedoc_block_start(d, casedoc_section_end(d, i, false));
	at = casedoc_back_over_blanks(casedoc_text(d), at, d->blocks.v[i].end);
	add_lines(&lines, str_trim(text), casedoc_eol_at(d, at));
	casedoc_lay_out(d, at, buf_str(&lines), &b);
	rc = casedoc_spliced(d, &(struct splice){at, at, buf_str(&b)}, 1, &fresh, err);
	if (rc)
		return err_prepend(err, rc, "with that text: ");
	if (count(fresh, BLOCK_HEADING, false) != count(d, BLOCK_HEADING, false) ||
	    count(fresh, BLOCK_FENCE, true) || count(fresh, BLOCK_COMMENT, true)) {
		casedoc_free(fresh);
		return err_set(
			err, ERR_INPUT,
			"that text would change the document's sections: it has a heading, or "
			"code or a comment without an end");
	}
	casedoc_become(d, fresh);
	return 0;
}

/* Does the line say "name:"? What follows, trimmed. */
static bool is_field(struct str line, struct str name, struct str *value)
{
	struct str rest = str_from(line, name.n);

	if (!str_starts(line, name) || !rest.n || rest.p[0] != ':' ||
	    (rest.n > 1 && rest.p[1] != ' ' && rest.p[1] != '\t'))
		return false;
	*value = str_trim(str_from(rest, 1));
	return true;
}

/* The next line of section i that is text; *at goes over it. end: of the section. */
static bool text_line(const struct casedoc *d, size_t *i, size_t *at, size_t end, struct str *line)
{
	for (;;) {
		size_t stop = *i < d->blocks.n && d->blocks.v[*i].start < end
				      ? d->blocks.v[*i].start
				      : end;
		struct str rest = {d->text.p + *at, stop > *at ? stop - *at : 0};

		if (scan_line(&rest, line)) {
			*at += line->n;
			*line = scan_chomp(*line);
			return true;
		}
		if (stop == end)
			return false;
		*at = d->blocks.v[*i].end;
		++*i;
	}
}

/* A word of small letters and a colon: another field. */
static bool any_field(struct str line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] >= 'a' && line.p[n] <= 'z')
		n++;
	return n && n < line.n && line.p[n] == ':' && (n + 1 == line.n || line.p[n + 1] == ' ');
}

/* Where the value stands; if there is none, *after is behind the last field, or NONE. */
static bool find_field(const struct casedoc *d, size_t section, struct str name, struct str *value,
		       size_t *after)
{
	size_t i = section + 1, at = d->blocks.v[section].end,
	       end = casedoc_block_start(d, casedoc_section_end(d, section, false));
	struct str line;

	*after = NONE;
	while (text_line(d, &i, &at, end, &line)) {
		if (is_field(line, name, value))
			return true;
		if (any_field(line))
			*after = at;
	}
	return false;
}

struct str casedoc_field_of(const struct casedoc *d, size_t section, const char *name)
{
	struct str value;
	size_t after;

	return find_field(d, section, str_of(name), &value, &after) ? value : STR("");
}

struct str casedoc_field(const struct casedoc *d, const char *heading, const char *name)
{
	size_t i = casedoc_find(d, str_of(heading));

	return i == NONE ? STR("") : casedoc_field_of(d, i, name);
}

int casedoc_set_field(struct casedoc *d, const char *heading, const char *name, struct str value,
		      struct err *err)
{
	size_t i = casedoc_find(d, str_of(heading)), after, at;
	CLEANUP_BUF struct buf line = {0}, b = {0};
	struct splice s;
	struct casedoc *fresh;
	struct str old;
	int rc;

	if (i == NONE)
		return no_section(heading, err);
	value = str_trim(value);
	if (find_field(d, i, str_of(name), &old, &after)) {
		at = (size_t)(old.p - d->text.p);
		if (d->text.p[at - 1] == ':')
			BUF_LIT(&b, " ");
		buf_add_str(&b, value);
		s = (struct splice){at, at + old.n, buf_str(&b)};
	} else {
		at = after == NONE ? d->blocks.v[i].end : after;
		buf_printf(&line, "%s: " STR_FMT "%s", name, STR_ARG(value), casedoc_eol_at(d, at));
		if (after == NONE)
			casedoc_lay_out(d, at, buf_str(&line), &b);
		else
			buf_printf(&b, "%s" STR_FMT, d->text.p[at - 1] == '\n' ? "" : d->eol,
				   STR_ARG(buf_str(&line)));
		s = (struct splice){at, at, buf_str(&b)};
	}
	rc = casedoc_spliced(d, &s, 1, &fresh, err);
	if (rc)
		return rc;
	if (!str_eq(casedoc_field(fresh, heading, name), value)) {
		casedoc_free(fresh);
		return err_set(err, ERR_INPUT, "'" STR_FMT "' cannot be the value of %s under '%s'",
			       STR_ARG(str_head(value, 60)), name, heading);
	}
	casedoc_become(d, fresh);
	return 0;
}
