/* The chip as TLS sees it: "ATCA:<slot>" keys and the ephemeral key agreement, mongoose-os.md 7.1. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "board.h"
#include "chip_world.h"
#include "fake_board.h"

enum { GENKEY = 0x40, INFO = 0x30, RANDOM = 0x1B, LONG_ENOUGH_US = 3000000 };

static const uint8_t digest[32] = {1, 2, 3};

static int start(void **state)
{
    (void)state;
    chip_world_start();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    chip_world_stop();
    return 0;
}

static void boot_and_idle(void)
{
    chip_world_boot(true);
    fake_board_run_us(LONG_ENOUGH_US);
    fake_uart_output();
}

static int gen_key_work(struct atecc *dev, void *context)
{
    return atecc_gen_key(dev, 0, context);
}

static int encrypted_write_work(struct atecc *dev, void *context)
{
    static const uint8_t key[32] = {5};
    int err = atecc_write_slot(dev, 4, 0, context);

    return err ? err : atecc_write_private_key_encrypted(dev, 0, key, 4, context);
}

/* --- names ---------------------------------------------------------------------------------------------- */

static void names_are_checked(void **state)
{
    static const char *const bad[] = {"ATCA:",   "ATCA:16", "ATCA:-1",        "ATCA:x",
                                      "ATCA:1x", "ATCA: 1", "ATCA:4294967296"};

    (void)state;
    chip_world_boot(true);
    assert_string_equal(given_keys->prefix, "ATCA:");
    assert_null(given_keys->check("ATCA:0"));
    assert_null(given_keys->check("ATCA:15"));
    assert_string_equal(given_keys->check("ATCA:2"),
                        "ATCA:2 cannot be used for private key, it is configured as ECDH slot.");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_non_null(given_keys->check(bad[i]));
    assert_string_equal(given_keys->check("ATCA:22"), "no such slot: ATCA:22 (ATCA:0 to ATCA:15)");
}

static void a_name_is_good_without_a_chip(void **state)
{
    (void)state;
    chip_world_unplug();
    chip_world_boot(true);
    assert_null(given_keys->check("ATCA:0"));
}

/* --- signing -------------------------------------------------------------------------------------------- */

static void signs(void **state)
{
    uint8_t public_key[64], signature[64];

    (void)state;
    boot_and_idle();
    assert_int_equal(atca_run(gen_key_work, public_key), ATECC_OK);
    assert_true(given_keys->sign("ATCA:0", digest, signature));
    assert_true(peer_verifies(public_key, digest, signature));
    assert_string_equal(fake_uart_output(), "ATCA:0 ECDSA sign ok\n");
}

static void an_empty_slot_is_explained(void **state)
{
    uint8_t signature[64];
    const char *console;

    (void)state;
    boot_and_idle();
    assert_false(given_keys->sign("ATCA:1", digest, signature));
    console = fake_uart_output();
    assert_ptr_equal(strstr(console, "ATCA:1 ECDSA sign failed: 0xf4\n"), console);
    assert_non_null(strstr(console, "ATCA: Sign with slot 1: the chip refused"));
}

static void signing_without_chip_fails_until_it_is_back(void **state)
{
    uint8_t public_key[64], signature[64];
    const char *console;

    (void)state;
    boot_and_idle();
    assert_int_equal(atca_run(gen_key_work, public_key), ATECC_OK);
    chip_world_unplug();
    assert_false(given_keys->sign("ATCA:0", digest, signature));
    console = fake_uart_output();
    assert_ptr_equal(strstr(console, "ATCA:0 ECDSA sign failed: 0xd0\n"), console);
    assert_non_null(strstr(console, "No ATECC answered at 0x60"));
    chip_world_plug();
    assert_true(given_keys->sign("ATCA:0", digest, signature));
    assert_true(peer_verifies(public_key, digest, signature));
}

/* --- the ephemeral key ---------------------------------------------------------------------------------- */

static void agrees(const uint8_t public_key[64])
{
    uint8_t ours[32], theirs[32];

    assert_true(given_ecdhe->agree(peer_public, ours));
    peer_secret(public_key, theirs);
    assert_memory_equal(ours, theirs, 32);
}

static void the_key_pair_is_made_while_idle(void **state)
{
    uint8_t public_key[64], signature[64];
    uint64_t began;

    (void)state;
    boot_and_idle();
    assert_int_equal(chip_world_count(GENKEY), 1);
    began = board_uptime_us();
    assert_true(given_ecdhe->generate(public_key));
    assert_int_equal(chip_world_count(GENKEY), 0);
    assert_true(board_uptime_us() - began < 10000);
    given_keys->sign("ATCA:1", digest, signature);
    fake_uart_output();
    agrees(public_key);
    assert_string_equal(fake_uart_output(), "ATCA:16 ECDH ok\n");
}

static void the_handout_s_lines_in_its_order(void **state)
{
    uint8_t public_key[64], signature[64], own[64];

    (void)state;
    chip_world_boot(true);
    atca_run(gen_key_work, own);
    fake_board_run_us(LONG_ENOUGH_US);
    fake_uart_output();
    assert_true(given_ecdhe->generate(public_key));
    assert_true(given_keys->sign("ATCA:0", digest, signature));
    agrees(public_key);
    assert_string_equal(fake_uart_output(),
                        "ATCA:16 ECDH gen pubkey ok\nATCA:0 ECDSA sign ok\nATCA:16 ECDH ok\n");
}

static void a_handshake_before_the_first_idle_moment_waits_for_its_key(void **state)
{
    uint8_t public_key[64];

    (void)state;
    chip_world_boot(true);
    assert_true(given_ecdhe->generate(public_key));
    assert_int_equal(chip_world_count(GENKEY), 1);
    agrees(public_key);
}

static void every_handshake_has_a_key_of_its_own(void **state)
{
    uint8_t first[64], second[64];

    (void)state;
    boot_and_idle();
    assert_true(given_ecdhe->generate(first));
    agrees(first);
    fake_board_run_us(LONG_ENOUGH_US);
    assert_true(given_ecdhe->generate(second));
    assert_memory_not_equal(first, second, 64);
    agrees(second);
}

static void a_key_a_peer_has_seen_is_not_given_again(void **state)
{
    uint8_t first[64], second[64];

    (void)state;
    boot_and_idle();
    assert_true(given_ecdhe->generate(first));
    given_ecdhe->release();
    assert_true(given_ecdhe->generate(second));
    assert_memory_not_equal(first, second, 64);
    agrees(second);
}

static void one_handshake_at_a_time(void **state)
{
    uint8_t first[64], second[64];

    (void)state;
    boot_and_idle();
    assert_true(given_ecdhe->generate(first));
    fake_uart_output();
    assert_false(given_ecdhe->generate(second));
    assert_string_equal(fake_uart_output(), "SW ECDH curve 3\n");
    agrees(first);
    fake_uart_output();
    assert_false(given_ecdhe->agree(peer_public, second));
}

static void a_chip_that_lost_its_power_meanwhile_makes_a_new_key(void **state)
{
    uint8_t public_key[64];

    (void)state;
    boot_and_idle();
    chip_world_count(GENKEY);
    chip_world_unplug();
    chip_world_plug();
    assert_true(given_ecdhe->generate(public_key));
    assert_int_equal(chip_world_count(GENKEY), 1);
    agrees(public_key);
}

static void without_chip_software_takes_over_and_the_log_says_why(void **state)
{
    uint8_t public_key[64];
    const char *console;

    (void)state;
    boot_and_idle();
    chip_world_unplug();
    assert_false(given_ecdhe->generate(public_key));
    console = fake_uart_output();
    assert_ptr_equal(strstr(console, "ATCA:16 failed to gen ECDH pubkey: 0xd0\n"), console);
    assert_non_null(strstr(console, "No ATECC answered at 0x60"));
    assert_non_null(strstr(console, "\nSW ECDH curve 3\n"));
    chip_world_plug();
    assert_true(given_ecdhe->generate(public_key));
    agrees(public_key);
}

static void a_chip_that_is_back_is_ready_before_it_is_asked(void **state)
{
    uint8_t public_key[64];

    (void)state;
    boot_and_idle();
    chip_world_unplug();
    assert_false(given_ecdhe->generate(public_key));
    fake_board_run_us(LONG_ENOUGH_US);
    chip_world_plug();
    fake_board_run_us(2 * LONG_ENOUGH_US);
    chip_world_count(GENKEY);
    assert_true(given_ecdhe->generate(public_key));
    assert_int_equal(chip_world_count(GENKEY), 0);
    agrees(public_key);
}

static void unplugged_in_mid_handshake_the_agreement_fails(void **state)
{
    uint8_t public_key[64], secret[32];
    const char *console;

    (void)state;
    boot_and_idle();
    assert_true(given_ecdhe->generate(public_key));
    chip_world_unplug();
    fake_uart_output();
    assert_false(given_ecdhe->agree(peer_public, secret));
    console = fake_uart_output();
    assert_ptr_equal(strstr(console, "ATCA:16 ECDH failed: 0xd0\n"), console);
    assert_non_null(strstr(console, "No ATECC answered at 0x60"));
    chip_world_plug();
    assert_true(given_ecdhe->generate(public_key));
    agrees(public_key);
}

/* The encrypted write has left a digest in TempKey, or nothing: neither is the key the peer was told. */
static void a_key_installed_in_mid_handshake_does_not_give_a_wrong_secret(void **state)
{
    uint8_t public_key[64], secret[32], write_key[32] = {9};

    (void)state;
    boot_and_idle();
    assert_true(given_ecdhe->generate(public_key));
    assert_int_equal(atca_run(encrypted_write_work, write_key), ATECC_OK);
    atca_tempkey_taken();
    fake_uart_output();
    assert_false(given_ecdhe->agree(peer_public, secret));
    assert_non_null(strstr(fake_uart_output(), "the handshake's key pair was lost"));
    assert_true(given_ecdhe->generate(public_key));
    agrees(public_key);
}

static void a_point_off_the_curve_is_refused(void **state)
{
    uint8_t public_key[64], secret[32], off[64];

    (void)state;
    boot_and_idle();
    memcpy(off, peer_public, sizeof(off));
    off[63] ^= 1;
    assert_true(given_ecdhe->generate(public_key));
    assert_false(given_ecdhe->agree(off, secret));
}

static void soft_leaves_the_agreement_to_software(void **state)
{
    (void)state;
    chip_world_boot(false);
    fake_board_run_us(LONG_ENOUGH_US);
    assert_null(given_ecdhe);
    assert_int_equal(chip_world_count(GENKEY), 0);
}

/* --- the 508A ------------------------------------------------------------------------------------------- */

static void a_508a_lends_a_slot_of_the_mask(void **state)
{
    uint8_t public_key[64];
    const char *console;

    (void)state;
    chip_world_become_508a();
    chip_world_boot(true);
    fake_board_run_us(LONG_ENOUGH_US);
    assert_non_null(strstr(fake_uart_output(), "ATECC508A @ 0/0x60: rev 0x5000 "));
    for (int i = 0; i < 20; i++) { /* the slots are empty at first, then read, and now and then renewed */
        assert_true(given_ecdhe->generate(public_key));
        console = fake_uart_output();
        if (strncmp(console, "ATCA:2 ECDH ge", 14) != 0 && strncmp(console, "ATCA:3 ECDH ge", 14) != 0)
            fail_msg("%s", console);
        agrees(public_key);
        assert_string_equal(fake_uart_output() + strlen("ATCA:2"), " ECDH ok\n");
    }
}

static void a_508a_signs(void **state)
{
    uint8_t public_key[64], signature[64];

    (void)state;
    chip_world_become_508a();
    chip_world_boot(true);
    assert_int_equal(atca_run(gen_key_work, public_key), ATECC_OK);
    assert_true(given_keys->sign("ATCA:0", digest, signature));
    assert_true(peer_verifies(public_key, digest, signature));
}

/* --- randomness ----------------------------------------------------------------------------------------- */

static void gives_each_random_number_once_and_never_waits_for_it(void **state)
{
    uint8_t first[32], second[32];

    (void)state;
    chip_world_boot(true);
    assert_false(given_keys->random(first));
    fake_board_run_us(LONG_ENOUGH_US);
    chip_world_count(RANDOM);
    assert_true(given_keys->random(first));
    assert_int_equal(chip_world_count(RANDOM), 0);
    assert_false(given_keys->random(second));
    atca_ecdhe_postpone();
    fake_board_run_us(LONG_ENOUGH_US);
    assert_true(given_keys->random(second));
    assert_memory_not_equal(first, second, 32);
}

#define POINT(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POINT(names_are_checked),
        POINT(a_name_is_good_without_a_chip),
        POINT(signs),
        POINT(an_empty_slot_is_explained),
        POINT(signing_without_chip_fails_until_it_is_back),
        POINT(the_key_pair_is_made_while_idle),
        POINT(the_handout_s_lines_in_its_order),
        POINT(a_handshake_before_the_first_idle_moment_waits_for_its_key),
        POINT(every_handshake_has_a_key_of_its_own),
        POINT(a_key_a_peer_has_seen_is_not_given_again),
        POINT(one_handshake_at_a_time),
        POINT(a_chip_that_lost_its_power_meanwhile_makes_a_new_key),
        POINT(without_chip_software_takes_over_and_the_log_says_why),
        POINT(a_chip_that_is_back_is_ready_before_it_is_asked),
        POINT(unplugged_in_mid_handshake_the_agreement_fails),
        POINT(a_key_installed_in_mid_handshake_does_not_give_a_wrong_secret),
        POINT(a_point_off_the_curve_is_refused),
        POINT(soft_leaves_the_agreement_to_software),
        POINT(a_508a_lends_a_slot_of_the_mask),
        POINT(a_508a_signs),
        POINT(gives_each_random_number_once_and_never_waits_for_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
