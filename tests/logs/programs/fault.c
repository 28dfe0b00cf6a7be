// SPDX-License-Identifier: GPL-3.0-or-later
// Faults for the sanitizers to report. Usage: fault asan | leak | ubsan | tsan
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int orders[4];
static int stored;

static int last(const int *table, int n)
{
	return table[n - 1];
}

static void *count(void *arg)
{
	(void)arg;
	for (int i = 0; i < 100; i++)
		stored++;
	return NULL;
}

static void leak(int n)
{
	char *name = malloc(24 + n);
	snprintf(name, 24, "order %d", n);
	puts(name);
}

static int sum(int limit)
{
	int all = limit;
	for (int i = 0; i < 3; i++)
		all += i << 31;
	return all + 1 + orders[limit & 7];
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "";

	puts("storing orders");
	fflush(stdout);
	if (!strcmp(kind, "asan")) {
		int *table = calloc(3, sizeof(*table));
		int n = last(table, 3 + argc);
		free(table);
		return n;
	}
	if (!strcmp(kind, "leak"))
		for (int i = 0; i < 2; i++)
			leak(i);
	if (!strcmp(kind, "ubsan"))
		printf("sum %d\n", sum(INT_MAX));
	if (!strcmp(kind, "tsan")) {
		pthread_t a, b;
		pthread_create(&a, NULL, count, NULL);
		pthread_create(&b, NULL, count, NULL);
		pthread_join(a, NULL);
		pthread_join(b, NULL);
		printf("%d orders stored\n", stored);
	}
	puts("done");
	return 0;
}
