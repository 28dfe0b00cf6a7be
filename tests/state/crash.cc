// SPDX-License-Identifier: GPL-3.0-or-later
// Dies of C++: an exception that nobody catches, an assertion, no memory, a damaged heap.
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace shop
{

struct missing_item : std::runtime_error {
	using std::runtime_error::runtime_error;
};

struct labelled {
	virtual ~labelled() = default;
	int label = 4713;
};

// Its message is not where it is in a class of one base.
struct second_base : labelled, std::logic_error {
	second_base() : std::logic_error("a second base") {}
};

struct virtual_base : virtual std::runtime_error {
	virtual_base() : std::runtime_error("a virtual base") {}
};

volatile std::size_t damage = 32;

struct cart {
	std::map<std::string, int> items;

	[[gnu::noinline]] int add(const std::string &name, const char *how)
	{
		return items[name]++ + checkout(how);
	}

	[[gnu::noinline]] int overflow(int n)
	{
		volatile char room[512];

		room[0] = static_cast<char>(n);
		return n ? overflow(n + 1) + room[0] : 0;
	}

	[[gnu::noinline]] int checkout(const char *how)
	{
		if (!std::strcmp(how, "throw"))
			throw std::runtime_error("item 4711 is not there");
		if (!std::strcmp(how, "own"))
			throw missing_item("item 4712 is not there either");
		if (!std::strcmp(how, "number"))
			throw 42;
		if (!std::strcmp(how, "text"))
			throw "a text";
		if (!std::strcmp(how, "string"))
			throw std::string("a string");
		if (!std::strcmp(how, "second"))
			throw second_base();
		if (!std::strcmp(how, "virtual"))
			throw virtual_base();
		if (!std::strcmp(how, "nested"))
			try {
				throw std::runtime_error("inner");
			} catch (...) {
				std::throw_with_nested(std::logic_error("outer"));
			}
		if (!std::strcmp(how, "again"))
			std::rethrow_exception(std::make_exception_ptr(std::runtime_error("again")));
		if (!std::strcmp(how, "assert"))
			assert(items.size() == 42 && "the cart is too small");
		if (!std::strcmp(how, "memory"))
			std::vector<long>().reserve(std::size_t(1) << 58);
		if (!std::strcmp(how, "range"))
			return std::vector<int>(3).at(17);
		if (!std::strcmp(how, "heap")) {
			char *p = static_cast<char *>(std::malloc(32));

			std::memset(p + 24, 0x41, damage);
			std::free(std::malloc(2000));
			std::free(p);
			std::free(std::malloc(5000));
			std::abort();
		}
		if (!std::strcmp(how, "stack"))
			return overflow(1);
		if (!std::strcmp(how, "thread"))
			std::thread([] { throw std::logic_error("in a thread"); }).join();
		std::abort();
	}
};

} // namespace shop

int main(int argc, char **argv)
{
	rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	shop::cart c;

	setrlimit(RLIMIT_CORE, &all);
	alarm(600);
	return c.add("apple", argc > 1 ? argv[1] : "abort");
}
