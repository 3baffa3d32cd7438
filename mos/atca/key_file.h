/* Key files: PEM private keys and keys as hex digits.  mongoose-os.md 3.13, 8.2 T5, T6
 *
 * The caller wipes what it gets (OPENSSL_cleanse). No message holds a part of a key.
 */
#ifndef MOS_KEY_FILE_H
#define MOS_KEY_FILE_H

#include "chip_config.h"

/* Reads a P-256 private key: PEM `EC PRIVATE KEY` (SEC 1) or `PRIVATE KEY` (PKCS#8) with other blocks around
 * it, or 32 bytes as hex digits. The scalar is padded on the left to its 32 bytes. `*kind`: `EC PRIVATE KEY`,
 * `PRIVATE KEY`, or NULL for hex. 0, or -1 with a sentence in `why`. */
int key_text_parse_ecc(const char *text, size_t length, uint8_t key[CHIP_KEY_SIZE], const char **kind,
                       char *why, size_t why_size);

/* Reads hex digits, any number of bytes up to `capacity`. 0, or -1 with a sentence in `why`. */
int key_text_parse_hex(const char *text, size_t length, uint8_t *key, size_t capacity, size_t *count,
                       char *why, size_t why_size);

/* The same from files; with fail() instead of `why`. */
int key_file_read_ecc(const char *path, uint8_t key[CHIP_KEY_SIZE], const char **kind);
int key_file_read_hex(const char *path, uint8_t *key, size_t capacity, size_t *count);

/* A key that opens a slot: hex text of exactly 32 bytes. 0, or -1 after fail(). */
int key_file_read_write_key(const char *path, uint8_t key[CHIP_KEY_SIZE]);

/* What may be said of a key on a terminal: the first 8 hex digits of its SHA-256. */
void key_fingerprint(const uint8_t *key, size_t size, char text[9]);

#endif
