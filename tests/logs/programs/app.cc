// SPDX-License-Identifier: GPL-3.0-or-later
// glog lines from several threads; an uncaught exception; threads that wait, for a debugger. Usage: app KIND
#include <chrono>
#include <condition_variable>
#include <glog/logging.h>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

static std::mutex lock;
static std::condition_variable ready;

static void work(int first)
{
	for (int order = first; order < first + 6; order++) {
		LOG(INFO) << "order " << order << " stored at 10.0.0.1:" << 40000 + order;
		LOG_IF(WARNING, order % 4 == 1) << "order " << order << " took " << order * 0.25 << " ms";
		LOG_IF(ERROR, order % 5 == 3) << "order " << order << " lost: connection refused";
		std::this_thread::sleep_for(std::chrono::microseconds(300 + order));
	}
}

static void wait_for_orders(int queue)
{
	std::unique_lock<std::mutex> held(lock);
	ready.wait(held, [queue] { return queue < 0; });
}

static void run(void (*what)(int))
{
	std::vector<std::thread> threads;
	for (int i = 0; i < 3; i++)
		threads.emplace_back(what, i * 10);
	for (auto &t : threads)
		t.join();
}

int main(int, char **argv)
{
	std::string kind = argv[1];
	if (kind == "glog") {
		FLAGS_logtostderr = true;
		google::InitGoogleLogging("orders");
		run(work);
	} else if (kind == "wait") {
		std::cout << "waiting for orders" << std::endl;
		alarm(30);
		run(wait_for_orders);
	} else {
		std::cout << "storing 3 orders" << std::endl;
		throw std::out_of_range("order 3 is not in the table");
	}
}
