/* What the tool looks at: a chip's state file, or 128 bytes of configuration. */

#include "specimen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypto.h"
#include "state_file.h"

static const char magic[] = "ATECCEEP";

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool separates(uint8_t c)
{
    return c == ' ' || c == ',' || c == '\t' || c == '\r' || c == '\n';
}

/* Skips separators and comments. */
static size_t skip(const uint8_t *text, size_t n, size_t at)
{
    while (at < n && (separates(text[at]) || text[at] == '#')) {
        if (text[at] == '#') {
            while (at < n && text[at] != '\n')
                at++;
        } else {
            at++;
        }
    }
    return at;
}

static const char *decode_hex(const uint8_t *text, size_t n, uint8_t config[CHIP_CONFIG_SIZE])
{
    size_t bytes = 0;

    for (size_t at = skip(text, n, 0); at < n; at = skip(text, n, at)) {
        if (at + 1 < n && text[at] == '0' && (text[at + 1] | 0x20) == 'x')
            at += 2;
        if (at + 1 >= n || digit(text[at]) < 0 || digit(text[at + 1]) < 0)
            return "it is neither the state of a virtual chip nor 128 bytes, as they are or in hexadecimal; "
                   "`mos "
                   "atca-get-config FILE.hex` writes such a file";
        if (bytes == CHIP_CONFIG_SIZE)
            return "it has more than 128 bytes in hexadecimal, and a configuration zone has 128";
        config[bytes++] = (uint8_t)(digit(text[at]) << 4 | digit(text[at + 1]));
        at += 2;
    }
    return bytes == CHIP_CONFIG_SIZE
               ? NULL
               : "it has fewer than 128 bytes in hexadecimal, and a configuration zone has 128";
}

const char *specimen_decode(const uint8_t *bytes, size_t n, struct specimen *specimen)
{
    struct chip_eeprom *eeprom = &specimen->chip.eeprom;
    uint8_t config[CHIP_CONFIG_SIZE];
    const char *wrong = NULL;

    memset(specimen, 0, sizeof *specimen);
    if (n >= sizeof magic - 1 && memcmp(bytes, magic, sizeof magic - 1) == 0) {
        specimen->form = SPECIMEN_STATE;
        specimen->has_data = true;
        return state_decode(bytes, n, eeprom);
    }
    if (n == CHIP_CONFIG_SIZE) {
        specimen->form = SPECIMEN_BINARY;
        memcpy(config, bytes, sizeof config);
    } else {
        specimen->form = SPECIMEN_HEX;
        wrong = decode_hex(bytes, n, config);
    }
    if (!wrong)
        chip_eeprom_from_image(eeprom, config, NULL);
    return wrong;
}

/* -1 on an error, with errno; a file that is too long gives SPECIMEN_FILE_MAX + 1 bytes. */
static ssize_t read_file(const char *path, uint8_t bytes[SPECIMEN_FILE_MAX + 1])
{
    bool standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = 0;

    if (fd < 0)
        return -1;
    while (n < SPECIMEN_FILE_MAX + 1) {
        ssize_t got = read(fd, bytes + n, (size_t)(SPECIMEN_FILE_MAX + 1 - n));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            n = got < 0 ? -1 : n;
            break;
        }
        n += got;
    }
    int problem = errno;
    if (!standard_input)
        close(fd);
    errno = problem;
    return n;
}

int specimen_load(const char *path, struct specimen *specimen, char error[SPECIMEN_ERROR_MAX])
{
    uint8_t bytes[SPECIMEN_FILE_MAX + 1];
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;

    ssize_t n = read_file(path, bytes);
    if (n < 0) {
        snprintf(error, SPECIMEN_ERROR_MAX, "cannot read %s: %s", name, strerror(errno));
        return -1;
    }
    const char *wrong = n > SPECIMEN_FILE_MAX ? "it is far longer than a chip's state or configuration"
                                              : specimen_decode(bytes, (size_t)n, specimen);
    chip_wipe(bytes, sizeof bytes);
    if (!wrong)
        return 0;
    snprintf(error, SPECIMEN_ERROR_MAX, "cannot use %.200s: %s", name, wrong);
    return -1;
}

void specimen_wipe(struct specimen *specimen)
{
    chip_wipe(specimen, sizeof *specimen);
}
