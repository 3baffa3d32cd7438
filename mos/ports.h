/* Which serial port the board is on.  mongoose-os.md 3.4 */
#ifndef MOS_PORTS_H
#define MOS_PORTS_H

#include <stddef.h>

struct options;

/* The serial ports of this machine, best guess first: sorted /dev/ttyUSB*, then sorted /dev/ttyACM*. Returns
 * their number; `*ports` is an array to be released with ports_free(). */
size_t ports_list(char ***ports);
void ports_free(char **ports, size_t count);

/* The port that `--port` names, or with `auto` the first of ports_list(); reports `Using port <port>` on
 * stderr, once a run. A leading `serial://` is removed. NULL after fail() has said that there is none. The
 * string lives until the end of the process. */
const char *port_choose(const struct options *options);

#endif
