// SPDX-License-Identifier: GPL-3.0-or-later
// Variables of every kind in one frame, which then waits for ever.
#include <cstdio>
#include <string>
#include <vector>

#include <unistd.h>

namespace
{

enum color { RED, GREEN = 5 };

struct point {
	int x;
	double y;
	const char *name;
	color c;
};

struct base {
	int inherited;
};

struct derived : base {
	unsigned low : 3, high : 5;
	int below : 4;
	point at;
};

struct node {
	int value;
	node *next;
};

[[gnu::noinline]] int hold(const point &reference, node *list, std::string text,
			   std::string &longer, void *nothing, float third)
{
	derived d;
	int numbers[3] = {4, 5, 6};
	char letters[] = "letters";
	signed char small = -7;
	bool yes = true;
	std::vector<int> many(3, 9);

	d.inherited = 42;
	d.low = 5;
	d.high = 17;
	d.below = -3;
	d.at = {1, 2.5, "inner", GREEN};
	std::printf("ready %d\n", static_cast<int>(getpid()));
	std::fflush(stdout);
	pause();
	return d.at.x + numbers[0] + letters[0] + small + yes + many[0] + reference.x +
	       list->value + static_cast<int>(text.size() + longer.size() + third) +
	       (nothing != nullptr);
}

} // namespace

int main()
{
	node second = {2, nullptr}, first = {1, &second};
	std::string longer(200, 'l');

	return hold({7, 0.25, "seven", RED}, &first, "short", longer, nullptr, 1.5F);
}
