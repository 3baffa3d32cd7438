/* ECDSA P-256 signatures a second of a TPM 2.0, one client: what swtpm is measured with.
 *
 *     bench-tpm2-sign-rate TCTI SECONDS          for example swtpm:path=tpm.sock
 *
 * A primary key for this run only is made in the null hierarchy and stays loaded; a signature is one TPM2_Sign of a fresh
 * digest through ESYS, authorized by an empty password.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tss2/tss2_esys.h>
#include <tss2/tss2_tctildr.h>

static void check(TSS2_RC rc, const char *what)
{
    if (rc != TSS2_RC_SUCCESS)
        errx(1, "%s answered %08X", what, (unsigned)rc);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static ESYS_TR make_key(ESYS_CONTEXT *esys)
{
    const TPM2B_SENSITIVE_CREATE sensitive = {.size = 0};
    const TPM2B_DATA outside = {.size = 0};
    const TPML_PCR_SELECTION registers = {.count = 0};
    TPM2B_PUBLIC public_area = {
        .publicArea = {
            .type = TPM2_ALG_ECC,
            .nameAlg = TPM2_ALG_SHA256,
            .objectAttributes = TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_SIGN_ENCRYPT | TPMA_OBJECT_FIXEDTPM |
                                TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN,
            .parameters.eccDetail = {.symmetric.algorithm = TPM2_ALG_NULL,
                                     .scheme = {.scheme = TPM2_ALG_ECDSA,
                                                .details.ecdsa.hashAlg = TPM2_ALG_SHA256},
                                     .curveID = TPM2_ECC_NIST_P256,
                                     .kdf.scheme = TPM2_ALG_NULL},
        }};
    ESYS_TR key;
    TPM2B_PUBLIC *made = NULL;
    TPM2B_CREATION_DATA *data = NULL;
    TPM2B_DIGEST *hash = NULL;
    TPMT_TK_CREATION *ticket = NULL;

    check(Esys_CreatePrimary(esys, ESYS_TR_RH_NULL, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &sensitive,
                             &public_area, &outside, &registers, &key, &made, &data, &hash, &ticket),
          "TPM2_CreatePrimary");
    Esys_Free(made);
    Esys_Free(data);
    Esys_Free(hash);
    Esys_Free(ticket);
    return key;
}

int main(int argc, char **argv)
{
    const TPMT_SIG_SCHEME scheme = {.scheme = TPM2_ALG_ECDSA, .details.ecdsa.hashAlg = TPM2_ALG_SHA256};
    const TPMT_TK_HASHCHECK unchecked = {.tag = TPM2_ST_HASHCHECK, .hierarchy = TPM2_RH_NULL};
    TPM2B_DIGEST digest = {.size = 32, .buffer = {1}};
    TSS2_TCTI_CONTEXT *tcti = NULL;
    ESYS_CONTEXT *esys = NULL;
    unsigned signatures = 0;

    if (argc != 3)
        errx(2, "usage: bench-tpm2-sign-rate TCTI SECONDS");
    check(Tss2_TctiLdr_Initialize(argv[1], &tcti), "the connection to the TPM");
    check(Esys_Initialize(&esys, tcti, NULL), "ESYS");
    ESYS_TR key = make_key(esys);

    double start = now(), end = start + atof(argv[2]);
    while (now() < end) {
        TPMT_SIGNATURE *signature = NULL;

        digest.buffer[1]++;
        check(Esys_Sign(esys, key, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &digest, &scheme, &unchecked,
                        &signature),
              "TPM2_Sign");
        Esys_Free(signature);
        signatures++;
    }
    printf("%.0f\n", signatures / (now() - start));
    Esys_FlushContext(esys, key);
    Esys_Finalize(&esys);
    Tss2_TctiLdr_Finalize(&tcti);
    return 0;
}
