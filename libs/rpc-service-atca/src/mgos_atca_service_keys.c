/* ATCA.SetKey, GenKey, GetPubKey, Sign, AES: what is done with slots.  mongoose-os.md 2.5 */

#include "rpc_service_atca_internal.h"

#include <string.h>

#include "heap.h"

enum {
    KEY_SIZE = 32,
    PUBLIC_KEY_SIZE = 64,
    DIGEST_SIZE = 32,
    SIGNATURE_SIZE = 64,
    AES_BLOCK = 16,
    AES_DECRYPT = 1
};

/* --- SetKey --------------------------------------------------------------------------------------------- */

struct set_key {
    int slot, block;
    bool ecc;
    char *key, *wkey;
    int key_length, wkey_length;
    unsigned wkslot;
};

/* A private key is a number: a shorter one has lost its leading zeros on the way. */
static int write_private_key(struct atecc *dev, const struct set_key *set, const uint8_t *wkey)
{
    uint8_t key[KEY_SIZE] = {0};
    int err;

    memcpy(key + KEY_SIZE - set->key_length, set->key, (size_t)set->key_length);
    if (wkey == NULL)
        err = atecc_write_private_key(dev, (uint8_t)set->slot, key);
    else
        err = atecc_write_private_key_encrypted(dev, (uint8_t)set->slot, key, (uint8_t)set->wkslot, wkey);
    wipe(key, sizeof(key));
    return err;
}

/* Whole blocks only, as CryptoAuthLib would have it with a 32-byte key. */
static int write_data(struct atecc *dev, const struct set_key *set, const uint8_t *wkey)
{
    const uint8_t *key = (const uint8_t *)set->key;

    if (set->key_length != KEY_SIZE || set->block < 0 || set->block > 15)
        return ATECC_ERROR_PARAMETER;
    if (wkey == NULL)
        return atecc_write_slot(dev, (uint8_t)set->slot, (uint8_t)set->block, key);
    return atecc_write_slot_encrypted(dev, (uint8_t)set->slot, (uint8_t)set->block, key, (uint8_t)set->wkslot,
                                      wkey);
}

static int set_key_work(struct atecc *dev, void *context)
{
    const struct set_key *set = context;
    const uint8_t *wkey = set->wkey_length > 0 ? (const uint8_t *)set->wkey : NULL;

    if (set->wkslot > 15)
        return ATECC_ERROR_PARAMETER;
    return set->ecc ? write_private_key(dev, set, wkey) : write_data(dev, set, wkey);
}

static bool lengths_ok(const struct set_key *set)
{
    if (set->key == NULL || set->key_length <= 0)
        return false;
    if (set->wkey_length != 0 && set->wkey_length != KEY_SIZE)
        return false;
    return !set->ecc || set->key_length <= KEY_SIZE;
}

static void answer_set_key(struct mg_rpc_request_info *ri, struct set_key *set)
{
    int err;

    if (!atca_service_slot_ok(ri, set->slot))
        return;
    if (!lengths_ok(
            set)) { /* n is the length of `key` even when `wkey` is the wrong one: mongoose-os.md 2.5 */
        mg_rpc_send_errorf(ri, 400, "Expected %d bytes, got %d", KEY_SIZE, set->key_length);
        return;
    }
    err = atca_run(set_key_work, set);
    if (set->wkey_length > 0)
        atca_tempkey_taken();
    if (err != ATECC_OK)
        atca_service_failed(ri, err, "Failed to set key", -1);
    else
        mg_rpc_send_responsef(ri, NULL);
}

static void set_key(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                    struct mg_str args)
{
    struct set_key set = {.slot = -1};

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &set.slot, &set.block, &set.ecc, &set.key,
               &set.key_length, &set.wkey, &set.wkey_length, &set.wkslot);
    answer_set_key(ri, &set);
    heap_free_secret(set.key);
    heap_free_secret(set.wkey);
}

/* --- GenKey, GetPubKey ---------------------------------------------------------------------------------- */

struct public_key {
    uint8_t slot;
    uint8_t key[PUBLIC_KEY_SIZE];
};

static int gen_key_work(struct atecc *dev, void *context)
{
    struct public_key *key = context;

    return atecc_gen_key(dev, key->slot, key->key);
}

static int public_key_work(struct atecc *dev, void *context)
{
    struct public_key *key = context;

    return atecc_public_key(dev, key->slot, key->key);
}

static void answer_public_key(struct mg_rpc_request_info *ri, struct mg_str args, atca_work work,
                              const char *failure)
{
    struct public_key key;
    int slot = -1, err;

    json_scanf(args.p, (int)args.len, ri->args_fmt, &slot);
    if (!atca_service_slot_ok(ri, slot))
        return;
    key.slot = (uint8_t)slot;
    err = atca_run(work, &key);
    if (err != ATECC_OK)
        atca_service_failed(ri, err, failure, slot);
    else
        mg_rpc_send_responsef(ri, "{pubkey: %V}", key.key, PUBLIC_KEY_SIZE);
}

static void gen_key(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                    struct mg_str args)
{
    (void)cb_arg;
    (void)fi;
    answer_public_key(ri, args, gen_key_work, "Failed generate key on slot");
}

static void get_pub_key(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                        struct mg_str args)
{
    (void)cb_arg;
    (void)fi;
    answer_public_key(ri, args, public_key_work, "Failed get public key for slot");
}

/* --- Sign ----------------------------------------------------------------------------------------------- */

struct signing {
    uint8_t slot;
    const uint8_t *digest;
    uint8_t signature[SIGNATURE_SIZE];
};

static int sign_work(struct atecc *dev, void *context)
{
    struct signing *signing = context;

    return atecc_sign(dev, signing->slot, signing->digest, signing->signature);
}

static void answer_sign(struct mg_rpc_request_info *ri, int slot, const char *digest, int length)
{
    struct signing signing = {.slot = (uint8_t)slot, .digest = (const uint8_t *)digest};
    int err;

    if (!atca_service_slot_ok(ri, slot))
        return;
    if (digest == NULL || length != DIGEST_SIZE) {
        mg_rpc_send_errorf(ri, 400, "Expected %d bytes, got %d", DIGEST_SIZE, length);
        return;
    }
    err = atca_run(sign_work, &signing);
    if (err != ATECC_OK)
        atca_service_failed(ri, err, "Failed to sign", -1);
    else
        mg_rpc_send_responsef(ri, "{signature: %V}", signing.signature, SIGNATURE_SIZE);
}

static void sign(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                 struct mg_str args)
{
    int slot = -1, length = 0;
    char *digest = NULL;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &slot, &digest, &length);
    answer_sign(ri, slot, digest, length);
    heap_free(digest);
}

/* --- AES ------------------------------------------------------------------------------------------------ */

struct aes {
    int slot, block, mode;
    char *data;
    int length;
    uint8_t *result;
};

/* All blocks in one session: one wake. `data` stays, since the work may be run again. */
static int aes_work(struct atecc *dev, void *context)
{
    struct aes *aes = context;
    int err = atecc_begin(dev);

    if (err != ATECC_OK)
        return err;
    for (int at = 0; at < aes->length && err == ATECC_OK; at += AES_BLOCK) {
        err = atecc_aes(dev, (uint8_t)aes->slot, (uint8_t)aes->block, (uint8_t)aes->mode,
                        (const uint8_t *)aes->data + at, aes->result + at);
    }
    if (atecc_end(dev) != ATECC_OK && err == ATECC_OK)
        err = ATECC_ERROR_BUS;
    return err;
}

static void answer_aes(struct mg_rpc_request_info *ri, struct aes *aes)
{
    int err;

    if (!atca_service_slot_ok(ri, aes->slot))
        return;
    if (aes->data == NULL || aes->length % AES_BLOCK != 0) {
        mg_rpc_send_errorf(ri, 400, "Data must be padded to AES block (16)");
        return;
    }
    if (aes->mode != 0 && aes->mode != AES_DECRYPT) {
        mg_rpc_send_errorf(ri, 400, "Invalid mode");
        return;
    }
    aes->result = heap_alloc(aes->length > 0 ? (size_t)aes->length : 1);
    if (aes->result == NULL) {
        mg_rpc_send_errorf(ri, 500, "Out of memory");
        return;
    }
    if (aes->block < 0 || aes->block > 3)
        err = ATECC_ERROR_PARAMETER;
    else
        err = atca_run(aes_work, aes);
    if (err != ATECC_OK)
        atca_service_failed(ri, err, aes->mode == AES_DECRYPT ? "Failed to decrypt" : "Failed to encrypt",
                            -1);
    else
        mg_rpc_send_responsef(ri, "{data: %V}", aes->result, aes->length);
    heap_free_secret(aes->result);
}

static void aes(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                struct mg_str args)
{
    struct aes request = {.slot = -1};

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &request.slot, &request.block, &request.mode,
               &request.data, &request.length);
    answer_aes(ri, &request);
    heap_free_secret(request.data);
}

void atca_service_add_keys(struct mg_rpc *rpc)
{
    mg_rpc_add_handler(rpc, "ATCA.SetKey", "{slot: %d, block: %d, ecc: %B, key: %V, wkey: %V, wkslot: %u}",
                       set_key, NULL);
    mg_rpc_add_handler(rpc, "ATCA.GenKey", "{slot: %d}", gen_key, NULL);
    mg_rpc_add_handler(rpc, "ATCA.GetPubKey", "{slot: %d}", get_pub_key, NULL);
    mg_rpc_add_handler(rpc, "ATCA.Sign", "{slot: %d, digest: %V}", sign, NULL);
    mg_rpc_add_handler(rpc, "ATCA.AES", "{slot: %d, block: %d, mode: %d, data: %V}", aes, NULL);
}
