/* The chip: finding it, losing it, finding it again.  mongoose-os.md 7.5 */

#include "atca_internal.h"

#include <bearssl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/cs_dbg.h"
#include "mgos_debug.h"

enum { SENTENCE_MAX = 320 };

/* One chip a board: what the key names "ATCA:<slot>" of the whole firmware mean. */
static struct {
    struct atca_options options;
    struct atca_bus bus;
    struct atecc dev;
    bool enabled, present;
} chip;

static void sha256(const uint8_t *data, size_t length, uint8_t digest[32])
{
    br_sha256_context context;

    br_sha256_init(&context);
    br_sha256_update(&context, data, length);
    br_sha256_out(&context, digest);
}

int mbedtls_atca_is_available(void)
{
    return chip.present;
}

int mbedtls_atca_is_608(void)
{
    return chip.present && chip.dev.model == ATECC_MODEL_608;
}

bool atca_is_enabled(void)
{
    return chip.enabled;
}

struct atecc *atca_device(void)
{
    return chip.present ? &chip.dev : NULL;
}

unsigned atca_ecdh_slots_mask(void)
{
    return chip.options.ecdh_slots_mask;
}

const struct atca_bus *atca_the_bus(void)
{
    return &chip.bus;
}

void atca_log_failure(void)
{
    char sentence[SENTENCE_MAX];

    if (!chip.enabled)
        LOG(LL_ERROR, ("ATCA is not enabled: set sys.atca.enable and i2c.enable"));
    else
        LOG(LL_ERROR, ("ATCA: %s", atecc_explain(&chip.dev, sentence, sizeof(sentence))));
}

void atca_say(const char *fmt, ...)
{
    char line[96];
    va_list ap;
    int length;

    va_start(ap, fmt);
    length = vsnprintf(line, sizeof(line) - 1, fmt, ap);
    va_end(ap);
    if (length < 0)
        return;
    length = (int)strlen(line);
    line[length] = '\n';
    mgos_debug_write(2, line, (size_t)length + 1);
}

/* --- looking for it ------------------------------------------------------------------------------------- */

static const char *yes_no(int flag)
{
    return flag ? "yes" : "no";
}

/* The serial number as two words and a byte, whose leading zeros are lost: so Mongoose OS prints it. */
static void log_chip(int config_locked, int data_locked)
{
    const uint8_t *sn = chip.dev.serial, *revision = chip.dev.revision;
    unsigned long high =
        (unsigned long)sn[0] << 24 | (unsigned long)sn[1] << 16 | (unsigned long)sn[2] << 8 | sn[3];
    unsigned long low =
        (unsigned long)sn[4] << 24 | (unsigned long)sn[5] << 16 | (unsigned long)sn[6] << 8 | sn[7];

    LOG(LL_INFO,
        ("%s @ %d/0x%02x: rev 0x%02x%02x S/N 0x%04lx%04lx%02x, zone lock status: %s, %s; ECDH slots: 0x%02x",
         chip.dev.model == ATECC_MODEL_508A ? "ATECC508A" : "ATECC608A", chip.options.i2c_bus,
         (unsigned)chip.options.i2c_addr, revision[2], revision[3], high, low, sn[8], yes_no(config_locked),
         yes_no(data_locked), chip.options.ecdh_slots_mask));
}

/* What failed last decides which of the texts of mongoose-os.md 7.5 is the right one. */
static void log_not_found(int err, bool identified)
{
    const struct atecc_failure *failure = &chip.dev.failure;

    if (identified)
        LOG(LL_ERROR, ("ATCA: Failed to get chip zone lock status"));
    else if (err == ATECC_ERROR_ADDRESS)
        LOG(LL_ERROR, ("ATCA: Library init failed"));
    else if (failure->stage != ATECC_STAGE_WAKE && failure->opcode == 0x02) /* Read */
        LOG(LL_ERROR, ("ATCA: Failed to get chip serial number"));
    else
        LOG(LL_ERROR, ("ATCA: Failed to get chip info (%d/0x%02x)", chip.options.i2c_bus,
                       (unsigned)chip.options.i2c_addr));
    atca_log_failure();
    LOG(LL_ERROR, ("ATCA: Chip is not available"));
}

static int look_for_chip(bool at_boot)
{
    int config_locked = 0, data_locked = 0, err;
    bool identified;

    chip.present = false;
    atca_ecdhe_chip_changed();
    err = atecc_init(&chip.dev, &chip.bus.vtable, (uint8_t)chip.options.i2c_addr, sha256);
    identified = err == ATECC_OK;
    if (identified)
        err = atecc_is_locked(&chip.dev, &config_locked, &data_locked);
    if (err == ATECC_OK) {
        chip.present = true;
        log_chip(config_locked, data_locked);
    } else if (at_boot) {
        log_not_found(err, identified);
    }
    return err;
}

/* --- working with it ------------------------------------------------------------------------------------ */

static bool is_out_of_reach(int err)
{
    return err == ATECC_ERROR_NO_DEVICE || err == ATECC_ERROR_BUS || err == ATECC_ERROR_TIMEOUT;
}

int atca_run_once(atca_work work, void *context)
{
    int err;

    if (!chip.present)
        return ATECC_ERROR_NO_DEVICE;
    err = work(&chip.dev, context);
    if (is_out_of_reach(err))
        chip.present = false;
    return err;
}

/* Repeated only when nothing acknowledged: then nothing has happened. */
int atca_run(atca_work work, void *context)
{
    int err;

    if (!chip.enabled)
        return ATECC_ERROR_NO_DEVICE;
    if (!chip.present && (err = look_for_chip(false)) != ATECC_OK)
        return err;
    err = atca_run_once(work, context);
    if (err != ATECC_ERROR_NO_DEVICE)
        return err;
    err = look_for_chip(false);
    return err != ATECC_OK ? err : atca_run_once(work, context);
}

uint8_t atca_status(int error)
{
    return atecc_cryptoauthlib_status(error);
}

void atca_start(const struct atca_options *options)
{
    memset(&chip, 0, sizeof(chip));
    chip.options = *options;
    chip.enabled = true;
    atca_bus_init(&chip.bus, options->i2c);
    look_for_chip(true);
    atca_keys_start();
    atca_ecdhe_start(options->chip_ecdh);
}
