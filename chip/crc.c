/* The chip's CRC-16.  atecc608.md 1.6 */

#include "crc.h"

uint16_t chip_crc16(uint16_t crc, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            unsigned differs = ((bytes[i] >> bit) & 1u) ^ (crc >> 15);
            crc = (uint16_t)(crc << 1);
            if (differs)
                crc ^= 0x8005;
        }
    }
    return crc;
}
