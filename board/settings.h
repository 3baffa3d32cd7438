/* What `hallmark-board start` was asked for. */
#ifndef BOARD_SETTINGS_H
#define BOARD_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

enum { BOARD_FORWARDS = 8 };

struct forward {
    uint16_t port;      /* the firmware listens on it */
    uint16_t host_port; /* 127.0.0.1:host_port is where it can be reached; 0: any free one */
    int reservation;    /* a bound socket that keeps host_port ours */
};

struct settings {
    const char *directory;
    const char *chip_program; /* NULL: found beside us */
    const char *chip_profile; /* NULL: the chip's default */
    bool chip_fast;
    bool no_chip;
    const char *heap; /* NULL: the firmware's default */
    const char *dns;  /* "127.0.0.1:5353"; NULL: the host's */
    int forward_count;
    struct forward forwards[BOARD_FORWARDS];
    bool has_mac;
    uint8_t mac[6];
    int ready_fd; /* -1: nobody waits */
};

/* Decodes the words after `start`. False: has said on standard error what is wrong. */
bool settings_parse(struct settings *settings, int argc, char **argv);
/* 1 to 65535. */
bool settings_parse_port(const char *text, uint16_t *port);
/* 12 hexadecimal digits, colons allowed between pairs. */
bool settings_parse_mac(const char *text, uint8_t mac[6]);

#endif
