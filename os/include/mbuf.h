/* A buffer that grows, on the board's heap (mongoose-os.md 6.10).
 *
 * `buf` moves when it grows. When memory is out, inserting returns 0 and changes nothing. */
#ifndef MBUF_H
#define MBUF_H

#include <stddef.h>

struct mbuf {
    char *buf;
    size_t len;  /* bytes in use */
    size_t size; /* bytes allocated */
};

void mbuf_init(struct mbuf *mb, size_t initial_capacity);
void mbuf_free(struct mbuf *mb);
/* Bytes inserted: `len`, or 0 when memory is out. `data` NULL: the bytes are left as they are. */
size_t mbuf_append(struct mbuf *mb, const void *data, size_t len);
size_t mbuf_insert(struct mbuf *mb, size_t offset, const void *data, size_t len);
/* Appends and frees `data` (from the heap); `data` is freed in any case. */
size_t mbuf_append_and_free(struct mbuf *mb, void *data, size_t len);
/* Removes `len` bytes from the beginning. */
void mbuf_remove(struct mbuf *mb, size_t len);
/* Capacity becomes `new_size` (never less than len). */
void mbuf_resize(struct mbuf *mb, size_t new_size);
void mbuf_trim(struct mbuf *mb); /* capacity becomes len */
void mbuf_clear(struct mbuf *mb); /* len becomes 0, memory is kept */
void mbuf_move(struct mbuf *from, struct mbuf *to);

#endif
