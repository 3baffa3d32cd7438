/* Steps of booting, for os/mgos_init.c. */
#ifndef OS_BOOT_H
#define OS_BOOT_H

#include "mgos_init.h"

/* Loads all layers into mgos_sys_config and applies what concerns the system itself. */
enum mgos_init_result sys_config_boot(void);

#endif
