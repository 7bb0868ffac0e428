/* The path of a file, as the mounts of its program show it: put together backwards, from the name to the root. */
#pragma once
#include "kernel.h"
#include "state.h"

enum { PATH_KEPT = 1024, NAME_KEPT = 255, PATH_DEPTH = 96 };

struct dentry;
struct qstr { __u32 len; const unsigned char *name; } RELOCATED;
struct dentry { struct dentry *d_parent; struct qstr d_name; } RELOCATED;
struct vfsmount { struct dentry *mnt_root; } RELOCATED;
struct mount { struct mount *mnt_parent; struct dentry *mnt_mountpoint; struct vfsmount mnt; } RELOCATED;
struct path { struct vfsmount *mnt; struct dentry *dentry; } RELOCATED;
struct file___path { struct path f_path; } RELOCATED;

/* Text that ends at PATH_KEPT. Kept in a map: it is too large for the stack. */
struct path_text {
	__u32 at;      /* where it begins */
	__u32 name_at; /* where its last part begins */
	char text[PATH_KEPT + NAME_KEPT + 1];
};

struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1024); __type(key, __u32); __type(value, struct path_text); } paths SEC(".maps");
/* Never written. */
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, struct path_text); } blank_path SEC(".maps");

struct climb {
	struct path_text *path;
	struct dentry *dentry, *root;
	struct mount *mount;
	__u32 is_whole;
};

/* One part of the path, or one step from a file system to the one it is mounted on. */
static long climb_once(__u32 index, struct climb *c)
{
	struct path_text *path = c->path;
	struct dentry *dentry = c->dentry, *parent = BPF_CORE_READ(dentry, d_parent);
	struct mount *mount = c->mount, *outer;
	__u32 len, at;
	if (dentry == c->root || dentry == parent) {
		outer = BPF_CORE_READ(mount, mnt_parent);
		if (outer == mount || dentry != c->root) {
			c->is_whole = 1;
			return 1;
		}
		c->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		c->mount = outer;
		c->root = BPF_CORE_READ(outer, mnt.mnt_root);
		return 0;
	}
	len = BPF_CORE_READ(dentry, d_name.len);
	at = path->at;
	if (len > NAME_KEPT || at > PATH_KEPT || len + 1 > at) return 1;
	at -= len;
	at &= PATH_KEPT - 1; /* PATH_KEPT itself only for a name without letters, which there is not */
	len &= NAME_KEPT;
	if (bpf_probe_read_kernel(&path->text[at], len, BPF_CORE_READ(dentry, d_name.name))) return 1;
	if (path->at == PATH_KEPT) path->name_at = at;
	at = (at - 1) & (PATH_KEPT - 1);
	path->text[at] = '/';
	path->at = at;
	c->dentry = parent;
	return 0;
}

/* Writes the path of an open file; 0 when it is longer or deeper than what is kept. */
static __always_inline bool read_path(struct path_text *path, struct file *file)
{
	struct file___path *f = (void *)file;
	struct vfsmount *mnt = BPF_CORE_READ(f, f_path.mnt);
	struct climb c = { .path = path };
	path->at = path->name_at = PATH_KEPT;
	c.dentry = BPF_CORE_READ(f, f_path.dentry);
	c.root = BPF_CORE_READ(mnt, mnt_root);
	c.mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	bpf_loop(PATH_DEPTH, climb_once, &c, 0);
	return c.is_whole && path->at < PATH_KEPT;
}
