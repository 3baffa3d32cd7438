/* The flags of the command line and of the environment, decoded once.  mongoose-os.md 3.1, 3.3, 3.6
 *
 * A flag may stand anywhere on the line, as `--flag=value` or `--flag value`; a boolean is set by its bare
 * name and cleared by `--flag=false`. A flag that the line does not give is taken from MOS_<NAME> (upper
 * case, `_` for `-`), and failing that from its default. The rows are in flags.c.
 *
 * Strings point into `argv` and the environment and live as long as they do; only the arrays belong to the
 * structure and are released by options_free(). A string that was not given is NULL, unless the table has a
 * default for it.
 */
#ifndef MOS_OPTIONS_H
#define MOS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* A flag that may be repeated, in the order given. */
struct option_list {
    const char **items;
    size_t count;
};

struct options {
    /* every command */
    const char *chdir; /* -C, --chdir */
    bool help;         /* --help, -h */
    bool full;         /* --full: `mos help` shows the extended commands too */
    bool force;        /* --force */
    bool verbose;      /* --verbose: build log on stderr; serial debug log too */
    bool debug_log;    /* --logtostderr, --alsologtostderr: what travels on the line, on stderr */
    int debug_level;   /* --v */

    /* the connection to a board */
    const char *port;       /* --port, "auto" */
    int baud_rate;          /* --baud-rate, 115200 */
    int timeout_ms;         /* --timeout, 20000: deadline of every call */
    bool hw_flow_control;   /* --hw-flow-control */
    bool set_control_lines; /* --set-control-lines, true */
    bool inverted_control_lines;
    bool rpc_uart_no_delay; /* --rpc-uart-no-delay */
    bool mgrpc_compat_args; /* --mgrpc-compat-args: `args` instead of `params` */

    /* files */
    int chunk_size;     /* --chunk-size, 512 bytes */
    int fs_op_attempts; /* --fs-op-attempts, 3 */
    bool long_list;     /* -l, --long */

    /* configuration */
    int level; /* --level, -1: live values */
    bool no_reboot;
    bool no_save;
    bool try_once;

    /* the secure element */
    bool dry_run;              /* --dry-run, true */
    const char *write_key;     /* --write-key FILE */
    const char *format;        /* --format yaml|json|hex */
    const char *subject;       /* --subject /C=FR/CN=... */
    const char *csr_template;  /* --csr-template FILE */
    const char *cert_template; /* --cert-template FILE */
    int cert_days;             /* --cert-days, 0: the template's, else 3650 */
    const char *ca_cert_file;  /* --ca-cert-file */
    const char *ca_key_file;   /* --ca-key-file */
    bool gen_key;              /* --gen-key, true: atca-gen-csr and atca-gen-cert make a new key first */
    bool upload;               /* --upload, true: atca-gen-cert puts the certificate on the board */

    /* console */
    bool no_input;
    const char *timestamp; /* --timestamp, "StampMilli"; bare: "true" */
    int hexdump;           /* --hexdump, 0; bare: 16 */

    /* build; mongoose-os.md 5 */
    const char *platform; /* --platform, --arch */
    const char *board;    /* --board: build variable BOARD */
    bool local;
    bool clean;
    const char *repo;                 /* --repo: the tree that holds os/ and libs/ */
    const char *libs_dir;             /* --libs-dir */
    const char *deps_dir;             /* --deps-dir */
    const char *build_dir;            /* --build-dir */
    const char *gen_dir;              /* --gen-dir */
    struct option_list build_vars;    /* --build-var N=V, or N:V */
    struct option_list cdefs;         /* --cdef N=V */
    struct option_list libs;          /* --lib name:/path */
    struct option_list cflags_extra;  /* --cflags-extra */
    struct option_list lib_extra;     /* --lib-extra: one more `libs:` entry, a name or an origin */
    struct option_list build_targets; /* --build-target */
    bool no_libs_update;              /* --no-libs-update: accepted, libraries come from the tree */
    bool build_dry_run;               /* --build-dry-run */
    bool no_platform_check;           /* --no-platform-check */
    int build_parallelism;            /* --build-parallelism, 0: the number of processors */

    /* flash; mongoose-os.md 3.12 */
    const char *firmware; /* --firmware, NULL: build/fw.zip */
    bool keep_fs;
    bool no_verify;
    bool keep_temp_files;
    bool esp_erase_chip; /* --esp-erase-chip: every sector, the configuration too */
};

/* Decodes `argv[1..argc-1]`. What is no flag is collected in order into `positional` (at least `argc`
 * entries, owned by the caller) and counted in `positional_count`: the command's name comes first. Notes
 * about ignored flags go to stderr. Returns 0, or -1 after fail() has told the user what is wrong with which
 * flag. */
int options_parse(struct options *options, int argc, char **argv, char **positional, int *positional_count);

void options_free(struct options *options);

#endif
