/* Wifi.Scan, Wifi.SetupSTA, Wifi.SetupAP.  mongoose-os.md 2.6
 *
 * What is set up lasts until the next boot: to keep it, change the configuration.
 */

#include <stdbool.h>
#include <stdio.h>

#include "heap.h"
#include "mgos_rpc.h"
#include "mgos_sys_config.h"
#include "mgos_wifi.h"

bool mgos_rpc_service_wifi_init(void);

/* --- Scan ----------------------------------------------------------------------------------------------- */

struct networks {
    int count;
    const struct mgos_wifi_scan_result *results;
};

static int print_networks(struct json_out *out, va_list *ap)
{
    const struct networks *networks = va_arg(*ap, const struct networks *);
    int length = 0;

    for (int i = 0; i < networks->count; i++) {
        const struct mgos_wifi_scan_result *network = &networks->results[i];
        const uint8_t *b = network->bssid;
        char bssid[18];

        snprintf(bssid, sizeof(bssid), "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
        length +=
            json_printf(out, "%s{ssid: %Q, bssid: %Q, auth: %d, channel: %d, rssi: %d}", i > 0 ? ", " : "",
                        network->ssid, bssid, (int)network->auth_mode, network->channel, network->rssi);
    }
    return length;
}

static void scanned(int num_res, struct mgos_wifi_scan_result *res, void *arg)
{
    struct networks networks = {num_res, res};

    if (num_res < 0)
        mg_rpc_send_errorf(arg, num_res, "wifi scan failed");
    else
        mg_rpc_send_responsef(arg, "[%M]", print_networks, &networks);
}

static void scan(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                 struct mg_str args)
{
    (void)cb_arg;
    (void)fi;
    (void)args;
    mgos_wifi_scan(scanned, ri);
}

/* --- Setup ---------------------------------------------------------------------------------------------- */

static void setup_sta(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                      struct mg_str args)
{
    char *ssid = NULL, *pass = NULL, *ip = NULL, *netmask = NULL, *gw = NULL;
    bool enable = false;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &enable, &ssid, &pass, &ip, &netmask, &gw);

    struct mgos_config_wifi_sta sta = {
        .enable = enable, .ssid = ssid, .pass = pass, .ip = ip, .netmask = netmask, .gw = gw};

    if (mgos_wifi_setup_sta(&sta))
        mg_rpc_send_responsef(ri, NULL);
    else
        mg_rpc_send_errorf(ri, -1, "mgos_wifi_setup_sta failed");
    heap_free(ssid);
    heap_free_secret(pass);
    heap_free(ip);
    heap_free(netmask);
    heap_free(gw);
}

/* The rest of the arguments would only matter to a board with a radio: none yet. */
static void setup_ap(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                     struct mg_str args)
{
    struct mgos_config_wifi_ap ap = {0};
    bool enable = false;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, "{enable: %B}", &enable);
    ap.enable = enable;
    if (mgos_wifi_setup_ap(&ap))
        mg_rpc_send_responsef(ri, NULL);
    else
        mg_rpc_send_errorf(ri, -1, "mgos_wifi_setup_ap failed");
}

bool mgos_rpc_service_wifi_init(void)
{
    struct mg_rpc *rpc = mgos_rpc_get_global();

    mg_rpc_add_handler(rpc, "Wifi.Scan", "", scan, NULL);
    mg_rpc_add_handler(rpc, "Wifi.SetupSTA", "{enable: %B, ssid: %Q, pass: %Q, ip: %Q, netmask: %Q, gw: %Q}",
                       setup_sta, NULL);
    mg_rpc_add_handler(
        rpc, "Wifi.SetupAP",
        "{enable: %B, ssid: %Q, pass: %Q, channel: %d, ip: %Q, netmask: %Q, gw: %Q, dhcp_start: %Q, "
        "dhcp_end: %Q}",
        setup_ap, NULL);
    return true;
}
