/* Fuzzing what hallmark-chip-tool takes as a chip: any file. */

#include "specimen.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct specimen specimen;

    if (n <= SPECIMEN_FILE_MAX)
        specimen_decode(bytes, n, &specimen);
    return 0;
}
