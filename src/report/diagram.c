// SPDX-License-Identifier: GPL-3.0-or-later
/* Diagrams drawn: see diagram.h. Node i is called "i" before dot; edges come back by their ends. */
#include "report/diagram.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "exec/exec.h"
#include "report/style.h"
#include "report/markup.h"

#define INCH         72.0 /* pixels */
#define FONT_WIDTH   7.3  /* of a column */
#define NAME_COLUMNS 40
#define LINE         16
#define MARGIN       10
#define HEAD         9.0 /* length of an arrow's head */
#define MAX_POINTS   1000
#define MAX_PLAIN    ((size_t)16 << 20)
#define TIME_LIMIT   INT64_C(5000000000)
#define MEMORY_LIMIT ((uint64_t)1 << 30)

struct point {
	double x, y;
};

struct drawing {
	const struct dag *g;
	struct buf *out;
	double height; /* of the graph: dot's y goes up */
	struct point *at;
};

/* ---- what dot is asked ---- */

/* A name as it is shown, and its columns. */
static size_t shown(struct str s, struct buf *out)
{
	return style_add_foreign(out, s, NAME_COLUMNS);
}

static bool has_variable(const struct dag_node *n)
{
	return !str_eq(n->name, n->var);
}

static struct point size_of(const struct dag_node *n)
{
	CLEANUP_BUF struct buf b = {0};
	size_t columns = shown(n->name, &b), more = has_variable(n) ? shown(n->var, &b) : 0;

	columns = columns > more ? columns : more;
	return (struct point){30 + FONT_WIDTH * (double)columns, more ? 26 + 1.4 * LINE : 36};
}

void diagram_dot(const struct dag *g, struct buf *out)
{
	BUF_LIT(out, "digraph {\nrankdir=LR; nodesep=.35; ranksep=.6;\n"
		     "node [shape=ellipse, fixedsize=true, label=\"\"]; edge [dir=none];\n");
	for (size_t i = 0; i < g->n; i++) {
		struct point size = size_of(&g->nodes[i]);

		buf_printf(out, "%zu [width=%.3f, height=%.3f];\n", i, size.x / INCH,
			   size.y / INCH);
	}
	for (size_t i = 0; i < g->nedges; i++) {
		const struct dag_edge *e = &g->edges[i];

		buf_printf(out, "%u -> %u%s;\n", e->from, e->to,
			   e->at_from == DAG_ARROW && e->at_to == DAG_ARROW ? " [constraint=false]"
									    : "");
	}
	BUF_LIT(out, "}\n");
}

/* ---- what it answers ---- */

static bool number(struct str *line, double *v)
{
	struct str w;

	while (str_next(line, ' ', &w))
		if (w.n)
			return str_double(w, v) && isfinite(*v) && fabs(*v) < 1e6;
	return false;
}

static bool id(struct str *line, const struct dag *g, uint32_t *i)
{
	struct str w;
	uint64_t v;

	if (!str_next(line, ' ', &w) || !str_u64(w, &v) || v >= g->n)
		return false;
	*i = (uint32_t)v;
	return true;
}

static bool point(const struct drawing *d, struct str *line, struct point *p)
{
	if (!number(line, &p->x) || !number(line, &p->y))
		return false;
	p->x = MARGIN + p->x * INCH;
	p->y = MARGIN + (d->height - p->y) * INCH;
	return true;
}

/* ---- drawing ---- */

static void add_head(struct buf *out, struct point tip, struct point from, enum dag_mark mark)
{
	double dx = tip.x - from.x, dy = tip.y - from.y, length = hypot(dx, dy);

	if (mark == DAG_TAIL || !(length > 0))
		return;
	dx *= HEAD / length;
	dy *= HEAD / length;
	if (mark == DAG_CIRCLE) {
		buf_printf(out, "<circle class=\"dg-c\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>",
			   tip.x - dx / 2, tip.y - dy / 2, HEAD / 2);
		return;
	}
	buf_printf(out, "<polygon class=\"dg-h\" points=\"%.1f,%.1f %.1f,%.1f %.1f,%.1f\"/>", tip.x,
		   tip.y, tip.x - dx - dy / 3, tip.y - dy + dx / 3, tip.x - dx + dy / 3,
		   tip.y - dy - dx / 3);
}

/* The edge between two nodes that has not been drawn yet: there may be several. */
static const struct dag_edge *next_edge(const struct dag *g, uint32_t from, uint32_t to,
					bool *drawn)
{
	for (size_t i = 0; i < g->nedges; i++)
		if (!drawn[i] && g->edges[i].from == from && g->edges[i].to == to) {
			drawn[i] = true;
			return &g->edges[i];
		}
	return NULL;
}

/* "edge FROM TO N X Y ... STYLE COLOUR": a B-spline of N = 3 k + 1 points. */
static bool draw_edge(struct drawing *d, struct str line, bool *drawn)
{
	struct point p[MAX_POINTS];
	const struct dag_edge *e;
	uint32_t from, to;
	struct str w;
	uint64_t n;

	if (!id(&line, d->g, &from) || !id(&line, d->g, &to) || !str_next(&line, ' ', &w) ||
	    !str_u64(w, &n) || n < 4 || n > MAX_POINTS || n % 3 != 1)
		return false;
	for (uint64_t i = 0; i < n; i++)
		if (!point(d, &line, &p[i]))
			return false;
	e = next_edge(d->g, from, to, drawn);
	if (!e)
		return false;
	buf_printf(d->out, "<path class=\"%s\" d=\"M%.1f,%.1f C",
		   e->at_from == DAG_ARROW && e->at_to == DAG_ARROW ? "dg-b" : "dg-e", p[0].x,
		   p[0].y);
	for (uint64_t i = 1; i < n; i++)
		buf_printf(d->out, "%s%.1f,%.1f", i > 1 ? " " : "", p[i].x, p[i].y);
	BUF_LIT(d->out, "\"/>");
	add_head(d->out, p[0], p[1], e->at_from);
	add_head(d->out, p[n - 1], p[n - 2], e->at_to);
	buf_add_char(d->out, '\n');
	return true;
}

static const struct {
	enum dag_role role;
	const char *class, *word;
} roles[] = {
	{DAG_EXPOSURE, "dg-x", "exposure"},   {DAG_OUTCOME, "dg-o", "outcome"},
	{DAG_LATENT, "dg-l", "not measured"}, {DAG_ADJUSTED, "dg-a", "adjusted"},
	{DAG_SELECTED, "dg-s", "selected"},
};

/* Several roles: all of their classes. What is adjusted or selected is a box; the outcome has a
 * double line. */
static void add_shape(struct buf *out, unsigned role, struct point at, struct point size)
{
	bool box = role & (DAG_ADJUSTED | DAG_SELECTED);

	for (int line = 0; line <= (role & DAG_OUTCOME ? 1 : 0); line++) {
		double in = 3 * line, w = size.x / 2 - in, h = size.y / 2 - in;

		buf_printf(out, box ? "<rect class=\"dg-n" : "<ellipse class=\"dg-n");
		for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
			if (role & roles[i].role)
				buf_printf(out, " %s", roles[i].class);
		buf_printf(out,
			   box ? "\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>"
			       : "\" cx=\"%.1f\" cy=\"%.1f\" rx=\"%.1f\" ry=\"%.1f\"/>",
			   box ? at.x - w : at.x, box ? at.y - h : at.y, box ? 2 * w : w,
			   box ? 2 * h : h);
	}
}

static void add_label(struct buf *out, const char *class, const char *anchor, struct point at,
		      struct str text)
{
	buf_printf(out, "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">", class,
		   anchor, at.x, at.y);
	markup_add(out, text);
	BUF_LIT(out, "</text>");
}

static void draw_node(struct drawing *d, uint32_t i)
{
	const struct dag_node *n = &d->g->nodes[i];
	struct point at = d->at[i];
	CLEANUP_BUF struct buf name = {0}, var = {0};

	shown(n->name, &name);
	BUF_LIT(d->out, "<g><title>");
	markup_add(d->out, n->name);
	if (has_variable(n)) {
		shown(n->var, &var);
		BUF_LIT(d->out, " = ");
		markup_add(d->out, n->var);
	}
	BUF_LIT(d->out, "</title>");
	add_shape(d->out, n->roles, at, size_of(n));
	at.y += var.n ? -2 : 4.5;
	add_label(d->out, "dg-t", "middle", at, buf_str(&name));
	at.y += LINE - 1;
	if (var.n)
		add_label(d->out, "dg-v", "middle", at, buf_str(&var));
	BUF_LIT(d->out, "</g>\n");
}

/* The roles that occur. Returns its height. */
static double legend_rows(const struct dag *g, unsigned *used)
{
	double rows = 0;

	*used = 0;
	for (size_t i = 0; i < g->n; i++)
		*used |= g->nodes[i].roles;
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		rows += *used & roles[i].role ? 1 : 0;
	return rows;
}

static void draw_legend(struct drawing *d, unsigned used, double top)
{
	struct point at = {MARGIN + 14, top + LINE};

	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		if (!(used & roles[i].role))
			continue;
		add_shape(d->out, roles[i].role, at, (struct point){26, 14});
		add_label(d->out, "dg-v", "start", (struct point){at.x + 20, at.y + 4},
			  str_of(roles[i].word));
		buf_add_char(d->out, '\n');
		at.y += LINE + 4;
	}
}

static void begin(struct drawing *d, double width, double rows)
{
	double w = width * INCH + 2 * MARGIN, h = d->height * INCH + 2 * MARGIN + rows * (LINE + 4);

	w = w < 160 ? 160 : w;
	buf_printf(d->out,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"dg\" role=\"img\" "
		   "width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n",
		   w, h, w, h);
	BUF_LIT(d->out,
		"<style>.dg{font:13px system-ui,sans-serif}.dg-t,.dg-h{fill:#222}.dg-v{fill:#666;"
		"font-size:11px}.dg-n{fill:#f6f7f9;stroke:#555}.dg-e,.dg-b{fill:none;stroke:#555}"
		".dg-b,.dg-l{stroke-dasharray:5 3}.dg-c{fill:none;stroke:#222}.dg-x{stroke:#1f6feb;"
		"stroke-width:2.2}.dg-o{stroke:#a33}.dg-s{stroke-width:2.2}"
		"@media(prefers-color-scheme:dark){.dg-t,.dg-h{fill:#e6e6e6}.dg-v{fill:#aaa}"
		".dg-n{fill:#22262c;stroke:#aaa}.dg-e,.dg-b{stroke:#aaa}.dg-c{stroke:#e6e6e6}"
		".dg-x{stroke:#6cb0ff}.dg-o{stroke:#ff8a80}}</style>\n");
}

/* The lines of "plain" in their order: graph, nodes, edges, stop. */
static bool draw(struct drawing *d, struct str plain, bool *drawn)
{
	struct str line, word;
	double width, scale;
	unsigned used;
	size_t nodes = 0, edges = 0;
	double rows = legend_rows(d->g, &used);

	if (!str_next(&plain, '\n', &line) || !str_next(&line, ' ', &word) ||
	    !str_eq(word, STR("graph")) || !number(&line, &scale) || !number(&line, &width) ||
	    !number(&line, &d->height))
		return false;
	begin(d, width, rows);
	while (str_next(&plain, '\n', &line) && str_next(&line, ' ', &word)) {
		uint32_t i;

		if (str_eq(word, STR("node")) && id(&line, d->g, &i) && point(d, &line, &d->at[i]))
			nodes++;
		else if (str_eq(word, STR("edge")) && draw_edge(d, line, drawn))
			edges++;
		else
			break;
	}
	if (!str_eq(word, STR("stop")) || nodes != d->g->n || edges != d->g->nedges)
		return false;
	for (uint32_t i = 0; i < d->g->n; i++)
		draw_node(d, i);
	draw_legend(d, used, d->height * INCH + MARGIN);
	BUF_LIT(d->out, "</svg>\n");
	return true;
}

int diagram_draw(const struct dag *g, struct str plain, struct buf *svg, struct err *err)
{
	CLEANUP_BUF struct buf out = {0};
	CLEANUP_FREE bool *drawn = mem_zalloc(g->nedges + 1);
	CLEANUP_FREE struct point *at = mem_zalloc((g->n + 1) * sizeof(*at));
	struct drawing d = {.g = g, .out = &out, .at = at};

	if (!draw(&d, plain, drawn))
		return err_set(err, ERR_INPUT, "dot gave no drawing of this diagram");
	buf_add(svg, out.p, out.n);
	return 0;
}

/* ---- the program ---- */

static void keep_output(void *arg, enum exec_stream s, int64_t at_ns, struct str bytes)
{
	if (s == EXEC_STDOUT)
		buf_add_str(arg, bytes);
}

static int run_dot(int input, const char *path, struct buf *plain, struct err *err)
{
	static const char *const argv[] = {"dot", "-Tplain", NULL};
	CLEANUP_BUF struct buf variable = {0};
	struct exec_result r;
	struct exec_opts o = {.argv = (char *const *)argv,
			      .stdin_fd = input,
			      .output_max = MAX_PLAIN,
			      .time_limit_ns = TIME_LIMIT,
			      .memory_limit = MEMORY_LIMIT,
			      .on_output = keep_output,
			      .arg = plain};
	int rc;

	buf_printf(&variable, "PATH=%s", path);
	o.envp = (char *const[]){(char *)buf_cstr(&variable), (char *)"LC_ALL=C", NULL};
	rc = exec_run(&o, &r, err);
	if (rc)
		return rc;
	if (r.end == EXEC_TIMEOUT || r.end == EXEC_MEMORY)
		return err_set(err, ERR_LIMIT, "dot took more than 5 s or 1 GB");
	if (r.end != EXEC_EXITED || r.code != 0)
		return err_set(err, ERR_SYSTEM, "dot failed");
	return 0;
}

int diagram_svg(const struct dag *g, const char *path, const char *tmpdir, struct buf *svg,
		struct err *err)
{
	CLEANUP_BUF struct buf dot = {0}, plain = {0};
	CLEANUP_FD int fd = -1;
	int rc;

	if (g->n > DIAGRAM_MAX_NODES || g->nedges > DIAGRAM_MAX_EDGES)
		return err_set(err, ERR_LIMIT,
			       "%zu nodes and %zu edges are too many to be drawn (%d and %d)", g->n,
			       g->nedges, DIAGRAM_MAX_NODES, DIAGRAM_MAX_EDGES);
	diagram_dot(g, &dot);
	rc = file_temp(tmpdir, &fd, err);
	if (!rc)
		rc = file_write_all(fd, dot.p, dot.n, err);
	if (!rc && lseek(fd, 0, SEEK_SET) != 0)
		rc = err_errno(err, "temporary file");
	if (!rc)
		rc = run_dot(fd, path, &plain, err);
	return rc ? rc : diagram_draw(g, buf_str(&plain), svg, err);
}
