/* SlotConfig, KeyConfig, and the rules every use of a key obeys.  atecc608.md 2.6, 2.8, 2.13 - 2.15 */

#include "slot_rules.h"

#include "guesses.h"
#include "limited_use.h"
#include "memory.h"

static uint16_t word_at(const struct chip *chip, unsigned offset, unsigned slot)
{
    const uint8_t *bytes = chip->eeprom.config + offset + 2 * slot;
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

/* The table of Write in atecc608.md 2.6, by bits 15:12. */
static enum chip_write_rule write_rule(unsigned write_config)
{
    if (write_config & 4)
        return WRITE_ENCRYPT;
    if (write_config == 0)
        return WRITE_ALWAYS;
    return write_config == 1 ? WRITE_PUB_INVALID : WRITE_NEVER;
}

struct chip_slot_rules chip_slot_rules(const struct chip *chip, unsigned slot)
{
    uint16_t sc = word_at(chip, CONFIG_SLOT_CONFIG, slot);
    uint16_t kc = word_at(chip, CONFIG_KEY_CONFIG, slot);
    unsigned unlocked =
        chip->eeprom.config[CONFIG_SLOT_LOCKED] | (unsigned)chip->eeprom.config[CONFIG_SLOT_LOCKED + 1] << 8;

    return (struct chip_slot_rules){
        .slot = slot,
        .sign_external = sc & 1 << 0,
        .sign_internal = sc & 1 << 1,
        .ecdh = sc & 1 << 2,
        .ecdh_to_slot = sc & 1 << 3,
        .read_key = sc & 0xF,
        .no_mac = sc & 1 << 4,
        .limited_use = sc & 1 << 5,
        .encrypt_read = sc & 1 << 6,
        .is_secret = sc & 1 << 7,
        .write_key = (sc >> 8) & 0xF,
        .write_config = sc >> 12,
        .write = write_rule(sc >> 12),
        .is_private = kc & 1 << 0,
        .pub_info = kc & 1 << 1,
        .key_type = (kc >> 2) & 7,
        .lockable = kc & 1 << 5,
        .req_random = kc & 1 << 6,
        .req_auth = kc & 1 << 7,
        .auth_key = (kc >> 8) & 0xF,
        .persistent_disable = kc & 1 << 12,
        .x509_id = kc >> 14,
        .locked = !(unlocked >> slot & 1),
        .slot_config = sc,
        .key_config = kc,
    };
}

bool chip_is_private_p256(const struct chip_slot_rules *rules)
{
    return rules->is_private && rules->key_type == KEY_P256;
}

bool chip_is_public_p256(const struct chip_slot_rules *rules)
{
    return !rules->is_private && rules->key_type == KEY_P256 && chip_slot_size(rules->slot) >= 72;
}

bool chip_has_validity(const struct chip_slot_rules *rules)
{
    return chip_is_public_p256(rules) && rules->pub_info;
}

bool chip_use_rules_apply(const struct chip *chip)
{
    return chip_data_locked(chip) || GUESS_23_USE_RULES_BEFORE_DATA_LOCK;
}

void chip_slot_store(struct chip *chip, const struct chip_slot_rules *rules, unsigned offset,
                     const uint8_t *bytes, size_t n)
{
    chip_eeprom_write(chip, chip->eeprom.data + chip_slot_offset(rules->slot) + offset, bytes, n);
    if (chip_has_validity(rules))
        chip_validity_set(chip, rules->slot, PUBLIC_KEY_INVALID);
}

/* UseLock, GUESS 14: an unmeasured feature that no known part enables. */
static bool use_lock_closed(const struct chip *chip)
{
    return !chip_is_508(chip) && (chip->eeprom.config[CONFIG_USE_LOCK] & 0xF) == 0xA && !chip->use_unlocked;
}

static unsigned use_lock_slot(const struct chip *chip)
{
    return chip->eeprom.config[CONFIG_USE_LOCK] >> 4;
}

void chip_key_proven(struct chip *chip, unsigned slot)
{
    if (use_lock_closed(chip) && slot == use_lock_slot(chip))
        chip->use_unlocked = true;
}

static enum chip_status check_use_lock(struct chip *chip, struct chip_call *call,
                                       const struct chip_slot_rules *rules, unsigned how)
{
    if (!use_lock_closed(chip) || ((how & USE_OPENS_LOCK) && rules->slot == use_lock_slot(chip)))
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_EXEC,
                       "no key may be used until CheckMac succeeds with slot %u (UseLock = %02X, byte 68)",
                       use_lock_slot(chip), chip->eeprom.config[CONFIG_USE_LOCK]);
}

enum chip_status chip_check_not_private(struct chip_call *call, const struct chip_slot_rules *rules)
{
    if (!rules->is_private)
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_EXEC, "slot %u holds a private key (KeyConfig bit 0 = 1)", rules->slot);
}

enum chip_status chip_check_not_locked(struct chip_call *call, const struct chip_slot_rules *rules,
                                       const char *role)
{
    if (!rules->locked)
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_EXEC, "%sslot %u is locked (SlotLocked bit %u = 0)", role, rules->slot,
                       rules->slot);
}

enum chip_status chip_check_private_p256(struct chip_call *call, const struct chip_slot_rules *rules)
{
    if (chip_is_private_p256(rules))
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_EXEC,
                       "slot %u is not a P-256 private key slot (KeyConfig bit 0 = %d, KeyType %u)",
                       rules->slot, rules->is_private, rules->key_type);
}

enum chip_status chip_take_private_key(const struct chip *chip, struct chip_call *call,
                                       const struct chip_slot_rules *rules, uint8_t d[32])
{
    if (chip_private_key(chip, rules->slot, d))
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_EXEC, "slot %u holds no private key yet (GenKey or PrivWrite makes one)",
                       rules->slot);
}

enum chip_status chip_check_public_p256(struct chip_call *call, const struct chip_slot_rules *rules)
{
    if (chip_is_public_p256(rules))
        return CHIP_SUCCESS;
    return chip_refuse(call, CHIP_EXEC,
                       "slot %u is not a P-256 public key slot (KeyConfig bit 0 = %d, KeyType %u, %u bytes)",
                       rules->slot, rules->is_private, rules->key_type, chip_slot_size(rules->slot));
}

enum chip_status chip_may_use(struct chip *chip, struct chip_call *call, const struct chip_slot_rules *rules,
                              unsigned how)
{
    if (!chip_use_rules_apply(chip))
        return CHIP_SUCCESS;

    enum chip_status status = check_use_lock(chip, call, rules, how);
    if (status != CHIP_SUCCESS)
        return status;
    if (rules->persistent_disable && !chip->latch && !(how & USE_IGNORES_LATCH))
        return chip_refuse(call, CHIP_EXEC, "slot %u needs the persistent latch set (KeyConfig bit 12 = 1)",
                           rules->slot);
    if (rules->req_auth && !(chip->sram.auth_valid && chip->sram.auth_slot == rules->auth_key))
        return chip_refuse(call, CHIP_EXEC,
                           "slot %u needs a CheckMac with slot %u first (KeyConfig bit 7 = 1, AuthKey %u)",
                           rules->slot, rules->auth_key, rules->auth_key);
    if (rules->limited_use && !(how & USE_UNLIMITED))
        return chip_check_uses_left(chip, call, rules->slot);
    return CHIP_SUCCESS;
}

void chip_spend_use(struct chip *chip, const struct chip_slot_rules *rules, unsigned how)
{
    if (!chip_use_rules_apply(chip))
        return;
    if (rules->req_auth)
        chip->sram.auth_valid = false;
    if (rules->limited_use && !(how & USE_UNLIMITED))
        chip_take_one_use(chip, rules->slot);
}

enum chip_status chip_check_random(struct chip *chip, struct chip_call *call,
                                   const struct chip_slot_rules *rules)
{
    const struct chip_temp_key *key = &chip->sram.temp_key;

    if (!chip_use_rules_apply(chip))
        return CHIP_SUCCESS;
    if (rules->req_random && (!key->valid || key->from_input))
        return chip_refuse(
            call, CHIP_EXEC,
            "slot %u needs a random nonce in TempKey (KeyConfig bit 6 = 1; Valid = %d, SourceFlag = %d)",
            rules->slot, key->valid, key->from_input);
    return CHIP_SUCCESS;
}
