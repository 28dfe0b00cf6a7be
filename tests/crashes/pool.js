// SPDX-License-Identifier: GPL-3.0-or-later
exports.take = function take() {
	throw new TypeError('cannot lease\nfrom pool a');
};
