/* Elliptic curves in software: P-256 by BearSSL's own code for it, P-384 and P-521 (authorities may use them)
 * by the generic one.
 *
 * The 15-bit implementations, on every board: the lx106 has no wide multiplication, and what runs there is
 * what is tested here. X25519 is left out on purpose (tls_ecdhe.c).
 */

#include "tls_internal.h"

static const br_ec_impl *of(int curve)
{
    return curve == BR_EC_secp256r1 ? &br_ec_p256_m15 : &br_ec_prime_i15;
}

static const unsigned char *generator(int curve, size_t *length)
{
    return of(curve)->generator(curve, length);
}

static const unsigned char *order(int curve, size_t *length)
{
    return of(curve)->order(curve, length);
}

static size_t xoff(int curve, size_t *length)
{
    return of(curve)->xoff(curve, length);
}

static uint32_t mul(unsigned char *point, size_t point_length, const unsigned char *scalar, size_t length,
                    int curve)
{
    return of(curve)->mul(point, point_length, scalar, length, curve);
}

static size_t mulgen(unsigned char *result, const unsigned char *scalar, size_t length, int curve)
{
    return of(curve)->mulgen(result, scalar, length, curve);
}

static uint32_t muladd(unsigned char *a, const unsigned char *b, size_t length, const unsigned char *x,
                       size_t x_length, const unsigned char *y, size_t y_length, int curve)
{
    return of(curve)->muladd(a, b, length, x, x_length, y, y_length, curve);
}

const br_ec_impl tls_software_ec = {
    .supported_curves =
        (uint32_t)1 << BR_EC_secp256r1 | (uint32_t)1 << BR_EC_secp384r1 | (uint32_t)1 << BR_EC_secp521r1,
    .generator = generator,
    .order = order,
    .xoff = xoff,
    .mul = mul,
    .mulgen = mulgen,
    .muladd = muladd,
};
