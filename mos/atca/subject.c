/* Subject names as people type them. */

#include "certificate.h"

#include <openssl/err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define REFUSE(...) (snprintf(why, why_size, __VA_ARGS__), -1)

/* Copies one `TYPE=value` up to `separator` with its backslashes resolved; returns where it ends, NULL if it
 * is too long. */
static const char *copy_part(const char *text, char separator, char *part, size_t size)
{
    size_t used = 0;

    for (; *text && *text != separator; text++) {
        if (*text == '\\' && text[1])
            text++;
        if (used + 1 >= size)
            return NULL;
        part[used++] = *text;
    }
    part[used] = '\0';
    return text;
}

static int add_part(X509_NAME *name, char *part, char *why, size_t why_size)
{
    char *value = strchr(part, '=');

    while (*part == ' ')
        part++;
    if (!value || value == part || !value[1])
        return REFUSE("\"%s\": expected TYPE=value", part);
    *value++ = '\0';
    if (!X509_NAME_add_entry_by_txt(name, part, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0)) {
        unsigned long error = ERR_peek_last_error();

        ERR_clear_error();
        return REFUSE("%s=%s: %s", part, value, error ? ERR_reason_error_string(error) : "not accepted");
    }
    return 0;
}

X509_NAME *subject_parse(const char *text, char *why, size_t why_size)
{
    X509_NAME *name = X509_NAME_new();
    char separator = *text == '/' ? '/' : ',';
    int error = name ? 0 : REFUSE("out of memory");

    if (*text == '/')
        text++;
    if (!error && !*text)
        error = REFUSE("it is empty; expected /C=FR/O=TMC/CN=board");
    while (!error && *text) {
        char part[512];

        text = copy_part(text, separator, part, sizeof part);
        if (!text) {
            error = REFUSE("a part of it is longer than 500 characters");
            break;
        }
        error = add_part(name, part, why, why_size);
        if (*text == separator)
            text++;
    }
    if (!error)
        return name;
    X509_NAME_free(name);
    return NULL;
}
