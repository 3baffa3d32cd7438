/* The time in front of each line of the console.  mongoose-os.md 3.10 */

#include "timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* Mon Jan 2 15:04:05.007089 2006 UTC, and in the afternoon of a two-digit day, Nov 27 2020. */
static const struct timespec early = {1136214245, 7089000}, late = {1606478715, 295000000};

static void expect(const char *format, struct timespec when, const char *wanted)
{
    char text[128];

    assert_int_equal(timestamp_format(text, sizeof text, format, when), strlen(wanted));
    assert_string_equal(text, wanted);
}

static int utc(void **state)
{
    setenv("TZ", "UTC", 1);
    tzset();
    return 0;
}

static void handout_format(void **state)
{
    expect("StampMilli", early, "Jan  2 15:04:05.007");
    expect("StampMilli", late, "Nov 27 12:05:15.295");
}

static void switches(void **state)
{
    expect("true", early, "1136214245.007089");
    expect("yes", early, "1136214245.007089");
    expect("false", early, "");
    expect("", early, "");
}

static void layouts(void **state)
{
    expect("Stamp", early, "Jan  2 15:04:05");
    expect("StampMicro", early, "Jan  2 15:04:05.007089");
    expect("RFC3339", early, "2006-01-02T15:04:05Z");
    expect("RFC3339Nano", early, "2006-01-02T15:04:05.007089Z");
    expect("UnixDate", early, "Mon Jan  2 15:04:05 UTC 2006");
    expect("15:04:05.000", late, "12:05:15.295");
    expect("Kitchen", late, "12:05PM");
    expect("%H:%M", late, "12:05");
}

static void offset_of_a_time_zone(void **state)
{
    setenv("TZ", "XST-5:30", 1);
    tzset();
    expect("RFC3339", early, "2006-01-02T20:34:05+05:30");
    utc(NULL);
}

static void long_layout_is_cut(void **state)
{
    char text[8];

    assert_int_equal(timestamp_format(text, sizeof text, "Monday January Monday", early), 7);
    assert_string_equal(text, "Monday ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handout_format),
        cmocka_unit_test(switches),
        cmocka_unit_test(layouts),
        cmocka_unit_test(offset_of_a_time_zone),
        cmocka_unit_test(long_layout_is_cut),
    };

    return cmocka_run_group_tests(tests, utc, NULL);
}
