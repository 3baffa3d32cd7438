/* The grammar of bus_fuzz.c: every mode of every command, with the length of its data. */
#ifndef FUZZ_CHIP_COMMAND_ROWS_H
#define FUZZ_CHIP_COMMAND_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* KDF: Details that fit 16 bytes of message. */
static void prepare_kdf(uint8_t *data)
{
    data[3] = 16;
}

/* SHA context: five bytes absorbed. */
static void prepare_context(uint8_t *data)
{
    data[0] = 5;
    data[1] = data[2] = data[3] = 0;
}

static const struct command_row {
    uint8_t opcode, p1;
    uint16_t p2;
    bool is_slot; /* the slot is added to Param2, shifted */
    unsigned shift;
    size_t length;
    void (*prepare)(uint8_t *data);
} command_rows[] = {
    {0x01, 0x00, 0, false, 0, 0, NULL},       /* Pause */
    {0x01, 0x01, 0, false, 0, 0, NULL},       /* ... of another */
    {0x02, 0x80, 0, true, 0, 0, NULL},        /* Read */
    {0x02, 0x81, 0, false, 0, 0, NULL},       /* Read */
    {0x02, 0x82, 0, true, 3, 0, NULL},        /* Read */
    {0x02, 0x82, 0x0200, true, 3, 0, NULL},   /* Read */
    {0x08, 0x00, 0, true, 0, 32, NULL},       /* MAC */
    {0x08, 0x01, 0, true, 0, 0, NULL},        /* MAC */
    {0x08, 0x05, 0, true, 0, 0, NULL},        /* MAC */
    {0x08, 0x06, 0, true, 0, 32, NULL},       /* MAC */
    {0x11, 0x00, 0, true, 0, 0, NULL},        /* HMAC */
    {0x11, 0x44, 0, true, 0, 0, NULL},        /* HMAC */
    {0x12, 0x00, 4, false, 0, 4, NULL},       /* Write */
    {0x12, 0x80, 8, false, 0, 32, NULL},      /* Write */
    {0x12, 0x81, 0, true, 3, 32, NULL},       /* Write */
    {0x12, 0x01, 0, true, 0, 4, NULL},        /* Write */
    {0x12, 0x82, 0, true, 3, 32, NULL},       /* Write */
    {0x12, 0x82, 0x0200, true, 3, 32, NULL},  /* Write */
    {0x12, 0xC2, 0, true, 3, 64, NULL},       /* Write */
    {0x15, 0x00, 0, true, 0, 0, NULL},        /* GenDig */
    {0x15, 0x01, 0, false, 0, 0, NULL},       /* GenDig */
    {0x15, 0x02, 0, true, 0, 0, NULL},        /* GenDig */
    {0x15, 0x02, 0, true, 0, 4, NULL},        /* GenDig */
    {0x15, 0x03, 0, true, 0, 32, NULL},       /* GenDig */
    {0x15, 0x04, 0, false, 0, 0, NULL},       /* GenDig */
    {0x15, 0x05, 0, true, 0, 0, NULL},        /* GenDig */
    {0x16, 0x00, 0, false, 0, 20, NULL},      /* Nonce */
    {0x16, 0x01, 0x8000, false, 0, 20, NULL}, /* Nonce */
    {0x16, 0x03, 0, false, 0, 32, NULL},      /* Nonce */
    {0x16, 0x23, 0, false, 0, 64, NULL},      /* Nonce */
    {0x16, 0x43, 0, false, 0, 32, NULL},      /* Nonce */
    {0x16, 0x63, 0, false, 0, 64, NULL},      /* Nonce */
    {0x16, 0x83, 0, false, 0, 32, NULL},      /* Nonce */
    {0x17, 0x80, 0, false, 0, 0, NULL},       /* Lock */
    {0x17, 0x81, 0, false, 0, 0, NULL},       /* Lock */
    {0x17, 0x2A, 0, false, 0, 0, NULL},       /* ... slot 10 */
    {0x1B, 0x00, 0, false, 0, 0, NULL},       /* Random */
    {0x1C, 0x00, 0, true, 0, 0, NULL},        /* DeriveKey */
    {0x1C, 0x04, 0, true, 0, 32, NULL},       /* DeriveKey */
    {0x20, 0x00, 0, true, 0, 0, NULL},        /* UpdateExtra */
    {0x20, 0x01, 0, true, 0, 0, NULL},        /* UpdateExtra */
    {0x20, 0x02, 0, true, 0, 0, NULL},        /* UpdateExtra */
    {0x24, 0x01, 0, true, 0, 0, NULL},        /* Counter */
    {0x28, 0x00, 0, true, 0, 77, NULL},       /* CheckMac */
    {0x28, 0x05, 0, true, 0, 77, NULL},       /* CheckMac */
    {0x28, 0x06, 0, true, 0, 77, NULL},       /* CheckMac */
    {0x30, 0x01, 0, true, 0, 0, NULL},        /* Info */
    {0x30, 0x02, 0, false, 0, 0, NULL},       /* Info */
    {0x30, 0x03, 0, true, 0, 0, NULL},        /* Info */
    {0x30, 0x04, 3, false, 0, 0, NULL},       /* Info */
    {0x40, 0x04, 0, true, 0, 0, NULL},        /* GenKey */
    {0x40, 0x0C, 0, true, 0, 0, NULL},        /* GenKey */
    {0x40, 0x08, 0, true, 0, 0, NULL},        /* GenKey */
    {0x40, 0x10, 0, true, 0, 3, NULL},        /* GenKey */
    {0x40, 0x04, 0xFFFF, false, 0, 0, NULL},  /* GenKey */
    {0x41, 0x80, 0, true, 0, 0, NULL},        /* Sign */
    {0x41, 0xA0, 0, true, 0, 0, NULL},        /* Sign */
    {0x41, 0x40, 0, true, 0, 0, NULL},        /* Sign */
    {0x43, 0x00, 0, true, 0, 64, NULL},       /* ECDH */
    {0x43, 0x04, 0, true, 0, 64, NULL},       /* ECDH */
    {0x43, 0x08, 0, true, 0, 64, NULL},       /* ECDH */
    {0x43, 0x0E, 0, true, 0, 64, NULL},       /* ECDH */
    {0x43, 0x0D, 0, true, 0, 64, NULL},       /* ECDH */
    {0x45, 0x00, 0, true, 0, 64, NULL},       /* Verify */
    {0x45, 0x20, 0, true, 0, 64, NULL},       /* Verify */
    {0x45, 0x01, 0, true, 0, 64, NULL},       /* Verify */
    {0x45, 0xA2, 4, false, 0, 128, NULL},     /* Verify */
    {0x45, 0x03, 0, true, 0, 83, NULL},       /* Verify */
    {0x45, 0x07, 0, true, 0, 83, NULL},       /* Verify */
    {0x46, 0x00, 0, true, 0, 68, NULL},       /* PrivWrite */
    {0x46, 0x40, 0, true, 0, 68, NULL},       /* PrivWrite */
    {0x47, 0x00, 0, false, 0, 0, NULL},       /* SHA */
    {0x47, 0x01, 64, false, 0, 64, NULL},     /* SHA */
    {0x47, 0x01, 7, false, 0, 7, NULL},       /* SHA */
    {0x47, 0x02, 7, false, 0, 7, NULL},       /* SHA */
    {0x47, 0xC2, 0, false, 0, 0, NULL},       /* SHA */
    {0x47, 0x03, 0, true, 0, 0, NULL},        /* SHA */
    {0x47, 0x04, 0, true, 0, 0, NULL},        /* SHA */
    {0x47, 0x04, 0xFFFF, false, 0, 0, NULL},  /* SHA */
    {0x47, 0x05, 7, false, 0, 7, NULL},       /* SHA */
    {0x47, 0x06, 0, false, 0, 0, NULL},       /* SHA */
    {0x47, 0x07, 41, false, 0, 41, prepare_context},
    {0x51, 0x00, 0, true, 0, 16, NULL},        /* AES */
    {0x51, 0x41, 0, true, 0, 16, NULL},        /* AES */
    {0x51, 0x80, 0xFFFF, false, 0, 16, NULL},  /* AES */
    {0x51, 0x03, 0, false, 0, 32, NULL},       /* AES */
    {0x56, 0x12, 0, true, 0, 20, prepare_kdf}, /* KDF: PRF, slot to output */
    {0x56, 0x08, 0, true, 8, 20, prepare_kdf}, /* ... TempKey to slot */
    {0x56, 0x0F, 0, false, 0, 20, prepare_kdf},
    {0x56, 0x04, 0, false, 0, 20, prepare_kdf},
    {0x56, 0x34, 0, false, 0, 20, NULL},       /* AES, encrypted output */
    {0x56, 0x52, 0, true, 0, 20, prepare_kdf}, /* HKDF */
    {0x56, 0x41, 0, false, 0, 20, prepare_kdf},
    {0x77, 0x31, 0, false, 0, 0, NULL},  /* SelfTest */
    {0x80, 0x05, 0, false, 0, 96, NULL}, /* SecureBoot */
    {0x80, 0x06, 0, false, 0, 32, NULL}, /* SecureBoot */
    {0x80, 0x07, 0, false, 0, 96, NULL}, /* SecureBoot */
    {0x80, 0x86, 0, false, 0, 32, NULL}, /* SecureBoot */
};

enum { COMMAND_ROWS = sizeof command_rows / sizeof command_rows[0] };

#endif
