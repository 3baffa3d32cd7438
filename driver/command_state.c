/* Commands about the chip and its TempKey: Info, Random, Nonce, GenDig, AES.
 * atecc608.md 3.1, 3.2, 3.5, 3.14, 3.20 */

#include "atecc_internal.h"

int atecc_command_info(struct atecc *dev, uint8_t mode, uint16_t param2, uint8_t info[4])
{
    struct atecc_command command = {.opcode = ATECC_OP_INFO, .param1 = mode, .param2 = param2};

    return atecc_execute(dev, &command, info, 4);
}

int atecc_command_random(struct atecc *dev, uint8_t random[32])
{
    struct atecc_command command = {.opcode = ATECC_OP_RANDOM};

    return atecc_execute(dev, &command, random, 32);
}

int atecc_command_nonce_random(struct atecc *dev, const uint8_t num_in[20], uint8_t rand_out[32])
{
    struct atecc_command command = {.opcode = ATECC_OP_NONCE, .data = num_in, .length = 20};

    return atecc_execute(dev, &command, rand_out, 32);
}

int atecc_command_nonce_load(struct atecc *dev, enum atecc_nonce_target target, const uint8_t value[32])
{
    struct atecc_command command = {
        .opcode = ATECC_OP_NONCE, .param1 = (uint8_t)target, .data = value, .length = 32};

    return atecc_execute(dev, &command, NULL, 0);
}

/* OtherData repeats the four bytes the chip hashes anyway; for a slot with NoMac it is what the chip hashes.
 * So the digest is the same for every slot. */
int atecc_command_gendig_slot(struct atecc *dev, uint8_t slot)
{
    const uint8_t other_data[4] = {ATECC_OP_GENDIG, ATECC_ZONE_DATA, slot, 0};
    struct atecc_command command = {.opcode = ATECC_OP_GENDIG,
                                    .param1 = ATECC_ZONE_DATA,
                                    .param2 = slot,
                                    .data = other_data,
                                    .length = 4};

    return atecc_execute(dev, &command, NULL, 0);
}

int atecc_command_aes(struct atecc *dev, uint8_t mode, uint16_t slot, const uint8_t in[16], uint8_t out[16])
{
    struct atecc_command command = {
        .opcode = ATECC_OP_AES, .param1 = mode, .param2 = slot, .data = in, .length = 16};

    return atecc_execute(dev, &command, out, 16);
}
