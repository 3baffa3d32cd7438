/* The chip at boot, and while it comes and goes: mongoose-os.md 7.5. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "chip_world.h"
#include "fake_board.h"

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

static void said(const char *console, const char *line)
{
    if (strstr(console, line) != NULL)
        return;
    print_error("not said: %s", line);
    print_error("said: %s", console);
    fail();
}

static int random_work(struct atecc *dev, void *context)
{
    return atecc_random(dev, context);
}

static void introduces_itself_in_the_boot_log(void **state)
{
    const char *console;

    (void)state;
    chip_world_boot(true);
    console = fake_uart_output();
    said(console, "I2C GPIO init ok (SDA: 12, SCL: 14, freq: 100000)\n");
    said(console, "ATECC608A @ 0/0x60: rev 0x6002 S/N 0x123a1b2c3d4e5f6ee, zone lock status: yes, yes; ECDH "
                  "slots: 0x0c\n");
    assert_int_equal(mbedtls_atca_is_available(), 1);
    assert_int_equal(mbedtls_atca_is_608(), 1);
    assert_non_null(atca_device());
}

static void an_absent_chip_is_explained_and_boot_goes_on(void **state)
{
    const char *console;

    (void)state;
    chip_world_unplug();
    chip_world_boot(true);
    console = fake_uart_output();
    said(console, "ATCA: Failed to get chip info (0/0x60)\n");
    said(console, "ATCA: No ATECC answered at 0x60");
    said(console, "ATCA: Chip is not available\n");
    assert_int_equal(mbedtls_atca_is_available(), 0);
    assert_int_equal(mbedtls_atca_is_608(), 0);
    assert_null(atca_device());
    assert_non_null(given_keys);
}

static void an_address_in_8_bits_is_explained(void **state)
{
    const char *console;

    (void)state;
    chip_world_boot_at(0xC0);
    console = fake_uart_output();
    said(console, "ATCA: Library init failed\n");
    said(console, "0x60");
    said(console, "ATCA: Chip is not available\n");
}

static void a_chip_plugged_in_later_is_found(void **state)
{
    uint8_t random[32];

    (void)state;
    chip_world_unplug();
    chip_world_boot(true);
    assert_int_equal(atca_run(random_work, random), ATECC_ERROR_NO_DEVICE);
    chip_world_plug();
    fake_uart_output();
    assert_int_equal(atca_run(random_work, random), ATECC_OK);
    said(fake_uart_output(), "ATECC608A @ 0/0x60");
    assert_int_equal(mbedtls_atca_is_available(), 1);
}

static void a_chip_unplugged_and_plugged_in_again_works_on(void **state)
{
    uint8_t random[32];

    (void)state;
    chip_world_boot(true);
    assert_int_equal(atca_run(random_work, random), ATECC_OK);
    chip_world_unplug();
    assert_int_equal(atca_run(random_work, random), ATECC_ERROR_NO_DEVICE);
    assert_null(atca_device());
    chip_world_plug();
    assert_int_equal(atca_run(random_work, random), ATECC_OK);
    assert_non_null(atca_device());
}

#define POINT(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POINT(introduces_itself_in_the_boot_log),
        POINT(an_absent_chip_is_explained_and_boot_goes_on),
        POINT(an_address_in_8_bits_is_explained),
        POINT(a_chip_plugged_in_later_is_found),
        POINT(a_chip_unplugged_and_plugged_in_again_works_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
