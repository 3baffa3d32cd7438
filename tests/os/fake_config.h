/* A small configuration, as `mos build` would generate it. */
#ifndef TESTS_OS_FAKE_CONFIG_H
#define TESTS_OS_FAKE_CONFIG_H

#include "mgos_config_util.h"

struct mgos_config {
    struct {
        const char *id;
        const char *sn;
    } device;
    struct {
        int level;
        const char *file_level;
        int stdout_uart, stderr_uart;
        int factory_reset_gpio;
    } debug;
    struct {
        int wdt_timeout;
    } sys;
    struct {
        struct {
            int enable; /* boolean */
            const char *ssid;
        } ap;
        struct {
            int enable; /* boolean */
            const char *ssid;
            const char *pass;
        } sta;
    } wifi;
    struct {
        double ratio;
        float gain;
        unsigned count;
    } test;
    const char *conf_acl;
};

extern struct mgos_config mgos_sys_config;
extern const struct mgos_config mgos_config_defaults;
const struct mgos_conf_entry *mgos_config_schema(void);

#endif
