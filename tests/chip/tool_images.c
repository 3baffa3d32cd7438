/* Configurations of the reference, and studies of them. */

#include "tool_images.h"

#include <string.h>

#include "memory.h"

const char MONGOOSE[] = "00 00 00 00 00 00 60 02 00 00 00 00 00 01 01 00\n"
                        "C0 00 55 00 87 64 87 64 87 64 87 64 8F 0F 8F 8F\n"
                        "9F 8F 82 20 C4 44 C4 44 0F 0F 0F 0F 0F 0F 0F 0F\n"
                        "83 4F 0F 0F FF FF FF FF 00 00 00 00 FF FF FF FF\n"
                        "00 00 00 00 FF FF FF FF FF FF FF FF FF FF FF FF\n"
                        "FF FF FF FF 00 00 55 55 FF FF 00 00 00 00 00 00\n"
                        "33 00 33 00 33 00 33 00 3C 00 1C 00 1C 00 33 00\n"
                        "1C 00 1C 00 3C 00 3C 00 3C 00 3C 00 13 00 3C 00\n";

const char MONGOOSE_608A[] = "00 00 00 00 00 00 60 02 00 00 00 00 00 01 01 00\n"
                             "C0 00 55 00 87 64 87 64 87 64 87 64 80 00 C4 44\n"
                             "9F 8F 82 20 C4 44 C4 44 0F 0F 0F 0F 0F 0F 0F 0F\n"
                             "83 6F 0F 00 FF FF FF FF 00 00 00 00 FF FF FF FF\n"
                             "00 00 00 00 FF FF FF FF FF FF FF FF FF FF FF FF\n"
                             "FF FF FF FF 00 00 55 55 FF FF 00 00 00 00 00 00\n"
                             "33 00 33 00 33 00 33 00 3C 00 38 00 1C 00 33 00\n"
                             "1C 00 1C 00 3C 00 3C 00 3C 00 3C 00 13 00 38 00\n";

const char FACTORY[] = "01 23 45 67 00 00 60 02 89 AB CD EF EE 61 01 00\n"
                       "C0 00 00 00 83 20 87 20 8F 20 C4 8F 8F 8F 8F 8F\n"
                       "9F 8F AF 8F 00 00 00 00 00 00 00 00 00 00 00 00\n"
                       "00 00 AF 8F FF FF FF FF 00 00 00 00 FF FF FF FF\n"
                       "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
                       "00 00 00 00 00 00 55 55 FF FF 00 00 00 00 00 00\n"
                       "33 00 33 00 33 00 1C 00 1C 00 1C 00 1C 00 1C 00\n"
                       "3C 00 3C 00 3C 00 3C 00 3C 00 3C 00 3C 00 1C 00\n";

const char LIBRARY_TEST[] = "01 23 45 67 00 00 60 02 89 AB CD EF EE 61 01 00\n"
                            "C0 00 A1 00 AF 2F C4 44 87 20 C4 F4 8F 0F 0F 0F\n"
                            "9F 8F 83 64 C4 44 C4 64 0F 0F 0F 0F 0F 0F 0F 0F\n"
                            "0F 0F 0F 0F FF FF FF FF 00 00 00 00 FF FF FF FF\n"
                            "00 00 00 00 FF 84 03 BC 09 69 76 00 00 00 00 00\n"
                            "00 00 00 00 00 00 55 55 FF FF 0E 40 00 00 00 00\n"
                            "33 00 1C 00 13 00 1C 00 3C 00 3A 10 1C 00 33 00\n"
                            "1C 00 1C 00 38 00 30 00 3C 00 3C 00 32 00 30 00\n";

void study_image(struct study *study, const char *hexadecimal)
{
    const char *wrong = specimen_decode((const uint8_t *)hexadecimal, strlen(hexadecimal), &study->specimen);

    if (wrong)
        fail_msg("%s", wrong);
    study_again(study);
}

void study_again(struct study *study)
{
    assert_int_equal(study_powers(study), 0);
}

void put_slot(struct study *study, unsigned slot, uint16_t slot_config, uint16_t key_config)
{
    uint8_t *config = study->specimen.chip.eeprom.config;

    config[CONFIG_SLOT_CONFIG + 2 * slot] = (uint8_t)slot_config;
    config[CONFIG_SLOT_CONFIG + 2 * slot + 1] = (uint8_t)(slot_config >> 8);
    config[CONFIG_KEY_CONFIG + 2 * slot] = (uint8_t)key_config;
    config[CONFIG_KEY_CONFIG + 2 * slot + 1] = (uint8_t)(key_config >> 8);
}

void expect_fact_at(const struct description *description, int slot, const char *topic, const char *text,
                    const char *file, int line)
{
    const struct fact *fact = description_find(description, slot, topic);
    const char *says = fact ? fact->says.text : NULL;

    if (says && text ? strcmp(says, text) == 0 : says == text)
        return;
    print_error("slot %d, \"%s\":\n  said     %s\n  expected %s\n", slot, topic, says ? says : "(nothing)",
                text ? text : "(nothing)");
    _fail(file, line);
}
