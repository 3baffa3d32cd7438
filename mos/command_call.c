/* call: any remote procedure.  mongoose-os.md 3.8 */

#include "commands.h"
#include "device.h"
#include "fail.h"
#include "json_text.h"

#include <stdio.h>
#include <string.h>

int command_call(struct device *device, const struct options *options, int argc, char **argv)
{
    struct reply reply;
    char why[160];
    int status = 0;

    if (argc < 1)
        return fail("method required");
    if (argc > 2)
        return fail("extra arguments: the arguments of %s are one JSON value, quote it for the shell.",
                    argv[0]);
    if (argc > 1 && !json_text_check(argv[1], strlen(argv[1]), why, sizeof why))
        return fail("Args [%s] is not a valid JSON string: %s", argv[1], why);
    if (device_call(device, argv[0], argc > 1 ? argv[1] : NULL, &reply) == CALL_OK) {
        json_text_print_indented(stdout, reply.result, strlen(reply.result));
        putchar('\n');
        if (strcmp(argv[0], "Sys.Reboot") == 0)
            device_pause(device, 200); /* the answer comes before the restart: 1.11 */
    } else {
        status = reply_fail(&reply);
    }
    reply_free(&reply);
    return status;
}
