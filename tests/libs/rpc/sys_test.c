/* Sys.*: mongoose-os.md 2.2. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/cs_dbg.h"
#include "fake_board.h"
#include "loopback.h"
#include "mgos_rpc_service_sys.h"

static struct mg_rpc *rpc;
static struct loopback line;
static struct mgos_rpc_sys_options options;

static int start(void **state)
{
    (void)state;
    fake_board_start();
    options = (struct mgos_rpc_sys_options){.id = "esp8266_A1B2C3", .public_key = NULL};
    rpc = loopback_start(&line);
    mg_rpc_add_list_handlers(rpc);
    mgos_rpc_service_sys_add(rpc, &options);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    mg_rpc_free(rpc);
    return 0;
}

static void gives(const char *method, const char *params, const char *payload)
{
    assert_string_equal(loopback_call(&line, method, params), payload);
}

/* The value of every member is replaced by its kind: what stays is names, order and spacing. */
static const char *shape_of(const char *json)
{
    static char shape[512];
    char *out = shape;
    bool name = true;

    for (; *json != '\0' && out < shape + sizeof(shape) - 2; json++) {
        if (*json == '"' && !name) {
            json = strchr(json + 1, '"');
            *out++ = 's';
        } else if (*json >= '0' && *json <= '9' && !name) {
            while (json[1] >= '0' && json[1] <= '9')
                json++;
            *out++ = 'n';
        } else if (*json == '"') {
            const char *end = strchr(json + 1, '"');

            memcpy(out, json, (size_t)(end - json + 1));
            out += end - json + 1;
            json = end;
        } else {
            name = *json == '{' || *json == ',' || (*json == ' ' && name);
            *out++ = *json;
        }
    }
    *out = '\0';
    return shape;
}

static void tells_who_it_is(void **state)
{
    const char *payload;

    (void)state;
    fake_board_advance_us(12345678);
    payload = loopback_call(&line, "Sys.GetInfo", NULL);
    assert_ptr_equal(strstr(payload, "\"result\":{\"id\": \"esp8266_A1B2C3\", "), payload);
    assert_non_null(strstr(payload, ", \"uptime\": 12, \"public_key\": null, \"ram_size\": "));
    assert_string_equal(
        shape_of(strchr(payload, '{')),
        "{\"id\": s, \"app\": s, \"fw_version\": s, \"fw_id\": s, \"mg_version\": s, \"mg_id\": s, "
        "\"mac\": s, \"arch\": s, \"uptime\": n, \"public_key\": null, \"ram_size\": n, \"ram_free\": n, "
        "\"ram_min_free\": n, \"fs_size\": n, \"fs_free\": n}");
    options.public_key = "key";
    assert_non_null(strstr(loopback_call(&line, "Sys.GetInfo", NULL), ", \"public_key\": \"key\", "));
}

static void the_list_ends_as_it_always_does(void **state)
{
    (void)state;
    gives("RPC.List", NULL,
          "\"result\":[\"Sys.SetDebug\",\"Sys.GetInfo\",\"Sys.Reboot\",\"RPC.Ping\",\"RPC.Describe\",\"RPC."
          "List\"]");
}

static void success_of_set_debug_is_error_0(void **state)
{
    (void)state;
    gives("Sys.SetDebug", "{\"level\":0}", "\"error\":{\"code\":0}");
    assert_int_equal(cs_log_get_level(), LL_ERROR);
    gives("Sys.SetDebug", "{\"level\":4,\"file_level\":\"main=0\"}", "\"error\":{\"code\":0}");
    assert_int_equal(cs_log_get_level(), LL_VERBOSE_DEBUG);
    gives("Sys.SetDebug", "{\"level\":5}", "\"error\":{\"code\":400,\"message\":\"invalid level\"}");
    gives("Sys.SetDebug", "{\"udp_log_addr\":\"10.0.0.1:1993\"}",
          "\"error\":{\"code\":501,\"message\":\"MGOS_ENABLE_DEBUG_UDP is not enabled\"}");
}

static void a_negative_delay_is_refused(void **state)
{
    (void)state;
    gives("Sys.Reboot", "{\"delay_ms\":-1}", "\"error\":{\"code\":400,\"message\":\"invalid delay value\"}");
}

static void reboots_after_it_has_answered(void **state)
{
    enum fake_end end = (enum fake_end)setjmp(fake_board_end);

    (void)state;
    if (end == FAKE_RUNNING) {
        gives("Sys.Reboot", NULL, "\"result\":null");
        fake_board_run_us(1000000);
        fail_msg("did not restart");
    }
    assert_int_equal(end, FAKE_RESTARTED);
}

static void aborts_when_asked_to(void **state)
{
    enum fake_end end = (enum fake_end)setjmp(fake_board_end);

    (void)state;
    if (end == FAKE_RUNNING) {
        gives("Sys.Reboot", "{\"abort\":true,\"delay_ms\":10}", "\"result\":null");
        fake_board_run_us(1000000);
        fail_msg("did not abort");
    }
    assert_int_equal(end, FAKE_ABORTED);
}

#define POINT(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POINT(tells_who_it_is),
        POINT(the_list_ends_as_it_always_does),
        POINT(success_of_set_debug_is_error_0),
        POINT(a_negative_delay_is_refused),
        POINT(reboots_after_it_has_answered),
        POINT(aborts_when_asked_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
