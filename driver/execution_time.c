/* How long a command may take: what the session leaves free before the watchdog.  atecc608.md 4.1, 4.2 */

#include "atecc_internal.h"

/* Milliseconds, the larger of the 508A's and the 608's maximum; the 608's clock dividers M1 and M2 make it
 * slower. */
struct execution_time {
    uint8_t opcode;
    uint16_t m0, m1, m2;
};

static const struct execution_time execution_times[] = {
    {ATECC_OP_AES, 27, 27, 27},        {ATECC_OP_ECDH, 75, 172, 531},    {ATECC_OP_GENDIG, 25, 35, 35},
    {ATECC_OP_GENKEY, 115, 215, 653},  {ATECC_OP_INFO, 5, 5, 5},         {ATECC_OP_LOCK, 35, 35, 35},
    {ATECC_OP_NONCE, 30, 30, 30},      {ATECC_OP_PRIVWRITE, 50, 50, 50}, {ATECC_OP_RANDOM, 50, 50, 50},
    {ATECC_OP_READ, 5, 5, 5},          {ATECC_OP_SIGN, 115, 220, 665},   {ATECC_OP_UPDATE_EXTRA, 10, 10, 10},
    {ATECC_OP_VERIFY, 105, 295, 1085}, {ATECC_OP_WRITE, 45, 45, 45},
};

enum { SLOWEST_MS = 2324 }; /* SelfTest at M2 */

/* ChipMode bits 7:3 choose the divider. A value nobody has described counts as the slowest. */
static uint16_t at_divider(const struct execution_time *time, uint8_t chip_mode)
{
    switch (chip_mode & 0xF8) {
    case 0x00:
        return time->m0;
    case 0x28:
        return time->m1;
    default:
        return time->m2;
    }
}

uint32_t atecc_execution_time_ms(const struct atecc *dev, uint8_t opcode)
{
    for (size_t i = 0; i < sizeof(execution_times) / sizeof(execution_times[0]); i++) {
        if (execution_times[i].opcode == opcode)
            return at_divider(&execution_times[i], dev->chip_mode);
    }
    return SLOWEST_MS;
}
