/* Writing a key into a slot.  mongoose-os.md 3.13, atecc608.md 2.6 */

#include "key_write.h"

#include "chip_calls.h"
#include "fail.h"
#include "key_file.h"
#include "options.h"

#include <openssl/crypto.h>
#include <string.h>

/* After the data lock: which way the slot can still be written. */
static int plan_locked(struct key_write *plan, const struct chip_slot *slot, const struct options *options)
{
    if (!slot->encrypted_write && plan->is_ecc)
        return fail("data zone is locked and encrypted writes on slot %d are not enabled, key cannot be set",
                    plan->slot);
    if (slot->never_writable)
        return fail("data zone is locked and slot %d allows no writes, key cannot be set", plan->slot);
    if (!slot->encrypted_write) {
        if (options->write_key)
            report("Note: slot %d takes plain writes, --write-key is not used.", plan->slot);
        return 0;
    }
    if (!options->write_key)
        return fail("data zone is locked, --write-key for slot %u is required to modify slot %d",
                    slot->write_key, plan->slot);
    if (key_file_read_write_key(options->write_key, plan->write_key))
        return 1;
    plan->encrypted = true;
    plan->write_slot = (int)slot->write_key;
    plan->write_key_path = options->write_key;
    report("Data zone is locked, will perform encrypted write using slot %d using %s", plan->write_slot,
           plan->write_key_path);
    return 0;
}

int key_write_plan(struct key_write *plan, const struct chip_config *config, int slot,
                   const struct options *options)
{
    memset(plan, 0, sizeof *plan);
    plan->slot = slot;
    plan->is_ecc = config->slots[slot].is_private_ecc;
    if (!config->config_locked)
        return fail("config zone must be locked got SetKey to work");
    if (config->slots[slot].locked)
        return fail("slot %d is locked, for ever: its key cannot be changed", slot);
    if (!config->data_locked) {
        if (options->write_key)
            report("Note: the data zone is not locked yet, --write-key is not used.");
        return 0;
    }
    return plan_locked(plan, &config->slots[slot], options);
}

void key_write_explain(const struct key_write *plan, const uint8_t *key, size_t size)
{
    char fingerprint[9];

    key_fingerprint(key, size, fingerprint);
    report("This is a dry run, would have set the following key on slot %d:\n", plan->slot);
    report("  %s of %zu bytes, SHA-256 %s...", plan->is_ecc ? "ECC private key" : "key", size, fingerprint);
    if (plan->encrypted) {
        key_fingerprint(plan->write_key, CHIP_KEY_SIZE, fingerprint);
        report("  encrypted with the key of slot %d, which %s should hold, SHA-256 %s...", plan->write_slot,
               plan->write_key_path, fingerprint);
    }
    report("\nSet --dry-run=false to confirm.");
}

int key_write_run(const struct key_write *plan, struct device *device, const uint8_t *key, size_t size)
{
    for (size_t block = 0; block * CHIP_KEY_SIZE < size; block++) {
        const struct chip_new_key new_key = {
            .slot = plan->slot,
            .block = (int)block,
            .is_ecc = plan->is_ecc,
            .key = key + block * CHIP_KEY_SIZE,
            .write_key = plan->encrypted ? plan->write_key : NULL,
            .write_slot = plan->write_slot,
            .write_key_path = plan->write_key_path,
        };

        int status;

        report("Writing block %zu...", block);
        status = chip_set_key(device, &new_key);
        if (status && block > 0) {
            fail("slot %d has the first %zu bytes of the new key and then the old one: write it again.",
                 plan->slot, block * CHIP_KEY_SIZE);
            return 2;
        }
        if (status)
            return status;
    }
    report("SetKey successful.");
    return 0;
}

void key_write_end(struct key_write *plan)
{
    OPENSSL_cleanse(plan, sizeof *plan);
}
