/* Commands on P-256 keys: GenKey, Sign, Verify, ECDH, PrivWrite.  atecc608.md 3.10, 3.11, 3.12, 3.17, 3.18 */

#include "atecc_internal.h"

enum { CURVE_P256 = 0x0004 };

int atecc_command_genkey(struct atecc *dev, enum atecc_genkey_mode mode, uint16_t slot,
                         uint8_t public_key[64])
{
    struct atecc_command command = {.opcode = ATECC_OP_GENKEY, .param1 = (uint8_t)mode, .param2 = slot};

    return atecc_execute(dev, &command, public_key, 64);
}

int atecc_command_sign(struct atecc *dev, uint8_t mode, uint8_t slot, uint8_t signature[64])
{
    struct atecc_command command = {.opcode = ATECC_OP_SIGN, .param1 = mode, .param2 = slot};

    return atecc_execute(dev, &command, signature, 64);
}

int atecc_command_verify_external(struct atecc *dev, uint8_t mode, const uint8_t signature[64],
                                  const uint8_t public_key[64])
{
    struct atecc_command command = {.opcode = ATECC_OP_VERIFY,
                                    .param1 = mode,
                                    .param2 = CURVE_P256,
                                    .data = signature,
                                    .length = 64,
                                    .more = public_key,
                                    .more_length = 64};

    return atecc_execute(dev, &command, NULL, 0);
}

int atecc_command_ecdh(struct atecc *dev, uint8_t mode, uint16_t slot, const uint8_t peer[64],
                       uint8_t secret[32])
{
    struct atecc_command command = {
        .opcode = ATECC_OP_ECDH, .param1 = mode, .param2 = slot, .data = peer, .length = 64};

    return atecc_execute(dev, &command, secret, 32);
}

int atecc_command_privwrite(struct atecc *dev, uint8_t mode, uint8_t slot, const uint8_t value[36],
                            const uint8_t mac[32])
{
    struct atecc_command command = {.opcode = ATECC_OP_PRIVWRITE,
                                    .param1 = mode,
                                    .param2 = slot,
                                    .data = value,
                                    .length = 36,
                                    .more = mac,
                                    .more_length = 32};

    return atecc_execute(dev, &command, NULL, 0);
}
