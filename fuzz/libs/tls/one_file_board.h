/* A board with one file, the fuzzer's, which is given out in pieces of any size. */
#ifndef FUZZ_TLS_ONE_FILE_BOARD_H
#define FUZZ_TLS_ONE_FILE_BOARD_H

#include <stddef.h>
#include <stdint.h>

/* A fresh heap, and the file under every name; `step`: the most that one read gives. */
void one_file_board_start(const uint8_t *data, size_t length, size_t step);

#endif
