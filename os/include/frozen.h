/* JSON: printing by format, scanning by format, walking (mongoose-os.md 6.9).
 *
 * Printer. Characters of the format are copied, but bare identifiers are quoted: `{a: %d}`
 * prints {"a": 1}. Text between double quotes is copied as it stands.
 *
 *   %Q        char *             escaped, quoted; null for NULL
 *   %.*Q      int, char *        the same, with its length
 *   %B        int                true or false
 *   %V        void *, int        base64, quoted
 *   %H        int, void *        lower-case hex, quoted (the length comes first)
 *   %M        json_printf_callback_t, whatever it takes from the va_list
 *   %d %ld %lld %zu %x %g %s %.*s %p %% ...   as printf, unquoted
 *
 * Control characters are escaped as \u00XX with both digits right: Mongoose OS prints the digit f as 0 (1.2),
 * which we do not reproduce. 0B is \v there and \u000b here, because \v is no JSON. Bytes that are not UTF-8
 * become U+FFFD.
 *
 * Scanner. json_scanf(text, length, "{a: %d, b: {c: %Q}}", &n, &s). Members that are absent or of the wrong
 * type leave their variable alone. Returns the number of conversions, or a negative json_error when the text
 * is not JSON.
 *
 *   %d %i %u %x with hh, h, l, ll   the integer type; 0x1f and 017 are read as in C
 *   %f %lf    float *, double *
 *   %B        bool *
 *   %Q        char **            unescaped, NUL-terminated; heap_free it. null stores NULL and is not counted
 *   %V        char **, int *     base64 decoded; heap_free it
 *   %H        int *, char **     hex decoded; heap_free it
 *   %T        struct json_token *  window into the text; strings without their quotes, not unescaped
 *   %M        json_scanner_t, void *   called with that window
 *
 * Accepted is JSON, and unquoted identifiers as keys. Nesting is limited by memory only: nothing here
 * recurses. */
#ifndef FROZEN_H
#define FROZEN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct mbuf;

enum json_error {
    JSON_STRING_INVALID = -1,
    JSON_STRING_INCOMPLETE = -2,
    JSON_OUT_OF_MEMORY = -3,
};

enum json_token_type {
    JSON_TYPE_INVALID = 0,
    JSON_TYPE_STRING,
    JSON_TYPE_NUMBER,
    JSON_TYPE_TRUE,
    JSON_TYPE_FALSE,
    JSON_TYPE_NULL,
    JSON_TYPE_OBJECT_START,
    JSON_TYPE_OBJECT_END,
    JSON_TYPE_ARRAY_START,
    JSON_TYPE_ARRAY_END,
    JSON_TYPES_CNT
};

struct json_token {
    const char *ptr;
    int len;
    enum json_token_type type;
};
#define JSON_INVALID_TOKEN { 0, 0, JSON_TYPE_INVALID }

#define JSON_MAX_PATH_LEN 128

/* --- printing ----------------------------------------------------------------------------------------- */

struct json_out {
    /* Takes `length` bytes; returns how many the whole output would have had. */
    int (*printer)(struct json_out *out, const char *text, size_t length);
    union {
        struct {
            char *buf;
            size_t size;
            size_t len;
        } buf;
        void *data;
    } u;
};
int json_printer_buf(struct json_out *out, const char *text, size_t length);
int json_printer_mbuf(struct json_out *out, const char *text, size_t length);
/* Always NUL-terminated; what does not fit is dropped, and the returned length tells (as snprintf). */
#define JSON_OUT_BUF(buffer, length) { json_printer_buf, { { (buffer), (length), 0 } } }
/* Appends to a struct mbuf, without a NUL. `u.buf.len` becomes 1 when memory ran out and text is missing. */
#define JSON_OUT_MBUF(mbuf_address)  { json_printer_mbuf, { { (char *)(mbuf_address), 0, 0 } } }

typedef int (*json_printf_callback_t)(struct json_out *out, va_list *ap);

/* Bytes printed, or that would have been printed. */
int json_printf(struct json_out *out, const char *fmt, ...);
int json_vprintf(struct json_out *out, const char *fmt, va_list ap);
/* On the heap; NULL when memory is out. */
char *json_asprintf(const char *fmt, ...);
char *json_vasprintf(const char *fmt, va_list ap);
/* Escapes without quotes. */
int json_escape(struct json_out *out, const char *text, size_t length);

/* %M callbacks: an array. Arguments: const void *array, size_t bytes, size_t bytes an element, const char
 * *format of one integer. */
int json_printf_array(struct json_out *out, va_list *ap);

/* --- scanning ----------------------------------------------------------------------------------------- */

typedef void (*json_scanner_t)(const char *text, int length, void *user_data);

int json_scanf(const char *text, int length, const char *fmt, ...);
int json_vscanf(const char *text, int length, const char *fmt, va_list ap);
/* The element `index` of the array at `path` (".a.b", "" is the whole text): its length, or -1. */
int json_scanf_array_elem(const char *text, int length, const char *path, int index,
                          struct json_token *token);
/* Bytes of the unescaped text, written to `out` as far as `size` goes (no NUL); -1 for a bad escape. */
int json_unescape(const char *text, int length, char *out, int size);

/* --- walking ------------------------------------------------------------------------------------------ */

/* `name` is the key or the array index as text ("" at the top), `path` ".a.b[0]". Objects and arrays come
 * twice: start (no text yet) and end (the whole text). */
typedef void (*json_walk_callback_t)(void *user, const char *name, size_t name_length, const char *path,
                                     const struct json_token *token);
/* Bytes consumed, or a negative json_error; then the callback was never called. */
int json_walk(const char *text, int length, json_walk_callback_t callback, void *user);

/* Prints `text` again with an indent of two spaces; a negative json_error when it is not JSON. */
int json_prettify(const char *text, int length, struct json_out *out);
/* Prints `text` with the value at `path` (".a.b") replaced by the printed format, or removed when `fmt` is
 * NULL. 1 when something was changed or added. */
int json_setf(const char *text, int length, struct json_out *out, const char *path, const char *fmt, ...);
/* A whole file of the board, NUL-terminated, on the heap; NULL when it is not there or memory is out. */
char *json_fread(const char *path);

#endif
