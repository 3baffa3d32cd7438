/* fw.zip from anybody. */

#include <stdint.h>

#include "bundle.h"
#include "source_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct build_error error = {{0}};
    struct bundle bundle;
    if (bundle_parse(&arena, "fw.zip", data, size, &bundle, &error)) {
        for (size_t i = 0; i < bundle.part_count; i++) {
            const struct bundle_part *part = &bundle.parts[i];
            if (part->type[0] == 'f' && part->type[1] == 's' && part->type[2] == '\0' &&
                !is_storage_name(part->name))
                __builtin_trap();
        }
    } else if (error.text[0] == '\0') {
        __builtin_trap(); /* every refusal has a sentence */
    }
    arena_release(&arena);
    return 0;
}
