/* Signing and verifying a digest computed outside the chip.  atecc608.md 3.11, 3.12, 6.3
 *
 * The 608 takes the digest in its message digest buffer, which leaves TempKey, and a TLS connection's
 * ephemeral key in it, alone. The 508A has TempKey only. */

#include "atecc_internal.h"

enum {
    SIGN_TEMPKEY = 0x80,
    SIGN_MESSAGE_DIGEST = 0xA0,
    VERIFY_TEMPKEY = 0x02,
    VERIFY_MESSAGE_DIGEST = 0x22,
};

static int has_message_digest_buffer(const struct atecc *dev)
{
    return dev->model == ATECC_MODEL_608;
}

static int load_digest(struct atecc *dev, const uint8_t digest[32])
{
    return atecc_command_nonce_load(
        dev, has_message_digest_buffer(dev) ? ATECC_NONCE_MESSAGE_DIGEST : ATECC_NONCE_TEMPKEY, digest);
}

struct signing {
    uint8_t slot;
    const uint8_t *digest;
    uint8_t *signature;
};

/* The random number is thrown away: asking for it makes the chip refresh its generator's seed before it
 * signs. */
static int sign(struct atecc *dev, void *context)
{
    const struct signing *signing = context;
    uint8_t unused[32];
    int err = atecc_command_random(dev, unused);

    if (err)
        return err;
    err = load_digest(dev, signing->digest);
    if (err)
        return err;
    return atecc_command_sign(dev, has_message_digest_buffer(dev) ? SIGN_MESSAGE_DIGEST : SIGN_TEMPKEY,
                              signing->slot, signing->signature);
}

int atecc_sign(struct atecc *dev, uint8_t slot, const uint8_t digest[32], uint8_t signature[64])
{
    struct signing signing = {slot, digest, signature};

    if (slot >= ATECC_SLOTS)
        return atecc_no_such_slot(dev, ATECC_OP_SIGN, SIGN_TEMPKEY, slot);
    return atecc_session_run(dev, sign, &signing);
}

struct verification {
    const uint8_t *digest, *signature, *public_key;
};

static int verify(struct atecc *dev, void *context)
{
    const struct verification *verification = context;
    int err = load_digest(dev, verification->digest);

    if (err)
        return err;
    return atecc_command_verify_external(
        dev, has_message_digest_buffer(dev) ? VERIFY_MESSAGE_DIGEST : VERIFY_TEMPKEY, verification->signature,
        verification->public_key);
}

int atecc_verify(struct atecc *dev, const uint8_t digest[32], const uint8_t signature[64],
                 const uint8_t public_key[64])
{
    struct verification verification = {digest, signature, public_key};

    return atecc_session_run(dev, verify, &verification);
}
