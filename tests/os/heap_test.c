/* The heap: what it gives, what it keeps, and what it notices. os/heap.h */

#include "check.h"

#include "fake_board.h"
#include "heap.h"

static int start(void **state)
{
    fake_board_start();
    return 0;
}

static void a_fresh_heap_has_almost_the_whole_arena(void **state)
{
    assert_int_equal(heap_size(), FAKE_HEAP_SIZE);
    assert_in_range(heap_available(), FAKE_HEAP_SIZE - 32, FAKE_HEAP_SIZE);
    assert_int_equal(heap_low_water(), heap_available());
}

static void blocks_are_aligned_and_do_not_overlap(void **state)
{
    uint8_t *blocks[50];

    for (int i = 0; i < 50; i++) {
        blocks[i] = heap_alloc((size_t)i);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
        memset(blocks[i], i, (size_t)i);
    }
    for (int i = 0; i < 50; i++)
        for (int k = 0; k < i; k++)
            assert_int_equal(blocks[i][k], i);
}

static void small_blocks_cost_little(void **state)
{
    size_t before = heap_available();

    assert_non_null(heap_alloc(20));
    assert_in_range(before - heap_available(), 20, 32);
}

static void zeroed_memory_is_zero_even_when_used_before(void **state)
{
    uint8_t *p = heap_alloc(100);

    memset(p, 0xff, 100);
    heap_free(p);
    p = heap_zalloc(100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(p[i], 0);
}

static void what_is_freed_in_any_order_becomes_one_block_again(void **state)
{
    static const int orders[4][3] = {{0, 1, 2}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}};
    size_t all = heap_available();

    for (int o = 0; o < 4; o++) {
        void *p[3];
        for (int i = 0; i < 3; i++)
            p[i] = heap_alloc(1000);
        for (int i = 0; i < 3; i++)
            heap_free(p[orders[o][i]]);
        assert_int_equal(heap_available(), all);
        void *whole = heap_alloc(all - 32);
        assert_non_null(whole);
        heap_free(whole);
    }
}

static void when_it_is_full_null_comes_and_nothing_breaks(void **state)
{
    void *blocks[2000];
    int count = 0;

    while ((blocks[count] = heap_alloc(100)) != NULL)
        count++;
    assert_in_range(count, 350, 500);
    assert_true(heap_available() < 200);
    assert_null(heap_zalloc(100));
    assert_null(heap_strdup("a text that is longer than what is left, which is less than two hundred bytes "
                            "in all; so this sentence has to go "
                            "on and on until it is long enough to be refused, which should be the case about "
                            "now, at the very end."));
    heap_free(blocks[count / 2]);
    assert_non_null(heap_alloc(100));
}

static void absurd_sizes_are_refused(void **state)
{
    void *p = heap_alloc(10);

    assert_null(heap_alloc(SIZE_MAX));
    assert_null(heap_alloc(SIZE_MAX - 20));
    assert_null(heap_realloc(p, SIZE_MAX - 4));
    assert_null(heap_alloc(FAKE_HEAP_SIZE));
}

static void the_low_water_mark_keeps_the_worst_moment(void **state)
{
    size_t all = heap_available();
    void *p = heap_alloc(10000);
    size_t worst = heap_available();

    heap_free(p);
    assert_int_equal(heap_available(), all);
    assert_int_equal(heap_low_water(), worst);
}

static void growing_keeps_the_content(void **state)
{
    char *p = heap_strdup("twelve bytes");
    void *in_the_way;

    p = heap_realloc(p, 500);
    assert_string_equal(p, "twelve bytes");
    in_the_way = heap_alloc(16);
    p = heap_realloc(p, 5000);
    assert_string_equal(p, "twelve bytes");
    p = heap_realloc(p, 13);
    assert_string_equal(p, "twelve bytes");
    heap_free(p);
    heap_free(in_the_way);
}

static void growing_that_fails_leaves_the_block_alone(void **state)
{
    char *p = heap_strdup("still here");

    assert_null(heap_realloc(p, FAKE_HEAP_SIZE - 8));
    assert_string_equal(p, "still here");
    heap_free(p);
}

static void growing_in_place_takes_no_second_copy(void **state)
{
    void *p = heap_alloc(30000);
    void *bigger = heap_realloc(p, 50000);

    assert_ptr_equal(bigger, p);
}

static void it_knows_its_own(void **state)
{
    static const char literal[] = "x";
    char *p = heap_strdup("x");

    assert_true(heap_owns(p));
    assert_false(heap_owns(literal));
    assert_false(heap_owns(NULL));
    heap_free(NULL);
}

__attribute__((no_sanitize("address"))) static uint8_t peek(const volatile uint8_t *p)
{
    return *p;
}

__attribute__((no_sanitize("address"))) static void poke(volatile uint8_t *p, uint8_t value)
{
    *p = value;
}

static void secrets_are_wiped_before_they_are_freed(void **state)
{
    uint8_t *p = heap_alloc(32);

    memset(p, 0x5a, 32);
    heap_free_secret(p);
    for (int i = 0; i < 32; i++)
        assert_int_not_equal(peek(p + i), 0x5a);
}

static void writing_past_the_end_stops_the_board(void **state)
{
    for (volatile int past = 0; past < 4; past++) {
        fake_board_start();
        uint8_t *p = heap_alloc(21);
        poke(p + 21 + past, 'x');
        int end = setjmp(fake_board_end);
        if (end == FAKE_RUNNING) {
            heap_free(p);
            fail_msg("an overrun %d bytes behind the end went unnoticed", past);
        }
        assert_int_equal(end, FAKE_ABORTED);
        assert_string_equal(fake_abort_reason(), "heap: something was written past the end of a block");
    }
}

static void writing_over_a_header_stops_the_board(void **state)
{
    uint8_t *p = heap_alloc(64);
    void *q = heap_alloc(64);
    int end = setjmp(fake_board_end);

    if (end == FAKE_RUNNING) {
        poke((uint8_t *)q - 8, (uint8_t)(peek((uint8_t *)q - 8) + 1));
        heap_free(p);
        fail_msg("a damaged header went unnoticed");
    }
    assert_int_equal(end, FAKE_ABORTED);
    assert_non_null(strstr(fake_abort_reason(), "header was overwritten"));
}

static void freeing_twice_stops_the_board(void **state)
{
    void *before = heap_alloc(10);
    void *p = heap_alloc(10);
    int end = setjmp(fake_board_end);

    if (end == FAKE_RUNNING) {
        heap_free(before);
        heap_free(p);
        heap_free(p);
        fail_msg("a double free went unnoticed");
    }
    assert_int_equal(end, FAKE_ABORTED);
    assert_string_equal(fake_abort_reason(), "heap: a block was freed twice");
}

static void freeing_what_was_never_given_stops_the_board(void **state)
{
    static char foreign[32];
    int end = setjmp(fake_board_end);

    if (end == FAKE_RUNNING) {
        heap_free(foreign);
        fail_msg("a foreign pointer was freed");
    }
    assert_int_equal(end, FAKE_ABORTED);
}

/* Every state a random mix of calls reaches is sound: contents are intact, and all comes back. */
static void a_long_random_life_leaves_no_trace(void **state)
{
    enum { LIVE = 60 };
    struct {
        uint8_t *p;
        size_t size;
    } live[LIVE] = {0};
    uint32_t random = 12345;
    size_t all = heap_available();

    for (int i = 0; i < 20000; i++) {
        random = random * 1664525 + 1013904223;
        int slot = (int)(random >> 16) % LIVE;
        size_t size = (random >> 8) % 1500;
        for (size_t k = 0; k < live[slot].size; k++)
            assert_int_equal(live[slot].p[k], slot);
        uint8_t *p = random & 64 ? heap_realloc(live[slot].p, size) : NULL;
        if (!p) {
            heap_free(live[slot].p);
            p = heap_alloc(size);
        }
        live[slot].p = p;
        live[slot].size = p ? size : 0;
        if (p)
            memset(p, slot, size);
    }
    for (int i = 0; i < LIVE; i++)
        heap_free(live[i].p);
    assert_int_equal(heap_available(), all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_fresh_heap_has_almost_the_whole_arena, start),
        cmocka_unit_test_setup(blocks_are_aligned_and_do_not_overlap, start),
        cmocka_unit_test_setup(small_blocks_cost_little, start),
        cmocka_unit_test_setup(zeroed_memory_is_zero_even_when_used_before, start),
        cmocka_unit_test_setup(what_is_freed_in_any_order_becomes_one_block_again, start),
        cmocka_unit_test_setup(when_it_is_full_null_comes_and_nothing_breaks, start),
        cmocka_unit_test_setup(absurd_sizes_are_refused, start),
        cmocka_unit_test_setup(the_low_water_mark_keeps_the_worst_moment, start),
        cmocka_unit_test_setup(growing_keeps_the_content, start),
        cmocka_unit_test_setup(growing_that_fails_leaves_the_block_alone, start),
        cmocka_unit_test_setup(growing_in_place_takes_no_second_copy, start),
        cmocka_unit_test_setup(it_knows_its_own, start),
        cmocka_unit_test_setup(secrets_are_wiped_before_they_are_freed, start),
        cmocka_unit_test_setup(writing_past_the_end_stops_the_board, start),
        cmocka_unit_test_setup(writing_over_a_header_stops_the_board, start),
        cmocka_unit_test_setup(freeing_twice_stops_the_board, start),
        cmocka_unit_test_setup(freeing_what_was_never_given_stops_the_board, start),
        cmocka_unit_test_setup(a_long_random_life_leaves_no_trace, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
