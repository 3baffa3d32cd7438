/* A failure in words: what was tried, what answered, what to do next.  atecc608.md 1.7, 2.10, 3 */

#include "atecc_internal.h"

/* --- text, without stdio: firmware has none ------------------------------------------------------------- */

struct text {
    char *at;
    size_t left; /* without the terminating zero */
};

static void add(struct text *text, const char *string)
{
    while (*string && text->left) {
        *text->at++ = *string++;
        text->left--;
    }
}

static void add_hex(struct text *text, unsigned value, unsigned digits)
{
    char hex[5] = {0};

    for (unsigned i = digits; i-- > 0; value >>= 4)
        hex[i] = "0123456789ABCDEF"[value & 15];
    add(text, hex);
}

static void add_decimal(struct text *text, unsigned value)
{
    char digits[11] = {0};
    unsigned i = sizeof(digits) - 1;

    do {
        digits[--i] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    add(text, digits + i);
}

/* `%` stands for the slot the command named, `#` for the slot of the write key, `@` for the chip's address.
 */
static void add_filled(struct text *text, const char *sentence, const struct atecc *dev, unsigned slot)
{
    for (; *sentence; sentence++) {
        const char one[2] = {*sentence, 0};

        if (*sentence == '%') {
            add_decimal(text, slot);
        } else if (*sentence == '#') {
            add_decimal(text, dev->failure.write_slot);
        } else if (*sentence == '@') {
            add(text, "0x");
            add_hex(text, dev->address, 2);
        } else {
            add(text, one);
        }
    }
}

/* --- what was tried ------------------------------------------------------------------------------------- */

/* A row fits if (param1 & mask) == value. The first that fits counts. `refused` is the advice for status 0F.
 */
struct attempt {
    uint8_t opcode, mask, value;
    const char *tried;
    const char *refused;
};

static const struct attempt attempts[] = {
    {ATECC_OP_INFO, 0, 0, "Info", "try again after a power cycle"},
    {ATECC_OP_RANDOM, 0, 0, "Random", "try again after a power cycle"},
    {ATECC_OP_READ, 3, ATECC_ZONE_CONFIG, "reading the configuration", "try again after a power cycle"},
    {ATECC_OP_READ, 3, ATECC_ZONE_DATA, "reading slot %",
     "the slot is secret or holds a private key, or the data zone is not locked yet; such a slot cannot be "
     "read in clear"},
    {ATECC_OP_WRITE, 3, ATECC_ZONE_CONFIG, "writing the configuration",
     "the configuration zone is locked, which is for ever: read it to see what it says"},
    {ATECC_OP_WRITE, 0x43, 0x42, "encrypted Write to slot %",
     "the write key does not match the one in slot #, or slot %'s configuration does not allow it; write "
     "slot # again, or "
     "use the key that is in it"},
    {ATECC_OP_WRITE, 0x43, ATECC_ZONE_DATA, "writing slot %",
     "the configuration zone is not locked yet, or slot % is locked, holds a private key, or takes encrypted "
     "writes "
     "only (then give the write key)"},
    {ATECC_OP_GENDIG, 0, 0, "GenDig with the key in slot %",
     "slot % may not serve as a write key, or the nonce before it was lost: check its configuration and try "
     "again"},
    {ATECC_OP_NONCE, 0, 0, "Nonce", "try again after a power cycle"},
    {ATECC_OP_LOCK, 1, 0, "locking the configuration zone", "it is locked already"},
    {ATECC_OP_LOCK, 1, 1, "locking the data zone",
     "it is locked already, or the configuration zone is not: lock that first"},
    {ATECC_OP_UPDATE_EXTRA, 0, 0, "UpdateExtra", "the byte was set before; it can be set only once"},
    {ATECC_OP_GENKEY, ATECC_GENKEY_CREATE, ATECC_GENKEY_CREATE, "generating a key in slot %",
     "the configuration zone is not locked yet, or slot % is locked or not configured for generating P-256 "
     "keys"},
    {ATECC_OP_GENKEY, ATECC_GENKEY_CREATE, 0, "computing the public key of slot %",
     "slot % holds no private key yet, or its configuration hides the public key: generate or write a key "
     "first"},
    {ATECC_OP_SIGN, 0, 0, "Sign with slot %",
     "slot % holds no private key, or its configuration does not allow it to sign: generate or write a key, "
     "or use "
     "another slot"},
    {ATECC_OP_VERIFY, 0, 0, "Verify", "the digest was lost before the chip used it: try again"},
    {ATECC_OP_ECDH, 1, 0, "ECDH with slot %",
     "slot % holds no private key, or its configuration does not allow ECDH with a clear result"},
    {ATECC_OP_ECDH, 1, 1, "ECDH with the ephemeral key",
     "the ephemeral key is gone, because it was used, the chip slept, or another command took TempKey: "
     "generate a new "
     "one"},
    {ATECC_OP_PRIVWRITE, 0x40, 0x40, "encrypted PrivWrite to slot %",
     "the write key does not match the one in slot #, or slot %'s configuration does not allow it, or the "
     "private key "
     "is not between 1 and the curve's order"},
    {ATECC_OP_PRIVWRITE, 0x40, 0, "PrivWrite to slot %",
     "after the data zone is locked a private key must be written encrypted: give the write key. Slot % must "
     "be "
     "configured for a P-256 private key, and the key must be between 1 and the curve's order"},
    {ATECC_OP_AES, 0, 0, "AES with slot %", "slot % is not configured as an AES key (KeyType 6)"},
};

static const char ephemeral[] = "generating an ephemeral key";
static const char ephemeral_refused[] =
    "the configuration zone is not locked yet, or this is not an ATECC608";

static const struct attempt *find_attempt(const struct atecc_failure *failure)
{
    for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
        if (attempts[i].opcode == failure->opcode &&
            (failure->param1 & attempts[i].mask) == attempts[i].value)
            return &attempts[i];
    }
    return NULL;
}

static int is_ephemeral(const struct atecc_failure *failure)
{
    return failure->opcode == ATECC_OP_GENKEY && failure->param2 == 0xFFFF;
}

/* Read and Write carry the slot inside an address; with ATECC_ERROR_PARAMETER param2 is the slot itself. */
static unsigned slot_of(const struct atecc_failure *failure)
{
    if (failure->error == ATECC_ERROR_PARAMETER)
        return failure->param2;
    if (failure->opcode == ATECC_OP_READ || failure->opcode == ATECC_OP_WRITE)
        return failure->param2 >> 3 & 15u;
    return failure->param2 & 15u;
}

static void add_tried(struct text *text, const struct atecc *dev, const struct attempt *attempt)
{
    if (is_ephemeral(&dev->failure))
        add(text, ephemeral);
    else
        add_filled(text, attempt ? attempt->tried : "a command", dev, slot_of(&dev->failure));
}

/* --- what answered, what to do -------------------------------------------------------------------------- */

static void add_detail(struct text *text, const struct atecc *dev)
{
    if (!(*dev->bus)->detail)
        return;
    add(text, " (");
    add(text, (*dev->bus)->detail(dev->bus));
    add(text, ")");
}

static void explain_wake(struct text *text, const struct atecc *dev)
{
    switch (dev->failure.error) {
    case ATECC_ERROR_NO_DEVICE:
        add_filled(text, "No ATECC answered at @", dev, 0);
        add_detail(text, dev);
        add(text, ": check its power, the SDA and SCL wiring, the address (factory: 0x60; i2cdetect shows a "
                  "chip only right "
                  "after a wake), and that the bus runs at 100 kHz, since a faster one cannot wake it");
        return;
    case ATECC_ERROR_RESPONSE:
        add_filled(text,
                   "Something answered at @, but not as an ATECC does after a wake: check that no other "
                   "device has this "
                   "address, the wiring and its pull-ups, and that no other program is using the chip",
                   dev, 0);
        return;
    case ATECC_ERROR_SELF_TEST:
        add_filled(text,
                   "The ATECC at @ woke up and reported that its self-test failed: switch its power off and "
                   "on; if it "
                   "says so again, replace it",
                   dev, 0);
        return;
    default:
        add_filled(text, "Could not wake the ATECC at @: the I2C bus failed", dev, 0);
        add_detail(text, dev);
        return;
    }
}

static void explain_refusal(struct text *text, const struct atecc *dev, const struct attempt *attempt)
{
    add(text, "the chip refused (status 0F): ");
    if (is_ephemeral(&dev->failure))
        add(text, ephemeral_refused);
    else if (attempt)
        add_filled(text, attempt->refused, dev, slot_of(&dev->failure));
    else
        add(text, "locks, slot configuration or key do not allow it");
}

static void explain_parse(struct text *text, const struct atecc *dev)
{
    add(text, "the chip knows no such command or parameters (status 03): ");
    if (dev->failure.opcode == ATECC_OP_AES)
        add(text, "AES exists on the ATECC608 only, with AES_Enable (configuration byte 13) set and both "
                  "zones locked");
    else if (is_ephemeral(&dev->failure))
        add(text, "an ephemeral key in TempKey needs an ATECC608");
    else
        add(text, "check that it is an ATECC508A or 608, and the slot and block");
}

static void explain_mismatch(struct text *text, const struct atecc *dev)
{
    if (dev->failure.opcode == ATECC_OP_VERIFY)
        add(text,
            "the signature does not match (status 01): it was made with another key, or over another digest");
    else
        add(text, "the MAC does not match (status 01)");
}

static void explain_execute(struct text *text, const struct atecc *dev, const struct attempt *attempt)
{
    switch (dev->failure.error) {
    case ATECC_ERROR_BUS:
        add(text, dev->failure.stage == ATECC_STAGE_SEND ? "the I2C bus failed while the command was sent"
                                                         : "the I2C bus failed while the answer was read");
        add_detail(text, dev);
        add(text, "; whether the chip ran the command is not known");
        return;
    case ATECC_ERROR_NO_DEVICE:
        add_filled(text, "the chip at @ woke up but then did not take the command", dev, 0);
        add_detail(text, dev);
        add(text, ": check its supply and the wiring, and that no other program is using it");
        return;
    case ATECC_ERROR_TIMEOUT:
        add(text, "the chip took the command and did not answer for 2.5 seconds: it lost power or its "
                  "connection, or "
                  "received half a command; try again, and check the supply");
        return;
    case ATECC_ERROR_RESPONSE:
        add(text,
            "the chip's answer was damaged (length or CRC) each time it was read: check the wiring and the "
            "pull-ups, or lower the bus speed; whether the chip ran the command is not known");
        return;
    case ATECC_ERROR_MISMATCH:
        explain_mismatch(text, dev);
        return;
    case ATECC_ERROR_PARSE:
        explain_parse(text, dev);
        return;
    case ATECC_ERROR_ECC_FAULT:
        add(text, "the chip's computation failed (status 05): try again; if a public key was given, it may "
                  "not be a point "
                  "of the curve");
        return;
    case ATECC_ERROR_SELF_TEST:
        add(text, "the chip is out of service since its self-test failed (status 07): switch its power off "
                  "and on; if it "
                  "says so again, replace it");
        return;
    case ATECC_ERROR_HEALTH_TEST:
        add(text, "the health test of the chip's random generator failed (status 08): try again; if it "
                  "stays, replace the "
                  "chip");
        return;
    case ATECC_ERROR_EXECUTION:
        explain_refusal(text, dev, attempt);
        return;
    case ATECC_ERROR_WATCHDOG:
        add(text, "too little time before the chip's watchdog, even right after a wake (status EE): a chip "
                  "with a slow "
                  "clock (ChipMode) needs the long watchdog");
        return;
    case ATECC_ERROR_COMMUNICATION:
        add(text, "the command reached the chip damaged, each time (status FF): check the wiring and the "
                  "pull-ups, or "
                  "lower the bus speed");
        return;
    default:
        add(text, "the chip answered status ");
        add_hex(text, dev->failure.status, 2);
        add(text, ", which this driver does not know: check that it is an ATECC508A or 608");
    }
}

static void explain_parameter(struct text *text, const struct atecc *dev, const struct attempt *attempt)
{
    if (!attempt) {
        add(text, "atecc_end() without a begin");
        return;
    }
    add_tried(text, dev, attempt);
    add(text, ": there is no such slot, block or mode; slots are 0 to 15, blocks of 32 bytes 0 and 1 (slot "
              "8: 0 to 12, "
              "slots 9 to 15: 0 to 2)");
}

static void explain_address(struct text *text, const struct atecc *dev)
{
    add_filled(text, "@ is not a 7-bit I2C address", dev, 0);
    if (dev->address >= 0x78) {
        add(text, "; it looks like the 8-bit form, as the chip's configuration has it: give 0x");
        add_hex(text, dev->address >> 1, 2);
    } else {
        add(text, ": the chip's factory address is 0x60");
    }
}

const char *atecc_explain(const struct atecc *dev, char *buffer, size_t size)
{
    struct text text = {buffer, size ? size - 1 : 0};
    const struct attempt *attempt = find_attempt(&dev->failure);

    if (size == 0)
        return buffer;
    if (dev->failure.error == ATECC_OK) {
        add(&text, atecc_strerror(ATECC_OK));
    } else if (dev->failure.error == ATECC_ERROR_ADDRESS) {
        explain_address(&text, dev);
    } else if (dev->failure.error == ATECC_ERROR_PARAMETER) {
        explain_parameter(&text, dev, attempt);
    } else if (dev->failure.stage == ATECC_STAGE_WAKE) {
        explain_wake(&text, dev);
    } else if (dev->failure.opcode == 0) {
        add(&text, "Could not put the ATECC to idle or to sleep: it did not acknowledge, or the bus failed");
        add_detail(&text, dev);
    } else {
        add_tried(&text, dev, attempt);
        add(&text, ": ");
        explain_execute(&text, dev, attempt);
    }
    *text.at = '\0';
    if (buffer[0] >= 'a' && buffer[0] <= 'z')
        buffer[0] = (char)(buffer[0] - 'a' + 'A');
    return buffer;
}
