/* The patterns of --exe, matched as src/discover/glob.rs matches them; a test compares both. */
#pragma once
#include "path.h"

enum { GLOBS_MAX = 32, GLOB_MAX = 256, GLOB_STEPS = 1 << 16 };

struct glob {
	__u32 len;
	__u32 has_folder; /* else only the name counts */
	char text[GLOB_MAX];
};

struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, GLOBS_MAX); __type(key, __u32); __type(value, struct glob); } globs SEC(".maps");

enum { NO_STAR = 0xffffffff };

struct matching {
	struct glob *glob;
	struct path_text *path;
	__u32 p, t;
	/* pattern behind the last star of a kind, and the text up to which it reaches */
	__u32 inside_p, inside_t, across_p, across_t;
	__u32 is_match;
};

static __always_inline char glob_at(struct matching *m, __u32 at)
{
	return m->glob->text[at & (GLOB_MAX - 1)];
}
static __always_inline char text_at(struct matching *m, __u32 at)
{
	return m->path->text[at & (PATH_KEPT - 1)];
}

static long match_once(__u32 index, struct matching *m)
{
	char c, g;
	if (m->t >= PATH_KEPT) {
		if (m->p >= m->glob->len) {
			m->is_match = 1;
			return 1;
		}
		return glob_at(m, m->p++) == '*' ? 0 : 1;
	}
	c = text_at(m, m->t);
	if (m->p < m->glob->len) {
		g = glob_at(m, m->p);
		if (g == '*' && m->p + 1 < m->glob->len && glob_at(m, m->p + 1) == '*') {
			m->p += 2;
			m->across_p = m->p;
			m->across_t = m->t;
			m->inside_p = NO_STAR;
			return 0;
		}
		if (g == '*') {
			m->p++;
			m->inside_p = m->p;
			m->inside_t = m->t;
			return 0;
		}
		if (g == c || (g == '?' && c != '/')) {
			m->p++;
			m->t++;
			return 0;
		}
	}
	if (m->inside_p != NO_STAR && text_at(m, m->inside_t) == '/') m->inside_p = NO_STAR;
	if (m->inside_p != NO_STAR) {
		m->t = ++m->inside_t;
		m->p = m->inside_p;
	} else if (m->across_p != NO_STAR) {
		m->t = ++m->across_t;
		m->p = m->across_p;
	} else {
		return 1;
	}
	return 0;
}

static __noinline int matches_glob(struct path_text *path, __u32 index)
{
	struct matching m = { .path = path, .inside_p = NO_STAR, .across_p = NO_STAR };
	if (!path) return 0;
	m.glob = bpf_map_lookup_elem(&globs, &index);
	if (!m.glob || !m.glob->len) return 0;
	m.t = m.glob->has_folder ? path->at : path->name_at;
	bpf_loop(GLOB_STEPS, match_once, &m, 0);
	return m.is_match;
}

struct any_glob { struct path_text *path; __u32 is_match; };

static long match_glob(__u32 index, struct any_glob *any)
{
	any->is_match = matches_glob(any->path, index);
	return any->is_match;
}

/* Whether one of the first `count` patterns fits. */
static __always_inline bool matches_any(struct path_text *path, __u32 count)
{
	struct any_glob any = { .path = path };
	bpf_loop(count < GLOBS_MAX ? count : GLOBS_MAX, match_glob, &any, 0);
	return any.is_match;
}
