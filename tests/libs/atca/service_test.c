/* ATCA.*: mongoose-os.md 2.5, on the virtual chip. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "chip_world.h"
#include "common/cs_base64.h"
#include "fake_board.h"
#include "loopback.h"
#include "rpc_service_atca.h"

static struct mg_rpc *rpc;
static struct loopback line;

static int start(void **state)
{
    (void)state;
    chip_world_start();
    chip_world_boot(true);
    rpc = loopback_start(&line);
    rpc_service_atca_add(rpc);
    fake_uart_output();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    mg_rpc_free(rpc);
    chip_world_stop();
    return 0;
}

static void gives(const char *method, const char *params, const char *payload)
{
    assert_string_equal(loopback_call(&line, method, params), payload);
}

/* The bytes of the base64 text that follows `before` in the answer to a call. */
static size_t bytes_of(const char *payload, const char *before, uint8_t *out, size_t size)
{
    const char *at = strstr(payload, before);
    uint8_t bytes[256];
    size_t length;

    if (at == NULL)
        fail_msg("no %s in %s", before, payload);
    at += strlen(before);
    length = cs_base64_decode(at, strcspn(at, "\""), bytes);
    assert_true(length <= size);
    memcpy(out, bytes, length);
    return length;
}

static const char *set_key(int slot, const char *more, const uint8_t *key, size_t length, const uint8_t *wkey)
{
    char text[64], wtext[64] = "", params[256];

    cs_base64_encode(key, length, text);
    if (wkey != NULL)
        cs_base64_encode(wkey, 32, wtext);
    snprintf(params, sizeof(params), "{\"slot\":%d%s,\"key\":\"%s\"%s%s%s}", slot, more, text,
             wkey != NULL ? ",\"wkey\":\"" : "", wtext, wkey != NULL ? "\",\"wkslot\":4" : "");
    return loopback_call(&line, "ATCA.SetKey", params);
}

static const uint8_t write_key[32] = {0x11, 0x22, 0x33};

static void gives_the_configuration(void **state)
{
    uint8_t config[128];

    (void)state;
    assert_int_equal(
        bytes_of(loopback_call(&line, "ATCA.GetConfig", NULL), "\"result\":{\"config\": \"", config, 128),
        128);
    assert_int_equal(config[0], 0x01);
    assert_int_equal(config[3], 0xb2);
    assert_int_equal(config[8], 0xc3);
    assert_int_equal(config[86], 0x00);
    assert_int_equal(config[87], 0x00);
}

static void installs_a_private_key_with_the_write_key(void **state)
{
    /* RFC 6979 A.2.5, whose public key the peer knows. */
    static const uint8_t key[32] = {
        0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16, 0x6B, 0x5C, 0x21, 0x57, 0x67, 0xB1, 0xD6, 0x93,
        0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8, 0x9B, 0x12, 0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F, 0x67, 0x21,
    };
    uint8_t public_key[64];

    (void)state;
    assert_string_equal(set_key(4, "", write_key, 32, NULL), "\"result\":null");
    assert_string_equal(set_key(0, ",\"ecc\":true", key, 32, write_key), "\"result\":null");
    assert_int_equal(bytes_of(loopback_call(&line, "ATCA.GetPubKey", "{\"slot\":0}"),
                              "\"result\":{\"pubkey\": \"", public_key, 64),
                     64);
    assert_memory_equal(public_key, peer_public, 64);
}

/* A tool that drops leading zeros means the same number. */
static void a_shorter_private_key_is_a_number_with_leading_zeros(void **state)
{
    static const uint8_t key[31] = {7, 8, 9};
    static const uint8_t padded[32] = {0, 7, 8, 9};
    uint8_t first[64], second[64];

    (void)state;
    set_key(4, "", write_key, 32, NULL);
    assert_string_equal(set_key(0, ",\"ecc\":true", key, 31, write_key), "\"result\":null");
    bytes_of(loopback_call(&line, "ATCA.GetPubKey", "{\"slot\":0}"), "\"pubkey\": \"", first, 64);
    assert_string_equal(set_key(0, ",\"ecc\":true", padded, 32, write_key), "\"result\":null");
    bytes_of(loopback_call(&line, "ATCA.GetPubKey", "{\"slot\":0}"), "\"pubkey\": \"", second, 64);
    assert_memory_equal(first, second, 64);
}

static void a_wrong_write_key_is_refused_and_explained(void **state)
{
    static const uint8_t key[32] = {1}, wrong[32] = {0x12};

    (void)state;
    set_key(4, "", write_key, 32, NULL);
    fake_uart_output();
    assert_string_equal(set_key(0, ",\"ecc\":true", key, 32, wrong),
                        "\"error\":{\"code\":500,\"message\":\"Failed to set key: 0xf4\"}");
    assert_non_null(strstr(fake_uart_output(), "the write key does not match the one in slot 4"));
}

static void keys_never_reach_the_log(void **state)
{
    static const uint8_t key[32] = "sixteen and more bytes of secret";
    char base64[64], console[8192];

    (void)state;
    cs_base64_encode(key, 32, base64);
    set_key(4, "", key, 32, NULL);
    set_key(0, ",\"ecc\":true", key, 32, key);
    set_key(0, ",\"ecc\":true", key, 32, write_key);
    strcpy(console, fake_uart_output());
    assert_non_null(strstr(console, "ATCA.SetKey via UART"));
    base64[8] = '\0';
    assert_null(strstr(console, base64));
    assert_null(strstr(console, "sixteen"));
}

static void set_key_says_what_is_wrong(void **state)
{
    static const uint8_t key[33] = {1};

    (void)state;
    gives("ATCA.SetKey", NULL, "\"error\":{\"code\":400,\"message\":\"Invalid slot\"}");
    gives("ATCA.SetKey", "{\"slot\":16}", "\"error\":{\"code\":400,\"message\":\"Invalid slot\"}");
    gives("ATCA.SetKey", "{\"slot\":0}", "\"error\":{\"code\":400,\"message\":\"Expected 32 bytes, got 0\"}");
    assert_string_equal(set_key(0, ",\"ecc\":true", key, 33, NULL),
                        "\"error\":{\"code\":400,\"message\":\"Expected 32 bytes, got 33\"}");
    gives("ATCA.SetKey", "{\"slot\":0,\"key\":\"AAAA\",\"wkey\":\"AAAA\"}",
          "\"error\":{\"code\":400,\"message\":\"Expected 32 bytes, got 3\"}");
    assert_string_equal(set_key(4, "", key, 31, NULL),
                        "\"error\":{\"code\":500,\"message\":\"Failed to set key: 0xe2\"}");
    assert_string_equal(set_key(4, ",\"block\":256", key, 32, NULL),
                        "\"error\":{\"code\":500,\"message\":\"Failed to set key: 0xe2\"}");
    assert_string_equal(set_key(0, ",\"ecc\":true,\"wkslot\":260", key, 32, NULL),
                        "\"error\":{\"code\":500,\"message\":\"Failed to set key: 0xe2\"}");
}

static void generates_and_signs(void **state)
{
    static const uint8_t digest[32] = {1};
    uint8_t public_key[64], again[64], signature[64];

    (void)state;
    assert_int_equal(bytes_of(loopback_call(&line, "ATCA.GenKey", "{\"slot\":1}"),
                              "\"result\":{\"pubkey\": \"", public_key, 64),
                     64);
    bytes_of(loopback_call(&line, "ATCA.GetPubKey", "{\"slot\":1}"), "\"pubkey\": \"", again, 64);
    assert_memory_equal(public_key, again, 64);
    bytes_of(loopback_call(&line, "ATCA.Sign",
                           "{\"slot\":1,\"digest\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}"),
             "\"result\":{\"signature\": \"", signature, 64);
    assert_true(peer_verifies(public_key, digest, signature));
}

static void says_what_is_wrong_with_keys(void **state)
{
    (void)state;
    gives("ATCA.GenKey", NULL, "\"error\":{\"code\":400,\"message\":\"Invalid slot\"}");
    gives("ATCA.GenKey", "{\"slot\":4}",
          "\"error\":{\"code\":500,\"message\":\"Failed generate key on slot 4: 0xf4\"}");
    gives("ATCA.GetPubKey", "{\"slot\":-1}", "\"error\":{\"code\":400,\"message\":\"Invalid slot\"}");
    gives("ATCA.GetPubKey", "{\"slot\":1}",
          "\"error\":{\"code\":500,\"message\":\"Failed get public key for slot 1: 0xf4\"}");
    gives("ATCA.Sign", "{\"slot\":0,\"digest\":\"AAAA\"}",
          "\"error\":{\"code\":400,\"message\":\"Expected 32 bytes, got 3\"}");
    gives("ATCA.Sign", "{\"slot\":1,\"digest\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}",
          "\"error\":{\"code\":500,\"message\":\"Failed to sign: 0xf4\"}");
}

static void a_locked_chip_refuses_configuration_and_locking(void **state)
{
    char params[256] = "{\"config\":\"", zeros[128] = {0};

    (void)state;
    cs_base64_encode(zeros, sizeof(zeros), params + strlen(params));
    strcat(params, "\"}");
    gives("ATCA.SetConfig", params, "\"error\":{\"code\":500,\"message\":\"Failed to set config: 0xf4\"}");
    gives("ATCA.SetConfig", NULL, "\"error\":{\"code\":400,\"message\":\"Expected 128 bytes, got 0\"}");
    gives("ATCA.SetConfig", "{\"config\":\"AAAA\"}",
          "\"error\":{\"code\":400,\"message\":\"Expected 128 bytes, got 3\"}");
    gives("ATCA.LockZone", "{\"zone\":0}",
          "\"error\":{\"code\":500,\"message\":\"Failed to lock zone 0: 0xf4\"}");
    gives("ATCA.LockZone", "{\"zone\":1}",
          "\"error\":{\"code\":500,\"message\":\"Failed to lock zone 1: 0xf4\"}");
    gives("ATCA.LockZone", NULL, "\"error\":{\"code\":403,\"message\":\"Invalid zone\"}");
}

static void aes_says_what_is_wrong(void **state)
{
    (void)state;
    gives("ATCA.AES", NULL, "\"error\":{\"code\":400,\"message\":\"Invalid slot\"}");
    gives("ATCA.AES", "{\"slot\":5,\"data\":\"AAAA\"}",
          "\"error\":{\"code\":400,\"message\":\"Data must be padded to AES block (16)\"}");
    gives("ATCA.AES", "{\"slot\":5,\"mode\":2,\"data\":\"AAAAAAAAAAAAAAAAAAAAAA==\"}",
          "\"error\":{\"code\":400,\"message\":\"Invalid mode\"}");
    gives("ATCA.AES", "{\"slot\":0,\"data\":\"AAAAAAAAAAAAAAAAAAAAAA==\"}",
          "\"error\":{\"code\":500,\"message\":\"Failed to encrypt: 0xf4\"}");
    gives("ATCA.AES", "{\"slot\":0,\"mode\":1,\"data\":\"AAAAAAAAAAAAAAAAAAAAAA==\"}",
          "\"error\":{\"code\":500,\"message\":\"Failed to decrypt: 0xf4\"}");
}

static void an_unplugged_chip_is_an_error_until_it_is_back(void **state)
{
    (void)state;
    chip_world_unplug();
    gives("ATCA.GetConfig", NULL,
          "\"error\":{\"code\":500,\"message\":\"Failed to read config zone block 0: 0xd0\"}");
    assert_non_null(strstr(fake_uart_output(), "No ATECC answered at 0x60"));
    chip_world_plug();
    assert_non_null(strstr(loopback_call(&line, "ATCA.GetConfig", NULL), "\"result\":{\"config\": "));
}

#define POINT(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POINT(gives_the_configuration),
        POINT(installs_a_private_key_with_the_write_key),
        POINT(a_shorter_private_key_is_a_number_with_leading_zeros),
        POINT(a_wrong_write_key_is_refused_and_explained),
        POINT(keys_never_reach_the_log),
        POINT(set_key_says_what_is_wrong),
        POINT(generates_and_signs),
        POINT(says_what_is_wrong_with_keys),
        POINT(a_locked_chip_refuses_configuration_and_locking),
        POINT(aes_says_what_is_wrong),
        POINT(an_unplugged_chip_is_an_error_until_it_is_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
