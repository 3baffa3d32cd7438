/* One slot in words: what it is, what it may do, who may read and write it, what stops it.  atecc608.md 2.6,
 * 2.8, 2.11
 *
 * Names and numbers come from the decoded rules (chip_slot_rules), permissions from what the machine did when
 * asked (powers).
 */

#include "describe.h"

#include "limited_use.h"
#include "counter_field.h"
#include "memory.h"

/* What the functions below look at. */
struct view {
    const struct study *study;
    const struct chip *chip;
    const struct power *can; /* with both zones locked */
    struct chip_slot_rules rules;
};

static bool allowed(const struct view *view, enum capability capability)
{
    return view->can[capability].allowed;
}

static void say_kind(const struct view *view, struct words *says)
{
    const struct chip_slot_rules *rules = &view->rules;
    unsigned size = chip_slot_size(rules->slot);

    if (rules->is_private && rules->key_type == KEY_P256)
        words_add(says, "P-256 private key");
    else if (rules->is_private)
        words_add(says, "private key of type %u, which no command takes", rules->key_type);
    else if (chip_has_validity(rules))
        words_add(says, "P-256 public key, to be validated by slot %u before use", rules->read_key);
    else if (chip_is_public_p256(rules))
        words_add(says, "P-256 public key");
    else if (rules->key_type == KEY_P256)
        words_add(says, "P-256 public key in a slot too short for one, %u bytes", size);
    else if (rules->key_type == KEY_AES)
        words_add(says, "AES-128 keys, room for %u", size / 16 < 4 ? size / 16 : 4);
    else if (rules->is_secret)
        words_add(says, "secret, %u bytes", size);
    else
        words_add(says, "data, %u bytes", size);
}

static void say_content(const struct view *view, struct words *says)
{
    unsigned slot = view->rules.slot;

    if (!view->study->specimen.has_data)
        return;
    if (slot_is_empty(view->chip, slot))
        words_add(says, "%s", view->rules.is_private ? "no key yet" : "nothing: every byte is FF");
    else if (view->rules.is_private)
        words_add(says, "a key");
    else if (chip_has_validity(&view->rules))
        words_add(says, "%s",
                  chip_validity(view->chip, slot) == PUBLIC_KEY_VALID ? "a validated public key"
                                                                      : "something not validated");
    else
        words_add(says, "something");
}

static void say_signs(const struct view *view, struct words *says)
{
    bool external = allowed(view, CAN_SIGN_EXTERNAL), internal = allowed(view, CAN_SIGN_INTERNAL);

    if (!view->rules.is_private)
        return;
    if (external && internal)
        words_add(says, "given digests (external) and messages made in the chip (internal)");
    else if (external)
        words_add(says, "given digests only (external)");
    else if (internal)
        words_add(says, "messages made in the chip only (internal)");
    else
        words_add(says, "nothing");
}

static void say_ecdh(const struct view *view, struct words *says)
{
    unsigned options = chip_options(view->chip);

    if (!view->rules.is_private)
        return;
    if (allowed(view, CAN_ECDH_CLEAR))
        words_list(says, "the secret is answered in clear");
    else if (allowed(view, CAN_ECDH_ENCRYPTED))
        words_list(says, "the secret is answered encrypted with the IO protection key in slot %u",
                   options >> 12 & 0xF);
    if (view->rules.ecdh_to_slot && allowed(view, CAN_ECDH_SLOT))
        words_list(says, "the secret goes into slot %u", view->rules.slot | 1);
    else if (allowed(view, CAN_ECDH_SLOT))
        words_list(says, "or into slot %u if so asked", view->rules.slot | 1);
    if (!says->text[0] && allowed(view, CAN_ECDH_TEMP_KEY))
        words_list(says, "the secret goes into TempKey only");
    if (!says->text[0])
        words_add(says, "no");
}

static void say_public_key(const struct view *view, struct words *says)
{
    if (!view->rules.is_private)
        return;
    words_add(says, "%s",
              allowed(view, CAN_GIVE_PUBLIC_KEY) ? "given when asked for"
                                                 : "not given, but for the moment the key is generated");
}

static void say_verifies(const struct view *view, struct words *says)
{
    if (!chip_is_public_p256(&view->rules))
        return;
    words_add(says, "%s", allowed(view, CAN_VERIFY) ? "signatures (Verify stored)" : "nothing");
    if (chip_has_validity(&view->rules))
        words_add(says, ", once validated%s", allowed(view, CAN_BE_VALIDATED) ? "" : ", which cannot happen");
}

/* The uses of a secret; those of a slot that anyone reads are of no interest, unless it is meant to hold
 * keys. */
static void say_computes(const struct view *view, struct words *says)
{
    static const struct {
        enum capability capability;
        const char *name;
    } uses[] = {
        {CAN_MAC, "MAC"},   {CAN_CHECK_MAC, "CheckMac"},
        {CAN_HMAC, "HMAC"}, {CAN_GENDIG, "GenDig"},
        {CAN_AES, "AES"},   {CAN_KDF, "KDF"},
    };

    bool of_interest = view->rules.key_type == KEY_AES || !allowed(view, CAN_READ_CLEAR);

    if (view->rules.is_private || chip_is_public_p256(&view->rules) || !of_interest)
        return;
    for (unsigned i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        if (allowed(view, uses[i].capability))
            words_list(says, "%s", uses[i].name);
    }
    if (!says->text[0])
        words_add(says, "nothing");
    words_close_list(says, "and");
    if (view->rules.no_mac)
        words_add(says, "; for verification (NoMac)");
    if (view->rules.is_secret && view->rules.read_key == 0)
        words_add(says, "; a source of CheckMac's copy (ReadKey 0)");
}

static void say_read(const struct view *view, struct words *says)
{
    if (allowed(view, CAN_READ_CLEAR))
        words_add(says, "by anyone, in clear");
    else if (allowed(view, CAN_READ_ENCRYPTED))
        words_add(says, "encrypted with the key in slot %u", view->rules.read_key);
    else
        words_add(says, "never");
}

static void say_private_write(const struct view *view, struct words *says)
{
    bool encrypted = allowed(view, CAN_PRIVWRITE_ENCRYPTED);

    if (allowed(view, CAN_GENERATE))
        words_add(says, "a new key by GenKey%s", encrypted ? ", or " : "");
    if (encrypted)
        words_add(says, "a given key by PrivWrite, encrypted with the key in slot %u", view->rules.write_key);
    if (!says->text[0])
        words_add(says, "never");
}

static void say_write(const struct view *view, struct words *says)
{
    const struct power *clear = &view->can[CAN_WRITE_CLEAR];

    if (view->rules.is_private) {
        say_private_write(view, says);
        return;
    }
    if (clear->allowed)
        words_add(says, "by anyone, in clear, %s at a time%s",
                  allowed(view, CAN_WRITE_WORD) ? "4 or 32 bytes" : "32 bytes",
                  clear->needs & LAB_INVALIDATED ? ", unless it holds a validated public key" : "");
    else if (allowed(view, CAN_WRITE_ENCRYPTED))
        words_add(says, "encrypted with the key in slot %u", view->rules.write_key);
    else
        words_add(says, "never");
}

static void say_derive(const struct view *view, struct words *says)
{
    enum { CREATE = 1, WITH_MAC = 8 }; /* WriteConfig bits 12 and 15 */

    if (!allowed(view, CAN_DERIVE))
        return;
    if (view->rules.write_config & CREATE)
        words_add(says, "created by DeriveKey from the key in slot %u", view->rules.write_key);
    else
        words_add(says, "rolled by DeriveKey from the key it holds");
    if (view->rules.write_config & WITH_MAC)
        words_add(says, ", with an authorising MAC");
}

static void say_kdf(const struct view *view, struct words *says)
{
    if (allowed(view, CAN_TAKE_KDF))
        words_add(says, "may take the result of a KDF");
}

/* What has to be arranged before, as the trials found out. */
static void say_needs(const struct view *view, struct words *says)
{
    unsigned needs = 0;

    for (unsigned i = 0; i < CAPABILITIES; i++) {
        if (capability_rows[i].kind != KIND_READ && i != CAN_WRITE_ENCRYPTED &&
            i != CAN_PRIVWRITE_ENCRYPTED && i != CAN_DERIVE && i != CAN_BE_VALIDATED)
            needs |= view->can[i].needs;
    }
    if (needs & LAB_AUTHORISED)
        words_list(says, "CheckMac with slot %u before each use (ReqAuth)", view->rules.auth_key);
    if (needs & LAB_LATCHED)
        words_list(says, "the persistent latch set (PersistentDisable)");
    if (needs & LAB_RANDOM_NONCE)
        words_list(says, "a random nonce (ReqRandom)");
    if (needs & LAB_USE_UNLOCKED)
        words_list(says, "UseLock opened");
    words_close_list(says, "and");
}

static void say_limit(const struct view *view, struct words *says)
{
    unsigned needs = 0;

    for (unsigned i = 0; i < CAPABILITIES; i++) {
        if (capability_rows[i].kind == KIND_USE)
            needs |= view->can[i].needs;
    }
    if (!(needs & LAB_USES_LEFT) || !view->rules.limited_use)
        return;
    if (chip_is_508(view->chip) && view->rules.slot == 15)
        words_add(says, "each use takes one of the 128 of LastKeyUse");
    else
        words_add(says, "each use counts in counter 0");
}

static void say_serves(const struct view *view, struct words *says)
{
    struct dependants found = study_dependants(view->study, view->rules.slot);

    if (found.written_with)
        words_list(says, "write key of %.60s", words_slots(found.written_with).text);
    if (found.read_with)
        words_list(says, "read key of %.60s", words_slots(found.read_with).text);
    if (found.derived_from)
        words_list(says, "parent of %.60s", words_slots(found.derived_from).text);
    if (found.authorised_by)
        words_list(says, "authorises %.60s", words_slots(found.authorised_by).text);
    if (found.validated_by)
        words_list(says, "validates %.60s", words_slots(found.validated_by).text);
    if (found.limit)
        words_list(says, "limit of counter 0");
    if (found.io_key)
        words_list(says, "IO protection key");
    if (found.use_lock)
        words_list(says, "opens UseLock");
    if (found.latch)
        words_list(says, "permits the persistent latch");
    if (found.boot_key)
        words_list(says, "secure boot public key");
    if (found.boot_digest)
        words_list(says, "secure boot digest or signature");
}

static void say_lock(const struct view *view, struct words *says)
{
    if (view->rules.locked)
        words_add(says, "locked for ever");
    else
        words_add(says, "%s",
                  allowed(view, CAN_LOCK) ? "can be locked by itself" : "cannot be locked by itself");
}

/* Between the two locks the slot rules do not count: what can be done then and not later. */
static void say_until_then(const struct view *view, struct words *says)
{
    const struct power *now = view->study->now.of[view->rules.slot];

    if (!chip_config_locked(view->chip) || chip_data_locked(view->chip))
        return;
    for (unsigned i = 0; i < CAPABILITIES; i++) {
        if (now[i].allowed && !view->can[i].allowed)
            words_list(says, "%s%s", says->text[0] ? "" : "can ", capability_rows[i].does);
    }
    words_close_list(says, "and");
}

static const struct row {
    const char *topic;
    void (*say)(const struct view *view, struct words *says);
} rows[] = {
    {"is", say_kind},           {"holds", say_content},
    {"serves as", say_serves},  {"signs", say_signs},
    {"ECDH", say_ecdh},         {"public key", say_public_key},
    {"verifies", say_verifies}, {"computes", say_computes},
    {"is read", say_read},      {"is written", say_write},
    {"derivation", say_derive}, {"KDF target", say_kdf},
    {"needs", say_needs},       {"limited use", say_limit},
    {"lock", say_lock},         {"until then", say_until_then},
};

void describe_slot(const struct study *study, unsigned slot, struct description *description)
{
    const struct chip *chip = &study->specimen.chip;
    const struct view view = {study, chip, study->locked.of[slot], chip_slot_rules(chip, slot)};

    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct words says = {0};
        rows[i].say(&view, &says);
        if (says.text[0])
            *describe_add(description, (int)slot, rows[i].topic, CONFIG_SLOT_CONFIG + 2 * slot, 2) = says;
    }
}
