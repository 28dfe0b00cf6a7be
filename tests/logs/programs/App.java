// SPDX-License-Identifier: GPL-3.0-or-later
// A small order service that logs through slf4j, into whatever back end is on the class path.
package org.example.orders;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public class App implements Runnable {
	private static final Logger log = LoggerFactory.getLogger(App.class);
	private final int first;

	App(int first) {
		this.first = first;
	}

	static void read(int order) throws IOException {
		throw new IOException("Connection reset by peer: db1:5432");
	}

	static void store(int order) {
		try {
			read(order);
		} catch (IOException e) {
			throw new IllegalStateException("order " + order + " is lost", e);
		}
	}

	public void run() {
		for (int order = first; order < first + 4; order++) {
			log.info("Accepted order {} from /10.0.0.{}:{}", order, order % 200, 40000 + order);
			log.debug("Queue length is {}, {} free", order % 5, 64 - order % 5);
			try {
				if (order % 8 == 3) {
					store(order);
				}
			} catch (IllegalStateException e) {
				log.error("Could not store order {}", order, e);
			}
			if (order % 5 == 0) {
				log.warn("Slow order {}: took {} ms", order, order * 3);
			}
		}
	}

	public static void main(String[] args) throws Exception {
		log.info("Starting {} workers", 2);
		Thread a = new Thread(new App(1), "worker-1");
		Thread b = new Thread(new App(10), "pool-1-thread-2");
		a.start();
		b.start();
		a.join();
		b.join();
		log.info("Multi-line answer:\n  accepted = 8\n  lost = 2");
		log.info("Stopped");
		if (args.length > 0) {
			store(99);
		}
	}
}
