// SPDX-License-Identifier: GPL-3.0-or-later
/* Names as a compiler wrote them, and as the source has them. */
#include "unit.h"

#include "unwind/unwind.h"

static void test_demangle(void **state)
{
	static const struct {
		const char *name, *plain;
	} cases[] = {
		{"main", "main"},
		{"", ""},
		{"_Z", "_Z"},
		{"_ZN4shop4cart8checkoutEPKc", "shop::cart::checkout(char const*)"},
		{"_ZNSt6vectorIiSaIiEE9push_backEOi",
		 "std::vector<int, std::allocator<int> >::push_back(int&&)"},
		/* Rust, in its first and in its present way. */
		{"_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", "core::fmt::Write::write_fmt"},
		{"_ZN71_$LT$shop..Cart$u20$as$u20$shop..Price$GT$5price17h0123456789abcdefE",
		 "_ZN71_$LT$shop..Cart$u20$as$u20$shop..Price$GT$5price17h0123456789abcdefE"},
		{"_ZN42_$LT$shop..Cart$u20$as$u20$shop..Price$GT$5price17h0123456789abcdefE",
		 "<shop::Cart as shop::Price>::price"},
		{"_RNvNtCs1234_7mycrate4shop8checkout", "mycrate::shop::checkout"},
		{"_RNvMNtCs1234_7mycrate4shopNtB2_4Cart8checkout",
		 "<mycrate::shop::Cart>::checkout"},
		/* Go's are plain; the version of a symbol is no part of its name. */
		{"main.(*cart).checkout", "main.(*cart).checkout"},
		{"read@@GLIBC_2.2.5", "read"},
		{"@", "@"},
		{"_R@x", "_R"},
	};
	struct arena a;

	arena_init(&a);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str plain = unwind_demangle(&a, str_of(cases[i].name));

		if (!str_eq(plain, str_of(cases[i].plain)))
			fail_msg("%s: " STR_FMT, cases[i].name, STR_ARG(plain));
	}
	arena_release(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_demangle)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
