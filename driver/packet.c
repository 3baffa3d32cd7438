/* Packets: how a command is laid out, and when an answer is whole.  atecc608.md 1.5, 1.6 */

#include <string.h>

#include "atecc_internal.h"

/* Polynomial 8005; the data's bits enter lowest first, the register moves left. */
uint16_t atecc_crc16(uint16_t crc, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            unsigned in = data[i] >> bit & 1u;
            unsigned top = crc >> 15 & 1u;

            crc = (uint16_t)(crc << 1);
            if (in != top)
                crc ^= 0x8005;
        }
    }
    return crc;
}

size_t atecc_packet_build(uint8_t packet[ATECC_PACKET_MAX], const struct atecc_command *command)
{
    if (command->length > ATECC_COMMAND_DATA_MAX ||
        command->more_length > ATECC_COMMAND_DATA_MAX - command->length)
        return 0;

    size_t count = ATECC_COMMAND_OVERHEAD + command->length + command->more_length;
    uint8_t *group = packet + 1;

    packet[0] = ATECC_WORD_COMMAND;
    group[0] = (uint8_t)count;
    group[1] = command->opcode;
    group[2] = command->param1;
    group[3] = (uint8_t)command->param2;
    group[4] = (uint8_t)(command->param2 >> 8);
    if (command->length)
        memcpy(group + 5, command->data, command->length);
    if (command->more_length)
        memcpy(group + 5 + command->length, command->more, command->more_length);

    uint16_t crc = atecc_crc16(0, group, count - 2);

    group[count - 2] = (uint8_t)crc;
    group[count - 1] = (uint8_t)(crc >> 8);
    return 1 + count;
}

int atecc_response_is_whole(const uint8_t *group, size_t size)
{
    if (size < ATECC_RESPONSE_MIN || group[0] != size)
        return 0;

    uint16_t crc = atecc_crc16(0, group, size - 2);

    return group[size - 2] == (uint8_t)crc && group[size - 1] == (uint8_t)(crc >> 8);
}
