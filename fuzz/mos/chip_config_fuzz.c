/* Configuration files of the secure element: what is accepted survives being printed and read again. First
 * byte: format. */

#include "atca/chip_config_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[CHIP_CONFIG_SIZE], again[CHIP_CONFIG_SIZE];
    enum chip_config_format format;
    struct chip_config config;
    char why[200], *text;
    size_t length;
    FILE *file;

    if (size == 0)
        return 0;
    format = data[0] == 'y' ? CHIP_CONFIG_YAML : data[0] == 'j' ? CHIP_CONFIG_JSON : CHIP_CONFIG_HEX;
    why[0] = '\0';
    if (chip_config_parse((const char *)data + 1, size - 1, format, bytes, why, sizeof why)) {
        if (!why[0])
            abort();
        return 0;
    }
    chip_config_decode(&config, bytes, why, sizeof why);
    for (int i = 0; i < 3; i++) {
        file = open_memstream(&text, &length);
        chip_config_print(file, bytes, (enum chip_config_format)i);
        fclose(file);
        if (chip_config_parse(text, length, (enum chip_config_format)i, again, why, sizeof why) ||
            memcmp(bytes, again, sizeof bytes) != 0)
            abort();
        free(text);
    }
    return 0;
}
