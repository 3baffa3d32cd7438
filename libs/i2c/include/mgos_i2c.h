/* I2C master (mongoose-os.md 6.10), on the transfers of os/board.h.
 *
 * Addresses are 7 bits. A transaction is one or more pieces: all but the last with `stop` false, all but the
 * first with the address MGOS_I2C_ADDR_CONTINUE. The board moves whole transfers, Start to Stop. So written
 * pieces are gathered, at most MGOS_I2C_TRANSFER_MAX bytes, and sent with the last of them; a write followed
 * by a read is two transfers with a Stop between them; each read piece is a transfer of its own.
 *
 * Functions return false, or -1, when nobody acknowledged or the bus failed: mgos_i2c_error() tells which.
 */
#ifndef MGOS_I2C_H
#define MGOS_I2C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mgos_i2c;

#define MGOS_I2C_ADDR_CONTINUE ((uint16_t)-1)

enum { MGOS_I2C_TRANSFER_MAX = 256, MGOS_I2C_BUSES = 2 };

struct mgos_config_i2c;
/* From a configuration object; NULL when it is not enabled, or memory is out. */
struct mgos_i2c *mgos_i2c_create(const struct mgos_config_i2c *cfg);

struct mgos_i2c_options {
    int bus;  /* of the board */
    int freq; /* Hz */
    bool debug;
    int sda_gpio, scl_gpio;
};
/* Registers the bus under its number. NULL: logged why. */
struct mgos_i2c *mgos_i2c_open(const struct mgos_i2c_options *options);
void mgos_i2c_close(struct mgos_i2c *i2c);

struct mgos_i2c *mgos_i2c_get_global(void); /* bus 0; NULL: I2C is not enabled */
struct mgos_i2c *mgos_i2c_get_bus(int bus_no);

bool mgos_i2c_read(struct mgos_i2c *i2c, uint16_t addr, void *data, size_t len, bool stop);
bool mgos_i2c_write(struct mgos_i2c *i2c, uint16_t addr, const void *data, size_t len, bool stop);
/* Ends a transaction whose last piece had `stop` false. */
void mgos_i2c_stop(struct mgos_i2c *i2c);

/* Why the last transfer failed: NULL when nobody acknowledged (or nothing failed), else a sentence about the
 * bus. */
const char *mgos_i2c_error(const struct mgos_i2c *i2c);

int mgos_i2c_get_freq(struct mgos_i2c *i2c);
bool mgos_i2c_set_freq(struct mgos_i2c *i2c, int freq);

/* Registers of 8 and 16 (big-endian) bits, and runs of bytes. The value, or -1. */
int mgos_i2c_read_reg_b(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg);
int mgos_i2c_read_reg_w(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg);
bool mgos_i2c_read_reg_n(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, size_t n, uint8_t *buf);
bool mgos_i2c_write_reg_b(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, uint8_t value);
bool mgos_i2c_write_reg_w(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, uint16_t value);
bool mgos_i2c_write_reg_n(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, size_t n, const uint8_t *buf);

/* `bitlen` bits from `bitoffset` (0: lowest) of a register. */
bool mgos_i2c_getbits_reg_b(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, uint8_t bitoffset,
                            uint8_t bitlen, uint8_t *value);
bool mgos_i2c_getbits_reg_w(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, uint8_t bitoffset,
                            uint8_t bitlen, uint16_t *value);
bool mgos_i2c_setbits_reg_b(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, uint8_t bitoffset,
                            uint8_t bitlen, uint8_t value);
bool mgos_i2c_setbits_reg_w(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, uint8_t bitoffset,
                            uint8_t bitlen, uint16_t value);

/* From the configuration; called at boot. */
bool mgos_i2c_init(void);

#endif
