/* Events: named by a number, sent to whoever asked, at once and in the order of asking (mongoose-os.md
 * 6.4). */
#ifndef MGOS_EVENT_H
#define MGOS_EVENT_H

#include <stdbool.h>
#include <stdint.h>

/* Three letters name a group; its events count up from the base, 256 at most. */
#define MGOS_EVENT_BASE(a, b, c) ((int)((unsigned)(a) << 24 | (unsigned)(b) << 16 | (unsigned)(c) << 8))

#define MGOS_EVENT_SYS MGOS_EVENT_BASE('M', 'O', 'S')
enum mgos_event_sys {
    MGOS_EVENT_INIT_DONE = MGOS_EVENT_SYS, /* NULL */
    MGOS_EVENT_LOG,                        /* struct mgos_debug_hook_arg * (mgos_debug.h) */
    MGOS_EVENT_REBOOT,                     /* NULL */
    MGOS_EVENT_TIME_CHANGED,               /* struct mgos_time_changed_arg * (mgos_time.h) */
    MGOS_EVENT_CLOUD_CONNECTED,            /* struct mgos_cloud_arg *, as the next three */
    MGOS_EVENT_CLOUD_DISCONNECTED,
    MGOS_EVENT_CLOUD_CONNECTING,
    MGOS_EVENT_CLOUD_CONNECTERROR,
    MGOS_EVENT_REBOOT_AFTER, /* struct mgos_event_reboot_after_arg * */
};

enum mgos_cloud_type {
    MGOS_CLOUD_MQTT,
    MGOS_CLOUD_DASH,
    MGOS_CLOUD_AWS,
    MGOS_CLOUD_AZURE,
    MGOS_CLOUD_GCP,
    MGOS_CLOUD_WATSON,
};
struct mgos_cloud_arg {
    enum mgos_cloud_type type;
};
struct mgos_event_reboot_after_arg {
    int64_t reboot_at_uptime_micros;
};

typedef void (*mgos_event_handler_t)(int ev, void *ev_data, void *userdata);

/* Reserves a group. False: taken under another name (logged), or memory is out. */
bool mgos_event_register_base(int base_event_number, const char *name);
/* Number of handlers run. */
int mgos_event_trigger(int ev, void *ev_data);
/* False: memory is out. */
bool mgos_event_add_handler(int ev, mgos_event_handler_t cb, void *userdata);
bool mgos_event_add_group_handler(int evgrp, mgos_event_handler_t cb, void *userdata);
/* False: there was no such handler. Allowed within a handler. */
bool mgos_event_remove_handler(int ev, mgos_event_handler_t cb, void *userdata);
bool mgos_event_remove_group_handler(int evgrp, mgos_event_handler_t cb, void *userdata);

#endif
