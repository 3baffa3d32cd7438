/* Topic filters against topic names: the examples of MQTT 4.7, and the text rules of 1.5.3. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "topic.h"

static bool matches(const char *filter, const char *name)
{
    return mqtt_topic_matches(filter, strlen(filter), name, strlen(name));
}

static void hash_matches_the_rest_and_the_parent(void **state)
{
    (void)state;
    assert_true(matches("sport/tennis/player1/#", "sport/tennis/player1"));
    assert_true(matches("sport/tennis/player1/#", "sport/tennis/player1/ranking"));
    assert_true(matches("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon"));
    assert_true(matches("sport/#", "sport"));
    assert_true(matches("#", "a/b/c"));
    assert_true(matches("#", "/"));
    assert_true(matches("+/#", "sport"));
    assert_false(matches("sport/#", "sports"));
    assert_false(matches("sport/#", "spor"));
}

static void plus_matches_one_level(void **state)
{
    (void)state;
    assert_true(matches("sport/tennis/+", "sport/tennis/player1"));
    assert_false(matches("sport/tennis/+", "sport/tennis/player1/ranking"));
    assert_false(matches("sport/+", "sport"));
    assert_true(matches("sport/+", "sport/"));
    assert_true(matches("+/+", "/finance"));
    assert_true(matches("/+", "/finance"));
    assert_false(matches("+", "/finance"));
    assert_true(matches("+/tennis/#", "sport/tennis/x/y"));
    assert_true(matches("sport/+/player1", "sport//player1"));
}

static void names_match_themselves_only(void **state)
{
    (void)state;
    assert_true(matches("a/b", "a/b"));
    assert_false(matches("a/b", "A/b"));
    assert_false(matches("a/b", "a/b/"));
    assert_false(matches("a/b", "a"));
    assert_false(matches("a", "a/b"));
    assert_false(matches("/a", "a"));
}

static void dollar_topics_are_met_only_by_name(void **state)
{
    (void)state;
    assert_false(matches("#", "$SYS/broker"));
    assert_false(matches("+/monitor/Clients", "$SYS/monitor/Clients"));
    assert_true(matches("$SYS/#", "$SYS/monitor"));
    assert_true(matches("$SYS/monitor/+", "$SYS/monitor/Clients"));
    assert_true(matches("#", "a/$b"));
}

static bool filter_is_good(const char *filter)
{
    return mqtt_topic_check_filter(filter, strlen(filter)) == NULL;
}

static void wildcards_stand_alone_in_their_level(void **state)
{
    (void)state;
    assert_true(filter_is_good("#"));
    assert_true(filter_is_good("sport/tennis/#"));
    assert_true(filter_is_good("+"));
    assert_true(filter_is_good("+/tennis/#"));
    assert_true(filter_is_good("sport/+/player1"));
    assert_true(filter_is_good("/"));
    assert_false(filter_is_good("sport/tennis#"));
    assert_false(filter_is_good("sport/tennis/#/ranking"));
    assert_false(filter_is_good("sport+"));
    assert_false(filter_is_good("+sport"));
    assert_false(filter_is_good("##"));
    assert_false(filter_is_good("a/#/"));
    assert_false(filter_is_good(""));
}

static void names_have_no_wildcards(void **state)
{
    (void)state;
    assert_null(mqtt_topic_check_name("devices/board/events", 20));
    assert_non_null(mqtt_topic_check_name("devices/+/events", 16));
    assert_non_null(mqtt_topic_check_name("devices/#", 9));
    assert_non_null(mqtt_topic_check_name("", 0));
    assert_non_null(mqtt_topic_check_name("a\0b", 3));
}

static bool valid(const char *text)
{
    return mqtt_text_is_valid(text, strlen(text));
}

static void text_is_utf_8(void **state)
{
    (void)state;
    assert_true(valid("A\xF0\xAA\x9B\x94")); /* the example of MQTT 1.5.3.1 */
    assert_true(valid("\xEF\xBB\xBF"));      /* U+FEFF is a character like any other */
    assert_true(valid("caf\xC3\xA9"));
    assert_true(valid("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"));
    assert_false(valid("\xED\xA0\x80")); /* U+D800 */
    assert_false(valid("\xC0\x80"));     /* overlong */
    assert_false(valid("\xC1\xBF"));
    assert_false(valid("\xE0\x9F\xBF"));
    assert_false(valid("\xF0\x8F\xBF\xBF"));
    assert_false(valid("\xF4\x90\x80\x80"));
    assert_false(valid("\xF5\x80\x80\x80"));
    assert_false(valid("\x80"));
    assert_false(valid("\xC3")); /* cut off */
    assert_false(valid("\xE2\x82"));
    assert_false(valid("\xE2\x28\xA1"));
    assert_false(mqtt_text_is_valid("", 1)); /* NUL */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_matches_the_rest_and_the_parent),
        cmocka_unit_test(plus_matches_one_level),
        cmocka_unit_test(names_match_themselves_only),
        cmocka_unit_test(dollar_topics_are_met_only_by_name),
        cmocka_unit_test(wildcards_stand_alone_in_their_level),
        cmocka_unit_test(names_have_no_wildcards),
        cmocka_unit_test(text_is_utf_8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
