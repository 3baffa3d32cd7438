/* The ephemeral key on P-256: with the registered provider when it is free, else in software.
 *
 * BearSSL's EC interface (br_ec_impl) has no context argument and thinks in scalars. A server calls
 * mulgen(scalar) for its public key and later mul(peer, scalar); a client calls mul(peer, scalar) first and
 * mulgen(scalar) after. The key that lies with the provider is therefore bound to the stream whose handshake
 * runs (tls_ecdhe_enter) and to the scalar BearSSL made up for it: as long as both match, the provider's key
 * takes the place of the scalar.
 *
 * Signatures and certificates never come here with those functions: they are given tls_software_ec. What does
 * come is muladd, for verifying with the engine's EC: software.
 *
 * The state is the second mutable global of libs/tls (the other is the registry of tls_keys.c): there is one
 * provider, it holds one key, and BearSSL leaves no other way to reach it.
 */

#include "tls_internal.h"

#include <string.h>

#include "common/cs_dbg.h"
#include "heap.h"

enum { SCALAR = 32, POINT = 65 };

/* The one key a provider holds at a time (tls.h), and whose it is. */
static struct {
    const struct tls_ecdhe_provider *provider;
    struct tls_stream *running; /* its engine is being run now */
    struct tls_stream *holder;  /* the provider's key is for this one */
    bool agreed;                /* the provider's part is done; the public key is still asked for (client) */
    uint8_t scalar[SCALAR];
    uint8_t public_key[64];
} ecdhe;

void tls_register_ecdhe_provider(const struct tls_ecdhe_provider *provider)
{
    ecdhe.provider = provider;
}

void tls_ecdhe_enter(struct tls_stream *stream)
{
    ecdhe.running = stream;
}

static void forget(void)
{
    ecdhe.holder = NULL;
    ecdhe.agreed = false;
    wipe(ecdhe.scalar, sizeof ecdhe.scalar);
}

void tls_ecdhe_release(struct tls_stream *stream)
{
    if (ecdhe.holder != stream)
        return;
    if (!ecdhe.agreed)
        ecdhe.provider->release();
    forget();
}

static bool is_holder(const unsigned char *scalar, size_t length)
{
    return ecdhe.holder != NULL && ecdhe.holder == ecdhe.running && length == SCALAR &&
           memcmp(scalar, ecdhe.scalar, SCALAR) == 0;
}

/* The provider's fresh key for the running handshake, under the name of `scalar`. */
static bool generate(const unsigned char *scalar, size_t length, int curve)
{
    if (ecdhe.provider == NULL || curve != BR_EC_secp256r1 || length != SCALAR)
        return false;
    if (ecdhe.holder == ecdhe.running)
        tls_ecdhe_release(ecdhe.running);
    if (ecdhe.holder != NULL || !ecdhe.provider->generate(ecdhe.public_key)) {
        LOG(LL_DEBUG, ("%p ephemeral key in software", ecdhe.running->log_context));
        return false;
    }
    ecdhe.holder = ecdhe.running;
    ecdhe.agreed = false;
    memcpy(ecdhe.scalar, scalar, SCALAR);
    return true;
}

/* Refused once, refused for this handshake: the peer that was given the scalar's public key cannot be met with
 * the secret of a provider's key that has become free meanwhile. */
static bool take(const unsigned char *scalar, size_t length, int curve)
{
    struct tls_handshake *h = ecdhe.running != NULL ? ecdhe.running->handshake : NULL;

    if (h == NULL || h->software_ec)
        return false;
    h->software_ec = !generate(scalar, length, curve);
    return !h->software_ec;
}

static size_t mulgen(unsigned char *result, const unsigned char *scalar, size_t length, int curve)
{
    if (!is_holder(scalar, length) && !take(scalar, length, curve))
        return tls_software_ec.mulgen(result, scalar, length, curve);
    result[0] = 0x04;
    memcpy(result + 1, ecdhe.public_key, sizeof ecdhe.public_key);
    if (ecdhe.agreed)
        forget();
    return POINT;
}

static uint32_t mul(unsigned char *point, size_t point_length, const unsigned char *scalar, size_t length,
                    int curve)
{
    bool server = is_holder(scalar, length);
    uint8_t secret[32];

    if (point_length != POINT || point[0] != 0x04)
        return 0;
    if (!server && !take(scalar, length, curve))
        return tls_software_ec.mul(point, point_length, scalar, length, curve);
    ecdhe.agreed = true;
    if (!ecdhe.provider->agree(point + 1, secret)) {
        if (ecdhe.running->handshake != NULL)
            ecdhe.running->handshake->agree_refused = true;
        forget();
        return 0;
    }
    /* Only X is used (xoff); Y stays unknown. */
    memset(point + 1, 0, POINT - 1);
    memcpy(point + 1, secret, sizeof secret);
    wipe(secret, sizeof secret);
    if (server)
        forget();
    return 1;
}

static const unsigned char *generator(int curve, size_t *length)
{
    return tls_software_ec.generator(curve, length);
}

static const unsigned char *order(int curve, size_t *length)
{
    return tls_software_ec.order(curve, length);
}

static size_t xoff(int curve, size_t *length)
{
    return tls_software_ec.xoff(curve, length);
}

static uint32_t muladd(unsigned char *a, const unsigned char *b, size_t length, const unsigned char *x,
                       size_t x_length, const unsigned char *y, size_t y_length, int curve)
{
    return tls_software_ec.muladd(a, b, length, x, x_length, y, y_length, curve);
}

/* P-256 alone: with X25519 on offer most peers would choose that, and the provider's key would never be asked
 * for. */
const br_ec_impl tls_ecdhe_ec = {
    .supported_curves = (uint32_t)1 << BR_EC_secp256r1,
    .generator = generator,
    .order = order,
    .xoff = xoff,
    .mul = mul,
    .mulgen = mulgen,
    .muladd = muladd,
};
