/* Errors by name, and by CryptoAuthLib's number.  atecc608.md 1.7; mongoose-os.md 2.5.4 */

#include "atecc.h"

enum { CRYPTOAUTHLIB_GENERAL_FAILURE = 0xE1 };

struct error {
    int error;
    uint8_t cryptoauthlib;
    const char *sentence;
};

static const struct error errors[] = {
    {ATECC_OK, 0x00, "success"},
    {ATECC_ERROR_BUS, 0xF0, "the I2C bus failed"},
    {ATECC_ERROR_NO_DEVICE, 0xD0, "no ATECC answered"},
    {ATECC_ERROR_TIMEOUT, 0xE7, "the chip stayed busy longer than any command may take"},
    {ATECC_ERROR_RESPONSE, 0xE5, "the chip's answer arrived damaged, more than once"},
    {ATECC_ERROR_MISMATCH, 0xD1, "the signature or MAC does not match"},
    {ATECC_ERROR_PARSE, 0xD2, "the chip knows no such command or parameter"},
    {ATECC_ERROR_ECC_FAULT, 0xD6, "the chip's elliptic-curve computation failed"},
    {ATECC_ERROR_SELF_TEST, 0xD7, "the chip's self-test failed"},
    {ATECC_ERROR_HEALTH_TEST, 0xFA, "the health test of the chip's random generator failed"},
    {ATECC_ERROR_EXECUTION, 0xF4, "the chip refused: locks, slot configuration or key do not allow it"},
    {ATECC_ERROR_WATCHDOG, CRYPTOAUTHLIB_GENERAL_FAILURE,
     "the chip's watchdog leaves too little time for the command"},
    {ATECC_ERROR_COMMUNICATION, 0xD4, "the chip received the command damaged, more than once"},
    {ATECC_ERROR_STATUS, CRYPTOAUTHLIB_GENERAL_FAILURE, "the chip answered with an unknown status"},
    {ATECC_ERROR_PARAMETER, 0xE2, "no such slot, block or mode"},
    {ATECC_ERROR_ADDRESS, 0xE2, "not a 7-bit I2C address"},
};

static const struct error *find(int error)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        if (errors[i].error == error)
            return &errors[i];
    }
    return NULL;
}

const char *atecc_strerror(int error)
{
    const struct error *found = find(error);

    return found ? found->sentence : "an error this driver does not know";
}

uint8_t atecc_cryptoauthlib_status(int error)
{
    const struct error *found = find(error);

    return found ? found->cryptoauthlib : CRYPTOAUTHLIB_GENERAL_FAILURE;
}
