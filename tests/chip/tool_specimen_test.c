/* What hallmark-chip-tool takes as a chip: state files, 128 bytes, and the hexadecimal that mos writes. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "memory.h"
#include "profile.h"
#include "specimen.h"
#include "state_file.h"

static struct specimen specimen;

static const char *decode(const char *text)
{
    return specimen_decode((const uint8_t *)text, strlen(text), &specimen);
}

static void expect_wrong(const char *text, const char *reason)
{
    const char *wrong = decode(text);

    assert_non_null(wrong);
    if (!strstr(wrong, reason))
        fail_msg("\"%s\" does not say \"%s\"", wrong, reason);
}

static const uint8_t *mongoose(void)
{
    return chip_profile_find("mongoose")->image;
}

/* As `mos atca-get-config` writes it: 4 bytes a line, "0x01, 0x23, ", with the separator at the line's end
 * too, but for the last byte (mongoose-os.md, mos atca-get-config). */
static void write_as_mos(char text[1024])
{
    size_t n = 0;

    for (unsigned i = 0; i < 128; i++)
        n += (size_t)sprintf(text + n, "0x%02x%s%s", mongoose()[i], i < 127 ? ", " : "",
                             i % 4 == 3 ? "\n" : "");
}

static void test_hexadecimal_as_mos_writes_it(void **state)
{
    char text[1024];

    (void)state;
    write_as_mos(text);
    assert_null(decode(text));
    assert_int_equal(specimen.form, SPECIMEN_HEX);
    assert_false(specimen.has_data);
    assert_memory_equal(specimen.chip.eeprom.config, mongoose(), 128);
    for (unsigned i = 0; i < CHIP_DATA_SIZE; i++)
        assert_int_equal(specimen.chip.eeprom.data[i], 0xFF);
}

static void test_other_ways_to_write_hexadecimal(void **state)
{
    char text[1024] = "# a comment with words, 0x12 and all\n";
    size_t n = strlen(text);

    (void)state;
    for (unsigned i = 0; i < 128; i++)
        n += (size_t)sprintf(text + n, i % 3 ? "%02X" : "\t%02x ", mongoose()[i]);
    strcpy(text + n, "  # the end");
    assert_null(decode(text));
    assert_memory_equal(specimen.chip.eeprom.config, mongoose(), 128);
}

static void test_128_bytes(void **state)
{
    (void)state;
    assert_null(specimen_decode(mongoose(), 128, &specimen));
    assert_int_equal(specimen.form, SPECIMEN_BINARY);
    assert_false(specimen.has_data);
    assert_memory_equal(specimen.chip.eeprom.config, mongoose(), 128);
}

static void test_a_state_file(void **state)
{
    struct chip_eeprom eeprom;
    uint8_t bytes[STATE_FILE_SIZE];

    (void)state;
    chip_eeprom_from_image(&eeprom, mongoose(), NULL);
    eeprom.data[7] = 0x42;
    state_encode(&eeprom, bytes);
    assert_null(specimen_decode(bytes, sizeof bytes, &specimen));
    assert_int_equal(specimen.form, SPECIMEN_STATE);
    assert_true(specimen.has_data);
    assert_memory_equal(&specimen.chip.eeprom, &eeprom, sizeof eeprom);
    bytes[700] ^= 1;
    assert_non_null(strstr(specimen_decode(bytes, sizeof bytes, &specimen), "damaged"));
    assert_non_null(specimen_decode(bytes, 100, &specimen));
}

static void test_what_is_no_chip(void **state)
{
    char text[1024];

    (void)state;
    expect_wrong("", "fewer than 128 bytes");
    expect_wrong("01 23 45", "fewer than 128 bytes");
    expect_wrong("revision: 0x6002\n", "mos atca-get-config"); /* YAML */
    expect_wrong("{\"revision\": 1}", "mos atca-get-config");
    expect_wrong("0", "neither");
    expect_wrong("0x", "neither");
    expect_wrong("01 2", "neither");
    expect_wrong("01 0g", "neither");
    write_as_mos(text);
    strcat(text, ", 0x00");
    expect_wrong(text, "more than 128 bytes");
    strcpy(text + strlen(text) - 14, "zz");
    assert_non_null(decode(text));
}

static void test_files(void **state)
{
    char path[] = "/tmp/specimen-XXXXXX", error[SPECIMEN_ERROR_MAX], text[1024];
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    write_as_mos(text);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(specimen_load(path, &specimen, error), 0);
    assert_memory_equal(specimen.chip.eeprom.config, mongoose(), 128);

    static const char filler[SPECIMEN_FILE_MAX];
    assert_int_equal(write(fd, filler, sizeof filler), sizeof filler);
    assert_int_equal(specimen_load(path, &specimen, error), -1);
    assert_non_null(strstr(error, path));
    assert_non_null(strstr(error, "far longer"));
    close(fd);
    unlink(path);
    assert_int_equal(specimen_load(path, &specimen, error), -1);
    assert_non_null(strstr(error, "No such file"));
    assert_int_equal(specimen_load("/", &specimen, error), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hexadecimal_as_mos_writes_it),
        cmocka_unit_test(test_other_ways_to_write_hexadecimal),
        cmocka_unit_test(test_128_bytes),
        cmocka_unit_test(test_a_state_file),
        cmocka_unit_test(test_what_is_no_chip),
        cmocka_unit_test(test_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
