// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Selection by Hoare's algorithm with the median of three as pivot, and after too many unlucky
 * pivots by sorting, so that no input makes it quadratic; sorting by merging, insertion for short
 * runs, and by digits of the values for long ones.
 */
#include "stats/order.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SHORT_RUN 24
#define LONG_RUN  8192 /* from here on by digits of the values */
#define DIGIT     11
#define DIGITS    6

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double middle(double a, double b, double c)
{
	return a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
}

double order_select(double *x, size_t n, size_t k)
{
	size_t low = 0, high = n - 1, patience = 64;

	while (low < high) {
		double pivot = middle(x[low], x[low + (high - low) / 2], x[high]);
		size_t i = low, j = high;

		if (!patience--) {
			qsort(x + low, high - low + 1, sizeof(*x), by_value);
			break;
		}
		for (;;) {
			while (x[i] < pivot)
				i++;
			while (x[j] > pivot)
				j--;
			if (i >= j)
				break;
			double t = x[i];

			x[i++] = x[j];
			x[j--] = t;
		}
		/* All up to j are at most the pivot, all from j + 1 at least. */
		if (j == high)
			j--;
		if (k <= j)
			high = j;
		else
			low = j + 1;
	}
	return x[k];
}

double order_median(double *x, size_t n)
{
	double upper = order_select(x, n, n / 2), lower;

	if (n % 2)
		return upper;
	lower = x[0];
	for (size_t i = 1; i < n / 2; i++)
		lower = fmax(lower, x[i]);
	return lower + (upper - lower) / 2;
}

double order_median_of(const double *x, size_t n, double *room)
{
	memcpy(room, x, n * sizeof(*x));
	return order_median(room, n);
}

static void insertion(struct order_item *x, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct order_item item = x[i];
		size_t k = i;

		for (; k && x[k - 1].value > item.value; k--)
			x[k] = x[k - 1];
		x[k] = item;
	}
}

static void merge(const struct order_item *a, size_t na, const struct order_item *b, size_t nb,
		  struct order_item *out)
{
	size_t i = 0, k = 0;

	while (i < na && k < nb) {
		bool second = b[k].value < a[i].value;

		*out++ = second ? b[k] : a[i];
		k += second;
		i += !second;
	}
	memcpy(out, a + i, (na - i) * sizeof(*a));
	memcpy(out + (na - i), b + k, (nb - k) * sizeof(*b));
}

/* The d-th digit from the last of a number that orders as the values do; -0 is 0. */
static size_t digit(double value, unsigned d)
{
	uint64_t key;

	value += 0.0;
	memcpy(&key, &value, sizeof(key));
	key = key >> 63 ? ~key : key | (uint64_t)1 << 63;
	return key >> DIGIT * d & ((1 << DIGIT) - 1);
}

/* By digits from the last on; those in which all agree are skipped. */
static void radix(struct order_item *items, size_t n, struct order_item *room)
{
	size_t(*counts)[1 << DIGIT] = mem_zalloc(DIGITS * sizeof(*counts));
	struct order_item *from = items, *to = room, *t;

	for (size_t i = 0; i < n; i++)
		for (unsigned d = 0; d < DIGITS; d++)
			counts[d][digit(items[i].value, d)]++;
	for (unsigned d = 0; d < DIGITS; d++) {
		size_t *place = counts[d], sum = 0;

		if (place[digit(from[0].value, d)] == n)
			continue;
		for (size_t k = 0; k < 1 << DIGIT; k++) {
			size_t count = place[k];

			place[k] = sum;
			sum += count;
		}
		for (size_t i = 0; i < n; i++)
			to[place[digit(from[i].value, d)]++] = from[i];
		t = from;
		from = to;
		to = t;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(*items));
	free(counts);
}

static void by_merging(struct order_item *items, size_t n, struct order_item *room)
{
	struct order_item *from = items, *to = room, *t;

	for (size_t i = 0; i < n; i += SHORT_RUN)
		insertion(items + i, n - i < SHORT_RUN ? n - i : SHORT_RUN);
	for (size_t run = SHORT_RUN; run < n; run *= 2) {
		for (size_t i = 0; i < n; i += 2 * run) {
			size_t a = n - i < run ? n - i : run, rest = n - i - a;

			merge(from + i, a, from + i + a, rest < run ? rest : run, to + i);
		}
		t = from;
		from = to;
		to = t;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(*items));
}

void order_sort(struct order_item *items, size_t n, struct order_item *room)
{
	if (n < LONG_RUN)
		by_merging(items, n, room);
	else
		radix(items, n, room);
}

void order_ranks(const double *x, size_t n, double *rank, struct order_item *room)
{
	for (size_t i = 0; i < n; i++)
		room[i] = (struct order_item){x[i], i};
	order_sort(room, n, room + n);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && room[k].value == room[i].value; k++)
			;
		for (size_t j = i; j < k; j++)
			rank[room[j].index] = ((double)(i + k) - (double)n) / 2;
	}
}
