/* hallmark-chip-tool show: the configurations of the reference are told as the reference tells them.
 * atecc608.md 2.9, 5.3, 5.4 */

#include "tool_images.h"

#include <string.h>

#include "memory.h"

static struct study study;
static struct description description;

static void tell(const char *image)
{
    study_image(&study, image);
    describe(&study, &description);
}

/* Everything that is said about a slot, in the order of the fields. NULL: nothing is said. */
struct slot_told {
    const char *is, *signs, *ecdh, *computes, *read, *written;
    bool lockable;
};

static void expect_slot(unsigned slot, const struct slot_told *told)
{
    expect_fact(&description, (int)slot, "is", told->is);
    expect_fact(&description, (int)slot, "signs", told->signs);
    expect_fact(&description, (int)slot, "ECDH", told->ecdh);
    expect_fact(&description, (int)slot, "computes", told->computes);
    expect_fact(&description, (int)slot, "is read", told->read);
    expect_fact(&description, (int)slot, "is written", told->written);
    expect_fact(&description, (int)slot, "lock",
                told->lockable ? "can be locked by itself" : "cannot be locked by itself");
}

#define BOTH       "given digests (external) and messages made in the chip (internal)"
#define EVERY_USE  "MAC, CheckMac, HMAC, GenDig and KDF"
#define CLEAR_DATA "by anyone, in clear, 4 or 32 bytes at a time"

/* 5.3: 6487 0033: external and internal sign, ECDH with clear output, WriteKey 4, GenKey allowed and
 * PrivWrite encrypted with key 4, public key computable, lockable. */
static const struct slot_told mongoose_identity = {
    "P-256 private key",
    BOTH,
    "the secret is answered in clear",
    NULL,
    "never",
    "a new key by GenKey, or a given key by PrivWrite, encrypted with the key in slot 4",
    true};
/* 0F8F 003C: never readable, clear 32-byte writes at any time, 4-byte writes refused, usable with MAC, HMAC,
 * GenDig. */
static const struct slot_told mongoose_master = {
    "secret, 36 bytes", NULL, NULL, EVERY_USE, "never", "by anyone, in clear, 32 bytes at a time", true};
/* 8F8F 001C */
static const struct slot_told mongoose_dead = {
    "secret, 36 bytes", NULL, NULL, EVERY_USE, "never", "never", false};
/* 8F9F 001C: plus NoMac */
static const struct slot_told mongoose_dead_no_mac = {
    "secret, 36 bytes", NULL, NULL, "CheckMac and GenDig; for verification (NoMac)", "never", "never", false};
/* 2082 0033: internal sign only, GenKey, no PrivWrite */
static const struct slot_told mongoose_internal = {"P-256 private key",
                                                   "messages made in the chip only (internal)",
                                                   "no",
                                                   NULL,
                                                   "never",
                                                   "a new key by GenKey",
                                                   true};
/* 44C4 001C */
static const struct slot_told mongoose_encrypted_8 = {"secret, 416 bytes",
                                                      NULL,
                                                      NULL,
                                                      EVERY_USE,
                                                      "encrypted with the key in slot 4",
                                                      "encrypted with the key in slot 4",
                                                      false};
static const struct slot_told mongoose_encrypted_9 = {"secret, 72 bytes",
                                                      NULL,
                                                      NULL,
                                                      EVERY_USE,
                                                      "encrypted with the key in slot 4",
                                                      "encrypted with the key in slot 4",
                                                      false};
/* 0F0F 003C */
static const struct slot_told mongoose_data = {"data, 72 bytes",      NULL,       NULL, NULL,
                                               "by anyone, in clear", CLEAR_DATA, true};
/* 4F83 0013: no ECDH, GenKey refused after data lock, PrivWrite encrypted with key 15 */
static const struct slot_told mongoose_given = {"P-256 private key",
                                                BOTH,
                                                "no",
                                                NULL,
                                                "never",
                                                "a given key by PrivWrite, encrypted with the key in slot 15",
                                                false};

static void test_the_mongoose_image(void **state)
{
    (void)state;
    tell(MONGOOSE);
    for (unsigned slot = 0; slot <= 3; slot++)
        expect_slot(slot, &mongoose_identity);
    expect_slot(4, &mongoose_master);
    expect_slot(5, &mongoose_dead);
    expect_slot(6, &mongoose_dead_no_mac);
    expect_slot(7, &mongoose_internal);
    expect_slot(8, &mongoose_encrypted_8);
    expect_slot(9, &mongoose_encrypted_9);
    for (unsigned slot = 10; slot <= 13; slot++)
        expect_slot(slot, &mongoose_data);
    expect_slot(14, &mongoose_given);
    expect_slot(15, &mongoose_data);
    for (int slot = 0; slot <= 3; slot++)
        expect_fact(&description, slot, "public key", "given when asked for");
    expect_fact(&description, 4, "serves as", "write key of slots 0-3, 8 and 9, read key of slots 8 and 9");
}

static void test_the_mongoose_image_for_the_608a(void **state)
{
    struct slot_told copy_source = mongoose_master, given = mongoose_given;
    const struct slot_told aes_5 = {"AES-128 keys, room for 2",
                                    NULL,
                                    NULL,
                                    "MAC, CheckMac, HMAC, GenDig, AES and KDF",
                                    "encrypted with the key in slot 4",
                                    "encrypted with the key in slot 4",
                                    true};
    const struct slot_told aes_15 = {
        "AES-128 keys, room for 4", NULL,       NULL, "MAC, CheckMac, HMAC, GenDig, AES and KDF",
        "by anyone, in clear",      CLEAR_DATA, true};

    (void)state;
    tell(MONGOOSE_608A);
    copy_source.computes = EVERY_USE "; a source of CheckMac's copy (ReadKey 0)";
    given.written = "a new key by GenKey, or a given key by PrivWrite, encrypted with the key in slot 15";
    for (unsigned slot = 0; slot <= 3; slot++)
        expect_slot(slot, &mongoose_identity);
    expect_slot(4, &copy_source);
    expect_slot(5, &aes_5);
    expect_slot(6, &mongoose_dead_no_mac);
    expect_slot(7, &mongoose_internal);
    expect_slot(8, &mongoose_encrypted_8);
    expect_slot(9, &mongoose_encrypted_9);
    for (unsigned slot = 10; slot <= 13; slot++)
        expect_slot(slot, &mongoose_data);
    expect_slot(14, &given);
    expect_slot(15, &aes_15);
}

/* 5.4: what the 508A's bytes mean on a 608. */
static void test_bytes_of_a_508a_on_a_608(void **state)
{
    (void)state;
    tell(MONGOOSE_608A);
    expect_fact(&description, THE_PART, "part", "ATECC608A, revision 00 00 60 02");
    expect_fact(&description, THE_PART, "serial number",
                "000000000000000000 (a configuration without a part)");
    expect_fact(&description, THE_PART, "bus", "I2C address 60, from byte 16");
    expect_fact(&description, THE_PART, "clock", "M0, full speed");
    expect_fact(&description, THE_PART, "watchdog", "short, about 1.3 s");
    expect_fact(&description, THE_PART, "inputs", "input levels are fixed");
    expect_fact(&description, THE_PART, "limited use",
                "limited-use keys stop when counter 0 is at the value in slot 5 (CountMatch)");
    expect_fact(&description, THE_PART, "use lock", "off");
    expect_fact(&description, THE_PART, "latch", "can be set by whoever passes CheckMac with slot 15");
    expect_fact(&description, THE_PART, "secure boot",
                "digest kept in slot 15, public key in slot 15, success sets the persistent latch, random "
                "nonce required");
    expect_fact(&description, THE_PART, "self test", "on demand");
    expect_fact(&description, THE_PART, "IO protection", "off");
    expect_fact(&description, THE_PART, "ECDH", "secrets may leave in clear");
    expect_fact(&description, THE_PART, "KDF", "results may leave in clear; its AES form is off");
}

static void test_the_same_bytes_on_a_508a(void **state)
{
    (void)state;
    study_image(&study, MONGOOSE);
    memcpy(study.specimen.chip.eeprom.config + 4, "\x00\x00\x50\x00", 4);
    study_again(&study);
    describe(&study, &description);
    expect_fact(&description, THE_PART, "part", "ATECC508A, revision 00 00 50 00");
    expect_fact(&description, THE_PART, "OTP", "55: consumption: bits may be cleared, never set");
    expect_fact(&description, THE_PART, "last key",
                "128 of 128 uses left, counted only if slot 15 is limited-use");
    expect_fact(&description, THE_PART, "latch", NULL);
    expect_fact(&description, THE_PART, "secure boot", NULL);
    expect_fact(&description, 5, "computes", "MAC, CheckMac, HMAC and GenDig");
}

/* 2.9, the paragraph "Decoded". */
static void test_the_library_test_image(void **state)
{
    (void)state;
    tell(LIBRARY_TEST);
    expect_fact(&description, 0, "is", "P-256 private key");
    expect_fact(&description, 0, "limited use", "each use counts in counter 0");
    expect_fact(&description, 0, "ECDH", "the secret goes into slot 1");
    expect_fact(&description, 1, "is", "secret, 36 bytes");
    expect_fact(&description, 1, "is read", "encrypted with the key in slot 4");
    expect_fact(&description, 1, "is written", "encrypted with the key in slot 4");
    expect_fact(&description, 2, "is written", "a new key by GenKey");
    expect_fact(&description, 3, "derivation",
                "created by DeriveKey from the key in slot 4, with an authorising MAC");
    expect_fact(&description, 4, "is written", "by anyone, in clear, 32 bytes at a time");
    expect_fact(&description, 4, "serves as",
                "write key of slots 1, 3 and 7-9, read key of slots 1, 3, 8 and 9, parent of slot 3, IO "
                "protection key, "
                "permits the persistent latch");
    expect_fact(&description, 5, "is", "AES-128 keys, room for 2");
    expect_fact(&description, 5, "needs", "the persistent latch set (PersistentDisable)");
    expect_fact(&description, 5, "KDF target", "may take the result of a KDF");
    expect_fact(&description, 7, "is written",
                "a new key by GenKey, or a given key by PrivWrite, encrypted with the key in slot 4");
    expect_fact(&description, 8, "is written", "encrypted with the key in slot 4");
    expect_fact(&description, 8, "derivation", NULL);
    expect_fact(&description, 9, "is written", "encrypted with the key in slot 4");
    expect_fact(&description, 9, "derivation", "rolled by DeriveKey from the key it holds");
    expect_fact(&description, 10, "is", "AES-128 keys, room for 4");
    expect_fact(&description, 10, "serves as", "limit of counter 0");
    expect_fact(&description, 11, "is", "P-256 public key");
    expect_fact(&description, 11, "serves as", "secure boot public key");
    expect_fact(&description, 12, "serves as", "secure boot digest or signature");
    expect_fact(&description, 14, "is", "P-256 public key, to be validated by slot 15 before use");
    expect_fact(&description, 14, "verifies", "signatures (Verify stored), once validated");
    expect_fact(&description, 15, "serves as", "validates slot 14");
    expect_fact(&description, THE_PART, "limited use",
                "limited-use keys stop when counter 0 is at the value in slot 10 (CountMatch)");
    expect_fact(&description, THE_PART, "secure boot", "digest kept in slot 12, public key in slot 11");
    expect_fact(&description, THE_PART, "IO protection", "on, with the key in slot 4");
    expect_fact(&description, THE_PART, "KDF IV", "HKDF with IV wants 69 76 at byte 9 of the message");
}

/* Worked out by hand from the bytes of 2.9. */
static void test_the_factory_image(void **state)
{
    (void)state;
    tell(FACTORY);
    expect_fact(&description, THE_PART, "serial number", "0123456789ABCDEFEE");
    expect_fact(&description, THE_PART, "limited use",
                "limited-use keys stop when counter 0 is at its end, 2097151");
    expect_fact(&description, THE_PART, "latch", "cannot be set by CheckMac");
    expect_fact(&description, THE_PART, "secure boot", "off");
    expect_fact(&description, 0, "signs", BOTH); /* 2083 */
    expect_fact(&description, 0, "ECDH", "no");
    expect_fact(&description, 0, "is written", "a new key by GenKey");
    expect_fact(&description, 1, "ECDH", "the secret is answered in clear"); /* 2087 */
    expect_fact(&description, 2, "signs", BOTH); /* 208F: into slot 3, never writable */
    expect_fact(&description, 2, "ECDH", "the secret goes into TempKey only");
    expect_fact(&description, 3, "is read", "encrypted with the key in slot 4"); /* 8FC4 */
    expect_fact(&description, 3, "is written", "never");
    expect_fact(&description, 6, "computes", "CheckMac and GenDig; for verification (NoMac)"); /* 8F9F */
    expect_fact(&description, 7, "limited use", "each use counts in counter 0");               /* 8FAF */
    expect_fact(&description, 8, "is read", "by anyone, in clear");                            /* 0000 */
    expect_fact(&description, 8, "is written", CLEAR_DATA);
    expect_fact(&description, 8, "lock", "can be locked by itself");
    expect_fact(&description, 15, "limited use", "each use counts in counter 0"); /* 8FAF */
    expect_fact(&description, 15, "lock", "cannot be locked by itself");
}

static void test_a_configuration_alone_says_nothing_about_contents(void **state)
{
    (void)state;
    tell(FACTORY);
    for (int slot = 0; slot < 16; slot++)
        expect_fact(&description, slot, "holds", NULL);
    study.specimen.has_data = true;
    memset(study.specimen.chip.eeprom.data + chip_slot_offset(0), 0, 35); /* a private key, 1 */
    study.specimen.chip.eeprom.data[chip_slot_offset(0) + 35] = 1;
    study.specimen.chip.eeprom.data[chip_slot_offset(9) + 71] = 0x00;
    describe(&study, &description);
    expect_fact(&description, 0, "holds", "a key");
    expect_fact(&description, 1, "holds", "no key yet");
    expect_fact(&description, 8, "holds", "nothing: every byte is FF");
    expect_fact(&description, 9, "holds", "something");
}

/* 2.10: between the locks. */
static void test_what_is_possible_until_the_data_zone_is_locked(void **state)
{
    (void)state;
    study_image(&study, MONGOOSE);
    study.specimen.chip.eeprom.config[CONFIG_LOCK_CONFIG] = 0x00;
    study_again(&study);
    describe(&study, &description);
    expect_fact(&description, 14, "until then",
                "can be given a new key by GenKey and be given a private key in clear");
    expect_fact(&description, 5, "until then", "can be written in clear and be written encrypted");
    expect_fact(&description, 10, "until then", "can be written encrypted");
    tell(MONGOOSE); /* nothing locked */
    expect_fact(&description, 14, "until then", NULL);
}

static void test_clock_watchdog_and_address(void **state)
{
    uint8_t *config = study.specimen.chip.eeprom.config;

    (void)state;
    study_image(&study, FACTORY);
    config[CONFIG_CHIP_MODE] = 0x68 | 4 | 2 | 1;
    config[CONFIG_USER_EXTRA_ADD] = 0x6A;
    describe(&study, &description);
    expect_fact(&description, THE_PART, "clock", "M2, divided: a sixth to a tenth of the speed");
    expect_fact(&description, THE_PART, "watchdog", "long, 10 s or more");
    expect_fact(&description, THE_PART, "inputs", "input levels follow VCC");
    expect_fact(&description, THE_PART, "bus", "I2C address 35, from UserExtraAdd (byte 85)");
    config[CONFIG_CHIP_MODE] = 0x28;
    describe(&study, &description);
    expect_fact(&description, THE_PART, "clock", "M1, divided: about half the speed");
    expect_fact(&description, THE_PART, "bus", "I2C address 60, from byte 16");
}

/* The counters of published dumps, 2.5. */
static void test_counters(void **state)
{
    uint8_t *config = study.specimen.chip.eeprom.config;

    (void)state;
    study_image(&study, FACTORY);
    memcpy(config + CONFIG_COUNTER, "\x3F\xFF\x00\x00\x00\x20\x00\x1F", 8);
    memcpy(config + CONFIG_COUNTER + 8, "\x00\xFF\x00\x00\x00\x1F\x00\x1E", 8);
    describe(&study, &description);
    expect_fact(&description, THE_PART, "counter 0", "at 1026");
    expect_fact(&description, THE_PART, "counter 1", "at 1000");
}

static void test_what_stops_a_slot(void **state)
{
    (void)state;
    study_image(&study, FACTORY);
    put_slot(&study, 0, 0x2083, 0x0033 | 1 << 7 | 4 << 8); /* ReqAuth by 4 */
    put_slot(&study, 5, 0x8F8F, 0x001C | 1 << 6);          /* ReqRandom */
    put_slot(&study, 6, 0x8F8F, 0x001C | 1 << 6 | 1 << 7 | 4 << 8 | 1 << 12);
    study.specimen.chip.eeprom.config[CONFIG_VOLATILE_KEY] = 0x84;
    study.specimen.chip.eeprom.config[CONFIG_SLOT_LOCKED + 1] = 0xFE; /* slot 8 */
    study_again(&study);
    describe(&study, &description);
    expect_fact(&description, 0, "needs", "CheckMac with slot 4 before each use (ReqAuth)");
    expect_fact(&description, 5, "needs", "a random nonce (ReqRandom)");
    expect_fact(&description, 5, "computes", "MAC, CheckMac, GenDig and KDF"); /* no HMAC: 2.8 */
    expect_fact(
        &description, 6, "needs",
        "CheckMac with slot 4 before each use (ReqAuth), the persistent latch set (PersistentDisable) and a "
        "random nonce (ReqRandom)");
    expect_fact(&description, 4, "serves as",
                "read key of slot 3, authorises slots 0 and 6, permits the persistent latch");
    expect_fact(&description, 8, "is written", "never");
    expect_fact(&description, 8, "lock", "locked for ever");
}

/* No text is cut off, and no two facts of a slot have one name. */
static void test_facts_are_whole_and_distinct(void **state)
{
    static const char *const images[] = {MONGOOSE, MONGOOSE_608A, FACTORY, LIBRARY_TEST};

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        tell(images[i]);
        assert_in_range(description.count, 16 * 6, FACTS_MAX - 2);
        for (unsigned j = 0; j < description.count; j++) {
            const struct fact *fact = &description.facts[j];
            assert_in_range(strlen(fact->says.text), 1, WORDS_MAX - 2);
            assert_ptr_equal(description_find(&description, fact->slot, fact->topic), fact);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_mongoose_image),
        cmocka_unit_test(test_the_mongoose_image_for_the_608a),
        cmocka_unit_test(test_bytes_of_a_508a_on_a_608),
        cmocka_unit_test(test_the_same_bytes_on_a_508a),
        cmocka_unit_test(test_the_library_test_image),
        cmocka_unit_test(test_the_factory_image),
        cmocka_unit_test(test_a_configuration_alone_says_nothing_about_contents),
        cmocka_unit_test(test_what_is_possible_until_the_data_zone_is_locked),
        cmocka_unit_test(test_clock_watchdog_and_address),
        cmocka_unit_test(test_counters),
        cmocka_unit_test(test_what_stops_a_slot),
        cmocka_unit_test(test_facts_are_whole_and_distinct),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
