// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Exceptions: see cxx.h. A pointer to the unwinder's header, which begins with "GNUCC++"
 * (libc++abi: "CLNGC++"), lies in some frame of the unwinder or of terminate(). The header before
 * it names the type; a std::exception with a message of its own is known by its base classes.
 */
#include "unwind/cxx.h"

#include "unwind/names.h"

#define CLASS_GNU   UINT64_C(0x474e5543432b2b00) /* "GNUCC++\0", the last byte 1: dependent */
#define CLASS_LLVM  UINT64_C(0x434c4e47432b2b00)
#define TYPE_BEFORE 80 /* of exceptionType from the unwinder's header, backwards */
#define OBJECT      32 /* of the thrown object from there */
#define TEXT_MOST   1024
#define BASES_MOST  16
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

/* A class and where it lies in the thrown object. */
struct base {
	uint64_t type, object;
};

/*
 * The bases of a class, from its type information: one (__si_class_type_info, a pointer to it
 * follows the name) or several (__vmi_class_type_info: flags and their number, then type and offset
 * of each; of virtual ones the offset stands in the object's table).
 * Source: Itanium C++ ABI, 2.9.5.
 */
static size_t find_bases(const struct image *im, const struct base *of, struct base *out,
			 size_t most)
{
	uint64_t word, table;
	size_t n;

	if (!read_word(im, of->type + 16, &word))
		return 0;
	if ((uint32_t)word > 3 || word >> 32 == 0) {
		out[0] = (struct base){word, of->object};
		return most > 0;
	}
	n = word >> 32 < most ? (size_t)(word >> 32) : most;
	for (size_t i = 0; i < n; i++) {
		uint64_t pair[2];
		int64_t offset;

		if (!im->read(im->arg, of->type + 24 + i * sizeof(pair), pair, sizeof(pair)))
			return i;
		offset = (int64_t)pair[1] >> 8;
		if (pair[1] & 1 && (!read_word(im, of->object, &table) ||
				    !read_word(im, table + (uint64_t)offset, (uint64_t *)&offset)))
			return i;
		out[i] = (struct base){pair[0], of->object + (uint64_t)offset};
	}
	return n;
}

/* The message of an exception that derives from one of those that keep it as a string at offset
 * 8. */
static bool find_message(const struct image *im, uint64_t type, uint64_t object, struct arena *a,
			 struct str *out)
{
	static const char *const keepers[] = {"St13runtime_error", "St11logic_error"};
	struct base all[BASES_MOST] = {{type, object}};

	for (size_t i = 0, n = 1; i < n; i++) {
		struct str name;
		uint64_t at;

		if (!read_word(im, all[i].type + 8, &at) || !read_text(im, at, a, &name))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(keepers); k++)
			if (str_eq(name, str_of(keepers[k])))
				return read_word(im, all[i].object + 8, &at) &&
				       read_text(im, at, a, out);
		n += find_bases(im, &all[i], all + n, BASES_MOST - n);
	}
	return false;
}

/* What was thrown if it is no object of a class: text, or a number. */
static void find_value(const struct image *im, struct str mangled, uint64_t object, struct arena *a,
		       struct str *out)
{
	uint64_t word;

	if (!read_word(im, object, &word))
		return;
	if (str_eq(mangled, STR("PKc")) || str_eq(mangled, STR("Pc")) ||
	    str_starts(mangled, STR("NSt7__cxx1112basic_stringIcSt")))
		read_text(im, word, a, out);
	else if (str_eq(mangled, STR("i")))
		*out = str_of(arena_printf(a, "%d", (int)word));
	else if (str_eq(mangled, STR("j")))
		*out = str_of(arena_printf(a, "%u", (unsigned)word));
	else if (str_eq(mangled, STR("l")) || str_eq(mangled, STR("x")))
		*out = str_of(arena_printf(a, "%lld", (long long)word));
	else if (str_eq(mangled, STR("m")) || str_eq(mangled, STR("y")))
		*out = str_of(arena_printf(a, "%llu", (unsigned long long)word));
}

static bool read_exception(const struct image *im, uint64_t header, struct arena *a,
			   struct cxx_exception *out)
{
	uint64_t class, type, name;
	struct str mangled;

	if (!read_word(im, header, &class))
		return false;
	/* One that was thrown again, by std::rethrow_exception(), refers to the first one. */
	if (class == (CLASS_GNU | 1)) {
		if (!read_word(im, header - TYPE_BEFORE, &header))
			return false;
		header -= OBJECT;
		if (!read_word(im, header, &class))
			return false;
	}
	if (class != CLASS_GNU && class != CLASS_LLVM)
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
	if (!find_message(im, type, out->object, a, &out->what))
		find_value(im, mangled, out->object, a, &out->what);
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
