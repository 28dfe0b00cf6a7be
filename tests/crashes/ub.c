// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static int compute(int n, int *table)
{
	int total = INT_MAX - 2;

	total += n;
	total <<= n * 8;
	return total + *(int *)((char *)table + 1) + n / (n - 4);
}

int main(int argc, char **argv)
{
	int table[4] = {0};

	printf("%d\n", compute(argc + 3 + (argv == 0), table));
	return 0;
}
