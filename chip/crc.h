/* The chip's CRC-16 (atecc608.md 1.6).
 *
 * Polynomial 8005, register from 0000, bits of each byte from bit 0 up. The register goes low byte first on
 * the wire. To continue a running sum, hand the previous register in; start with 0.
 */
#ifndef CHIP_CRC_H
#define CHIP_CRC_H

#include <stddef.h>
#include <stdint.h>

uint16_t chip_crc16(uint16_t crc, const uint8_t *bytes, size_t n);

#endif
