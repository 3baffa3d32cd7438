/* A buffer that grows. os/include/mbuf.h */

#include "mbuf.h"

#include <string.h>

#include "heap.h"

void mbuf_init(struct mbuf *mb, size_t initial_capacity)
{
    *mb = (struct mbuf){0};
    if (initial_capacity > 0)
        mbuf_resize(mb, initial_capacity);
}

void mbuf_free(struct mbuf *mb)
{
    heap_free(mb->buf);
    *mb = (struct mbuf){0};
}

void mbuf_resize(struct mbuf *mb, size_t new_size)
{
    if (new_size < mb->len)
        new_size = mb->len;
    if (new_size == 0) {
        mbuf_free(mb);
        return;
    }
    char *moved = new_size == mb->size ? mb->buf : heap_realloc(mb->buf, new_size);
    if (!moved)
        return;
    mb->buf = moved;
    mb->size = new_size;
}

void mbuf_trim(struct mbuf *mb)
{
    mbuf_resize(mb, mb->len);
}

/* Half as much again, so that many small pieces do not copy the whole each time; exactly when memory is
 * short. */
static int make_room(struct mbuf *mb, size_t len)
{
    size_t needed = mb->len + len;

    if (needed < len)
        return 0;
    if (needed > mb->size)
        mbuf_resize(mb, needed + needed / 2);
    if (needed > mb->size)
        mbuf_resize(mb, needed);
    return needed <= mb->size;
}

size_t mbuf_insert(struct mbuf *mb, size_t offset, const void *data, size_t len)
{
    if (offset > mb->len || len == 0 || !make_room(mb, len))
        return 0;
    memmove(mb->buf + offset + len, mb->buf + offset, mb->len - offset);
    if (data)
        memcpy(mb->buf + offset, data, len);
    mb->len += len;
    return len;
}

size_t mbuf_append(struct mbuf *mb, const void *data, size_t len)
{
    return mbuf_insert(mb, mb->len, data, len);
}

size_t mbuf_append_and_free(struct mbuf *mb, void *data, size_t len)
{
    size_t n = mbuf_append(mb, data, len);

    heap_free(data);
    return n;
}

void mbuf_remove(struct mbuf *mb, size_t len)
{
    if (len > mb->len)
        len = mb->len;
    if (len == 0)
        return;
    mb->len -= len;
    memmove(mb->buf, mb->buf + len, mb->len);
}

void mbuf_clear(struct mbuf *mb)
{
    mb->len = 0;
}

void mbuf_move(struct mbuf *from, struct mbuf *to)
{
    mbuf_free(to);
    *to = *from;
    *from = (struct mbuf){0};
}
