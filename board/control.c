/* The control socket's clients and their lines. */

#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int control_open(struct control *control, const char *path)
{
    for (int i = 0; i < CONTROL_CLIENTS; i++)
        control->clients[i].fd = -1;
    control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (control->listener < 0)
        return -errno;

    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    unlink(path);
    /* Who may connect may flash and reset: the owner of the folder, nobody else. */
    mode_t mask = umask(0177);
    int result = bind(control->listener, (struct sockaddr *)&address, sizeof address);
    umask(mask);
    if (result < 0 || listen(control->listener, CONTROL_CLIENTS) < 0) {
        int error = errno;
        close(control->listener);
        control->listener = -1;
        return -error;
    }
    return 0;
}

static void hang_up(struct control_client *client)
{
    close(client->fd);
    client->fd = -1;
}

void control_close(struct control *control)
{
    if (control->listener < 0)
        return;
    close(control->listener);
    control->listener = -1;
    for (int i = 0; i < CONTROL_CLIENTS; i++) {
        if (control->clients[i].fd >= 0)
            hang_up(&control->clients[i]);
    }
}

int control_polls(const struct control *control, struct pollfd polls[CONTROL_POLLS])
{
    int count = 0;
    for (int i = 0; i < CONTROL_CLIENTS; i++) {
        if (control->clients[i].fd >= 0)
            polls[count++] = (struct pollfd){.fd = control->clients[i].fd, .events = POLLIN};
    }
    if (count < CONTROL_CLIENTS) /* others wait in the backlog */
        polls[count++] = (struct pollfd){.fd = control->listener, .events = POLLIN};
    return count;
}

static void accept_clients(struct control *control)
{
    for (int i = 0; i < CONTROL_CLIENTS; i++) {
        struct control_client *client = &control->clients[i];
        if (client->fd >= 0)
            continue;
        client->length = 0;
        client->fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (client->fd < 0)
            return;
    }
}

/* False: the client does not take its answer. */
static bool send_line(int fd, const char *line)
{
    struct iovec parts[] = {{(void *)line, strlen(line)}, {(void *)"\n", 1}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)(strlen(line) + 1);
}

static bool answer_lines(struct control_client *client, control_answer *answer, void *user)
{
    char *newline;
    while ((newline = memchr(client->line, '\n', (size_t)client->length)) != NULL) {
        *newline = '\0';
        char *line = answer(user, client->line);
        bool sent = line && send_line(client->fd, line);
        free(line);
        if (!sent)
            return false;
        int used = (int)(newline + 1 - client->line);
        memmove(client->line, newline + 1, (size_t)(client->length - used));
        client->length -= used;
    }
    if (client->length < CONTROL_LINE)
        return true;
    send_line(client->fd, "error The line is too long.");
    return false;
}

static bool serve_client(struct control_client *client, control_answer *answer, void *user)
{
    for (;;) {
        ssize_t got =
            recv(client->fd, client->line + client->length, (size_t)(CONTROL_LINE - client->length), 0);
        if (got < 0)
            return errno == EAGAIN || errno == EINTR;
        if (got == 0)
            return false;
        client->length += (int)got;
        if (!answer_lines(client, answer, user))
            return false;
    }
}

void control_serve(struct control *control, control_answer *answer, void *user)
{
    accept_clients(control);
    for (int i = 0; i < CONTROL_CLIENTS; i++) {
        struct control_client *client = &control->clients[i];
        if (client->fd >= 0 && !serve_client(client, answer, user))
            hang_up(client);
    }
}
