/* The pty, the firmware's descriptor, and the bytes between them. */

#include "uart.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* No echo, no line editing, no newline translation: bytes, as 8N1 carries them. */
static int make_raw(int fd)
{
    struct termios settings;
    if (tcgetattr(fd, &settings) < 0)
        return -errno;
    cfmakeraw(&settings);
    cfsetspeed(&settings, B115200);
    return tcsetattr(fd, TCSANOW, &settings) < 0 ? -errno : 0;
}

static int point_link_to(const char *link, const char *target)
{
    char temporary[64];
    snprintf(temporary, sizeof temporary, "%s.new", link);
    unlink(temporary);
    if (symlink(target, temporary) < 0 || rename(temporary, link) < 0)
        return -errno;
    return 0;
}

static int open_pty(struct uart *uart, const char *link)
{
    uart->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (uart->master < 0)
        return -errno;
    char name[sizeof uart->pts];
    if (grantpt(uart->master) < 0 || unlockpt(uart->master) < 0 ||
        ptsname_r(uart->master, name, sizeof name) != 0)
        return -errno;
    memcpy(uart->pts, name, sizeof name);

    /* Opened and closed once: only from then on does the master report that nobody is there. */
    int slave = open(uart->pts, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0)
        return -errno;
    int result = make_raw(slave);
    close(slave);
    if (result < 0)
        return result;

    uart->opens = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (uart->opens < 0 || inotify_add_watch(uart->opens, uart->pts, IN_OPEN | IN_CLOSE) < 0)
        return -errno;
    return point_link_to(link, uart->pts);
}

int uart_open(struct uart *uart, const char *link, struct console_log *log)
{
    memset(uart, 0, sizeof *uart);
    uart->master = uart->opens = uart->firmware = uart->complaints = -1;
    uart->log = log;
    int result = open_pty(uart, link);
    if (result < 0)
        uart_close(uart, link);
    return result;
}

static void close_descriptor(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void uart_close(struct uart *uart, const char *link)
{
    uart_disconnect(uart);
    if (uart->master >= 0)
        unlink(link);
    close_descriptor(&uart->master);
    close_descriptor(&uart->opens);
    uart->listened = false;
}

/* What a serial port does when it is closed for the last time: unread bytes are gone, and so are the
 * settings. A pty would keep both for the next one. */
static void forget_last_listener(struct uart *uart)
{
    int slave = open(uart->pts, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (slave < 0)
        return;
    tcflush(slave, TCIFLUSH);
    make_raw(slave);
    close(slave);
}

static void see_who_listens(struct uart *uart)
{
    char events[1024];
    while (read(uart->opens, events, sizeof events) > 0)
        ;
    struct pollfd master = {.fd = uart->master};
    poll(&master, 1, 0);
    bool listened = (master.revents & POLLHUP) == 0;
    if (uart->listened && !listened)
        forget_last_listener(uart);
    if (listened != uart->listened)
        uart->host_is_stuck = false;
    uart->listened = listened;
}

void uart_connect(struct uart *uart, int firmware, int complaints)
{
    uart_disconnect(uart);
    see_who_listens(uart); /* who closed the port just before he asked for the reset has left */
    uart->firmware = firmware;
    uart->complaints = complaints;
    fcntl(firmware, F_SETFL, O_NONBLOCK);
    fcntl(complaints, F_SETFL, O_NONBLOCK);
    if (!uart->listened)
        byte_queue_clear(&uart->to_host);
}

/* Takes up to `room` bytes from the firmware. False: it has nothing (now or ever). */
static bool take_from_firmware(struct uart *uart, size_t room)
{
    uint8_t bytes[2048];
    ssize_t got = read(uart->firmware, bytes, room < sizeof bytes ? room : sizeof bytes);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            close_descriptor(&uart->firmware);
        return false;
    }
    console_log_append(uart->log, bytes, (size_t)got);
    byte_queue_push(&uart->to_host, bytes, (size_t)got);
    return true;
}

static void take_complaints(struct uart *uart)
{
    char bytes[1024];
    ssize_t got;
    while (uart->complaints >= 0 && (got = read(uart->complaints, bytes, sizeof bytes)) != -1) {
        if (got == 0) {
            close_descriptor(&uart->complaints);
            return;
        }
        console_log_append(uart->log, bytes, (size_t)got);
    }
}

static bool waits_for_host(const struct uart *uart)
{
    return uart->listened && !uart->host_is_stuck;
}

void uart_disconnect(struct uart *uart)
{
    take_complaints(uart);
    while (uart->firmware >= 0) {
        byte_queue_keep_last_lines(&uart->to_host, BYTE_QUEUE_SIZE / 2);
        if (!take_from_firmware(uart, BYTE_QUEUE_SIZE / 2))
            break;
    }
    close_descriptor(&uart->firmware);
    close_descriptor(&uart->complaints);
    byte_queue_clear(&uart->to_firmware);
}

void uart_remark(struct uart *uart, const char *line)
{
    char text[512];
    int length = snprintf(text, sizeof text, "\nhallmark-board: %s\n", line);
    if (length >= (int)sizeof text)
        length = sizeof text - 1;
    console_log_append(uart->log, text, (size_t)length);
    if (byte_queue_room(&uart->to_host) < (size_t)length)
        byte_queue_keep_last_lines(&uart->to_host, BYTE_QUEUE_SIZE / 2);
    byte_queue_push(&uart->to_host, text, (size_t)length);
}

int uart_polls(struct uart *uart, struct pollfd *polls, int64_t now, int64_t *deadline)
{
    int count = 0;
    if (uart->master < 0)
        return 0;
    polls[count++] = (struct pollfd){.fd = uart->opens, .events = POLLIN};
    if (uart->listened) {
        short events = 0;
        if (byte_queue_room(&uart->to_firmware) > 0)
            events |= POLLIN;
        if (uart->to_host.length > 0)
            events |= POLLOUT;
        polls[count++] = (struct pollfd){.fd = uart->master, .events = events};
    }
    if (uart->firmware >= 0) {
        short events = 0;
        if (!waits_for_host(uart) || byte_queue_room(&uart->to_host) > 0)
            events |= POLLIN;
        if (uart->to_firmware.length > 0)
            events |= POLLOUT;
        if (events != 0) /* else a firmware that hung up would wake us without end */
            polls[count++] = (struct pollfd){.fd = uart->firmware, .events = events};
    }
    if (uart->complaints >= 0)
        polls[count++] = (struct pollfd){.fd = uart->complaints, .events = POLLIN};
    if (uart->full_since != 0 && uart->full_since + UART_PATIENCE_MS < *deadline)
        *deadline = uart->full_since + UART_PATIENCE_MS;
    (void)now;
    return count;
}

static void move_host_to_firmware(struct uart *uart)
{
    uint8_t bytes[2048];
    for (;;) {
        const uint8_t *waiting;
        size_t length = byte_queue_peek(&uart->to_firmware, &waiting);
        if (length > 0 && uart->firmware >= 0) {
            ssize_t sent = send(uart->firmware, waiting, length, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent > 0) {
                byte_queue_drop(&uart->to_firmware, (size_t)sent);
                continue;
            }
        }
        size_t room = byte_queue_room(&uart->to_firmware);
        ssize_t got = room > 0 ? read(uart->master, bytes, room < sizeof bytes ? room : sizeof bytes) : 0;
        if (got <= 0)
            return;
        if (uart->firmware >= 0)
            byte_queue_push(&uart->to_firmware, bytes, (size_t)got);
    }
}

static void move_firmware_to_host(struct uart *uart, int64_t now)
{
    bool progress = false;
    for (int turns = 0; turns < 64; turns++) {
        const uint8_t *waiting;
        size_t length = uart->listened ? byte_queue_peek(&uart->to_host, &waiting) : 0;
        ssize_t sent = length > 0 ? write(uart->master, waiting, length) : 0;
        if (sent > 0) {
            byte_queue_drop(&uart->to_host, (size_t)sent);
            uart->host_is_stuck = false;
            progress = true;
        }
        if (!waits_for_host(uart))
            byte_queue_keep_last_lines(&uart->to_host, UART_KEPT);
        size_t room = byte_queue_room(&uart->to_host);
        bool took = uart->firmware >= 0 && room > 0 && take_from_firmware(uart, room);
        if (sent <= 0 && !took)
            break;
    }
    if (!waits_for_host(uart))
        byte_queue_keep_last_lines(&uart->to_host, UART_KEPT);

    bool full = waits_for_host(uart) && byte_queue_room(&uart->to_host) == 0;
    if (!full || progress)
        uart->full_since = full ? now : 0;
    else if (uart->full_since == 0)
        uart->full_since = now;
    else if (now - uart->full_since >= UART_PATIENCE_MS)
        uart->host_is_stuck = true;
}

void uart_serve(struct uart *uart, int64_t now)
{
    if (uart->master < 0)
        return;
    move_host_to_firmware(uart); /* first: the last bytes of someone who has just closed the port count too */
    see_who_listens(uart);
    take_complaints(uart);
    move_firmware_to_host(uart, now);
}
