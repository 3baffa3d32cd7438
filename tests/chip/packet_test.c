/* Command and response groups: what chip_exec says to good and bad ones.  atecc608.md 1.5 - 1.7 */

#include "part.h"

static struct part part;

static int setup(void **state)
{
    part_make(&part, "mongoose", BOTH_LOCKED);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static void exec_hex(const char *request, const char *response)
{
    uint8_t bytes[256], out[CHIP_RESPONSE_MAX];
    struct chip_trace why;

    size_t n = hex(request, bytes, sizeof bytes);
    size_t length = chip_exec(&part.chip, bytes, n, out, &why);
    assert_hex(response, out, length);
}

static void test_info_revision(void **state)
{
    uint8_t answer[128];

    expect_answer(&part, 4, answer, INFO, 0x00, 0, NULL, 0);
    assert_hex("00 00 60 02", answer, 4);
    assert_string_equal(part.last.command, "Info");
    assert_int_equal(part.last.slot, -1);
}

static void test_wrong_crc_is_a_communication_error(void **state)
{
    exec_hex("07 30 00 00 00 03 5C", "04 FF 01 42");
    assert_non_null(strstr(part.last.reason, "5D03"));
    assert_string_equal(part.last.command, "?");
}

static void test_crc_comes_before_any_other_error(void **state)
{
    exec_hex("07 99 FF FF FF 00 00", "04 FF 01 42");
}

static void test_count_and_length_must_agree(void **state)
{
    exec_hex("08 30 00 00 00 03 5D", "04 FF 01 42");
    exec_hex("06 30 00 00 00 03", "04 FF 01 42");
    exec_hex("00", "04 FF 01 42");
}

static void test_unknown_and_removed_opcodes(void **state)
{
    static const uint8_t opcodes[] = {0x00, 0x01, 0x11,
                                      0x13, 0x99, 0xFF}; /* Pause, HMAC, Delete among them */

    for (size_t i = 0; i < sizeof opcodes; i++)
        expect_refusal(&part, CHIP_PARSE, "is not a command of this chip", opcodes[i], 0, 0, NULL, 0);
}

static void test_wrong_data_length_is_a_parse_error(void **state)
{
    static const uint8_t opcodes[] = {READ, WRITE,  GENDIG, NONCE, LOCK,   RANDOM,   UPDATE_EXTRA, COUNTER,
                                      INFO, GENKEY, SIGN,   ECDH,  VERIFY, SELFTEST, PRIVWRITE,    SHA};
    uint8_t data[155] = {0};

    for (size_t i = 0; i < sizeof opcodes; i++) {
        expect_status(&part, CHIP_PARSE, opcodes[i], 0, 0, data, 1);
        expect_status(&part, CHIP_PARSE, opcodes[i], 0, 0, data, sizeof data);
    }
}

/* One command with each Param1 of its own that means nothing. */
static void test_meaningless_modes_are_parse_errors(void **state)
{
    static const struct {
        uint8_t opcode, p1;
        size_t n;
    } cases[] = {
        {READ, 0x03, 0},      {READ, 0x04, 0},    {READ, 0x40, 0},   {WRITE, 0x03, 4},    {WRITE, 0x08, 4},
        {GENDIG, 0x06, 0},    {NONCE, 0x02, 20},  {NONCE, 0x04, 20}, {NONCE, 0xC3, 32},   {NONCE, 0xA3, 64},
        {NONCE, 0x0B, 32},    {LOCK, 0x03, 0},    {LOCK, 0x42, 0},   {LOCK, 0x04, 0},     {RANDOM, 0x02, 0},
        {UPDATE_EXTRA, 2, 0}, {COUNTER, 0x02, 0}, {INFO, 0x05, 0},   {GENKEY, 0x20, 0},   {GENKEY, 0x01, 0},
        {SIGN, 0x20, 0},      {SIGN, 0x81, 0},    {SIGN, 0x90, 0},   {ECDH, 0x01, 64},    {ECDH, 0x02, 64},
        {ECDH, 0x06, 64},     {ECDH, 0x0A, 64},   {ECDH, 0x10, 64},  {VERIFY, 0x04, 64},  {VERIFY, 0x05, 64},
        {VERIFY, 0x40, 64},   {PRIVWRITE, 1, 68}, {SHA, 0x05, 0},    {SHA, 0x08, 0},      {SHA, 0x82, 0},
        {SHA, 0x40, 0},       {AES, 0x02, 16},    {AES, 0x08, 16},   {SELFTEST, 0x40, 0},
    };
    uint8_t data[155] = {0};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_status(&part, CHIP_PARSE, cases[i].opcode, cases[i].p1, 0, data, cases[i].n);
}

static void test_slots_beyond_15_are_parse_errors(void **state)
{
    uint8_t data[155] = {0};

    expect_status(&part, CHIP_PARSE, GENKEY, 0x00, 16, NULL, 0);
    expect_status(&part, CHIP_PARSE, SIGN, 0x80, 16, NULL, 0);
    expect_status(&part, CHIP_PARSE, ECDH, 0x0C, 16, data, 64);
    expect_status(&part, CHIP_PARSE, VERIFY, 0x20, 16, data, 64);
    expect_status(&part, CHIP_PARSE, PRIVWRITE, 0x40, 16, data, 68);
    expect_status(&part, CHIP_PARSE, INFO, 0x01, 16, NULL, 0);
    expect_status(&part, CHIP_PARSE, AES, 0x00, 16, data, 16);
    expect_status(&part, CHIP_PARSE, COUNTER, 0x00, 3, NULL, 0);
    expect_status(&part, CHIP_PARSE, READ, 0x02, 0x0080, NULL, 0);
    expect_status(&part, CHIP_PARSE, VERIFY, 0x22, 0x0005, data, 128);
}

static void test_the_trace_names_command_parameters_slot_and_reason(void **state)
{
    expect_status(&part, CHIP_EXEC, SIGN, 0xA0, 7, NULL, 0);
    assert_string_equal(part.last.command, "Sign");
    assert_int_equal(part.last.opcode, 0x41);
    assert_int_equal(part.last.param1, 0xA0);
    assert_int_equal(part.last.param2, 7);
    assert_int_equal(part.last.slot, 7);
    assert_int_equal(part.last.status, CHIP_EXEC);
    assert_string_equal(part.last.reason,
                        "Sign refused: slot 7 allows internal signatures only (SlotConfig bit 0 = 0)");
}

static void test_every_status_has_a_name(void **state)
{
    static const uint8_t codes[] = {0x00, 0x01, 0x03, 0x05, 0x07, 0x08, 0x0F, 0x11, 0xEE, 0xFF};

    for (size_t i = 0; i < sizeof codes; i++) {
        assert_string_not_equal(chip_status_name((enum chip_status)codes[i]), "unknown status");
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(chip_status_name((enum chip_status)codes[i]),
                                    chip_status_name((enum chip_status)codes[j]));
    }
    assert_string_equal(chip_status_name((enum chip_status)0x42), "unknown status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_info_revision, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_crc_is_a_communication_error, setup, teardown),
        cmocka_unit_test_setup_teardown(test_crc_comes_before_any_other_error, setup, teardown),
        cmocka_unit_test_setup_teardown(test_count_and_length_must_agree, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unknown_and_removed_opcodes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_data_length_is_a_parse_error, setup, teardown),
        cmocka_unit_test_setup_teardown(test_meaningless_modes_are_parse_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slots_beyond_15_are_parse_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_trace_names_command_parameters_slot_and_reason, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_every_status_has_a_name, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
