/* atca-gen-csr, atca-gen-cert.  mongoose-os.md 3.13 */

#include "atca/certificate.h"
#include "atca/chip_calls.h"
#include "atca/chip_config.h"
#include "board_files.h"
#include "commands.h"
#include "fail.h"
#include "local_file.h"
#include "options.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_DAYS = 3650 };

/* ---- what both begin with ---- */

/* Refuses what the chip would refuse, but before the old key is lost. */
static int check_slot(const struct chip_config *config, int slot, const struct options *options, bool signs)
{
    const struct chip_slot *chip_slot = &config->slots[slot];

    if (!chip_slot->is_private_ecc)
        return fail("slot %d is not an ECC private key slot", slot);
    if (signs && !chip_slot->can_sign)
        return fail("slot %d does not sign what comes from outside (SlotConfig.ExtSignEnable)", slot);
    if (options->gen_key && chip_slot->locked)
        return fail("slot %d is locked, for ever: use its key with --gen-key=false", slot);
    if (options->gen_key && config->data_locked && !chip_slot->gen_key_allowed)
        return fail("data zone is locked and slot %d does not allow GenKey: use its key with --gen-key=false",
                    slot);
    report("Slot %d is a ECC private key slot", slot);
    return 0;
}

static EVP_PKEY *take_key(struct device *device, int slot, const struct options *options)
{
    EVP_PKEY *pkey;

    if (!options->gen_key)
        return chip_get_pub_key(device, slot);
    pkey = chip_gen_key(device, slot);
    if (pkey)
        report("Generated new ECC key on slot %d", slot);
    return pkey;
}

static void report_subject(const X509_NAME *subject)
{
    BIO *bio = BIO_new_fp(stderr, BIO_NOCLOSE);

    fputs("Subject: ", stderr);
    X509_NAME_print_ex(bio, (X509_NAME *)subject, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    BIO_free(bio);
    fputc('\n', stderr);
}

static void report_dry_run(const char *what, int slot, bool gen_key)
{
    report("This is a dry run, would have made %s the key of slot %d%s.\n\nSet --dry-run=false to confirm.",
           what, slot, gen_key ? ", a new one; the key that is in it would be lost" : "");
}

static FILE *open_pem(const char *path)
{
    FILE *file = fopen(path, "r");

    if (!file)
        fail("cannot read %s: %s.", path, strerror(errno));
    return file;
}

static int fail_pem(const char *path, const char *what)
{
    ERR_clear_error();
    return fail("%s holds no PEM block %s that can be read.", path, what);
}

static X509_NAME *subject_option(const struct options *options)
{
    char why[300];
    X509_NAME *subject = subject_parse(options->subject, why, sizeof why);

    if (!subject)
        fail("--subject: %s", why);
    return subject;
}

/* One request or certificate: for which slot, and how it is made. */
struct order {
    struct device *device;
    const struct options *options;
    int slot;
    const char *product; /* "a certificate request signed by": with the slot's key, for the dry run */
    bool signs;          /* the slot's key signs */
    const X509_NAME *subject;
    const void *plan;
    int (*write)(const struct order *order, struct output_file *output);
};

/* Looks at the slot, opens the output, and only then lets the order be written. */
static int carry_out(const struct order *order, const char *path)
{
    struct chip_config config;
    struct output_file output;
    int status;

    if (chip_open(order->device, &config) || check_slot(&config, order->slot, order->options, order->signs))
        return 1;
    if (order->options->dry_run) {
        report_subject(order->subject);
        report_dry_run(order->product, order->slot, order->options->gen_key);
        return 0;
    }
    if (output_open(&output, path, 0644))
        return 1;
    status = order->write(order, &output);
    if (status)
        output_abandon(&output);
    return status;
}

/* The slot of `SLOT [FILE]`, -1 after fail(). */
static int slot_of(int argc, char **argv)
{
    if (argc < 1)
        fail("slot number is required");
    else if (argc > 2)
        fail("extra arguments");
    else
        return chip_slot_argument(argv[0]);
    return -1;
}

/* ---- atca-gen-csr ---- */

struct signing_slot {
    struct device *device;
    int slot;
};

static int sign_in_chip(void *context, const uint8_t digest[32], uint8_t signature[64])
{
    const struct signing_slot *signing = context;

    report("Signing with slot %d...", signing->slot);
    return chip_sign(signing->device, signing->slot, digest, signature);
}

struct request_plan {
    X509_NAME *subject;
    STACK_OF(X509_EXTENSION) * extensions;
};

/* Subject and extensions of `--csr-template`; `--subject` outranks its subject. */
static int plan_request(struct request_plan *plan, const struct options *options)
{
    X509_REQ *template;
    FILE *file;

    memset(plan, 0, sizeof *plan);
    if (!options->csr_template && !options->subject)
        return fail("--csr-template or --subject is required");
    if (options->csr_template) {
        file = open_pem(options->csr_template);
        if (!file)
            return 1;
        template = PEM_read_X509_REQ(file, NULL, NULL, NULL);
        fclose(file);
        if (!template)
            return fail_pem(options->csr_template, "CERTIFICATE REQUEST");
        plan->subject = X509_NAME_dup(X509_REQ_get_subject_name(template));
        plan->extensions = X509_REQ_get_extensions(template);
        X509_REQ_free(template);
        report("Generating CSR using template from %s", options->csr_template);
    }
    if (options->subject) {
        X509_NAME_free(plan->subject);
        plan->subject = subject_option(options);
    }
    return plan->subject ? 0 : 1;
}

static int write_request(const struct order *order, struct output_file *output)
{
    const struct request_plan *plan = order->plan;
    struct signing_slot signing = {order->device, order->slot};
    const char *path = output->path;
    EVP_PKEY *pkey = take_key(order->device, order->slot, order->options);
    X509_REQ *request = NULL;
    int status = 1;

    if (pkey) {
        report_subject(plan->subject);
        request = request_make(plan->subject, plan->extensions, pkey, sign_in_chip, &signing);
    }
    if (request && PEM_write_X509_REQ(output->file, request) && !output_commit(output, 1)) {
        status = 0;
        if (path)
            report("Wrote %s", path);
    }
    X509_REQ_free(request);
    EVP_PKEY_free(pkey);
    return status;
}

int command_atca_gen_csr(struct device *device, const struct options *options, int argc, char **argv)
{
    struct order order = {.device = device,
                          .options = options,
                          .slot = slot_of(argc, argv),
                          .product = "a certificate request signed by",
                          .signs = true,
                          .write = write_request};
    struct request_plan plan;
    int status;

    if (order.slot < 0)
        return 1;
    status = plan_request(&plan, options);
    order.subject = plan.subject;
    order.plan = &plan;
    if (!status)
        status = carry_out(&order, argc > 1 ? argv[1] : NULL);
    X509_NAME_free(plan.subject);
    sk_X509_EXTENSION_pop_free(plan.extensions, X509_EXTENSION_free);
    return status;
}

/* ---- atca-gen-cert ---- */

static X509 *read_certificate(const char *path)
{
    FILE *file = open_pem(path);
    X509 *certificate;

    if (!file)
        return NULL;
    certificate = PEM_read_X509(file, NULL, NULL, NULL);
    fclose(file);
    if (!certificate)
        fail_pem(path, "CERTIFICATE");
    return certificate;
}

static EVP_PKEY *read_private_key(const char *path)
{
    FILE *file = open_pem(path);
    EVP_PKEY *pkey;

    if (!file)
        return NULL;
    pkey = PEM_read_PrivateKey(file, NULL, NULL,
                               NULL); /* asks on the terminal for the password of an encrypted one */
    fclose(file);
    if (!pkey)
        fail_pem(path, "PRIVATE KEY");
    return pkey;
}

static int plan_certificate(struct certificate_order *order, const struct options *options)
{
    X509_NAME *subject = NULL;

    memset(order, 0, sizeof *order);
    if (!options->ca_cert_file || !options->ca_key_file)
        return fail("--ca-cert-file and --ca-key-file are required");
    if (!options->cert_template && !options->subject)
        return fail("--cert-template or --subject is required");
    order->ca = read_certificate(options->ca_cert_file);
    order->ca_key = order->ca ? read_private_key(options->ca_key_file) : NULL;
    if (!order->ca_key)
        return 1;
    order->days = options->cert_days ? options->cert_days : DEFAULT_DAYS;
    if (options->cert_template) {
        order->template = read_certificate(options->cert_template);
        if (!order->template)
            return 1;
        if (!options->cert_days)
            order->days = certificate_days(order->template);
        subject = X509_NAME_dup(X509_get_subject_name(order->template));
        report("Generating certificate using template from %s", options->cert_template);
    }
    if (options->subject) {
        X509_NAME_free(subject);
        subject = subject_option(options);
    }
    order->subject = subject;
    return subject ? 0 : 1;
}

static int upload(struct device *device, const struct options *options, const char *path, X509 *certificate)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem;
    long size;
    int status;

    if (!bio || !PEM_write_bio_X509(bio, certificate)) {
        BIO_free(bio);
        return fail("out of memory");
    }
    size = BIO_get_mem_data(bio, &pem);
    report("Uploading %s (%ld bytes)...", name, size);
    status = board_file_put(device, options, name, pem, (size_t)size);
    BIO_free(bio);
    if (status)
        fail("the certificate is in %s all the same: \"mos put %s\" tries again.", path, path);
    return status;
}

static int write_certificate(const struct order *order, struct output_file *output)
{
    const struct certificate_order *plan = order->plan;
    const char *path = output->path;
    EVP_PKEY *pkey = take_key(order->device, order->slot, order->options);
    X509 *certificate = NULL;
    int status = 1;

    if (pkey) {
        report_subject(plan->subject);
        certificate = certificate_make(plan, pkey);
    }
    if (certificate) {
        if (path)
            report("Writing certificate to %s...", path);
        status = PEM_write_X509(output->file, certificate) && !output_commit(output, 1) ? 0 : 1;
    }
    if (!status && path && order->options->upload)
        status = upload(order->device, order->options, path, certificate);
    X509_free(certificate);
    EVP_PKEY_free(pkey);
    return status;
}

int command_atca_gen_cert(struct device *device, const struct options *options, int argc, char **argv)
{
    struct order order = {.device = device,
                          .options = options,
                          .slot = slot_of(argc, argv),
                          .product = "a certificate for",
                          .write = write_certificate};
    struct certificate_order plan;
    char name[32];
    int status;

    if (order.slot < 0)
        return 1;
    snprintf(name, sizeof name, "atca-%d.crt.pem", order.slot);
    status = plan_certificate(&plan, options);
    order.subject = plan.subject;
    order.plan = &plan;
    if (!status)
        status = carry_out(&order, argc > 1 ? argv[1] : name);
    X509_NAME_free((X509_NAME *)plan.subject);
    X509_free(plan.template);
    X509_free(plan.ca);
    EVP_PKEY_free(plan.ca_key);
    return status;
}
