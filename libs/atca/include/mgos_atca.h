/* The secure element (mongoose-os.md 6.10, 7.1, 7.5): one ATECC508A or 608 on one of the board's I2C buses.
 *
 * Boot      The chip is looked for when sys.atca.enable is true; what was found is one line of the log.
 *           Without chip, or with i2c.enable false, an ERROR line says what to check, and boot continues.
 * Presence  The chip may be unplugged and plugged in again at any time: a command that does not reach it
 *           looks for it anew, and so does whoever comes later. Nothing needs a restart.
 * TLS       Registers "ATCA:<slot>" with libs/tls as private key, and, unless sys.atca.ecdh is "soft", does
 *           the ephemeral key agreement of TLS in the chip. The key pair for the next handshake is made
 *           while the board is idle.
 * TempKey   holds that key pair. Whoever runs a command that overwrites TempKey (encrypted writes) says so
 *           with atca_tempkey_taken().
 */
#ifndef MGOS_ATCA_H
#define MGOS_ATCA_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/atecc.h"

/* 1 when the chip answered last time it was asked. */
int mbedtls_atca_is_available(void);
int mbedtls_atca_is_608(void);

/* sys.atca.enable is true, and there is a bus. */
bool atca_is_enabled(void);
/* The chip, or NULL when it did not answer last time. For reading its model and serial number, and for
 * atecc_explain(). */
struct atecc *atca_device(void);

typedef int (*atca_work)(struct atecc *dev, void *context);
/* Runs `work` on the chip and returns what it returned (enum atecc_error). When the chip cannot be reached it
 * is looked for again, and if it is there, `work` is run a second time. */
int atca_run(atca_work work, void *context);
/* One ERROR line: what failed last, and what to check. */
void atca_log_failure(void);

void atca_tempkey_taken(void);

/* From the configuration; called at boot. */
bool mgos_atca_init(void);

#endif
