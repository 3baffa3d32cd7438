/* What a board is: the contract between os/ and a port (os/boards/<name>/).
 *
 * A port implements every function here, and those of os/net.h and os/storage.h, and has the entry point,
 * which calls mgos_start() once and then mgos_poll() for ever. os/ calls nothing else of the outside world.
 *
 * One thread: every function is called from the loop, and every callback comes from within board_wait().
 * Nothing here allocates from the heap of os/heap.h unless it says so.
 */
#ifndef OS_BOARD_H
#define OS_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- time --------------------------------------------------------------------------------------------- */

/* Microseconds since boot, never backwards. */
uint64_t board_uptime_us(void);
/* Microseconds since 1970 UTC; 0 when the board does not know. */
int64_t board_time_us(void);
/* Blocks; interrupts and arriving bytes are kept for later. */
void board_delay_us(uint32_t microseconds);
/* Sleeps until something happened (bytes, connections) or `timeout_us` passed, and delivers
 * it: calls the handlers of the UART, streams and listeners concerned. 0: only look. */
void board_wait(uint64_t timeout_us);

/* --- who am I ----------------------------------------------------------------------------------------- */

struct board_info {
    const char *arch;        /* "linux", "esp8266": `arch` of Sys.GetInfo and the build platform */
    const char *cpu;         /* the boot log's CPU line, e.g. "linux x86_64" */
    uint8_t mac[6];
    int reset_cause;         /* 0 power on, 1 HW WDT, 2 exception, 3 SW WDT, 4 soft reset, 6 reset pin */
};
const struct board_info *board_info(void);
/* The memory all firmware allocation comes from. Called once, before anything is allocated. */
void *board_heap_arena(size_t *size);
/* Entropy for seeding a DRBG, from the operating system or a hardware source. Never fails. */
void board_random(void *out, size_t length);

/* --- life and death ----------------------------------------------------------------------------------- */

_Noreturn void board_restart(void);  /* soft reset: next boot sees reset_cause 4 */
_Noreturn void board_abort(const char *why);  /* crash on purpose; the next boot sees reset_cause 2 */
void board_watchdog_feed(void);
/* Not fed for that long: the board restarts, and the next boot sees reset_cause 3. 0 switches it off. */
void board_watchdog_set(int seconds);

/* --- UART --------------------------------------------------------------------------------------------- */

enum { BOARD_UARTS = 1 };
/* Bytes taken; 0 when none are there. */
size_t board_uart_read(int uart, void *out, size_t size);
/* Bytes accepted now, possibly fewer than `length`; never blocks. */
size_t board_uart_write(int uart, const void *data, size_t length);
/* Waits until everything accepted has left. */
void board_uart_flush(int uart);
/* `handler` is called from board_wait() when bytes have arrived or room for writing has appeared. */
void board_uart_set_handler(int uart, void (*handler)(int uart, void *arg), void *arg);

/* --- I2C ---------------------------------------------------------------------------------------------- */

/* One transfer, Start to Stop, of 1 to 256 bytes (a write may have 0: a probe). 0; -1 nobody acknowledged;
 * -2 the bus itself failed, and board_i2c_error() says why. A write to address 0 is the wake pulse of
 * CryptoAuthentication parts, which nobody acknowledges: 0 when it was given, -1 when the port knows that no
 * chip is there (the virtual one is unplugged). */
int board_i2c_write(int bus, uint8_t address, const void *data, size_t length);
int board_i2c_read(int bus, uint8_t address, void *out, size_t length);
const char *board_i2c_error(int bus);

/* --- GPIO --------------------------------------------------------------------------------------------- */

bool board_gpio_set_mode(int pin, int mode, int pull);  /* values of mgos_gpio.h; false: no such pin */
bool board_gpio_read(int pin);
void board_gpio_write(int pin, bool level);

#endif
