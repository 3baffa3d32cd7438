/* What the application gives the system (mongoose-os.md 6.1). */
#ifndef MGOS_APP_H
#define MGOS_APP_H

enum mgos_app_init_result {
    MGOS_APP_INIT_SUCCESS = 0,
    MGOS_APP_INIT_ERROR = -2,
};

/* Called once, when the configuration is loaded and all libraries are initialised. Anything but success
 * restarts the board. The default does nothing and succeeds. */
enum mgos_app_init_result mgos_app_init(void);

/* Called at the very beginning: no configuration, no log level, no libraries. The default does nothing. */
void mgos_app_preinit(void);

#endif
