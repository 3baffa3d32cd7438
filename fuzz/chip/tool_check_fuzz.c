/* Fuzzing hallmark-chip-tool: everything it tells about a configuration of any 128 bytes; one byte more
 * chooses the lock to rehearse and says whether the slots' contents are known. */

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "rehearse.h"
#include "show.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct study study;
    char *told = NULL;
    size_t length;

    if (n < CHIP_CONFIG_SIZE)
        return 0;
    uint8_t choice = n > CHIP_CONFIG_SIZE ? bytes[CHIP_CONFIG_SIZE] : 0;
    if (specimen_decode(bytes, CHIP_CONFIG_SIZE, &study.specimen))
        abort();
    study.specimen.has_data = choice & 0x80;
    FILE *out = open_memstream(&told, &length);
    if (!out || study_powers(&study) < 0)
        abort();
    show_text(out, "fuzz", &study);
    show_json(out, "fuzz", &study);
    diff_print(out, "a", &study, "b", &study);
    check_print(out, "fuzz", &study);
    check_print_json(out, "fuzz", &study);
    rehearse(out, "fuzz", &study, (choice >> 4 & 7) % 3, choice & 0xF);
    fclose(out);
    free(told);
    return 0;
}
