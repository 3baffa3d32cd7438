/* Loopback ports under which the firmware's listeners can be reached.
 *
 * A port is reserved by a bound socket that never listens: with SO_REUSEADDR on both sides the firmware may
 * bind and listen on it, again after each restart, while no other program is ever given it.
 */
#ifndef BOARD_FORWARDS_H
#define BOARD_FORWARDS_H

#include "settings.h"

/* Reserves a host port for each forward; one that has a number already (asked for, or used before:
 * `preferred`) keeps it when it is free. False: has said on standard error which port is taken. */
bool forwards_reserve(struct settings *settings, const struct forward *preferred, int preferred_count);
void forwards_release(struct settings *settings);

#endif
