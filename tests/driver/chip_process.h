/* A virtual chip of the test's own: the program HALLMARK_CHIP names, with socket and state in a folder of its
 * own. */
#ifndef TESTS_DRIVER_CHIP_PROCESS_H
#define TESTS_DRIVER_CHIP_PROCESS_H

#include <sys/types.h>

struct chip_process {
    pid_t pid;
    char folder[80];
    char where[160]; /* for bus_open() */
};

/* Makes the folder and starts a chip of this profile; fails the test if it does not become ready. */
void chip_process_start(struct chip_process *chip, const char *profile);
/* Takes its power away, and gives it back: the state stays. */
void chip_process_stop(struct chip_process *chip);
void chip_process_restart(struct chip_process *chip);
/* Stops it and removes the folder. */
void chip_process_remove(struct chip_process *chip);

#endif
