// SPDX-License-Identifier: GPL-3.0-or-later
/* Threads that wait in every way: who they are is said, then nothing happens any more. */
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

public class Waits {
	static final Object first = new Object(), second = new Object();
	static final ReentrantLock third = new ReentrantLock(), fourth = new ReentrantLock();
	static final CountDownLatch met = new CountDownLatch(2), alsoMet = new CountDownLatch(2);
	static volatile long sink;

	static void meet(CountDownLatch latch) {
		latch.countDown();
		try {
			latch.await();
		} catch (InterruptedException e) {
			throw new RuntimeException(e);
		}
	}

	static void cross(Object one, Object other) {
		synchronized (one) {
			meet(met);
			synchronized (other) {
				sink++;
			}
		}
	}

	static void crossLocks(ReentrantLock one, ReentrantLock other) {
		one.lock();
		meet(alsoMet);
		other.lock();
	}

	static long spin(long n) {
		for (;;) {
			n = (n * 31 + 7) % 1000003;
			if (n < 0)
				return n;
			sink = n;
		}
	}

	static void sleep() {
		try {
			Thread.sleep(1000000);
		} catch (InterruptedException e) {
			throw new RuntimeException(e);
		}
	}

	static void start(String name, Runnable what) {
		Thread t = new Thread(what, name);
		t.setDaemon(true);
		t.start();
	}

	public static void main(String[] args) throws Exception {
		start("one \"quoted\"", () -> cross(first, second));
		start("two", () -> cross(second, first));
		start("three", () -> crossLocks(third, fourth));
		start("four", () -> crossLocks(fourth, third));
		start("behind", () -> { met.getCount(); while (met.getCount() > 0) Thread.yield(); synchronized (first) { sink++; } });
		start("busy", () -> spin(1));
		start("sleeper", Waits::sleep);
		met.await();
		alsoMet.await();
		Thread.sleep(300);
		System.out.println("ready " + ProcessHandle.current().pid());
		Thread.sleep(600000);
	}
}
