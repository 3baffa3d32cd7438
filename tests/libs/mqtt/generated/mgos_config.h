/* What `mos build` would generate of libs/mqtt/mos.yml: enough for libs/mqtt/src/mgos_mqtt_init.c and its
 * test. */
#ifndef MGOS_CONFIG_H
#define MGOS_CONFIG_H

struct mgos_config_mqtt {
    int enable;
    const char *server, *client_id, *user, *pass;
    double reconnect_timeout_min, reconnect_timeout_max;
    const char *ssl_cert, *ssl_key, *ssl_ca_cert;
    int clean_session;
    int keep_alive;
    const char *will_topic, *will_message;
    int will_retain;
    int max_qos, recv_mbuf_limit;
    int require_time, cloud_events;
    int max_queue_length;
};

int mgos_sys_config_get_mqtt_enable(void);
const struct mgos_config_mqtt *mgos_sys_config_get_mqtt(void);
const char *mgos_sys_config_get_device_id(void);

#endif
