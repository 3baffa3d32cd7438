/* The table of flags.  mongoose-os.md 3.6 */

#include "flags.h"

#include "options.h"

#include <limits.h>

#define AT(field) offsetof(struct options, field)

#define BOOL(name, field, initial, commands, summary)                                                        \
    {                                                                                                        \
        name, 0, FLAG_BOOL, AT(field), initial, "true", commands, summary, NULL, 0, 0                        \
    }
#define INT(name, field, initial, minimum, maximum, commands, summary)                                       \
    {                                                                                                        \
        name, 0, FLAG_INT, AT(field), initial, NULL, commands, summary, NULL, minimum, maximum               \
    }
#define STRING(name, field, initial, commands, summary)                                                      \
    {                                                                                                        \
        name, 0, FLAG_STRING, AT(field), initial, NULL, commands, summary, NULL, 0, 0                        \
    }
#define LIST(name, field, commands, summary)                                                                 \
    {                                                                                                        \
        name, 0, FLAG_LIST, AT(field), NULL, NULL, commands, summary, NULL, 0, 0                             \
    }
#define IGNORED(name, note)                                                                                  \
    {                                                                                                        \
        name, 0, FLAG_IGNORED, 0, NULL, NULL, NULL, NULL, note, 0, 0                                         \
    }
#define IGNORED_BOOL(name, note)                                                                             \
    {                                                                                                        \
        name, 0, FLAG_IGNORED_BOOL, 0, NULL, "true", NULL, NULL, note, 0, 0                                  \
    }
#define REFUSED(name, note)                                                                                  \
    {                                                                                                        \
        name, 0, FLAG_REFUSED, 0, NULL, NULL, NULL, NULL, note, 0, 0                                         \
    }

#define DRY_RUN "atca-set-config atca-lock-zone atca-set-key atca-gen-key atca-gen-csr atca-gen-cert"

const struct flag mos_flags[] = {
    {"help", 'h', FLAG_BOOL, AT(help), NULL, "true", NULL, "what a command does, with examples", NULL, 0, 0},
    {"chdir", 'C', FLAG_STRING, AT(chdir), NULL, NULL, NULL, "work in this folder", NULL, 0, 0},
    BOOL("full", full, NULL, "help", "the extended commands too"),
    /* mongoose-os.md 3.2: parsed and never consulted */
    {"enable-extended", 'X', FLAG_IGNORED_BOOL, 0, NULL, "true", NULL, NULL, NULL, 0, 0},
    BOOL("force", force, NULL, NULL, NULL),
    BOOL("verbose", verbose, NULL, "build", "show the build log while it is written"),
    BOOL("logtostderr", debug_log, NULL, NULL, "what travels on the line, on stderr"),
    BOOL("alsologtostderr", debug_log, NULL, NULL, NULL),
    INT("v", debug_level, NULL, 0, INT_MAX, NULL, NULL),

    STRING("port", port, "auto", "*", "serial port of the board, or tcp://host:port"),
    INT("baud-rate", baud_rate, "115200", 1, 10000000, "*", "speed of the serial port"),
    {"timeout", 0, FLAG_DURATION, AT(timeout_ms), "20s", NULL, "*", "how long to wait for each answer", NULL,
     1, INT_MAX},
    BOOL("hw-flow-control", hw_flow_control, NULL, "*", "RTS/CTS flow control"),
    BOOL("set-control-lines", set_control_lines, "true", "*", "release DTR and RTS when opening the port"),
    BOOL("inverted-control-lines", inverted_control_lines, NULL, "*", "DTR and RTS are wired inverted"),
    BOOL("rpc-uart-no-delay", rpc_uart_no_delay, NULL, "*", "do not slow down for the UART's small buffer"),
    BOOL("mgrpc-compat-args", mgrpc_compat_args, NULL, "*",
         "send arguments as `args`, for firmware before 2018"),

    INT("chunk-size", chunk_size, "512", 1, 65536, "get put atca-gen-cert",
        "bytes of the file in each frame"),
    INT("fs-op-attempts", fs_op_attempts, "3", 1, 1000, "get put atca-gen-cert",
        "tries for each piece of the file"),
    {"long", 'l', FLAG_BOOL, AT(long_list), NULL, "true", "ls", "sizes too", NULL, 0, 0},

    INT("level", level, "-1", -1, 9, "config-get config-set",
        "layer of the configuration, -1: what is in force"),
    BOOL("no-reboot", no_reboot, NULL, "config-set wifi", "do not restart the board"),
    BOOL("no-save", no_save, NULL, "config-set wifi", "change the values until the next restart only"),
    BOOL("try-once", try_once, NULL, "config-set wifi", "the new values are good for one restart"),

    BOOL("dry-run", dry_run, "true", DRY_RUN,
         "say what would be done and do nothing; --dry-run=false does it"),
    STRING("write-key", write_key, NULL, "atca-set-key atca-gen-key", "file of the key that opens the slot"),
    STRING("format", format, NULL, "atca-get-config atca-set-config",
           "yaml, json or hex; else by the file's suffix"),
    STRING("subject", subject, NULL, "atca-gen-csr atca-gen-cert", "subject name, /C=FR/O=TMC/CN=board"),
    STRING("csr-template", csr_template, NULL, "atca-gen-csr",
           "request whose subject and extensions to take"),
    STRING("cert-template", cert_template, NULL, "atca-gen-cert",
           "certificate whose subject and extensions to take"),
    INT("cert-days", cert_days, NULL, 0, 36500, "atca-gen-cert", "validity in days"),
    BOOL("gen-key", gen_key, "true", "atca-gen-csr atca-gen-cert",
         "make a new key; =false: use the one in the slot"),
    BOOL("upload", upload, "true", "atca-gen-cert", "put the certificate on the board"),
    STRING("ca-cert-file", ca_cert_file, NULL, "atca-gen-cert", "certificate of the authority"),
    STRING("ca-key-file", ca_key_file, NULL, "atca-gen-cert", "private key of the authority"),

    BOOL("no-input", no_input, NULL, "console", "only print, send nothing"),
    {"timestamp", 0, FLAG_STRING, AT(timestamp), "StampMilli", "true", "console",
     "StampMilli, RFC3339, a layout, strftime, true (seconds) or false", NULL, 0, 0},
    {"hexdump", 0, FLAG_INT, AT(hexdump), "0", "16", "console", "print bytes, this many a line", NULL, 0,
     256},
    IGNORED_BOOL("catch-core-dumps", NULL),

    STRING("platform", platform, NULL, "build", "processor and board family, as in os/boards/"),
    {"arch", 0, FLAG_STRING, AT(platform), NULL, NULL, NULL, NULL, "--arch is deprecated, use --platform", 0,
     0},
    STRING("board", board, NULL, "build", "build variable BOARD"),
    BOOL("local", local, NULL, "build", "build on this machine, which is what always happens"),
    BOOL("clean", clean, NULL, "build", "forget earlier objects"),
    STRING("repo", repo, NULL, "build", "the tree that holds os/ and libs/"),
    STRING("libs-dir", libs_dir, NULL, "build", "where libraries are looked for first"),
    STRING("deps-dir", deps_dir, NULL, "build", "the same, under its other name"),
    STRING("build-dir", build_dir, NULL, "build", "where to build, default build/"),
    STRING("gen-dir", gen_dir, NULL, "build", "where generated sources go, default build/gen/"),
    LIST("build-var", build_vars, "build", "NAME=VALUE, a build variable"),
    LIST("cdef", cdefs, "build", "NAME=VALUE, a C macro"),
    LIST("lib", libs, "build", "name:/path, take this library from there"),
    LIST("cflags-extra", cflags_extra, "build", "one more compiler flag"),
    LIST("lib-extra", lib_extra, "build", "one more library"),
    LIST("build-target", build_targets, "build", NULL),
    BOOL("no-libs-update", no_libs_update, NULL, "build", NULL),
    BOOL("build-dry-run", build_dry_run, NULL, "build", "write the generated files, compile nothing"),
    BOOL("no-platform-check", no_platform_check, NULL, "build",
         "build even if the manifest does not list the platform"),
    INT("build-parallelism", build_parallelism, "0", 0, 1024, "build",
        "compilers at a time, 0: one a processor"),

    STRING("firmware", firmware, NULL, "flash", "archive to flash, default build/fw.zip"),
    BOOL("keep-fs", keep_fs, NULL, "flash", "leave the board's files alone"),
    BOOL("no-verify", no_verify, NULL, "flash", NULL),
    BOOL("keep-temp-files", keep_temp_files, NULL, "build flash", NULL),
    BOOL("esp-erase-chip", esp_erase_chip, NULL, "flash", "erase everything first, the configuration too"),

    /* The rest of the original's flags. Harmless ones are accepted, so that scripts go on working. */
    IGNORED("cert-file", "it concerns ports with TLS, which are not supported yet"),
    IGNORED("key-file", "it concerns ports with TLS, which are not supported yet"),
    IGNORED_BOOL("reconnect", "the connection is opened for each command"),
    IGNORED("esp-rom-baud-rate", "it concerns the ESP8266's boot loader"),
    IGNORED("esp-baud-rate", "it concerns the ESP8266's boot loader"),
    IGNORED("esp-data-port", "it concerns the ESP8266's boot loader"),
    IGNORED("esp-flash-params", "it concerns the ESP8266's boot loader"),
    IGNORED_BOOL("esp-enable-compression", NULL),
    IGNORED_BOOL("esp-minimize-writes", NULL),
    IGNORED_BOOL("esp-boot-after-flashing", NULL),
    IGNORED("cxxflags-extra", "there is no C++ in this firmware"),
    IGNORED("modules-dir", "the system is one tree, there are no modules"),
    IGNORED("module", "the system is one tree, there are no modules"),
    IGNORED("binary-libs-dir", "every library is built from source"),
    IGNORED("libs-update-interval", "libraries come from the tree and are never fetched"),
    IGNORED_BOOL("prefer-prebuilt-libs", "every library is built from source"),
    IGNORED("build-image", "there is no build container"),
    IGNORED("build-docker-extra", "there is no build container"),
    IGNORED_BOOL("build-docker-no-mounts", "there is no build container"),
    IGNORED("temp-dir", "this tool keeps no files of its own"),
    IGNORED("state-file", "this tool keeps no files of its own"),
    IGNORED("auth-file", "this tool keeps no files of its own"),
    REFUSED("server", "firmware is always built on this machine, leave the flag out"),
    REFUSED("credentials",
            "libraries are not fetched from repositories, clone them and name them with --lib"),
    REFUSED("gh-token", "libraries are not fetched from repositories, clone them and name them with --lib"),
    REFUSED("rpc-creds", "the serial port needs no credentials, and ports that would are not supported yet"),
    REFUSED("commit-timeout", "there is no `ota` command yet"),
    REFUSED("update-timeout", "there is no `ota` command yet"),
    REFUSED("gdb-server-cmd", "there is no `debug-core-dump` command"),
};

const size_t mos_flag_count = sizeof mos_flags / sizeof mos_flags[0];
