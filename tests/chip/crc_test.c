/* The chip's CRC-16: every row of atecc608.md 7.1. */

#include "part.h"

#include "crc.h"
#include "memory.h"
#include "profile.h"

static const struct {
    const char *group; /* CRC included, low byte first */
} groups[] = {
    {"04 00 03 40"},          {"04 01 00 C3"},          {"04 03 83 42"},          {"04 05 C3 43"},
    {"04 07 40 C2"},          {"04 08 60 C0"},          {"04 0F 23 42"},          {"04 11 33 43"},
    {"04 EE 31 41"},          {"04 FF 01 42"},          {"07 30 00 00 00 03 5D"}, {"07 1B 00 00 00 24 CD"},
    {"07 02 80 00 00 09 AD"}, {"07 02 00 15 00 17 5D"}, {"07 30 02 00 00 00 D8"}, {"07 47 00 00 00 2E 85"},
    {"07 40 04 00 00 83 87"}, {"07 17 80 00 00 39 8D"}, {"07 41 A0 02 00 7D 05"}, {"07 77 3B 00 00 9D FB"},
    {"07 24 00 01 00 05 7D"},
};

static void test_status_and_command_groups(void **state)
{
    uint8_t bytes[16];

    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        size_t n = hex(groups[i].group, bytes, sizeof bytes);
        uint16_t crc = chip_crc16(0, bytes, n - 2);
        assert_int_equal(bytes[n - 2], crc & 0xFF);
        assert_int_equal(bytes[n - 1], crc >> 8);
    }
}

static void test_ascending_bytes(void **state)
{
    uint8_t bytes[256];

    ascending(bytes, 0, sizeof bytes);
    assert_int_equal(chip_crc16(0, bytes, sizeof bytes), 0xCB5D);
}

static void test_32_times_ff(void **state)
{
    uint8_t bytes[32];

    memset(bytes, 0xFF, sizeof bytes);
    assert_int_equal(chip_crc16(0, bytes, sizeof bytes), 0x8025);
}

static void test_a_sum_may_be_continued(void **state)
{
    uint8_t bytes[256];

    ascending(bytes, 0, sizeof bytes);
    uint16_t crc = chip_crc16(0, bytes, 100);
    assert_int_equal(chip_crc16(crc, bytes + 100, 156), 0xCB5D);
}

static void test_dump_of_a_nitrokey(void **state)
{
    static const char dump[] = "0123BCAE00005000455B669BEEC04500C0005500837181018371C10183718371"
                               "8371C171010183718371C1718371837183718371000000FF00020002FFFFFFFF"
                               "00000000FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFF000000000000"
                               "13003C0013003C0013003C0013003C003C003C0013003C0013003C0013003300";
    uint8_t bytes[128];

    assert_int_equal(hex(dump, bytes, sizeof bytes), 128);
    assert_int_equal(chip_crc16(0, bytes, sizeof bytes), 0xCE2D);
}

static void test_mongoose_608a_image(void **state)
{
    const struct chip_profile *profile = chip_profile_find("mongoose");

    assert_int_equal(chip_crc16(0, profile->image, CHIP_CONFIG_SIZE), 0x96B8);
}

/* The 508A file differs in four places (atecc608.md 5.2). */
static void test_mongoose_508a_image(void **state)
{
    uint8_t image[CHIP_CONFIG_SIZE];

    memcpy(image, chip_profile_find("mongoose")->image, sizeof image);
    hex("8F 0F 8F 8F", image + 28, 4);
    hex("83 4F 0F 0F", image + 48, 4);
    hex("1C 00", image + 106, 2);
    hex("3C 00", image + 126, 2);
    assert_int_equal(chip_crc16(0, image, sizeof image), 0x89F9);
}

static void test_factory_image(void **state)
{
    uint8_t image[CHIP_CONFIG_SIZE];

    memcpy(image, chip_profile_find("blank")->image, sizeof image);
    hex("01 23 45 67 00 00 60 02 89 AB CD EF EE 61 01 00", image, 16);
    assert_int_equal(chip_crc16(0, image, sizeof image), 0x4838);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status_and_command_groups),
        cmocka_unit_test(test_ascending_bytes),
        cmocka_unit_test(test_32_times_ff),
        cmocka_unit_test(test_a_sum_may_be_continued),
        cmocka_unit_test(test_dump_of_a_nitrokey),
        cmocka_unit_test(test_mongoose_608a_image),
        cmocka_unit_test(test_mongoose_508a_image),
        cmocka_unit_test(test_factory_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
