/* Small arithmetic and number texts (mongoose-os.md 6.2). */
#ifndef MGOS_UTILS_H
#define MGOS_UTILS_H

#include <stdint.h>

#ifndef MIN
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#endif
#ifndef MAX
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#endif
#define UNUSED_ARG __attribute__((unused))

/* Uniform in [from, to). Not for secrets. */
float mgos_rand_range(float from, float to);

/* Digits of `value` in `base` (2 to 36, lower case) without a terminating NUL; how many were written. Room
 * for 33. */
int mgos_itoa(int value, char *out, int base);
int mgos_utoa(unsigned int value, char *out, int base);

#endif
