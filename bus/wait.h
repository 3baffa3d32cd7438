/* The host's clock, as a bus needs it. */
#ifndef BUS_WAIT_H
#define BUS_WAIT_H

#include <stdint.h>

#include "driver/atecc_bus.h"

void bus_delay_us(const struct atecc_bus_class **bus, uint32_t microseconds);
uint32_t bus_now_us(const struct atecc_bus_class **bus);

#endif
