/* hallmark-chip-tool check: every danger it knows is found where it is, and not where it is not.
 *
 * The ground is the profile tls-only, which has no danger; each test puts one in. */

#include "tool_images.h"

#include <string.h>

#include "check.h"
#include "memory.h"
#include "profile.h"

static struct study study;
static struct findings findings;

static uint8_t *config(void)
{
    return study.specimen.chip.eeprom.config;
}

/* tls-only as a drawing: nothing locked, contents not known. */
static void start(void)
{
    const struct chip_profile *profile = chip_profile_find("tls-only");
    const uint8_t serial[9] = {0x01, 0x23, 1, 2, 3, 4, 5, 6, 0xEE};

    memset(&study.specimen, 0, sizeof study.specimen);
    chip_profile_make(profile, serial, 0, &study.specimen.chip.eeprom);
    config()[CONFIG_LOCK_CONFIG] = 0x55;
    config()[CONFIG_SLOT_LOCKED] = config()[CONFIG_SLOT_LOCKED + 1] = 0xFF;
}

static void run(void)
{
    study_again(&study);
    check(&study, &findings);
}

static const struct finding *find(const char *rule, uint16_t slots)
{
    for (unsigned i = 0; i < findings.count; i++) {
        if (strcmp(findings.list[i].rule, rule) == 0 && (findings.list[i].slots & slots) == slots)
            return &findings.list[i];
    }
    return NULL;
}

#define SLOT(n) ((uint16_t)(1u << (n)))

/* Found: this rule, for at least these slots, this severe, with this in its sentence; with bits and a
 * remedy. */
static void expect(enum severity severity, const char *rule, uint16_t slots, const char *text)
{
    const struct finding *finding = find(rule, slots);

    if (!finding) {
        for (unsigned i = 0; i < findings.count; i++)
            print_error("found %s (%04X): %s\n", findings.list[i].rule, findings.list[i].slots,
                        findings.list[i].says.text);
        fail_msg("%s was not found", rule);
    }
    if (!strstr(finding->says.text, text))
        fail_msg("\"%s\" does not say \"%s\"", finding->says.text, text);
    assert_int_equal(finding->severity, severity);
    assert_true(finding->bits.text[0]);
    assert_true(finding->remedy.text[0]);
}

static void expect_none(const char *rule)
{
    const struct finding *finding = find(rule, 0);

    if (finding)
        fail_msg("found %s: %s", rule, finding->says.text);
}

static void test_tls_only_and_trust_have_no_danger(void **state)
{
    (void)state;
    start();
    run();
    assert_int_equal(check_count(&findings, DANGER), 0);
    assert_int_equal(check_count(&findings, WARNING), 0);

    chip_eeprom_from_image(&study.specimen.chip.eeprom, chip_profile_find("trust")->image, NULL);
    run();
    assert_int_equal(check_count(&findings, DANGER), 0);
}

/* ---- Keys that are open to anyone
 * -------------------------------------------------------------------------- */

static void test_the_mongoose_images(void **state)
{
    (void)state;
    study_image(&study, MONGOOSE);
    check(&study, &findings);
    expect(DANGER, "open-key", SLOT(14) | SLOT(15),
           "slot 14 can be overwritten by anyone: its write key is slot 15, which is clear-writable");
    expect(DANGER, "open-key", SLOT(4) | SLOT(0) | SLOT(8),
           "slot 4 can be replaced in clear by anyone, and it is the write key of slots 0-3, 8 and 9 and the "
           "read key of "
           "slots 8 and 9");
    expect(WARNING, "count-match-508a", 0, "CountMatch is 55");
    expect(WARNING, "volatile-key-508a", SLOT(15), "VolatileKeyPermission is FF");
    expect(WARNING, "secure-boot-508a", SLOT(15), "SecureBoot is FFFF");
    expect(NOTE, "last-key-use-508a", 0, "bytes 72..83");
    expect(WARNING, "508a-layout", 0, "made for an ATECC508A, and the part is a 608");
    expect(WARNING, "ecdh-clear", SLOT(0) | SLOT(1) | SLOT(2) | SLOT(3), "slots 0-3: ");
    expect(WARNING, "replaceable-key", SLOT(0) | SLOT(7), "slots 0-3 and 7: ");
    expect(NOTE, "fill-first", SLOT(5) | SLOT(6), "slots 5 and 6");
    assert_int_equal(check_count(&findings, DANGER), 2);

    study_image(&study, MONGOOSE_608A);
    check(&study, &findings);
    expect(DANGER, "open-key", SLOT(14) | SLOT(15), "slot 14 can be overwritten by anyone");
    expect(DANGER, "open-key", SLOT(4) | SLOT(5), "the write key of slots 0-3, 5, 8 and 9");
    expect(WARNING, "readable-key", SLOT(15), "AES keys that anyone can read");
    expect(NOTE, "copy-source", SLOT(4), "ReadKey 0");
    assert_int_equal(check_count(&findings, DANGER), 2);
}

static void test_on_a_508a_its_own_layout_is_right(void **state)
{
    (void)state;
    study_image(&study, MONGOOSE);
    memcpy(config() + CONFIG_REVISION, "\x00\x00\x50\x00", 4);
    run();
    expect_none("508a-layout");
    expect_none("count-match-508a");
    expect_none("volatile-key-508a");
    expect_none("secure-boot-508a");
    expect(DANGER, "open-key", SLOT(14), "slot 14 can be overwritten by anyone");
    config()[CONFIG_OTP_MODE] = 0x00;
    run();
    expect(WARNING, "otp-mode", 0, "OTPmode");
}

static void test_a_locked_key_slot_is_not_open(void **state)
{
    (void)state;
    study_image(&study, MONGOOSE);
    config()[CONFIG_SLOT_LOCKED] = 0xEF;     /* slot 4 */
    config()[CONFIG_SLOT_LOCKED + 1] = 0x7F; /* slot 15: readable all the same */
    run();
    assert_null(find("open-key", SLOT(4)));
    expect(DANGER, "open-key", SLOT(14), "its write key is slot 15, which is readable");
}

static void test_a_key_that_is_read_in_clear(void **state)
{
    (void)state;
    start();
    put_slot(&study, 1, 0x420F, 0x001C); /* written with key 2 ... */
    put_slot(&study, 2, 0x8F0F, 0x001C); /* ... which is never written and readable */
    run();
    expect(DANGER, "open-key", SLOT(1) | SLOT(2), "its write key is slot 2, which is readable");
}

/* Slot 1 <- key 2 <- key 3, which anyone can replace. */
static void test_a_chain_of_keys_is_as_open_as_its_end(void **state)
{
    (void)state;
    start();
    put_slot(&study, 1, 0x42C2, 0x001C);
    put_slot(&study, 2, 0x438F, 0x001C);
    put_slot(&study, 3, 0x0F8F, 0x001C);
    run();
    expect(DANGER, "open-key", SLOT(2) | SLOT(3), "its write key is slot 3");
    expect(DANGER, "open-key", SLOT(1) | SLOT(2), "who has replaced slot 3");
    put_slot(&study, 3, 0x8F8F, 0x001C);
    run();
    expect_none("open-key");
}

static void test_an_authorisation_keeps_an_open_key_from_use(void **state)
{
    (void)state;
    start();
    put_slot(&study, 1, 0x428F, 0x001C);
    put_slot(&study, 2, 0x4F8F, 0x001C | 1 << 7 | 4 << 8); /* written with 15, used with the leave of 4 */
    put_slot(&study, 15, 0x0F8F, 0x001C);
    run();
    expect(DANGER, "open-key", SLOT(15) | SLOT(2), "its write key is slot 15");
    assert_null(find("open-key", SLOT(1)));
    put_slot(&study, 4, 0x0F8F, 0x001C); /* the leave is open too */
    run();
    expect(DANGER, "open-key", SLOT(4), "what authorises the use of slot 2");
    expect(DANGER, "open-key", SLOT(1) | SLOT(2), "slot 15");
}

static void test_ecdh_into_a_key_slot(void **state)
{
    (void)state;
    start();
    put_slot(&study, 2, 0x008D, 0x0033); /* ECDH, into slot 3 */
    put_slot(&study, 3, 0x4F8F, 0x001C);
    put_slot(&study, 4, 0x438F, 0x001C); /* written with key 3 */
    run();
    expect(DANGER, "open-key", SLOT(3), "ECDH of slot 2 with the curve's base point");
}

static void test_kdf_into_a_key_slot(void **state)
{
    (void)state;
    start();
    config()[CONFIG_CHIP_OPTIONS + 1] = 0x00;
    put_slot(&study, 3, 0x8F8F, 0x001E);
    put_slot(&study, 4, 0x438F, 0x001C);
    study_again(&study);
    assert_true(study.locked.of[3][CAN_TAKE_KDF].allowed);
    run();
    expect(DANGER, "open-key", SLOT(3), "KDF of a known TempKey may write there");
    expect(NOTE, "kdf-target", SLOT(3), "slot 3: anyone can overwrite it");
}

static void test_public_keys_that_anyone_replaces(void **state)
{
    (void)state;
    study_image(&study, LIBRARY_TEST);
    check(&study, &findings);
    expect(DANGER, "open-key", SLOT(15), "the public key that validates slot 14");
    expect(DANGER, "open-key", SLOT(11), "the public key of secure boot");
    expect(DANGER, "open-key", SLOT(12), "what secure boot compares with");
    expect(DANGER, "open-key", SLOT(10), "where the limit of counter 0 is kept");
    expect(DANGER, "open-key", SLOT(4),
           "the IO protection key and the key that permits the persistent latch");
}

static void test_an_empty_key_is_no_secret(void **state)
{
    (void)state;
    start();
    put_slot(&study, 1, 0x428F, 0x001C);
    put_slot(&study, 2, 0x8F8F, 0x001C); /* never written once locked */
    run();
    expect(NOTE, "empty-key", SLOT(2),
           "must be filled before the data zone is locked, for nothing can be put into it afterwards");

    study.specimen.has_data = true;
    config()[CONFIG_LOCK_CONFIG] = 0x00;
    run();
    expect(WARNING, "empty-key", SLOT(2), "must be filled before");
    config()[CONFIG_LOCK_VALUE] = 0x00;
    run();
    expect(DANGER, "empty-key", SLOT(2), "nothing can ever be put into it");

    memset(study.specimen.chip.eeprom.data + chip_slot_offset(2), 0x31, 32);
    run();
    expect_none("empty-key");
}

/* ---- Slots
 * --------------------------------------------------------------------------------------------------- */

/* One slot changed, one finding more. */
static const struct slot_case {
    const char *name;
    unsigned slot;
    uint16_t slot_config, key_config;
    enum severity severity;
    const char *rule;
    const char *says;
} slot_cases[] = {
    {"a private key that is not secret", 1, 0x2003, 0x0033, DANGER, "private-not-secret",
     "GenKey and Sign will fail"},
    {"encrypted read, not secret", 9, 0x0F4F, 0x003C, DANGER, "prohibited-read", "prohibited combination"},
    {"never written, not secret", 9, 0x8F0F, 0x003C, WARNING, "guarded-not-secret", "not marked secret"},
    {"the write key is a private key", 9, 0x408F, 0x003C, DANGER, "write-key",
     "slot 9 is to be written encrypted with the key in slot 0, and that cannot work: slot 0 holds a private "
     "key"},
    {"the write key is for verification", 9, 0x458F, 0x003C, DANGER, "write-key", "NoMac"},
    {"PrivWrite with a key that is private", 1, 0x4083, 0x0033, DANGER, "write-key", "private key"},
    {"... and GenKey as a way out", 1, 0x6083, 0x0033, WARNING, "write-key", "private key"},
    {"the read key is a private key", 9, 0x0FC0, 0x003C, DANGER, "read-key", "slot 0 holds a private key"},
    {"ECDH in clear", 1, 0x8084, 0x0033, WARNING, "ecdh-clear", "slot 1: ECDH secrets are answered in clear"},
    {"ECDH to the next slot of an odd one", 5, 0x808C, 0x0033, DANGER, "ecdh-odd", "only even slots"},
    {"ECDH into a slot never written", 2, 0x808C, 0x0033, DANGER, "ecdh-target",
     "secret of slot 2 is to go into slot 3, and that cannot work"},
    {"a destination without ECDH", 2, 0x8088, 0x0033, NOTE, "ecdh-destination", "ECDH is not allowed"},
    {"authorised by a private key", 1, 0x8F8F, 0x009C, DANGER, "auth-private", "holds a private key"},
    {"authorised by itself", 1, 0x8F8F, 0x019C, DANGER, "auth-never", "without end"},
    {"the latch that nothing sets", 1, 0x8F8F, 0x101C, DANGER, "latch-never", "persistent latch"},
    {"a private key of another type", 1, 0x8081, 0x0021, DANGER, "key-type", "no command takes"},
    {"a type that does not exist", 1, 0x8F8F, 0x0014, WARNING, "key-type", "does not exist"},
    {"a public key in 36 bytes", 7, 0x0F0F, 0x0030, DANGER, "short-public-key", "36 bytes"},
    {"... to be validated", 7, 0x0F0F, 0x0032, DANGER, "short-public-key", "PubInfo"},
    {"validated by no public key", 14, 0x0F08, 0x0032, DANGER, "validation", "validated by slot 8"},
    {"anyone makes a new key", 1, 0x2083, 0x0033, WARNING, "replaceable-key", "slot 1: anyone can replace"},
    {"anyone writes", 12, 0x0F0F, 0x001C, NOTE, "open-data", "slots 8 and 12: can be overwritten by anyone"},
    {"the public key is hidden", 1, 0x8081, 0x0031, NOTE, "hidden-public-key", "given once"},
    {"CheckMac may copy", 1, 0x8F80, 0x001C, NOTE, "copy-source", "TempKey"},
    {"KeyConfig bit 13", 1, 0x8F8F, 0x201C, NOTE, "reserved", "reserved bit"},
    {"a certificate format of no public key", 1, 0x8F8F, 0x401C, NOTE, "certificate-rule", "no public key"},
    {"AES keys to be read", 9, 0x0F0F, 0x0038, WARNING, "readable-key", "AES keys that anyone can read"},
};

static void test_every_slot_rule(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof slot_cases / sizeof slot_cases[0]; i++) {
        const struct slot_case *c = &slot_cases[i];

        start();
        run();
        if (find(c->rule, SLOT(c->slot)))
            fail_msg("%s: %s is found before anything is wrong", c->name, c->rule);
        put_slot(&study, c->slot, c->slot_config, c->key_config);
        run();
        expect(c->severity, c->rule, SLOT(c->slot), c->says);
    }
}

static void test_lockable_and_locked(void **state)
{
    (void)state;
    start();
    run();
    expect(NOTE, "not-lockable", SLOT(1) | SLOT(15), "slots 1-7 and 9-15: can never be locked individually");
    assert_null(find("not-lockable", SLOT(0)));
    config()[CONFIG_SLOT_LOCKED] = 0xFE; /* slot 0, before there is a key */
    run();
    expect(NOTE, "locked-already", SLOT(0), "slot 0: locked already");
    config()[CONFIG_LOCK_CONFIG] = 0x00;
    study.specimen.has_data = true;
    run();
    expect(DANGER, "empty", SLOT(0), "none can be put in");
}

static void test_empty_between_and_after_the_locks(void **state)
{
    (void)state;
    start();
    run();
    expect(NOTE, "fill-first", SLOT(0) | SLOT(1), "between the two locks");
    study.specimen.has_data = true;
    config()[CONFIG_LOCK_CONFIG] = 0x00;
    run();
    expect(DANGER, "empty", SLOT(0), "no key yet");
    expect(WARNING, "empty", SLOT(1) | SLOT(15), "nothing can be put in");
    config()[CONFIG_LOCK_VALUE] = 0x00;
    run();
    expect(DANGER, "empty", SLOT(0), "none can ever be put in");
    memset(study.specimen.chip.eeprom.data, 0, 35);
    study.specimen.chip.eeprom.data[35] = 1;
    run();
    expect_none("empty");
}

static void test_certificate_formats(void **state)
{
    (void)state;
    start();
    put_slot(&study, 14, 0x0F0D, 0x4032);
    put_slot(&study, 13, 0x0F0F, 0x0030);
    run();
    expect_none("certificate-format"); /* format 1 is 00: any signature */
    config()[CONFIG_X509_FORMAT + 1] = 0x85;
    run();
    expect(NOTE, "certificate-format", SLOT(14), "certificates of the stated format");
}

static void test_a_part_without_aes(void **state)
{
    (void)state;
    start();
    put_slot(&study, 9, 0x0F8F, 0x0038);
    run();
    expect_none("no-aes");
    config()[CONFIG_AES_ENABLE] &= 0xFE;
    run();
    expect(WARNING, "no-aes", SLOT(9), "AES keys in a part without AES");
    config()[CONFIG_CHIP_OPTIONS] = OPTION_KDF_AES;
    run();
    expect(WARNING, "no-aes", 0, "AES");
}

/* ---- The part
 * --------------------------------------------------------------------------------------------------- */

static const struct part_case {
    const char *name;
    unsigned offset;
    uint8_t value;
    enum severity severity;
    const char *rule;
    const char *says;
} part_cases[] = {
    {"OTPmode 55", CONFIG_COUNT_MATCH, 0x55, WARNING, "count-match-508a", "slot 5; harmless only as long as"},
    {"OTPmode AA", CONFIG_COUNT_MATCH, 0xAA, WARNING, "count-match-508a", "it means nothing"},
    {"LastKeyUse in 69", CONFIG_VOLATILE_KEY, 0xFF, WARNING, "volatile-key-508a", "slot 15"},
    {"M2 and the short watchdog", CONFIG_CHIP_MODE, 0x68, DANGER, "watchdog",
     "with clock M2 Verify takes 1085 ms"},
    {"a divider that is none", CONFIG_CHIP_MODE, 0x10, WARNING, "clock", "none of M0, M1 and M2"},
    {"a second address to be set", CONFIG_CHIP_MODE, 0x01, WARNING, "user-extra-add",
     "anyone on the bus can move the part"},
    {"a second address unused", CONFIG_USER_EXTRA_ADD, 0x6A, NOTE, "user-extra-add", "does not use it"},
    {"a reserved address", CONFIG_I2C_ADDRESS, 0x06, DANGER, "address", "I2C address 03 is reserved"},
    {"ECDH encrypted without a key", CONFIG_CHIP_OPTIONS + 1, 0x01, DANGER, "io-key-off", "ECDH output"},
    {"KDF encrypted without a key", CONFIG_CHIP_OPTIONS + 1, 0x04, DANGER, "io-key-off", "KDF output"},
    {"the IO key is a private key", CONFIG_CHIP_OPTIONS, 0x02, DANGER, "io-key",
     "slot 0, which holds a private key"},
    {"UseLock", CONFIG_USE_LOCK, 0x5A, WARNING, "use-lock", "until CheckMac succeeds with slot 5"},
    {"UseLock with a private key", CONFIG_USE_LOCK, 0x0A, DANGER, "use-lock", "and it never can"},
    {"secure boot without a public key", CONFIG_SECURE_BOOT, 0x01, DANGER, "secure-boot-key", "slot 0"},
    {"secure boot, both in one slot", CONFIG_SECURE_BOOT, 0x03, DANGER, "secure-boot-slot",
     "holds its public key too"},
    {"byte 17", 17, 0x01, NOTE, "reserved", "reserved bits"},
    {"byte 80", 80, 0x01, NOTE, "reserved", "reserved bits"},
    {"ChipOptions bit 7", CONFIG_CHIP_OPTIONS, 0x80, NOTE, "reserved", "reserved bits"},
    {"a counter that has been used", CONFIG_COUNTER, 0x7F, NOTE, "counter", "counter 0 starts at 1"},
    {"data locked first", CONFIG_LOCK_VALUE, 0x00, WARNING, "life-cycle", "which Lock never makes"},
};

static void test_every_rule_of_the_part(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof part_cases / sizeof part_cases[0]; i++) {
        const struct part_case *c = &part_cases[i];

        start();
        run();
        if (find(c->rule, 0))
            fail_msg("%s: %s is found before anything is wrong", c->name, c->rule);
        config()[c->offset] = c->value;
        run();
        expect(c->severity, c->rule, 0, c->says);
    }
}

static void test_what_makes_it_right_again(void **state)
{
    (void)state;
    start();
    config()[CONFIG_CHIP_MODE] = 0x68 | 0x04;
    run();
    expect_none("watchdog"); /* the long one */
    config()[CONFIG_CHIP_MODE] = 0x28;
    run();
    expect_none("clock"); /* M1 fits: but for the self test, nothing takes 0.7 s */
    config()[CONFIG_CHIP_MODE] = 0x01;
    config()[CONFIG_USER_EXTRA_ADD] = 0x6A;
    run();
    expect_none("user-extra-add");
    config()[CONFIG_CHIP_OPTIONS] = OPTION_IO_KEY;
    config()[CONFIG_CHIP_OPTIONS + 1] = 0x51; /* ECDH encrypted, key in slot 5 */
    run();
    expect_none("io-key-off");
    expect_none("io-key");
}

static void test_count_match_leftover_with_a_limited_key_is_a_danger(void **state)
{
    (void)state;
    start();
    config()[CONFIG_COUNT_MATCH] = 0x55;
    put_slot(&study, 0, 0x80A1, 0x0033);
    run();
    expect(DANGER, "count-match-508a", 0, "limited-use keys stop at the value in slot 5");
}

static void test_the_most_severe_come_first(void **state)
{
    (void)state;
    study_image(&study, LIBRARY_TEST);
    check(&study, &findings);
    for (unsigned i = 1; i < findings.count; i++)
        assert_true(findings.list[i - 1].severity >= findings.list[i].severity);
    for (unsigned i = 0; i < findings.count; i++)
        assert_in_range(strlen(findings.list[i].says.text), 10, WORDS_MAX - 2); /* nothing is cut off */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tls_only_and_trust_have_no_danger),
        cmocka_unit_test(test_the_mongoose_images),
        cmocka_unit_test(test_on_a_508a_its_own_layout_is_right),
        cmocka_unit_test(test_a_locked_key_slot_is_not_open),
        cmocka_unit_test(test_a_key_that_is_read_in_clear),
        cmocka_unit_test(test_a_chain_of_keys_is_as_open_as_its_end),
        cmocka_unit_test(test_an_authorisation_keeps_an_open_key_from_use),
        cmocka_unit_test(test_ecdh_into_a_key_slot),
        cmocka_unit_test(test_kdf_into_a_key_slot),
        cmocka_unit_test(test_public_keys_that_anyone_replaces),
        cmocka_unit_test(test_an_empty_key_is_no_secret),
        cmocka_unit_test(test_every_slot_rule),
        cmocka_unit_test(test_lockable_and_locked),
        cmocka_unit_test(test_empty_between_and_after_the_locks),
        cmocka_unit_test(test_certificate_formats),
        cmocka_unit_test(test_a_part_without_aes),
        cmocka_unit_test(test_every_rule_of_the_part),
        cmocka_unit_test(test_what_makes_it_right_again),
        cmocka_unit_test(test_count_match_leftover_with_a_limited_key_is_a_danger),
        cmocka_unit_test(test_the_most_severe_come_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
