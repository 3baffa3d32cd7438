/* Reads mqtt.* and starts the connection when the board has an address.  mongoose-os.md 4.9, 7.4 */

#include "heap.h"
#include "mgos_event.h"
#include "mgos_mqtt.h"
#include "mgos_mqtt_global.h"
#include "mgos_net.h"
#include "mgos_sys_config.h"
#include "mgos_system.h"
#include "net.h"

bool mgos_mqtt_init(void);

/* Seconds of the configuration, the only doubles here. */
static uint32_t milliseconds(double seconds)
{
    return seconds > 0 && seconds < 86400 ? (uint32_t)(seconds * 1000) : 0;
}

static struct mqtt_conn_options read_options(const struct mgos_config_mqtt *cfg)
{
    return (struct mqtt_conn_options){
        .server = cfg->server,
        .client_id = cfg->client_id != NULL ? cfg->client_id : mgos_sys_config_get_device_id(),
        .user = cfg->user,
        .pass = cfg->pass,
        .will_topic = cfg->will_topic,
        .will_message = cfg->will_message,
        .ssl_cert = cfg->ssl_cert,
        .ssl_key = cfg->ssl_key,
        .ssl_ca_cert = cfg->ssl_ca_cert,
        .will_retain = cfg->will_retain,
        .clean_session = cfg->clean_session,
        .require_time = cfg->require_time,
        .cloud_events = cfg->cloud_events,
        .keep_alive = cfg->keep_alive,
        .max_qos = cfg->max_qos,
        .recv_mbuf_limit = cfg->recv_mbuf_limit,
        .max_queue_length = cfg->max_queue_length,
        .reconnect_min_ms = milliseconds(cfg->reconnect_timeout_min),
        .reconnect_max_ms = milliseconds(cfg->reconnect_timeout_max),
    };
}

bool mgos_mqtt_set_config(const struct mgos_config_mqtt *cfg)
{
    struct mqtt_conn_options options = read_options(cfg);

    return mgos_mqtt_global() != NULL && mqtt_conn_configure(mgos_mqtt_global(), &options);
}

static void network_up(void *conn)
{
    mqtt_conn_network_up(conn);
}

/* Always from the loop: while the libraries initialise, the one that knows our key may not be ready. */
static void on_ip_acquired(int event, void *data, void *conn)
{
    mgos_invoke_cb(network_up, conn, 0);
    (void)event;
    (void)data;
}

bool mgos_mqtt_init(void)
{
    struct mqtt_conn_options options;
    struct mqtt_conn *conn;
    struct net_ip ip;

    if (!mgos_sys_config_get_mqtt_enable())
        return true;
    options = read_options(mgos_sys_config_get_mqtt());
    conn = mqtt_conn_create(&options);
    if (conn == NULL)
        return true; /* logged; a board that cannot reach its broker must still boot, to be configured */
    mgos_mqtt_set_global(conn);
    if (!mgos_event_add_handler(MGOS_NET_EV_IP_ACQUIRED, on_ip_acquired, conn))
        return false;
    if (net_get_ip(&ip))
        on_ip_acquired(MGOS_NET_EV_IP_ACQUIRED, NULL, conn);
    return true;
}
