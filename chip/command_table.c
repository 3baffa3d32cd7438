/* All commands by opcode, with their execution times.  atecc608.md 3.0, 4.1, 4.2
 *
 * Pause and HMAC are the 508A's alone, AES, KDF, SelfTest and SecureBoot the 608's; Delete (13) belongs to
 * neither. The 608's times are the library's maxima for the clock dividers M0, M1, M2. The 508A's are the
 * maxima of its data sheet, but for Nonce: a random nonce needs more than the 7 ms stated there, and the 29
 * are the library's.
 */

#include "command.h"

const struct chip_command chip_commands[256] = {
    [0x01] = {"Pause", chip_command_pause, {0, 0, 0}, 3, false},
    [0x02] = {"Read", chip_command_read, {5, 5, 5}, 1, true},
    [0x08] = {"MAC", chip_command_mac, {55, 55, 55}, 14, false},
    [0x11] = {"HMAC", chip_command_hmac, {0, 0, 0}, 23, false},
    [0x12] = {"Write", chip_command_write, {45, 45, 45}, 26, false},
    [0x15] = {"GenDig", chip_command_gendig, {25, 35, 35}, 11, false},
    [0x16] = {"Nonce", chip_command_nonce, {20, 20, 20}, 29, false},
    [0x17] = {"Lock", chip_command_lock, {35, 35, 35}, 32, false},
    [0x1B] = {"Random", chip_command_random, {23, 23, 23}, 23, false},
    [0x1C] = {"DeriveKey", chip_command_derivekey, {50, 50, 50}, 50, false},
    [0x20] = {"UpdateExtra", chip_command_update_extra, {10, 10, 10}, 10, false},
    [0x24] = {"Counter", chip_command_counter, {25, 25, 25}, 20, false},
    [0x28] = {"CheckMac", chip_command_checkmac, {40, 40, 40}, 13, false},
    [0x30] = {"Info", chip_command_info, {5, 5, 5}, 1, true},
    [0x40] = {"GenKey", chip_command_genkey, {115, 215, 653}, 115, false},
    [0x41] = {"Sign", chip_command_sign, {115, 220, 665}, 50, false},
    [0x43] = {"ECDH", chip_command_ecdh, {75, 172, 531}, 58, false},
    [0x45] = {"Verify", chip_command_verify, {105, 295, 1085}, 58, false},
    [0x46] = {"PrivWrite", chip_command_privwrite, {50, 50, 50}, 48, false},
    [0x47] = {"SHA", chip_command_sha, {36, 42, 75}, 9, false},
    [0x51] = {"AES", chip_command_aes, {27, 27, 27}, 0, false},
    [0x56] = {"KDF", chip_command_kdf, {165, 165, 165}, 0, false},
    [0x77] = {"SelfTest", chip_command_selftest, {250, 625, 2324}, 0, true},
    [0x80] = {"SecureBoot", chip_command_secureboot, {80, 160, 480}, 0, false},
};
