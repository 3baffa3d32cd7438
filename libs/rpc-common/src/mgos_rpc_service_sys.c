/* Sys.GetInfo, Sys.Reboot, Sys.SetDebug.  mongoose-os.md 2.2 */

#include "mgos_rpc_service_sys.h"

#include "build_info.h"
#include "common/cs_dbg.h"
#include "heap.h"
#include "mgos_ro_vars.h"
#include "mgos_system.h"
#include "mgos_time.h"

/* The "wifi" member stands in the answer when the library is part of the firmware. */
#ifdef MGOS_HAVE_WIFI
#include "mgos_wifi.h"

static int print_interfaces(struct json_out *out, va_list *ap)
{
    (void)ap;
    return json_printf(out, ",wifi: ") + mgos_wifi_print_status(out);
}
#else
static int print_interfaces(struct json_out *out, va_list *ap)
{
    (void)out;
    (void)ap;
    return 0;
}
#endif

static void get_info(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                     struct mg_str args)
{
    const struct mgos_rpc_sys_options *options = cb_arg;

    (void)fi;
    (void)args;
    mg_rpc_send_responsef(
        ri,
        "{id: %Q, app: %Q, fw_version: %Q, fw_id: %Q, mg_version: %Q, mg_id: %Q, mac: %Q, arch: %Q, uptime: "
        "%lu, "
        "public_key: %Q, ram_size: %lu, ram_free: %lu, ram_min_free: %lu, fs_size: %lu, fs_free: %lu%M}",
        options->id, mgos_sys_ro_vars_get_app(), mgos_sys_ro_vars_get_fw_version(),
        mgos_sys_ro_vars_get_fw_id(), mg_build_version, mg_build_id, mgos_sys_ro_vars_get_mac_address(),
        mgos_sys_ro_vars_get_arch(), (unsigned long)(mgos_uptime_micros() / 1000000), options->public_key,
        (unsigned long)mgos_get_heap_size(), (unsigned long)mgos_get_free_heap_size(),
        (unsigned long)mgos_get_min_free_heap_size(), (unsigned long)mgos_get_fs_size(),
        (unsigned long)mgos_get_free_fs_size(), print_interfaces);
}

static void reboot(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                   struct mg_str args)
{
    bool abort_it = false;
    int delay_ms = 100;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &abort_it, &delay_ms);
    if (delay_ms < 0) {
        mg_rpc_send_errorf(ri, 400, "invalid delay value");
        return;
    }
    mg_rpc_send_responsef(ri, NULL);
    if (abort_it)
        mgos_system_abort_after(delay_ms);
    else
        mgos_system_restart_after(delay_ms);
}

/* Success is an error frame with code 0: so it is in Mongoose OS, and `mos` takes it for success. */
static void set_debug(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                      struct mg_str args)
{
    char *udp_log_addr = NULL, *file_level = NULL;
    int level = _LL_MIN;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &udp_log_addr, &level, &file_level);
    if (udp_log_addr != NULL) {
        mg_rpc_send_errorf(ri, 501, "MGOS_ENABLE_DEBUG_UDP is not enabled");
    } else if (level != _LL_MIN && (level < LL_NONE || level > LL_VERBOSE_DEBUG)) {
        mg_rpc_send_errorf(ri, 400, "invalid level");
    } else {
        if (level != _LL_MIN)
            cs_log_set_level((enum cs_log_level)level);
        if (file_level != NULL)
            cs_log_set_file_level(file_level);
        mg_rpc_send_errorf(ri, 0, NULL);
    }
    heap_free(udp_log_addr);
    heap_free(file_level);
}

void mgos_rpc_service_sys_add(struct mg_rpc *rpc, const struct mgos_rpc_sys_options *options)
{
    void *arg = (void *)(uintptr_t)options; /* only read */

    mg_rpc_add_handler(rpc, "Sys.Reboot", "{abort: %B, delay_ms: %d}", reboot, NULL);
    mg_rpc_add_handler(rpc, "Sys.GetInfo", "", get_info, arg);
    mg_rpc_add_handler(rpc, "Sys.SetDebug", "{udp_log_addr: %Q, level: %d, file_level: %Q}", set_debug, NULL);
}
