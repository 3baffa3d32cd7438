/* Decryption and input MAC of encrypted writes.  atecc608.md 3.4, 3.17 */

#include "encrypted_input.h"

#include "crypto.h"
#include "guesses.h"
#include "temp_key.h"

enum { MAC_MESSAGE = 96, TEMP_KEY = 32, HEADER = 7 };

/* SHA256( TempKey || opcode P1 P2 || SN[8] SN[0:1] || zeros || plain ), 96 bytes in all */
static void input_mac(struct chip *chip, const struct chip_call *call, const uint8_t *plain, size_t n,
                      uint8_t mac[32])
{
    struct chip_sha256 sha;
    uint8_t command[4];

    chip_call_bytes(call, command);
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, chip->sram.temp_key.value, TEMP_KEY);
    chip_digest_header(chip, &sha, command, MAC_MESSAGE - TEMP_KEY - HEADER - n);
    chip_sha256_update(&sha, plain, n);
    chip_sha256_finish(&sha, mac);
}

static void key_stream(struct chip *chip, uint8_t stream[64])
{
    struct chip_sha256 sha;

    for (unsigned i = 0; i < 32; i++)
        stream[i] = chip->sram.temp_key.value[i];
    chip_sha256_start(&sha);
    chip_sha256_update(&sha, stream, 32);
    chip_sha256_finish(&sha, stream + 32);
}

enum chip_status chip_decrypt_input(struct chip *chip, struct chip_call *call, const uint8_t *cipher,
                                    size_t n, const uint8_t mac[32], uint8_t *plain)
{
    uint8_t stream[64];
    uint8_t expected[32];

    key_stream(chip, stream);
    for (size_t i = 0; i < n; i++)
        plain[i] = cipher[i] ^ stream[i];
    input_mac(chip, call, plain, n, expected);
    bool genuine = chip_equal(mac, expected, 32);
    chip_wipe(stream, sizeof stream);
    chip_wipe(expected, sizeof expected);
    if (genuine)
        return CHIP_SUCCESS;

    chip_wipe(plain, n);
    return chip_refuse(call, (enum chip_status)GUESS_40_WRONG_INPUT_MAC,
                       "the input MAC is wrong (another write key, TempKey, slot or serial number was used)");
}
