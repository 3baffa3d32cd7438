/* Serial ports of this machine.  mongoose-os.md 3.4 */

#include "ports.h"

#include "command.h"
#include "commands.h"
#include "fail.h"
#include "options.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t ports_list(char ***ports)
{
    glob_t found;
    char **list = NULL;
    size_t count = 0;

    /* GLOB_APPEND keeps each pattern's names sorted among themselves, which is the order wanted */
    *ports = NULL;
    glob("/dev/ttyUSB*", 0, NULL, &found);
    glob("/dev/ttyACM*", GLOB_APPEND, NULL, &found);
    if (found.gl_pathc)
        list = calloc(found.gl_pathc, sizeof *list);
    for (size_t i = 0; list && i < found.gl_pathc; i++) {
        char *name = strdup(found.gl_pathv[i]);
        if (name)
            list[count++] = name;
    }
    globfree(&found);
    *ports = list;
    return count;
}

void ports_free(char **ports, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(ports[i]);
    free(ports);
}

const char *port_choose(const struct options *options)
{
    static char chosen[256]; /* the answer for this run */

    if (chosen[0])
        return chosen;
    if (strcmp(options->port, "auto") != 0) {
        const char *port = options->port;

        if (strncmp(port, "serial://", 9) == 0)
            port += 9;
        if (!*port || strlen(port) >= sizeof chosen) {
            fail("--port=%s names no serial port.", options->port);
            return NULL;
        }
        strcpy(chosen, port);
    } else {
        char **ports;
        size_t count = ports_list(&ports);

        if (count && strlen(ports[0]) < sizeof chosen)
            strcpy(chosen, ports[0]);
        ports_free(ports, count);
        if (!chosen[0]) {
            fail(
                "--port not specified and none were found: plug the board in, or name its port with --port.");
            return NULL;
        }
    }
    report("Using port %s", chosen);
    return chosen;
}

int command_ports(struct device *device, const struct options *options, int argc, char **argv)
{
    char **ports;
    size_t count = ports_list(&ports);

    for (size_t i = 0; i < count; i++)
        puts(ports[i]);
    ports_free(ports, count);
    return 0;
}
