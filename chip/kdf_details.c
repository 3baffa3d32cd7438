/* Details of a KDF command.  atecc608.md 3.20 */

#include "kdf_details.h"

#include "guesses.h"
#include "memory.h"

enum {
    LOW_BITS = 0x03, /* PRF: key length; AES: key block; HKDF: where the message is */
    HKDF_ZERO_KEY = 0x04,
    PRF_64_BYTES = 1 << 8,
    PRF_AEAD_SHIFT = 9,
    MESSAGE_SLOT_SHIFT = 8,
    LENGTH_SHIFT = 24,
    BLOCK = 16,
};

static uint32_t details_word(const struct chip_call *call)
{
    const uint8_t *bytes = call->data;
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static enum chip_status decode_prf(struct chip_call *call, uint32_t word, struct kdf_details *details)
{
    unsigned aead = word >> PRF_AEAD_SHIFT & 3;

    if (aead > 1)
        return chip_refuse(call, CHIP_PARSE, "AEAD mode %u does not exist (Details bits 10:9)", aead);
    details->key_length = BLOCK * (1 + (word & LOW_BITS));
    details->result_length = aead || (word & PRF_64_BYTES) ? 64 : 32;
    details->kept = aead ? 32 : details->result_length; /* GUESS 54 */
    return CHIP_SUCCESS;
}

static void decode_aes(uint32_t word, struct kdf_details *details)
{
    details->key_offset = BLOCK * (word & LOW_BITS);
    details->key_length = BLOCK;
    details->message_length = BLOCK;
}

static void decode_hkdf(uint32_t word, struct kdf_details *details)
{
    details->key_length = 32;
    details->zero_key = word & HKDF_ZERO_KEY;
    details->message_from = (enum kdf_message_from)(word & LOW_BITS);
    details->message_slot = word >> MESSAGE_SLOT_SHIFT & 0xF;
}

/* A message that is in the chip already need not come, but the library sends as many bytes all the same. */
static enum chip_status check_length(struct chip_call *call, const struct kdf_details *details)
{
    bool stored = details->message_from == KDF_MESSAGE_SLOT || details->message_from == KDF_MESSAGE_TEMP_KEY;

    if (stored && call->length == KDF_DETAILS)
        return CHIP_SUCCESS;
    return chip_check_length(call, KDF_DETAILS + details->message_length);
}

enum chip_status chip_kdf_details(struct chip_call *call, unsigned algorithm, struct kdf_details *details)
{
    enum chip_status status = CHIP_SUCCESS;

    if (algorithm > KDF_HKDF)
        return chip_refuse(call, CHIP_PARSE, "algorithm %u does not exist (Param1 bits 6:5)", algorithm);
    if (call->length < KDF_DETAILS)
        return chip_check_length(call, KDF_DETAILS);
    uint32_t word = details_word(call);
    *details = (struct kdf_details){
        .algorithm = (enum kdf_algorithm)algorithm,
        .message_from = KDF_MESSAGE_INPUT,
        .message_length = word >> LENGTH_SHIFT,
        .result_length = 32,
        .kept = 32,
    };
    if (algorithm == KDF_PRF)
        status = decode_prf(call, word, details);
    else if (algorithm == KDF_AES)
        decode_aes(word, details);
    else
        decode_hkdf(word, details);
    if (status != CHIP_SUCCESS)
        return status;
    if (details->message_length > GUESS_53_KDF_MESSAGE_MAX)
        return chip_refuse(call, CHIP_PARSE, "a message has at most %d bytes, not %zu (Details bits 31:24)",
                           GUESS_53_KDF_MESSAGE_MAX, details->message_length);
    return check_length(call, details);
}

enum chip_status chip_kdf_check_aes(const struct chip *chip, struct chip_call *call)
{
    if (!(chip->eeprom.config[CONFIG_AES_ENABLE] & 1))
        return chip_refuse(call, CHIP_PARSE, "this part has no AES (AES_Enable bit 0 = 0)");
    if (!(chip_options(chip) & OPTION_KDF_AES))
        return chip_refuse(call, CHIP_EXEC, "AES is not enabled for KDF (ChipOptions bit 2 = 0)");
    return CHIP_SUCCESS;
}
