/* "ATCA:<slot>" as a TLS private key.  mongoose-os.md 7.1 */

#include "atca_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/cs_dbg.h"
#include "tls.h"

#define PREFIX "ATCA:"

/* The decimal number after the colon; -1 when that is not all there is, or no slot. */
static int slot_of(const char *name)
{
    const char *digits = name + strlen(PREFIX);
    int slot = 0;

    if (*digits == '\0')
        return -1;
    for (; *digits != '\0'; digits++) {
        if (*digits < '0' || *digits > '9')
            return -1;
        slot = slot * 10 + (*digits - '0');
        if (slot > 15)
            return -1;
    }
    return slot;
}

static const char *check(const char *name)
{
    static char sentence[96];
    int slot = slot_of(name);

    if (slot < 0) {
        snprintf(sentence, sizeof(sentence), "no such slot: %.24s (ATCA:0 to ATCA:15)", name);
        return sentence;
    }
    if (atca_ecdh_slots_mask() >> slot & 1) {
        snprintf(sentence, sizeof(sentence),
                 "ATCA:%d cannot be used for private key, it is configured as ECDH slot.", slot);
        return sentence;
    }
    return NULL;
}

/* --- signing -------------------------------------------------------------------------------------------- */

struct signing {
    uint8_t slot;
    const uint8_t *digest;
    uint8_t *signature;
};

static int sign_work(struct atecc *dev, void *context)
{
    const struct signing *signing = context;

    return atecc_sign(dev, signing->slot, signing->digest, signing->signature);
}

/* Lines without prefix, as the handout's log has them. */
static bool sign(const char *name, const uint8_t digest[32], uint8_t signature[64])
{
    struct signing signing = {(uint8_t)slot_of(name), digest, signature};
    int err;

    if (check(name) != NULL) {
        LOG(LL_ERROR, ("%s", check(name)));
        return false;
    }
    atca_ecdhe_postpone();
    err = atca_run(sign_work, &signing);
    if (err != ATECC_OK) {
        atca_say("ATCA:%d ECDSA sign failed: 0x%02x", signing.slot, atca_status(err));
        atca_log_failure();
        return false;
    }
    atca_say("ATCA:%d ECDSA sign ok", signing.slot);
    return true;
}

static const struct tls_key_provider provider = {
    .prefix = PREFIX,
    .check = check,
    .sign = sign,
    .random = atca_ecdhe_take_random,
};

void atca_keys_start(void)
{
    tls_register_key_provider(&provider);
}
