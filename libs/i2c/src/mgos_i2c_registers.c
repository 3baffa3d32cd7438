/* Registers of I2C devices: a register number written, then its value written or read.  mongoose-os.md 6.10
 */

#include <string.h>

#include "mgos_i2c.h"

bool mgos_i2c_read_reg_n(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, size_t n, uint8_t *buf)
{
    return mgos_i2c_write(i2c, addr, &reg, 1, false) && mgos_i2c_read(i2c, addr, buf, n, true);
}

bool mgos_i2c_write_reg_n(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, size_t n, const uint8_t *buf)
{
    return mgos_i2c_write(i2c, addr, &reg, 1, false) &&
           mgos_i2c_write(i2c, MGOS_I2C_ADDR_CONTINUE, buf, n, true);
}

int mgos_i2c_read_reg_b(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg)
{
    uint8_t value;

    return mgos_i2c_read_reg_n(i2c, addr, reg, 1, &value) ? value : -1;
}

int mgos_i2c_read_reg_w(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg)
{
    uint8_t value[2];

    return mgos_i2c_read_reg_n(i2c, addr, reg, 2, value) ? value[0] << 8 | value[1] : -1;
}

bool mgos_i2c_write_reg_b(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, uint8_t value)
{
    return mgos_i2c_write_reg_n(i2c, addr, reg, 1, &value);
}

bool mgos_i2c_write_reg_w(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, uint16_t value)
{
    uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};

    return mgos_i2c_write_reg_n(i2c, addr, reg, 2, bytes);
}

/* --- bits ----------------------------------------------------------------------------------------------- */

/* The field's mask in place; 0: no such field in a register of `width` bits. */
static uint32_t field_mask(unsigned bitoffset, unsigned bitlen, unsigned width)
{
    if (bitlen == 0 || bitoffset + bitlen > width)
        return 0;
    return (((uint32_t)1 << bitlen) - 1) << bitoffset;
}

bool mgos_i2c_getbits_reg_b(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, uint8_t bitoffset,
                            uint8_t bitlen, uint8_t *value)
{
    uint32_t mask = field_mask(bitoffset, bitlen, 8);
    int old = mask != 0 ? mgos_i2c_read_reg_b(i2c, addr, reg) : -1;

    if (old < 0)
        return false;
    *value = (uint8_t)(((uint32_t)old & mask) >> bitoffset);
    return true;
}

bool mgos_i2c_getbits_reg_w(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, uint8_t bitoffset,
                            uint8_t bitlen, uint16_t *value)
{
    uint32_t mask = field_mask(bitoffset, bitlen, 16);
    int old = mask != 0 ? mgos_i2c_read_reg_w(i2c, addr, reg) : -1;

    if (old < 0)
        return false;
    *value = (uint16_t)(((uint32_t)old & mask) >> bitoffset);
    return true;
}

bool mgos_i2c_setbits_reg_b(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, uint8_t bitoffset,
                            uint8_t bitlen, uint8_t value)
{
    uint32_t mask = field_mask(bitoffset, bitlen, 8);
    int old = mask != 0 ? mgos_i2c_read_reg_b(i2c, addr, reg) : -1;

    if (old < 0)
        return false;
    return mgos_i2c_write_reg_b(i2c, addr, reg,
                                (uint8_t)(((uint32_t)old & ~mask) | ((uint32_t)value << bitoffset & mask)));
}

bool mgos_i2c_setbits_reg_w(struct mgos_i2c *i2c, uint16_t addr, uint8_t reg, uint8_t bitoffset,
                            uint8_t bitlen, uint16_t value)
{
    uint32_t mask = field_mask(bitoffset, bitlen, 16);
    int old = mask != 0 ? mgos_i2c_read_reg_w(i2c, addr, reg) : -1;

    if (old < 0)
        return false;
    return mgos_i2c_write_reg_w(i2c, addr, reg,
                                (uint16_t)(((uint32_t)old & ~mask) | ((uint32_t)value << bitoffset & mask)));
}
