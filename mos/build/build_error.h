/* Why a build failed: one sentence, for the person who wrote the manifest. */
#ifndef MOS_BUILD_BUILD_ERROR_H
#define MOS_BUILD_BUILD_ERROR_H

#include <stdbool.h>

struct build_error {
    char text[2048];
};

/* Keeps the first sentence (later ones are consequences). Returns false, so that a function can `return
 * build_fail(...)`. */
bool build_fail(struct build_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
