/* Work at every turn of the loop (mongoose-os.md 6.6). */
#ifndef MGOS_MONGOOSE_H
#define MGOS_MONGOOSE_H

typedef void (*mgos_poll_cb_t)(void *cb_arg);
void mgos_add_poll_cb(mgos_poll_cb_t cb, void *cb_arg);
void mgos_remove_poll_cb(mgos_poll_cb_t cb, void *cb_arg);

/* One turn of the loop that sleeps at most `ms` milliseconds: for a function that has to wait for
 * something. Callbacks run within it. Always returns 1. */
int mongoose_poll(int ms);

#endif
