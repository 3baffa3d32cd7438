/* What a serial line delivers, fed to the frame decoder: it never breaks, and gives the same however it is
 * cut. */

#include "frame_codec.h"

#include <stdlib.h>
#include <string.h>

struct digest {
    size_t events, damaged;
    uint32_t crc;
};

static void drain(struct frame_decoder *decoder, struct digest *digest)
{
    enum frame_event event;

    while ((event = frame_decoder_next(decoder)) != FRAME_NONE) {
        digest->events = digest->events * 31 + (size_t)event;
        digest->damaged += event == FRAME_DAMAGED;
        if (event == FRAME_JSON) {
            if (decoder->json_length == 0 || decoder->json[0] != '{' ||
                decoder->json[decoder->json_length - 1] != '}')
                abort();
            digest->crc ^= frame_crc32(decoder->json, decoder->json_length) * (uint32_t)digest->events;
        }
    }
}

static struct digest decode(const uint8_t *data, size_t size, size_t piece)
{
    struct frame_decoder decoder;
    struct digest digest = {0, 0, 0};

    frame_decoder_init(&decoder);
    for (size_t at = 0; at < size; at += piece) {
        if (frame_decoder_feed(&decoder, data + at, size - at < piece ? size - at : piece))
            abort();
        drain(&decoder, &digest);
    }
    frame_decoder_free(&decoder);
    return digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct digest whole = decode(data, size, size ? size : 1), bytes = decode(data, size, 1),
                  odd = decode(data, size, 7);

    if (memcmp(&whole, &bytes, sizeof whole) != 0 || memcmp(&whole, &odd, sizeof whole) != 0)
        abort();
    return 0;
}
