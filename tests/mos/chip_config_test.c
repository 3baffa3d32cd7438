/* The configuration zone: decoding, and YAML, JSON and hex without loss.  atecc608.md 5.2, 5.3, 5.5,
 * mongoose-os.md 3.14 */

#include "atca/chip_config.h"
#include "atca/chip_config_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static char why[200];

/* atecc608.md 5.2 */
static const uint8_t classic[CHIP_CONFIG_SIZE] = {
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x60, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x01, 0x00,
    0xC0, 0x00, 0x55, 0x00, 0x87, 0x64, 0x87, 0x64, 0x87, 0x64, 0x87, 0x64, 0x8F, 0x0F, 0x8F, 0x8F,
    0x9F, 0x8F, 0x82, 0x20, 0xC4, 0x44, 0xC4, 0x44, 0x0F, 0x0F, 0x0F, 0x0F, 0x0F, 0x0F, 0x0F, 0x0F,
    0x83, 0x4F, 0x0F, 0x0F, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF,
    0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x55, 0x55, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x33, 0x00, 0x33, 0x00, 0x33, 0x00, 0x33, 0x00, 0x3C, 0x00, 0x1C, 0x00, 0x1C, 0x00, 0x33, 0x00,
    0x1C, 0x00, 0x1C, 0x00, 0x3C, 0x00, 0x3C, 0x00, 0x3C, 0x00, 0x3C, 0x00, 0x13, 0x00, 0x3C, 0x00};

/* The 608A variant: the differing bytes of 5.2. */
static void make_608a(uint8_t bytes[CHIP_CONFIG_SIZE])
{
    static const uint8_t slots_4_5[] = {0x80, 0x00, 0xC4, 0x44}, slots_14_15[] = {0x83, 0x6F, 0x0F, 0x00};

    memcpy(bytes, classic, CHIP_CONFIG_SIZE);
    memcpy(bytes + 28, slots_4_5, 4);
    memcpy(bytes + 48, slots_14_15, 4);
    bytes[106] = 0x38;
    bytes[126] = 0x38;
}

static char *print(const uint8_t bytes[CHIP_CONFIG_SIZE], enum chip_config_format format)
{
    enum { ROOM = 32768 };
    char *text = calloc(1, ROOM);
    FILE *file = fmemopen(text, ROOM, "w");

    assert_int_equal(chip_config_print(file, bytes, format), 0);
    assert_true(ftell(file) < ROOM - 1);
    fclose(file);
    return text;
}

static void expect_round_trip(const uint8_t bytes[CHIP_CONFIG_SIZE])
{
    static const enum chip_config_format formats[] = {CHIP_CONFIG_YAML, CHIP_CONFIG_JSON, CHIP_CONFIG_HEX};

    for (size_t i = 0; i < 3; i++) {
        uint8_t again[CHIP_CONFIG_SIZE];
        char *text = print(bytes, formats[i]), *same = print(bytes, formats[i]);

        assert_string_equal(text, same);
        if (chip_config_parse(text, strlen(text), formats[i], again, why, sizeof why))
            fail_msg("format %zu: %s", i, why);
        assert_memory_equal(again, bytes, CHIP_CONFIG_SIZE);
        free(text);
        free(same);
    }
}

static void both_images_survive_every_format(void **state)
{
    uint8_t image[CHIP_CONFIG_SIZE];

    expect_round_trip(classic);
    make_608a(image);
    expect_round_trip(image);
}

/* 5.5, and the factory noise of 2.2, and the clock divider, which the original loses. */
static void used_chips_survive_every_format(void **state)
{
    static const uint8_t head[] = {0x01, 0x23, 0x52, 0xAA, 0x00, 0x00, 0x50, 0x00,
                                   0xD1, 0xBB, 0xF3, 0x78, 0xEE, 0xC0, 0x59, 0x00};
    uint8_t image[CHIP_CONFIG_SIZE];

    memcpy(image, classic, sizeof image);
    memcpy(image, head, sizeof head);
    image[86] = image[87] = 0;
    image[19] = 0x6f;
    image[88] = 0xfe;
    image[97] |= 0x20;
    expect_round_trip(image);
}

/* Whatever is in the zone comes back. */
static void every_bit_survives(void **state)
{
    for (size_t bit = 0; bit < 8 * CHIP_CONFIG_SIZE; bit++) {
        uint8_t image[CHIP_CONFIG_SIZE], again[CHIP_CONFIG_SIZE];
        json_t *tree;

        memcpy(image, classic, sizeof image);
        image[bit / 8] ^= (uint8_t)(1 << bit % 8);
        tree = chip_config_to_tree(image);
        if (chip_config_from_tree(tree, again, why, sizeof why))
            fail_msg("bit %zu: %s", bit, why);
        assert_memory_equal(again, image, CHIP_CONFIG_SIZE);
        json_decref(tree);
    }
}

static void hex_has_four_bytes_a_line(void **state)
{
    char *text = print(classic, CHIP_CONFIG_HEX);

    assert_memory_equal(text, "0x00, 0x00, 0x00, 0x00, \n0x00, 0x00, 0x60, 0x02, \n", 50);
    assert_string_equal(text + strlen(text) - 23, "0x13, 0x00, 0x3c, 0x00\n");
    free(text);
}

static void yaml_names_what_it_holds(void **state)
{
    char *text = print(classic, CHIP_CONFIG_YAML);

    assert_non_null(strstr(text, "\nrevision: 0x6002\n"));
    assert_non_null(strstr(text, "\ni2caddress: 0xc0\n"));
    assert_non_null(strstr(text, "\n  watchdogduration: 1s\n"));
    assert_non_null(strstr(text, "\nlockconfig: Unlocked\n"));
    assert_non_null(strstr(text, "- num: 0\n  slotconfig:\n    extsignenable: true\n    intsignenable: true\n"
                                 "    ecdhenable: true\n    ecdhtonextslot: false\n"));
    assert_non_null(strstr(text, "    writekey: 4\n    writeconfig: 6\n"));
    assert_non_null(strstr(text, "- num: 4\n  slotconfig:\n    readkey: 15\n"));
    free(text);
}

static void slots_of_the_608a_image(void **state)
{
    uint8_t image[CHIP_CONFIG_SIZE];
    struct chip_config config;

    make_608a(image);
    assert_int_equal(chip_config_decode(&config, image, why, sizeof why), 0);
    assert_string_equal(chip_config_model(&config), "ATECC608A");
    assert_false(config.config_locked || config.data_locked);
    for (int slot = 0; slot < 4; slot++) {
        assert_true(config.slots[slot].is_private_ecc && config.slots[slot].can_sign);
        assert_true(config.slots[slot].encrypted_write && config.slots[slot].gen_key_allowed);
        assert_int_equal(config.slots[slot].write_key, 4);
    }
    assert_false(config.slots[4].is_private_ecc || config.slots[4].encrypted_write ||
                 config.slots[4].never_writable);
    assert_true(config.slots[5].key_type == CHIP_KEY_AES && config.slots[5].encrypted_write);
    assert_true(config.slots[6].never_writable);
    assert_true(config.slots[7].is_private_ecc && !config.slots[7].can_sign);
    assert_int_equal(config.slots[8].capacity, 416);
    assert_false(config.slots[0].locked);
}

static void serial_and_locks(void **state)
{
    uint8_t image[CHIP_CONFIG_SIZE];
    struct chip_config config;
    static const uint8_t serial[9] = {0x01, 0x23, 0xd4, 0xdf, 0x07, 0x02, 0x39, 0x67, 0xee};

    memcpy(image, classic, sizeof image);
    memcpy(image, serial, 4);
    memcpy(image + 8, serial + 4, 5);
    image[87] = 0;
    image[88] = 0xef;
    assert_int_equal(chip_config_decode(&config, image, why, sizeof why), 0);
    assert_memory_equal(config.serial, serial, 9);
    assert_true(config.config_locked);
    assert_false(config.data_locked);
    assert_true(config.slots[4].locked);
    image[86] = 0x33;
    assert_int_equal(chip_config_decode(&config, image, why, sizeof why), -1);
    assert_string_equal(why, "unknown data lock mode 0x33");
    image[86] = 0x55;
    image[96] = 0x03;
    assert_int_equal(chip_config_decode(&config, image, why, sizeof why), -1);
    assert_string_equal(why, "unknown key type 0");
}

static void expect_refusal(const char *old, const char *new, const char *sentence)
{
    uint8_t bytes[CHIP_CONFIG_SIZE];
    char *text = print(classic, CHIP_CONFIG_YAML), *at = strstr(text, old), edited[16384];

    assert_non_null(at);
    snprintf(edited, sizeof edited, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    assert_int_equal(chip_config_parse(edited, strlen(edited), CHIP_CONFIG_YAML, bytes, why, sizeof why), -1);
    if (!strstr(why, sentence))
        fail_msg("\"%s\" is not in \"%s\"", sentence, why);
    free(text);
}

static void wrong_files_are_refused_with_a_sentence(void **state)
{
    uint8_t bytes[CHIP_CONFIG_SIZE];

    expect_refusal("i2caddress: 0xc0", "i2caddress: 0x1c0", "i2caddress is too big for 8 bits");
    expect_refusal("i2caddress: 0xc0", "i2caddress: high", "i2caddress must be a number");
    expect_refusal("i2caddress: 0xc0", "i2caddress: -1", "i2caddress must be a number");
    expect_refusal("i2caddress: 0xc0", "i2cadress: 0xc0", "i2caddress is missing");
    expect_refusal("otpmode: 0x55", "otpmode: 0x55\nextra: 1", "names too many");
    expect_refusal("    nomac: false", "    nomac: 2", "slot 0: nomac must be true or false");
    expect_refusal("keytype: ECC", "keytype: RSA", "slot 0: keytype must be");
    expect_refusal("    writekey: 4", "    writekey: 16", "writekey is too big for 4 bits");
    expect_refusal("- num: 3", "- num: 5", "not in order");
    expect_refusal("slots:\n", "slots: 1\nx:\n", "slots must be a list of 16");
    assert_int_equal(chip_config_parse("a: [", 4, CHIP_CONFIG_YAML, bytes, why, sizeof why), -1);
    assert_int_equal(chip_config_parse("", 0, CHIP_CONFIG_YAML, bytes, why, sizeof why), -1);
    assert_int_equal(chip_config_parse("&a [*a]", 7, CHIP_CONFIG_YAML, bytes, why, sizeof why), -1);
    assert_int_equal(chip_config_parse("{", 1, CHIP_CONFIG_JSON, bytes, why, sizeof why), -1);
    assert_int_equal(chip_config_parse("0102", 4, CHIP_CONFIG_HEX, bytes, why, sizeof why), -1);
    assert_string_equal(why, "expected 128 bytes, got 2");
}

/* Words of older files, and what no command writes left out. */
static void lenient_where_nothing_is_lost(void **state)
{
    uint8_t bytes[CHIP_CONFIG_SIZE];
    json_t *tree = chip_config_to_tree(classic), *slot = json_array_get(json_object_get(tree, "slots"), 4);

    json_object_del(tree, "serialnum");
    json_object_del(tree, "revision");
    json_object_del(tree, "reserved13");
    json_object_del(tree, "lockvalue");
    json_object_del(tree, "lockconfig");
    json_object_del(slot, "num");
    json_object_set_new(json_object_get(slot, "keyconfig"), "keytype", json_string("NonECC"));
    if (chip_config_from_tree(tree, bytes, why, sizeof why))
        fail_msg("%s", why);
    assert_memory_equal(bytes + 16, classic + 16, CHIP_CONFIG_SIZE - 16);
    json_decref(tree);
}

static void format_by_flag_then_suffix(void **state)
{
    enum chip_config_format format;

    assert_int_equal(chip_config_format(NULL, "a.yaml", &format, why, sizeof why), 0);
    assert_int_equal(format, CHIP_CONFIG_YAML);
    assert_int_equal(chip_config_format(NULL, "a.json", &format, why, sizeof why), 0);
    assert_int_equal(format, CHIP_CONFIG_JSON);
    assert_int_equal(chip_config_format(NULL, "a.txt", &format, why, sizeof why), 0);
    assert_int_equal(format, CHIP_CONFIG_HEX);
    assert_int_equal(chip_config_format(NULL, NULL, &format, why, sizeof why), 0);
    assert_int_equal(format, CHIP_CONFIG_HEX);
    assert_int_equal(chip_config_format("json", "a.yaml", &format, why, sizeof why), 0);
    assert_int_equal(format, CHIP_CONFIG_JSON);
    assert_int_equal(chip_config_format("xml", NULL, &format, why, sizeof why), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_images_survive_every_format),
        cmocka_unit_test(used_chips_survive_every_format),
        cmocka_unit_test(every_bit_survives),
        cmocka_unit_test(hex_has_four_bytes_a_line),
        cmocka_unit_test(yaml_names_what_it_holds),
        cmocka_unit_test(slots_of_the_608a_image),
        cmocka_unit_test(serial_and_locks),
        cmocka_unit_test(wrong_files_are_refused_with_a_sentence),
        cmocka_unit_test(lenient_where_nothing_is_lost),
        cmocka_unit_test(format_by_flag_then_suffix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
