/* SHA, HMAC, AES, the counters and SelfTest: the silicon vectors of atecc608.md 7.6, 7.8, 7.9. */

#include "part.h"

#include "counter_field.h"
#include "memory.h"

static struct part part;
static uint8_t data[155], answer[128];

static int setup(void **state)
{
    part_make(&part, "mongoose", BOTH_LOCKED);
    memset(data, 0xBC, sizeof data);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

/* ---- SHA ---- */

static void expect_sha(const char *digest, const uint8_t *message, size_t n)
{
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    for (; n >= 64; message += 64, n -= 64)
        expect_status(&part, CHIP_SUCCESS, SHA, 0x01, 64, message, 64);
    expect_answer(&part, 32, answer, SHA, 0xC2, (uint16_t)n, message, n);
    assert_hex(digest, answer, 32);
}

static void test_sha_vectors(void **state)
{
    expect_sha("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", (const uint8_t *)"abc", 3);
    expect_sha("1A3AA545049453AFDF17E989A41FA09794A51BD5DB91363767550C0F0AF327D4", data, 64);
    expect_sha("A92218564370A057273FF485A8073F32FC1F1412ECA2E30B81A887760B613172", data, 127);
    expect_sha("303FF8BA40A206E7A950021EF51066D4A0015475323EE9F24AC8C963298F34CE", data, 10);
    assert_false(part.chip.sram.temp_key.valid);
}

static void test_sha_context(void **state)
{
    static const char context[] =
        "05000000 67E6096A 85AE67BB 72F36E3C 3AF54FA5 7F520E51 8C68059B ABD9831F 19CDE05B"
        "0102030405";

    ascending(data, 1, 5);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x01, 5, data, 5);
    expect_answer(&part, 41, answer, SHA, 0x06, 0, NULL, 0);
    assert_hex(context, answer, 41);
    expect_answer(&part, 32, NULL, SHA, 0xC2, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x07, 41, answer, 41);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x01, 5, data, 5);
    expect_answer(&part, 32, answer, SHA, 0xC2, 0, NULL, 0);
    assert_hex("E6D32195023365AD503AB7E670BE314B8722F672A2613003068C28BA86471E04", answer, 32);
}

static void test_sha_context_must_be_consistent(void **state)
{
    memset(data, 0, sizeof data);
    data[0] = 5;
    expect_status(&part, CHIP_PARSE, SHA, 0x07, 40, data, 40);
    expect_status(&part, CHIP_PARSE, SHA, 0x07, 42, data, 42);
    expect_status(&part, CHIP_PARSE, SHA, 0x07, 35, data, 35);
    expect_status(&part, CHIP_PARSE, SHA, 0x07, 100, data, 100);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x07, 41, data, 41);
}

static void test_sha_without_start(void **state)
{
    expect_refusal(&part, CHIP_EXEC, "send Start first", SHA, 0x01, 64, data, 64);
    expect_status(&part, CHIP_EXEC, SHA, 0xC2, 0, NULL, 0);
    expect_status(&part, CHIP_EXEC, SHA, 0x06, 0, NULL, 0);
    expect_status(&part, CHIP_EXEC, SHA, 0x03, 10, NULL, 0);
}

static void test_sha_lengths(void **state)
{
    expect_status(&part, CHIP_PARSE, SHA, 0x00, 1, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_status(&part, CHIP_PARSE, SHA, 0x01, 65, data, 65);
    expect_status(&part, CHIP_PARSE, SHA, 0x01, 10, data, 11);
    expect_status(&part, CHIP_PARSE, SHA, 0xC2, 64, data, 64);
    expect_answer(&part, 32, answer, SHA, 0xC2, 10, data, 10); /* the errors left the context alone */
    assert_hex("303FF8BA40A206E7A950021EF51066D4A0015475323EE9F24AC8C963298F34CE", answer, 32);
}

static void test_sha_targets(void **state)
{
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_answer(&part, 32, answer, SHA, 0x02, 10, data, 10);
    expect_temp_key(&part, "303FF8BA40A206E7A950021EF51066D4A0015475323EE9F24AC8C963298F34CE");
    assert_true(part.chip.sram.temp_key.from_input);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_answer(&part, 32, answer, SHA, 0x42, 0, NULL, 0);
    assert_int_equal(part.chip.sram.message_digest_length, 32);
    assert_memory_equal(part.chip.sram.message_digest, answer, 32);
}

static void test_sha_of_a_stored_public_key(void **state)
{
    uint8_t slot[72] = {0};

    memset(slot + 4, 0xBC, 32);
    memset(slot + 40, 0xBC, 32);
    part_set_slot(&part, 10, 0x0F0F, 0x0030);
    part_fill_slot(&part, 10, 0, slot, 72);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x00, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "slot 12 is not a P-256 public key slot", SHA, 0x03, 12, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x03, 10, NULL, 0);
    expect_answer(&part, 32, answer, SHA, 0xC2, 0, NULL, 0);
    assert_hex("1A3AA545049453AFDF17E989A41FA09794A51BD5DB91363767550C0F0AF327D4", answer, 32);
}

static void test_sha_before_config_lock(void **state)
{
    part_set_phase(&part, CONFIG_OPEN);
    expect_sha("303FF8BA40A206E7A950021EF51066D4A0015475323EE9F24AC8C963298F34CE", data, 10);
}

static void put_library_key(unsigned slot)
{
    uint8_t key[32];

    hex("3780E63D4968ADE5D822C013FCC323845D1B569FE705B60006FEEC145A0DB1E3", key, 32);
    part_fill_slot(&part, slot, 0, key, 32);
}

static void test_hmac_vector(void **state)
{
    uint8_t message[65];

    hex("6FB3EC66F9EB070A719BEBBE708B93A65B201B78E2D26D8CCCDF1C33F741904A"
        "9ADE640FCE000C334D04BB30795683DCA09DBF3E7E32AEA103D760E857A6D6211C",
        message, sizeof message);
    put_library_key(4);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x04, 4, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x01, 64, message, 64);
    expect_refusal(&part, CHIP_EXEC, "context of an HMAC", SHA, 0x06, 0, NULL, 0);
    expect_answer(&part, 32, answer, SHA, 0xC2, 1, message + 64, 1);
    assert_hex("297F22B8D251B063A7C08DCF4DBA0D1FB35D32A3BAAB15ACEAF4391C4ADB3277", answer, 32);
}

static void test_hmac_with_temp_key(void **state)
{
    uint8_t key[32];

    hex("3780E63D4968ADE5D822C013FCC323845D1B569FE705B60006FEEC145A0DB1E3", key, 32);
    expect_refusal(&part, CHIP_EXEC, "TempKey holds nothing", SHA, 0x04, 0xFFFF, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, key, 32);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x04, 0xFFFF, NULL, 0);
    expect_answer(&part, 32, answer, SHA, 0xC2, 10, data, 10);
    memcpy(data + 64, answer, 32);
    put_library_key(4);
    expect_status(&part, CHIP_SUCCESS, SHA, 0x04, 4, NULL, 0);
    expect_answer(&part, 32, answer, SHA, 0xC2, 10, data, 10);
    assert_memory_equal(data + 64, answer, 32);
}

static void test_hmac_key_rules(void **state)
{
    static const uint8_t other_data[4] = {0x15, 0x02, 0x06, 0x00};

    load_t0(&part);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x02, 6, other_data, 4);
    expect_refusal(&part, CHIP_EXEC, "NoMacFlag", SHA, 0x04, 0xFFFF, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "slot 0 holds a private key", SHA, 0x04, 0, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "NoMac", SHA, 0x04, 6, NULL, 0);
    part_set_slot(&part, 4, 0x0080, 0x007C);
    expect_refusal(&part, CHIP_EXEC, "KeyConfig bit 6", SHA, 0x04, 4, NULL, 0);
}

/* ---- AES ---- */

static const char *const aes_cipher[4] = {
    "3AD77BB40D7A3660A89ECAF32466EF97", "535A0D67777A96AF77983003A6DF855A",
    "2861A0FA3925E2025E41DCDE53DF7CA7", "B124D63C41D85BFD2EB4A4A8F44502B9"};
static uint8_t aes_key[64], aes_plain[16];

static void load_aes_vectors(void)
{
    hex("2B7E151628AED2A6ABF7158809CF4F3C 6BE163D42B623E70D164FA145DB1D463"
        "7058710B58E1E665D3D2F5B465176403 114443FA8E9614845EC7296CD13BC9DC",
        aes_key, 64);
    hex("6BC1BEE22E409F96E93D7E117393172A", aes_plain, 16);
}

static void expect_aes_vectors(uint16_t key_id)
{
    for (unsigned block = 0; block < 4; block++) {
        expect_answer(&part, 16, answer, AES, (uint8_t)(block << 6), key_id, aes_plain, 16);
        assert_hex(aes_cipher[block], answer, 16);
        memcpy(data, answer, 16);
        expect_answer(&part, 16, answer, AES, (uint8_t)(block << 6 | 1), key_id, data, 16);
        assert_memory_equal(answer, aes_plain, 16);
    }
}

static void test_aes_with_a_slot(void **state)
{
    load_aes_vectors();
    part_set_slot(&part, 10, 0x0F8F, 0x0038);
    part_fill_slot(&part, 10, 0, aes_key, 64);
    expect_aes_vectors(10);
}

static void test_aes_with_temp_key(void **state)
{
    load_aes_vectors();
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x23, 0, aes_key, 64);
    expect_aes_vectors(0xFFFF);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, aes_key, 32);
    expect_answer(&part, 16, NULL, AES, 0x40, 0xFFFF, aes_plain, 16);
    expect_refusal(&part, CHIP_EXEC, "blocks 0 and 1", AES, 0x80, 0xFFFF, aes_plain, 16);
}

static void test_aes_refusals(void **state)
{
    load_aes_vectors();
    expect_refusal(&part, CHIP_EXEC, "KeyType = 7", AES, 0x00, 10, aes_plain, 16);
    expect_status(&part, CHIP_PARSE, AES, 0x00, 16, aes_plain, 16);
    expect_refusal(&part, CHIP_PARSE, "no AES key block 2", AES, 0x80, 5, aes_plain, 16);
    part_set_phase(&part, DATA_OPEN);
    expect_status(&part, CHIP_PARSE, AES, 0x00, 15, aes_plain, 16);
    part_set_phase(&part, BOTH_LOCKED);
    part.chip.eeprom.config[CONFIG_AES_ENABLE] = 0xC0;
    expect_refusal(&part, CHIP_PARSE, "AES_Enable", AES, 0x00, 15, aes_plain, 16);
}

static void test_aes_field_multiplication(void **state)
{
    hex("66E94BD4EF8A2C3B884CFA59CA342B2E 0388DACE60B6A392F328C2B971B2FE78", data, 32);
    expect_answer(&part, 16, answer, AES, 0x03, 0, data, 32);
    assert_hex("5E2EC746917062882C85B0685353DEB7", answer, 16);
}

/* ---- Counters ---- */

static const struct {
    uint32_t count;
    const char *field;
} counter_fields[] = {
    {0, "FFFF FFFF 0000 0000"},       {1, "7FFF FFFF 0000 0000"},    {15, "0001 FFFF 0000 0000"},
    {16, "0000 FFFF 0000 0000"},      {17, "0000 7FFF 0000 0000"},   {31, "0000 0001 0000 0000"},
    {32, "FFFF 0000 0001 0000"},      {47, "0001 0000 0001 0000"},   {48, "0000 FFFF 0001 0001"},
    {88, "0000 00FF 0002 0002"},      {1000, "00FF 0000 001F 001E"}, {1026, "3FFF 0000 0020 001F"},
    {2097151, "0000 0001 FFFF FFFF"},
};

static void test_counter_encoding(void **state)
{
    uint8_t field[8];

    for (size_t i = 0; i < sizeof counter_fields / sizeof counter_fields[0]; i++) {
        chip_counter_encode(counter_fields[i].count, field);
        assert_hex(counter_fields[i].field, field, 8);
        assert_int_equal(chip_counter_decode(field), counter_fields[i].count);
    }
}

static void test_counter_decoding_is_the_inverse(void **state)
{
    uint8_t field[8];

    for (uint32_t count = 0; count <= COUNTER_MAX; count += count < 5000 ? 1 : 997) {
        chip_counter_encode(count, field);
        assert_int_equal(chip_counter_decode(field), count);
    }
}

static void test_counter_command(void **state)
{
    expect_answer(&part, 4, answer, COUNTER, 0x00, 0, NULL, 0);
    assert_hex("00 00 00 00", answer, 4);
    for (unsigned i = 0; i < 88; i++)
        expect_answer(&part, 4, answer, COUNTER, 0x01, 1, NULL, 0);
    assert_hex("58 00 00 00", answer, 4);
    assert_hex("0000 00FF 0002 0002", part.chip.eeprom.config + 60, 8);
    expect_answer(&part, 4, answer, COUNTER, 0x00, 0, NULL, 0);
    assert_hex("00 00 00 00", answer, 4);
}

static void test_counter_before_config_lock_shows_what_was_written(void **state)
{
    part_set_phase(&part, CONFIG_OPEN);
    hex("00FF 0000", data, 4);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x00, 13, data, 4);
    hex("001F 001E", data, 4);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x00, 14, data, 4);
    expect_answer(&part, 4, answer, COUNTER, 0x00, 0, NULL, 0);
    assert_hex("E8 03 00 00", answer, 4);
}

static void test_counter_stops_at_its_maximum(void **state)
{
    chip_counter_encode(COUNTER_MAX - 1, part.chip.eeprom.config + 52);
    expect_answer(&part, 4, answer, COUNTER, 0x01, 0, NULL, 0);
    assert_hex("FF FF 1F 00", answer, 4);
    expect_refusal(&part, CHIP_EXEC, "at its maximum", COUNTER, 0x01, 0, NULL, 0);
    expect_answer(&part, 4, answer, COUNTER, 0x00, 0, NULL, 0);
    assert_hex("FF FF 1F 00", answer, 4);
}

/* ---- SelfTest ---- */

static void test_selftest_passes(void **state)
{
    expect_status(&part, CHIP_SUCCESS, SELFTEST, 0x3B, 0, NULL, 0);
    expect_status(&part, CHIP_SUCCESS, SELFTEST, 0x3D, 0, NULL, 0);
}

static void test_after_a_failed_selftest_little_works(void **state)
{
    chip_inject_selftest_failure(&part.chip, 0x10);
    expect_answer(&part, 1, answer, SELFTEST, 0x3D, 0, NULL, 0);
    assert_int_equal(answer[0], 0x10);
    expect_refusal(&part, CHIP_SELFTEST_FAILED, "only Read, Info and SelfTest", RANDOM, 0, 0, NULL, 0);
    expect_answer(&part, 4, NULL, INFO, 0, 0, NULL, 0);
    expect_answer(&part, 4, NULL, READ, 0, 0, NULL, 0);
    expect_answer(&part, 1, answer, SELFTEST, 0x00, 0, NULL, 0);
    assert_int_equal(answer[0], 0x10);
    chip_inject_selftest_failure(&part.chip, 0);
    expect_status(&part, CHIP_SUCCESS, SELFTEST, 0x3D, 0, NULL, 0);
    expect_answer(&part, 32, NULL, RANDOM, 0, 0, NULL, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_sha_vectors),
        T(test_sha_context),
        T(test_sha_context_must_be_consistent),
        T(test_sha_without_start),
        T(test_sha_lengths),
        T(test_sha_targets),
        T(test_sha_of_a_stored_public_key),
        T(test_sha_before_config_lock),
        T(test_hmac_vector),
        T(test_hmac_with_temp_key),
        T(test_hmac_key_rules),
        T(test_aes_with_a_slot),
        T(test_aes_with_temp_key),
        T(test_aes_refusals),
        T(test_aes_field_multiplication),
        T(test_counter_encoding),
        T(test_counter_decoding_is_the_inverse),
        T(test_counter_command),
        T(test_counter_before_config_lock_shows_what_was_written),
        T(test_counter_stops_at_its_maximum),
        T(test_selftest_passes),
        T(test_after_a_failed_selftest_little_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
