// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A bank that stops answering: tellers lock the two accounts of a transfer in the order in which
 *the customer named them, so two transfers in opposite directions can wait for each other for ever.
 * Auditors then wait behind them.
 *
 *	bank deadlock     prints "open", and hangs
 *	bank overdraft    dies of an assertion
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define AUDITORS 6

struct account {
	const char *owner;
	long cents;
	pthread_mutex_t lock;
};

struct order {
	struct account *from, *to;
	long cents;
};

static struct account alice = {"alice", 12000, PTHREAD_MUTEX_INITIALIZER};
static struct account bob = {"bob", 900, PTHREAD_MUTEX_INITIALIZER};
static pthread_barrier_t both_began;

static void withdraw(struct account *a, long cents)
{
	a->cents -= cents;
	assert(a->cents >= 0);
}

static void transfer(const struct order *o)
{
	pthread_mutex_lock(&o->from->lock);
	pthread_barrier_wait(&both_began);
	pthread_mutex_lock(&o->to->lock);
	withdraw(o->from, o->cents);
	o->to->cents += o->cents;
	pthread_mutex_unlock(&o->to->lock);
	pthread_mutex_unlock(&o->from->lock);
}

static void *teller(void *arg)
{
	transfer(arg);
	return NULL;
}

static void *auditor(void *arg)
{
	long *total = arg;

	pthread_mutex_lock(&alice.lock);
	pthread_mutex_lock(&bob.lock);
	*total = alice.cents + bob.cents;
	pthread_mutex_unlock(&bob.lock);
	pthread_mutex_unlock(&alice.lock);
	return NULL;
}

int main(int argc, char **argv)
{
	struct order orders[] = {{&alice, &bob, 500}, {&bob, &alice, 700}};
	pthread_t tellers[2], auditors[AUDITORS];
	long totals[AUDITORS];

	if (argc > 1 && strcmp(argv[1], "overdraft") == 0) {
		withdraw(&bob, 1000);
		return 0;
	}
	pthread_barrier_init(&both_began, NULL, 2);
	for (int i = 0; i < 2; i++) {
		pthread_create(&tellers[i], NULL, teller, &orders[i]);
		pthread_setname_np(tellers[i], i ? "teller-2" : "teller-1");
	}
	usleep(100000);
	for (int i = 0; i < AUDITORS; i++) {
		pthread_create(&auditors[i], NULL, auditor, &totals[i]);
		pthread_setname_np(auditors[i], "auditor");
	}
	puts("open");
	fflush(stdout);
	for (int i = 0; i < AUDITORS; i++)
		pthread_join(auditors[i], NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(tellers[i], NULL);
	printf("%ld\n", totals[0]);
	return 0;
}
