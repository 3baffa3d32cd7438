/* Keys the chip makes and keeps, random numbers, and key agreement.  atecc608.md 3.2, 3.10, 3.18, 5.6 */

#include "atecc_internal.h"

enum {
    GENKEY_TEMPKEY = 0xFFFF,
    ECDH_SLOT_CLEAR = 0x0C,    /* destination: output, source: slot */
    ECDH_TEMPKEY_CLEAR = 0x0D, /* destination: output, source: TempKey */
    /* The chip does not look at param2 when the source is TempKey; this is what the field sends
       (atecc608.md 5.6). */
    ECDH_TEMPKEY_PARAM2 = 0x0010,
    INFO_STATE = 0x02,
    STATE_TEMPKEY_VALID = 0x80, /* of the second byte */
};

int atecc_random(struct atecc *dev, uint8_t out[32])
{
    int err = atecc_begin(dev);

    if (err)
        return err;
    return atecc_session_finish(dev, atecc_command_random(dev, out));
}

static int genkey(struct atecc *dev, enum atecc_genkey_mode mode, uint16_t slot, uint8_t public_key[64])
{
    int err = atecc_begin(dev);

    if (err)
        return err;
    return atecc_session_finish(dev, atecc_command_genkey(dev, mode, slot, public_key));
}

int atecc_gen_key(struct atecc *dev, uint8_t slot, uint8_t public_key[64])
{
    if (slot >= ATECC_SLOTS)
        return atecc_no_such_slot(dev, ATECC_OP_GENKEY, ATECC_GENKEY_CREATE, slot);
    return genkey(dev, ATECC_GENKEY_CREATE, slot, public_key);
}

int atecc_public_key(struct atecc *dev, uint8_t slot, uint8_t public_key[64])
{
    if (slot >= ATECC_SLOTS)
        return atecc_no_such_slot(dev, ATECC_OP_GENKEY, ATECC_GENKEY_PUBLIC, slot);
    return genkey(dev, ATECC_GENKEY_PUBLIC, slot, public_key);
}

int atecc_gen_ephemeral(struct atecc *dev, uint8_t public_key[64])
{
    return genkey(dev, ATECC_GENKEY_CREATE, GENKEY_TEMPKEY, public_key);
}

static int ecdh(struct atecc *dev, uint8_t mode, uint16_t slot, const uint8_t peer[64], uint8_t secret[32])
{
    int err = atecc_begin(dev);

    if (err)
        return err;
    return atecc_session_finish(dev, atecc_command_ecdh(dev, mode, slot, peer, secret));
}

int atecc_ecdh_ephemeral(struct atecc *dev, const uint8_t peer[64], uint8_t secret[32])
{
    return ecdh(dev, ECDH_TEMPKEY_CLEAR, ECDH_TEMPKEY_PARAM2, peer, secret);
}

int atecc_tempkey_is_valid(struct atecc *dev, int *valid)
{
    uint8_t state[4] = {0};
    int err = atecc_begin(dev);

    *valid = 0;
    if (err)
        return err;
    err = atecc_session_finish(dev, atecc_command_info(dev, INFO_STATE, 0, state));
    *valid = !err && (state[1] & STATE_TEMPKEY_VALID);
    return err;
}

int atecc_ecdh(struct atecc *dev, uint8_t slot, const uint8_t peer[64], uint8_t secret[32])
{
    if (slot >= ATECC_SLOTS)
        return atecc_no_such_slot(dev, ATECC_OP_ECDH, ECDH_SLOT_CLEAR, slot);
    return ecdh(dev, ECDH_SLOT_CLEAR, slot, peer, secret);
}
