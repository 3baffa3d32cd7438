/* The message of MAC, HMAC and CheckMac.  atecc608.md 3.6 - 3.8 */

#include "mac_message.h"

#include <string.h>

#include "memory.h"

enum { FULL_SERIAL = 0x40 };

void chip_mac_other_data(const struct chip *chip, const struct chip_call *call,
                         uint8_t other_data[MAC_OTHER_DATA])
{
    uint8_t serial[CHIP_SERIAL_SIZE];

    memset(other_data, 0, MAC_OTHER_DATA);
    other_data[0] = call->opcode;
    other_data[1] = call->p1;
    other_data[2] = (uint8_t)call->p2;
    other_data[3] = (uint8_t)(call->p2 >> 8);
    if (!(call->p1 & FULL_SERIAL))
        return;
    chip_serial(chip, serial);
    memcpy(other_data + 7, serial + 4, 4);
    memcpy(other_data + 11, serial + 2, 2);
}

void chip_mac_message(const struct chip *chip, const uint8_t first[32], const uint8_t second[32],
                      const uint8_t other_data[MAC_OTHER_DATA], uint8_t message[MAC_MESSAGE])
{
    uint8_t serial[CHIP_SERIAL_SIZE];

    chip_serial(chip, serial);
    memset(message, 0, MAC_MESSAGE);
    memcpy(message, first, 32);
    memcpy(message + 32, second, 32);
    memcpy(message + 64, other_data, 4);
    memcpy(message + 76, other_data + 4, 3);
    message[79] = serial[8];
    memcpy(message + 80, other_data + 7, 4);
    memcpy(message + 84, serial, 2);
    memcpy(message + 86, other_data + 11, 2);
}
