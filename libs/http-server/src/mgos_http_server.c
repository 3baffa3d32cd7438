/* Start-up from the configuration, and the application's interface to the one server of the board. */

#include "mgos_http_server.h"

#include <string.h>

#include "build_info.h"
#include "common/cs_dbg.h"
#include "heap.h"
#include "http_server.h"
#include "mgos_sys_config.h"

static struct http_server server;

bool mgos_register_http_endpoint(const char *uri, mgos_http_handler_t handler, void *user_data)
{
    return http_server_add_endpoint(&server, uri, handler, user_data);
}

bool mgos_http_server_set_document_root(const char *root)
{
    char *copy = heap_strdup(root ? root : "");

    if (copy == NULL)
        return false;
    heap_free((void *)server.files.document_root);
    server.files.document_root = copy;
    return true;
}

static bool is_set(const char *text)
{
    return text != NULL && *text != '\0';
}

bool mgos_http_server_init(void)
{
    const struct http_server_options options = {
        .listen_addr = mgos_sys_config_get_http_listen_addr(),
        .document_root = mgos_sys_config_get_http_document_root(),
        .index_files = mgos_sys_config_get_http_index_files(),
        .hidden_files = mgos_sys_config_get_http_hidden_files(),
        .ssl_cert = mgos_sys_config_get_http_ssl_cert(),
        .ssl_key = mgos_sys_config_get_http_ssl_key(),
        .ssl_ca_cert = mgos_sys_config_get_http_ssl_ca_cert(),
        .extra_headers = mgos_sys_config_get_http_extra_headers(),
        .version = mg_build_version,
    };

    if (!mgos_sys_config_get_http_enable())
        return true;
    if (!is_set(options.listen_addr)) {
        LOG(LL_WARN, ("HTTP Server disabled, listening address is empty"));
        return true;
    }
    /* A board that cannot be reached over the serial line because it restarts for ever helps nobody: from
     * here on, what is wrong is said and the board goes on without the server. */
    if (is_set(mgos_sys_config_get_http_auth_domain()) || is_set(mgos_sys_config_get_http_auth_file())) {
        LOG(LL_ERROR, ("HTTP server not started: http.auth_domain or http.auth_file asks for digest "
                       "authentication, which is not "
                       "implemented; use client certificates (http.ssl_ca_cert)"));
        return true;
    }
    if (!http_server_start(&server, &options))
        LOG(LL_ERROR, ("HTTP server not started: out of memory"));
    return true;
}
