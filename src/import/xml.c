// SPDX-License-Identifier: GPL-3.0-or-later
/* XML by expat: see xml.h. */
#include "import/xml.h"

#include <expat.h>

#include "text/utf8.h"

#define CHUNK ((size_t)64 << 10) /* given to the parser at once */

struct parse {
	struct xml x;
	XML_Parser parser;
	const struct xml_handler *h;
	const char *refused; /* why the parser was stopped */
	struct buf text;
	struct buf chunk; /* a part of the input without control characters */
	bool control;
};

static struct str local_name(const char *name)
{
	const char *colon = strchr(name, ':');

	return str_of(colon ? colon + 1 : name);
}

static void refuse(struct parse *p, const char *why)
{
	p->refused = why;
	XML_StopParser(p->parser, XML_FALSE);
}

static void XMLCALL on_start(void *arg, const XML_Char *name, const XML_Char **attrs)
{
	struct parse *p = arg;

	if (p->refused)
		return;
	if (++p->x.depth > XML_MAX_DEPTH) {
		refuse(p, "elements are nested too deep");
		return;
	}
	p->x.line = XML_GetCurrentLineNumber(p->parser);
	p->x.attrs = (const char *const *)attrs;
	buf_clear(&p->text);
	p->h->start(&p->x, local_name(name));
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
	struct parse *p = arg;

	if (p->refused)
		return;
	p->x.attrs = NULL;
	p->h->end(&p->x, local_name(name), buf_str(&p->text));
	buf_clear(&p->text);
	p->x.depth--;
}

static void XMLCALL on_text(void *arg, const XML_Char *s, int n)
{
	struct parse *p = arg;

	if (p->text.n <= IMPORT_MAX_TEXT)
		buf_add(&p->text, s, (size_t)n);
}

static void XMLCALL on_entity(void *arg, const XML_Char *name, int is_parameter,
			      const XML_Char *value, int n, const XML_Char *base,
			      const XML_Char *system, const XML_Char *public,
			      const XML_Char *notation)
{
	refuse(arg, "the document declares entities");
}

/* The value of encoding="..." in the declaration; empty if there is none. */
static struct str declared_encoding(struct str data)
{
	struct str decl = str_head(data, 200);
	size_t i;
	char quote[] = {0, 0};

	if (!str_starts(decl, STR("<?xml")))
		return STR("");
	decl = str_head(decl, str_find(decl, STR("?>")));
	i = str_find(decl, STR("encoding="));
	decl = str_from(decl, i + strlen("encoding="));
	if (!decl.n)
		return decl;
	quote[0] = decl.p[0];
	decl = str_from(decl, 1);
	return str_head(decl, str_find_char(decl, quote[0]));
}

/* The bytes are never UTF-16 here (import_read() converts it), whatever they declare. */
static const char *encoding_of(struct import *im, struct str data)
{
	struct str declared = declared_encoding(data);

	if (str_eq_nocase(declared, STR("ISO-8859-1")) || utf8_valid(data))
		return str_eq_nocase(declared, STR("ISO-8859-1")) ? NULL : "UTF-8";
	import_note(im, 0, "not in the encoding " STR_FMT ": read as ISO-8859-1",
		    STR_ARG(declared.n ? declared : STR("UTF-8")));
	return "ISO-8859-1";
}

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 && c != '\n' && c != '\r' && c != '\t';
}

static struct str without_control(struct parse *p, struct str s)
{
	bool any = false;

	for (size_t i = 0; i < s.n; i++) /* to the end: the compiler makes vectors of it */
		any |= is_control(s.p[i]);
	if (!any)
		return s;
	p->control = true;
	buf_clear(&p->chunk);
	buf_add_str(&p->chunk, s);
	for (size_t i = 0; i < s.n; i++)
		if (is_control(s.p[i]))
			p->chunk.p[i] = ' ';
	return buf_str(&p->chunk);
}

static int feed(struct parse *p, struct str data, struct err *err)
{
	enum XML_Status ok = XML_STATUS_OK;
	struct str part;

	do {
		part = without_control(p, str_head(data, CHUNK));
		data = str_from(data, part.n);
		ok = XML_Parse(p->parser, part.p, (int)part.n, data.n == 0);
	} while (ok == XML_STATUS_OK && data.n);
	if (p->control)
		import_note(p->x.im, 0, "control characters were taken out");
	if (ok == XML_STATUS_OK)
		return 0;
	/* A program that prints its report may print more. */
	if (XML_GetErrorCode(p->parser) == XML_ERROR_JUNK_AFTER_DOC_ELEMENT) {
		import_note(p->x.im, XML_GetCurrentLineNumber(p->parser),
			    "what follows the document is left out");
		return 0;
	}
	return err_set(err, ERR_INPUT, "line %llu: %s%s",
		       (unsigned long long)XML_GetCurrentLineNumber(p->parser),
		       p->refused ? "" : "not well-formed XML: ",
		       p->refused ? p->refused : XML_ErrorString(XML_GetErrorCode(p->parser)));
}

int xml_parse(struct import *im, struct str data, const struct xml_handler *h, void *arg,
	      struct err *err)
{
	struct parse p = {.x = {.im = im, .arg = arg}, .h = h};
	int rc;

	p.parser = XML_ParserCreate(encoding_of(im, data));
	if (!p.parser)
		return err_set(err, ERR_SYSTEM, "no XML parser");
	XML_SetUserData(p.parser, &p);
	XML_SetElementHandler(p.parser, on_start, on_end);
	XML_SetCharacterDataHandler(p.parser, on_text);
	XML_SetEntityDeclHandler(p.parser, on_entity);
	rc = feed(&p, data, err);
	XML_ParserFree(p.parser);
	buf_release(&p.text);
	buf_release(&p.chunk);
	return rc;
}

static const char *find_attr(const struct xml *x, const char *name)
{
	for (const char *const *a = x->attrs; a && *a; a += 2)
		if (!strcmp(*a, name))
			return a[1];
	return NULL;
}

struct str xml_attr(const struct xml *x, const char *name)
{
	const char *v = find_attr(x, name);

	return v ? str_of(v) : STR("");
}

bool xml_has(const struct xml *x, const char *name)
{
	return find_attr(x, name) != NULL;
}

double xml_seconds(const struct xml *x, const char *name)
{
	struct str s = str_trim(xml_attr(x, name));
	double v;

	if (!s.n)
		return NAN;
	if (import_seconds(s, &v))
		return v;
	import_note(x->im, x->line, "%s is no time: " STR_FMT, name, STR_ARG(str_head(s, 40)));
	return NAN;
}

/* After a comment, declaration or processing instruction at the beginning of s. */
static struct str after(struct str s, struct str end)
{
	return str_from(s, str_find(s, end) + end.n);
}

struct str xml_root(struct str s)
{
	size_t n = 1;

	for (;;) {
		s = str_trim(s);
		if (str_starts(s, STR("<!--")))
			s = after(s, STR("-->"));
		else if (str_starts(s, STR("<!")))
			s = after(s, str_find_char(s, '[') < str_find_char(s, '>') ? STR("]>")
										   : STR(">"));
		else if (str_starts(s, STR("<?")))
			s = after(s, STR("?>"));
		else
			break;
	}
	if (!str_starts(s, STR("<")))
		return STR("");
	while (n < s.n && !strchr(" \t\r\n/>", s.p[n]))
		n++;
	s = (struct str){s.p + 1, n - 1};
	n = str_find_char(s, ':');
	return n < s.n ? str_from(s, n + 1) : s;
}
