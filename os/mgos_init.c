/* Booting: from an empty heap to a running application. os/loop.h, boot log: mongoose-os.md 7.5 */

#include "mgos_init.h"

#include <stdbool.h>

#include "board.h"
#include "boot.h"
#include "build_info.h"
#include "common/cs_dbg.h"
#include "console.h"
#include "heap.h"
#include "loop.h"
#include "mgos_app.h"
#include "mgos_deps.h"
#include "mgos_event.h"
#include "mgos_ro_vars.h"
#include "mgos_system.h"
#include "mgos_uart.h"
#include "storage.h"

enum { FAILURE_PAUSE_MS = 500 };

__attribute__((weak)) enum mgos_app_init_result mgos_app_init(void)
{
    return MGOS_APP_INIT_SUCCESS;
}

__attribute__((weak)) void mgos_app_preinit(void)
{
}

static const char *reset_cause_text(int cause)
{
    static const char *const texts[] = {"power on",   "HW WDT",          "exception", "SW WDT",
                                        "soft reset", "deep sleep wake", "sys reset"};

    return cause >= 0 && cause < (int)(sizeof(texts) / sizeof(texts[0])) ? texts[cause] : "unknown";
}

static void open_console(void)
{
    struct mgos_uart_config config;

    mgos_uart_config_set_defaults(0, &config);
    mgos_uart_configure(0, &config);
    console_write("\n", 1);
}

static void introduce(void)
{
    const struct board_info *board = board_info();

    LOG(LL_INFO, ("%s %s (%s)", mgos_sys_ro_vars_get_app(), build_version, build_id));
    LOG(LL_INFO, ("Hallmark %s (%s), Mongoose OS compatible", mg_build_version, mg_build_id));
    LOG(LL_INFO,
        ("CPU: %s, RAM: %u total, %u free", board->cpu, (unsigned)heap_size(), (unsigned)heap_available()));
    LOG(LL_INFO, ("Reset cause: %d (%s)", board->reset_cause, reset_cause_text(board->reset_cause)));
}

static void describe_storage(void)
{
    uint32_t size, free_bytes;

    storage_space(&size, &free_bytes);
    LOG(LL_INFO, ("/: size %u, used: %u, free: %u", (unsigned)size, (unsigned)(size - free_bytes),
                  (unsigned)free_bytes));
}

static enum mgos_init_result start_all(void)
{
    enum mgos_init_result result = sys_config_boot();

    if (result != MGOS_INIT_OK)
        return result;
    if (!mgos_deps_init())
        return MGOS_INIT_DEPS_FAILED;
    if (mgos_app_init() != MGOS_APP_INIT_SUCCESS)
        return MGOS_INIT_APP_INIT_FAILED;
    return MGOS_INIT_OK;
}

void mgos_start(void)
{
    size_t size;
    void *arena = board_heap_arena(&size);

    heap_init(arena, size);
    open_console();
    mgos_event_register_base(MGOS_EVENT_SYS, "mos");
    mgos_app_preinit();
    introduce();
    describe_storage();

    enum mgos_init_result result = start_all();
    if (result != MGOS_INIT_OK) {
        LOG(LL_ERROR, ("MG init error: %d", result));
        LOG(LL_ERROR, ("Init failed: %d", result));
        console_flush();
        mgos_msleep(FAILURE_PAUSE_MS);
        mgos_system_restart();
    }
    LOG(LL_INFO, ("Init done, RAM: %u total, %u free, %u min free", (unsigned)heap_size(),
                  (unsigned)heap_available(), (unsigned)heap_low_water()));
    loop_watch_heap();
    mgos_event_trigger(MGOS_EVENT_INIT_DONE, NULL);
}
