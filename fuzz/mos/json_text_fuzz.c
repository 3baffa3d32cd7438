/* JSON from a board, reformatted as text: the value stays what it was. */

#include "json_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void expect_same(const json_t *value, const char *text, size_t length)
{
    json_t *again = json_loadb(text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

    if (!again || !json_equal(value, again))
        abort();
    json_decref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *member;
    char *compact, *printed = NULL;
    size_t printed_size, member_length;
    json_t *value;
    FILE *file;

    if (!json_text_check(text, size, NULL, 0))
        return 0;
    value = json_loadb(text, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    compact = json_text_compact(text, size);
    for (const char *c = compact; *c; c++) {
        if ((uint8_t)*c >= 0x80 || *c == '\n')
            abort();
    }
    expect_same(value, compact, strlen(compact));
    file = open_memstream(&printed, &printed_size);
    json_text_print_indented(file, text, size);
    fclose(file);
    expect_same(value, printed, printed_size);
    free(printed);
    file = open_memstream(&printed, &printed_size);
    json_value_print_sorted(file, value);
    fclose(file);
    if (json_text_member(text, size, "result", &member, &member_length))
        expect_same(json_object_get(value, "result"), member, member_length);
    else if (json_object_get(value, "result") && !memmem(text, size, "\\u", 2))
        abort();
    free(printed);
    free(compact);
    json_decref(value);
    return 0;
}
