/* Writing a secret over a bus anyone can listen to: Nonce, GenDig, then Write or PrivWrite with cipher text
 * and MAC. atecc608.md 3.1, 3.4, 3.5, 3.17; mongoose-os.md 2.5.1, 2.5.2
 *
 * Chip and host both fold the write key, which the chip has in a slot, into a random number of the chip: the
 * result, in the chip's TempKey and in `tempkey` here, encrypts the secret and authenticates the write.
 * NumIn, the host's part of the nonce, is zero, as Mongoose OS sends it: the chip's RandOut alone makes each
 * TempKey new. */

#include <string.h>

#include "atecc_internal.h"

enum {
    NUM_IN = 20,
    KEY = 32,
    DIGEST_INPUT = 96,
    PRIVATE_KEY_PAD = 4,
    PRIVATE_KEY = PRIVATE_KEY_PAD + KEY,
    WRITE_ENCRYPTED = 0xC2,
    PRIVWRITE_ENCRYPTED = 0x40,
    PRIVWRITE_CLEAR = 0x00,
};

struct encrypted_write {
    uint8_t slot, block;
    const uint8_t *secret; /* 32 bytes */
    uint8_t write_slot;
    const uint8_t *write_key;
};

/* What GenDig and both MACs hash: first || opcode, param1, param2 || SN[8], SN[0:1] || zeros || last, 96
 * bytes. */
static void digest(struct atecc *dev, const uint8_t first[32], const uint8_t command[4], const uint8_t *last,
                   size_t last_length, uint8_t out[32])
{
    uint8_t input[DIGEST_INPUT] = {0};

    memcpy(input, first, 32);
    memcpy(input + 32, command, 4);
    input[36] = dev->serial[8];
    input[37] = dev->serial[0];
    input[38] = dev->serial[1];
    memcpy(input + sizeof(input) - last_length, last, last_length);
    dev->sha256(input, sizeof(input), out);
    atecc_wipe(input, sizeof(input));
}

static void nonce_digest(struct atecc *dev, const uint8_t rand_out[32], const uint8_t num_in[NUM_IN],
                         uint8_t out[32])
{
    uint8_t input[32 + NUM_IN + 3] = {0};

    memcpy(input, rand_out, 32);
    memcpy(input + 32, num_in, NUM_IN);
    input[32 + NUM_IN] = ATECC_OP_NONCE;
    dev->sha256(input, sizeof(input), out);
    atecc_wipe(input, sizeof(input));
}

/* The same TempKey on both sides. The serial number is read anew: the chip may be another one than at
 * start-up. */
static int agree_on_tempkey(struct atecc *dev, const struct encrypted_write *write, uint8_t tempkey[32])
{
    static const uint8_t num_in[NUM_IN] = {0};
    const uint8_t gendig[4] = {ATECC_OP_GENDIG, ATECC_ZONE_DATA, write->write_slot, 0};
    uint8_t block[32], rand_out[32], nonce[32];

    int err = atecc_command_read_block(dev, ATECC_ZONE_CONFIG, 0, block);

    if (err)
        return err;
    memcpy(dev->serial, block, 4);
    memcpy(dev->serial + 4, block + 8, 5);
    err = atecc_command_nonce_random(dev, num_in, rand_out);
    if (err)
        return err;
    err = atecc_command_gendig_slot(dev, write->write_slot);
    if (err)
        return err;
    nonce_digest(dev, rand_out, num_in, nonce);
    digest(dev, write->write_key, gendig, nonce, sizeof(nonce), tempkey);
    atecc_wipe(nonce, sizeof(nonce));
    return ATECC_OK;
}

static void exclusive_or(uint8_t *out, const uint8_t *a, const uint8_t *b, size_t length)
{
    for (size_t i = 0; i < length; i++)
        out[i] = a[i] ^ b[i];
}

static int write_block(struct atecc *dev, void *context)
{
    const struct encrypted_write *write = context;
    uint16_t address = atecc_slot_address(write->slot, write->block);
    const uint8_t command[4] = {ATECC_OP_WRITE, WRITE_ENCRYPTED, (uint8_t)address, (uint8_t)(address >> 8)};
    uint8_t tempkey[32], cipher[KEY], mac[32];
    int err = agree_on_tempkey(dev, write, tempkey);

    if (err)
        return err;
    exclusive_or(cipher, write->secret, tempkey, KEY);
    digest(dev, tempkey, command, write->secret, KEY, mac);
    err = atecc_command_write_encrypted(dev, address, cipher, mac);
    atecc_wipe(tempkey, sizeof(tempkey));
    return err;
}

/* The 36 bytes need four more of key stream than TempKey has: they come from its digest. */
static int write_private_key(struct atecc *dev, void *context)
{
    const struct encrypted_write *write = context;
    const uint8_t command[4] = {ATECC_OP_PRIVWRITE, PRIVWRITE_ENCRYPTED, write->slot, 0};
    uint8_t stream[64], plain[PRIVATE_KEY] = {0}, cipher[PRIVATE_KEY], mac[32];
    int err = agree_on_tempkey(dev, write, stream);

    if (err)
        return err;
    memcpy(plain + PRIVATE_KEY_PAD, write->secret, KEY);
    dev->sha256(stream, 32, stream + 32);
    exclusive_or(cipher, plain, stream, sizeof(plain));
    digest(dev, stream, command, plain, sizeof(plain), mac);
    err = atecc_command_privwrite(dev, PRIVWRITE_ENCRYPTED, write->slot, cipher, mac);
    atecc_wipe(stream, sizeof(stream));
    atecc_wipe(plain, sizeof(plain));
    return err;
}

static int run(struct atecc *dev, atecc_recipe recipe, struct encrypted_write *write)
{
    dev->write_slot = write->write_slot;

    int err = atecc_session_run(dev, recipe, write);

    dev->write_slot = ATECC_NO_SLOT;
    return err;
}

int atecc_write_slot_encrypted(struct atecc *dev, uint8_t slot, uint8_t block, const uint8_t data[32],
                               uint8_t write_slot, const uint8_t write_key[32])
{
    struct encrypted_write write = {slot, block, data, write_slot, write_key};

    if (!atecc_block_exists(slot, block) || write_slot >= ATECC_SLOTS)
        return atecc_no_such_slot(dev, ATECC_OP_WRITE, WRITE_ENCRYPTED,
                                  write_slot < ATECC_SLOTS ? slot : write_slot);
    return run(dev, write_block, &write);
}

int atecc_write_private_key_encrypted(struct atecc *dev, uint8_t slot, const uint8_t key[32],
                                      uint8_t write_slot, const uint8_t write_key[32])
{
    struct encrypted_write write = {slot, 0, key, write_slot, write_key};

    if (slot >= ATECC_SLOTS || write_slot >= ATECC_SLOTS)
        return atecc_no_such_slot(dev, ATECC_OP_PRIVWRITE, PRIVWRITE_ENCRYPTED,
                                  slot < ATECC_SLOTS ? write_slot : slot);
    return run(dev, write_private_key, &write);
}

int atecc_write_private_key(struct atecc *dev, uint8_t slot, const uint8_t key[32])
{
    static const uint8_t no_mac[32] = {0};
    uint8_t plain[PRIVATE_KEY] = {0};

    if (slot >= ATECC_SLOTS)
        return atecc_no_such_slot(dev, ATECC_OP_PRIVWRITE, PRIVWRITE_CLEAR, slot);

    int err = atecc_begin(dev);

    if (err)
        return err;
    memcpy(plain + PRIVATE_KEY_PAD, key, KEY);
    err = atecc_command_privwrite(dev, PRIVWRITE_CLEAR, slot, plain, no_mac);
    atecc_wipe(plain, sizeof(plain));
    return atecc_session_finish(dev, err);
}
