/* check: slots whose bits contradict one another, or allow more than they should.  atecc608.md 2.6, 2.8, 2.10
 * - 2.15
 *
 * Slots with the same trouble share one finding.
 */

#include "check.h"

#include <string.h>

#include "memory.h"

struct view {
    const struct study *study;
    const struct chip *chip;
    const struct power *can; /* with both zones locked */
    struct chip_slot_rules rules;
};

static struct view view_of(const struct study *study, unsigned slot)
{
    const struct chip *chip = &study->specimen.chip;

    return (struct view){study, chip, study->locked.of[slot], chip_slot_rules(chip, slot)};
}

static bool allowed(const struct view *view, enum capability capability)
{
    return view->can[capability].allowed;
}

static bool is_empty(const struct view *view)
{
    return view->study->specimen.has_data && slot_is_empty(view->chip, view->rules.slot);
}

/* ---- One sentence for all the slots of which something is true --------------------------------------- */

static bool private_not_secret(const struct view *view)
{
    return view->rules.is_private && !view->rules.is_secret;
}

static bool prohibited_read(const struct view *view)
{
    return !view->rules.is_private && !view->rules.is_secret && view->rules.encrypt_read;
}

static bool guarded_not_secret(const struct view *view)
{
    const struct chip_slot_rules *rules = &view->rules;

    return !rules->is_private && !rules->is_secret && !rules->encrypt_read &&
           (rules->write == WRITE_NEVER || rules->write == WRITE_ENCRYPT);
}

static bool private_of_no_curve(const struct view *view)
{
    return view->rules.is_private && view->rules.key_type != KEY_P256;
}

static bool reserved_type(const struct view *view)
{
    unsigned type = view->rules.key_type;

    return !view->rules.is_private && type != KEY_P256 && type != KEY_AES && type != KEY_OTHER;
}

static bool public_key_too_long(const struct view *view)
{
    return !view->rules.is_private && view->rules.key_type == KEY_P256 &&
           chip_slot_size(view->rules.slot) < 72;
}

static bool aes_without_aes(const struct view *view)
{
    return !view->rules.is_private && view->rules.key_type == KEY_AES && !allowed(view, CAN_AES) &&
           (chip_is_508(view->chip) || !(view->chip->eeprom.config[CONFIG_AES_ENABLE] & 1));
}

static bool readable_aes(const struct view *view)
{
    return view->rules.key_type == KEY_AES && allowed(view, CAN_READ_CLEAR);
}

static bool ecdh_in_clear(const struct view *view)
{
    return allowed(view, CAN_ECDH_CLEAR);
}

static bool ecdh_from_odd(const struct view *view)
{
    return view->rules.is_private && view->rules.ecdh && view->rules.ecdh_to_slot && (view->rules.slot & 1);
}

static bool ecdh_destination_without_ecdh(const struct view *view)
{
    return view->rules.is_private && !view->rules.ecdh && view->rules.ecdh_to_slot;
}

static bool authorised_by_private(const struct view *view)
{
    return view->rules.req_auth && chip_slot_rules(view->chip, view->rules.auth_key).is_private;
}

static bool latch_never_set(const struct view *view)
{
    const uint8_t *config = view->chip->eeprom.config;
    bool tied_to_boot = (config[CONFIG_SECURE_BOOT] & 3) && (config[CONFIG_SECURE_BOOT] & 1 << 3);

    return view->rules.persistent_disable && !chip_is_508(view->chip) &&
           !(config[CONFIG_VOLATILE_KEY] & 0x80) && !tied_to_boot;
}

static bool replaced_by_anyone(const struct view *view)
{
    return allowed(view, CAN_GENERATE) && !(view->can[CAN_GENERATE].needs & LAB_AUTHORISED);
}

static bool written_by_anyone(const struct view *view)
{
    return allowed(view, CAN_WRITE_CLEAR);
}

static bool overwritten_by_kdf(const struct view *view)
{
    return allowed(view, CAN_TAKE_KDF) && !allowed(view, CAN_WRITE_CLEAR);
}

static bool hides_public_key(const struct view *view)
{
    return chip_is_private_p256(&view->rules) && !view->rules.pub_info;
}

static bool copied_by_check_mac(const struct view *view)
{
    const struct chip_slot_rules *rules = &view->rules;

    return !rules->is_private && rules->is_secret && rules->read_key == 0 && !chip_is_public_p256(rules);
}

static bool reserved_bit(const struct view *view)
{
    return view->rules.key_config & 1 << 13;
}

static bool never_lockable(const struct view *view)
{
    return !view->rules.lockable && !view->rules.locked;
}

static bool locked_before_its_time(const struct view *view)
{
    return view->rules.locked && !chip_data_locked(view->chip);
}

static bool to_be_filled_between_locks(const struct view *view)
{
    return !chip_data_locked(view->chip) && !view->rules.locked &&
           !powers_can_fill(&view->study->locked, view->rules.slot) &&
           (!view->study->specimen.has_data || (is_empty(view) && !chip_config_locked(view->chip)));
}

static bool still_empty(const struct view *view)
{
    return chip_config_locked(view->chip) && !chip_data_locked(view->chip) && !view->rules.locked &&
           !powers_can_fill(&view->study->locked, view->rules.slot) && is_empty(view) &&
           !view->rules.is_private;
}

static bool private_still_empty(const struct view *view)
{
    return chip_config_locked(view->chip) && !chip_data_locked(view->chip) &&
           !powers_can_fill(&view->study->locked, view->rules.slot) && is_empty(view) &&
           view->rules.is_private;
}

static bool private_empty_for_ever(const struct view *view)
{
    return chip_data_locked(view->chip) && !powers_can_fill(&view->study->locked, view->rules.slot) &&
           is_empty(view) && view->rules.is_private;
}

static bool certificate_rule_of_nothing(const struct view *view)
{
    return view->rules.key_config >> 14 && !chip_is_public_p256(&view->rules);
}

static bool certificate_format(const struct view *view)
{
    unsigned format = view->rules.key_config >> 14;

    return chip_is_public_p256(&view->rules) && view->chip->eeprom.config[CONFIG_X509_FORMAT + format] != 0;
}

static const struct shared_rule {
    const char *name;
    enum severity severity;
    bool (*applies)(const struct view *view);
    const char *says; /* after "slots 1 and 2: " */
    const char *bits;
    const char *remedy;
} shared_rules[] = {
    {"private-not-secret", DANGER, private_not_secret,
     "a private key not marked secret: GenKey and Sign will fail", "SlotConfig bit 7 = 0",
     "set SlotConfig bit 7"},
    {"prohibited-read", DANGER, prohibited_read,
     "encrypted reads of a slot that is not secret: a prohibited combination, and no read is guaranteed to "
     "work",
     "SlotConfig bit 7 = 0, bit 6 = 1", "set bit 7 for encrypted reads, clear bit 6 for clear ones"},
    {"guarded-not-secret", WARNING, guarded_not_secret,
     "writes are guarded and the slot is not marked secret: the data sheet asks for IsSecret whenever writes "
     "are not "
     "Always",
     "SlotConfig bit 7 = 0, bits 15:12 not 0000",
     "set SlotConfig bit 7; or let writes be Always and lock the slot once it is filled"},
    {"key-type", DANGER, private_of_no_curve, "a private key of a type that no command takes",
     "KeyConfig bits 4:2 are not 4", "set KeyType to 4, P-256"},
    {"key-type", WARNING, reserved_type, "a key type that does not exist on this part", "KeyConfig bits 4:2",
     "set KeyType to 4 (P-256), 6 (AES) or 7 (anything else)"},
    {"short-public-key", DANGER, public_key_too_long,
     "a P-256 public key in a slot of 36 bytes: it needs 72, and neither Verify nor PubInfo works there",
     "KeyConfig bits 4:2 = 4, bit 0 = 0", "keep public keys in slots 8 to 15; or set KeyType to 7"},
    {"no-aes", WARNING, aes_without_aes, "AES keys in a part without AES", "KeyConfig bits 4:2 = 6",
     "choose a part with AES (byte 13 bit 0 = 1); or set KeyType to 7"},
    {"readable-key", WARNING, readable_aes, "AES keys that anyone can read", "SlotConfig bit 7 = 0",
     "set SlotConfig bit 7"},
    {"ecdh-clear", WARNING, ecdh_in_clear,
     "ECDH secrets are answered in clear: who sees the bus can read what they protect",
     "SlotConfig bit 2 = 1, bit 3 = 0",
     "protect the output (ChipOptions bits 9:8 = 1 and an IO protection key), keep it in (SlotConfig bit 3), "
     "or clear bit 2"},
    {"ecdh-odd", DANGER, ecdh_from_odd,
     "the ECDH secret is to go into the next slot, which only even slots can ask for",
     "SlotConfig bit 3 = 1, odd slot", "use an even slot, or clear SlotConfig bit 3"},
    {"ecdh-destination", NOTE, ecdh_destination_without_ecdh,
     "a destination for ECDH secrets, and ECDH is not allowed", "SlotConfig bit 2 = 0, bit 3 = 1",
     "clear SlotConfig bit 3"},
    {"auth-private", DANGER, authorised_by_private,
     "can never be used: it asks for CheckMac with a slot that holds a private key, and CheckMac takes "
     "secrets only",
     "KeyConfig bit 7 = 1, bits 11:8", "name a secret in KeyConfig bits 11:8; or clear bit 7"},
    {"latch-never", DANGER, latch_never_set,
     "can never be used: it needs the persistent latch, and nothing is allowed to set it",
     "KeyConfig bit 12 = 1, VolatileKeyPermission bit 7 = 0",
     "name a key in byte 69; or clear KeyConfig bit 12"},
    {"replaceable-key", WARNING, replaced_by_anyone,
     "anyone can replace the private key by GenKey, and the identity that went with it is lost",
     "SlotConfig bit 13 = 1",
     "clear SlotConfig bit 13, ask for authorisation (KeyConfig bit 7), or lock the slot"},
    {"open-data", NOTE, written_by_anyone, "can be overwritten by anyone", "SlotConfig bits 15:12",
     "lock the slot once it is filled, if what is in it must stay"},
    {"kdf-target", NOTE, overwritten_by_kdf,
     "anyone can overwrite it with the result of a KDF, whatever WriteConfig says", "KeyConfig bit 1 = 1",
     "clear KeyConfig bit 1, or lock the slot once it is filled"},
    {"hidden-public-key", NOTE, hides_public_key, "the public key is given once, by the GenKey that makes it",
     "KeyConfig bit 1 = 0", "keep GenKey's answer; or set KeyConfig bit 1"},
    {"copy-source", NOTE, copied_by_check_mac,
     "ReadKey 0 lets a successful CheckMac copy the secret into TempKey", "SlotConfig bits 3:0 = 0",
     "set them to anything else if no copy is wanted"},
    {"reserved", NOTE, reserved_bit, "a reserved bit is set", "KeyConfig bit 13 = 1", "clear it"},
    {"not-lockable", NOTE, never_lockable, "can never be locked individually", "KeyConfig bit 5 = 0",
     "set KeyConfig bit 5 where a lock may be wanted"},
    {"locked-already", NOTE, locked_before_its_time,
     "locked already: what is inside stays, and nothing can be put in, not even before the data zone is "
     "locked",
     "SlotLocked bit = 0", "set the SlotLocked bit of slots that are to be used"},
    {"fill-first", NOTE, to_be_filled_between_locks,
     "must be filled between the two locks: afterwards nothing can be put in", "SlotConfig bits 15:12",
     "fill it before the data zone is locked"},
    {"empty", WARNING, still_empty, "empty, and once the data zone is locked nothing can be put in",
     "SlotConfig bits 15:12", "fill it now"},
    {"empty", DANGER, private_still_empty, "no key yet, and once the data zone is locked none can be put in",
     "SlotConfig bits 14:13 = 00", "generate the key now (GenKey)"},
    {"empty", DANGER, private_empty_for_ever, "no key, and none can ever be put in",
     "SlotConfig bits 14:13 = 00", "none for this part"},
    {"certificate-rule", NOTE, certificate_rule_of_nothing,
     "a certificate format for something that is no public key", "KeyConfig bits 15:14", "clear them"},
    {"certificate-format", NOTE, certificate_format,
     "only certificates of the stated format validate this public key", "KeyConfig bits 15:14, X509format",
     "clear the format byte if any signature of the parent is to do"},
};

static void check_shared(const struct study *study, const struct shared_rule *rule, struct findings *findings)
{
    uint16_t slots = 0;

    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        struct view view = view_of(study, slot);
        if (rule->applies(&view))
            slots |= (uint16_t)(1u << slot);
    }
    if (!slots)
        return;
    struct finding *finding = check_add(findings, rule->severity, rule->name, slots);
    words_add(&finding->says, "%.60s: %s", words_slots(slots).text, rule->says);
    words_add(&finding->bits, "%s", rule->bits);
    words_add(&finding->remedy, "%s", rule->remedy);
}

/* ---- One sentence a slot, with what the machine said ------------------------------------------------- */

/* The machine's reason without "Write refused: ". */
static const char *bare(const char *reason)
{
    const char *after = strstr(reason, "refused: ");

    return after ? after + strlen("refused: ") : reason;
}

static void check_write_key(const struct view *view, struct findings *findings)
{
    const struct chip_slot_rules *rules = &view->rules;
    bool asks = rules->is_private ? rules->write_config & 4 : rules->write == WRITE_ENCRYPT;
    const struct power *power = &view->can[rules->is_private ? CAN_PRIVWRITE_ENCRYPTED : CAN_WRITE_ENCRYPTED];

    if (!asks || power->allowed || rules->locked || !power->built || private_of_no_curve(view))
        return;
    struct finding *finding = check_add(findings, allowed(view, CAN_GENERATE) ? WARNING : DANGER, "write-key",
                                        (uint16_t)(1u << rules->slot));
    words_add(&finding->says,
              "slot %u is to be written encrypted with the key in slot %u, and that cannot work: %s",
              rules->slot, rules->write_key, bare(power->reason));
    words_add(&finding->bits, "SlotConfig bits 15:12 = %X, bits 11:8 = %X", rules->write_config,
              rules->write_key);
    words_add(&finding->remedy, "name a slot that holds a secret of 32 bytes as the write key");
}

static void check_read_key(const struct view *view, struct findings *findings)
{
    const struct chip_slot_rules *rules = &view->rules;

    if (rules->is_private || !rules->is_secret || !rules->encrypt_read || allowed(view, CAN_READ_ENCRYPTED))
        return;
    struct finding *finding = check_add(findings, DANGER, "read-key", (uint16_t)(1u << rules->slot));
    words_add(&finding->says,
              "slot %u is to be read encrypted with the key in slot %u, and that cannot work: %s",
              rules->slot, rules->read_key, bare(view->can[CAN_READ_ENCRYPTED].reason));
    words_add(&finding->bits, "SlotConfig bit 6 = 1, bits 3:0 = %X", rules->read_key);
    words_add(&finding->remedy, "name a slot that holds a secret of 32 bytes as the read key");
}

static void check_ecdh_target(const struct view *view, struct findings *findings)
{
    const struct chip_slot_rules *rules = &view->rules;

    if (!rules->is_private || !rules->ecdh || !rules->ecdh_to_slot || (rules->slot & 1) ||
        allowed(view, CAN_ECDH_SLOT))
        return;
    struct finding *finding = check_add(findings, DANGER, "ecdh-target", (uint16_t)(1u << rules->slot));
    words_add(&finding->says, "the ECDH secret of slot %u is to go into slot %u, and that cannot work: %s",
              rules->slot, rules->slot + 1, bare(view->can[CAN_ECDH_SLOT].reason));
    words_add(&finding->bits, "SlotConfig bit 3 = 1");
    words_add(&finding->remedy, "let slot %u be a secret that can be written", rules->slot + 1);
}

/* The chain of authorisations has to end at a key that needs none, and every link has to pass CheckMac. */
static void check_authorisation(const struct view *view, struct findings *findings)
{
    unsigned at = view->rules.slot;
    unsigned links = 0;

    if (!view->rules.req_auth || authorised_by_private(view))
        return;
    while (chip_slot_rules(view->chip, at).req_auth && links <= CHIP_SLOTS) {
        at = chip_slot_rules(view->chip, at).auth_key;
        links++;
    }
    const struct power *check_mac = &view->study->locked.of[view->rules.auth_key][CAN_CHECK_MAC];
    bool endless = links > CHIP_SLOTS;
    if (!endless && (check_mac->allowed || !check_mac->built))
        return;
    struct finding *finding = check_add(findings, DANGER, "auth-never", (uint16_t)(1u << view->rules.slot));
    words_add(&finding->says, "slot %u can never be used: it asks for CheckMac with slot %u, %s",
              view->rules.slot, view->rules.auth_key,
              endless ? "which asks for another in turn, without end" : bare(check_mac->reason));
    words_add(&finding->bits, "KeyConfig bit 7 = 1, bits 11:8 = %X", view->rules.auth_key);
    words_add(&finding->remedy,
              "name a secret that asks for no authorisation itself; or clear KeyConfig bit 7");
}

static void check_validation(const struct view *view, struct findings *findings)
{
    const struct power *validate = &view->can[CAN_BE_VALIDATED];

    if (!chip_has_validity(&view->rules) || validate->allowed)
        return;
    struct finding *finding = check_add(findings, DANGER, "validation", (uint16_t)(1u << view->rules.slot));
    words_add(
        &finding->says,
        "slot %u can never be used: its public key has to be validated by slot %u, and that cannot work: %s",
        view->rules.slot, view->rules.read_key, bare(validate->reason));
    words_add(&finding->bits, "KeyConfig bit 1 = 1, SlotConfig bits 3:0 = %X", view->rules.read_key);
    words_add(&finding->remedy, "name a slot with a public key as ReadKey; or clear KeyConfig bit 1");
}

static void (*const single_rules[])(const struct view *view, struct findings *findings) = {
    check_write_key, check_read_key, check_ecdh_target, check_authorisation, check_validation,
};

void check_slots(const struct study *study, struct findings *findings)
{
    for (unsigned i = 0; i < sizeof shared_rules / sizeof shared_rules[0]; i++)
        check_shared(study, &shared_rules[i], findings);
    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        struct view view = view_of(study, slot);
        for (unsigned i = 0; i < sizeof single_rules / sizeof single_rules[0]; i++)
            single_rules[i](&view, findings);
    }
}
