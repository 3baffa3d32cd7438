/* The linux board's firmware process, as the supervisor or a person runs it. docs/design.md
 *
 * argv[1]: the program made of firmware.c. */

#include "../check.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *program;
static char folder[64];
static pid_t child;
static int uart;
static char output[8192];
static size_t length;

static int start(void **state)
{
    strcpy(folder, "/tmp/hallmark-process-XXXXXX");
    assert_non_null(mkdtemp(folder));
    child = 0;
    uart = -1;
    length = 0;
    return 0;
}

static int finish(void **state)
{
    char command[100];

    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    if (uart >= 0)
        close(uart);
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

/* `extra`: one more option and its value, or NULL. */
static void run(const char *option, const char *value)
{
    int pair[2];
    char fd[8];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    child = fork();
    if (child == 0) {
        close(pair[0]);
        snprintf(fd, sizeof(fd), "%d", pair[1]);
        execl(program, "fw.elf", "--fs", folder, "--uart-fd", fd, "--mac", "A1B2C3D4E5F6", option, value,
              NULL);
        _exit(127);
    }
    close(pair[1]);
    uart = pair[0];
}

/* Collects output until `text` is in it. */
static void expect(const char *text)
{
    for (;;) {
        struct pollfd ready = {.fd = uart, .events = POLLIN};
        output[length] = '\0';
        char *found = strstr(output, text);
        if (found) {
            size_t used = (size_t)(found - output) + strlen(text);
            memmove(output, output + used, length - used + 1);
            length -= used;
            return;
        }
        if (length > sizeof(output) / 2) {
            memmove(output, output + length - 200, 200);
            length = 200;
        }
        if (poll(&ready, 1, 10000) <= 0)
            fail_msg("no '%s' within 10 s; there was: %s", text, output);
        ssize_t n = read(uart, output + length, sizeof(output) - 1 - length);
        if (n <= 0)
            fail_msg("the firmware ended without '%s'; there was: %s", text, output);
        length += (size_t)n;
    }
}

static int status(void)
{
    int result;

    assert_int_equal(waitpid(child, &result, 0), child);
    child = 0;
    return result;
}

static void say(const char *text)
{
    assert_int_equal(write(uart, text, strlen(text)), (ssize_t)strlen(text));
}

static void it_boots_and_hears_the_uart(void **state)
{
    run("--heap", "40000");
    expect("test-app 1.0");
    expect("RAM: 40000 total");
    expect("Reset cause: 0 (power on)");
    expect("MAC: a1:b2:c3:d4:e5:f6\n");
    expect("Init done, RAM: 40000 total");
    say("xy");
    expect("got x\n");
    expect("got y\n");
}

static void the_reset_cause_is_told(void **state)
{
    run("--reset-cause", "4");
    expect("Reset cause: 4 (soft reset)");
}

static void a_restart_is_status_64(void **state)
{
    run(NULL, NULL);
    expect("Init done");
    say("r");
    expect("Restarting\n");
    assert_int_equal(WEXITSTATUS(status()), 64);
}

static void an_abort_is_status_65(void **state)
{
    run(NULL, NULL);
    expect("Init done");
    say("a");
    expect("Abort: asked for\n");
    assert_int_equal(WEXITSTATUS(status()), 65);
}

static void the_watchdog_bites(void **state)
{
    run(NULL, NULL);
    expect("Init done");
    say("w");
    expect("SW WDT");
    assert_int_equal(WEXITSTATUS(status()), 66);
}

static void power_off_is_sigterm(void **state)
{
    run(NULL, NULL);
    expect("Init done");
    kill(child, SIGTERM);
    int result = status();
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), 0);
}

static void without_its_supervisor_it_ends(void **state)
{
    run(NULL, NULL);
    expect("Init done");
    close(uart);
    uart = -1;
    assert_int_equal(WEXITSTATUS(status()), 0);
}

static void what_the_application_prints_reaches_the_uart(void **state)
{
    run(NULL, NULL);
    expect("Init done");
    say("pe");
    expect("printed 42\n");
    expect("complained\n");
}

static void the_applications_malloc_is_the_boards_heap(void **state)
{
    run(NULL, NULL);
    expect("Init done");
    say("m");
    expect("malloc takes from the arena\n");
    expect("and gives it back\n");
}

/* A supervisor that does not read must not stop a board for ever. */
static void a_stuffed_uart_loses_text_but_not_the_board(void **state)
{
    run(NULL, NULL);
    expect("Init done");
    for (int i = 0; i < 100; i++)
        say("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    say("!");
    expect("got !\n");
}

static void refused(const char *option, const char *value, const char *sentence)
{
    char text[600] = "";
    size_t total = 0;
    ssize_t n;
    int err[2], result;

    assert_int_equal(pipe(err), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(err[1], STDERR_FILENO);
        dup2(err[1], STDOUT_FILENO);
        execl(program, "fw.elf", option, value, NULL);
        _exit(127);
    }
    close(err[1]);
    while ((n = read(err[0], text + total, sizeof(text) - 1 - total)) > 0)
        total += (size_t)n;
    close(err[0]);
    waitpid(pid, &result, 0);
    if (!strstr(text, sentence))
        fail_msg("expected '%s', got '%s'", sentence, text);
    assert_int_equal(WEXITSTATUS(result), strcmp(option, "--help") == 0 ? 0 : 2);
}

static void bad_arguments_are_explained(void **state)
{
    refused("--fs", "/nonexistent", "--fs /nonexistent: No such file or directory");
    refused("--mac", "12", "expected 12 hex digits");
    refused("--heap", "lots", "--heap lots: expected a number from 4096");
    refused("--heap", "-5", "--heap -5: expected a number");
    refused("--forward", "443", "--forward 443: expected PORT=ADDRESS:PORT");
    refused("--dns", "nowhere:x", "--dns nowhere:x: expected ADDRESS:PORT");
    refused("--i2c", "spi:1", "spi:1");
    refused("--reset-cause", "9", "--reset-cause 9: expected a number from 0 to 6");
    refused("extra", NULL, "takes options only");
    refused("--help", NULL, "--forward P=A:P");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_boots_and_hears_the_uart, start, finish),
        cmocka_unit_test_setup_teardown(the_reset_cause_is_told, start, finish),
        cmocka_unit_test_setup_teardown(a_restart_is_status_64, start, finish),
        cmocka_unit_test_setup_teardown(an_abort_is_status_65, start, finish),
        cmocka_unit_test_setup_teardown(the_watchdog_bites, start, finish),
        cmocka_unit_test_setup_teardown(power_off_is_sigterm, start, finish),
        cmocka_unit_test_setup_teardown(without_its_supervisor_it_ends, start, finish),
        cmocka_unit_test_setup_teardown(what_the_application_prints_reaches_the_uart, start, finish),
        cmocka_unit_test_setup_teardown(the_applications_malloc_is_the_boards_heap, start, finish),
        cmocka_unit_test_setup_teardown(a_stuffed_uart_loses_text_but_not_the_board, start, finish),
        cmocka_unit_test_setup_teardown(bad_arguments_are_explained, start, finish),
    };
    program = argc > 1 ? argv[1] : "";
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
