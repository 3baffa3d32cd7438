/* Commands on the chip's memory: Read, Write, UpdateExtra, Lock.  atecc608.md 2.1, 3.3, 3.4, 3.13, 3.16 */

#include "atecc_internal.h"

enum {
    ACCESS_32_BYTES = 0x80,
    ACCESS_ENCRYPTED = 0x40,
    LOCK_WITHOUT_CRC = 0x80,
};

uint16_t atecc_slot_address(uint8_t slot, uint8_t block)
{
    return (uint16_t)(block << 8 | slot << 3);
}

uint16_t atecc_config_address(unsigned byte)
{
    return (uint16_t)(byte / 4);
}

static int read(struct atecc *dev, uint8_t param1, uint16_t address, uint8_t *data, size_t length)
{
    struct atecc_command command = {.opcode = ATECC_OP_READ, .param1 = param1, .param2 = address};

    return atecc_execute(dev, &command, data, length);
}

int atecc_command_read_block(struct atecc *dev, enum atecc_zone zone, uint16_t address, uint8_t block[32])
{
    return read(dev, (uint8_t)(ACCESS_32_BYTES | zone), address, block, 32);
}

int atecc_command_read_word(struct atecc *dev, enum atecc_zone zone, uint16_t address, uint8_t word[4])
{
    return read(dev, (uint8_t)zone, address, word, 4);
}

static int write(struct atecc *dev, uint8_t param1, uint16_t address, const uint8_t *data, size_t length,
                 const uint8_t *mac)
{
    struct atecc_command command = {.opcode = ATECC_OP_WRITE,
                                    .param1 = param1,
                                    .param2 = address,
                                    .data = data,
                                    .length = length,
                                    .more = mac,
                                    .more_length = mac ? 32 : 0};

    return atecc_execute(dev, &command, NULL, 0);
}

int atecc_command_write_block(struct atecc *dev, enum atecc_zone zone, uint16_t address,
                              const uint8_t block[32])
{
    return write(dev, (uint8_t)(ACCESS_32_BYTES | zone), address, block, 32, NULL);
}

int atecc_command_write_word(struct atecc *dev, enum atecc_zone zone, uint16_t address, const uint8_t word[4])
{
    return write(dev, (uint8_t)zone, address, word, 4, NULL);
}

int atecc_command_write_encrypted(struct atecc *dev, uint16_t address, const uint8_t cipher[32],
                                  const uint8_t mac[32])
{
    return write(dev, ACCESS_32_BYTES | ACCESS_ENCRYPTED | ATECC_ZONE_DATA, address, cipher, 32, mac);
}

/* `which` 0: UserExtra (byte 84), 1: UserExtraAdd (byte 85). */
int atecc_command_update_extra(struct atecc *dev, uint8_t which, uint8_t value)
{
    struct atecc_command command = {.opcode = ATECC_OP_UPDATE_EXTRA, .param1 = which, .param2 = value};

    return atecc_execute(dev, &command, NULL, 0);
}

/* `zone` 0: configuration, 1: data and OTP. */
int atecc_command_lock(struct atecc *dev, uint8_t zone)
{
    struct atecc_command command = {.opcode = ATECC_OP_LOCK, .param1 = (uint8_t)(LOCK_WITHOUT_CRC | zone)};

    return atecc_execute(dev, &command, NULL, 0);
}
