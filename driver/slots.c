/* What is in the slots: reading and writing blocks, clear and encrypted, and AES with a slot's key.
 * atecc608.md 2.1, 3.3, 3.4, 3.20 */

#include "atecc_internal.h"

enum { AES_KEY_BLOCKS = 4, AES_KEY_BLOCK_SHIFT = 6 };

/* 36, 416 and 72 bytes; the last block is a partial one. */
int atecc_block_exists(uint8_t slot, uint8_t block)
{
    if (slot < 8)
        return block < 2;
    if (slot == 8)
        return block < 13;
    return slot < ATECC_SLOTS && block < 3;
}

int atecc_read_slot(struct atecc *dev, uint8_t slot, uint8_t block, uint8_t data[32])
{
    if (!atecc_block_exists(slot, block))
        return atecc_no_such_slot(dev, ATECC_OP_READ, ATECC_ZONE_DATA, slot);

    uint16_t address = atecc_slot_address(slot, block);
    int err = atecc_begin(dev);

    if (err)
        return err;
    return atecc_session_finish(dev, atecc_command_read_block(dev, ATECC_ZONE_DATA, address, data));
}

int atecc_write_slot(struct atecc *dev, uint8_t slot, uint8_t block, const uint8_t data[32])
{
    if (!atecc_block_exists(slot, block))
        return atecc_no_such_slot(dev, ATECC_OP_WRITE, ATECC_ZONE_DATA, slot);

    uint16_t address = atecc_slot_address(slot, block);
    int err = atecc_begin(dev);

    if (err)
        return err;
    return atecc_session_finish(dev, atecc_command_write_block(dev, ATECC_ZONE_DATA, address, data));
}

int atecc_aes(struct atecc *dev, uint8_t slot, uint8_t key_block, uint8_t mode, const uint8_t in[16],
              uint8_t out[16])
{
    if (slot >= ATECC_SLOTS || key_block >= AES_KEY_BLOCKS || mode > 1)
        return atecc_no_such_slot(dev, ATECC_OP_AES, mode, slot);

    uint8_t param1 = (uint8_t)(key_block << AES_KEY_BLOCK_SHIFT | mode);
    int err = atecc_begin(dev);

    if (err)
        return err;
    return atecc_session_finish(dev, atecc_command_aes(dev, param1, slot, in, out));
}
