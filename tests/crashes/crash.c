// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
	int value;
	struct node *next;
};

__attribute__((noinline)) static int sum(const struct node *list)
{
	int total = 0;

	for (int i = 0; i < 3; i++, list = list->next)
		total += list->value;
	return total;
}

__attribute__((noinline)) static int handle(const char *name)
{
	struct node last = {2, NULL}, first = {1, &last};

	return sum(&first) + (int)strlen(name);
}

int main(int argc, char **argv)
{
	return handle(argv[argc - 1]);
}
