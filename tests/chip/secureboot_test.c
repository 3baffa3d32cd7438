/* SecureBoot: three stores, three modes, the encrypted digest and the MAC.  atecc608.md 3.21, 7.5 */

#include "part.h"

#include "io_protection.h"
#include "memory.h"

static struct part part;
static uint8_t digest[32], io_key[32], data[96], answer[128];

enum { FULL = 5, STORE = 6, COPY = 7, PROHIBIT = 0x40, WITH_MAC = 0x80 };
enum {
    STORE_SLOT = 12,
    KEY_SLOT = 11,
    BOTH = 0xBC01,
    SIG = 0xBC02,
    DIG = 0xBC03,
    LATCH = 0x08,
    RANDOM_NONCE = 0x10
};

static void configure(unsigned word)
{
    part.chip.eeprom.config[CONFIG_SECURE_BOOT] = (uint8_t)word;
    part.chip.eeprom.config[CONFIG_SECURE_BOOT + 1] = (uint8_t)(word >> 8);
}

/* Slot 0 signs programs; slot 11 has its public key, slot 12 the digest or signature, slot 6 the IO key. */
static int setup(void **state)
{
    uint8_t point[64];

    part_make(&part, "mongoose", BOTH_LOCKED);
    part.counting = true;
    ascending(digest, 0x80, 32);
    ascending(io_key, 0x60, 32);
    part_fill_slot(&part, 6, 0, io_key, 32);
    part.chip.eeprom.config[CONFIG_CHIP_OPTIONS] = 0x02;
    part.chip.eeprom.config[CONFIG_CHIP_OPTIONS + 1] = 0x60;
    part_set_slot(&part, KEY_SLOT, 0x0F0F, 0x0030);
    part_set_slot(&part, STORE_SLOT, 0x8F8F, 0x003C); /* never writable by Write */
    expect_answer(&part, 64, point, GENKEY, 0x04, 0, NULL, 0);
    part_fill_slot(&part, KEY_SLOT, 4, point, 32);
    part_fill_slot(&part, KEY_SLOT, 40, point + 32, 32);
    memcpy(data, digest, 32);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x43, 0, digest, 32);
    expect_answer(&part, 64, data + 32, SIGN, 0xA0, 0, NULL, 0);
    configure(DIG);
    return 0;
}

static int teardown(void **state)
{
    part_free(&part);
    return 0;
}

static void boots(uint8_t p1)
{
    expect_status(&part, CHIP_SUCCESS, SECUREBOOT, p1, 0, data, (p1 & 7) == STORE ? 32 : 96);
}

static void fails(enum chip_status status, const char *reason, uint8_t p1)
{
    expect_refusal(&part, status, reason, SECUREBOOT, p1, 0, data, (p1 & 7) == STORE ? 32 : 96);
}

static const uint8_t *store(void)
{
    return part.chip.eeprom.data + chip_slot_offset(STORE_SLOT);
}

static void test_full(void **state)
{
    static const unsigned words[] = {BOTH, SIG, DIG};

    for (size_t i = 0; i < 3; i++) {
        configure(words[i]);
        boots(FULL);
        assert_int_equal(store()[0], 0xFF); /* nothing is kept */
        data[40] ^= 1;
        fails(CHIP_MISMATCH, "not that of the boot key", FULL);
        data[40] ^= 1;
        data[0] ^= 1;
        fails(CHIP_MISMATCH, "not that of the boot key", FULL);
        data[0] ^= 1;
    }
}

static void test_the_digest_is_copied_then_compared(void **state)
{
    fails(CHIP_MISMATCH, "not the stored one", STORE);
    boots(COPY);
    assert_memory_equal(store(), digest, 32);
    boots(STORE);
    data[31] ^= 1;
    fails(CHIP_MISMATCH, "not the stored one", STORE);
}

static void test_the_signature_is_copied_then_used(void **state)
{
    configure(SIG);
    fails(CHIP_MISMATCH, "not that of the boot key", STORE);
    boots(COPY);
    assert_memory_equal(store(), data + 32, 64);
    boots(STORE);
    data[31] ^= 1;
    fails(CHIP_MISMATCH, "not that of the boot key", STORE);
}

static void test_a_forgery_is_not_copied(void **state)
{
    data[95] ^= 1;
    fails(CHIP_MISMATCH, "not that of the boot key", COPY);
    assert_int_equal(store()[0], 0xFF);
}

static void test_nothing_is_stored_in_full_both(void **state)
{
    configure(BOTH);
    fails(CHIP_EXEC, "FullBoth (SecureBoot bits 1:0 = 1)", COPY);
    fails(CHIP_EXEC, "FullBoth", STORE);
}

static void test_off_and_meaningless(void **state)
{
    configure(0xBC00);
    fails(CHIP_EXEC, "SecureBoot bits 1:0 = 0", FULL);
    for (unsigned mode = 0; mode < 5; mode++)
        expect_status(&part, CHIP_PARSE, SECUREBOOT, (uint8_t)mode, 0, data, 96);
    expect_status(&part, CHIP_PARSE, SECUREBOOT, FULL | 0x08, 0, data, 96);
    expect_status(&part, CHIP_PARSE, SECUREBOOT, FULL, 1, data, 96);
    expect_status(&part, CHIP_PARSE, SECUREBOOT, FULL, 0, data, 32);
    expect_status(&part, CHIP_PARSE, SECUREBOOT, STORE, 0, data, 96);
    part_set_phase(&part, CONFIG_OPEN);
    configure(DIG);
    fails(CHIP_EXEC, "LockConfig = 55", FULL);
}

static void test_slots_that_do_not_serve(void **state)
{
    configure(0x0C03);
    fails(CHIP_EXEC, "slot 0 is not a P-256 public key slot", FULL);
    configure(0xB003);
    fails(CHIP_EXEC, "slot 0 holds a private key", COPY);
    configure(0xB502);
    fails(CHIP_EXEC, "slot 5 has 36 bytes, and a signature has 64", COPY);
    configure(DIG);
    part_lock_slot(&part, STORE_SLOT);
    fails(CHIP_EXEC, "the target slot 12 is locked (SlotLocked bit 12 = 0)", COPY);
    boots(FULL);
    part_set_slot(&part, KEY_SLOT, 0x0F0F, 0x0032);
    fails(CHIP_EXEC, "not validated (KeyConfig bit 1 = 1", FULL);
    chip_validity_set(&part.chip, KEY_SLOT, PUBLIC_KEY_VALID);
    boots(FULL);
}

static void test_closed_until_power_goes(void **state)
{
    data[95] ^= 1;
    fails(CHIP_MISMATCH, "not that of the boot key", FULL | PROHIBIT); /* a failure closes nothing */
    data[95] ^= 1;
    boots(FULL | PROHIBIT);
    fails(CHIP_EXEC, "closed until power goes", FULL);
    chip_power_off(&part.chip);
    chip_power_on(&part.chip);
    chip_wake_pulse(&part.chip);
    boots(FULL);
}

static void test_success_sets_the_latch(void **state)
{
    boots(FULL);
    assert_false(part.chip.latch);
    configure(DIG | LATCH);
    data[95] ^= 1;
    fails(CHIP_MISMATCH, "not that", FULL);
    assert_false(part.chip.latch);
    data[95] ^= 1;
    boots(FULL);
    assert_true(part.chip.latch);
}

/* ---- Encrypted digest and MAC ---- */

static void test_vectors(void **state)
{
    static const uint8_t full_command[4] = {0x80, 0x85, 0x00, 0x00};
    uint8_t key[32], sig[64], mac[32];

    load_t0(&part);
    chip_io_boot_key(io_key, part.chip.sram.temp_key.value, key);
    for (unsigned i = 0; i < 64; i++)
        sig[i] = (uint8_t)(255 - i);
    chip_io_boot_mac(key, digest, sig, full_command, mac);
    assert_hex("73e7127e82c9b57792188f0dc8dc5d0559007b6cda6c4a7cf19a05357f723d7e", mac, 32);

    part_fill_slot(&part, STORE_SLOT, 0, digest, 32);
    hex("b0b8d2b3775fb32c30d88e2ff6638e5758a032c475f870ac96641102e3fa53cc", data, 32);
    expect_answer(&part, 32, answer, SECUREBOOT, STORE | WITH_MAC, 0, data, 32);
    assert_hex("fab8fb38797ab3c938c63a34a40bbfe51fde022040b505788b126c88a3ab4651", answer, 32);
    assert_false(part.chip.sram.temp_key.valid);
}

/* The MAC of every mode and store; the signature is hashed unless digest was compared with digest. */
static void test_mac_of_every_mode(void **state)
{
    static const unsigned words[] = {SIG, DIG};
    uint8_t key[32], expected[32], sent[96];

    for (size_t i = 0; i < 2; i++) {
        configure(words[i]);
        for (unsigned mode = COPY; mode >= FULL; mode--) { /* the copy first: it is what the store has */
            const uint8_t command[4] = {0x80, (uint8_t)(mode | WITH_MAC), 0, 0};
            bool without_signature = mode == STORE && words[i] == DIG;

            load_t0(&part);
            chip_io_boot_key(io_key, part.chip.sram.temp_key.value, key);
            memcpy(sent, data, 96);
            for (unsigned b = 0; b < 32; b++)
                sent[b] ^= key[b];
            expect_answer(&part, 32, answer, SECUREBOOT, command[1], 0, sent, mode == STORE ? 32 : 96);
            chip_io_boot_mac(key, digest, without_signature ? NULL : data + 32, command, expected);
            assert_memory_equal(answer, expected, 32);
        }
    }
}

static void test_mac_needs(void **state)
{
    fails(CHIP_EXEC, "TempKey holds nothing", FULL | WITH_MAC);
    load_t0(&part);
    fails(CHIP_MISMATCH, "not that of the boot key", FULL | WITH_MAC); /* the digest came in the clear */
    assert_false(part.chip.sram.temp_key.valid);
    load_t0(&part);
    part.chip.eeprom.config[CONFIG_CHIP_OPTIONS] = 0x00;
    fails(CHIP_EXEC, "ChipOptions bit 1 = 0", FULL | WITH_MAC);
}

static void test_a_random_nonce_may_be_required(void **state)
{
    configure(DIG | RANDOM_NONCE);
    fails(CHIP_EXEC, "SecureBoot bit 4 = 1", FULL);
    expect_status(&part, CHIP_SUCCESS, NONCE, 0x03, 0, digest, 32);
    fails(CHIP_EXEC, "SourceFlag = 1, SecureBoot bit 4 = 1", FULL | WITH_MAC);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_full),
        T(test_the_digest_is_copied_then_compared),
        T(test_the_signature_is_copied_then_used),
        T(test_a_forgery_is_not_copied),
        T(test_nothing_is_stored_in_full_both),
        T(test_off_and_meaningless),
        T(test_slots_that_do_not_serve),
        T(test_closed_until_power_goes),
        T(test_success_sets_the_latch),
        T(test_vectors),
        T(test_mac_of_every_mode),
        T(test_mac_needs),
        T(test_a_random_nonce_may_be_required),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
