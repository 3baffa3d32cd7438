/* Sentences of bounded length, and lists of slots. */

#include "words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add_arguments(struct words *words, const char *format, va_list arguments)
{
    size_t used = strlen(words->text);

    vsnprintf(words->text + used, sizeof words->text - used, format, arguments);
}

void words_add(struct words *words, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_arguments(words, format, arguments);
    va_end(arguments);
}

void words_list(struct words *words, const char *format, ...)
{
    va_list arguments;

    if (words->text[0]) {
        words_add(words, ", ");
        words->last_item = strlen(words->text);
    }
    va_start(arguments, format);
    add_arguments(words, format, arguments);
    va_end(arguments);
}

void words_close_list(struct words *words, const char *conjunction)
{
    char last[WORDS_MAX];

    if (words->last_item < 2)
        return;
    memcpy(last, words->text + words->last_item, sizeof last - words->last_item);
    words->text[words->last_item - 2] = '\0';
    words->last_item = 0;
    words_add(words, " %s %s", conjunction, last);
}

struct words words_slot_numbers(uint16_t slots)
{
    struct words words = {0};

    for (unsigned slot = 0; slot < 16; slot++) {
        if (!(slots >> slot & 1))
            continue;
        unsigned last = slot;
        while (last < 15 && slots >> (last + 1) & 1)
            last++;
        if (last - slot >= 2) {
            words_list(&words, "%u-%u", slot, last);
            slot = last;
        } else {
            words_list(&words, "%u", slot);
        }
    }
    words_close_list(&words, "and");
    return words;
}

struct words words_slots(uint16_t slots)
{
    struct words numbers = words_slot_numbers(slots);
    struct words words = {0};

    if (slots != 0)
        words_add(&words, "%s %.100s", __builtin_popcount(slots) == 1 ? "slot" : "slots", numbers.text);
    return words;
}
