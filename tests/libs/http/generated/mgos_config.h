/* What `mos build` would generate, as far as mgos_http_server.c reads it: the test sets the values. */
#ifndef MGOS_CONFIG_H
#define MGOS_CONFIG_H

extern struct test_http_config {
    int enable;
    const char *listen_addr, *document_root, *index_files, *hidden_files, *ssl_cert, *ssl_key, *ssl_ca_cert,
        *extra_headers;
    const char *auth_domain, *auth_file;
} test_http_config;

#define mgos_sys_config_get_http_enable()        test_http_config.enable
#define mgos_sys_config_get_http_listen_addr()   test_http_config.listen_addr
#define mgos_sys_config_get_http_document_root() test_http_config.document_root
#define mgos_sys_config_get_http_index_files()   test_http_config.index_files
#define mgos_sys_config_get_http_hidden_files()  test_http_config.hidden_files
#define mgos_sys_config_get_http_ssl_cert()      test_http_config.ssl_cert
#define mgos_sys_config_get_http_ssl_key()       test_http_config.ssl_key
#define mgos_sys_config_get_http_ssl_ca_cert()   test_http_config.ssl_ca_cert
#define mgos_sys_config_get_http_extra_headers() test_http_config.extra_headers
#define mgos_sys_config_get_http_auth_domain()   test_http_config.auth_domain
#define mgos_sys_config_get_http_auth_file()     test_http_config.auth_file

#endif
