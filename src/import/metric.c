// SPDX-License-Identifier: GPL-3.0-or-later
/* See metric.h. Units are fractions of known parts: a time, an amount of bytes, a count. */
#include "import/metric.h"

#include <stdlib.h>

enum part { TIME, BYTES, COUNT, RATE };

struct part_name {
	struct str name;
	enum part part;
	double factor;
};

static const struct part_name parts[] = {
	{STR("s"), TIME, 1},
	{STR("ns"), TIME, 1e-9},
	{STR("us"), TIME, 1e-6},
	{STR("\u00b5s"), TIME, 1e-6}, /* micro sign */
	{STR("\u03bcs"), TIME, 1e-6}, /* Greek mu */
	{STR("ms"), TIME, 1e-3},
	{STR("ps"), TIME, 1e-12},
	{STR("sec"), TIME, 1},
	{STR("secs"), TIME, 1},
	{STR("second"), TIME, 1},
	{STR("seconds"), TIME, 1},
	{STR("msec"), TIME, 1e-3},
	{STR("usec"), TIME, 1e-6},
	{STR("nsec"), TIME, 1e-9},
	{STR("millis"), TIME, 1e-3},
	{STR("micros"), TIME, 1e-6},
	{STR("nanos"), TIME, 1e-9},
	{STR("milliseconds"), TIME, 1e-3},
	{STR("microseconds"), TIME, 1e-6},
	{STR("nanoseconds"), TIME, 1e-9},
	{STR("min"), TIME, 60},
	{STR("mins"), TIME, 60},
	{STR("minutes"), TIME, 60},
	{STR("h"), TIME, 3600},
	{STR("hours"), TIME, 3600},
	{STR("B"), BYTES, 1},
	{STR("byte"), BYTES, 1},
	{STR("bytes"), BYTES, 1},
	{STR("kB"), BYTES, 1e3},
	{STR("KB"), BYTES, 1e3},
	{STR("MB"), BYTES, 1e6},
	{STR("GB"), BYTES, 1e9},
	{STR("TB"), BYTES, 1e12},
	{STR("KiB"), BYTES, 1024},
	{STR("MiB"), BYTES, 1048576},
	{STR("GiB"), BYTES, 1073741824},
	{STR("TiB"), BYTES, 1099511627776},
	{STR("kbytes"), BYTES, 1024}, /* of getrusage() */
	{STR("Kilobytes"), BYTES, 1e3},
	{STR("Megabytes"), BYTES, 1e6},
	{STR("Gigabytes"), BYTES, 1e9},
	{STR(""), COUNT, 1}, /* "/sec" */
	{STR("k"), COUNT, 1e3},
	{STR("K"), COUNT, 1e3},
	{STR("M"), COUNT, 1e6},
	{STR("G"), COUNT, 1e9},
	{STR("op"), COUNT, 1},
	{STR("ops"), COUNT, 1},
	{STR("iter"), COUNT, 1},
	{STR("iteration"), COUNT, 1},
	{STR("iterations"), COUNT, 1},
	{STR("call"), COUNT, 1},
	{STR("run"), COUNT, 1},
	{STR("elem"), COUNT, 1},
	{STR("Kelem"), COUNT, 1e3},
	{STR("Melem"), COUNT, 1e6},
	{STR("Gelem"), COUNT, 1e9},
	{STR("Telem"), COUNT, 1e12},
	{STR("Hz"), RATE, 1},
	{STR("kHz"), RATE, 1e3},
	{STR("MHz"), RATE, 1e6},
	{STR("GHz"), RATE, 1e9},
};

static const struct part_name *find_part(struct str s)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (str_eq(parts[i].name, s))
			return &parts[i];
	return NULL;
}

/* "req", "tokens": something counted, if it is told per second */
static bool is_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned)((s.p[i] | 32) - 'a') > 25)
			return false;
	return s.n > 0;
}

static bool known_unit(struct str s, struct metric_unit *u)
{
	static const struct part_name word = {STR(""), COUNT, 1};
	static const struct {
		enum part over, under;
		struct str base;
	} fractions[] = {
		{TIME, COUNT, STR("s")},
		{BYTES, COUNT, STR("bytes")},
		{BYTES, TIME, STR("bytes/s")},
		{COUNT, TIME, STR("1/s")},
	};
	static const struct str whole[] = {
		[TIME] = STR("s"), [BYTES] = STR("bytes"), [RATE] = STR("1/s")};
	size_t slash = str_find_char(s, '/');
	const struct part_name *over = find_part(str_trim(str_head(s, slash))), *under;

	if (slash == s.n) {
		if (!over || over->part == COUNT)
			return false;
		*u = (struct metric_unit){over->factor, whole[over->part]};
		return true;
	}
	under = find_part(str_trim(str_from(s, slash + 1)));
	if (!over && under && under->part == TIME && under->factor == 1 &&
	    is_word(str_head(s, slash)))
		over = &word;
	for (size_t i = 0; over && under && i < ARRAY_SIZE(fractions); i++)
		if (fractions[i].over == over->part && fractions[i].under == under->part) {
			*u = (struct metric_unit){over->factor / under->factor, fractions[i].base};
			return true;
		}
	return false;
}

bool metric_unit(struct str s, struct metric_unit *u)
{
	s = str_trim(s);
	*u = (struct metric_unit){1, s};
	return known_unit(s, u);
}

/* The words that tell; of several the last one ("loss/train_accuracy"), but what scales or weighs
 * something is neither good nor bad. */
static enum better better_of_word(struct str w)
{
	static const struct {
		struct str word;
		enum better better;
	} words[] = {
		{STR("loss"), BETTER_LOWER},        {STR("losses"), BETTER_LOWER},
		{STR("error"), BETTER_LOWER},       {STR("errors"), BETTER_LOWER},
		{STR("err"), BETTER_LOWER},         {STR("mse"), BETTER_LOWER},
		{STR("rmse"), BETTER_LOWER},        {STR("mae"), BETTER_LOWER},
		{STR("mape"), BETTER_LOWER},        {STR("nll"), BETTER_LOWER},
		{STR("bce"), BETTER_LOWER},         {STR("perplexity"), BETTER_LOWER},
		{STR("ppl"), BETTER_LOWER},         {STR("bpb"), BETTER_LOWER},
		{STR("wer"), BETTER_LOWER},         {STR("cer"), BETTER_LOWER},
		{STR("fid"), BETTER_LOWER},         {STR("latency"), BETTER_LOWER},
		{STR("time"), BETTER_LOWER},        {STR("runtime"), BETTER_LOWER},
		{STR("duration"), BETTER_LOWER},    {STR("elapsed"), BETTER_LOWER},
		{STR("seconds"), BETTER_LOWER},     {STR("misses"), BETTER_LOWER},
		{STR("faults"), BETTER_LOWER},      {STR("failures"), BETTER_LOWER},
		{STR("failed"), BETTER_LOWER},      {STR("rss"), BETTER_LOWER},
		{STR("cycles"), BETTER_LOWER},      {STR("instructions"), BETTER_LOWER},
		{STR("allocs"), BETTER_LOWER},      {STR("accuracy"), BETTER_HIGHER},
		{STR("acc"), BETTER_HIGHER},        {STR("top1"), BETTER_HIGHER},
		{STR("top5"), BETTER_HIGHER},       {STR("precision"), BETTER_HIGHER},
		{STR("recall"), BETTER_HIGHER},     {STR("f1"), BETTER_HIGHER},
		{STR("auc"), BETTER_HIGHER},        {STR("auroc"), BETTER_HIGHER},
		{STR("map"), BETTER_HIGHER},        {STR("ndcg"), BETTER_HIGHER},
		{STR("mrr"), BETTER_HIGHER},        {STR("iou"), BETTER_HIGHER},
		{STR("miou"), BETTER_HIGHER},       {STR("dice"), BETTER_HIGHER},
		{STR("mcc"), BETTER_HIGHER},        {STR("bleu"), BETTER_HIGHER},
		{STR("rouge"), BETTER_HIGHER},      {STR("psnr"), BETTER_HIGHER},
		{STR("ssim"), BETTER_HIGHER},       {STR("r2"), BETTER_HIGHER},
		{STR("reward"), BETTER_HIGHER},     {STR("rewards"), BETTER_HIGHER},
		{STR("throughput"), BETTER_HIGHER}, {STR("bandwidth"), BETTER_HIGHER},
		{STR("speedup"), BETTER_HIGHER},    {STR("coverage"), BETTER_HIGHER},
		{STR("qps"), BETTER_HIGHER},        {STR("rps"), BETTER_HIGHER},
		{STR("fps"), BETTER_HIGHER},        {STR("hz"), BETTER_HIGHER},
		{STR("hits"), BETTER_HIGHER},       {STR("mfu"), BETTER_HIGHER},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq_nocase(words[i].word, w))
			return words[i].better;
	return BETTER_UNKNOWN;
}

static bool neither(struct str w)
{
	static const struct str words[] = {STR("scale"),       STR("weight"), STR("coef"),
					   STR("coefficient"), STR("stamp"),  STR("timestamp")};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq_nocase(words[i], w))
			return true;
	return false;
}

/* "items_per_second", "samples/sec" */
static bool is_rate(struct str name)
{
	return str_contains_nocase(name, STR("per_sec")) || str_ends(name, STR("/s")) ||
	       str_contains_nocase(name, STR("/sec"));
}

/* Cut the next word off: letters and digits of one kind of case ("evalLoss" is two). */
static bool next_word(struct str *s, struct str *w)
{
	size_t i = 0, n;

	while (i < s->n && (unsigned)((s->p[i] | 32) - 'a') > 25)
		i++;
	*s = str_from(*s, i);
	for (n = 0; n < s->n; n++) {
		char c = s->p[n];
		bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';

		if (!upper && !lower && !(c >= '0' && c <= '9'))
			break;
		if (upper && n && s->p[n - 1] >= 'a' && s->p[n - 1] <= 'z')
			break;
	}
	*w = str_head(*s, n);
	*s = str_from(*s, n);
	return n > 0;
}

enum better metric_better(struct str name, struct str base)
{
	enum better better = BETTER_UNKNOWN, b;
	struct str w, rest = name;

	if (is_rate(name))
		return BETTER_HIGHER;
	while (next_word(&rest, &w)) {
		if (neither(w))
			return BETTER_UNKNOWN;
		b = better_of_word(w);
		better = b ? b : better;
	}
	if (better)
		return better;
	if (str_eq(base, STR("s")) || str_eq(base, STR("bytes")))
		return BETTER_LOWER;
	if (str_eq(base, STR("1/s")) || str_eq(base, STR("bytes/s")))
		return BETTER_HIGHER;
	return BETTER_UNKNOWN;
}

static unsigned index_of(struct str name, const struct str *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(names[i], name))
			return (unsigned)i + 1;
	return 0;
}

unsigned metric_axis(struct str name)
{
	static const struct str steps[] = {
		STR("step"),      STR("global_step"), STR("_step"),      STR("trainer/global_step"),
		STR("iteration"), STR("iter"),        STR("iterations"), STR("training_iteration"),
		STR("update"),    STR("timestep"),    STR("timesteps"),  STR("total_timesteps"),
		STR("batch"),     STR("epoch"),       STR("epochs"),     STR("round")};
	static const struct str times[] = {STR("time"),       STR("elapsed"), STR("seconds"),
					   STR("t"),          STR("time_s"),  STR("timestamp"),
					   STR("_timestamp"), STR("ts"),      STR("wall_time")};
	unsigned i;

	name = str_trim(name);
	i = index_of(name, steps, ARRAY_SIZE(steps));
	if (i)
		return i;
	i = index_of(name, times, ARRAY_SIZE(times));
	return i ? METRIC_AXIS_TIME + i : 0;
}

bool metric_is_run(struct str name)
{
	static const struct str names[] = {STR("run"),   STR("run_id"),   STR("run_name"),
					   STR("trial"), STR("trial_id"), STR("name"),
					   STR("id"),    STR("benchmark")};

	return index_of(str_trim(name), names, ARRAY_SIZE(names)) != 0;
}

bool metric_number(struct str s, double *v)
{
	static const struct {
		struct str name;
		double v;
	} odd[] = {{STR("nan"), NAN}, {STR("inf"), INFINITY}, {STR("infinity"), INFINITY}};
	size_t sign;

	s = str_trim(s);
	sign = s.n && (s.p[0] == '-' || s.p[0] == '+');
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		if (str_eq_nocase(str_from(s, sign), odd[i].name)) {
			*v = s.p[0] == '-' ? -odd[i].v : odd[i].v;
			return true;
		}
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned)(s.p[i] - '0') > 9 && s.p[i] != '.' && s.p[i] != '-' &&
		    s.p[i] != '+' && (s.p[i] | 32) != 'e')
			return false;
	return str_double(s, v);
}

struct value metric_count(double v)
{
	return fabs(v) < 1e15 && v == (double)(int64_t)v ? value_int((int64_t)v) : value_real(v);
}

/* Is c, of which there is one, before exactly three digits and after a number but 0? */
static bool parts_thousands(struct str s, size_t at)
{
	return at > 0 && at <= 3 && at + 4 == s.n && !(at == 1 && s.p[0] == '0');
}

bool metric_grouped(struct str s, double *v)
{
	char z[64];
	size_t commas, points, n = 0;
	bool comma_parts, point_parts;

	s = str_trim(s);
	commas = str_count_char(s, ',');
	points = str_count_char(s, '.');
	point_parts = points > 1;
	comma_parts = commas > 1 ||
		      (commas && points == 1 && str_find_char(s, ',') < str_find_char(s, '.')) ||
		      (commas == 1 && !points && parts_thousands(s, str_find_char(s, ',')));
	if (commas == 1 && points == 1 && !comma_parts)
		point_parts = true; /* "1.234,5" */
	if (s.n >= sizeof(z))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if ((s.p[i] == ',' && comma_parts) || (s.p[i] == '.' && point_parts) ||
		    s.p[i] == '\'')
			continue;
		z[n++] = s.p[i] == ',' ? '.' : s.p[i];
	}
	return metric_number((struct str){z, n}, v) && isfinite(*v);
}

struct value metric_value(struct str cell)
{
	int64_t i;
	double v;

	cell = str_trim(cell);
	if (!cell.n)
		return (struct value){0};
	if (str_i64(cell, &i))
		return value_int(i);
	return metric_number(cell, &v) ? value_real(v) : value_text(cell);
}

struct str metric_cut_word(struct str *s)
{
	struct str w;
	size_t n = 0;

	while (s->n && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = str_from(*s, 1);
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	w = str_head(*s, n);
	*s = str_from(*s, n);
	return w;
}

bool metric_cut_number(struct str *s, double *v)
{
	struct str t = *s, w;
	size_t n = 0;

	while (t.n && (t.p[0] == ' ' || t.p[0] == '\t'))
		t = str_from(t, 1);
	while (n < t.n &&
	       ((t.p[n] >= '0' && t.p[n] <= '9') || t.p[n] == '.' || t.p[n] == ',' ||
		((t.p[n] == '-' || t.p[n] == '+') && (n == 0 || (t.p[n - 1] | 32) == 'e')) ||
		((t.p[n] | 32) == 'e' && n && n + 1 < t.n && strchr("+-0123456789", t.p[n + 1]))))
		n++;
	w = str_head(t, n);
	if (!n || !metric_grouped(w, v))
		return false;
	*s = str_from(t, n);
	return true;
}

bool metric_quantity(struct str s, double *v, struct str *unit)
{
	if (!metric_cut_number(&s, v))
		return false;
	*unit = str_trim(s);
	return true;
}

/* v * factor, still an integer if both are and it fits. Times are real, always. */
static struct value scaled(struct value v, struct metric_unit u)
{
	int64_t whole = u.factor >= 1 && u.factor < 1e15 ? (int64_t)u.factor : 0, product;

	if (v.kind == VALUE_TEXT || v.kind == VALUE_NONE)
		return v;
	if (v.kind == VALUE_INT && (double)whole == u.factor && !str_eq(u.base, STR("s")) &&
	    !__builtin_mul_overflow(v.integer, whole, &product))
		return value_int(product);
	return value_real(value_number(v) * u.factor);
}

struct variable *metric_add(struct import *im, struct str name, struct value v, struct str unit,
			    uint64_t line)
{
	struct metric_unit u;
	struct variable *var;

	metric_unit(unit, &u);
	var = import_add_variable(im, name, scaled(v, u));
	if (!var)
		return NULL;
	if (u.base.n)
		var->unit = import_name(im, u.base);
	if (v.kind != VALUE_TEXT)
		var->better = metric_better(name, u.base);
	var->line = line;
	return var;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	if (isnan(x) || isnan(y))
		return isnan(x) - isnan(y);
	return x < y ? -1 : x > y;
}

double metric_median(double *v, size_t n)
{
	if (!n)
		return NAN;
	qsort(v, n, sizeof(*v), compare);
	return n % 2 ? v[n / 2] : v[n / 2 - 1] / 2 + v[n / 2] / 2;
}

double metric_stddev(const double *v, size_t n)
{
	double mean = 0, sum = 0;

	if (n < 2)
		return NAN;
	for (size_t i = 0; i < n; i++)
		mean += (v[i] - mean) / (double)(i + 1);
	for (size_t i = 0; i < n; i++)
		sum += (v[i] - mean) * (v[i] - mean);
	return sqrt(sum / (double)(n - 1));
}

void metric_curves_init(struct metric_curves *c, struct import *im)
{
	*c = (struct metric_curves){.im = im};
	intern_init(&c->names);
}

void metric_curves_release(struct metric_curves *c)
{
	intern_release(&c->names);
	free(c->at);
}

void metric_point(struct metric_curves *c, uint32_t run, struct str name, struct str unit,
		  struct str axis, double x, double y, uint64_t line)
{
	struct metric_unit u;
	CLEANUP_BUF struct buf key = {0};
	uint32_t id;

	metric_unit(unit, &u);
	buf_add(&key, &run, sizeof(run));
	buf_add_str(&key, name);
	id = intern_add(&c->names, buf_str(&key));
	if (id == c->n) {
		struct series *s = import_add_series(c->im, name, axis);

		array_push(c->at, c->n, c->cap) = s ? c->im->nseries - 1 : SIZE_MAX;
		if (s) {
			s->unit = import_name(c->im, u.base);
			s->better = metric_better(name, u.base);
			if (run != METRIC_LAST_RUN)
				s->run = run;
			s->line = line;
		}
	}
	if (c->at[id] != SIZE_MAX)
		import_add_point(c->im, &c->im->series[c->at[id]], x, y * u.factor);
}
