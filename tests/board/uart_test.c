/* The UART's pty against hosts that come and go. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "uart.h"

static struct uart uart;
static struct console_log console = {.fd = -1};
static char folder[64];

static int begin(void **state)
{
    strcpy(folder, "/tmp/uart_test.XXXXXX");
    return mkdtemp(folder) && chdir(folder) == 0 && uart_open(&uart, "port", &console) == 0 ? 0 : -1;
}

static int end(void **state)
{
    uart_close(&uart, "port");
    console_log_close(&console);
    unlink("console.log");
    return chdir("/") < 0 || rmdir(folder) < 0 ? -1 : 0;
}

/* A new firmware; its end of the line. */
static int boot(void)
{
    int line[2], complaints[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, line), 0);
    assert_int_equal(pipe(complaints), 0);
    close(complaints[1]);
    uart_connect(&uart, line[0], complaints[0]);
    return line[1];
}

static int open_port(void)
{
    int port = open("port", O_RDWR | O_NOCTTY | O_NONBLOCK);
    assert_true(port >= 0);
    uart_serve(&uart, 0);
    assert_true(uart.listened);
    return port;
}

static void say(int firmware, const char *text)
{
    assert_int_equal(write(firmware, text, strlen(text)), strlen(text));
}

static void assert_hears(int port, const char *text)
{
    char heard[256];
    uart_serve(&uart, 0);
    ssize_t got = read(port, heard, sizeof heard - 1);
    heard[got > 0 ? got : 0] = '\0';
    assert_string_equal(heard, text);
}

static void what_the_firmware_said_before_anyone_listened_is_kept(void **state)
{
    int firmware = boot();
    say(firmware, "hello\n");
    uart_serve(&uart, 0);
    int port = open_port();
    assert_hears(port, "hello\n");
    close(port);
    close(firmware);
}

static void a_reset_forgets_what_nobody_heard_even_when_the_port_was_closed_just_before(void **state)
{
    int old = boot(), port = open_port();
    say(old, "before\n");
    close(port); /* and the board is reset before it has served its UART again */
    int firmware = boot();
    close(old);
    say(firmware, "after\n");
    port = open_port();
    assert_hears(port, "after\n");
    close(port);
    close(firmware);
}

static void a_reset_leaves_the_listener_what_he_has_not_read_yet(void **state)
{
    int old = boot(), port = open_port();
    say(old, "before\n");
    int firmware = boot();
    close(old);
    say(firmware, "after\n");
    uart_serve(&uart, 0);
    assert_hears(port, "before\nafter\n");
    close(port);
    close(firmware);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_the_firmware_said_before_anyone_listened_is_kept, begin, end),
        cmocka_unit_test_setup_teardown(
            a_reset_forgets_what_nobody_heard_even_when_the_port_was_closed_just_before, begin, end),
        cmocka_unit_test_setup_teardown(a_reset_leaves_the_listener_what_he_has_not_read_yet, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
