/* The project's own driver on /dev/i2c-1, through bus/i2cdev.c, under hallmark-i2c: as on a real adapter. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bus/bus.h"
#include "driver/atecc.h"
#include "tests/driver/reference_crypto.h"

static struct bus bus;
static struct atecc dev;

static void succeed(int err)
{
    char text[600];

    if (err)
        fail_msg("%s", atecc_explain(&dev, text, sizeof text));
}

static void test_init_reads_revision_and_serial(void **state)
{
    succeed(atecc_init(&dev, &bus.vtable, 0x60, reference_sha256));
    assert_memory_equal(dev.revision, "\x00\x00\x60\x02", 4);
    assert_memory_equal(dev.serial, "\x01\x23", 2);
}

static void test_sign_and_verify(void **state)
{
    uint8_t public_key[64], digest[32], signature[64];

    reference_random(digest, sizeof digest);
    succeed(atecc_gen_key(&dev, 0, public_key));
    succeed(atecc_sign(&dev, 0, digest, signature));
    assert_true(reference_verify(public_key, digest, signature));
    succeed(atecc_verify(&dev, digest, signature, public_key));
    signature[0] ^= 1;
    assert_int_equal(atecc_verify(&dev, digest, signature, public_key), ATECC_ERROR_MISMATCH);
}

static void test_nobody_at_another_address(void **state)
{
    struct atecc other;

    assert_int_equal(atecc_init(&other, &bus.vtable, 0x35, reference_sha256), ATECC_ERROR_NO_DEVICE);
}

static int set_up(void **state)
{
    return bus_open(&bus, "/dev/i2c-1");
}

static int tear_down(void **state)
{
    bus_close(&bus);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_init_reads_revision_and_serial),
        cmocka_unit_test(test_sign_and_verify),
        cmocka_unit_test(test_nobody_at_another_address),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
