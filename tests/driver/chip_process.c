/* A virtual chip of the test's own. */

#include "chip_process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void launch(struct chip_process *chip, const char *profile)
{
    const char *program = getenv("HALLMARK_CHIP");
    char socket[128], state[128], ready[16], line[8] = {0};
    int ends[2];

    if (!program)
        fail_msg("HALLMARK_CHIP must name the virtual chip's program; `meson test` sets it");
    snprintf(socket, sizeof(socket), "%s/bus", chip->folder);
    snprintf(state, sizeof(state), "%s/state", chip->folder);
    assert_int_equal(pipe(ends), 0);
    chip->pid = fork();
    assert_true(chip->pid >= 0);
    if (chip->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes leaves no chip behind */
        close(ends[0]);
        snprintf(ready, sizeof(ready), "%d", ends[1]);
        execl(program, program, "--socket", socket, "--state", state, "--fast", "--profile", profile,
              "--ready-fd", ready, (char *)NULL);
        fprintf(stderr, "%s: %s\n", program, strerror(errno));
        _exit(127);
    }
    close(ends[1]);
    if (read(ends[0], line, sizeof(line)) <= 0)
        fail_msg("%s did not become ready", program);
    close(ends[0]);
    snprintf(chip->where, sizeof(chip->where), "unix:%s", socket);
}

void chip_process_start(struct chip_process *chip, const char *profile)
{
    const char *temporary = getenv("TMPDIR");

    snprintf(chip->folder, sizeof(chip->folder), "%.50s/driver.XXXXXX", temporary ? temporary : "/tmp");
    assert_non_null(mkdtemp(chip->folder));
    launch(chip, profile);
}

void chip_process_stop(struct chip_process *chip)
{
    if (chip->pid <= 0)
        return;
    kill(chip->pid, SIGTERM);
    waitpid(chip->pid, NULL, 0);
    chip->pid = 0;
}

void chip_process_restart(struct chip_process *chip)
{
    launch(chip, "mongoose");
}

void chip_process_remove(struct chip_process *chip)
{
    struct dirent *entry;

    chip_process_stop(chip);
    DIR *folder = opendir(chip->folder);

    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(folder), entry->d_name, 0);
    }
    closedir(folder);
    assert_int_equal(rmdir(chip->folder), 0);
}
