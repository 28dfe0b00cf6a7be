// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Arguments and local variables: where DWARF says they are, and the text of their values. What lies
 * in a register that a call destroys, or nowhere, is "<optimized out>". Text is shown behind every
 * pointer to it; a reference, or a pointer that is itself the variable, also with the struct that
 * it leads to. Structs and arrays are shown to a depth and a number.
 */
#include "unwind/values.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

#define VALUES_MOST  64 /* of a frame */
#define DEPTH_MOST   3
#define MEMBERS_MOST 12
#define TEXT_MOST    120
#define BYTES_MOST   1024 /* of a value */
#define TYPES_MOST   32   /* typedefs and qualifiers on the way to a type */

struct shower {
	const struct frame_view *v;
	struct buf out;
};

static struct str optimized_out(void)
{
	return STR("<optimized out>");
}

/* The type behind typedefs, const and the like; false if there is none (void). */
static bool strip(Dwarf_Die *die, Dwarf_Die *out)
{
	Dwarf_Attribute attr;

	for (unsigned i = 0; i < TYPES_MOST; i++) {
		switch (dwarf_tag(die)) {
		case DW_TAG_typedef:
		case DW_TAG_const_type:
		case DW_TAG_volatile_type:
		case DW_TAG_restrict_type:
		case DW_TAG_atomic_type:
			if (!dwarf_attr_integrate(die, DW_AT_type, &attr) ||
			    !dwarf_formref_die(&attr, out))
				return false;
			die = out;
			break;
		default: *out = *die; return true;
		}
	}
	return false;
}

/* In bytes; < 0: unknown. clang leaves it out for pointers. */
static int size_of(Dwarf_Die *type)
{
	int size = dwarf_bytesize(type), tag = dwarf_tag(type);
	bool pointer = tag == DW_TAG_pointer_type || tag == DW_TAG_reference_type ||
		       tag == DW_TAG_rvalue_reference_type;

	return size < 0 && pointer ? 8 : size;
}

static bool type_of(Dwarf_Die *die, Dwarf_Die *out)
{
	Dwarf_Attribute attr;

	return dwarf_attr_integrate(die, DW_AT_type, &attr) && dwarf_formref_die(&attr, out);
}

/* As C writes it, roughly: "const char *". */
static void type_name(Dwarf_Die *die, struct buf *out, unsigned depth)
{
	Dwarf_Die inner;
	const char *name = dwarf_diename(die);
	bool has = depth < TYPES_MOST && type_of(die, &inner);

	switch (dwarf_tag(die)) {
	case DW_TAG_const_type: BUF_LIT(out, "const "); break;
	case DW_TAG_volatile_type: BUF_LIT(out, "volatile "); break;
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
		if (has)
			type_name(&inner, out, depth + 1);
		else
			BUF_LIT(out, "void");
		buf_printf(out, dwarf_tag(die) == DW_TAG_pointer_type ? " *" : " &");
		return;
	case DW_TAG_array_type:
		if (has)
			type_name(&inner, out, depth + 1);
		BUF_LIT(out, " []");
		return;
	case DW_TAG_subroutine_type: BUF_LIT(out, "function"); return;
	default: buf_printf(out, "%s", name ? name : "?"); return;
	}
	if (has)
		type_name(&inner, out, depth + 1);
	else
		BUF_LIT(out, "void");
}

static void show(struct shower *s, Dwarf_Die *type, uint64_t addr, const unsigned char *bytes,
		 size_t n, unsigned depth);

static void show_text(struct shower *s, uint64_t addr)
{
	char text[TEXT_MOST + 1];
	size_t n = 0;

	while (n < TEXT_MOST && frame_read(s->v, addr + n, text + n, 1) && text[n])
		n++;
	buf_add_char(&s->out, '"');
	buf_add(&s->out, text, n);
	buf_printf(&s->out, n == TEXT_MOST ? "\"..." : "\"");
}

static uint64_t as_number(const unsigned char *bytes, size_t n)
{
	uint64_t v = 0;

	memcpy(&v, bytes, n < sizeof(v) ? n : sizeof(v));
	return v;
}

static bool is_char(Dwarf_Die *type)
{
	Dwarf_Attribute attr;
	Dwarf_Word encoding;
	Dwarf_Die plain;

	return strip(type, &plain) && dwarf_attr(&plain, DW_AT_encoding, &attr) &&
	       dwarf_formudata(&attr, &encoding) == 0 && size_of(&plain) == 1 &&
	       (encoding == DW_ATE_signed_char || encoding == DW_ATE_unsigned_char);
}

static bool is_aggregate(Dwarf_Die *type)
{
	int tag = dwarf_tag(type);

	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

/* What a pointer leads to, behind it: text, or a struct. */
static void show_target(struct shower *s, Dwarf_Die *to, uint64_t addr, unsigned depth,
			bool reference)
{
	unsigned char bytes[BYTES_MOST];
	Dwarf_Die plain;
	int size = strip(to, &plain) ? size_of(&plain) : -1;

	if (is_char(to) && !reference) {
		buf_add_char(&s->out, ' ');
		show_text(s, addr);
		return;
	}
	if (size <= 0 || (size_t)size > sizeof(bytes) || (depth && !reference) ||
	    !(reference || is_aggregate(&plain)) || !frame_read(s->v, addr, bytes, (size_t)size))
		return;
	buf_add_char(&s->out, ' ');
	show(s, &plain, addr, bytes, (size_t)size, depth + 1);
}

static void show_pointer(struct shower *s, Dwarf_Die *type, const unsigned char *bytes, size_t n,
			 unsigned depth)
{
	uint64_t v = as_number(bytes, n);
	Dwarf_Die to;

	buf_printf(&s->out, v ? "%#llx" : "NULL", (unsigned long long)v);
	if (v && type_of(type, &to))
		show_target(s, &to, v, depth, dwarf_tag(type) != DW_TAG_pointer_type);
}

static void show_base(struct shower *s, Dwarf_Die *type, const unsigned char *bytes, size_t n)
{
	Dwarf_Attribute attr;
	Dwarf_Word encoding = DW_ATE_unsigned;
	uint64_t v = as_number(bytes, n);
	unsigned unused = n < 8 ? 64 - 8 * (unsigned)n : 0;
	float f;
	double d;

	if (dwarf_attr(type, DW_AT_encoding, &attr))
		dwarf_formudata(&attr, &encoding);
	if (encoding == DW_ATE_boolean) {
		buf_printf(&s->out, v ? "true" : "false");
	} else if (encoding == DW_ATE_float && n == sizeof(f)) {
		memcpy(&f, bytes, sizeof(f));
		buf_printf(&s->out, "%.9g", (double)f);
	} else if (encoding == DW_ATE_float && n == sizeof(d)) {
		memcpy(&d, bytes, sizeof(d));
		buf_printf(&s->out, "%.17g", d);
	} else if (n > sizeof(v)) {
		buf_printf(&s->out, "<%zu bytes>", n);
	} else if (encoding == DW_ATE_signed || encoding == DW_ATE_signed_char) {
		buf_i64(&s->out, (int64_t)(v << unused) >> unused);
	} else {
		buf_u64(&s->out, v);
	}
	if (n == 1 && v >= ' ' && v <= '~' &&
	    (encoding == DW_ATE_signed_char || encoding == DW_ATE_unsigned_char))
		buf_printf(&s->out, " '%c'", (int)v);
}

static void show_enum(struct shower *s, Dwarf_Die *type, const unsigned char *bytes, size_t n)
{
	uint64_t v = as_number(bytes, n);
	Dwarf_Die child;

	if (dwarf_child(type, &child) == 0)
		do {
			Dwarf_Attribute attr;
			Dwarf_Sword value;

			if (dwarf_attr(&child, DW_AT_const_value, &attr) &&
			    dwarf_formsdata(&attr, &value) == 0 &&
			    as_number((const unsigned char *)&value, n) == v) {
				buf_printf(&s->out, "%s", dwarf_diename(&child));
				return;
			}
		} while (dwarf_siblingof(&child, &child) == 0);
	buf_u64(&s->out, v);
}

/* Elements of an array: its bound and, if that is absent, 0. */
static uint64_t elements(Dwarf_Die *type)
{
	Dwarf_Die child;
	Dwarf_Attribute attr;
	Dwarf_Word v;

	if (dwarf_child(type, &child) != 0)
		return 0;
	if (dwarf_attr(&child, DW_AT_count, &attr) && dwarf_formudata(&attr, &v) == 0)
		return v;
	if (dwarf_attr(&child, DW_AT_upper_bound, &attr) && dwarf_formudata(&attr, &v) == 0)
		return v + 1;
	return 0;
}

static void show_array(struct shower *s, Dwarf_Die *type, uint64_t addr, unsigned depth)
{
	Dwarf_Die element;
	uint64_t n = elements(type);
	int size = type_of(type, &element) ? size_of(&element) : -1;

	if (size <= 0) {
		Dwarf_Die plain;

		size = type_of(type, &element) && strip(&element, &plain) ? size_of(&plain) : -1;
	}
	if (size <= 0 || !addr) {
		BUF_LIT(&s->out, "{...}");
		return;
	}
	if (is_char(&element)) {
		show_text(s, addr);
		return;
	}
	buf_add_char(&s->out, '{');
	for (uint64_t i = 0; i < n && i < MEMBERS_MOST; i++) {
		unsigned char bytes[256];

		if (i)
			BUF_LIT(&s->out, ", ");
		if ((size_t)size > sizeof(bytes) ||
		    !frame_read(s->v, addr + i * (uint64_t)size, bytes, (size_t)size))
			break;
		show(s, &element, addr + i * (uint64_t)size, bytes, (size_t)size, depth + 1);
	}
	buf_printf(&s->out, n > MEMBERS_MOST ? ", ...}" : "}");
}

/* A struct's bytes while its members are shown. */
struct whole {
	uint64_t addr; /* 0: nowhere */
	const unsigned char *bytes;
	size_t n;
	unsigned depth, shown;
};

static bool member_at(Dwarf_Die *member, Dwarf_Word *at)
{
	Dwarf_Attribute attr;

	*at = 0;
	return !dwarf_attr(member, DW_AT_data_member_location, &attr) ||
	       dwarf_formudata(&attr, at) == 0;
}

static bool attribute(Dwarf_Die *die, unsigned name, Dwarf_Word *v)
{
	Dwarf_Attribute attr;

	return dwarf_attr(die, name, &attr) && dwarf_formudata(&attr, v) == 0;
}

/* Where a bit field begins, in bits: since DWARF 4 by that, before (and by clang) from the other
 * end of the storage that it is in. */
static bool first_bit(Dwarf_Die *member, Dwarf_Die *type, Dwarf_Word bits, Dwarf_Word *at)
{
	Dwarf_Word from_end, size = (Dwarf_Word)size_of(type), place;

	if (attribute(member, DW_AT_data_bit_offset, at))
		return true;
	attribute(member, DW_AT_byte_size, &size);
	if (!attribute(member, DW_AT_bit_offset, &from_end) || !member_at(member, &place) ||
	    size > 16 || from_end > 8 * size || bits > 8 * size - from_end || place > INT32_MAX)
		return false;
	*at = 8 * place + 8 * size - from_end - bits;
	return true;
}

/* A bit field, as a number of its type; false if the member is none. */
static bool bit_field(Dwarf_Die *member, Dwarf_Die *type, const struct whole *w,
		      unsigned char out[8])
{
	Dwarf_Word at, bits, encoding = DW_ATE_unsigned;
	uint64_t v;

	if (!attribute(member, DW_AT_bit_size, &bits) || bits == 0 || bits > 56 ||
	    !first_bit(member, type, bits, &at) || at / 8 >= w->n)
		return false;
	v = as_number(w->bytes + at / 8, w->n - at / 8) >> at % 8 & (UINT64_C(-1) >> (64 - bits));
	attribute(type, DW_AT_encoding, &encoding);
	if (encoding == DW_ATE_signed && v >> (bits - 1))
		v |= UINT64_C(-1) << bits;
	memcpy(out, &v, sizeof(v));
	return true;
}

static void show_members(struct shower *s, Dwarf_Die *type, struct whole *w);

/* A base class: its members as if they were the struct's own. */
static void show_base_class(struct shower *s, Dwarf_Die *base, size_t at, struct whole *w)
{
	struct whole part = {w->addr ? w->addr + at : 0, w->bytes + at, w->n - at, w->depth + 1,
			     w->shown};

	if (part.depth > TYPES_MOST)
		return;
	show_members(s, base, &part);
	w->shown = part.shown;
}

static void show_member(struct shower *s, Dwarf_Die *member, struct whole *w)
{
	const char *name = dwarf_diename(member);
	unsigned char bits[8];
	Dwarf_Die type, plain;
	Dwarf_Word at;
	bool field;
	int size;

	if (!type_of(member, &type) || !strip(&type, &plain) || !member_at(member, &at) ||
	    at > w->n)
		return;
	if (dwarf_tag(member) == DW_TAG_inheritance) {
		show_base_class(s, &plain, at, w);
		return;
	}
	field = bit_field(member, &plain, w, bits);
	size = size_of(&plain);
	if (size < 0 && dwarf_tag(&plain) == DW_TAG_array_type)
		size = 0;
	if (size < 0 || (!field && (size_t)size > w->n - at) ||
	    (field && (size_t)size > sizeof(bits)))
		return;
	if (w->shown++)
		BUF_LIT(&s->out, ", ");
	if (w->shown > MEMBERS_MOST) {
		BUF_LIT(&s->out, "...");
		return;
	}
	if (name)
		buf_printf(&s->out, "%s = ", name);
	show(s, &type, !field && w->addr ? w->addr + at : 0, field ? bits : w->bytes + at,
	     (size_t)size, w->depth + 1);
}

static void show_members(struct shower *s, Dwarf_Die *type, struct whole *w)
{
	Dwarf_Die child;

	if (dwarf_child(type, &child) != 0)
		return;
	do {
		int tag = dwarf_tag(&child);

		if ((tag == DW_TAG_member && !dwarf_hasattr(&child, DW_AT_external)) ||
		    tag == DW_TAG_inheritance)
			show_member(s, &child, w);
	} while (w->shown <= MEMBERS_MOST && dwarf_siblingof(&child, &child) == 0);
}

/* libstdc++'s std::string: pointer and length at its beginning. */
static bool show_string(struct shower *s, Dwarf_Die *type, const unsigned char *bytes, size_t n)
{
	const char *name = dwarf_diename(type);
	char text[TEXT_MOST];
	uint64_t addr, length;
	size_t some;

	if (!name || strncmp(name, "basic_string<char,", 18) != 0 || n != 32)
		return false;
	addr = as_number(bytes, 8);
	length = as_number(bytes + 8, 8);
	some = length < sizeof(text) ? (size_t)length : sizeof(text);
	if (length > INT32_MAX || !frame_read(s->v, addr, text, some))
		return false;
	buf_add_char(&s->out, '"');
	buf_add(&s->out, text, some);
	buf_printf(&s->out, some < length ? "\"..." : "\"");
	return true;
}

static void show_struct(struct shower *s, Dwarf_Die *type, uint64_t addr,
			const unsigned char *bytes, size_t n, unsigned depth)
{
	struct whole w = {addr, bytes, n, depth, 0};

	if (show_string(s, type, bytes, n))
		return;
	buf_add_char(&s->out, '{');
	show_members(s, type, &w);
	buf_add_char(&s->out, '}');
}

/* addr: where it lies; 0: nowhere. bytes: the value. */
static void show(struct shower *s, Dwarf_Die *type, uint64_t addr, const unsigned char *bytes,
		 size_t n, unsigned depth)
{
	Dwarf_Die plain;

	if (!strip(type, &plain) ||
	    (depth > DEPTH_MOST &&
	     (is_aggregate(&plain) || dwarf_tag(&plain) == DW_TAG_array_type))) {
		BUF_LIT(&s->out, "...");
		return;
	}
	switch (dwarf_tag(&plain)) {
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type: show_pointer(s, &plain, bytes, n, depth); break;
	case DW_TAG_enumeration_type: show_enum(s, &plain, bytes, n); break;
	case DW_TAG_array_type: show_array(s, &plain, addr, depth); break;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type: show_struct(s, &plain, addr, bytes, n, depth); break;
	default: show_base(s, &plain, bytes, n);
	}
}

/* Where a variable is at pc (an address of the file). */
static struct location locate(Dwarf_Die *die, uint64_t pc, const struct frame_view *v)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	if (!dwarf_attr_integrate(die, DW_AT_location, &attr) ||
	    dwarf_getlocation_addr(&attr, pc, &ops, &n, 1) != 1)
		return (struct location){0};
	return location_eval(v, ops, n, NULL);
}

static struct str text_of(Dwarf_Die *die, uint64_t pc, const struct frame_view *v, struct arena *a)
{
	struct shower s = {.v = v};
	struct location l = locate(die, pc, v);
	unsigned char bytes[BYTES_MOST];
	Dwarf_Die type, plain;
	Dwarf_Attribute attr;
	Dwarf_Sword value;
	struct str out;
	int size;

	if (!type_of(die, &type) || !strip(&type, &plain))
		return STR("?");
	if (dwarf_hasattr(&plain, DW_AT_declaration))
		return STR("<incomplete type>");
	size = size_of(&plain);
	if (l.kind == LOCATION_NONE && dwarf_attr_integrate(die, DW_AT_const_value, &attr) &&
	    dwarf_formsdata(&attr, &value) == 0) {
		l = (struct location){.kind = LOCATION_VALUE, .value = (uint64_t)value};
	}
	if (l.kind == LOCATION_NONE)
		return optimized_out();
	if (l.kind == LOCATION_REGISTER) {
		if (l.value >= IMAGE_REGS || !(v->regs.known >> l.value & 1))
			return optimized_out();
		l = (struct location){.kind = LOCATION_VALUE, .value = v->regs.r[l.value]};
	}
	if (dwarf_tag(&plain) == DW_TAG_array_type && l.kind == LOCATION_ADDRESS)
		size = size < 0 ? 0 : size;
	if (size < 0 || (size_t)size > (l.kind == LOCATION_VALUE ? 8 : INT32_MAX))
		return STR("?");
	if ((size_t)size > sizeof(bytes))
		size = sizeof(bytes);
	if (l.kind == LOCATION_VALUE)
		memcpy(bytes, &l.value, (size_t)size);
	else if (!frame_read(v, l.value, bytes, (size_t)size))
		return STR("<cannot be read>");
	show(&s, &type, l.kind == LOCATION_ADDRESS ? l.value : 0, bytes, (size_t)size, 0);
	out = arena_str(a, buf_str(&s.out));
	buf_release(&s.out);
	return out;
}

struct list {
	struct frame_value *items;
	size_t n, cap;
};

static void add(struct list *l, Dwarf_Die *die, uint64_t pc, const struct frame_view *v,
		struct arena *a)
{
	Dwarf_Attribute attr;
	const char *name =
		dwarf_attr_integrate(die, DW_AT_name, &attr) ? dwarf_formstring(&attr) : NULL;
	struct buf type = {0};
	Dwarf_Die of;

	if (!name || l->n >= VALUES_MOST)
		return;
	if (type_of(die, &of))
		type_name(&of, &type, 0);
	array_push(l->items, l->n, l->cap) = (struct frame_value){
		.name = arena_str(a, str_of(name)),
		.type = arena_str(a, buf_str(&type)),
		.text = text_of(die, pc, v, a),
		.argument = dwarf_tag(die) == DW_TAG_formal_parameter,
	};
	buf_release(&type);
}

/* Variables of a function or block; those of blocks within that hold pc too. */
static void collect(struct list *l, Dwarf_Die *scope, uint64_t pc, const struct frame_view *v,
		    const struct values_wanted *w, struct arena *a)
{
	Dwarf_Die child;

	if (dwarf_child(scope, &child) != 0)
		return;
	do {
		int tag = dwarf_tag(&child);

		if ((tag == DW_TAG_formal_parameter && w->arguments) ||
		    (tag == DW_TAG_variable && w->locals))
			add(l, &child, pc, v, a);
		else if (tag == DW_TAG_lexical_block && dwarf_haspc(&child, pc) == 1)
			collect(l, &child, pc, v, w, a);
	} while (dwarf_siblingof(&child, &child) == 0);
}

void values_of(Dwarf_Die *scope, Dwarf_Die *function, uint64_t pc, struct frame_view *v,
	       const struct values_wanted *w, struct arena *a, struct frame *f)
{
	struct list l = {0};
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	v->base = NULL;
	if (dwarf_attr_integrate(function, DW_AT_frame_base, &attr) &&
	    dwarf_getlocation_addr(&attr, pc, &ops, &n, 1) == 1) {
		v->base = ops;
		v->nbase = n;
	}
	collect(&l, scope, pc, v, w, a);
	f->values = arena_alloc(a, (l.n + 1) * sizeof(*f->values));
	if (l.n)
		memcpy(f->values, l.items, l.n * sizeof(*f->values));
	f->nvalues = l.n;
	free(l.items);
}
