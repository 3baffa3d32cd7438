/* The control socket against clients that behave badly. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"

static struct control control;
static char folder[64];
static int answered;

static int begin(void **state)
{
    strcpy(folder, "/tmp/control_test.XXXXXX");
    answered = 0;
    return mkdtemp(folder) && chdir(folder) == 0 && control_open(&control, "control") == 0 ? 0 : -1;
}

static int end(void **state)
{
    control_close(&control);
    unlink("control");
    return chdir("/") < 0 || rmdir(folder) < 0 ? -1 : 0;
}

static char *echo(void *user, const char *request)
{
    char *answer;
    answered++;
    return asprintf(&answer, "ok %s", request) < 0 ? NULL : answer;
}

static int connect_client(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "control"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    control_serve(&control, echo, NULL);
}

/* What has arrived; "" for nothing, "EOF" after a hang-up. */
static const char *heard(int fd)
{
    static char text[1024];
    ssize_t got = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
    if (got == 0)
        return "EOF";
    text[got > 0 ? got : 0] = '\0';
    return text;
}

static void lines_are_answered_in_order_however_they_arrive(void **state)
{
    int fd = connect_client();
    say(fd, "one\ntwo\nthr");
    assert_string_equal(heard(fd), "ok one\nok two\n");
    say(fd, "ee\n");
    assert_string_equal(heard(fd), "ok three\n");
    say(fd, "\n");
    assert_string_equal(heard(fd), "ok \n");
    close(fd);
}

static void a_line_without_end_is_cut_off(void **state)
{
    char text[CONTROL_LINE + 100];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    int fd = connect_client();
    say(fd, text);
    assert_string_equal(heard(fd), "error The line is too long.\n");
    assert_int_equal(answered, 0);
    close(fd);
}

static void too_many_clients_wait_and_silent_ones_do_no_harm(void **state)
{
    int clients[CONTROL_CLIENTS + 4];
    for (int i = 0; i < CONTROL_CLIENTS + 4; i++) {
        clients[i] = connect_client();
        assert_true(clients[i] >= 0);
        control_serve(&control, echo, NULL);
    }
    int last = clients[CONTROL_CLIENTS];
    say(last, "hello\n");
    assert_string_equal(heard(last), "");
    close(clients[0]);
    control_serve(&control, echo, NULL); /* notices */
    control_serve(&control, echo, NULL); /* serves the next */
    assert_string_equal(heard(last), "ok hello\n");
    for (int i = 1; i < CONTROL_CLIENTS + 4; i++)
        close(clients[i]);
    control_serve(&control, echo, NULL);
}

static void one_who_never_reads_is_dropped(void **state)
{
    int fd = connect_client();
    for (int i = 0; i < 10000 && control.clients[0].fd >= 0 - (i == 0); i++) {
        if (send(fd, "a line that wants an answer\n", 28, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            break;
        control_serve(&control, echo, NULL);
        if (i > 0 && control.clients[0].fd < 0)
            break;
    }
    assert_int_equal(control.clients[0].fd, -1);
    close(fd);
}

static void only_the_owner_may_connect(void **state)
{
    struct stat info;
    assert_int_equal(stat("control", &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_are_answered_in_order_however_they_arrive, begin, end),
        cmocka_unit_test_setup_teardown(a_line_without_end_is_cut_off, begin, end),
        cmocka_unit_test_setup_teardown(too_many_clients_wait_and_silent_ones_do_no_harm, begin, end),
        cmocka_unit_test_setup_teardown(one_who_never_reads_is_dropped, begin, end),
        cmocka_unit_test_setup_teardown(only_the_owner_may_connect, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
