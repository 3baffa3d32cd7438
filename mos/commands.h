/* The functions behind the rows of the command table (main.c): arguments and result as in command.h. */
#ifndef MOS_COMMANDS_H
#define MOS_COMMANDS_H

#include "command.h"

#include <stddef.h>

/* The table, in the order of `mos help`. */
extern const struct command mos_commands[];
extern const size_t mos_command_count;

/* NULL if there is no such command. */
const struct command *command_find(const char *name);

int command_build(struct device *device, const struct options *options, int argc, char **argv);
int command_flash(struct device *device, const struct options *options, int argc, char **argv);
int command_console(struct device *device, const struct options *options, int argc, char **argv);
int command_ports(struct device *device, const struct options *options, int argc, char **argv);
int command_help(struct device *device, const struct options *options, int argc, char **argv);
int command_version(struct device *device, const struct options *options, int argc, char **argv);

int command_ls(struct device *device, const struct options *options, int argc, char **argv);
int command_get(struct device *device, const struct options *options, int argc, char **argv);
int command_put(struct device *device, const struct options *options, int argc, char **argv);
int command_rm(struct device *device, const struct options *options, int argc, char **argv);
int command_call(struct device *device, const struct options *options, int argc, char **argv);
int command_config_get(struct device *device, const struct options *options, int argc, char **argv);
int command_config_set(struct device *device, const struct options *options, int argc, char **argv);
int command_wifi(struct device *device, const struct options *options, int argc, char **argv);

int command_atca_get_config(struct device *device, const struct options *options, int argc, char **argv);
int command_atca_set_config(struct device *device, const struct options *options, int argc, char **argv);
int command_atca_lock_zone(struct device *device, const struct options *options, int argc, char **argv);
int command_atca_set_key(struct device *device, const struct options *options, int argc, char **argv);
int command_atca_gen_key(struct device *device, const struct options *options, int argc, char **argv);
int command_atca_get_pub_key(struct device *device, const struct options *options, int argc, char **argv);
int command_atca_gen_csr(struct device *device, const struct options *options, int argc, char **argv);
int command_atca_gen_cert(struct device *device, const struct options *options, int argc, char **argv);

/* `mos help`: the command table, with the extended commands if `full`; on stdout. */
void help_print(int full);
/* `mos NAME --help`; on stdout. */
void help_print_command(const struct command *command);

#endif
