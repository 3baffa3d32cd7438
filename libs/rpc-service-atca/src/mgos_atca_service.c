/* ATCA.GetConfig, SetConfig, LockZone: the configuration zone.  mongoose-os.md 2.5 */

#include "rpc_service_atca.h"
#include "rpc_service_atca_internal.h"

#include <string.h>

#include "common/cs_dbg.h"
#include "heap.h"

enum { CONFIG_SIZE = 128, ZONE_CONFIG = 0, ZONE_DATA = 1 };

bool atca_service_slot_ok(struct mg_rpc_request_info *ri, int slot)
{
    if (slot >= 0 && slot <= 15)
        return true;
    mg_rpc_send_errorf(ri, 400, "Invalid slot");
    return false;
}

void atca_service_failed(struct mg_rpc_request_info *ri, int err, const char *what, int n)
{
    unsigned status = atecc_cryptoauthlib_status(err);

    atca_log_failure();
    if (n >= 0)
        mg_rpc_send_errorf(ri, 500, "%s %d: 0x%02x", what, n, status);
    else
        mg_rpc_send_errorf(ri, 500, "%s: 0x%02x", what, status);
}

/* --- GetConfig ------------------------------------------------------------------------------------------ */

struct config_reading {
    uint8_t config[CONFIG_SIZE];
    int failed_block;
};

static int read_config_work(struct atecc *dev, void *context)
{
    struct config_reading *reading = context;
    int err = atecc_read_config(dev, reading->config);

    /* Param2 of a Read of the configuration zone: block << 3 | word (atecc608.md 2.1). */
    reading->failed_block = dev->failure.param2 >> 3 & 3;
    return err;
}

static void get_config(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                       struct mg_str args)
{
    struct config_reading reading = {.failed_block = 0};
    int err = atca_run(read_config_work, &reading);

    (void)cb_arg;
    (void)fi;
    (void)args;
    if (err != ATECC_OK)
        atca_service_failed(ri, err, "Failed to read config zone block", reading.failed_block);
    else
        mg_rpc_send_responsef(ri, "{config: %V}", reading.config, CONFIG_SIZE);
}

/* --- SetConfig ------------------------------------------------------------------------------------------ */

static int write_config_work(struct atecc *dev, void *context)
{
    return atecc_write_config(dev, context);
}

static void set_config(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                       struct mg_str args)
{
    char *config = NULL;
    int length = 0, err;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &config, &length);
    if (config == NULL || length != CONFIG_SIZE)
        mg_rpc_send_errorf(ri, 400, "Expected %d bytes, got %d", CONFIG_SIZE, length);
    else if ((err = atca_run(write_config_work, config)) != ATECC_OK)
        atca_service_failed(ri, err, "Failed to set config", -1);
    else
        mg_rpc_send_responsef(ri, NULL);
    heap_free(config);
}

/* --- LockZone ------------------------------------------------------------------------------------------- */

static int lock_work(struct atecc *dev, void *context)
{
    return *(const int *)context == ZONE_CONFIG ? atecc_lock_config(dev) : atecc_lock_data(dev);
}

static void lock_zone(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                      struct mg_str args)
{
    int zone = -1, err;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &zone);
    if (zone != ZONE_CONFIG && zone != ZONE_DATA)
        mg_rpc_send_errorf(ri, 403, "Invalid zone");
    else if ((err = atca_run(lock_work, &zone)) != ATECC_OK)
        atca_service_failed(ri, err, "Failed to lock zone", zone);
    else
        mg_rpc_send_responsef(ri, NULL);
}

void rpc_service_atca_add(struct mg_rpc *rpc)
{
    mg_rpc_add_handler(rpc, "ATCA.GetConfig", "", get_config, NULL);
    mg_rpc_add_handler(rpc, "ATCA.SetConfig", "{config: %V}", set_config, NULL);
    mg_rpc_add_handler(rpc, "ATCA.LockZone", "{zone: %d}", lock_zone, NULL);
    atca_service_add_keys(rpc);
}
