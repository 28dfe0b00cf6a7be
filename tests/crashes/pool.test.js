// SPDX-License-Identifier: GPL-3.0-or-later
const { take } = require('../pool.js');
const assert = require('assert');

describe('pool', () => {
	it('leases', () => take());
	it('counts', () => assert.strictEqual(1, 2));
});
