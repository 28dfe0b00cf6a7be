// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Exceptions: see cxx.h. A pointer to the unwinder's header, which begins with "GNUCC++"
 * (libc++abi: "CLNGC++"), lies in some frame of the unwinder or of terminate(). The header before
 * it names the type; a std::exception with a message of its own is known by its chain of base
 * classes.
 */
#include "unwind/cxx.h"

#include "unwind/names.h"

#define CLASS_GNU   UINT64_C(0x474e5543432b2b00) /* "GNUCC++\0", the last byte 1: dependent */
#define CLASS_LLVM  UINT64_C(0x434c4e47432b2b00)
#define TYPE_BEFORE 80 /* of exceptionType from the unwinder's header, backwards */
#define OBJECT      32 /* of the thrown object from there */
#define TEXT_MOST   1024
#define BASES_MOST  8
#define LOOK_MOST   ((size_t)64 << 10) /* bytes of stack */

static bool read_word(const struct image *im, uint64_t addr, uint64_t *out)
{
	return addr % 8 == 0 && im->read(im->arg, addr, out, sizeof(*out));
}

/* Text up to a NUL; false if there is none in time. */
static bool read_text(const struct image *im, uint64_t addr, struct arena *a, struct str *out)
{
	char text[TEXT_MOST];
	size_t n = 0;

	while (n < sizeof(text) && im->read(im->arg, addr + n, text + n, 1)) {
		if (!text[n]) {
			*out = arena_str(a, (struct str){text, n});
			return true;
		}
		n++;
	}
	return false;
}

/* Whether a type derives from one of those that keep their message as a string at offset 8. */
static bool has_message(const struct image *im, uint64_t type, struct arena *a)
{
	static const char *const keepers[] = {"St13runtime_error", "St11logic_error"};

	for (unsigned i = 0; i < BASES_MOST; i++) {
		struct str name;
		uint64_t at;

		if (!read_word(im, type + 8, &at) || !read_text(im, at, a, &name))
			return false;
		for (size_t k = 0; k < ARRAY_SIZE(keepers); k++)
			if (str_eq(name, str_of(keepers[k])))
				return true;
		/* __si_class_type_info: its base follows the name. */
		if (!read_word(im, type + 16, &type))
			return false;
	}
	return false;
}

static bool read_exception(const struct image *im, uint64_t header, struct arena *a,
			   struct cxx_exception *out)
{
	uint64_t class, type, name, text;
	struct str mangled;

	if (!read_word(im, header, &class) || (class != CLASS_GNU && class != CLASS_LLVM))
		return false;
	if (!read_word(im, header - TYPE_BEFORE, &type) || !read_word(im, type + 8, &name) ||
	    !read_text(im, name, a, &mangled) || !mangled.n)
		return false;
	if (mangled.p[0] == '*') /* a type with a name of its own in each module */
		mangled = str_from(mangled, 1);
	*out = (struct cxx_exception){.object = header + OBJECT, .what = STR("")};
	out->type = names_demangle(a, arena_printf(a, "_ZTS" STR_FMT, STR_ARG(mangled)));
	if (str_starts(out->type, STR("typeinfo name for ")))
		out->type = str_from(out->type, sizeof("typeinfo name for ") - 1);
	if (has_message(im, type, a) && read_word(im, out->object + 8, &text))
		read_text(im, text, a, &out->what);
	return true;
}

bool cxx_find_exception(const struct image *im, const struct image_stack *stack, struct arena *a,
			struct cxx_exception *out)
{
	size_t n = stack->n < LOOK_MOST ? stack->n : LOOK_MOST;

	for (size_t at = (8 - stack->addr % 8) % 8; at + 8 <= n; at += 8) {
		uint64_t word;

		memcpy(&word, stack->bytes + at, sizeof(word));
		if (image_find(im, word) && read_exception(im, word, a, out))
			return true;
	}
	return false;
}
