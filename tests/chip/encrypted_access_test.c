/* Encrypted Write, PrivWrite and Read: the vectors of atecc608.md 7.5, and what must be
 * refused.  3.3, 3.4, 3.17 */

#include "part.h"

#include "memory.h"

#define WRITE_CIPHER     "e806ebd1e250aa84be275cfa348b570239c8e6bea4c7fb917d124071cf384bc9"
#define WRITE_MAC        "85090a81052c4d90a47a87e011e3b2ab527ad12b54a4838ba20a2e772671041c"
#define PRIVWRITE_CIPHER "68876952e654ae80b22b50f6308f530625d4faa2a0c3ff95711e4c7dcb3c4fcdf287da54"
#define PRIVWRITE_MAC    "2b9b8757e46595d508c24bf306284d820be338f8db2af0b2a7d707e94f0bfa02"

static struct part part;
static uint8_t key[32], dig[32], data[128], answer[128];

/* Slot 4 holds the write key, slots 5 and 8 are Encrypt, slot 0 takes PrivWrite with key 4. */
static int setup(void **state)
{
    part_make(&part, "mongoose", BOTH_LOCKED);
    ascending(key, 0xA0, sizeof key);
    ascending(dig, 0x80, sizeof dig);
    part_fill_slot(&part, 4, 0, key, sizeof key);
    part_set_slot(&part, 5, 0x44C4, 0x001C);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static const uint8_t *slot(unsigned number)
{
    return part.chip.eeprom.data + chip_slot_offset(number);
}

static void test_write_vector(void **state)
{
    hex(WRITE_CIPHER WRITE_MAC, data, 64);
    load_session_key(&part, 4);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0xC2, 0x0028, data, 64);
    assert_memory_equal(slot(5), dig, 32);
    assert_false(part.chip.sram.temp_key.valid);
}

static void test_privwrite_vector(void **state)
{
    static const uint8_t pad[4];

    hex(PRIVWRITE_CIPHER PRIVWRITE_MAC, data, 68);
    load_session_key(&part, 4);
    expect_status(&part, CHIP_SUCCESS, PRIVWRITE, 0x40, 0, data, 68);
    assert_memory_equal(slot(0), pad, 4);
    assert_memory_equal(slot(0) + 4, dig, 32);
    assert_false(part.chip.sram.temp_key.valid);
}

/* The MAC covers the byte sent; both spellings are in use (atecc608.md 2.10). */
static void test_write_mode_82_works_like_c2(void **state)
{
    load_session_key(&part, 4);
    encrypt_input(&part, WRITE, 0x82, 0x0040, dig, 32, data);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x82, 0x0040, data, 64);
    assert_memory_equal(slot(8), dig, 32);
}

static void expect_slot_8_unchanged(void)
{
    for (unsigned i = 0; i < 416; i++)
        assert_int_equal(slot(8)[i], 0xFF);
    assert_int_equal(part.chip.eeprom_writes, 0);
}

static void test_one_wrong_bit_anywhere_is_refused(void **state)
{
    for (unsigned bit = 0; bit < 64 * 8; bit += 7) {
        load_session_key(&part, 4);
        encrypt_input(&part, WRITE, 0xC2, 0x0040, dig, 32, data);
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        expect_refusal(&part, CHIP_EXEC, "input MAC", WRITE, 0xC2, 0x0040, data, 64);
    }
    expect_slot_8_unchanged();
}

static void test_mac_for_another_address_is_refused(void **state)
{
    load_session_key(&part, 4);
    encrypt_input(&part, WRITE, 0xC2, 0x0048, dig, 32, data);
    expect_refusal(&part, CHIP_EXEC, "input MAC", WRITE, 0xC2, 0x0040, data, 64);
    expect_slot_8_unchanged();
}

static void test_a_wrong_write_key_is_refused(void **state)
{
    uint8_t good_key[32];

    memcpy(good_key, key, 32);
    key[31] ^= 1;
    part_fill_slot(&part, 4, 0, key, 32); /* what the host believes */
    load_session_key(&part, 4);
    encrypt_input(&part, PRIVWRITE, 0x40, 0, (const uint8_t[36]){[35] = 7}, 36, data);
    part_fill_slot(&part, 4, 0, good_key, 32); /* what the chip has */
    load_session_key(&part, 4);
    expect_refusal(&part, CHIP_EXEC, "PrivWrite refused: the input MAC is wrong", PRIVWRITE, 0x40, 0, data,
                   68);
    expect_refusal(&part, CHIP_EXEC, "no private key yet", GENKEY, 0x00, 0, NULL, 0);
}

static void test_temp_key_must_come_from_the_write_key(void **state)
{
    encrypt_input(&part, WRITE, 0xC2, 0x0040, dig, 32, data);
    expect_refusal(&part, CHIP_EXEC, "TempKey holds nothing", WRITE, 0xC2, 0x0040, data, 64);
    load_t0(&part);
    expect_refusal(&part, CHIP_EXEC, "GenDigData = 0", WRITE, 0xC2, 0x0040, data, 64);
    load_session_key(&part, 10);
    expect_refusal(&part, CHIP_EXEC, "made with slot 10, and slot 8 asks for slot 4", WRITE, 0xC2, 0x0040,
                   data, 64);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, dig, 32);
    expect_status(&part, CHIP_SUCCESS, GENDIG, 0x02, 4, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "SourceFlag = 1", WRITE, 0xC2, 0x0040, data, 64);
    load_session_key(&part, 4);
    part.chip.sram.temp_key.no_mac = true;
    expect_refusal(&part, CHIP_EXEC, "NoMacFlag", WRITE, 0xC2, 0x0040, data, 64);
    expect_slot_8_unchanged();
}

static void test_a_session_key_serves_once(void **state)
{
    load_session_key(&part, 4);
    encrypt_input(&part, WRITE, 0xC2, 0x0040, dig, 32, data);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0xC2, 0x0040, data, 64);
    expect_status(&part, CHIP_EXEC, WRITE, 0xC2, 0x0040, data, 64);
}

static void test_an_encrypt_slot_takes_no_clear_write(void **state)
{
    expect_status(&part, CHIP_EXEC, WRITE, 0x82, 0x0040, dig, 32);
    load_session_key(&part, 4);
    expect_refusal(&part, CHIP_EXEC, "32-byte MAC", WRITE, 0x82, 0x0040, dig, 32);
    expect_refusal(&part, CHIP_EXEC, "32-byte writes only", WRITE, 0x02, 0x0040, dig, 4);
    expect_slot_8_unchanged();
}

static void test_before_data_lock_any_slot_made_the_key_and_bit_6_decides(void **state)
{
    part_set_phase(&part, DATA_OPEN);
    load_session_key(&part, 10);
    encrypt_input(&part, WRITE, 0xC2, 0x0040, dig, 32, data);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0xC2, 0x0040, data, 64);
    assert_memory_equal(slot(8), dig, 32);
    expect_status(&part, CHIP_SUCCESS, WRITE, 0x82, 0x0040, key, 32);
    assert_memory_equal(slot(8), key, 32);
}

static void test_partial_last_block_is_encrypted_whole_and_stored_in_part(void **state)
{
    load_session_key(&part, 4);
    encrypt_input(&part, WRITE, 0xC2, 0x0248, dig, 32, data); /* slot 9, block 2: 8 bytes */
    expect_status(&part, CHIP_SUCCESS, WRITE, 0xC2, 0x0248, data, 64);
    assert_memory_equal(slot(9) + 64, dig, 8);
    assert_int_equal(slot(10)[0], 0xFF);
}

static void test_encrypted_read(void **state)
{
    uint8_t stream[32];

    part_fill_slot(&part, 8, 0, dig, 32);
    expect_status(&part, CHIP_EXEC, READ, 0x82, 0x0040, NULL, 0);
    load_session_key(&part, 4);
    memcpy(stream, part.chip.sram.temp_key.value, 32);
    expect_refusal(&part, CHIP_EXEC, "32-byte reads only", READ, 0x02, 0x0040, NULL, 0);
    expect_answer(&part, 32, answer, READ, 0x82, 0x0040, NULL, 0);
    for (unsigned i = 0; i < 32; i++)
        assert_int_equal(answer[i] ^ stream[i], dig[i]);
    expect_status(&part, CHIP_EXEC, READ, 0x82, 0x0040, NULL, 0);
    load_session_key(&part, 10);
    expect_refusal(&part, CHIP_EXEC, "asks for slot 4 (SlotConfig ReadKey)", READ, 0x82, 0x0040, NULL, 0);
}

static void test_encrypted_read_of_a_partial_block_fills_with_zero(void **state)
{
    uint8_t stream[32];

    part_fill_slot(&part, 9, 64, dig, 8);
    load_session_key(&part, 4);
    memcpy(stream, part.chip.sram.temp_key.value, 32);
    expect_answer(&part, 32, answer, READ, 0x82, 0x0248, NULL, 0);
    for (unsigned i = 0; i < 32; i++)
        assert_int_equal(answer[i] ^ stream[i], i < 8 ? dig[i] : 0x00);
}

static void test_privwrite_gives_the_public_key_of_7_8(void **state)
{
    part_set_phase(&part, DATA_OPEN);
    hex("00000000 878F0AB6A526D7111C26E6170810796E7B33007F832B8D64467ED6F870537A19", data, 36);
    memset(data + 36, 0, 32);
    expect_status(&part, CHIP_SUCCESS, PRIVWRITE, 0x00, 0, data, 68);
    expect_answer(&part, 64, answer, GENKEY, 0x00, 0, NULL, 0);
    assert_hex("8F8D182BD819048582A9927EA0C56DEFB4159548E11CA5F7ABAC45BBCE76815B"
               "E5C64FCD2FD12698544DE037951726666073046119AD5E11A90AA49773AEAC86",
               answer, 64);
}

static void test_privwrite_clear_is_for_before_data_lock(void **state)
{
    memset(data, 0, 68);
    data[35] = 1;
    expect_refusal(&part, CHIP_EXEC, "encrypted keys only", PRIVWRITE, 0x00, 0, data, 68);
    part_set_phase(&part, CONFIG_OPEN);
    expect_refusal(&part, CHIP_EXEC, "not locked yet", PRIVWRITE, 0x00, 0, data, 68);
}

static void test_privwrite_before_data_lock_may_be_encrypted_with_any_slot(void **state)
{
    static const uint8_t value[36] = {[35] = 7};

    part_set_phase(&part, DATA_OPEN);
    load_session_key(&part, 10);
    encrypt_input(&part, PRIVWRITE, 0x40, 0, value, 36, data);
    expect_status(&part, CHIP_SUCCESS, PRIVWRITE, 0x40, 0, data, 68);
    assert_memory_equal(slot(0), value, 36);
}

static void test_privwrite_refuses_what_came_from_a_nomac_slot(void **state)
{
    static const uint8_t value[36] = {[35] = 7};

    load_session_key(&part, 4);
    part.chip.sram.temp_key.no_mac = true;
    encrypt_input(&part, PRIVWRITE, 0x40, 0, value, 36, data);
    expect_refusal(&part, CHIP_EXEC, "NoMacFlag", PRIVWRITE, 0x40, 0, data, 68);
}

static void test_privwrite_bit_14_forbids_it_after_data_lock(void **state)
{
    memset(data, 0, 68);
    expect_refusal(&part, CHIP_EXEC,
                   "slot 7 forbids PrivWrite once the data zone is locked (SlotConfig bit 14 = 0)", PRIVWRITE,
                   0x40, 7, data, 68);
}

static void test_privwrite_wants_a_private_unlocked_slot(void **state)
{
    memset(data, 0, 68);
    expect_refusal(&part, CHIP_EXEC, "not a P-256 private key slot", PRIVWRITE, 0x40, 10, data, 68);
    part_lock_slot(&part, 0);
    expect_refusal(&part, CHIP_EXEC, "slot 0 is locked", PRIVWRITE, 0x40, 0, data, 68);
}

static void test_privwrite_wants_a_scalar(void **state)
{
    static const char *const bad[] = {
        "00000000 0000000000000000000000000000000000000000000000000000000000000000",
        "00000000 FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        "00000000 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "00000001 0000000000000000000000000000000000000000000000000000000000000001",
    };

    part_set_phase(&part, DATA_OPEN);
    memset(data, 0, sizeof data);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        hex(bad[i], data, 36);
        expect_status(&part, CHIP_EXEC, PRIVWRITE, 0x00, 0, data, 68);
    }
    hex("00000000 FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550", data, 36);
    expect_status(&part, CHIP_SUCCESS, PRIVWRITE, 0x00, 0, data, 68);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_write_vector),
        T(test_privwrite_vector),
        T(test_write_mode_82_works_like_c2),
        T(test_one_wrong_bit_anywhere_is_refused),
        T(test_mac_for_another_address_is_refused),
        T(test_a_wrong_write_key_is_refused),
        T(test_temp_key_must_come_from_the_write_key),
        T(test_a_session_key_serves_once),
        T(test_an_encrypt_slot_takes_no_clear_write),
        T(test_before_data_lock_any_slot_made_the_key_and_bit_6_decides),
        T(test_partial_last_block_is_encrypted_whole_and_stored_in_part),
        T(test_encrypted_read),
        T(test_encrypted_read_of_a_partial_block_fills_with_zero),
        T(test_privwrite_gives_the_public_key_of_7_8),
        T(test_privwrite_clear_is_for_before_data_lock),
        T(test_privwrite_before_data_lock_may_be_encrypted_with_any_slot),
        T(test_privwrite_refuses_what_came_from_a_nomac_slot),
        T(test_privwrite_bit_14_forbids_it_after_data_lock),
        T(test_privwrite_wants_a_private_unlocked_slot),
        T(test_privwrite_wants_a_scalar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
