// SPDX-License-Identifier: GPL-3.0-or-later
/* Which case, reading it and writing it back: see casefile.h. */
#include "cli/casefile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "text/utf8.h"

#define FOLDER       "rca"
#define MAX_SLUG     50 /* bytes of a title in a file's name */
#define MAX_CASES    10000
#define LOCK_SECONDS 10
#define MAX_UP       64 /* folders that the root is looked for upwards */

char *casefile_root(void)
{
	char up[3 * MAX_UP + 8] = "";
	struct stat here, above;

	for (size_t n = 0; n < MAX_UP; n++) {
		memcpy(up + 3 * n, ".git", 5);
		if (access(up, F_OK) == 0) {
			up[3 * n] = 0;
			return mem_strdup(up);
		}
		memcpy(up + 3 * n, ".", 2);
		if (stat(up, &here) < 0)
			break;
		memcpy(up + 3 * n, "../", 4);
		if (stat(up, &above) < 0 ||
		    (here.st_dev == above.st_dev && here.st_ino == above.st_ino))
			break;
	}
	return mem_strdup("");
}

/* Finding */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void casefile_list_free(char **paths, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(paths[i]);
	free(paths);
}

int casefile_list(char ***paths, size_t *n, struct err *err)
{
	CLEANUP_FREE char *root = casefile_root();
	CLEANUP_FREE char *folder = NULL;
	char **list = NULL;
	size_t count = 0, cap = 0;
	struct dirent *e;
	DIR *dir;

	if (asprintf(&folder, "%s" FOLDER, root) < 0)
		abort();
	dir = opendir(folder);
	if (!dir && errno != ENOENT)
		return err_errno(err, "%s", folder);
	while (dir && (e = readdir(dir)) && count < MAX_CASES) {
		char *path;

		if (e->d_name[0] == '.' || !str_ends(str_of(e->d_name), STR(".md")))
			continue;
		if (asprintf(&path, "%s/%s", folder, e->d_name) < 0)
			abort();
		array_push(list, count, cap) = path;
	}
	if (dir)
		closedir(dir);
	if (count)
		qsort(list, count, sizeof(*list), by_name);
	*paths = list;
	*n = count;
	return 0;
}

/* Is it a case that is not closed? One that cannot be parsed counts, to be mended. */
static bool is_open(const char *path)
{
	CLEANUP_FREE char *data = NULL;
	struct casedoc *d;
	bool open;
	size_t n;

	if (file_read_small(path, CASEDOC_MAX, &data, &n, NULL))
		return false;
	if (casedoc_parse(&d, (struct str){data, n}, NULL)) {
		struct str head = str_head((struct str){data, n}, 4096);

		return str_contains(head, STR("\ninquest:"));
	}
	open = !str_eq(casedoc_get(d, "status"), STR("closed"));
	casedoc_free(d);
	return open;
}

/* The file's name without folder and .md. */
static struct str stem(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str s = str_of(slash ? slash + 1 : path);

	return str_ends(s, STR(".md")) ? str_head(s, s.n - 3) : s;
}

static bool matches(const char *path, struct str name)
{
	struct str s = stem(path), tail;

	if (str_eq(s, name))
		return true;
	if (s.n <= name.n + 1 || !name.n)
		return false;
	tail = str_from(s, s.n - name.n - 1);
	return tail.p[0] == '-' && str_eq(str_from(tail, 1), name);
}

/* The one path among those that were found; said lists them where there are several. */
static int choose(char **paths, const bool *take, size_t n, struct buf *said, char **out)
{
	size_t found = 0, at = 0;

	for (size_t i = 0; i < n; i++) {
		if (!take[i])
			continue;
		if (said->n < 700)
			buf_printf(said, "%s%s", found ? ", " : "", paths[i]);
		at = i;
		found++;
	}
	if (found == 1)
		*out = mem_strdup(paths[at]);
	return (int)found;
}

int casefile_find(const char *given, char **path, bool *named, struct err *err)
{
	const char *env = getenv("INQUEST_CASE");
	CLEANUP_FREE bool *take = NULL;
	CLEANUP_BUF struct buf said = {0};
	char **paths = NULL;
	size_t n = 0;
	int rc, found;

	*named = true;
	if (!given && env && *env)
		given = env;
	if (given && access(given, F_OK) == 0) {
		*path = mem_strdup(given);
		return 0;
	}
	rc = casefile_list(&paths, &n, err);
	if (rc)
		return rc;
	take = mem_zalloc(n + 1);
	for (size_t i = 0; i < n; i++)
		take[i] = given ? matches(paths[i], str_of(given)) : is_open(paths[i]);
	found = choose(paths, take, n, &said, path);
	casefile_list_free(paths, n);
	*named = given != NULL;
	if (found == 1)
		return 0;
	if (given && !found)
		return err_set(err, ERR_NOTFOUND,
			       "no case '%s': neither a file nor one in " FOLDER "/", given);
	if (given)
		return err_set(err, ERR_USAGE, "several cases are called '%s': %s", given,
			       buf_cstr(&said));
	if (!found)
		return err_set(err, ERR_NOTFOUND,
			       "no open case in " FOLDER
			       "/; inquest new \"what is wrong\" begins one");
	return err_set(err, ERR_USAGE,
		       "several cases are open: %s; name one with --case or INQUEST_CASE",
		       buf_cstr(&said));
}

/* Reading and writing */

/* Lock a folder, waiting for others. Where locks do not work, the check before writing must do. */
static int lock_folder(const char *folder, int *lock, struct err *err)
{
	static const struct timespec pause = {0, 20000000};
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(err, "%s", folder);
	for (unsigned i = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			break;
		if (i > LOCK_SECONDS * 50) {
			close(fd);
			return err_set(err, ERR_SYSTEM,
				       "%s: another inquest has been writing here for %d s", folder,
				       LOCK_SECONDS);
		}
		nanosleep(&pause, NULL);
	}
	*lock = fd;
	return 0;
}

/* Lock the folder of a file that may be written. */
static int lock_file(const char *path, int *lock, struct err *err)
{
	CLEANUP_FREE char *real = realpath(path, NULL);
	char *slash;

	if (!real || access(real, W_OK) != 0)
		return err_errno(err, "%s", path);
	slash = strrchr(real, '/');
	*(slash == real ? slash + 1 : slash) = 0;
	return lock_folder(real, lock, err);
}

int casefile_error(const char *path, int rc, struct err *err)
{
	bool place = err && err->msg[0] >= '0' && err->msg[0] <= '9'; /* "12:1: ..." */

	return err_prepend(err, rc, place ? "%s:" : "%s: ", path);
}

/* notes: settle what a merge left. */
static int parse(struct casefile *f, struct buf *notes, struct err *err)
{
	struct str text = {f->was, f->nwas};
	CLEANUP_BUF struct buf settled = {0};
	int rc = notes ? casedoc_settle(text, &settled, notes, err) : 0;

	if (!rc)
		rc = casedoc_parse(&f->doc, notes ? buf_str(&settled) : text, err);
	return rc ? err_prepend(err, rc, "%s:", f->path) : 0;
}

static int open_case(struct casefile *out, const char *given, bool write, struct buf *notes,
		     struct err *err)
{
	struct casefile f = {.lock = -1};
	int rc = casefile_find(given, &f.path, &f.named, err);

	if (!rc && write)
		rc = lock_file(f.path, &f.lock, err);
	if (!rc)
		rc = file_read_small(f.path, CASEDOC_MAX, &f.was, &f.nwas, err);
	if (!rc)
		rc = parse(&f, notes, err);
	if (rc)
		casefile_release(&f);
	else
		*out = f;
	return rc;
}

int casefile_open(struct casefile *f, const char *given, bool write, struct err *err)
{
	return open_case(f, given, write, NULL, err);
}

int casefile_open_settled(struct casefile *f, const char *given, struct buf *notes, struct err *err)
{
	return open_case(f, given, true, notes, err);
}

/* Replace the file, whose permissions stay. */
static int replace(const char *path, struct str text, const struct stat *like, struct err *err)
{
	struct file_replace r;
	int rc = file_replace_open(&r, path, err);

	if (rc)
		return rc;
	fwrite(text.p, 1, text.n, r.f);
	if (like && r.path)
		fchmod(fileno(r.f), like->st_mode & 07777);
	return file_replace_commit(&r, err);
}

int casefile_commit(struct casefile *f, struct err *err)
{
	struct str text = casedoc_text(f->doc), was = {f->was, f->nwas};
	CLEANUP_FREE char *now = NULL;
	struct stat st;
	size_t n;
	int rc;

	if (str_eq(text, was))
		return 0;
	if (stat(f->path, &st) < 0)
		return err_errno(err, "%s", f->path);
	rc = file_read_small(f->path, CASEDOC_MAX, &now, &n, err);
	if (rc)
		return rc;
	if (!str_eq((struct str){now, n}, was))
		return err_set(err, ERR_SYSTEM,
			       "%s: was changed meanwhile (by an editor?) and is left as it is; do "
			       "the command again",
			       f->path);
	rc = replace(f->path, text, &st, err);
	if (rc)
		return rc;
	free(f->was);
	f->was = mem_alloc(text.n + 1);
	memcpy(f->was, text.p, text.n);
	f->nwas = text.n;
	return 0;
}

void casefile_release(struct casefile *f)
{
	casedoc_free(f->doc);
	free(f->path);
	free(f->was);
	if (f->lock >= 0)
		close(f->lock);
	*f = (struct casefile){.lock = -1};
}

/* Creating */

/* Letters of Latin-1 by their look; everything else beyond ASCII has no place in a file's name. */
static char fold(uint32_t c)
{
	static const char latin[] =
		"aaaaaaaceeeeiiiidnooooo-ouuuuypsaaaaaaaceeeeiiiidnooooo-ouuuuypy";

	if (c >= 'A' && c <= 'Z')
		return (char)(c + 32);
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return (char)c;
	return c >= 0xc0 && c <= 0xff ? latin[c - 0xc0] : '-';
}

/* "Checkout p99 doubled" as checkout-p99-doubled; cut at a word. */
static void add_slug(struct buf *b, struct str title)
{
	size_t from = b->n, word = b->n;

	while (title.n) {
		uint32_t code;
		char c;

		title = str_from(title, utf8_decode(title, &code));
		c = fold(code);
		if (c == '-' && (b->n == from || b->p[b->n - 1] == '-'))
			continue;
		if (c == '-')
			word = b->n;
		if (b->n - from >= MAX_SLUG) {
			b->n = c == '-' || word == from ? b->n : word;
			break;
		}
		buf_add_char(b, c);
		if (code == 0xdf) /* sharp s is two */
			buf_add_char(b, c);
	}
	while (b->n > from && b->p[b->n - 1] == '-')
		b->n--;
	if (b->n == from)
		BUF_LIT(b, "case");
}

static void add_date(struct buf *b)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[32];

	localtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d", &tm);
	buf_add_str(b, str_of(text));
}

/* A path that no file has yet; the folder is locked. */
static char *free_path(const char *folder, const char *title)
{
	CLEANUP_BUF struct buf b = {0};
	size_t n;

	buf_printf(&b, "%s/", folder);
	add_date(&b);
	buf_add_char(&b, '-');
	add_slug(&b, str_of(title));
	n = b.n;
	for (unsigned i = 2;; i++) {
		struct stat st;

		BUF_LIT(&b, ".md");
		if (lstat(buf_cstr(&b), &st) < 0)
			return mem_strdup(buf_cstr(&b));
		b.n = n;
		buf_printf(&b, "-%u", i);
	}
}

static int write_new(const char *folder, const char *title, struct casedoc *d, char **path,
		     struct err *err)
{
	int lock = -1, rc;
	char *name;

	if (mkdir(folder, 0777) < 0 && errno != EEXIST)
		return err_errno(err, "%s: cannot make the folder", folder);
	rc = lock_folder(folder, &lock, err);
	if (rc)
		return rc;
	name = free_path(folder, title);
	rc = replace(name, casedoc_text(d), NULL, err);
	if (rc)
		free(name);
	else
		*path = name;
	close(lock);
	return rc;
}

int casefile_create(const char *dir, const char *title, const char *outcome, char **path,
		    struct err *err)
{
	CLEANUP_FREE char *root = casefile_root();
	CLEANUP_FREE char *folder = NULL;
	struct casedoc *d = NULL;
	size_t n;
	int rc = casedoc_new(&d, str_of(title), err);

	if (rc)
		return rc;
	if (asprintf(&folder, "%s%s", dir ? "" : root, dir ? dir : FOLDER) < 0)
		abort();
	for (n = strlen(folder); n > 1 && folder[n - 1] == '/';)
		folder[--n] = 0;
	if (outcome)
		rc = casedoc_set(d, "outcome", str_of(outcome), err);
	if (!rc)
		rc = write_new(folder, title, d, path, err);
	casedoc_free(d);
	return rc;
}

int casefile_note_run(const char *given, bool good, struct str id, char **path, struct err *err)
{
	const char *env = getenv("INQUEST_CASE");
	struct casefile f;
	int rc = casefile_open(&f, given, true, err);

	*path = NULL;
	if ((rc == -ERR_NOTFOUND || rc == -ERR_USAGE) && !given && !(env && *env))
		return 0;
	if (rc)
		return rc;
	rc = casedoc_add_to_list(f.doc, good ? "good" : "bad", id, err);
	if (!rc)
		rc = casefile_commit(&f, err);
	if (rc)
		rc = casefile_error(f.path, rc, err);
	else
		*path = mem_strdup(f.path);
	casefile_release(&f);
	return rc;
}
