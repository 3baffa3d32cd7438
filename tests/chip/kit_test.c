/* The kit protocol, line by line, in front of a chip on the test bench.  atecc608.md 6.1 */

#include <stdio.h>

#include "kit.h"
#include "part.h"

static struct part part;
static struct kit kit;
static bool bus_gone;

static int transfer(void *context, uint8_t address, bool read, uint8_t *bytes, size_t n)
{
    if (bus_gone)
        return -1;
    return read ? chip_i2c_read(&part.chip, address, bytes, n)
                : chip_i2c_write(&part.chip, address, bytes, n);
}

static void delay_us(void *context, uint32_t microseconds)
{
    part.clock_us += microseconds;
}

static uint64_t now_us(void *context)
{
    return part.clock_us;
}

static const struct kit_wires wires = {NULL, transfer, delay_us, now_us};

static int set_up(void **state)
{
    part_make(&part, "mongoose", BOTH_LOCKED);
    part.chip.policy.fast = false;
    bus_gone = false;
    kit_start(&kit, &wires);
    return 0;
}

static int tear_down(void **state)
{
    part_free(&part);
    return 0;
}

/* Feeds these bytes; the last reply, without its LF. */
static const char *feed(const char *bytes, size_t n)
{
    static char answer[KIT_ANSWER_MAX + 1];
    size_t length = 0;

    answer[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        char one[KIT_ANSWER_MAX];
        size_t got = kit_feed(&kit, bytes[i], one);
        if (got == 0)
            continue;
        length = got;
        memcpy(answer, one, got);
        assert_int_equal(one[got - 1], '\n');
        answer[got - 1] = '\0';
    }
    if (length > 0)
        assert_int_equal(strlen(answer), length - 1);
    return answer;
}

static const char *ask(const char *line)
{
    char bytes[2000];

    int n = snprintf(bytes, sizeof bytes, "%s\n", line);
    return feed(bytes, (size_t)n);
}

#define expect(line, answer) assert_string_equal(ask(line), answer)

static void test_discovery(void **state)
{
    expect("board:device(00)", "ECC608A TWI 00(C0)");
    expect("board:device(01)", "no_device TWI 00(00)");
    expect("board:device(07)", "no_device TWI 00(00)");
    expect("board:device(xx)", "E2()");
    expect("board:version()", "Hallmark kit 1.0");
    expect("board:firmware()", "Hallmark kit 1.0");
}

static void test_discovery_keeps_what_the_chip_knows(void **state)
{
    ask("e:w()");
    load_t0(&part);
    ask("board:device(00)");
    assert_true(part.chip.sram.temp_key.valid);
    assert_int_equal(part.chip.power, CHIP_IDLE);
}

/* The example exchange of 6.1. */
static void test_the_example(void **state)
{
    expect("E:w()", "00(04113343)");
    expect("E:t(0730000000035D)", "00(07000060028038)");
    expect("E:i()", "00()");
}

static void test_talk_waits_for_completion(void **state)
{
    ask("e:w()");
    uint64_t before = part.clock_us;
    const char *answer = ask("e:t(0740040000 0387)"); /* spaces are nothing */
    assert_memory_equal(answer, "00(04", 5);
    answer = ask("e:t(07400400008387)"); /* GenKey create in slot 0: 115 ms */
    assert_int_equal(strlen(answer), 3 + 2 * 67 + 1);
    assert_memory_equal(answer, "00(43", 5);
    assert_true(part.clock_us - before >= 115000);
}

static void test_names_by_prefix_in_either_case(void **state)
{
    static const char *const wakes[] = {"e:w()", "E:W()", "ecc:wake()", "Ecc:wak()", "s:w()", "sha:wake()"};

    for (size_t i = 0; i < sizeof wakes / sizeof wakes[0]; i++)
        expect(wakes[i], "00(04113343)");
    expect("e:talk(0730000000035d)", "00(07000060028038)");
    expect("ECC:SLEEP()", "00()");
    expect("b:d(00)", "ECC608A TWI 00(C0)");
}

static void test_select_and_interface(void **state)
{
    expect("E:physical:interface:i2c", "00()");
    expect("E:physical:select(C0)", "00()");
    expect("e:p:s(c0)", "00()");
    expect("e:p:s(6A)", "E2()"); /* nobody there */
    expect("e:p:s()", "E2()");
    expect("e:w()", "00(04113343)");
}

static void test_wake_of_one_that_is_awake(void **state)
{
    ask("e:w()");
    ask("e:t(0730000000035D)");
    expect("e:w()", "00(04113343)");
}

static void test_failures(void **state)
{
    expect("e:t(0730000000035D)", "F7()"); /* asleep: not woken */
    expect("e:i()", "F7()");
    ask("e:w()");
    expect("e:t()", "E2()");
    expect("e:t", "E2()");
    expect("e:t(073)", "E2()");
    expect("e:t(07zz)", "E2()");
    expect("e:t(0730000000FFFF)", "00(04FF0142)"); /* the chip's own refusal is an answer */
    expect("e:t(0730)", "F1()");                   /* half a packet: nothing ever comes */
    expect("T:t(00)", "E1()");
    bus_gone = true;
    expect("e:w()", "F0()");
    expect("e:t(0730000000035D)", "F0()");
    expect("board:device(00)", "no_device TWI 00(00)");
    expect("e:w()", "E1()");
    bus_gone = false;
    expect("board:device(00)", "ECC608A TWI 00(C0)");
}

static void test_lines_that_are_nothing(void **state)
{
    static const char *const lines[] = {
        "x", ":",    "e",      "e:",      "e:x()",       "board",    "board:x",   "(",
        ")", "e:w(", "e::w()", "e:w:w()", "a:b:c:d:e:f", "eccc:w()", "e:wakes()", "\xFF\x80:\x01"};

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        expect(lines[i], "E2()");
    expect("", "");
    assert_string_equal(feed("\r\n\n\0\n", 5), "");
}

static void test_nul_bytes_are_nothing(void **state)
{
    assert_string_equal(feed("\0E:w()\n\0", 8), "00(04113343)");
    assert_string_equal(feed("\0\0e:\0i()\r\n", 11), "00()");
}

static void test_a_line_without_end(void **state)
{
    char line[3000];

    memset(line, 'e', sizeof line);
    assert_string_equal(feed(line, sizeof line), "");
    expect("", "E4()");
    expect("e:w()", "00(04113343)");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_discovery),
        T(test_discovery_keeps_what_the_chip_knows),
        T(test_the_example),
        T(test_talk_waits_for_completion),
        T(test_names_by_prefix_in_either_case),
        T(test_select_and_interface),
        T(test_wake_of_one_that_is_awake),
        T(test_failures),
        T(test_lines_that_are_nothing),
        T(test_nul_bytes_are_nothing),
        T(test_a_line_without_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
