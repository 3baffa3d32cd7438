/* Asking git and the clock. */

#include "build_version.h"

#include <stdlib.h>
#include <string.h>

#include "program.h"

static char *utc(struct arena *arena, time_t time, const char *format)
{
    char text[64];
    struct tm parts;
    gmtime_r(&time, &parts);
    strftime(text, sizeof text, format, &parts);
    return arena_string(arena, text);
}

static time_t time_of_build(void)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    char *end;
    if (!epoch || *epoch == '\0')
        return time(NULL);
    long long seconds = strtoll(epoch, &end, 10);
    return *end == '\0' && seconds >= 0 ? (time_t)seconds : time(NULL);
}

static char *git(struct arena *arena, const char *dir, char *const words[])
{
    char *argv[12] = {"git"};
    for (int i = 0; words[i]; i++)
        argv[i + 1] = words[i];
    return program_first_line(arena, dir, argv);
}

struct build_version build_version_of(struct arena *arena, const char *dir, const char *manifest_version)
{
    struct build_version result = {.time = time_of_build()};
    result.timestamp = utc(arena, result.time, "%Y-%m-%dT%H:%M:%SZ");
    result.id = utc(arena, result.time, "%Y%m%d-%H%M%S");
    result.version =
        manifest_version && manifest_version[0] ? manifest_version : utc(arena, result.time, "%Y%m%d%H%M");

    char *commit = git(arena, dir, (char *[]){"rev-parse", "--short=7", "HEAD", NULL});
    if (!commit)
        return result;
    char *tag = git(arena, dir, (char *[]){"describe", "--tags", "--abbrev=0", NULL});
    char *branch = git(arena, dir, (char *[]){"rev-parse", "--abbrev-ref", "HEAD", NULL});
    bool dirty = git(arena, dir, (char *[]){"status", "--porcelain", NULL}) != NULL;
    result.id = arena_format(arena, "%s/%s%sg%.7s-%s%s", result.id, tag ? tag : "", tag ? "-" : "", commit,
                             branch ? branch : "HEAD", dirty ? "-dirty" : "");
    char *committed = dirty ? NULL : git(arena, dir, (char *[]){"log", "-1", "--format=%ct", NULL});
    if (committed && !(manifest_version && manifest_version[0]))
        result.version = utc(arena, (time_t)strtoll(committed, NULL, 10), "%Y%m%d%H%M");
    return result;
}
