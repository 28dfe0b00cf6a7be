# SPDX-License-Identifier: GPL-3.0-or-later
# A text file as a string literal of C. The licence line of a style sheet stays here: pages are their
# makers' own.
1{/(style sheet) \*\/$/d}
s/["\\?]/\\&/g
s/^/"/
s/$/\\n"/
