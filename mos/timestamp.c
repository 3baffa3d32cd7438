/* The time in front of each line of the console.  mongoose-os.md 3.10 */

#include "timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name, *layout;
} named_layouts[] = {
    {"ANSIC", "Mon Jan _2 15:04:05 2006"},
    {"UnixDate", "Mon Jan _2 15:04:05 MST 2006"},
    {"RubyDate", "Mon Jan 02 15:04:05 -0700 2006"},
    {"RFC822", "02 Jan 06 15:04 MST"},
    {"RFC822Z", "02 Jan 06 15:04 -0700"},
    {"RFC850", "Monday, 02-Jan-06 15:04:05 MST"},
    {"RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"},
    {"RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"},
    {"RFC3339", "2006-01-02T15:04:05Z07:00"},
    {"RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00"},
    {"Kitchen", "3:04PM"},
    {"Stamp", "Jan _2 15:04:05"},
    {"StampMilli", "Jan _2 15:04:05.000"},
    {"StampMicro", "Jan _2 15:04:05.000000"},
    {"StampNano", "Jan _2 15:04:05.000000000"},
};

/* Pieces of a Go layout and what strftime calls them, longer ones before their beginnings. */
static const struct {
    const char *piece, *specifier;
} pieces[] = {
    {"January", "%B"}, {"Jan", "%b"}, {"Monday", "%A"}, {"Mon", "%a"}, {"MST", "%Z"}, {"2006", "%Y"},
    {"-0700", "%z"},   {"002", "%j"}, {"01", "%m"},     {"02", "%d"},  {"03", "%I"},  {"04", "%M"},
    {"05", "%S"},      {"06", "%y"},  {"15", "%H"},     {"_2", "%e"},  {"PM", "%p"},  {"pm", "%P"},
    {"1", "%-m"},      {"2", "%-d"},  {"3", "%-I"},     {"4", "%-M"},  {"5", "%-S"},
};

static const char *const yes[] = {"true", "yes", "on", "1"};
static const char *const no[] = {"false", "no", "off", "0", ""};

static int is_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(text, words[i]) == 0)
            return 1;
    }
    return 0;
}

struct writer {
    char *text;
    size_t size, length;
};

static void add(struct writer *out, const char *text)
{
    size_t room = out->size - out->length, length = strlen(text);

    if (length >= room)
        length = room - 1;
    memcpy(out->text + out->length, text, length);
    out->length += length;
    out->text[out->length] = '\0';
}

static void add_specifier(struct writer *out, const char *specifier, const struct tm *local)
{
    char text[128];

    if (strftime(text, sizeof text, specifier, local) > 0)
        add(out, text);
}

/* `.000` with its zeros, `.999` without trailing ones; returns the length of the piece, 0 if it is none. */
static size_t add_fraction(struct writer *out, const char *layout, struct timespec when)
{
    size_t digits = strspn(layout + 1, "0"), nines = strspn(layout + 1, "9"), count = digits ? digits : nines;
    char text[12];

    if ((layout[0] != '.' && layout[0] != ',') || count == 0 || count > 9)
        return 0;
    snprintf(text, sizeof text, "%c%09ld", layout[0], when.tv_nsec);
    text[1 + count] = '\0';
    while (nines && count > 0 && text[count] == '0')
        text[count--] = '\0';
    if (count > 0)
        add(out, text);
    return 1 + (digits ? digits : nines);
}

/* `-07:00` and `Z07:00`: RFC 3339's offset. */
static size_t add_offset(struct writer *out, const char *layout, const struct tm *local)
{
    int minutes = (int)(local->tm_gmtoff / 60);
    char text[32];

    if (strncmp(layout, "Z07:00", 6) != 0 && strncmp(layout, "-07:00", 6) != 0)
        return 0;
    if (layout[0] == 'Z' && minutes == 0)
        add(out, "Z");
    else {
        snprintf(text, sizeof text, "%c%02d:%02d", minutes < 0 ? '-' : '+', abs(minutes) / 60,
                 abs(minutes) % 60);
        add(out, text);
    }
    return 6;
}

static void add_layout(struct writer *out, const char *layout, const struct tm *local, struct timespec when)
{
    while (*layout) {
        size_t taken = add_fraction(out, layout, when), i = 0;

        if (!taken)
            taken = add_offset(out, layout, local);
        while (!taken && i < sizeof pieces / sizeof pieces[0]) {
            if (strncmp(layout, pieces[i].piece, strlen(pieces[i].piece)) == 0) {
                add_specifier(out, pieces[i].specifier, local);
                taken = strlen(pieces[i].piece);
            }
            i++;
        }
        if (!taken) {
            char literal[2] = {*layout, '\0'};
            add(out, literal);
            taken = 1;
        }
        layout += taken;
    }
}

size_t timestamp_format(char *text, size_t size, const char *format, struct timespec when)
{
    struct writer out = {text, size, 0};
    struct tm local;

    text[0] = '\0';
    if (is_one_of(format, no, sizeof no / sizeof no[0]))
        return 0;
    if (is_one_of(format, yes, sizeof yes / sizeof yes[0])) {
        snprintf(text, size, "%lld.%06ld", (long long)when.tv_sec, when.tv_nsec / 1000);
        return strlen(text);
    }
    localtime_r(&when.tv_sec, &local);
    for (size_t i = 0; i < sizeof named_layouts / sizeof named_layouts[0]; i++) {
        if (strcmp(format, named_layouts[i].name) == 0) {
            add_layout(&out, named_layouts[i].layout, &local, when);
            return out.length;
        }
    }
    if (strchr(format, '%'))
        add_specifier(&out, format, &local);
    else
        add_layout(&out, format, &local, when);
    return out.length;
}
