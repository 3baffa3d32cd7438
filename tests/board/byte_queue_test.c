/* The bounded queue between firmware and host. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "byte_queue.h"

static struct byte_queue queue;

static int begin(void **state)
{
    byte_queue_clear(&queue);
    return 0;
}

static void push(const char *text)
{
    byte_queue_push(&queue, text, strlen(text));
}

/* Takes everything, in as many pieces as it lies in. */
static size_t take(char *out)
{
    size_t total = 0, length;
    const uint8_t *bytes;
    while ((length = byte_queue_peek(&queue, &bytes)) > 0) {
        memcpy(out + total, bytes, length);
        byte_queue_drop(&queue, length);
        total += length;
    }
    out[total] = '\0';
    return total;
}

static void first_in_first_out_around_the_end(void **state)
{
    char out[BYTE_QUEUE_SIZE + 1], filler[BYTE_QUEUE_SIZE];
    memset(filler, 'x', sizeof filler);
    for (size_t shift = 0; shift < BYTE_QUEUE_SIZE; shift += 1021) {
        byte_queue_push(&queue, filler, shift);
        push("abcdefghij");
        byte_queue_drop(&queue, shift);
        byte_queue_push(&queue, filler, BYTE_QUEUE_SIZE - 10);
        assert_int_equal(byte_queue_room(&queue), 0);
        assert_int_equal(take(out), BYTE_QUEUE_SIZE);
        assert_memory_equal(out, "abcdefghijxx", 12);
    }
}

static void whole_lines_are_kept(void **state)
{
    char out[BYTE_QUEUE_SIZE + 1];
    push("first line\nsecond line\nthird\n");
    byte_queue_keep_last_lines(&queue, 100);
    assert_int_equal(queue.length, 29);
    byte_queue_keep_last_lines(&queue, 15); /* cuts into the second line */
    take(out);
    assert_string_equal(out, "third\n");
}

static void bytes_without_lines_are_kept_as_they_are(void **state)
{
    char out[BYTE_QUEUE_SIZE + 1];
    push("0123456789");
    byte_queue_keep_last_lines(&queue, 4);
    take(out);
    assert_string_equal(out, "6789");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(first_in_first_out_around_the_end, begin),
        cmocka_unit_test_setup(whole_lines_are_kept, begin),
        cmocka_unit_test_setup(bytes_without_lines_are_kept_as_they_are, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
