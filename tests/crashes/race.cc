// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>
#include <string>
#include <thread>

struct key {
	int value;
	bool operator<(const key &other) const { return touched++, value < other.value; }
	static int touched;
};
int key::touched;

struct calls {
	int n = 0;
	void operator()() { n++; }
};

int main()
{
	calls c;
	auto work = [&] {
		std::map<key, std::string> m;
		for (int i = 0; i < 100; i++) {
			m[key{i}] = "x";
			c();
		}
	};
	std::thread a(work), b(work);
	a.join();
	b.join();
	return c.n > 200;
}
