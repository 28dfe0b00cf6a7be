# SPDX-License-Identifier: GPL-3.0-or-later
# A text file as a string literal of C.
s/["\\?]/\\&/g
s/^/"/
s/$/\\n"/
