/* A firmware for tests/os/linux/process_test.c: obeys one-letter commands that come by the UART. */

#include "mgos.h"

static void on_uart(int uart_no, void *arg)
{
    char c;

    while (mgos_uart_read(uart_no, &c, 1) == 1) {
        switch (c) {
        case 'p':
            printf("printed %d\n", 42);
            break;
        case 'e':
            fprintf(stderr, "complained\n");
            break;
        case 'm': {
            size_t before = mgos_get_free_heap_size();
            char *volatile p = malloc(1000), *volatile q = strdup("x"), *volatile r = calloc(2, 50);
            p = realloc(p, 2000);
            LOG(LL_INFO, ("malloc takes %s",
                          before - mgos_get_free_heap_size() > 2100 ? "from the arena" : "elsewhere"));
            free(p);
            free(q);
            free(r);
            LOG(LL_INFO, ("and gives %s back", mgos_get_free_heap_size() == before ? "it" : "not all"));
            break;
        }
        case 'r':
            mgos_system_restart_after(1);
            break;
        case 'a':
            mgos_system_abort_after(1);
            break;
        case 'w':
            mgos_wdt_set_timeout(1);
            for (;;)
                continue;
        default:
            LOG(LL_INFO, ("got %c", c));
        }
    }
}

enum mgos_app_init_result mgos_app_init(void)
{
    mgos_uart_set_dispatcher(0, on_uart, NULL);
    mgos_uart_set_rx_enabled(0, true);
    return MGOS_APP_INIT_SUCCESS;
}
