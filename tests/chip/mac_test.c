/* MAC and the 508A's HMAC: the vectors of atecc608.md 7.3, and the rules of 3.6 and 3.7. */

#include "part.h"

#include "memory.h"

static struct part part;
static uint8_t key[32], challenge[32], answer[128];

static int setup_with(const char *profile)
{
    part_make(&part, profile, BOTH_LOCKED);
    ascending(key, 0xA0, 32);
    ascending(challenge, 0x40, 32);
    part_fill_slot(&part, 4, 0, key, 32);
    return 0;
}

static int setup(void **state)
{
    return setup_with("mongoose");
}

static int setup_508(void **state)
{
    return setup_with("mongoose-508");
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static void expect_mac(const char *mac, uint8_t p1)
{
    bool from_temp_key = p1 & 1;

    expect_answer(&part, 32, answer, MAC, p1, 4, from_temp_key ? NULL : challenge, from_temp_key ? 0 : 32);
    assert_hex(mac, answer, 32);
}

static void test_mac_vectors(void **state)
{
    expect_mac("08c9161b36efeb03bbc4c8457210c042cf5bb3c594bb3dfa5fb9cdc9b07be459", 0x00);
    expect_mac("9db2f21c78b7cd70d8b2e8ad28973ffd1323b41506352756216acf6af530cc9e", 0x40);
    load_t0(&part);
    expect_mac("0e0a5880163a62d1c872f9bf2e077c87d81b7b059f231921633c74038e4a9634", 0x01);
    load_t0(&part);
    expect_mac("9c571423409e0a2a1d1513f70f545c58087c9692b1bdff78c1ca3e4dcea0614c", 0x41);
}

static void test_mac_spends_temp_key_only_if_it_used_it(void **state)
{
    load_t0(&part);
    expect_answer(&part, 32, NULL, MAC, 0x00, 4, challenge, 32);
    assert_true(part.chip.sram.temp_key.valid);
    expect_answer(&part, 32, NULL, MAC, 0x01, 4, NULL, 0);
    assert_false(part.chip.sram.temp_key.valid);
    expect_refusal(&part, CHIP_EXEC, "TempKey holds nothing", MAC, 0x01, 4, NULL, 0);
}

/* Mode 02: TempKey is the key, and no slot is used or asked. */
static void test_mac_with_temp_key_as_the_key(void **state)
{
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, key, 32);
    expect_answer(&part, 32, answer, MAC, 0x06, 0, challenge, 32);
    assert_int_equal(part.last.slot, -1);
    part_set_slot(&part, 0, 0x0080, 0x003C);
    part_fill_slot(&part, 0, 0, key, 32);
    expect_answer(&part, 32, answer + 32, MAC, 0x00, 0, challenge, 32);
    assert_memory_not_equal(answer, answer + 32, 32); /* the mode is hashed too */
}

static void test_all_sixteen_bits_of_param2_are_hashed_and_four_select(void **state)
{
    expect_answer(&part, 32, answer, MAC, 0x00, 4, challenge, 32);
    expect_answer(&part, 32, answer + 32, MAC, 0x00, 0x1234, challenge, 32);
    assert_int_equal(part.last.slot, 4);
    assert_memory_not_equal(answer, answer + 32, 32);
}

static void test_a_wrong_source_flag_costs_temp_key(void **state)
{
    load_t0(&part);
    expect_refusal(&part, CHIP_EXEC, "SourceFlag = 0, Param1 bit 2 = 1", MAC, 0x05, 4, NULL, 0);
    assert_false(part.chip.sram.temp_key.valid);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, key, 32);
    expect_refusal(&part, CHIP_EXEC, "SourceFlag = 1, Param1 bit 2 = 0", MAC, 0x01, 4, NULL, 0);
    assert_false(part.chip.sram.temp_key.valid);
}

static void test_a_nomac_temp_key_is_refused_and_lost(void **state)
{
    static const uint8_t other_data[4] = {0x15, 0x02, 0x06, 0x00};

    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x02, 6, other_data, 4);
    expect_refusal(&part, CHIP_EXEC, "NoMacFlag = 1", MAC, 0x01, 4, NULL, 0);
    assert_false(part.chip.sram.temp_key.valid);
}

/* A private key in TempKey is another connection's: a MAC neither uses it nor destroys it. */
static void test_a_private_key_in_temp_key_is_left_alone(void **state)
{
    part.counting = true;
    expect_answer(&part, 64, NULL, GENKEY, 0x04, 0xFFFF, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "only ECDH may use", MAC, 0x01, 4, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "only ECDH may use", MAC, 0x05, 4, NULL, 0);
    assert_true(part.chip.sram.temp_key.valid);
}

static void test_mac_slot_rules(void **state)
{
    expect_refusal(&part, CHIP_EXEC, "slot 0 holds a private key (KeyConfig bit 0 = 1)", MAC, 0x00, 0,
                   challenge, 32);
    expect_refusal(&part, CHIP_EXEC, "slot 6 is for verification only (SlotConfig bit 4", MAC, 0x00, 6,
                   challenge, 32);
    part_set_slot(&part, 4, 0x0080, 0x007C);
    expect_refusal(&part, CHIP_EXEC, "slot 4 answers no given challenge (KeyConfig bit 6 = 1", MAC, 0x00, 4,
                   challenge, 32);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, key, 32);
    expect_refusal(&part, CHIP_EXEC, "KeyConfig bit 6 = 1", MAC, 0x05, 4, NULL, 0);
    load_t0(&part);
    expect_answer(&part, 32, NULL, MAC, 0x01, 4, NULL, 0);
}

static void test_mac_otp_bits_and_unknown_bits_are_parse_errors(void **state)
{
    static const uint8_t modes[] = {0x08, 0x10, 0x20, 0x30, 0x80};

    for (size_t i = 0; i < sizeof modes; i++)
        expect_status(&part, CHIP_PARSE, MAC, modes[i], 4, challenge, 32);
    expect_status(&part, CHIP_PARSE, MAC, 0x00, 4, NULL, 0);
    expect_status(&part, CHIP_PARSE, MAC, 0x01, 4, challenge, 32);
}

static void test_mac_before_config_lock(void **state)
{
    part_set_phase(&part, CONFIG_OPEN);
    expect_refusal(&part, CHIP_EXEC, "LockConfig = 55", MAC, 0x00, 4, challenge, 32);
    part_set_phase(&part, DATA_OPEN);
    expect_mac("08c9161b36efeb03bbc4c8457210c042cf5bb3c594bb3dfa5fb9cdc9b07be459", 0x00);
}

/* ---- HMAC, 508A ---- */

static void test_hmac_vector(void **state)
{
    load_t0(&part);
    expect_answer(&part, 32, answer, HMAC, 0x40, 4, NULL, 0);
    assert_hex("298985173d3c3146f601b92b7c2e952104af490e6dc0bcb70cbec713f9f472a5", answer, 32);
    assert_false(part.chip.sram.temp_key.valid);
}

static void test_hmac_rules(void **state)
{
    expect_refusal(&part, CHIP_EXEC, "TempKey holds nothing", HMAC, 0x00, 4, NULL, 0);
    load_t0(&part);
    expect_refusal(&part, CHIP_EXEC, "SourceFlag", HMAC, 0x04, 4, NULL, 0);
    assert_false(part.chip.sram.temp_key.valid);
    load_t0(&part);
    expect_refusal(&part, CHIP_EXEC, "slot 0 holds a private key", HMAC, 0x00, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "slot 6 is for verification only", HMAC, 0x00, 6, NULL, 0);
    expect_status(&part, CHIP_PARSE, HMAC, 0x01, 4, NULL, 0);
    expect_status(&part, CHIP_PARSE, HMAC, 0x00, 4, challenge, 32);
    part_set_phase(&part, CONFIG_OPEN);
    expect_status(&part, CHIP_EXEC, HMAC, 0x00, 4, NULL, 0);
}

static void test_the_608_has_no_hmac_command(void **state)
{
    expect_refusal(&part, CHIP_PARSE, "HMAC refused: opcode 11 is not a command of this chip (a 608)", HMAC,
                   0x00, 4, NULL, 0);
}

int main(void)
{
#define T(name)    cmocka_unit_test_setup_teardown(name, setup, teardown)
#define T508(name) cmocka_unit_test_setup_teardown(name, setup_508, teardown)
    const struct CMUnitTest tests[] = {
        T(test_mac_vectors),
        T(test_mac_spends_temp_key_only_if_it_used_it),
        T(test_mac_with_temp_key_as_the_key),
        T(test_all_sixteen_bits_of_param2_are_hashed_and_four_select),
        T(test_a_wrong_source_flag_costs_temp_key),
        T(test_a_nomac_temp_key_is_refused_and_lost),
        T(test_a_private_key_in_temp_key_is_left_alone),
        T(test_mac_slot_rules),
        T(test_mac_otp_bits_and_unknown_bits_are_parse_errors),
        T(test_mac_before_config_lock),
        T508(test_mac_vectors),
        T508(test_hmac_vector),
        T508(test_hmac_rules),
        T(test_the_608_has_no_hmac_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
