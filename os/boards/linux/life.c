/* Life and death of the linux board: restarts are exit statuses (docs/design.md), the watchdog is an
 * alarm. os/board.h */

#include "port.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/time.h>
#include <unistd.h>

#include "board.h"

enum { STATUS_RESTART = 64, STATUS_ABORT = 65, STATUS_WATCHDOG = 66 };

static int watchdog_seconds;

_Noreturn void board_restart(void)
{
    _exit(STATUS_RESTART);
}

_Noreturn void board_abort(const char *why)
{
    static const char intro[] = "\nAbort: ";

    uart_emergency(intro);
    uart_emergency(why);
    uart_emergency("\n");
    _exit(STATUS_ABORT);
}

/* --- watchdog ----------------------------------------------------------------------------------------- */

static void on_alarm(int signal_number)
{
    uart_emergency("\nSW WDT: the firmware did not come back to its loop in time\n");
    _exit(STATUS_WATCHDOG);
}

void board_watchdog_feed(void)
{
    struct itimerval timer = {.it_value = {.tv_sec = watchdog_seconds}};

    if (watchdog_seconds > 0)
        setitimer(ITIMER_REAL, &timer, NULL);
}

void board_watchdog_set(int seconds)
{
    struct itimerval off = {0};

    watchdog_seconds = seconds > 0 ? seconds : 0;
    setitimer(ITIMER_REAL, &off, NULL);
    board_watchdog_feed();
}

/* --- signals ------------------------------------------------------------------------------------------ */

static void on_power_off(int signal_number)
{
    _exit(0);
}

static void handle(int signal_number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    sigaction(signal_number, &action, NULL);
}

void life_start(void)
{
    handle(SIGPIPE, SIG_IGN);
    handle(SIGTERM, on_power_off);
    handle(SIGALRM, on_alarm);
}

void board_random(void *out, size_t length)
{
    unsigned char *bytes = out;

    while (length > 0) {
        ssize_t n = getrandom(bytes, length, 0);
        if (n <= 0)
            continue; /* a signal: getrandom() has no other way to fail with these arguments */
        bytes += n;
        length -= (size_t)n;
    }
}
