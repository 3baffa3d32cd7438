/* The parts of the fake board among themselves. */
#ifndef TESTS_OS_FAKE_BOARD_INTERNAL_H
#define TESTS_OS_FAKE_BOARD_INTERNAL_H

void fake_storage_forget(void);
void fake_net_forget(void);
void fake_net_run(void);

#endif
