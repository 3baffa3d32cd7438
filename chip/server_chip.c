/* One chip's life: made or loaded, saved, powered down, up and lost. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "crypto.h"
#include "memory.h"
#include "profile.h"
#include "server.h"

static uint64_t chip_now_us(void *context)
{
    return server_now_us();
}

/* The kernel's generator; without it there is no chip. */
static void random_bytes(void *context, uint8_t *bytes, size_t n)
{
    while (n > 0) {
        ssize_t got = getrandom(bytes, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            server_complain("the system gives no random numbers: %s", strerror(errno));
            abort();
        }
        bytes += got;
        n -= (size_t)got;
    }
}

static void make_chip(const struct chip_options *options, struct chip_eeprom *eeprom)
{
    uint8_t serial[CHIP_SERIAL_SIZE];

    if (options->has_serial) {
        memcpy(serial, options->serial, sizeof serial);
    } else {
        random_bytes(NULL, serial, sizeof serial);
        serial[0] = 0x01;
        serial[1] = 0x23;
        serial[8] = 0xEE;
    }
    chip_profile_make(options->profile ? options->profile : chip_profiles, serial, options->address, eeprom);
}

/* --serial and --address describe a new chip; an existing one that differs is not the one that is meant. */
static bool is_the_one_meant(const struct chip_options *options, const struct chip_eeprom *eeprom)
{
    const uint8_t *config = eeprom->config;

    if (options->has_serial &&
        (memcmp(config, options->serial, 4) != 0 || memcmp(config + 8, options->serial + 4, 5) != 0)) {
        server_complain(
            "the chip in %s has another serial number than --serial says; name another file, or leave "
            "--serial out",
            options->state);
        return false;
    }
    if (options->address && config[CONFIG_I2C_ADDRESS] >> 1 != options->address) {
        server_complain(
            "the chip in %s has address %02X, not %02X; name another file, or leave --address out",
            options->state, config[CONFIG_I2C_ADDRESS] >> 1, options->address);
        return false;
    }
    return true;
}

static bool load_or_make(struct server_chip *self, const struct chip_options *options,
                         struct chip_eeprom *eeprom)
{
    char error[STATE_ERROR_MAX];

    int loaded = state_load(&self->state, eeprom, error);
    if (loaded == 0)
        return is_the_one_meant(options, eeprom);
    if (loaded == 1) {
        make_chip(options, eeprom);
        if (state_save(&self->state, eeprom, error) == 0)
            return true;
    }
    server_complain("%s", error);
    return false;
}

/* Wipes `eeprom`. */
static int power_up(struct server_chip *self, struct chip_eeprom *eeprom)
{
    const struct chip_platform platform = {self, chip_now_us, random_bytes, server_trace};
    const struct chip_policy policy = {.fast = self->fast};

    int result = chip_init(&self->chip, eeprom, &platform, &policy);
    chip_wipe(eeprom, sizeof *eeprom);
    if (result < 0)
        return -1;
    self->saved_writes = self->chip.eeprom_writes;
    chip_power_on(&self->chip);
    return 0;
}

bool server_chip_start(struct server_chip *self, const struct chip_options *options)
{
    struct chip_eeprom eeprom;
    char error[STATE_ERROR_MAX];

    if (state_open(&self->state, options->state, error) < 0) {
        server_complain("%s", error);
        return false;
    }
    bool there = load_or_make(self, options, &eeprom);
    if (there && power_up(self, &eeprom) == 0)
        return true;
    if (there)
        server_complain("libcrypto offers no P-256 or no memory");
    chip_wipe(&eeprom, sizeof eeprom);
    state_close(&self->state);
    return false;
}

void server_chip_stop(struct server_chip *self)
{
    chip_power_off(&self->chip);
    chip_release(&self->chip);
    state_close(&self->state);
}

bool server_chip_has_changed(const struct server_chip *self)
{
    return self->chip.eeprom_writes != self->saved_writes;
}

int server_chip_save(struct server_chip *self, char error[STATE_ERROR_MAX])
{
    if (!server_chip_has_changed(self))
        return 0;
    if (state_save(&self->state, &self->chip.eeprom, error) < 0)
        return -1;
    self->saved_writes = self->chip.eeprom_writes;
    return 0;
}

int server_chip_lose_power(struct server_chip *self, bool keep, char error[STATE_ERROR_MAX])
{
    struct chip_eeprom eeprom;

    if (keep && server_chip_save(self, error) < 0)
        return -1;
    chip_power_off(&self->chip);
    if (!server_chip_has_changed(self)) {
        chip_power_on(&self->chip);
        return 0;
    }
    int loaded = state_load(&self->state, &eeprom, error);
    if (loaded == 1)
        snprintf(error, STATE_ERROR_MAX, "the chip's state %.400s is gone", self->state.path);
    if (loaded != 0)
        return -1;
    chip_release(&self->chip);
    if (power_up(self, &eeprom) == 0)
        return 0;
    snprintf(error, STATE_ERROR_MAX, "libcrypto has no memory for the chip");
    return -1;
}
