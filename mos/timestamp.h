/* The time in front of each line of the console.  mongoose-os.md 3.10 */
#ifndef MOS_TIMESTAMP_H
#define MOS_TIMESTAMP_H

#include <stddef.h>
#include <time.h>

/* Writes `when` into `text` as `--timestamp` asks: `true`, `yes`, `on` seconds and six decimals; `false`,
 * `no`, `off`, "" nothing; the name of a Go layout (StampMilli, RFC3339, ...), a Go layout ("15:04:05.000"),
 * or strftime specifiers. Local time. Returns the length; what does not fit is cut. */
size_t timestamp_format(char *text, size_t size, const char *format, struct timespec when);

#endif
