/* Configuration from arbitrary text: what was taken over must come back the same when it is printed and
 * parsed. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fake_board.h"
#include "fake_config.h"
#include "heap.h"
#include "mbuf.h"

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void emit(const struct mgos_config *config, struct mbuf *text, bool pretty)
{
    struct json_out out = JSON_OUT_MBUF(text);
    const struct mgos_conf_entry *schema = mgos_config_schema();

    mbuf_init(text, 0);
    mgos_conf_emit(config, NULL, schema, schema, pretty, &out);
    must(out.u.buf.len == 0);
}

static void round_trip(const struct mgos_config *config)
{
    struct mgos_config again;
    struct mbuf first, second;
    char *error = NULL;

    emit(config, &first, true);
    must(mgos_conf_copy(mgos_config_schema(), &mgos_config_defaults, &again));
    bool parsed =
        mgos_conf_parse(mg_mk_str_n(first.buf, first.len), "*", mgos_config_schema(), &again, &error);
    must(parsed);
    emit(&again, &second, true);
    must(first.len == second.len && memcmp(first.buf, second.buf, first.len) == 0);
    mbuf_free(&first);
    mbuf_free(&second);
    mgos_conf_free(mgos_config_schema(), &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const lists[] = {"*", "", "-wifi.*,*", "device.*,debug.level"};
    static const char *const paths[] = {"",         "wifi",    "wifi.sta.pass", "test.ratio", "debug.level",
                                        "conf_acl", "no.such", "device"};
    struct mgos_config config;
    char *error = NULL;

    if (size < 1 || size > 4096)
        return 0;
    fake_board_start();
    size_t before = heap_available();
    must(mgos_conf_copy(mgos_config_schema(), &mgos_config_defaults, &config));
    char *text = malloc(size);
    memcpy(text, data + 1, size - 1);
    bool parsed = mgos_conf_parse_at(paths[data[0] & 7], mg_mk_str_n(text, size - 1), lists[data[0] >> 3 & 3],
                                     mgos_config_schema(), &config, &error);
    must(parsed == !error);
    heap_free(error);
    free(text);
    round_trip(&config);
    mgos_conf_free(mgos_config_schema(), &config);
    must(heap_available() == before);
    return 0;
}
