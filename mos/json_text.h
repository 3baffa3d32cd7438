/* JSON as text: what must keep the spelling of its numbers and the order of its members.
 * mongoose-os.md 1.10, 3.8
 *
 * All functions but json_text_check() expect text that it has accepted.
 */
#ifndef MOS_JSON_TEXT_H
#define MOS_JSON_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Whether the text is one JSON value. `why` (may be NULL) gets the parser's reason if it is not. */
bool json_text_check(const char *text, size_t length, char *why, size_t why_size);

/* Finds member `name` of the object that the text is. False if it has none, or is no object. */
bool json_text_member(const char *text, size_t length, const char *name, const char **value,
                      size_t *value_length);

/* The same value on one line without white space, and with non-ASCII characters as \uXXXX: a board's UART
 * gives up at a byte of 80h or more (1.5.3). A malloc'd string, NULL if memory ran out. */
char *json_text_compact(const char *text, size_t length);

/* Prints the value with two spaces of indentation a level, `<`, `>` and `&` as \u003c, \u003e and \u0026, and
 * no line feed at the end. */
void json_text_print_indented(FILE *file, const char *text, size_t length);

/* Prints a parsed value the same way, but with sorted members and each number in its shortest decimal
 * notation. A string at the top is printed bare. */
void json_value_print_sorted(FILE *file, const json_t *value);

#endif
