/* A file that somebody put on the board, read as everything libs/tls reads files as: own chain, key, the two
 * together, authorities. The first byte says how much a read gives. Every refusal is a sentence and no memory
 * stays behind.
 */

#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "one_file_board.h"
#include "tls_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *error, bool empty)
{
    if (error != NULL && strlen(error) < 10)
        abort();
    if (error == NULL && empty)
        abort(); /* success with nothing in it */
}

static void read_own(void)
{
    struct tls_chain chain;
    struct tls_key key;
    const char *chain_error = tls_chain_load(&chain, "both.pem"), *key_error;

    check(chain_error, chain.count == 0);
    for (size_t i = 0; i < chain.count; i++)
        if (chain.certificates[i].data == NULL || chain.certificates[i].data_len == 0)
            abort();
    key_error = tls_key_open(&key, "both.pem");
    check(key_error, false);
    if (chain_error == NULL)
        check(tls_chain_check_key(&chain, "both.pem", &key), false);
    tls_chain_free(&chain);
    tls_key_forget(&key);
}

static void read_authorities(void)
{
    struct tls_anchors anchors;

    check(tls_anchors_load(&anchors, "both.pem"), anchors.count == 0);
    for (size_t i = 0; i < anchors.count; i++)
        if (anchors.list[i].pkey.key_type != BR_KEYTYPE_RSA && anchors.list[i].pkey.key_type != BR_KEYTYPE_EC)
            abort();
    tls_anchors_free(&anchors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct tls_options as_server = {.cert_file = "both.pem", .ca_file = "both.pem"};
    size_t before;

    if (size == 0)
        return 0;
    one_file_board_start(data + 1, size - 1, data[0] + 1u);
    before = heap_available();
    read_own();
    read_authorities();
    check(tls_check_server(&as_server), false);
    if (heap_available() != before)
        abort();
    return 0;
}
