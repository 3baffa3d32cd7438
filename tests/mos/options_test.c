/* Flags anywhere on the line, in the environment, and what is said about wrong ones.
 * mongoose-os.md 3.1-3.3, 3.6 */

#include "captured_stderr.h"
#include "options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static struct options options;
static char *positional[32];
static int positional_count;
static const char *said;

static int parse(const char *first, ...)
{
    char *argv[32] = {(char *)"mos"};
    int argc = 1, status;
    va_list arguments;

    va_start(arguments, first);
    for (const char *word = first; word; word = va_arg(arguments, const char *))
        argv[argc++] = (char *)word;
    va_end(arguments);
    capture_stderr();
    options_free(&options);
    status = options_parse(&options, argc, argv, positional, &positional_count);
    said = captured_stderr();
    return status;
}

/* Whoever runs the tests may have MOS_PORT set. */
static int empty_environment(void **state)
{
    return clearenv();
}

static void defaults_of_the_reference(void **state)
{
    assert_int_equal(parse("ls", NULL), 0);
    assert_string_equal(options.port, "auto");
    assert_int_equal(options.baud_rate, 115200);
    assert_int_equal(options.timeout_ms, 20000);
    assert_int_equal(options.chunk_size, 512);
    assert_int_equal(options.fs_op_attempts, 3);
    assert_int_equal(options.level, -1);
    assert_true(options.dry_run);
    assert_true(options.set_control_lines);
    assert_string_equal(options.timestamp, "StampMilli");
    assert_null(options.firmware);
    assert_false(options.local);
}

static void flags_anywhere(void **state)
{
    assert_int_equal(parse("--port", "/dev/ttyUSB1", "atca-set-key", "-X", "0", "--write-key=slot4.key",
                           "ecc.key.pem", "--dry-run=false", NULL),
                     0);
    assert_string_equal(options.port, "/dev/ttyUSB1");
    assert_string_equal(options.write_key, "slot4.key");
    assert_false(options.dry_run);
    assert_int_equal(positional_count, 3);
    assert_string_equal(positional[0], "atca-set-key");
    assert_string_equal(positional[1], "0");
    assert_string_equal(positional[2], "ecc.key.pem");
    assert_string_equal(said, "");
}

static void handout_lines(void **state)
{
    assert_int_equal(parse("-X", "atca-set-key", "4", "slot4.key", "--dry-run=false", NULL), 0);
    assert_string_equal(positional[0], "atca-set-key");
    assert_false(options.dry_run);
    assert_int_equal(parse("build", "--local", "--platform", "esp8266", NULL), 0);
    assert_true(options.local);
    assert_string_equal(options.platform, "esp8266");
    assert_int_equal(positional_count, 1);
}

static void booleans_take_no_second_word(void **state)
{
    assert_int_equal(parse("--dry-run", "ls", NULL), 0);
    assert_true(options.dry_run);
    assert_string_equal(positional[0], "ls");
}

static void bare_timestamp_and_hexdump(void **state)
{
    assert_int_equal(parse("console", "--timestamp", "--hexdump", NULL), 0);
    assert_string_equal(options.timestamp, "true");
    assert_int_equal(options.hexdump, 16);
    assert_int_equal(parse("console", "--timestamp=", "--hexdump=8", NULL), 0);
    assert_string_equal(options.timestamp, "");
    assert_int_equal(options.hexdump, 8);
}

static void short_flags(void **state)
{
    assert_int_equal(parse("-C", "my-app", "-l", "ls", NULL), 0);
    assert_string_equal(options.chdir, "my-app");
    assert_true(options.long_list);
    assert_int_equal(parse("-Xl", "-Cmy-app", "ls", NULL), 0);
    assert_string_equal(options.chdir, "my-app");
    assert_true(options.long_list);
}

static void repeated_flags_keep_their_order(void **state)
{
    assert_int_equal(parse("build", "--build-var", "A=1", "--build-var=B=2", "--lib", "x:/y", NULL), 0);
    assert_int_equal(options.build_vars.count, 2);
    assert_string_equal(options.build_vars.items[0], "A=1");
    assert_string_equal(options.build_vars.items[1], "B=2");
    assert_int_equal(options.libs.count, 1);
}

static void times(void **state)
{
    assert_int_equal(parse("ls", "--timeout=500ms", NULL), 0);
    assert_int_equal(options.timeout_ms, 500);
    assert_int_equal(parse("ls", "--timeout=1m30s", NULL), 0);
    assert_int_equal(options.timeout_ms, 90000);
    assert_int_equal(parse("ls", "--timeout=1.5s", NULL), 0);
    assert_int_equal(options.timeout_ms, 1500);
    assert_int_equal(parse("ls", "--timeout=7", NULL), 0);
    assert_int_equal(options.timeout_ms, 7000);
    assert_int_not_equal(parse("ls", "--timeout=soon", NULL), 0);
    assert_int_not_equal(parse("ls", "--timeout=-1s", NULL), 0);
    assert_int_not_equal(parse("ls", "--timeout=1s1x", NULL), 0);
    assert_int_not_equal(parse("ls", "--timeout=99999999999h", NULL), 0);
    assert_int_not_equal(parse("ls", "--timeout=", NULL), 0);
}

static void unknown_flag_has_a_suggestion(void **state)
{
    assert_int_not_equal(parse("ls", "--dryrun=false", NULL), 0);
    assert_non_null(strstr(said, "--dryrun"));
    assert_non_null(strstr(said, "did you mean --dry-run?"));
    assert_int_not_equal(parse("ls", "--qqqqqqqqqqqq", NULL), 0);
    assert_null(strstr(said, "did you mean"));
    assert_int_not_equal(parse("ls", "-Z", NULL), 0);
}

static void wrong_value_is_a_sentence(void **state)
{
    assert_int_not_equal(parse("ls", "--baud-rate=fast", NULL), 0);
    assert_non_null(strstr(said, "--baud-rate=fast: expected a number from 1 to"));
    assert_int_not_equal(parse("ls", "--dry-run=maybe", NULL), 0);
    assert_non_null(strstr(said, "expected true or false"));
    assert_int_not_equal(parse("ls", "--port", NULL), 0);
    assert_non_null(strstr(said, "--port needs a value"));
}

static void environment_fills_in(void **state)
{
    setenv("MOS_PORT", "/dev/ttyACM3", 1);
    setenv("MOS_DRY_RUN", "false", 1);
    setenv("MOS_BAUD_RATE", "fast", 1);
    setenv("MOS_FIRMWARE", "", 1);
    assert_int_equal(parse("ls", NULL), 0);
    assert_string_equal(options.port, "/dev/ttyACM3");
    assert_false(options.dry_run);
    assert_int_equal(options.baud_rate, 115200);
    assert_non_null(strstr(said, "MOS_BAUD_RATE=fast"));
    assert_null(options.firmware);
    assert_int_equal(parse("ls", "--port=x", "--dry-run", NULL), 0);
    assert_string_equal(options.port, "x");
    assert_true(options.dry_run);
    unsetenv("MOS_PORT");
    unsetenv("MOS_DRY_RUN");
    unsetenv("MOS_BAUD_RATE");
    unsetenv("MOS_FIRMWARE");
}

static void flags_of_the_original(void **state)
{
    assert_int_equal(parse("flash", "--esp-baud-rate", "921600", NULL), 0);
    assert_int_equal(positional_count, 1);
    assert_non_null(strstr(said, "--esp-baud-rate has no effect"));
    assert_int_equal(parse("build", "--arch=linux", NULL), 0);
    assert_string_equal(options.platform, "linux");
    assert_non_null(strstr(said, "Warning: --arch is deprecated, use --platform"));
    assert_int_not_equal(parse("build", "--server=x", NULL), 0);
}

static void two_dashes_end_the_flags(void **state)
{
    assert_int_equal(parse("put", "--", "--odd-name", NULL), 0);
    assert_int_equal(positional_count, 2);
    assert_string_equal(positional[1], "--odd-name");
    assert_int_equal(parse("atca-get-pub-key", "0", "-", NULL), 0);
    assert_string_equal(positional[2], "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_of_the_reference),
        cmocka_unit_test(flags_anywhere),
        cmocka_unit_test(handout_lines),
        cmocka_unit_test(booleans_take_no_second_word),
        cmocka_unit_test(bare_timestamp_and_hexdump),
        cmocka_unit_test(short_flags),
        cmocka_unit_test(repeated_flags_keep_their_order),
        cmocka_unit_test(times),
        cmocka_unit_test(unknown_flag_has_a_suggestion),
        cmocka_unit_test(wrong_value_is_a_sentence),
        cmocka_unit_test(environment_fills_in),
        cmocka_unit_test(flags_of_the_original),
        cmocka_unit_test(two_dashes_end_the_flags),
    };

    return cmocka_run_group_tests(tests, empty_environment, NULL);
}
