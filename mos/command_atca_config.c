/* atca-get-config, atca-set-config, atca-lock-zone.  mongoose-os.md 3.13 */

#include "atca/chip_calls.h"
#include "atca/chip_config.h"
#include "atca/chip_config_text.h"
#include "commands.h"
#include "fail.h"
#include "local_file.h"
#include "options.h"

#include <stdlib.h>
#include <string.h>

int command_atca_get_config(struct device *device, const struct options *options, int argc, char **argv)
{
    const char *path = argc > 0 ? argv[0] : NULL;
    enum chip_config_format format;
    struct chip_config config;
    struct output_file output;
    char why[120];

    if (argc > 1)
        return fail("extra arguments");
    if (chip_config_format(options->format, path, &format, why, sizeof why))
        return fail("%s", why);
    if (chip_open(device, &config))
        return 1;
    if (output_open(&output, path, 0644))
        return 1;
    if (chip_config_print(output.file, config.bytes, format)) {
        output_abandon(&output);
        return fail("out of memory");
    }
    if (output_commit(&output, 0))
        return 1;
    if (path)
        report("Wrote %s", path);
    return 0;
}

static int read_config(const char *path, const struct options *options, uint8_t bytes[CHIP_CONFIG_SIZE])
{
    enum chip_config_format format;
    char why[200], *text;
    size_t length;
    int status;

    if (chip_config_format(options->format, path, &format, why, sizeof why))
        return fail("%s", why);
    text = local_file_read(path, 64 * 1024, &length);
    if (!text)
        return 1;
    status = chip_config_parse(text, length, format, bytes, why, sizeof why);
    free(text);
    return status ? fail("%s: %s", path, why) : 0;
}

int command_atca_set_config(struct device *device, const struct options *options, int argc, char **argv)
{
    uint8_t bytes[CHIP_CONFIG_SIZE];
    struct chip_config config, wanted;
    char why[120];

    if (argc < 1)
        return fail("config filename is required");
    if (argc > 1)
        return fail("extra arguments");
    if (read_config(argv[0], options, bytes))
        return 1;
    if (chip_config_decode(&wanted, bytes, why,
                           sizeof why)) /* what the tool could not read back it does not write */
        return fail("%s: %s", argv[0], why);
    if (chip_open(device, &config))
        return 1;
    if (config.config_locked)
        return fail("config zone is already locked");
    if (options->dry_run) {
        report("This is a dry run, would have set the following config:\n");
        chip_config_print(stderr, bytes, CHIP_CONFIG_HEX);
        report("\nSet --dry-run=false to confirm.");
        return 0;
    }
    if (chip_set_config(device, bytes))
        return 1;
    report("\nSetConfig successful.");
    return 0;
}

int command_atca_lock_zone(struct device *device, const struct options *options, int argc, char **argv)
{
    struct chip_config config;
    int zone;

    if (argc != 1)
        return fail("lock zone name is required: config or data");
    if (strcmp(argv[0], "config") == 0)
        zone = 0;
    else if (strcmp(argv[0], "data") == 0)
        zone = 1;
    else
        return fail("invalid zone '%s'", argv[0]);
    if (chip_open(device, &config))
        return 1;
    if (zone == 0 ? config.config_locked : config.data_locked)
        return fail("the %s zone is already locked", argv[0]);
    if (zone == 1 && !config.config_locked)
        return fail("the config zone must be locked first");
    if (options->dry_run) {
        report(
            "This is a dry run, would have locked the %s zone, for ever.\n\nSet --dry-run=false to confirm.",
            argv[0]);
        return 0;
    }
    if (chip_lock_zone(device, zone))
        return 1;
    report("LockZone successful.");
    return 0;
}
