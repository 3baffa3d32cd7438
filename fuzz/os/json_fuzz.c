/* The JSON scanner, walker and editor on arbitrary text. What another parser (jansson) takes for JSON must
 * be JSON here; what is accepted must survive being printed again. */

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fake_board.h"
#include "frozen.h"
#include "heap.h"
#include "mbuf.h"

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void touch(void *user, const char *name, size_t name_length, const char *path,
                  const struct json_token *token)
{
    volatile size_t *sum = user;

    for (size_t i = 0; i < name_length; i++)
        *sum += (unsigned char)name[i];
    for (int i = 0; token->ptr && i < token->len; i++)
        *sum += (unsigned char)token->ptr[i];
    *sum += strlen(path);
    if (token->type != JSON_TYPE_STRING)
        return;
    char *plain = heap_alloc((size_t)token->len + 1);
    int n = plain ? json_unescape(token->ptr, token->len, plain, token->len) : -1;
    must(n <= token->len);
    heap_free(plain);
}

static void scan(const char *text, int length)
{
    signed char small = 0;
    int n = 0, v_length = 0, h_length = 0;
    long long big = 0;
    bool b = false;
    double d = 0;
    char *q = NULL, *v = NULL, *h = NULL;
    struct json_token t = JSON_INVALID_TOKEN;

    json_scanf(text, length, "{a: %d, b: %hhd, c: {d: %lld, e: %B, f: {g: %Q}}, h: %V, i: %H, j: %T, k: %lf}",
               &n, &small, &big, &b, &q, &v, &v_length, &h_length, &h, &t, &d);
    heap_free(q);
    heap_free(v);
    heap_free(h);
    for (int i = 0; i < 3; i++)
        json_scanf_array_elem(text, length, i == 2 ? ".a[0]" : i == 1 ? ".a" : "", i, &t);
}

static void print_again(const char *text, int length)
{
    struct mbuf mb;
    struct json_out out = JSON_OUT_MBUF(&mb);
    size_t sum = 0;

    mbuf_init(&mb, 0);
    if (json_prettify(text, length, &out) >= 0 && out.u.buf.len == 0) {
        int n = json_walk(mb.buf, (int)mb.len, touch, &sum);
        must(n > 0 || n == JSON_OUT_OF_MEMORY);
    }
    mbuf_clear(&mb);
    out.u.buf.len = 0;
    if (json_setf(text, length, &out, ".a.b", "%d", 5) > 0 && out.u.buf.len == 0) {
        int value = 0, n = json_scanf(mb.buf, (int)mb.len, "{a: {b: %d}}", &value);
        must((n == 1 && value == 5) || n == JSON_OUT_OF_MEMORY);
    }
    mbuf_clear(&mb);
    out.u.buf.len = 0;
    if (json_setf(text, length, &out, ".a", NULL) > 0 && out.u.buf.len == 0) {
        int n = json_walk(mb.buf, (int)mb.len, touch, &sum);
        must(n > 0 || n == JSON_OUT_OF_MEMORY);
    }
    mbuf_free(&mb);
}

static void compare(const char *text, int length, int ours)
{
    json_error_t error;

    if (memchr(text, 0, (size_t)length))
        return; /* jansson takes a NUL for the end of the text; we refuse it */
    json_t *theirs = json_loadb(text, (size_t)length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

    if (theirs)
        must(ours > 0 || ours == JSON_OUT_OF_MEMORY);
    json_decref(theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t sum = 0;

    fake_board_start();
    size_t before = heap_available();
    char *text = malloc(size ? size : 1); /* exactly as long: a read beyond is found */
    memcpy(text, data, size);
    int consumed = json_walk(text, (int)size, touch, &sum);
    compare(text, (int)size, consumed);
    scan(text, (int)size);
    print_again(text, (int)size);
    free(text);
    must(heap_available() == before);
    return 0;
}
