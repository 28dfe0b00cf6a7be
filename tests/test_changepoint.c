// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/changepoint-priv.h"
#include "stats/changepoint.h"
#include "stats/order.h"

static struct arena arena;
static const struct changepoint_options defaults = {CHANGEPOINT_AUTO, .005, 1};

static int setup(void **state)
{
	arena_init(&arena);
	return 0;
}

static int teardown(void **state)
{
	arena_release(&arena);
	return 0;
}

struct random {
	uint64_t state;
};

static double uniform(struct random *r)
{
	uint64_t z = r->state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return ((double)((z ^ z >> 31) >> 11) + .5) / 9007199254740992.0;
}

static double normal(struct random *r)
{
	double u = uniform(r), v = uniform(r);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* ---- order statistics ---- */

/* Against sorting, for every length about the borders between the ways of sorting, with ties. */
static void order(void **state)
{
	static const size_t lengths[] = {1, 2, 3, 7, 23, 24, 25, 100, 1000, 8191, 8192, 20000};
	struct random r = {1};

	for (size_t k = 0; k < ARRAY_SIZE(lengths); k++) {
		size_t n = lengths[k];
		double *x = arena_alloc(&arena, 4 * n * sizeof(*x)), *s = x + n, *y = s + n;
		double *rank = y + n, sum = 0;
		struct order_item *room = arena_alloc(&arena, 2 * n * sizeof(*room));

		for (size_t i = 0; i < n; i++)
			s[i] = x[i] = k % 2 ? floor(20 * uniform(&r)) - 10 : normal(&r);
		qsort(s, n, sizeof(*s), by_value);
		for (size_t i = 0; i < n; i += 1 + n / 7) {
			memcpy(y, x, n * sizeof(*x));
			assert_true(order_select(y, n, i) == s[i]);
		}
		assert_true(order_median_of(x, n, y) ==
			    s[(n - 1) / 2] + (s[n / 2] - s[(n - 1) / 2]) / 2);
		order_ranks(x, n, rank, room);
		for (size_t i = 0; i < n; i++)
			sum += rank[i];
		assert_true(fabs(sum) < 1e-6);
		for (size_t i = 0; i < n; i += 1 + n / 50) {
			double below = 0, equal = 0;

			for (size_t j = 0; j < n; j++) {
				below += x[j] < x[i];
				equal += x[j] == x[i];
			}
			assert_true(rank[i] == below + (equal - 1) / 2 - ((double)n - 1) / 2);
		}
	}
}

/* Inputs that are bad for a pivot. */
static void order_patterns(void **state)
{
	enum { N = 50000 };
	double *x = arena_alloc(&arena, N * sizeof(*x));

	for (int pattern = 0; pattern < 4; pattern++) {
		for (size_t i = 0; i < N; i++)
			x[i] = (double)(pattern == 0   ? i
					: pattern == 1 ? N - 1 - i
					: pattern == 2 ? (i < N / 2 ? i : N - 1 - i) * 2
						       : i % 2);
		double m = order_median(x, N);

		assert_true(pattern < 2 ? m == (N - 1) / 2.0 : pattern == 3 ? m == .5 : m > 0);
	}
	x[0] = -0.0;
	x[1] = 0.0;
	struct order_item items[] = {{0.0, 0}, {-0.0, 1}, {-1, 2}}, room[3];

	order_sort(items, 3, room);
	assert_int_equal(items[0].index, 2);
	assert_int_equal(items[1].index, 0);
	assert_int_equal(items[2].index, 1);
}

/* ---- series ---- */

/* value(i) = 100 exp(sd z_i) times a factor from each step on. */
struct step {
	size_t at;
	double factor;
};

static double *series(size_t n, double sd, uint64_t seed, const struct step *steps, size_t k)
{
	double *x = arena_alloc(&arena, n * sizeof(*x)), level = 100;
	struct random r = {seed};

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < k; j++)
			level *= steps[j].at == i ? steps[j].factor : 1;
		x[i] = level * exp(sd * normal(&r));
	}
	return x;
}

static struct changepoints found(const double *x, const double *reference, size_t n,
				 enum changepoint_mode mode)
{
	struct changepoint_options o = defaults;
	struct changepoints c;
	struct err err = {""};

	o.mode = mode;
	if (changepoint_find(x, reference, n, &o, &arena, &c, &err))
		fail_msg("%s", err.msg);
	return c;
}

static void steps(void **state)
{
	static const struct {
		size_t n;
		double sd;
		struct step steps[3];
		size_t k;
	} t[] = {
		{200, .02, {{0, 1}}, 0},
		{200, .02, {{80, 1.05}}, 1},
		{200, .02, {{80, 1 / 1.05}}, 1},
		{60, .001, {{30, 1.01}}, 1},
		{300, .02, {{100, 1.1}, {130, 1 / 1.1}}, 2},
		{300, .02, {{140, 1.2}, {160, 1 / 1.2}}, 2},
		{80, .01, {{28, 1.032}, {49, 1.03}}, 2},
		{3000, .05, {{1000, 1.1}, {1100, 1.1}, {2900, .5}}, 3},
		{30000, .05, {{10000, 1.1}}, 1},
		{200, .0001, {{80, 1.001}}, 0}, /* below half a percent */
		{5000, .05, {{2000, 1.02}}, 0}, /* below one standard deviation */
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		double *x = series(t[i].n, t[i].sd, 7 + i, t[i].steps, t[i].k);
		struct changepoints c = found(x, NULL, t[i].n, CHANGEPOINT_AUTO);

		if (c.n != t[i].k)
			fail_msg("case %zu: %zu changes", i, c.n);
		assert_int_equal(c.model, CHANGEPOINT_LEVEL);
		assert_true(c.logs);
		for (size_t k = 0; k < c.n; k++) {
			const struct change *f = &c.changes[k];
			double factor = t[i].steps[k].factor;

			assert_in_range(f->index, t[i].steps[k].at - 2, t[i].steps[k].at + 2);
			assert_in_range(t[i].steps[k].at, f->from, f->to);
			assert_in_range(f->index, f->from, f->to);
			assert_int_equal(f->begin, k ? c.changes[k - 1].index : 0);
			assert_int_equal(f->end, k + 1 < c.n ? c.changes[k + 1].index : t[i].n);
			assert_true(f->low < factor && factor < f->high);
			assert_true(f->low < f->ratio && f->ratio < f->high);
			assert_true(fabs(f->after / f->before / f->ratio - 1) < 1e-9);
			assert_true(isnan(f->slope_before) && isnan(f->slope_after));
			assert_false(f->machine);
		}
	}
}

/* Half a percent is a ratio: both ways, and it can be asked for otherwise. */
static void effects(void **state)
{
	struct step s = {100, 1.004};
	double *x = series(200, .0005, 3, &s, 1);
	struct changepoint_options o = defaults;
	struct changepoints c;

	assert_int_equal(found(x, NULL, 200, CHANGEPOINT_LEVEL).n, 0);
	o.min_effect = .003;
	assert_int_equal(changepoint_find(x, NULL, 200, &o, &arena, &c, NULL), 0);
	assert_int_equal(c.n, 1);
	o.min_sd = 20;
	assert_int_equal(changepoint_find(x, NULL, 200, &o, &arena, &c, NULL), 0);
	assert_int_equal(c.n, 0);
}

/* Any alarm in 200 values without change: normal, with spikes, t with 2 degrees of freedom, AR(.5).
 * (bench_changepoint draws more of them.) */
static void silence(void **state)
{
	for (int kind = 0; kind < 4; kind++) {
		struct random r = {(uint64_t)kind};
		int alarms = 0;

		for (int k = 0; k < 100; k++) {
			double x[200], carry = normal(&r) / sqrt(.75);

			for (size_t i = 0; i < 200; i++) {
				double z = normal(&r);

				carry = .5 * carry + z;
				x[i] = kind == 0   ? z
				       : kind == 1 ? z + 10 * (uniform(&r) < .05)
				       : kind == 2 ? z / sqrt(-log(uniform(&r)))
						   : carry;
			}
			alarms += found(x, NULL, 200, CHANGEPOINT_AUTO).n > 0;
		}
		assert_in_range(alarms, 0, 2);
	}
}

/* The machine slows down by half from 90 to 150, the code by a tenth at 120. */
static void reference(void **state)
{
	struct step machine[] = {{90, 1.5}, {150, 1 / 1.5}}, code = {120, 1.1};
	double *x = series(240, .01, 4, machine, 2), *y = series(240, .01, 5, machine, 2);
	double *z = series(240, 0, 0, &code, 1);
	struct changepoints c;

	for (size_t i = 0; i < 240; i++)
		x[i] *= z[i] / 100;
	assert_int_equal(found(x, NULL, 240, CHANGEPOINT_LEVEL).n, 3);
	c = found(x, y, 240, CHANGEPOINT_AUTO);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.changes[0].index, 120);
	assert_true(fabs(c.changes[0].ratio - 1.1) < .01);
	assert_true(fabs(c.changes[0].before - 100) < 60); /* at the reference's usual speed */
	assert_false(c.changes[0].machine);
	assert_int_equal(c.nmachine, 2);
	assert_int_equal(c.machine[0].index, 90);
	/* Where the reference moves at the same place, nobody can tell which it was. */
	machine[0].at = 120;
	y = series(240, .01, 5, machine, 2);
	c = found(z, y, 240, CHANGEPOINT_AUTO);
	assert_true(c.n >= 1 && c.changes[0].machine);
}

static void reference_errors(void **state)
{
	double x[20], y[20];
	struct changepoints c;
	struct err err = {""};

	for (size_t i = 0; i < 20; i++)
		x[i] = y[i] = 1 + (double)i;
	y[7] = 0;
	assert_int_equal(changepoint_find(x, y, 20, &defaults, &arena, &c, &err), -ERR_INPUT);
	assert_string_equal(err.msg, "value 7 of the reference is 0: it must be above 0");
	y[7] = NAN; /* left out */
	assert_int_equal(changepoint_find(x, y, 20, &defaults, &arena, &c, &err), 0);
	assert_int_equal(c.left_out, 1);
	assert_int_equal(
		changepoint_find(x, NULL, CHANGEPOINT_LIMIT + 1, &defaults, &arena, &c, &err),
		-ERR_LIMIT);
}

/* Gaps do not shift indices; what is not above 0 is not taken by its logarithm. */
static void conventions(void **state)
{
	struct step s = {100, 1.2};
	double *x = series(200, .01, 9, &s, 1), constant[50], few[CHANGEPOINT_MIN];
	struct changepoints c;

	for (size_t i = 0; i < 200; i += 5)
		x[i] = i % 10 ? NAN : i % 20 ? INFINITY : -INFINITY;
	c = found(x, NULL, 200, CHANGEPOINT_AUTO);
	assert_int_equal(c.left_out, 40);
	assert_int_equal(c.used, 160);
	assert_int_equal(c.n, 1);
	assert_in_range(c.changes[0].index, 99, 102);
	assert_int_equal(c.changes[0].end, 200);
	x[3] = 0;
	c = found(x, NULL, 200, CHANGEPOINT_AUTO);
	assert_false(c.logs);
	assert_int_equal(c.n, 1);
	assert_true(isnan(c.changes[0].ratio) && isnan(c.changes[0].low));
	assert_true(fabs(c.changes[0].after - c.changes[0].before - 20) < 1);
	for (size_t i = 0; i < 50; i++)
		constant[i] = 42;
	for (int mode = CHANGEPOINT_AUTO; mode <= CHANGEPOINT_TREND; mode++) {
		c = found(constant, NULL, 50, (enum changepoint_mode)mode);
		assert_int_equal(c.n, 0);
		assert_true(c.noise < 1e-6);
		for (size_t n = 0; n < CHANGEPOINT_MIN; n++)
			assert_int_equal(found(constant, NULL, n, (enum changepoint_mode)mode).n,
					 0);
	}
	/* The fewest values that can tell: seven on either side. */
	for (size_t i = 0; i < CHANGEPOINT_MIN; i++)
		few[i] = (i < CHANGEPOINT_MIN / 2 ? 100 : 200) + (double)(i * 5 % 7);
	assert_int_equal(found(few, NULL, CHANGEPOINT_MIN, CHANGEPOINT_LEVEL).n, 1);
}

/* Exact steps without any noise. */
static void noiseless(void **state)
{
	double x[120];
	struct changepoints c;

	for (size_t i = 0; i < 120; i++)
		x[i] = i < 40 ? 100 : i < 80 ? 101 : 99;
	c = found(x, NULL, 120, CHANGEPOINT_LEVEL);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.changes[0].index, 40);
	assert_int_equal(c.changes[1].index, 80);
	assert_int_equal(c.changes[1].from, 80);
	assert_int_equal(c.changes[1].to, 80);
	assert_true(c.changes[0].low == c.changes[0].high);
}

static void trend(void **state)
{
	enum { N = 3000 };
	double *x = arena_alloc(&arena, N * sizeof(*x));
	struct random r = {11};
	struct changepoints c;

	for (size_t n = 100; n <= N; n *= 30) { /* as it is, and in blocks */
		for (size_t i = 0; i < n; i++) {
			double t = (double)i / (double)n;

			x[i] = exp(t < .6 ? t : .6 + 4 * (t - .6) + .01 * normal(&r)) *
			       exp(.01 * normal(&r));
		}
		c = found(x, NULL, n, CHANGEPOINT_AUTO);
		assert_int_equal(c.model, CHANGEPOINT_TREND);
		assert_int_equal(c.n, 1);
		assert_in_range(c.changes[0].index, n * 58 / 100, n * 62 / 100);
		assert_in_range(n * 6 / 10, c.changes[0].from, c.changes[0].to);
		assert_true(fabs(c.changes[0].slope_before * (double)n - 1) < .1);
		assert_true(fabs(c.changes[0].slope_after * (double)n - 4) < .4);
		assert_true(isnan(c.changes[0].low));
		assert_true(fabs(c.changes[0].ratio - 1) < .03);
	}
	for (size_t i = 0; i < 200; i++) /* one line */
		x[i] = 100 + (double)i + normal(&r);
	assert_int_equal(found(x, NULL, 200, CHANGEPOINT_AUTO).n, 0);
}

static void threshold(void **state)
{
	for (size_t n = 1; n < 1 << 22; n += 1 + n / 3) {
		assert_true(changepoint_threshold(n) > 3 && changepoint_threshold(n) < 5.2);
		assert_true(changepoint_threshold(n + 1) >= changepoint_threshold(n));
	}
	assert_true(changepoint_threshold(SIZE_MAX / 2) < 5.2);
}

/* Anything finite or not: what is told keeps its order. */
static void wild(void **state)
{
	static const double odd[] = {0,   -0.0,     1,         -1, 1e308,  -1e308, 1e-320,
				     NAN, INFINITY, -INFINITY, 42, 1e-300, 1e300};
	struct random r = {5};

	for (int k = 0; k < 3000; k++) {
		double x[90], y[90];
		size_t n = (size_t)(90 * uniform(&r)), kinds = 1 + (size_t)(12 * uniform(&r));
		struct changepoint_options o = {(enum changepoint_mode)(k % 3), .005, 1};
		struct changepoints c;

		for (size_t i = 0; i < n; i++) {
			x[i] = odd[(size_t)((double)kinds * uniform(&r)) % ARRAY_SIZE(odd)];
			if (k % 4 == 0)
				x[i] = fabs(x[i]);
			y[i] = uniform(&r) * (k % 5 ? 1 : 1e300);
		}
		assert_int_equal(changepoint_find(x, k % 2 ? y : NULL, n, &o, &arena, &c, NULL), 0);
		for (size_t i = 0; i < c.n; i++) {
			const struct change *f = &c.changes[i];

			assert_true(f->begin < f->index && f->index < f->end && f->end <= n);
			assert_true(f->from <= f->index && f->index <= f->to && f->to < n);
			assert_true(!i || f->index > c.changes[i - 1].index);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(order_patterns),
		cmocka_unit_test(steps),
		cmocka_unit_test(effects),
		cmocka_unit_test(silence),
		cmocka_unit_test(reference),
		cmocka_unit_test(reference_errors),
		cmocka_unit_test(conventions),
		cmocka_unit_test(noiseless),
		cmocka_unit_test(trend),
		cmocka_unit_test(threshold),
		cmocka_unit_test(wild),
	};

	return cmocka_run_group_tests_name("changepoint", tests, setup, teardown);
}
