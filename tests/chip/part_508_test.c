/* The ATECC508A as a whole: what it has not, what it has alone, what it does otherwise.
 * atecc608.md 0.3, 2.2 - 2.4, 2.13, 3.14, 3.16, 3.19, 3.23, 5.6 */

#include "part.h"

#include "counter_field.h"
#include "memory.h"
#include "profile.h"

static struct part part;
static uint8_t data[128], answer[128];

static int setup(void **state)
{
    part_make(&part, "mongoose-508", BOTH_LOCKED);
    part.counting = true;
    ascending(data, 0x10, sizeof data);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static void test_revision(void **state)
{
    expect_answer(&part, 4, answer, INFO, 0x00, 0, NULL, 0);
    assert_hex("00 00 50 00", answer, 4);
}

/* ---- What it has not ---- */

static void test_commands_of_the_608_are_unknown(void **state)
{
    static const uint8_t opcodes[] = {AES, KDF, SELFTEST, SECUREBOOT, 0x13};

    for (size_t i = 0; i < sizeof opcodes; i++)
        expect_refusal(&part, CHIP_PARSE, "is not a command of this chip (a 508A)", opcodes[i], 0, 0, NULL,
                       0);
}

static void test_modes_of_the_608_are_parse_errors(void **state)
{
    static const struct {
        uint8_t opcode, p1;
        uint16_t p2;
        size_t n;
    } modes[] = {
        {NONCE, 0x23, 0, 64},       {NONCE, 0x43, 0, 32},   {NONCE, 0x83, 0, 32},   {SIGN, 0xA0, 0, 0},
        {VERIFY, 0x22, 4, 128},     {VERIFY, 0x20, 10, 64}, {VERIFY, 0x82, 4, 128}, {GENKEY, 0x04, 0xFFFF, 0},
        {ECDH, 0x0D, 0, 64},        {ECDH, 0x0E, 0, 64},    {ECDH, 0x01, 0, 64},    {ECDH, 0x10, 0, 64},
        {SHA, 0x06, 0, 0},          {SHA, 0x07, 36, 36},    {SHA, 0xC2, 0, 0},      {SHA, 0x42, 0, 0},
        {SHA, 0x04, 0xFFFF, 0},     {INFO, 0x04, 0, 0},     {GENDIG, 0x04, 0, 0},   {GENDIG, 0x05, 4, 0},
        {UPDATE_EXTRA, 0x03, 0, 0},
    };

    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        load_t0(&part);
        expect_status(&part, CHIP_PARSE, modes[i].opcode, modes[i].p1, modes[i].p2, data, modes[i].n);
    }
}

static void test_fields_of_the_608_mean_nothing(void **state)
{
    uint8_t *config = part.chip.eeprom.config;

    config[CONFIG_USE_LOCK] = 0x4A;
    config[CONFIG_CHIP_OPTIONS] = 0xFF;
    config[CONFIG_CHIP_OPTIONS + 1] = 0xFF; /* ECDHProt 3 */
    config[CONFIG_CHIP_MODE] = 0x68 | CHIP_MODE_EXTRA_ADDRESS;
    config[CONFIG_USER_EXTRA_ADD] = 0x6A;
    chip_power_off(&part.chip);
    chip_power_on(&part.chip);
    chip_wake_pulse(&part.chip);
    assert_int_equal(part.chip.address, 0x60);
    assert_int_equal(part.chip.selftest_failed, 0);
    expect_answer(&part, 64, data, GENKEY, 0x04, 0, NULL, 0);
    expect_answer(&part, 32, NULL, ECDH, 0x00, 0, data, 64);
}

/* ---- The lab's traffic, 5.6 ---- */

static void test_sign_and_verify_by_way_of_temp_key(void **state)
{
    uint8_t sig_and_key[128];

    expect_answer(&part, 64, sig_and_key + 64, GENKEY, 0x04, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, data, 32);
    expect_answer(&part, 64, sig_and_key, SIGN, 0x80, 0, NULL, 0);
    assert_false(part.chip.sram.temp_key.valid);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, data, 32);
    expect_status(&part, CHIP_SUCCESS, VERIFY, 0x02, 4, sig_and_key, 128);
}

static void test_it_signs_no_random_nonce(void **state)
{
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0, NULL, 0);
    load_t0(&part);
    expect_refusal(&part, CHIP_EXEC, "SourceFlag = 0", SIGN, 0x80, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_answer(&part, 32, NULL, SHA, 0x02, 10, data, 10);
    expect_answer(&part, 64, NULL, SIGN, 0x80, 0, NULL, 0);
}

static void test_ecdh_does_not_look_at_the_destination_bits(void **state)
{
    uint8_t point[64], secret[32];

    expect_answer(&part, 64, point, GENKEY, 0x04, 2, NULL, 0);
    expect_answer(&part, 32, secret, ECDH, 0x00, 2, point, 64);
    for (unsigned p1 = 0x04; p1 <= 0x0C; p1 += 4) {
        expect_answer(&part, 32, answer, ECDH, (uint8_t)p1, 2, point, 64);
        assert_memory_equal(answer, secret, 32);
    }
    part_set_slot(&part, 2, 0x208F, 0x0033); /* bit 3: the secret stays inside */
    part_set_slot(&part, 3, 0x0F8F, 0x003C);
    expect_status(&part, CHIP_SUCCESS, ECDH, 0x0C, 2, point, 64);
    assert_memory_equal(part.chip.eeprom.data + chip_slot_offset(3), secret, 32);
}

/* ---- SHA ---- */

static void test_sha_takes_whole_blocks_and_answers_into_temp_key(void **state)
{
    memset(data, 0xBC, sizeof data);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_refusal(&part, CHIP_PARSE, "updates of 64 bytes", SHA, 0x01, 10, data, 10);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x01, 64, data, 64);
    expect_answer(&part, 32, answer, SHA, 0x02, 63, data, 63);
    assert_hex("A92218564370A057273FF485A8073F32FC1F1412ECA2E30B81A887760B613172", answer, 32);
    expect_temp_key(&part, "A92218564370A057273FF485A8073F32FC1F1412ECA2E30B81A887760B613172");
}

static void test_sha_and_temp_key_are_one_register(void **state)
{
    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    assert_false(part.chip.sram.temp_key.valid);
    load_t0(&part);
    expect_refusal(&part, CHIP_EXEC, "no SHA is running", SHA, 0x01, 64, data, 64);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_answer(&part, 32, NULL, RANDOM, 0, 0, NULL, 0); /* does not touch it */
    expect_status(&part, CHIP_SUCCESS, SHA, 0x01, 64, data, 64);
}

static void test_hmac_has_an_end_of_its_own(void **state)
{
    uint8_t message[65], key[32];

    hex("3780E63D4968ADE5D822C013FCC323845D1B569FE705B60006FEEC145A0DB1E3", key, 32);
    hex("6FB3EC66F9EB070A719BEBBE708B93A65B201B78E2D26D8CCCDF1C33F741904A"
        "9ADE640FCE000C334D04BB30795683DCA09DBF3E7E32AEA103D760E857A6D6211C",
        message, sizeof message);
    part_fill_slot(&part, 4, 0, key, 32);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x04, 4, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x01, 64, message, 64);
    expect_refusal(&part, CHIP_EXEC, "an HMAC is running; end it with mode 5", SHA, 0x02, 1, message + 64, 1);
    expect_answer(&part, 32, answer, SHA, 0x05, 1, message + 64, 1);
    assert_hex("297F22B8D251B063A7C08DCF4DBA0D1FB35D32A3BAAB15ACEAF4391C4ADB3277", answer, 32);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "a plain SHA is running; end it with mode 2", SHA, 0x05, 0, NULL, 0);
}

/* ---- OTP ---- */

static void test_otp_in_consumption_mode_loses_bits_only(void **state)
{
    memset(data, 0x0F, 32);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x81, 0, data, 32);
    memset(data, 0xF3, 4);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x01, 1, data, 4);
    expect_answer(&part, 32, answer, READ, 0x81, 0, NULL, 0);
    assert_hex("0F0F0F0F 03030303 0F0F0F0F", answer, 12);
    expect_refusal(&part, CHIP_EXEC, "no encrypted writes", WRITE, 0xC1, 0, data, 64);
    expect_status(&part, CHIP_PARSE, WRITE, 0x81, 0, data, 4);
}

static void test_otp_in_other_modes_is_read_only(void **state)
{
    part.chip.eeprom.config[CONFIG_OTP_MODE] = 0xAA;
    expect_refusal(&part, CHIP_EXEC, "OTPmode = AA, byte 18", WRITE, 0x81, 0, data, 32);
    part.chip.eeprom.config[CONFIG_OTP_MODE] = 0x00;
    expect_refusal(&part, CHIP_EXEC, "OTPmode = 00", WRITE, 0x81, 0, data, 32);
}

/* ---- Limited use ---- */

static void use_slot(unsigned slot, enum chip_status status)
{
    load_t0(&part);
    expect_status(&part, status, GENDIG, 0x02, (uint16_t)slot, NULL, 0);
}

static void test_slot_15_has_its_own_128_uses(void **state)
{
    const uint8_t *uses = part.chip.eeprom.config + CONFIG_LAST_KEY_USE;

    part_set_slot(&part, 15, 0x0FAF, 0x003C);
    use_slot(15, CHIP_SUCCESS);
    assert_hex("7F FF FF", uses, 3);
    for (unsigned i = 1; i < 9; i++)
        use_slot(15, CHIP_SUCCESS);
    assert_hex("00 7F FF", uses, 3);
    for (unsigned i = 9; i < 128; i++)
        use_slot(15, CHIP_SUCCESS);
    use_slot(15, CHIP_EXEC);
    assert_non_null(
        strstr(part.last.reason, "slot 15 is limited-use (SlotConfig bit 5 = 1) and its 128 uses"));
    assert_int_equal(chip_counter_read(&part.chip, 0), 0);
}

static void test_other_slots_count_counter_0_and_know_no_match_value(void **state)
{
    part_set_slot(&part, 4, 0x0FAF, 0x003C); /* byte 18 is 55, which would be CountMatch on a 608 */
    part_fill_slot(&part, 5, 0, (const uint8_t[8]){0}, 8);
    use_slot(4, CHIP_SUCCESS);
    assert_int_equal(chip_counter_read(&part.chip, 0), 1);
    chip_counter_encode(COUNTER_MAX, part.chip.eeprom.config + CONFIG_COUNTER);
    use_slot(4, CHIP_EXEC);
}

static void test_update_extra_takes_uses(void **state)
{
    part_set_slot(&part, 15, 0x0FAF, 0x003C);
    expect_status(&part, CHIP_SUCCESS, UPDATE_EXTRA, 0x02, 15, NULL, 0);
    assert_int_equal(part.chip.eeprom.config[CONFIG_LAST_KEY_USE], 0x7F);
    expect_status(&part, CHIP_SUCCESS, UPDATE_EXTRA, 0x02, 4, NULL, 0); /* not limited: nothing to do */
    part_set_slot(&part, 4, 0x0FAF, 0x003C);
    expect_status(&part, CHIP_SUCCESS, UPDATE_EXTRA, 0x02, 4, NULL, 0);
    assert_int_equal(chip_counter_read(&part.chip, 0), 1);
    memset(part.chip.eeprom.config + CONFIG_LAST_KEY_USE, 0, 16);
    expect_refusal(&part, CHIP_EXEC, "128 uses are spent", UPDATE_EXTRA, 0x02, 15, NULL, 0);
    expect_status(&part, CHIP_PARSE, UPDATE_EXTRA, 0x02, 16, NULL, 0);
}

/* There is no pin to detect an intrusion with, and no command that sets the latch. */
static void test_keys_disabled_by_intrusion_serve_genkey_only(void **state)
{
    part_set_slot(&part, 2, 0x2087, 0x1033);
    expect_answer(&part, 64, data, GENKEY, 0x04, 2, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "KeyConfig bit 12 = 1", ECDH, 0x00, 2, data, 64);
}

/* ---- Selector and Pause ---- */

static void test_selector_is_written_once_only_if_chip_mode_says_so(void **state)
{
    expect_status(&part, CHIP_SUCCESS, UPDATE_EXTRA, 0x01, 0x07, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, UPDATE_EXTRA, 0x01, 0x08, NULL, 0);
    assert_int_equal(part.chip.eeprom.config[CONFIG_SELECTOR], 0x08);
    part.chip.eeprom.config[CONFIG_CHIP_MODE] |= CHIP_MODE_SELECTOR;
    expect_refusal(&part, CHIP_EXEC, "byte 85 was set before (08)", UPDATE_EXTRA, 0x01, 0x09, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, UPDATE_EXTRA, 0x00, 0x01, NULL, 0);
    expect_status(&part, CHIP_EXEC, UPDATE_EXTRA, 0x00, 0x02, NULL, 0);
}

static void test_pause_idles_all_but_the_selected(void **state)
{
    uint8_t request[8] = {0x03, 0x07, PAUSE, 0x08, 0x00, 0x00};
    uint8_t byte;

    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, UPDATE_EXTRA, 0x01, 0x08, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, PAUSE, 0x08, 0, NULL, 0);
    assert_int_equal(part_command(&part, PAUSE, 0x09, 0, NULL, 0, answer), 0);
    expect_status(&part, CHIP_PARSE, PAUSE, 0x08, 1, NULL, 0);
    expect_status(&part, CHIP_PARSE, PAUSE, 0x08, 0, data, 1);

    hex("07 01 09 00 00 00 00", request + 1, 7); /* the same on the bus */
    part_crc(request + 1, 7);
    assert_true(chip_i2c_write(&part.chip, 0x60, request, sizeof request));
    assert_int_equal(part.chip.power, CHIP_IDLE);
    assert_int_equal(part.events[part.event_count - 1], CHIP_EVENT_IDLE);
    assert_false(chip_i2c_read(&part.chip, 0x60, &byte, 1));
    chip_wake_pulse(&part.chip);
    assert_true(chip_i2c_read(&part.chip, 0x60, &byte, 1));
    assert_true(part.chip.sram.temp_key.valid); /* as idle keeps it */
}

static void test_the_608_has_no_pause(void **state)
{
    part_free(&part);
    part_make(&part, "mongoose", BOTH_LOCKED);
    expect_refusal(&part, CHIP_PARSE, "Pause refused: opcode 01", PAUSE, 0, 0, NULL, 0);
}

/* ---- Info, packets ---- */

static void test_info_state_shows_the_seed(void **state)
{
    expect_answer(&part, 4, answer, INFO, 0x02, 0, NULL, 0);
    assert_int_equal(answer[1] & 0x03, 0);
    expect_answer(&part, 32, NULL, RANDOM, 0x01, 0, NULL, 0);
    expect_answer(&part, 4, answer, INFO, 0x02, 0, NULL, 0);
    assert_int_equal(answer[1] & 0x03, 1);
    part_set_slot(&part, 11, 0x0F8F, 0x003C);
    authorise(&part, 11); /* 00 5D is what a shipping wallet's 508A says then: atecc608.md 3.8 */
    expect_answer(&part, 4, answer, INFO, 0x02, 0, NULL, 0);
    assert_hex("00 5D 00 00", answer, 4);
}

static void test_count_goes_to_155(void **state)
{
    uint8_t request[CHIP_REQUEST_MAX] = {156, INFO}, response[CHIP_RESPONSE_MAX];
    struct chip_trace why;

    part_crc(request, 156);
    chip_exec(&part.chip, request, 156, response, &why);
    assert_int_equal(why.status, CHIP_COMMUNICATION);
    request[0] = 155;
    part_crc(request, 155);
    chip_exec(&part.chip, request, 155, response, &why);
    assert_int_equal(why.status, CHIP_PARSE);
}

/* Byte 14 bit 0 = 0: a part on a single wire has a GPIO pin. On both kinds of part. */
static void test_gpio_of_a_single_wire_part(void **state)
{
    uint8_t *config = part.chip.eeprom.config;

    expect_refusal(&part, CHIP_EXEC, "I2C_Enable bit 0 = 1", INFO, 0x03, 0, NULL, 0);
    config[CONFIG_I2C_ENABLE] = 0x00;
    config[CONFIG_I2C_ADDRESS] = 0x40;
    expect_refusal(&part, CHIP_EXEC, "byte 16 bits 1:0 = 0", INFO, 0x03, 0, NULL, 0);
    expect_status(&part, CHIP_PARSE, INFO, 0x03, 4, NULL, 0);
    config[CONFIG_I2C_ADDRESS] = 0x42; /* input */
    expect_answer(&part, 4, answer, INFO, 0x03, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "is an input", INFO, 0x03, 3, NULL, 0);
    config[CONFIG_I2C_ADDRESS] = 0x43; /* output */
    expect_answer(&part, 4, answer, INFO, 0x03, 3, NULL, 0);
    assert_hex("01 00 00 00", answer, 4);
    expect_answer(&part, 4, answer, INFO, 0x03, 2, NULL, 0);
    assert_hex("00 00 00 00", answer, 4);
    config[CONFIG_I2C_ADDRESS] = 0x41; /* authorised by slot 4, low at first */
    expect_refusal(&part, CHIP_EXEC, "needs a CheckMac with slot 4 first (byte 16 = 41", INFO, 0x03, 3, NULL,
                   0);
    expect_answer(&part, 4, answer, INFO, 0x03, 2, NULL, 0);
    authorise(&part, 4);
    expect_answer(&part, 4, answer, INFO, 0x03, 3, NULL, 0);
    assert_hex("01 00 00 00", answer, 4);
}

/* A configuration that asks for what only the 608A has is none for a 508A. */
static void test_configurations_no_508_can_have(void **state)
{
    static const struct {
        unsigned at;
        uint8_t value;
        const char *why; /* NULL: it can be had */
    } rows[] = {
        {CONFIG_KEY_CONFIG + 2 * 5, 6 << 2, "AES keys"},
        {CONFIG_COUNT_MATCH, 0x41, "CountMatch"},
        {CONFIG_CHIP_MODE, 0x08, "clock divider"},
        {CONFIG_CHIP_MODE, 0x01, "second address"},
        {CONFIG_OTP_MODE, 0x55, NULL}, /* consumption, though its bit 0 is set */
        {CONFIG_OTP_MODE, 0x40, NULL},
    };
    struct chip_eeprom eeprom;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        chip_profile_make(chip_profile_find("tls-only"), SERIAL, 0, &eeprom);
        eeprom.config[rows[i].at] = rows[i].value;
        const struct chip_eeprom before = eeprom;
        const char *why = chip_profile_make_508(&eeprom);
        if (!rows[i].why) {
            assert_null(why);
            assert_int_equal(eeprom.config[CONFIG_REVISION + 2], 0x50);
            continue;
        }
        assert_non_null(why);
        assert_non_null(strstr(why, rows[i].why));
        assert_memory_equal(&before, &eeprom, sizeof before);
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_revision),
        T(test_commands_of_the_608_are_unknown),
        T(test_modes_of_the_608_are_parse_errors),
        T(test_fields_of_the_608_mean_nothing),
        T(test_sign_and_verify_by_way_of_temp_key),
        T(test_it_signs_no_random_nonce),
        T(test_ecdh_does_not_look_at_the_destination_bits),
        T(test_sha_takes_whole_blocks_and_answers_into_temp_key),
        T(test_sha_and_temp_key_are_one_register),
        T(test_hmac_has_an_end_of_its_own),
        T(test_otp_in_consumption_mode_loses_bits_only),
        T(test_otp_in_other_modes_is_read_only),
        T(test_slot_15_has_its_own_128_uses),
        T(test_other_slots_count_counter_0_and_know_no_match_value),
        T(test_update_extra_takes_uses),
        T(test_keys_disabled_by_intrusion_serve_genkey_only),
        T(test_selector_is_written_once_only_if_chip_mode_says_so),
        T(test_pause_idles_all_but_the_selected),
        T(test_the_608_has_no_pause),
        T(test_info_state_shows_the_seed),
        T(test_count_goes_to_155),
        T(test_gpio_of_a_single_wire_part),
        cmocka_unit_test(test_configurations_no_508_can_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
