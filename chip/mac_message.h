/* The 88-byte message of MAC, HMAC and CheckMac (atecc608.md 3.6 - 3.8). */
#ifndef CHIP_MAC_MESSAGE_H
#define CHIP_MAC_MESSAGE_H

#include "command.h"

enum { MAC_MESSAGE = 88, MAC_OTHER_DATA = 13 };

/* What CheckMac is told of the part that made the MAC, and MAC and HMAC know of themselves: opcode, Param1,
 * Param2, three bytes for OTP (0), SN[4:7] and SN[2:3] or zeros as Param1 bit 6 says. */
void chip_mac_other_data(const struct chip *chip, const struct chip_call *call,
                         uint8_t other_data[MAC_OTHER_DATA]);

/* first || second || OtherData[0:3] || 0{8} || OtherData[4:6] || SN[8] || OtherData[7:10] || SN[0:1] ||
 * OtherData[11:12] */
void chip_mac_message(const struct chip *chip, const uint8_t first[32], const uint8_t second[32],
                      const uint8_t other_data[MAC_OTHER_DATA], uint8_t message[MAC_MESSAGE]);

#endif
