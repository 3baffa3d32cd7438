/* The verbs of hallmark-chip-tool that look at a chip: each prints to a stream and returns an exit code. */
#ifndef CHIP_TOOL_SHOW_H
#define CHIP_TOOL_SHOW_H

#include <stdio.h>

#include "describe.h"

/* What the programs that call the tool can rely on. */
enum exit_code {
    EXIT_FINE = 0,
    EXIT_NO = 1,      /* they differ; there is a danger; the lock would be refused or strand a slot */
    EXIT_TROUBLE = 2, /* wrong usage, an unreadable file, a write that failed */
};

void show_text(FILE *out, const char *name, const struct study *study);
void show_json(FILE *out, const char *name, const struct study *study);
/* A string of JSON, quotes included. */
void show_json_string(FILE *out, const char *text);
/* A text broken at spaces; lines after the first are indented as the first began. */
void show_wrapped(FILE *out, unsigned indent, const char *text);

/* EXIT_NO when they differ. */
int diff_print(FILE *out, const char *name_a, const struct study *a, const char *name_b,
               const struct study *b);

#endif
