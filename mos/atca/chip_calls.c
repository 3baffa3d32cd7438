/* ATCA.* calls.  mongoose-os.md 2.5, 2.5.4, 3.13 */

#include "chip_calls.h"

#include "base64.h"
#include "device.h"
#include "fail.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The driver's statuses that a person can do something about (2.5.4); found as `0x<ss>` in the board's
 * message. */
static const struct {
    const char *status;
    const char *meaning;
} statuses[] = {
    {"0xd0", "The chip did not wake up: is it wired to SCL, SDA, 3.3 V and GND?"},
    {"0xe7", "The chip did not respond: is it wired to SCL, SDA, 3.3 V and GND?"},
    {"0xf0", "The bus to the chip failed: is it wired to SCL, SDA, 3.3 V and GND?"},
    {"0xf7", "Nobody acknowledged on the bus: is the chip wired, and sys.atca.i2c_addr right?"},
    {"0x01", "The zone is already locked."},
    {"0x02", "The zone is already locked."},
    {"0xf4", "The chip refused: the slot is not configured for this, is locked or empty, or a zone is not "
             "locked yet."},
};

static int fail_with_status(const struct reply *reply)
{
    const char *at;

    reply_fail(reply);
    if (reply->status == CALL_REFUSED && reply->code == 404)
        return fail("The firmware has no ATCA methods: it needs rpc-service-atca, sys.atca.enable and "
                    "i2c.enable set to "
                    "true, and a chip that answers when the board starts.");
    at = strstr(reply->message, "0x");
    for (size_t i = 0; reply->status == CALL_REFUSED && at && i < sizeof statuses / sizeof statuses[0]; i++) {
        if (strncmp(at, statuses[i].status, 4) == 0)
            return fail("%s", statuses[i].meaning);
    }
    return 1;
}

/* Calls, and expects `size` bytes in member `name` of the result (NULL: nothing). 0, or 1 after fail(). */
static int call_for_bytes(struct device *device, const char *method, json_t *params, const char *name,
                          uint8_t *bytes, size_t size)
{
    struct reply reply;
    json_t *result = NULL;
    const char *text;
    uint8_t *data = NULL;
    size_t count = 0;
    int status = 0;

    device_call_json(device, method, params, 1, &reply);
    if (reply.status != CALL_OK) {
        status = fail_with_status(&reply);
    } else if (name) {
        result = reply_json(&reply);
        text = json_string_value(json_object_get(result, name));
        if (text)
            data = base64_decode(text, &count);
        if (data && count == size)
            memcpy(bytes, data, size);
        else
            status = fail("the board's answer to %s has no \"%s\" of %zu bytes: %.80s", method, name, size,
                          reply.result);
    }
    free(data);
    json_decref(result);
    reply_free(&reply);
    return status;
}

int chip_open(struct device *device, struct chip_config *config)
{
    uint8_t bytes[CHIP_CONFIG_SIZE];
    char why[80];

    if (call_for_bytes(device, "ATCA.GetConfig", json_object(), "config", bytes, sizeof bytes))
        return 1;
    if (chip_config_decode(config, bytes, why, sizeof why))
        return fail("%s", why);
    fprintf(stderr, "\n%s rev 0x%x S/N 0x", chip_config_model(config), config->revision);
    for (size_t i = 0; i < sizeof config->serial; i++)
        fprintf(stderr, "%02x", config->serial[i]);
    fprintf(stderr, ", config is %s, data is %s\n", config->config_locked ? "locked" : "unlocked",
            config->data_locked ? "locked" : "unlocked");
    if (!config->config_locked || !config->data_locked)
        report("WARNING: Either config or data zone are not locked, chip is not fully configured");
    report("%s", "");
    return 0;
}

int chip_slot_argument(const char *text)
{
    char *end;
    long slot = strtol(text, &end, 0);

    if (end == text || *end || slot < 0 || slot >= CHIP_SLOT_COUNT) {
        fail("invalid slot number \"%s\"", text);
        return -1;
    }
    return (int)slot;
}

/* X and Y make a key only if the point is on the curve, which OpenSSL checks. */
static EVP_PKEY *public_key(const uint8_t point[64])
{
    uint8_t encoded[65] = {0x04};
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"prime256v1", 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *pkey = NULL;

    memcpy(encoded + 1, point, 64);
    if (!context || EVP_PKEY_fromdata_init(context) <= 0 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) <= 0) {
        fail("the public key that the board gave is no point of P-256.");
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return pkey;
}

EVP_PKEY *chip_gen_key(struct device *device, int slot)
{
    uint8_t point[64];

    if (call_for_bytes(device, "ATCA.GenKey", json_pack("{s:i}", "slot", slot), "pubkey", point,
                       sizeof point))
        return NULL;
    return public_key(point);
}

EVP_PKEY *chip_get_pub_key(struct device *device, int slot)
{
    uint8_t point[64];

    if (call_for_bytes(device, "ATCA.GetPubKey", json_pack("{s:i}", "slot", slot), "pubkey", point,
                       sizeof point))
        return NULL;
    return public_key(point);
}

int chip_sign(struct device *device, int slot, const uint8_t digest[32], uint8_t signature[64])
{
    char *text = base64_encode(digest, 32);
    int status;

    if (!text)
        return fail("out of memory");
    status = call_for_bytes(device, "ATCA.Sign", json_pack("{s:s,s:i}", "digest", text, "slot", slot),
                            "signature", signature, 64);
    free(text);
    return status;
}

/* Members in the order of mongoose-os.md 3.13; those that are zero, false or empty are left out, but for
 * `slot`. */
static json_t *set_key_params(const struct chip_new_key *new_key)
{
    json_t *params = json_object();
    char *key = base64_encode(new_key->key, CHIP_KEY_SIZE);
    char *write_key = new_key->write_key ? base64_encode(new_key->write_key, CHIP_KEY_SIZE) : NULL;

    if (new_key->is_ecc)
        json_object_set_new(params, "ecc", json_true());
    json_object_set_new(params, "key", json_string(key ? key : ""));
    json_object_set_new(params, "slot", json_integer(new_key->slot));
    if (new_key->block)
        json_object_set_new(params, "block", json_integer(new_key->block));
    if (write_key) {
        json_object_set_new(params, "wkey", json_string(write_key));
        if (new_key->write_slot)
            json_object_set_new(params, "wkslot", json_integer(new_key->write_slot));
    }
    if (key)
        OPENSSL_cleanse(key, strlen(key));
    if (write_key)
        OPENSSL_cleanse(write_key, strlen(write_key));
    free(key);
    free(write_key);
    return params;
}

int chip_set_key(struct device *device, const struct chip_new_key *new_key)
{
    struct reply reply;
    int status = 0;

    device_call_json(device, "ATCA.SetKey", set_key_params(new_key), 1, &reply);
    if (reply.status == CALL_REFUSED && new_key->write_key && strstr(reply.message, "0xf4")) {
        reply_fail(&reply);
        status = fail(
            "the chip refused the encrypted write: the write key in %s is not the one in slot %d, or slot %d "
            "does not take encrypted writes. Nothing was changed.",
            new_key->write_key_path, new_key->write_slot, new_key->slot);
    } else if (reply.status != CALL_OK) {
        fail_with_status(&reply);
        status = reply.status == CALL_REFUSED ? 1 : 2;
    }
    reply_free(&reply);
    return status;
}

int chip_set_config(struct device *device, const uint8_t bytes[CHIP_CONFIG_SIZE])
{
    char *text = base64_encode(bytes, CHIP_CONFIG_SIZE);
    int status;

    if (!text)
        return fail("out of memory");
    status = call_for_bytes(device, "ATCA.SetConfig", json_pack("{s:s}", "config", text), NULL, NULL, 0);
    free(text);
    return status;
}

int chip_lock_zone(struct device *device, int zone)
{
    return call_for_bytes(device, "ATCA.LockZone", json_pack("{s:i}", "zone", zone), NULL, NULL, 0);
}
