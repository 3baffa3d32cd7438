/* The table of flags: what options.c reads and `mos help` prints.  mongoose-os.md 3.6 */
#ifndef MOS_FLAGS_H
#define MOS_FLAGS_H

#include <stddef.h>

enum flag_kind {
    FLAG_BOOL,         /* bool; bare name means true */
    FLAG_INT,          /* int, `minimum`..`maximum` */
    FLAG_DURATION,     /* int, milliseconds: 20s, 1m30s, 500ms; a bare number is seconds */
    FLAG_STRING,       /* const char * */
    FLAG_LIST,         /* struct option_list; may be repeated */
    FLAG_IGNORED,      /* accepted, takes a value, has no effect here: noted on stderr when given */
    FLAG_IGNORED_BOOL, /* the same for a boolean; `note` NULL: silently */
    FLAG_REFUSED, /* a flag of the original tool whose absence would change the result: `note` says what to do
                   */
};

struct flag {
    const char *name;
    char letter; /* short form, or 0 */
    enum flag_kind kind;
    size_t offset;        /* into struct options */
    const char *initial;  /* default as it would be typed, or NULL */
    const char *bare;     /* value of a bare `--name`; NULL: a value is required */
    const char *commands; /* "console", "build flash"; NULL: all of them; "*": all that talk to a board */
    const char *summary;  /* NULL: not shown in help */
    const char *note;     /* why it is ignored or refused; for a deprecated name, what replaces it */
    int minimum, maximum;
};

extern const struct flag mos_flags[];
extern const size_t mos_flag_count;

#endif
