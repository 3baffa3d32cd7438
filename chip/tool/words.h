/* Putting fragments together into sentences of bounded length, and slots into lists. */
#ifndef CHIP_TOOL_WORDS_H
#define CHIP_TOOL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORDS_MAX = 320 };

/* A text that grows at its end; what does not fit is cut off. Zero-initialised it is empty. */
struct words {
    char text[WORDS_MAX];
    size_t last_item; /* where the last item of an enumeration starts; 0: there is one at most */
};

__attribute__((format(printf, 2, 3))) void words_add(struct words *words, const char *format, ...);

/* The next item of an enumeration: "a", then "a, b"; words_close_list() makes the last comma an "and". */
__attribute__((format(printf, 2, 3))) void words_list(struct words *words, const char *format, ...);
void words_close_list(struct words *words, const char *conjunction);

/* "slot 4", "slots 0-3, 5, 8 and 9"; one bit a slot. Empty for none. */
struct words words_slots(uint16_t slots);
/* The same without "slot" or "slots". */
struct words words_slot_numbers(uint16_t slots);

#endif
