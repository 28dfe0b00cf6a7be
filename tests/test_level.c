// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "text/level.h"

static const struct {
	const char *words; /* separated by blanks */
	enum level level;
} words[] = {
	{"trace TRACE Trace finest FINER verbose VERBOSE trc trce", LEVEL_TRACE},
	{"debug DEBUG Debug dbg dbug fine FINE debug1 DEBUG5", LEVEL_DEBUG},
	{"info INFO Info inf information Information config log LOG", LEVEL_INFO},
	{"notice NOTICE note", LEVEL_NOTICE},
	{"warn WARN Warning WARNING wrn", LEVEL_WARN},
	{"error ERROR Error err ERR severe SEVERE fail failure", LEVEL_ERROR},
	{"fatal FATAL crit CRITICAL critical emerg emergency alert panic dpanic ftl", LEVEL_FATAL},
	{"informat emergenc information2 in errors erro r x warnin 30 -", LEVEL_UNKNOWN},
};

static void of_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct str rest = str_of(words[i].words), word;

		while (str_next(&rest, ' ', &word)) {
			if (level_of_word(word) != words[i].level)
				print_message("# " STR_FMT "\n", STR_ARG(word));
			assert_int_equal(level_of_word(word), words[i].level);
		}
	}
	assert_int_equal(level_of_word(STR("")), LEVEL_UNKNOWN);
}

static void of_letters(void **state)
{
	static const char letters[] = "VTDINWEFCAX";
	static const enum level want[] = {LEVEL_TRACE,  LEVEL_TRACE, LEVEL_DEBUG,  LEVEL_INFO,
					  LEVEL_NOTICE, LEVEL_WARN,  LEVEL_ERROR,  LEVEL_FATAL,
					  LEVEL_FATAL,  LEVEL_FATAL, LEVEL_UNKNOWN};

	(void)state;
	for (size_t i = 0; letters[i]; i++)
		assert_int_equal(level_of_letter(letters[i]), want[i]);
}

static void of_numbers(void **state)
{
	static const struct {
		unsigned n;
		enum level level;
	} pri[] = {{34, LEVEL_FATAL},  {38, LEVEL_INFO},   {27, LEVEL_ERROR}, {12, LEVEL_WARN},
		   {13, LEVEL_NOTICE}, {191, LEVEL_DEBUG}, {0, LEVEL_FATAL}};
	static const struct {
		const char *s;
		enum level level;
	} any[] = {{"10", LEVEL_TRACE}, {"20", LEVEL_DEBUG},  {"30", LEVEL_INFO},
		   {"40", LEVEL_WARN},  {"50", LEVEL_ERROR},  {"60", LEVEL_FATAL},
		   {"6", LEVEL_INFO},   {"3", LEVEL_ERROR},   {"e", LEVEL_ERROR},
		   {"W", LEVEL_WARN},   {"INFO", LEVEL_INFO}, {"999", LEVEL_UNKNOWN},
		   {"", LEVEL_UNKNOWN}, {"8", LEVEL_UNKNOWN}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pri); i++)
		assert_int_equal(level_of_priority(pri[i].n), pri[i].level);
	for (size_t i = 0; i < ARRAY_SIZE(any); i++)
		assert_int_equal(level_of_any(str_of(any[i].s)), any[i].level);
}

static void names(void **state)
{
	(void)state;
	for (enum level l = LEVEL_TRACE; l <= LEVEL_FATAL; l++)
		assert_int_equal(level_of_word(str_of(level_name(l))), l);
	assert_string_equal(level_name(LEVEL_UNKNOWN), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(of_words), cmocka_unit_test(of_letters),
					   cmocka_unit_test(of_numbers), cmocka_unit_test(names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
