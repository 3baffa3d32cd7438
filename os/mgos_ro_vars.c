/* What the firmware knows of itself. os/include/mgos_ro_vars.h */

#include "mgos_ro_vars.h"

#include <stddef.h>
#include <stdio.h>

#include "board.h"
#include "build_info.h"

const char *mgos_sys_ro_vars_get_mac_address(void)
{
    static char text[13];
    const uint8_t *mac = board_info()->mac;

    snprintf(text, sizeof(text), "%02X%02X%02X%02X%02X%02X", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
    return text;
}

const char *mgos_sys_ro_vars_get_arch(void)
{
    return board_info()->arch;
}

const char *mgos_sys_ro_vars_get_app(void)
{
    return build_app;
}

const char *mgos_sys_ro_vars_get_fw_version(void)
{
    return build_version;
}

const char *mgos_sys_ro_vars_get_fw_timestamp(void)
{
    return build_timestamp;
}

const char *mgos_sys_ro_vars_get_fw_id(void)
{
    return build_id;
}
