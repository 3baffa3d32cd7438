/* atca-set-key, atca-gen-key, atca-get-pub-key.  mongoose-os.md 3.13 */

#include "atca/chip_calls.h"
#include "atca/chip_config.h"
#include "atca/hex_text.h"
#include "atca/key_file.h"
#include "atca/key_write.h"
#include "commands.h"
#include "fail.h"
#include "local_file.h"
#include "options.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <string.h>
#include <unistd.h>

#define LARGEST_SLOT 416

/* ---- atca-set-key ---- */

static int read_key(const struct chip_config *config, int slot, const char *path, uint8_t *key, size_t *size)
{
    const char *kind;
    size_t blocks = config->slots[slot].capacity / CHIP_KEY_SIZE;

    if (!config->config_locked)
        return fail("config zone must be locked got SetKey to work");
    if (config->slots[slot].is_private_ecc) {
        report("Slot %d is a ECC private key slot", slot);
        if (key_file_read_ecc(path, key, &kind))
            return 1;
        if (kind)
            report("Parsed %s", kind);
        *size = CHIP_KEY_SIZE;
        return 0;
    }
    report("Slot %d is a non-ECC key slot", slot);
    if (key_file_read_hex(path, key, LARGEST_SLOT, size))
        return 1;
    if (*size == 0 || *size % CHIP_KEY_SIZE != 0)
        return fail("%s: expected a multiple of 32 bytes, got %zu", path, *size);
    if (*size > blocks * CHIP_KEY_SIZE)
        return fail("%s: slot %d has room for %zu bytes, got %zu", path, slot, blocks * CHIP_KEY_SIZE, *size);
    return 0;
}

int command_atca_set_key(struct device *device, const struct options *options, int argc, char **argv)
{
    uint8_t key[LARGEST_SLOT];
    struct chip_config config;
    struct key_write plan;
    size_t size = 0;
    int slot, status;

    if (argc != 2)
        return fail("slot number and key filename are required");
    slot = chip_slot_argument(argv[0]);
    if (slot < 0 || chip_open(device, &config))
        return 1;
    status = read_key(&config, slot, argv[1], key, &size);
    if (!status) {
        status = key_write_plan(&plan, &config, slot, options);
        if (!status && options->dry_run)
            key_write_explain(&plan, key, size);
        else if (!status)
            status = key_write_run(&plan, device, key, size);
        key_write_end(&plan);
    }
    OPENSSL_cleanse(key, sizeof key);
    return status ? 1 : 0;
}

/* ---- atca-gen-key ---- */

static int write_public_key(struct output_file *output, EVP_PKEY *pkey)
{
    const char *path = output->path;

    PEM_write_PUBKEY(output->file, pkey);
    if (output_commit(output, 1))
        return 1;
    if (path)
        report("Wrote %s", path);
    return 0;
}

static int gen_private_key(struct device *device, const struct options *options,
                           const struct chip_config *config, int slot, const char *path)
{
    struct output_file output;
    EVP_PKEY *pkey;
    int status;

    report("Slot %d is a ECC private key slot", slot);
    if (!config->config_locked)
        return fail("config zone must be locked for GenKey to work");
    if (config->slots[slot].locked)
        return fail("slot %d is locked, for ever: its key cannot be changed", slot);
    if (config->data_locked && !config->slots[slot].gen_key_allowed)
        return fail("data zone is locked and slot %d does not allow GenKey", slot);
    if (options->dry_run) {
        report("This is a dry run, would have generated a new ECC key on slot %d; the key that is in it "
               "would be lost.\n"
               "\nSet --dry-run=false to confirm.",
               slot);
        return 0;
    }
    if (output_open(&output, path, 0644))
        return 1;
    pkey = chip_gen_key(device, slot);
    if (!pkey) {
        output_abandon(&output);
        return 1;
    }
    report("Generated new ECC key on slot %d", slot);
    status = write_public_key(&output, pkey);
    EVP_PKEY_free(pkey);
    return status;
}

/* The file is complete before the chip has the key: whatever fails, the key that works is known. */
static int gen_and_write(struct device *device, const struct key_write *plan, struct output_file *output)
{
    const char *path = output->path;
    uint8_t key[CHIP_KEY_SIZE];
    int status;

    if (RAND_bytes(key, sizeof key) != 1)
        return fail("no random numbers from this machine.");
    report("Generated random 32 byte key");
    setvbuf(output->file, NULL, _IONBF, 0);
    if (path)
        hex_text_print(output->file, key, sizeof key, 16);
    status = key_write_run(plan, device, key, sizeof key);
    if (!path && status != 1)
        hex_text_print(output->file, key, sizeof key, 16);
    OPENSSL_cleanse(key, sizeof key);
    if (status == 2)
        output_keep(output, "The key that may be in the slot now");
    if (status)
        return 1;
    if (output_commit(output, 1))
        return 1;
    if (path)
        report("Wrote key to %s", path);
    return 0;
}

static int gen_symmetric_key(struct device *device, const struct options *options,
                             const struct chip_config *config, int slot, const char *path)
{
    struct output_file output;
    struct key_write plan;
    int status;

    report("Slot %d is a non-ECC key slot", slot);
    status = key_write_plan(&plan, config, slot, options);
    if (!status && options->dry_run) {
        report("This is a dry run, would have set a random key of 32 bytes on slot %d%s.\n\n"
               "Set --dry-run=false to confirm.",
               slot, path ? "" : " and printed it");
    } else if (!status && !path && isatty(STDOUT_FILENO)) {
        status = fail("the key would appear on the terminal: name a file, mos atca-gen-key %d FILE", slot);
    } else if (!status) {
        status = output_open(&output, path, 0600) ? 1 : gen_and_write(device, &plan, &output);
        if (status)
            output_abandon(&output);
    }
    key_write_end(&plan);
    return status;
}

int command_atca_gen_key(struct device *device, const struct options *options, int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : NULL;
    struct chip_config config;
    int slot;

    if (argc < 1)
        return fail("slot number is required");
    if (argc > 2)
        return fail("extra arguments");
    slot = chip_slot_argument(argv[0]);
    if (slot < 0 || chip_open(device, &config))
        return 1;
    if (config.slots[slot].is_private_ecc)
        return gen_private_key(device, options, &config, slot, path);
    return gen_symmetric_key(device, options, &config, slot, path);
}

/* ---- atca-get-pub-key ---- */

int command_atca_get_pub_key(struct device *device, const struct options *options, int argc, char **argv)
{
    struct chip_config config;
    struct output_file output;
    EVP_PKEY *pkey;
    int slot, status;

    if (argc < 1)
        return fail("slot number is required");
    if (argc > 2)
        return fail("extra arguments");
    slot = chip_slot_argument(argv[0]);
    if (slot < 0 || chip_open(device, &config))
        return 1;
    pkey = chip_get_pub_key(device, slot);
    if (!pkey)
        return 1;
    status = output_open(&output, argc > 1 ? argv[1] : NULL, 0644) ? 1 : write_public_key(&output, pkey);
    EVP_PKEY_free(pkey);
    return status;
}
