/* What an application may know of itself and the board: mgos_sys_ro_vars_get_… (mongoose-os.md 4.2). */
#ifndef MGOS_RO_VARS_H
#define MGOS_RO_VARS_H

const char *mgos_sys_ro_vars_get_mac_address(void); /* "A1B2C3D4E5F6" */
const char *mgos_sys_ro_vars_get_arch(void);        /* "linux" */
const char *mgos_sys_ro_vars_get_app(void);
const char *mgos_sys_ro_vars_get_fw_version(void);
const char *mgos_sys_ro_vars_get_fw_timestamp(void);
const char *mgos_sys_ro_vars_get_fw_id(void);

#endif
