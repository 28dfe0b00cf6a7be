// SPDX-License-Identifier: GPL-3.0-or-later
/* States of containers: see container.h. */
#include "state/container.h"

#include <math.h>
#include <signal.h>

#include "text/jsontree.h"

#define LOOK_AT ((size_t)64 << 10)

struct reading {
	struct death_clues *clues;
	struct str file;
	size_t found;
};

bool container_is(struct str text)
{
	static const char *const docker[] = {"\"State\"", "\"ExitCode\"", "\"OOMKilled\""};
	struct str s = str_trim(str_head(text, LOOK_AT));
	size_t has = 0;

	if (!s.n || (s.p[0] != '{' && s.p[0] != '['))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(docker); i++)
		has += str_contains(s, str_of(docker[i]));
	return has >= 2 ||
	       (str_contains(s, STR("\"apiVersion\"")) && str_contains(s, STR("\"kind\"")));
}

static int whole(const struct jsontree *t)
{
	double v = jsontree_number(t);

	return v >= 0 && v <= 65535 ? (int)v : 0;
}

static struct str text_of(const struct jsontree *t, const char *key)
{
	return jsontree_text(jsontree_get(t, key));
}

static void give(struct reading *r, struct death_clue *c, const struct jsontree *at,
		 const char *text)
{
	c->from = (struct death_evidence){str_of(text), r->file, at ? at->line : 0};
	death_clue_add(r->clues, c);
	r->found++;
}

/* How a container's first process ended, as a number and what that says by itself. */
static void set_code(struct death_clue *c, int code)
{
	c->ends = true;
	c->code = code > 255 ? 255 : code;
	c->sig = 0;
}

/* ---- docker ---- */

static void docker_start_error(struct reading *r, const struct jsontree *state, struct str name)
{
	const struct jsontree *e = jsontree_get(state, "Error");
	struct str text = jsontree_text(e);
	struct death_clue c = {.cause = DEATH_IMAGE,
			       .sure = DEATH_PROVEN,
			       .weight = DEATH_STRONG,
			       .what = text,
			       .name = name};

	if (!text.n)
		return;
	if (str_contains(text, STR("executable file not found")) ||
	    str_contains(text, STR("no such file or directory")))
		c.cause = DEATH_NO_COMMAND;
	else if (str_contains(text, STR("permission denied")))
		c.cause = DEATH_NOT_EXECUTABLE;
	set_code(&c, whole(jsontree_get(state, "ExitCode")));
	give(r, &c, e, arena_printf(r->clues->arena, "State.Error: " STR_FMT, STR_ARG(text)));
}

static void docker(struct reading *r, const struct jsontree *box)
{
	struct arena *a = r->clues->arena;
	const struct jsontree *state = jsontree_get(box, "State"),
			      *killed = jsontree_get(state, "OOMKilled"),
			      *code = jsontree_get(state, "ExitCode");
	double memory = jsontree_number(jsontree_get(jsontree_get(box, "HostConfig"), "Memory"));
	struct str name = text_of(box, "Name");
	struct death_clue c = {.what = STR(""), .name = name};
	int status = whole(code);

	if (!state || !code)
		return;
	if (str_starts(name, STR("/")))
		c.name = name = str_from(name, 1);
	docker_start_error(r, state, name);
	set_code(&c, status);
	if (jsontree_true(killed)) {
		bool limited = memory > 0 && memory < 1e18;

		c.cause = limited ? DEATH_OOM_GROUP : DEATH_OOM;
		/* Any of its processes may have been the one. */
		c.sure = status == 137 ? DEATH_PROVEN : DEATH_LIKELY;
		c.weight = DEATH_CERTAIN;
		if (limited)
			c.what = str_of(
				arena_printf(a, "limit %s", death_size(a, (uint64_t)memory)));
		give(r, &c, killed, "State.OOMKilled is true");
	} else if (status) {
		c.cause = status == 143 ? DEATH_SENT : DEATH_UNKNOWN;
		c.sure = DEATH_LIKELY;
		c.weight = DEATH_FAIR;
		if (status == 143)
			c.what = STR("SIGTERM, as docker stop sends it");
		give(r, &c, code,
		     arena_printf(a, "State.ExitCode is %d, OOMKilled is false", status));
	} else if (str_eq(text_of(state, "Status"), STR("exited"))) {
		c.cause = DEATH_NONE;
		c.weight = DEATH_WEAK;
		give(r, &c, code, "State.ExitCode is 0");
	}
}

/* ---- Kubernetes ---- */

/* Reasons, of pods, containers, jobs and events. */
static const struct reason {
	const char *word;
	enum death_cause cause;
	enum death_sure sure;
	const char *what; /* NULL: the message */
} reasons[] = {
	{"OOMKilled", DEATH_OOM_GROUP, DEATH_PROVEN, "the limit of its container"},
	{"Evicted", DEATH_EVICTED, DEATH_PROVEN, NULL},
	{"Preempting", DEATH_EVICTED, DEATH_PROVEN, NULL},
	{"PreemptionByScheduler", DEATH_EVICTED, DEATH_PROVEN, NULL},
	{"DeadlineExceeded", DEATH_TIME_LIMIT, DEATH_PROVEN, "activeDeadlineSeconds"},
	{"NodeLost", DEATH_NODE, DEATH_PROVEN, NULL},
	{"NodeShutdown", DEATH_NODE, DEATH_PROVEN, NULL},
	{"Terminated", DEATH_NODE, DEATH_LIKELY, NULL},
	{"ContainerCannotRun", DEATH_IMAGE, DEATH_PROVEN, NULL},
	{"StartError", DEATH_IMAGE, DEATH_PROVEN, NULL},
	{"RunContainerError", DEATH_IMAGE, DEATH_PROVEN, NULL},
	{"CreateContainerConfigError", DEATH_IMAGE, DEATH_PROVEN, NULL},
	{"CreateContainerError", DEATH_IMAGE, DEATH_PROVEN, NULL},
	{"ErrImagePull", DEATH_IMAGE, DEATH_PROVEN, NULL},
	{"ImagePullBackOff", DEATH_IMAGE, DEATH_PROVEN, NULL},
	{"InvalidImageName", DEATH_IMAGE, DEATH_PROVEN, NULL},
};

static const struct reason *find_reason(struct str word)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (str_eq(word, str_of(reasons[i].word)))
			return &reasons[i];
	return NULL;
}

/* {"reason": ..., "message": ...} anywhere; false: it says nothing known. */
static bool kube_reason(struct reading *r, const struct jsontree *at, struct str name,
			const char *where, struct death_clue *c)
{
	const struct jsontree *reason = jsontree_get(at, "reason");
	const struct reason *known = find_reason(jsontree_text(reason));
	struct str message = text_of(at, "message");

	if (!known)
		return false;
	c->cause = known->cause;
	c->sure = known->sure;
	c->weight = DEATH_CERTAIN;
	c->name = name;
	if (!c->what.n)
		c->what = known->what ? str_of(known->what) : message;
	give(r, c, reason,
	     arena_printf(r->clues->arena, "%s: " STR_FMT "%s" STR_FMT, where,
			  STR_ARG(jsontree_text(reason)), message.n ? ": " : "",
			  STR_ARG(str_head(message, 200))));
	return true;
}

/* The limit of memory that the pod's specification gives a container: "512Mi". */
static struct str memory_limit(const struct jsontree *pod, struct str container)
{
	const struct jsontree *all = jsontree_get(jsontree_get(pod, "spec"), "containers");

	for (const struct jsontree *t = jsontree_first(all); t; t = t->next)
		if (str_eq(text_of(t, "name"), container))
			return text_of(jsontree_get(jsontree_get(t, "resources"), "limits"),
				       "memory");
	return STR("");
}

static void kube_terminated(struct reading *r, const struct jsontree *pod,
			    const struct jsontree *status, const struct jsontree *t,
			    const char *where)
{
	struct arena *a = r->clues->arena;
	struct str name = text_of(status, "name"), limit = memory_limit(pod, name);
	const struct jsontree *code = jsontree_get(t, "exitCode");
	struct death_clue c = {.what = STR(""), .name = name};
	int restarts = whole(jsontree_get(status, "restartCount"));

	if (!t || !code)
		return;
	set_code(&c, whole(code));
	if (str_eq(text_of(t, "reason"), STR("OOMKilled")) && limit.n)
		c.what = str_of(arena_printf(a, "limit " STR_FMT, STR_ARG(limit)));
	if (kube_reason(r, t, name, where, &c))
		return;
	if (!c.code) {
		c.cause = DEATH_NONE;
		c.weight = DEATH_WEAK;
	} else {
		c.cause = c.code == 143 ? DEATH_SENT : DEATH_UNKNOWN;
		c.sure = DEATH_LIKELY;
		c.weight = DEATH_FAIR;
		if (c.code == 143)
			c.what = STR("SIGTERM, as Kubernetes sends it to stop a pod");
	}
	give(r, &c, code,
	     arena_printf(a, "%s: " STR_FMT ", exit code %d, %d restart%s", where,
			  STR_ARG(text_of(t, "reason")), c.code, restarts,
			  restarts == 1 ? "" : "s"));
}

static void kube_container(struct reading *r, const struct jsontree *pod,
			   const struct jsontree *status)
{
	const struct jsontree *now = jsontree_get(status, "state"),
			      *last = jsontree_get(status, "lastState"),
			      *waiting = jsontree_get(now, "waiting");
	struct death_clue c = {.what = STR("")};

	kube_terminated(r, pod, status, jsontree_get(last, "terminated"), "lastState.terminated");
	kube_terminated(r, pod, status, jsontree_get(now, "terminated"), "state.terminated");
	if (waiting)
		kube_reason(r, waiting, text_of(status, "name"), "state.waiting", &c);
}

static void kube_pod(struct reading *r, const struct jsontree *pod)
{
	static const char *const lists[] = {"initContainerStatuses", "containerStatuses"};
	const struct jsontree *status = jsontree_get(pod, "status");
	struct str name = text_of(jsontree_get(pod, "metadata"), "name");
	struct death_clue c = {.what = STR("")};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (const struct jsontree *t = jsontree_first(jsontree_get(status, lists[i])); t;
		     t = t->next)
			kube_container(r, pod, t);
	kube_reason(r, status, name, "status", &c);
}

static void kube_job(struct reading *r, const struct jsontree *job)
{
	const struct jsontree *all = jsontree_get(jsontree_get(job, "status"), "conditions");
	struct str name = text_of(jsontree_get(job, "metadata"), "name");

	for (const struct jsontree *t = jsontree_first(all); t; t = t->next) {
		struct death_clue c = {.what = STR("")};

		kube_reason(r, t, name, "status.conditions", &c);
	}
}

static void kube_event(struct reading *r, const struct jsontree *event)
{
	const struct jsontree *m = jsontree_get(event, "message");
	struct str text = jsontree_text(m),
		   name = text_of(jsontree_get(event, "involvedObject"), "name");
	struct death_clue c = {.cause = DEATH_PROBE,
			       .sure = DEATH_PROVEN,
			       .weight = DEATH_CERTAIN,
			       .what = text,
			       .name = name};

	if (str_contains(text, STR("failed liveness probe")) ||
	    str_contains(text, STR("failed startup probe"))) {
		give(r, &c, m, arena_printf(r->clues->arena, "event: " STR_FMT, STR_ARG(text)));
		return;
	}
	c.what = STR("");
	kube_reason(r, event, name, "event", &c);
}

static void one(struct reading *r, const struct jsontree *t)
{
	static const struct {
		const char *kind;
		void (*read)(struct reading *r, const struct jsontree *t);
	} kinds[] = {{"Pod", kube_pod}, {"Job", kube_job}, {"Event", kube_event}};
	struct str kind = text_of(t, "kind");

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_eq(kind, str_of(kinds[i].kind)))
			kinds[i].read(r, t);
	if (!kind.n)
		docker(r, t);
}

int container_read(struct death_clues *c, struct str file, struct str text, size_t *found,
		   struct err *err)
{
	struct reading r = {.clues = c, .file = file};
	const struct jsontree *items;
	struct jsontree_doc doc;
	int rc = jsontree_read(&doc, c->arena, text, 1, err);

	if (rc)
		return rc;
	items = doc.root && doc.root->kind == JSONTREE_ARRAY ? doc.root
							     : jsontree_get(doc.root, "items");
	if (items)
		for (const struct jsontree *t = jsontree_first(items); t; t = t->next)
			one(&r, t);
	else if (doc.root)
		one(&r, doc.root);
	*found = r.found;
	return 0;
}
