/* CRC-32 IEEE: reflected, polynomial EDB88320, initial and final FFFFFFFF (mongoose-os.md 1.5.2). */
#ifndef CS_CRC32_H
#define CS_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Start with crc = 0; pass the result on to continue. "123456789" gives cbf43926. */
uint32_t cs_crc32(uint32_t crc, const void *data, size_t len);

#endif
