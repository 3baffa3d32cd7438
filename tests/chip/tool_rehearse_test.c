/* hallmark-chip-tool rehearse: the CRC of each lock, what it gives and takes, and that nothing is touched.
 * atecc608.md 3.13, 7.1 */

#include "tool_images.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "profile.h"
#include "rehearse.h"

static struct study study;
static char *told; /* by the last rehearsal */

static int teardown(void **state)
{
    (void)state;
    free(told);
    told = NULL;
    return 0;
}

static int tell(enum lock_target target, unsigned slot)
{
    const struct chip_eeprom before = study.specimen.chip.eeprom;
    size_t n;

    free(told);
    FILE *out = open_memstream(&told, &n);
    assert_non_null(out);
    study_again(&study);
    int code = rehearse(out, "part", &study, target, slot);
    fclose(out);
    assert_memory_equal(&study.specimen.chip.eeprom, &before, sizeof before);
    return code;
}

static void expect(const char *text)
{
    if (!strstr(told, text))
        fail_msg("it does not say \"%s\" but\n%s", text, told);
}

static void expect_not(const char *text)
{
    if (strstr(told, text))
        fail_msg("it says \"%s\"\n%s", text, told);
}

static void start(const char *profile)
{
    static const uint8_t no_serial[9];

    memset(&study.specimen, 0, sizeof study.specimen);
    chip_profile_make(chip_profile_find(profile), no_serial, 0, &study.specimen.chip.eeprom);
    study.specimen.has_data = true;
}

static void test_the_crc_of_the_configuration(void **state)
{
    (void)state;
    study_image(&study, MONGOOSE);
    assert_int_equal(tell(LOCK_CONFIG_ZONE, 0), EXIT_FINE);
    expect("Lock Param1 00, Param2 89F9:");
    study_image(&study, MONGOOSE_608A);
    tell(LOCK_CONFIG_ZONE, 0);
    expect("Param2 96B8:");
    study_image(&study, FACTORY);
    tell(LOCK_CONFIG_ZONE, 0);
    expect("Param2 4838:");
}

static void test_the_crc_of_the_data_zone(void **state)
{
    (void)state;
    study_image(&study, FACTORY);
    study.specimen.chip.eeprom.config[CONFIG_LOCK_CONFIG] = 0x00;
    tell(LOCK_DATA_ZONE, 0);
    expect("Lock Param1 01, Param2 5335:");
    expect("This is the CRC of an unused part");
    start("mongoose-unlocked");
    study.specimen.chip.eeprom.config[CONFIG_LOCK_CONFIG] = 0x00;
    tell(LOCK_DATA_ZONE, 0);
    expect("Param2 2A80:");
    expect_not("This is the CRC of an unused part");
    study.specimen.chip.eeprom.otp[3] = 0x00;
    tell(LOCK_DATA_ZONE, 0);
    expect_not("Param2 2A80:");
    expect("The part would answer 00"); /* it has checked the new one */
}

static void test_what_the_configuration_lock_gives_and_takes(void **state)
{
    (void)state;
    start("mongoose-unlocked");
    assert_int_equal(tell(LOCK_CONFIG_ZONE, 0), EXIT_FINE);
    expect("be given a new key by GenKey                         slots 0-3, 7 and 14\n");
    expect("Lost for ever:\n  change of any setting");
    expect("check finds 2 dangers");
    expect("slot 14 can be overwritten by anyone");
}

static void test_what_the_data_lock_gives_and_takes(void **state)
{
    (void)state;
    start("mongoose-unlocked");
    study.specimen.chip.eeprom.config[CONFIG_LOCK_CONFIG] = 0x00;
    assert_int_equal(tell(LOCK_DATA_ZONE, 0), EXIT_NO); /* slot 6 is empty */
    expect("be read in clear                                     slots 10-13 and 15\n");
    expect("be given a private key in clear                      slots 0-3, 7 and 14\n");
    expect("change of OTP");
    expect("STRANDED: slot 6: empty for ever");
    expect_not("no private key, and none");
    memset(study.specimen.chip.eeprom.data + chip_slot_offset(6), 0x11, 32);
    assert_int_equal(tell(LOCK_DATA_ZONE, 0), EXIT_FINE);
    expect_not("STRANDED");
}

static void test_a_key_that_was_forgotten(void **state)
{
    (void)state;
    start("tls-only");
    assert_int_equal(tell(LOCK_DATA_ZONE, 0), EXIT_NO);
    expect("STRANDED: slot 0: no private key, and none can ever be put in.");
    memset(study.specimen.chip.eeprom.data, 0, 35);
    study.specimen.chip.eeprom.data[35] = 1;
    assert_int_equal(tell(LOCK_DATA_ZONE, 0), EXIT_FINE);
}

static void test_the_lock_of_a_slot(void **state)
{
    (void)state;
    start("mongoose");
    assert_int_equal(tell(LOCK_ONE_SLOT, 10), EXIT_NO);
    expect("Lock Param1 2A, Param2 ");
    expect("STRANDED: slot 10: empty for ever");
    study.specimen.chip.eeprom.data[chip_slot_offset(10)] = 0x01;
    assert_int_equal(tell(LOCK_ONE_SLOT, 10), EXIT_FINE);
    expect("be written in clear                                  slot 10\n");
    expect_not("slot 11");
    expect_not("be locked");
}

static void test_a_lock_that_is_refused(void **state)
{
    (void)state;
    start("mongoose");
    assert_int_equal(tell(LOCK_CONFIG_ZONE, 0), EXIT_NO);
    expect(
        "The part would answer 0F, execution error: Lock refused: the configuration zone is locked already");
    assert_int_equal(tell(LOCK_ONE_SLOT, 8), EXIT_NO);
    expect("slot 8 cannot be locked by itself (KeyConfig bit 5 = 0)");
    start("blank");
    assert_int_equal(tell(LOCK_DATA_ZONE, 0), EXIT_NO);
    expect("the configuration zone is not locked yet");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_the_crc_of_the_configuration, teardown),
        cmocka_unit_test_teardown(test_the_crc_of_the_data_zone, teardown),
        cmocka_unit_test_teardown(test_what_the_configuration_lock_gives_and_takes, teardown),
        cmocka_unit_test_teardown(test_what_the_data_lock_gives_and_takes, teardown),
        cmocka_unit_test_teardown(test_a_key_that_was_forgotten, teardown),
        cmocka_unit_test_teardown(test_the_lock_of_a_slot, teardown),
        cmocka_unit_test_teardown(test_a_lock_that_is_refused, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
