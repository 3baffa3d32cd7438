/* The ephemeral key agreement of TLS in the chip.  mongoose-os.md 7.1; atecc608.md 3.10, 3.18
 *
 * A 608 makes the key pair in TempKey, shown as slot 16. That takes it a tenth of a second, so it is done
 * ahead, while the board is idle: at boot, and a while after each use. One handshake at a time holds it.
 *
 * A key pair made ahead may be gone when it is wanted: the chip was unplugged, or TempKey was used for an
 * encrypted write. The second we are told (atca_tempkey_taken), the first the chip is asked about at the last
 * moment. To trust instead, and fail at the agreement, would cost the peer a handshake.
 *
 * A 508A has no such TempKey. It lends one of the slots of sys.atca.ecdh_slots_mask, whose key is renewed
 * about every 64th time, because the slots' memory wears out.
 */

#include "atca_internal.h"

#include <string.h>

#include "board.h"
#include "common/cs_dbg.h"
#include "heap.h"
#include "mgos_timers.h"
#include "tls.h"

enum {
    SLOT_TEMPKEY = 16,
    IDLE_MS = 500,     /* without TLS work: no handshake is running, or it waits for its peer */
    ABSENT_MS = 5000,  /* the chip is not there: ask again */
    RENEWAL_MASK = 63, /* of a random byte: 1 in 64 */
};

enum state { EMPTY, PREPARED, HELD };

static struct {
    bool started;
    bool in_chip; /* sys.atca.ecdh is "chip" */
    enum state state;
    int slot;    /* SLOT_TEMPKEY, or what the 508A lends */
    bool intact; /* HELD: nothing has happened to TempKey since */
    uint8_t public_key[64];
    bool has_random;
    uint8_t random[32];
    mgos_timer_id timer;
} ecdhe;

/* --- making a key pair ---------------------------------------------------------------------------------- */

static int gen_ephemeral_work(struct atecc *dev, void *context)
{
    (void)context;
    return atecc_gen_ephemeral(dev, ecdhe.public_key);
}

static int slot_key_work(struct atecc *dev, void *context)
{
    bool renew = *(const bool *)context;
    int err = ATECC_ERROR_EXECUTION;

    if (!renew)
        err = atecc_public_key(dev, (uint8_t)ecdhe.slot, ecdhe.public_key);
    if (err == ATECC_ERROR_EXECUTION) /* to be renewed, or empty as yet */
        err = atecc_gen_key(dev, (uint8_t)ecdhe.slot, ecdhe.public_key);
    return err;
}

/* One of the mask's slots, by chance; -1 when the mask is empty. */
static int lent_slot(uint8_t chance)
{
    unsigned mask = atca_ecdh_slots_mask() & 0xFFFF;
    unsigned count = 0;

    for (int slot = 0; slot < 16; slot++)
        count += mask >> slot & 1;
    if (count == 0)
        return -1;
    unsigned chosen = chance % count;
    for (int slot = 0;; slot++) {
        if ((mask >> slot & 1) && chosen-- == 0)
            return slot;
    }
}

/* A 508A. An absent chip may turn out to be a 608. */
static bool has_slots_only(void)
{
    return mbedtls_atca_is_available() && !mbedtls_atca_is_608();
}

static int make_in_tempkey(void)
{
    ecdhe.slot = SLOT_TEMPKEY;
    return atca_run(gen_ephemeral_work, NULL);
}

static bool generate_in_tempkey(void)
{
    int err = make_in_tempkey();

    if (err == ATECC_OK) {
        atca_say("ATCA:16 ECDH gen pubkey ok");
        return true;
    }
    atca_say("ATCA:16 failed to gen ECDH pubkey: 0x%02x", atca_status(err));
    atca_log_failure();
    return false;
}

static bool generate_in_slot(void)
{
    uint8_t chance[2];
    bool renew;
    const char *verb;
    int err;

    board_random(chance, sizeof(chance));
    renew = (chance[0] & RENEWAL_MASK) == 0;
    verb = renew ? "gen" : "get";
    ecdhe.slot = lent_slot(chance[1]);
    if (ecdhe.slot < 0)
        return false;
    err = atca_run(slot_key_work, &renew);
    if (err == ATECC_OK) {
        atca_say("ATCA:%d ECDH %s pubkey ok", ecdhe.slot, verb);
        return true;
    }
    atca_say("ATCA:%d failed to %s ECDH pubkey: 0x%02x", ecdhe.slot, verb, atca_status(err));
    atca_log_failure();
    return false;
}

/* --- making it ahead ------------------------------------------------------------------------------------ */

static int random_work(struct atecc *dev, void *context)
{
    (void)context;
    return atecc_random(dev, ecdhe.random);
}

static void prepare(void *arg);

static void prepare_in(int milliseconds)
{
    if (!ecdhe.started)
        return;
    mgos_clear_timer(ecdhe.timer);
    ecdhe.timer = mgos_set_timer(milliseconds, 0, prepare, NULL);
}

/* Random numbers, whoever does the ECDHE, and the key pair. Silent: whoever needs the chip and does not find
 * it says so. */
static void prepare(void *arg)
{
    (void)arg;
    ecdhe.timer = MGOS_INVALID_TIMER_ID;
    if (ecdhe.state == HELD)
        return;
    if (!ecdhe.has_random)
        ecdhe.has_random = atca_run(random_work, NULL) == ATECC_OK;
    if (ecdhe.state == EMPTY && ecdhe.in_chip && !has_slots_only() && make_in_tempkey() == ATECC_OK)
        ecdhe.state = PREPARED;
    if (atca_device() == NULL)
        prepare_in(ABSENT_MS);
}

void atca_ecdhe_postpone(void)
{
    if ((ecdhe.in_chip && ecdhe.state != PREPARED) || !ecdhe.has_random)
        prepare_in(IDLE_MS);
}

void atca_ecdhe_chip_changed(void)
{
    ecdhe.intact = false;
    if (ecdhe.state == PREPARED)
        ecdhe.state = EMPTY;
}

void atca_tempkey_taken(void)
{
    atca_ecdhe_chip_changed();
    prepare_in(IDLE_MS);
}

bool atca_ecdhe_take_random(uint8_t random[32])
{
    if (!ecdhe.has_random)
        return false;
    memcpy(random, ecdhe.random, sizeof(ecdhe.random));
    wipe(ecdhe.random, sizeof(ecdhe.random));
    ecdhe.has_random = false;
    return true;
}

/* --- for libs/tls --------------------------------------------------------------------------------------- */

static int still_valid_work(struct atecc *dev, void *context)
{
    return atecc_tempkey_is_valid(dev, context);
}

/* The pair made ahead, if the chip still has it. A chip that does not answer says so in what follows. */
static bool take_prepared(void)
{
    int valid = 0;

    if (ecdhe.state != PREPARED)
        return false;
    ecdhe.state = EMPTY;
    if (atca_run_once(still_valid_work, &valid) != ATECC_OK || !valid)
        return false;
    atca_say("ATCA:16 ECDH gen pubkey ok");
    return true;
}

static bool generate(uint8_t public_key[64])
{
    bool made = ecdhe.state != HELD &&
                (take_prepared() || (has_slots_only() ? generate_in_slot() : generate_in_tempkey()));

    if (!made) {
        atca_say("SW ECDH curve 3");
        atca_ecdhe_postpone();
        return false;
    }
    ecdhe.state = HELD;
    ecdhe.intact = true;
    memcpy(public_key, ecdhe.public_key, sizeof(ecdhe.public_key));
    return true;
}

struct agreement {
    const uint8_t *peer;
    uint8_t *secret;
};

static int agree_work(struct atecc *dev, void *context)
{
    const struct agreement *agreement = context;

    if (ecdhe.slot == SLOT_TEMPKEY)
        return atecc_ecdh_ephemeral(dev, agreement->peer, agreement->secret);
    return atecc_ecdh(dev, (uint8_t)ecdhe.slot, agreement->peer, agreement->secret);
}

static void end_of_hold(void)
{
    ecdhe.state = EMPTY;
    wipe(ecdhe.public_key, sizeof(ecdhe.public_key));
    prepare_in(IDLE_MS);
}

static bool agree(const uint8_t peer[64], uint8_t secret[32])
{
    struct agreement agreement = {peer, secret};
    int slot = ecdhe.slot, err;

    if (ecdhe.state != HELD) {
        LOG(LL_ERROR, ("ATCA: ECDH asked for without a key pair"));
        return false;
    }
    /* Something else in TempKey would give a secret that is none, and no error. */
    if (slot == SLOT_TEMPKEY && !ecdhe.intact) {
        end_of_hold();
        atca_say("ATCA:16 ECDH failed: 0x%02x", atca_status(ATECC_ERROR_EXECUTION));
        LOG(LL_ERROR, ("ATCA: the handshake's key pair was lost: the chip was unplugged or given another key "
                       "meanwhile. "
                       "Connect again."));
        return false;
    }
    err = atca_run_once(agree_work, &agreement);
    end_of_hold();
    if (err != ATECC_OK) {
        atca_say("ATCA:%d ECDH failed: 0x%02x", slot, atca_status(err));
        atca_log_failure();
        return false;
    }
    atca_say("ATCA:%d ECDH ok", slot);
    return true;
}

/* A key pair whose public key a peer has seen is not used again. */
static void release(void)
{
    if (ecdhe.state == HELD)
        end_of_hold();
}

static const struct tls_ecdhe_provider provider = {
    .generate = generate,
    .agree = agree,
    .release = release,
};

void atca_ecdhe_start(bool in_chip)
{
    mgos_clear_timer(ecdhe.timer);
    memset(&ecdhe, 0, sizeof(ecdhe));
    ecdhe.started = true;
    ecdhe.in_chip = in_chip;
    if (in_chip)
        tls_register_ecdhe_provider(&provider);
    prepare_in(0);
}
