/* The verbs that talk to a running board. */

#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Connects by way of the folder's descriptor: its own path may be longer than a socket's may. */
static int connect_to(const char *directory)
{
    int folder = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return -errno;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control", folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : fd;
    close(folder);
    if (result < 0 && fd >= 0)
        close(fd);
    return result;
}

/* The answer's line (free it), or NULL. With `until_gone`: when the board has hung up, too. */
static char *read_line(int fd, bool until_gone)
{
    FILE *stream = fdopen(fd, "r");
    char *line = NULL;
    size_t size = 0;
    ssize_t length = stream ? getline(&line, &size, stream) : -1;
    while (stream && until_gone && getc(stream) != EOF)
        ;
    if (stream)
        fclose(stream);
    else
        close(fd);
    if (length <= 0 || line[length - 1] != '\n') {
        free(line);
        return NULL;
    }
    line[length - 1] = '\0';
    return line;
}

/* What follows "ok" (free it); NULL: has said what went wrong. */
static char *ask(const char *directory, const char *request)
{
    int fd = connect_to(directory);
    if (fd < 0) {
        if (fd == -ENOENT || fd == -ECONNREFUSED)
            fprintf(stderr,
                    "hallmark-board: no board runs in %s. Start one with `hallmark-board start --dir %s`.\n",
                    directory, directory);
        else
            fprintf(stderr, "hallmark-board: cannot reach the board in %s: %s.\n", directory, strerror(-fd));
        return NULL;
    }
    char line[64];
    int length = snprintf(line, sizeof line, "%s\n", request);
    char *answer = send(fd, line, (size_t)length, MSG_NOSIGNAL) == length
                       ? read_line(fd, strcmp(request, "stop") == 0)
                       : NULL;
    if (!answer) {
        fprintf(stderr, "hallmark-board: the board in %s did not answer.\n", directory);
        return NULL;
    }
    if (strncmp(answer, "ok", 2) == 0) {
        memmove(answer, answer + (answer[2] == ' ' ? 3 : 2), strlen(answer + (answer[2] == ' ' ? 3 : 2)) + 1);
        return answer;
    }
    fprintf(stderr, "%s\n", strncmp(answer, "error ", 6) == 0 ? answer + 6 : answer);
    free(answer);
    return NULL;
}

int client_ask(const char *directory, const char *request)
{
    char *answer = ask(directory, request);
    if (!answer)
        return 1;
    if (answer[0] != '\0')
        printf("%s\n", answer);
    free(answer);
    return 0;
}

static const char *text(json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "?";
}

static void tell_firmware(json_t *firmware)
{
    static const struct {
        const char *state, *sentence;
    } sentences[] = {
        {"off", "The firmware waits for power."},
        {"missing", "The flash holds no firmware: `mos flash` puts one there."},
        {"held", "The firmware is held in reset: `hallmark-board run` lets it go."},
        {"waiting", "The firmware has ended and starts again soon; console.log tells why."},
        {"running", "The firmware runs."},
    };
    if (json_object_get(firmware, "name"))
        printf("Firmware: %s %s (%s), started %d times.\n", text(firmware, "name"), text(firmware, "version"),
               text(firmware, "build_id"), (int)json_integer_value(json_object_get(firmware, "boots")));
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        if (strcmp(text(firmware, "state"), sentences[i].state) == 0)
            puts(sentences[i].sentence);
    }
}

static void tell_chip(json_t *chip)
{
    const char *state = text(chip, "state");
    if (strcmp(state, "plugged") == 0)
        puts("The chip is plugged in.");
    else if (strcmp(state, "unplugged") == 0)
        puts("The chip is unplugged: `hallmark-board chip-plug` puts it back.");
    else if (strcmp(state, "failed") == 0)
        printf("The chip does not work: %s.\n", text(chip, "failure"));
    else if (strcmp(state, "none") == 0)
        puts("The board has no chip.");
}

static void tell(json_t *status)
{
    bool power = json_is_true(json_object_get(status, "power"));
    printf("Board %s is %s.\n", text(status, "mac"), power ? "on" : "off");
    tell_firmware(json_object_get(status, "firmware"));
    tell_chip(json_object_get(status, "chip"));
    if (power)
        printf("Port: %s/%s, %s.\n", text(status, "dir"), text(status, "port"),
               json_is_true(json_object_get(status, "port_open")) ? "open in some program"
                                                                  : "not open in any program");
    const char *port;
    json_t *host;
    json_object_foreach(json_object_get(status, "forwards"), port, host)
        printf("Its port %s is %s.\n", port, json_string_value(host));
}

int client_status(const char *directory, bool json)
{
    char *answer = ask(directory, "status");
    if (!answer)
        return 1;
    json_t *status = json ? NULL : json_loads(answer, 0, NULL);
    if (status)
        tell(status);
    else
        puts(answer);
    json_decref(status);
    free(answer);
    return 0;
}
