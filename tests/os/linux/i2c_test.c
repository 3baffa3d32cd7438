/* I2C of the linux board: the virtual bus, with and without a chip behind it. os/board.h */

#include "../check.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "board.h"
#include "chip/bus_protocol.h"
#include "port.h"

static char folder[64], where[128];
static pid_t chip;

static int socket_path(struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    return snprintf(address->sun_path, sizeof(address->sun_path), "%s/chip.sock", folder);
}

/* Acknowledges address 0x60, answers reads with 5a 5a ...; tells nothing else. */
static void serve(int listener)
{
    uint8_t message[BUS_MESSAGE_MAX];

    for (;;) {
        int client = accept(listener, NULL, NULL);
        while (recv(client, message, sizeof(message), 0) > 0) {
            size_t length = message[0] == 0x60 && message[1] == BUS_READ ? message[2] : 0;
            message[0] = message[0] == 0x60 ? BUS_ACK : BUS_NACK;
            message[1] = 0;
            message[2] = (uint8_t)length;
            message[3] = 0;
            memset(message + 4, 0x5a, length);
            if (send(client, message, BUS_HEADER_SIZE + length, MSG_NOSIGNAL) < 0)
                break;
        }
        close(client);
    }
}

static void plug(void)
{
    struct sockaddr_un address;
    int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);

    socket_path(&address);
    unlink(address.sun_path);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 1), 0);
    chip = fork();
    if (chip == 0)
        serve(listener);
    close(listener);
}

static void unplug(void)
{
    kill(chip, SIGKILL);
    waitpid(chip, NULL, 0);
    chip = 0;
}

static int start(void **state)
{
    strcpy(folder, "/tmp/hallmark-i2c-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(where, sizeof(where), "unix:%s/chip.sock", folder);
    return 0;
}

static int finish(void **state)
{
    char command[100];

    if (chip > 0)
        unplug();
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

static void a_board_without_a_bus_says_so(void **state)
{
    assert_int_equal(board_i2c_write(0, 0x60, "x", 1), -2);
    assert_string_equal(board_i2c_error(0), "no I2C bus: start the board with --i2c");
}

static void a_bus_with_a_strange_name_is_refused(void **state)
{
    assert_non_null(strstr(i2c_start("spi:1"), "spi:1"));
}

static void transfers_reach_the_chip(void **state)
{
    uint8_t got[4] = {0};

    plug();
    assert_null(i2c_start(where));
    assert_int_equal(board_i2c_write(0, 0x60, "\x03\x07", 2), 0);
    assert_int_equal(board_i2c_read(0, 0x60, got, sizeof(got)), 0);
    assert_memory_equal(got, "\x5a\x5a\x5a\x5a", 4);
    assert_int_equal(board_i2c_write(0, 0x61, "x", 1), -1);
    assert_int_equal(board_i2c_write(1, 0x60, "x", 1), -2);
}

/* Unplugging looks like a bus on which nobody answers; plugging in again needs no restart of the board. */
static void a_chip_may_come_and_go(void **state)
{
    uint8_t byte;

    assert_null(i2c_start(where));
    assert_int_equal(board_i2c_write(0, 0x60, "x", 1), -1);
    assert_int_equal(board_i2c_write(0, 0, "", 1), -1);
    assert_non_null(strstr(board_i2c_error(0), "the virtual chip is not running"));
    plug();
    assert_int_equal(board_i2c_write(0, 0, "", 1), 0);
    assert_int_equal(board_i2c_read(0, 0x60, &byte, 1), 0);
    unplug();
    assert_int_equal(board_i2c_read(0, 0x60, &byte, 1), -1);
    plug();
    assert_int_equal(board_i2c_read(0, 0x60, &byte, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_board_without_a_bus_says_so, start, finish),
        cmocka_unit_test_setup_teardown(a_bus_with_a_strange_name_is_refused, start, finish),
        cmocka_unit_test_setup_teardown(transfers_reach_the_chip, start, finish),
        cmocka_unit_test_setup_teardown(a_chip_may_come_and_go, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
