/* ECDSA P-256 signatures a second of a PKCS#11 module, one client: what SoftHSM2 is measured with.
 *
 *     bench-pkcs11-sign-rate MODULE SECONDS
 *
 * The module has a free slot (SoftHSM2: an empty token folder, named by SOFTHSM2_CONF): a token is made in it, and in the
 * token a key pair for this session only. A signature is C_SignInit and C_Sign with CKM_ECDSA, of a fresh digest.
 */
#include <dlfcn.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <p11-kit/pkcs11.h>

static void check(CK_RV rv, const char *what)
{
    if (rv != CKR_OK)
        errx(1, "%s answered %08lX", what, (unsigned long)rv);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static CK_FUNCTION_LIST *load(const char *path)
{
    CK_FUNCTION_LIST *module;
    CK_C_GetFunctionList get;
    void *library = dlopen(path, RTLD_NOW);

    if (!library)
        errx(1, "%s", dlerror());
    void *symbol = dlsym(library, "C_GetFunctionList");
    if (!symbol)
        errx(1, "%s is not a PKCS#11 module", path);
    memcpy(&get, &symbol, sizeof get); /* ISO C has no cast from object to function pointers */
    check(get(&module), "C_GetFunctionList");
    check(module->C_Initialize(NULL), "C_Initialize");
    return module;
}

static CK_SESSION_HANDLE make_token(CK_FUNCTION_LIST *module)
{
    /* Of a token that lives as long as this program. */
    CK_UTF8CHAR pin[] = "bench-pin", label[32];
    CK_SLOT_ID slot;
    CK_ULONG count = 1;
    CK_SESSION_HANDLE session;

    memset(label, ' ', sizeof label);
    memcpy(label, "bench", 5);
    check(module->C_GetSlotList(CK_FALSE, &slot, &count), "C_GetSlotList");
    if (count == 0)
        errx(1, "the module has no slot");
    check(module->C_InitToken(slot, pin, sizeof pin - 1, label), "C_InitToken");
    check(module->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session),
          "C_OpenSession");
    check(module->C_Login(session, CKU_SO, pin, sizeof pin - 1), "C_Login");
    check(module->C_InitPIN(session, pin, sizeof pin - 1), "C_InitPIN");
    check(module->C_Logout(session), "C_Logout");
    check(module->C_Login(session, CKU_USER, pin, sizeof pin - 1), "C_Login");
    return session;
}

static CK_OBJECT_HANDLE make_key(CK_FUNCTION_LIST *module, CK_SESSION_HANDLE session)
{
    CK_MECHANISM generate = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_BYTE prime256v1[] = {0x06, 0x08, 0x2A, 0x86, 0x48,
                            0xCE, 0x3D, 0x03, 0x01, 0x07}; /* RFC 5480 2.1.1.1 */
    CK_ATTRIBUTE public_template[] = {{CKA_EC_PARAMS, prime256v1, sizeof prime256v1},
                                      {CKA_VERIFY, &yes, sizeof yes}};
    CK_ATTRIBUTE private_template[] = {
        {CKA_SIGN, &yes, sizeof yes}, {CKA_TOKEN, &no, sizeof no}, {CKA_SENSITIVE, &yes, sizeof yes}};
    CK_OBJECT_HANDLE public_key, private_key;

    check(module->C_GenerateKeyPair(session, &generate, public_template, 2, private_template, 3, &public_key,
                                    &private_key),
          "C_GenerateKeyPair");
    return private_key;
}

int main(int argc, char **argv)
{
    CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
    CK_BYTE digest[32] = {1}, signature[64];
    unsigned signatures = 0;

    if (argc != 3)
        errx(2, "usage: bench-pkcs11-sign-rate MODULE SECONDS");
    CK_FUNCTION_LIST *module = load(argv[1]);
    CK_SESSION_HANDLE session = make_token(module);
    CK_OBJECT_HANDLE key = make_key(module, session);

    double start = now(), end = start + atof(argv[2]);
    while (now() < end) {
        CK_ULONG length = sizeof signature;

        digest[1]++;
        check(module->C_SignInit(session, &ecdsa, key), "C_SignInit");
        check(module->C_Sign(session, digest, sizeof digest, signature, &length), "C_Sign");
        if (length != sizeof signature)
            errx(1, "a signature of %lu bytes", length);
        signatures++;
    }
    printf("%.0f\n", signatures / (now() - start));
    module->C_Finalize(NULL);
    return 0;
}
