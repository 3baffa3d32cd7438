/* config-get, config-set, wifi: the board's configuration.  mongoose-os.md 2.3, 3.9 */

#include "commands.h"
#include "config_edit.h"
#include "device.h"
#include "fail.h"
#include "json_text.h"
#include "options.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ATTEMPTS = 3, /* mongoose-os.md 1.11 */
    /* The board restarts 500 ms after its answer (2.3). The original waits 200 ms, so that a command that
     * follows at once is answered by the old configuration, or is lost in the restart. */
    RESTART_MS = 700,
    MANUAL_RESET_REQUIRED =
        418, /* the first restart after flashing: saved, but the boot pin still says "load" (2.3) */
};

/* The whole configuration. NULL after fail(). */
static json_t *get_config(struct device *device, const struct options *options)
{
    json_t *params = options->level >= 0 ? json_pack("{s:i}", "level", options->level) : json_object();
    struct reply reply;
    json_t *config = NULL;

    device_call_json(device, "Config.Get", params, ATTEMPTS, &reply);
    if (reply.status != CALL_OK) {
        reply_fail(&reply);
    } else {
        config = reply_json(&reply);
        if (!json_is_object(config)) {
            fail("the board's configuration is no JSON object.");
            json_decref(config);
            config = NULL;
        }
    }
    reply_free(&reply);
    return config;
}

int command_config_get(struct device *device, const struct options *options, int argc, char **argv)
{
    json_t *config, *value;
    int status = 0;

    if (argc > 1)
        return fail("only one path to value is allowed");
    config = get_config(device, options);
    if (!config)
        return 1;
    value = config_at(config, argc ? argv[0] : NULL);
    if (value) {
        json_value_print_sorted(stdout, value);
        putchar('\n');
    } else {
        status = fail("no config value at path \"%s\"", argv[0]);
    }
    json_decref(config);
    return status;
}

/* Firmware before 2.12 does not save in Config.Set and answers null. */
static int save(struct device *device, const struct options *options)
{
    struct reply reply;
    int status = 0;

    report(options->no_reboot ? "Saving..." : "Saving and rebooting...");
    device_call_json(device, "Config.Save",
                     json_pack("{s:b,s:b}", "reboot", !options->no_reboot, "try_once", options->try_once),
                     ATTEMPTS, &reply);
    if (reply.status == CALL_REFUSED && reply.code == MANUAL_RESET_REQUIRED)
        report("Note: %s", reply.message);
    else if (reply.status != CALL_OK)
        status = reply_fail(&reply);
    reply_free(&reply);
    return status;
}

static int judge_set(struct device *device, const struct options *options, const struct reply *reply)
{
    json_t *result;
    bool saved;

    if (reply->status == CALL_REFUSED && reply->code == MANUAL_RESET_REQUIRED) {
        report("Note: %s", reply->message); /* the original takes it for a failure and tries again (8.3 R7) */
        return 0;
    }
    if (reply->status != CALL_OK)
        return reply_fail(reply);
    result = reply_json(reply);
    saved = json_is_true(json_object_get(result, "saved"));
    json_decref(result);
    if (options->no_save)
        return 0;
    if (!saved)
        return save(device, options);
    if (options->try_once)
        report("Note: --try-once is set, config is valid for one reboot only");
    if (!options->no_reboot)
        device_pause(device, RESTART_MS);
    return 0;
}

static int set_config(struct device *device, const struct options *options, json_t *changes)
{
    json_t *params = json_object();
    struct reply reply;
    int status;

    if (options->level >= 0)
        report("Setting new configuration (level %d)...", options->level);
    else
        report("Setting new configuration...");
    json_object_set(params, "config", changes);
    if (options->level >= 0)
        json_object_set_new(params, "level", json_integer(options->level));
    if (!options->no_save)
        json_object_set_new(params, "save", json_true());
    if (!options->no_reboot)
        json_object_set_new(params, "reboot", json_true());
    if (options->try_once)
        json_object_set_new(params, "try_once", json_true());
    device_call_json(device, "Config.Set", params, ATTEMPTS, &reply);
    status = judge_set(device, options, &reply);
    reply_free(&reply);
    return status;
}

/* Copies the tree with sorted members, as mongoose-os.md 3.9 has them on the wire. */
static json_t *sorted(json_t *value)
{
    char *text = json_dumps(value, JSON_SORT_KEYS | JSON_COMPACT);
    json_malloc_t allocate;
    json_free_t release;
    json_t *copy = text ? json_loads(text, 0, NULL) : NULL;

    json_get_alloc_funcs(&allocate, &release);
    release(text);
    return copy;
}

static int assign_all(struct device *device, const struct options *options, int count,
                      const char *const *assignments)
{
    json_t *config, *changes, *ordered;
    int status = 0;

    report("Getting configuration...");
    config = get_config(device, options);
    if (!config)
        return 1;
    changes = json_object();
    for (int i = 0; i < count && !status; i++) {
        char why[400];

        if (config_assign(config, changes, assignments[i], why, sizeof why))
            status = fail("%s", why);
    }
    if (!status) {
        ordered = sorted(changes);
        status = ordered ? set_config(device, options, ordered) : fail("out of memory");
        json_decref(ordered);
    }
    json_decref(changes);
    json_decref(config);
    return status;
}

int command_config_set(struct device *device, const struct options *options, int argc, char **argv)
{
    if (argc < 1)
        return fail("at least one path.to.value=value pair should be given");
    for (int i = 0; i < argc; i++) {
        if (!strchr(argv[i], '=')) /* known without asking the board */
            return fail("missing value for \"%s\"", argv[i]);
    }
    return assign_all(device, options, argc, (const char *const *)argv);
}

/* A line from standard input; from a terminal without echo, which is back even after Ctrl-C. */
static int read_password(char *password, int size)
{
    if (isatty(STDIN_FILENO))
        return EVP_read_pw_string(password, size, "Password: ", 0);
    if (!fgets(password, size, stdin))
        return -1;
    password[strcspn(password, "\r\n")] = '\0';
    return 0;
}

int command_wifi(struct device *device, const struct options *options, int argc, char **argv)
{
    char network[200], password[200], typed[128] = "";
    const char *assignments[] = {"wifi.ap.enable=false", "wifi.sta.enable=true", network, password};
    int status;

    if (argc != 2)
        return fail("Usage: mos wifi WIFI_NETWORK_NAME WIFI_PASSWORD");
    if (strlen(argv[0]) > 32 ||
        strlen(argv[1]) > 64) /* IEEE 802.11: an SSID is 32 bytes, WPA's key 64 digits at most */
        return fail("a network's name has 32 bytes at most, its password 64.");
    if (strcmp(argv[1], "-") == 0 && read_password(typed, sizeof typed))
        return fail("no password on standard input.");
    snprintf(network, sizeof network, "wifi.sta.ssid=%s", argv[0]);
    snprintf(password, sizeof password, "wifi.sta.pass=%s", strcmp(argv[1], "-") == 0 ? typed : argv[1]);
    status = assign_all(device, options, 4, assignments);
    OPENSSL_cleanse(password, sizeof password);
    OPENSSL_cleanse(typed, sizeof typed);
    return status;
}
