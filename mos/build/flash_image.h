/* Writing a firmware into the flash folder of a virtual board.
 *
 * The new content is prepared beside the old (`flash.new`) and takes its place in one rename: a board whose
 * power, disk or `mos` fails in between has the old firmware, whole.
 */
#ifndef MOS_BUILD_FLASH_IMAGE_H
#define MOS_BUILD_FLASH_IMAGE_H

#include "board_control.h"
#include "bundle.h"

struct flash_options {
    bool keep_fs; /* the files on the board stay; those of the firmware are not written */
    bool no_verify;
};

/* Is it a firmware for the linux board, with a program this machine can run? */
bool flash_image_check(const struct bundle *bundle, struct build_error *error);
/* Writes, reads back, compares, and swaps. Progress goes to stderr as in mongoose-os.md 3.12. */
bool flash_image_write(struct arena *arena, const struct bundle *bundle, int board_folder,
                       const struct flash_options *options, struct build_error *error);

#endif
