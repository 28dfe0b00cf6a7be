// SPDX-License-Identifier: GPL-3.0-or-later
// A small order service that logs JSON lines. Usage: app.js KIND
'use strict'

const kind = process.argv[2]

function store (order) {
  if (order % 5 === 4) {
    const error = new TypeError(`order ${order} has no lines`)
    error.code = 'E_EMPTY'
    throw error
  }
  return order * 3
}

// The lines that pino and bunyan write, by hand; nested, with other names of the fields.
const writers = {
  winston: (level, msg, more) => ({ level, message: msg, timestamp: new Date().toISOString(), ...more }),
  nested: (level, msg, more) => ({
    '@timestamp': new Date().toISOString(),
    log: { level: level.toUpperCase(), logger: 'orders.store' },
    process: { pid: process.pid, thread: { name: 'main' } },
    host: { name: require('os').hostname() },
    message: msg,
    labels: more
  }),
  ts: (level, msg, more) => ({ level, ts: Date.now() / 1000, caller: 'orders/store.js:17', msg, ...more })
}

function logger () {
  if (kind === 'pino') {
    const pino = require('pino')({ name: 'orders', level: 'debug' })
    return (level, msg, more) => pino[level](more, msg)
  }
  return (level, msg, more) => console.log(JSON.stringify(writers[kind](level, msg, more)))
}

function main () {
  if (kind === 'error') {
    console.log('storing 5 orders')
    for (let order = 0; order < 5; order++) store(order)
  }
  const log = logger()
  log('info', 'starting "orders"', { port: 8080 })
  for (let order = 0; order < 12; order++) {
    try {
      log('debug', 'order stored', { order, took: store(order), client: { ip: '10.0.0.7', port: 40000 + order } })
    } catch (err) {
      log('error', err.message, { order, err: kind === 'pino' ? err : { type: err.name, stack: err.stack } })
    }
  }
  log('warn', 'shutting down', { orders: 12 })
}

main()
