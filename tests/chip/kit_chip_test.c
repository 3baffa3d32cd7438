/* What a kit does when the wires do not do what they should: no answer, half an answer, another one's.  atecc608.md 6.1
 *
 * The wires are a script: what each transfer gives, in order; past its end nobody acknowledges. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit.h"

struct step {
    int result;
    const char *bytes; /* of a read */
};

static const struct step *script;
static unsigned steps, taken;
static uint64_t clock_us;
static struct kit kit;
static uint8_t response[KIT_RESPONSE_MAX];
static size_t length;

static int transfer(void *context, uint8_t address, bool read, uint8_t *bytes, size_t n)
{
    if (taken == steps)
        return 0;
    const struct step *step = &script[taken++];
    if (read && step->result == 1)
        memcpy(bytes, step->bytes, n);
    return step->result;
}

static void delay_us(void *context, uint32_t microseconds)
{
    clock_us += microseconds;
}

static uint64_t now_us(void *context)
{
    return clock_us;
}

static const struct kit_wires wires = {NULL, transfer, delay_us, now_us};

static void play(const struct step *the_script, unsigned count)
{
    kit = (struct kit){.wires = &wires, .selected = 0x60};
    script = the_script;
    steps = count;
    taken = 0;
    length = 99;
}

#define PLAY(...)                                                                                            \
    do {                                                                                                     \
        static const struct step script_[] = {__VA_ARGS__};                                                  \
        play(script_, sizeof script_ / sizeof script_[0]);                                                   \
    } while (0)

enum { GONE = -1, NACK = 0, ACK = 1 };

static enum kit_status wake(void)
{
    return kit_wake(&kit, response, &length);
}

static enum kit_status talk(void)
{
    static const uint8_t info[] = {0x07, 0x30, 0x00, 0x00, 0x00, 0x03, 0x5D};

    return kit_talk(&kit, info, sizeof info, response, &length);
}

static void test_waking(void **state)
{
    PLAY({NACK, NULL}, {ACK, "\x04\x11\x33\x43"});
    assert_int_equal(wake(), KIT_OK);
    assert_int_equal(length, 4);
    PLAY({NACK, NULL}, {NACK, NULL},
         {ACK, "\x04\x07\xC4\x40"}); /* its self-test failed: it is awake all the same */
    assert_int_equal(wake(), KIT_OK);
    PLAY({NACK, NULL}, {ACK, "\x07\x00\x00\x60"}, {ACK, NULL}, {NACK, NULL},
         {ACK, "\x04\x11\x33\x43"}); /* idle, and again */
    assert_int_equal(wake(), KIT_OK);
    assert_memory_equal(response, "\x04\x11\x33\x43", 4);
}

static void test_waking_in_vain(void **state)
{
    uint64_t before = clock_us;

    PLAY({NACK, NULL});
    assert_int_equal(wake(), KIT_WAKE_FAILED);
    assert_int_equal(length, 0);
    assert_in_range(clock_us - before, 10000, 100000);
    PLAY({NACK, NULL}, {ACK, "\x07\x00\x00\x60"}, {ACK, NULL}, {NACK, NULL}, {ACK, "\x07\x00\x00\x60"});
    assert_int_equal(wake(), KIT_WAKE_FAILED);
    PLAY({GONE, NULL});
    assert_int_equal(wake(), KIT_BUS_FAILED);
    PLAY({NACK, NULL}, {GONE, NULL});
    assert_int_equal(wake(), KIT_BUS_FAILED);
    assert_int_equal(length, 0);
}

static void test_talking(void **state)
{
    PLAY({NACK, NULL}, {ACK, NULL}, {NACK, NULL}, {NACK, NULL}, {ACK, "\x04"}, {ACK, "\x00\x03\x40"});
    assert_int_equal(talk(), KIT_OK);
    assert_int_equal(length, 4);
    assert_memory_equal(response, "\x04\x00\x03\x40", 4);
}

static void test_talking_in_vain(void **state)
{
    PLAY({NACK, NULL});
    assert_int_equal(talk(), KIT_NOT_ACKNOWLEDGED);
    PLAY({GONE, NULL});
    assert_int_equal(talk(), KIT_BUS_FAILED);
    uint64_t before = clock_us;
    PLAY({ACK, NULL});
    assert_int_equal(talk(), KIT_TIMEOUT);
    assert_true(clock_us - before >= 2324000); /* the slowest command was given its time */
    PLAY({ACK, NULL}, {GONE, NULL});
    assert_int_equal(talk(), KIT_BUS_FAILED);
    PLAY({ACK, NULL}, {ACK, "\x03"});
    assert_int_equal(talk(), KIT_BAD_SIZE);
    PLAY({ACK, NULL}, {ACK, "\x07"}, {NACK, NULL});
    assert_int_equal(talk(), KIT_TIMEOUT);
    PLAY({ACK, NULL}, {ACK, "\x07"}, {GONE, NULL});
    assert_int_equal(talk(), KIT_BUS_FAILED);
    assert_int_equal(length, 0);
}

static void test_idle_and_sleep(void **state)
{
    PLAY({ACK, NULL}, {ACK, NULL});
    assert_int_equal(kit_idle(&kit), KIT_OK);
    assert_int_equal(kit_sleep(&kit), KIT_OK);
    PLAY({GONE, NULL}, {GONE, NULL});
    assert_int_equal(kit_idle(&kit), KIT_BUS_FAILED);
    assert_int_equal(kit_sleep(&kit), KIT_BUS_FAILED);
    PLAY({NACK, NULL});
    assert_int_equal(kit_sleep(&kit), KIT_NOT_ACKNOWLEDGED);
}

static void test_without_a_device(void **state)
{
    PLAY({ACK, NULL});
    kit.selected = 0;
    assert_int_equal(wake(), KIT_GENERAL_FAILURE);
    assert_int_equal(talk(), KIT_GENERAL_FAILURE);
    assert_int_equal(kit_idle(&kit), KIT_GENERAL_FAILURE);
    assert_int_equal(kit_sleep(&kit), KIT_GENERAL_FAILURE);
    assert_int_equal(taken, 0);
}

/* A chip at 08, the first address looked at: the pulse, the probe, Info and its answer. */
#define CHIP_SAYS(count, rest)                                                                               \
    {NACK, NULL}, {ACK, NULL}, {ACK, NULL}, {ACK, count}, {ACK, rest},                                       \
    {                                                                                                        \
        ACK, NULL                                                                                            \
    }

static const char *name_found(void)
{
    kit_discover(&kit);
    assert_int_equal(kit.device_count, 1);
    assert_int_equal(kit.devices[0].address, 0x08);
    assert_int_equal(kit.selected, 0x08); /* 60 is there no more */
    return kit.devices[0].name;
}

static void test_names(void **state)
{
    PLAY(CHIP_SAYS("\x07", "\x00\x00\x60\x02\x80\x38"));
    assert_string_equal(name_found(), "ECC608A");
    PLAY(CHIP_SAYS("\x07", "\x00\x00\x60\x03\x00\x00"));
    assert_string_equal(name_found(), "ECC608B");
    PLAY(CHIP_SAYS("\x07", "\x00\x00\x50\x00\x00\x00"));
    assert_string_equal(name_found(), "ECC508A");
    PLAY(CHIP_SAYS("\x04", "\x0F\x23\x42"));
    assert_string_equal(name_found(), "ECC608");
    PLAY({NACK, NULL}, {ACK, NULL}, {GONE, NULL});
    assert_string_equal(name_found(), "ECC608");
}

static int everybody(void *context, uint8_t address, bool read, uint8_t *bytes, size_t n)
{
    return n == 0;
}

static void test_there_is_room_for_eight(void **state)
{
    const struct kit_wires full = {NULL, everybody, delay_us, now_us};

    kit_start(&kit, &full);
    assert_int_equal(kit.device_count, KIT_DEVICES);
    assert_int_equal(kit.devices[KIT_DEVICES - 1].address, 0x08 + KIT_DEVICES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waking),         cmocka_unit_test(test_waking_in_vain),
        cmocka_unit_test(test_talking),        cmocka_unit_test(test_talking_in_vain),
        cmocka_unit_test(test_idle_and_sleep), cmocka_unit_test(test_without_a_device),
        cmocka_unit_test(test_names),          cmocka_unit_test(test_there_is_room_for_eight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
