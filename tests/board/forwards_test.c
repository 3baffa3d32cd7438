/* Reserved loopback ports: nobody else gets them, the firmware may listen on them, again and again. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "forwards.h"

static struct settings settings_of(uint16_t port, uint16_t host_port)
{
    return (struct settings){.forward_count = 1,
                             .forwards = {{.port = port, .host_port = host_port, .reservation = -1}}};
}

/* What the firmware does. A descriptor, or -1. */
static int listen_on(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 5) == 0)
        return fd;
    close(fd);
    return -1;
}

static void the_firmware_may_listen_on_a_reserved_port(void **state)
{
    struct settings settings = settings_of(443, 0);
    assert_true(forwards_reserve(&settings, NULL, 0));
    for (int restart = 0; restart < 3; restart++) {
        int listener = listen_on(settings.forwards[0].host_port);
        assert_true(listener >= 0);
        close(listener);
    }
    forwards_release(&settings);
}

static void many_boards_have_different_ports(void **state)
{
    enum { BOARDS = 50 };
    struct settings boards[BOARDS];
    for (int i = 0; i < BOARDS; i++) {
        boards[i] = settings_of(443, 0);
        assert_true(forwards_reserve(&boards[i], NULL, 0));
        for (int j = 0; j < i; j++)
            assert_int_not_equal(boards[i].forwards[0].host_port, boards[j].forwards[0].host_port);
    }
    for (int i = 0; i < BOARDS; i++)
        forwards_release(&boards[i]);
}

static void the_port_of_before_is_taken_again_when_it_is_free(void **state)
{
    struct settings first = settings_of(443, 0), second = settings_of(443, 0), third = settings_of(443, 0);
    assert_true(forwards_reserve(&first, NULL, 0));
    struct forward before = {.port = 443, .host_port = first.forwards[0].host_port};
    assert_true(forwards_reserve(&second, &before, 1)); /* it is not: `first` has it */
    assert_int_not_equal(second.forwards[0].host_port, before.host_port);
    forwards_release(&first);
    assert_true(forwards_reserve(&third, &before, 1));
    assert_int_equal(third.forwards[0].host_port, before.host_port);
    forwards_release(&second);
    forwards_release(&third);
}

static void a_port_asked_for_that_is_taken_is_an_error(void **state)
{
    struct settings settings = settings_of(443, 0);
    assert_true(forwards_reserve(&settings, NULL, 0));
    int listener = listen_on(settings.forwards[0].host_port);
    assert_true(listener >= 0);
    struct settings other = settings_of(443, settings.forwards[0].host_port);
    assert_false(forwards_reserve(&other, NULL, 0));
    close(listener);
    forwards_release(&settings);
    forwards_release(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_firmware_may_listen_on_a_reserved_port),
        cmocka_unit_test(many_boards_have_different_ports),
        cmocka_unit_test(the_port_of_before_is_taken_again_when_it_is_free),
        cmocka_unit_test(a_port_asked_for_that_is_taken_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
