/* Reads PEM files in small pieces from the board's file system: one loop, and the reader decides what it
 * wants. */

#include "tls_internal.h"

#include "heap.h"
#include "storage.h"

enum { PIECE = 128 };

struct decoding {
    br_pem_decoder_context decoder;
    unsigned char piece[PIECE];
};

static void hand_on(void *reader, const void *data, size_t length)
{
    struct tls_pem_reader *r = reader;

    if (r->error == NULL)
        r->bytes(r, data, length);
}

/* An object begins, ends, or turned out not to be one. */
static const char *event(struct decoding *d, const char *file, struct tls_pem_reader *reader, bool *wanted)
{
    switch (br_pem_decoder_event(&d->decoder)) {
    case BR_PEM_BEGIN_OBJ:
        *wanted = reader->begin(reader, br_pem_decoder_name(&d->decoder));
        br_pem_decoder_setdest(&d->decoder, *wanted ? hand_on : NULL, reader);
        return reader->error;
    case BR_PEM_END_OBJ:
        if (!*wanted)
            return NULL;
        *wanted = false;
        return reader->error ? reader->error : reader->end(reader);
    case BR_PEM_ERROR:
        return tls_sentence("%s is damaged: a line between its BEGIN and END is not base64", file);
    }
    return NULL;
}

static const char *decode(struct decoding *d, const char *file, struct tls_pem_reader *reader)
{
    bool wanted = false;
    uint32_t offset = 0;

    br_pem_decoder_init(&d->decoder);
    for (;;) {
        int32_t got = storage_read(file, offset, d->piece, sizeof d->piece);
        size_t used = 0;

        if (got < 0)
            return tls_sentence("%s: %s", file, storage_strerror(got));
        if (got == 0)
            return wanted ? tls_sentence("%s is cut off: a BEGIN line without its END", file) : NULL;
        offset += (uint32_t)got;
        while (used < (size_t)got) {
            const char *error;

            used += br_pem_decoder_push(&d->decoder, d->piece + used, (size_t)got - used);
            error = event(d, file, reader, &wanted);
            if (error)
                return error;
        }
    }
}

const char *tls_pem_read(const char *file, struct tls_pem_reader *reader)
{
    struct decoding *d;
    const char *error;
    int32_t size = storage_size(file);

    reader->error = NULL;
    if (size == STORAGE_ERROR_NOT_FOUND)
        return tls_sentence("there is no file %s on the board: mos put %s", file, file);
    if (size < 0)
        return tls_sentence("%s: %s", file, storage_strerror(size));
    d = heap_alloc(sizeof *d);
    if (d == NULL)
        return "out of memory";
    error = decode(d, file, reader);
    heap_free_secret(d);
    return error;
}
