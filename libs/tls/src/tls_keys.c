/* Own keys: P-256 scalars from PEM files, and names that belong to a key provider (libs/atca). */

#include "tls_internal.h"

#include <string.h>

#include "board.h"
#include "heap.h"

/* The registry: providers register at start-up and live for ever (tls.h). */
enum { PROVIDERS_MAX = 4 };
static const struct tls_key_provider *providers[PROVIDERS_MAX];

void tls_register_key_provider(const struct tls_key_provider *provider)
{
    for (int i = 0; i < PROVIDERS_MAX; i++) {
        if (providers[i] == provider)
            return;
        if (providers[i] == NULL) {
            providers[i] = provider;
            return;
        }
    }
    board_abort("more than 4 TLS key providers");
}

static const struct tls_key_provider *provider_of(const char *name)
{
    for (int i = 0; i < PROVIDERS_MAX && providers[i]; i++)
        if (strncmp(name, providers[i]->prefix, strlen(providers[i]->prefix)) == 0)
            return providers[i];
    return NULL;
}

bool tls_key_is_provided(const char *name)
{
    return provider_of(name) != NULL || strncmp(name, "ATCA:", 5) == 0;
}

void tls_keys_stir(br_ssl_engine_context *engine)
{
    uint8_t random[32];

    for (int i = 0; i < PROVIDERS_MAX && providers[i]; i++)
        if (providers[i]->random != NULL && providers[i]->random(random))
            br_ssl_engine_inject_entropy(engine, random, sizeof random);
    wipe(random, sizeof random);
}

/* --- key files
 * ------------------------------------------------------------------------------------------------- */

struct key_reader {
    struct tls_pem_reader reader;
    br_skey_decoder_context *decoder;
    const char *file;
    struct tls_key *key;
    bool found;
};

static bool begin(struct tls_pem_reader *reader, const char *label)
{
    struct key_reader *r = (struct key_reader *)reader;

    if (strcmp(label, "ENCRYPTED PRIVATE KEY") == 0)
        reader->error = "the key is encrypted with a password, which nobody can type on a board: openssl ec "
                        "-in … -out … removes it";
    if (strcmp(label, "RSA PRIVATE KEY") == 0)
        reader->error = "an RSA key: this board signs with elliptic curve keys only (openssl ecparam -name "
                        "prime256v1 -genkey)";
    if (r->found || (strcmp(label, "EC PRIVATE KEY") != 0 && strcmp(label, "PRIVATE KEY") != 0))
        return false;
    br_skey_decoder_init(r->decoder);
    return true;
}

static void bytes(struct tls_pem_reader *reader, const void *data, size_t length)
{
    struct key_reader *r = (struct key_reader *)reader;

    /* After an error the decoder's machine has stopped for good: another push would run it into nothing. */
    if (r->decoder->err == 0)
        br_skey_decoder_push(r->decoder, data, length);
}

static const char *end(struct tls_pem_reader *reader)
{
    struct key_reader *r = (struct key_reader *)reader;
    const br_ec_private_key *ec = br_skey_decoder_get_ec(r->decoder);

    if (ec == NULL && br_skey_decoder_get_rsa(r->decoder) != NULL)
        return tls_sentence("%s holds an RSA key: this board signs with elliptic curve keys only "
                            "(openssl ecparam -name prime256v1 -genkey)",
                            r->file);
    if (ec == NULL)
        return tls_sentence("the private key in %s cannot be read (X.509 error %d)", r->file,
                            br_skey_decoder_last_error(r->decoder));
    if (ec->curve != BR_EC_secp256r1)
        return tls_sentence("the private key in %s is not on P-256 (prime256v1)", r->file);
    if (ec->xlen > sizeof r->key->scalar)
        return tls_sentence("the private key in %s is longer than 32 bytes", r->file);
    memset(r->key->scalar, 0, sizeof r->key->scalar);
    memcpy(r->key->scalar + sizeof r->key->scalar - ec->xlen, ec->x, ec->xlen);
    r->found = true;
    return NULL;
}

static const char *load_file(struct tls_key *key, const char *file)
{
    struct key_reader r = {.reader = {begin, bytes, end, NULL}, .file = file, .key = key};
    const char *error;

    r.decoder = heap_alloc(sizeof *r.decoder);
    if (r.decoder == NULL)
        return "out of memory";
    error = tls_pem_read(file, &r.reader);
    heap_free_secret(r.decoder);
    if (error == NULL && !r.found)
        error = tls_sentence("%s holds no private key (a block -----BEGIN EC PRIVATE KEY-----)", file);
    return error;
}

const char *tls_key_open(struct tls_key *key, const char *name)
{
    const char *error;

    memset(key, 0, sizeof *key);
    key->provider = provider_of(name);
    if (strlen(name) >= sizeof key->name && key->provider != NULL)
        return tls_sentence("Invalid SSL key: %.20s… is too long a name", name);
    strncpy(key->name, name, sizeof key->name - 1);
    if (key->provider != NULL) {
        error = key->provider->check(name);
        return error ? tls_sentence("Invalid SSL key: %s", error) : NULL;
    }
    if (tls_key_is_provided(name))
        return tls_sentence(
            "Invalid SSL key: %s is a key in a secure element, and this firmware has no library for one "
            "(libs: atca)",
            name);
    error = load_file(key, name);
    if (error == NULL)
        return NULL;
    tls_key_forget(key);
    return tls_sentence("Invalid SSL key: %s", error);
}

void tls_key_forget(struct tls_key *key)
{
    wipe(key, sizeof *key);
}

bool tls_key_sign(const struct tls_key *key, const uint8_t digest[32], uint8_t signature[64])
{
    const br_ec_private_key private_key = {BR_EC_secp256r1, (unsigned char *)key->scalar, sizeof key->scalar};

    if (key->provider != NULL)
        return key->provider->sign(key->name, digest, signature);
    return br_ecdsa_i15_sign_raw(&tls_software_ec, &br_sha256_vtable, digest, &private_key, signature) == 64;
}

size_t tls_key_sign_asn1(const struct tls_key *key, const uint8_t digest[32], uint8_t *out, size_t size)
{
    /* br_ecdsa_raw_to_asn1 works in place and may add 9 bytes (bearssl_ec.h). */
    uint8_t signature[64 + 9];
    size_t length;

    if (!tls_key_sign(key, digest, signature))
        return 0;
    length = br_ecdsa_raw_to_asn1(signature, 64);
    if (length == 0 || length > size)
        return 0;
    memcpy(out, signature, length);
    return length;
}
