/* Storage of the fake board: files in memory, power that can be cut. tests/os/fake_board.h */

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "fake_board.h"
#include "fake_board_internal.h"
#include "storage.h"

enum { FILES = 64, CAPACITY = 262144 };

static struct file {
    char name[STORAGE_NAME_MAX + 1]; /* "": free */
    char *data;                      /* NUL-terminated */
    size_t size;
} files[FILES];

static struct {
    int changes, cut_at;
    bool cut_completed, full;
} power;

void fake_storage_forget(void)
{
    for (int i = 0; i < FILES; i++)
        free(files[i].data);
    memset(files, 0, sizeof(files));
    memset(&power, 0, sizeof(power));
}

static const char *plain(const char *name)
{
    name += name[0] == '/';
    if (!name[0] || strlen(name) > STORAGE_NAME_MAX || strchr(name, '/') || strcmp(name, ".") == 0 ||
        strcmp(name, "..") == 0)
        return NULL;
    return name;
}

static struct file *find(const char *name)
{
    for (int i = 0; i < FILES; i++)
        if (files[i].name[0] && strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

static struct file *find_or_make(const char *name)
{
    struct file *f = find(name);

    for (int i = 0; !f && i < FILES; i++) {
        if (files[i].name[0])
            continue;
        f = &files[i];
        strcpy(f->name, name);
        f->data = calloc(1, 1);
        f->size = 0;
    }
    return f;
}

static void set(struct file *f, size_t offset, const void *data, size_t length)
{
    size_t size = offset + length > f->size ? offset + length : f->size;

    f->data = realloc(f->data, size + 1);
    if (length > 0)
        memcpy(f->data + offset, data, length);
    f->size = size;
    f->data[size] = '\0';
}

static void drop(struct file *f)
{
    free(f->data);
    memset(f, 0, sizeof(*f));
}

/* --- power -------------------------------------------------------------------------------------------- */

void fake_storage_cut_power_at(int n, bool completed)
{
    power.cut_at = n ? power.changes + n : 0;
    power.cut_completed = completed;
}

int fake_storage_changes(void)
{
    return power.changes;
}

void fake_storage_set_full(bool full)
{
    power.full = full;
}

/* True: this is the call at which the power fails. */
static bool fails_now(void)
{
    return ++power.changes == power.cut_at;
}

static void end_if(bool power_fails)
{
    if (power_fails)
        longjmp(fake_board_end, FAKE_POWER_CUT);
}

/* --- os/storage.h ------------------------------------------------------------------------------------- */

int32_t storage_size(const char *name)
{
    struct file *f = plain(name) ? find(plain(name)) : NULL;

    if (!plain(name))
        return STORAGE_ERROR_NAME;
    return f ? (int32_t)f->size : STORAGE_ERROR_NOT_FOUND;
}

int32_t storage_read(const char *name, uint32_t offset, void *out, size_t size)
{
    int32_t length = storage_size(name);

    if (length < 0)
        return length;
    if (offset >= (uint32_t)length)
        return 0;
    if (size > (uint32_t)length - offset)
        size = (uint32_t)length - offset;
    memcpy(out, find(plain(name))->data + offset, size);
    return (int32_t)size;
}

int storage_create(const char *name)
{
    if (!plain(name))
        return STORAGE_ERROR_NAME;
    bool cut = fails_now();
    if (!cut || power.cut_completed) {
        struct file *f = find_or_make(plain(name));
        f->size = 0;
        f->data[0] = '\0';
    }
    end_if(cut);
    return 0;
}

int storage_write(const char *name, uint32_t offset, const void *data, size_t length)
{
    int32_t size = storage_size(name);

    if (size == STORAGE_ERROR_NAME || (size < 0 && offset > 0))
        return size;
    if (size >= 0 && offset > (uint32_t)size)
        return STORAGE_ERROR_OFFSET;
    if (power.full)
        return STORAGE_ERROR_FULL;
    bool cut = fails_now();
    set(find_or_make(plain(name)), offset, data, cut && !power.cut_completed ? length / 2 : length);
    end_if(cut);
    return 0;
}

int storage_replace(const char *name, const void *data, size_t length)
{
    if (!plain(name))
        return STORAGE_ERROR_NAME;
    if (power.full)
        return STORAGE_ERROR_FULL;
    bool cut = fails_now();
    if (!cut || power.cut_completed) {
        struct file *f = find_or_make(plain(name));
        f->size = 0;
        set(f, 0, data, length);
    }
    end_if(cut);
    return 0;
}

int storage_remove(const char *name)
{
    int32_t size = storage_size(name);

    if (size < 0)
        return size;
    bool cut = fails_now();
    if (!cut || power.cut_completed)
        drop(find(plain(name)));
    end_if(cut);
    return 0;
}

int storage_rename(const char *from, const char *to)
{
    int32_t size = storage_size(from);

    if (!plain(to))
        return STORAGE_ERROR_NAME;
    if (size < 0)
        return size;
    bool cut = fails_now();
    if (!cut || power.cut_completed) {
        struct file *old = find(plain(to));
        if (old && old != find(plain(from)))
            drop(old);
        strcpy(find(plain(from))->name, plain(to));
    }
    end_if(cut);
    return 0;
}

int storage_list(bool (*each)(const char *name, uint32_t size, void *user), void *user)
{
    for (int i = 0; i < FILES; i++)
        if (files[i].name[0] && !each(files[i].name, (uint32_t)files[i].size, user))
            break;
    return 0;
}

void storage_space(uint32_t *size, uint32_t *free_bytes)
{
    *size = *free_bytes = CAPACITY;
    for (int i = 0; i < FILES; i++)
        *free_bytes -= (uint32_t)files[i].size;
}

void fake_storage_put(const char *name, const char *text)
{
    struct file *f = find_or_make(name);

    f->size = 0;
    set(f, 0, text, strlen(text));
}

const char *fake_storage_get(const char *name)
{
    struct file *f = find(name);

    return f ? f->data : NULL;
}
