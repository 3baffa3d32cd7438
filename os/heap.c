/* The heap: a first-fit allocator over one arena, with guards that find overruns and double frees.
 * os/heap.h */

#include "heap.h"

#include <stdint.h>
#include <string.h>

#include "board.h"

/* The arena is a row of blocks without gaps, free neighbours always joined. A block is this header, then the
 * payload; the payload of a block in use ends in 4 bytes or more of guard, the last of which tells how many.
 *
 *      | header | what the caller asked for   | guard … n | header | free ............. | header | ...
 */
struct block {
    uint32_t size : 24; /* in units, header included */
    uint32_t state : 8;
    uint32_t previous : 24; /* size of the block before; 0 for the first */
    uint32_t check : 8;     /* of the three above: a stray write over a header is found too */
};

enum {
    HEADER = sizeof(struct block),
    UNIT = _Alignof(max_align_t) < HEADER ? HEADER : _Alignof(max_align_t),
    GUARD_MIN = 4,
    GUARD_BYTE = 0xc5,
    STATE_USED = 0xa6,
    STATE_FREE = 0x59,
};

static struct {
    uint8_t *start, *end;
    size_t size;       /* as given; a few bytes may be lost to alignment */
    size_t used, peak; /* bytes of blocks in use, headers included */
} heap;

/* A build with AddressSanitizer learns what is free, and so finds reading and writing there too. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define FORBID(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define ALLOW(p, n)  ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define FORBID(p, n) ((void)(p), (void)(n))
#define ALLOW(p, n)  ((void)(p), (void)(n))
#endif

static uint8_t check_of(const struct block *b)
{
    uint32_t sum = b->size * 0x9e3779b1u ^ b->previous * 0x85ebca6bu ^ b->state * 0xc2b2ae35u;

    return (uint8_t)(sum >> 24 ^ sum >> 11);
}

static void seal(struct block *b)
{
    b->check = check_of(b);
}

static void verify(const struct block *b)
{
    if ((b->state != STATE_USED && b->state != STATE_FREE) || b->check != check_of(b))
        board_abort(
            "heap: a block's header was overwritten: somebody wrote before or far past the end of a block");
}

static uint8_t *payload_of(struct block *b)
{
    return (uint8_t *)b + HEADER;
}

static size_t payload_size(const struct block *b)
{
    return (size_t)b->size * UNIT - HEADER;
}

static struct block *next_of(struct block *b)
{
    struct block *next = (struct block *)(void *)((uint8_t *)b + (size_t)b->size * UNIT);

    if ((uint8_t *)next >= heap.end)
        return NULL;
    verify(next);
    return next;
}

static struct block *previous_of(struct block *b)
{
    if (b->previous == 0)
        return NULL;
    struct block *previous = (struct block *)(void *)((uint8_t *)b - (size_t)b->previous * UNIT);
    verify(previous);
    return previous;
}

static void write_guard(struct block *b, size_t requested)
{
    uint8_t *guard = payload_of(b) + requested;
    size_t length = payload_size(b) - requested;

    ALLOW(payload_of(b), payload_size(b));
    memset(guard, GUARD_BYTE, length - 1);
    guard[length - 1] = (uint8_t)length;
    FORBID(guard, length);
}

/* Bytes the caller asked for; stops the board when the guard behind them is damaged. */
static size_t requested_of(struct block *b)
{
    const uint8_t *end = payload_of(b) + payload_size(b);

    ALLOW(payload_of(b), payload_size(b));
    size_t length = end[-1];
    bool intact = length >= GUARD_MIN && length <= payload_size(b);
    for (size_t i = 2; intact && i <= length; i++)
        intact = *(end - i) == GUARD_BYTE;
    if (!intact)
        board_abort("heap: something was written past the end of a block");
    FORBID(end - length, length);
    return payload_size(b) - length;
}

static struct block *block_of(void *p)
{
    if (!heap_owns(p) || (uintptr_t)p % UNIT != 0)
        board_abort("heap: a pointer was freed that was never allocated");
    struct block *b = (struct block *)(void *)((uint8_t *)p - HEADER);
    verify(b);
    if (b->state != STATE_USED)
        board_abort("heap: a block was freed twice");
    return b;
}

void heap_init(void *arena, size_t size)
{
    uintptr_t first = ((uintptr_t)arena + HEADER + UNIT - 1) / UNIT * UNIT - HEADER;
    size_t units = ((uintptr_t)arena + size - first) / UNIT;

    heap.start = (uint8_t *)arena + (first - (uintptr_t)arena);
    heap.end = heap.start + units * UNIT;
    heap.size = size;
    heap.used = heap.peak = 0;
    struct block *all = (struct block *)(void *)heap.start;
    ALLOW(heap.start, units * UNIT);
    *all = (struct block){.size = (uint32_t)units & 0xffffff, .state = STATE_FREE};
    seal(all);
    FORBID(payload_of(all), payload_size(all));
}

static size_t units_for(size_t size)
{
    return (HEADER + size + GUARD_MIN + UNIT - 1) / UNIT;
}

/* `b` gets another size; the block behind it is told. */
static void set_size(struct block *b, size_t units)
{
    b->size = (uint32_t)units & 0xffffff;
    seal(b);
    struct block *next = next_of(b);
    if (next) {
        next->previous = b->size;
        seal(next);
    }
}

static void absorb_next_if_free(struct block *b)
{
    struct block *next = next_of(b);

    if (next && next->state == STATE_FREE)
        set_size(b, (size_t)b->size + next->size);
}

/* Makes `b` a block in use of `units`; what is left over becomes a free block. */
static void occupy(struct block *b, size_t units, size_t requested)
{
    size_t rest = b->size - units;

    b->state = STATE_USED;
    seal(b);
    if (rest > 0) {
        struct block *tail = (struct block *)(void *)((uint8_t *)b + units * UNIT);
        ALLOW(tail, HEADER);
        *tail = (struct block){
            .size = (uint32_t)rest & 0xffffff, .state = STATE_FREE, .previous = (uint32_t)units & 0xffffff};
        seal(tail);
        FORBID(payload_of(tail), payload_size(tail));
        b->size = (uint32_t)units & 0xffffff;
        seal(b);
        absorb_next_if_free(tail);
        set_size(tail, tail->size);
    }
    write_guard(b, requested);
}

static void count(size_t units_added, size_t units_removed)
{
    heap.used += units_added * UNIT;
    heap.used -= units_removed * UNIT;
    if (heap.used > heap.peak)
        heap.peak = heap.used;
}

void *heap_alloc(size_t size)
{
    if (size > heap_size())
        return NULL;
    size_t units = units_for(size);

    for (struct block *b = (struct block *)(void *)heap.start; b; b = next_of(b)) {
        if (b->state == STATE_USED || b->size < units)
            continue;
        occupy(b, units, size);
        count(b->size, 0);
        return payload_of(b);
    }
    return NULL;
}

void *heap_zalloc(size_t size)
{
    void *p = heap_alloc(size);

    if (p)
        memset(p, 0, size);
    return p;
}

void heap_free(void *p)
{
    if (!p)
        return;
    struct block *b = block_of(p);
    requested_of(b);

    count(0, b->size);
    /* A header that disappears into a bigger block still says "free", for whoever frees its pointer again. */
    b->state = STATE_FREE;
    seal(b);
    absorb_next_if_free(b);
    FORBID(payload_of(b), payload_size(b));
    struct block *previous = previous_of(b);
    if (previous && previous->state == STATE_FREE)
        absorb_next_if_free(previous);
}

void heap_free_secret(void *p)
{
    if (!p)
        return;
    wipe(p, requested_of(block_of(p)));
    heap_free(p);
}

/* Grows or shrinks without moving; false when the block behind does not give enough. */
static bool resize_in_place(struct block *b, size_t units, size_t size)
{
    size_t old = b->size;

    if (units > old) {
        struct block *next = next_of(b);
        if (!next || next->state == STATE_USED || old + next->size < units)
            return false;
        absorb_next_if_free(b);
    }
    occupy(b, units, size);
    count(b->size, old);
    return true;
}

void *heap_realloc(void *p, size_t size)
{
    if (!p)
        return heap_alloc(size);
    if (size > heap_size())
        return NULL;
    struct block *b = block_of(p);
    size_t old = requested_of(b);
    if (resize_in_place(b, units_for(size), size))
        return p;
    void *moved = heap_alloc(size);
    if (!moved)
        return NULL;
    memcpy(moved, p, old < size ? old : size);
    heap_free(p);
    return moved;
}

char *heap_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = heap_alloc(size);

    if (copy)
        memcpy(copy, text, size);
    return copy;
}

bool heap_owns(const void *p)
{
    return (const uint8_t *)p >= heap.start && (const uint8_t *)p < heap.end;
}

size_t heap_size(void)
{
    return heap.size;
}

size_t heap_available(void)
{
    return (size_t)(heap.end - heap.start) - heap.used;
}

size_t heap_low_water(void)
{
    return (size_t)(heap.end - heap.start) - heap.peak;
}

void wipe(void *p, size_t length)
{
    volatile uint8_t *bytes = p;

    while (length--)
        *bytes++ = 0;
}
