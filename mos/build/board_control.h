/* The reset button of a virtual board: the control socket beside its serial port (docs/design.md, "The
 * virtual board"). */
#ifndef MOS_BUILD_BOARD_CONTROL_H
#define MOS_BUILD_BOARD_CONTROL_H

#include "arena.h"
#include "build_error.h"

struct board_control {
    int folder; /* the board's */
    int fd;
    const char *path; /* of the folder, for people */
};

/* Connects to `control` in the folder of `port`: the folder of the name as given, even when that is a
 * symbolic link. */
bool board_control_open(struct arena *arena, const char *port, struct board_control *control,
                        struct build_error *error);
/* Asks, and waits for the answer. False when the board refuses: `error` is its sentence. `answer` (may be
 * NULL): what follows "ok". */
bool board_control_ask(struct arena *arena, struct board_control *control, const char *request,
                       const char **answer, struct build_error *error);
void board_control_close(struct board_control *control);

#endif
