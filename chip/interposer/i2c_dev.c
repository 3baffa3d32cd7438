/* What ioctl, read and write do on /dev/i2c-N, as Linux's i2c-dev does it: results, limits and errno. */

#include <errno.h>
#include <limits.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdlib.h>
#include <string.h>

#include "../bus_client.h"
#include "interposer.h"

/* The connection's note: address, flags, unused, unused. */
enum { NOTE_ADDRESS, NOTE_FLAGS, NOTE_PEC = 1 };

enum {
    LENGTH_MAX = 8192, /* i2c-dev's own limit of a message */
    ADDRESS_LAST = 0x7F,
};

static int fail(int error)
{
    errno = error;
    return -1;
}

static int get_state(int fd, struct i2c_dev_state *state)
{
    uint8_t note[BUS_NOTE_SIZE];

    if (bus_client_get_note(fd, note) < 0)
        return -1;
    *state = (struct i2c_dev_state){.address = note[NOTE_ADDRESS], .pec = note[NOTE_FLAGS] & NOTE_PEC};
    return 0;
}

static int set_state(int fd, const struct i2c_dev_state *state)
{
    uint8_t note[BUS_NOTE_SIZE] = {state->address, state->pec ? NOTE_PEC : 0};

    return bus_client_set_note(fd, note);
}

static int set_address(int fd, unsigned long address)
{
    struct i2c_dev_state state;

    if (address > ADDRESS_LAST)
        return fail(EINVAL);
    if (get_state(fd, &state) < 0)
        return -1;
    state.address = (uint8_t)address;
    return set_state(fd, &state);
}

static int set_pec(int fd, bool on)
{
    struct i2c_dev_state state;

    if (get_state(fd, &state) < 0)
        return -1;
    state.pec = on;
    return set_state(fd, &state);
}

/* Addresses of the second kind, ten bits long, are not served: the chip has none. */
static int set_ten_bit(bool on)
{
    return on ? fail(EINVAL) : 0;
}

static int get_functions(unsigned long *functions)
{
    if (!functions)
        return fail(EFAULT);
    *functions =
        I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL | I2C_FUNC_SMBUS_READ_BLOCK_DATA | I2C_FUNC_SMBUS_BLOCK_PROC_CALL;
    return 0;
}

/* ---- whole transfers -------------------------------------------------------------------------------- */

/* A transfer on the wire has at most 256 bytes, less than i2c-dev allows; no command or response of the chip is that
 * long. What is cut from a write the chip would have ignored, what is cut from a read would have been FF
 * (atecc608.md 1.4). A read of no bytes is a write of none: the chip acknowledges either. */
static struct bus_client_transfer on_the_wire(uint8_t address, bool read, uint8_t *bytes, size_t n)
{
    struct bus_client_transfer transfer = {
        .address = address, .read = read && n > 0, .bytes = bytes, .length = n};

    if (n <= BUS_DATA_MAX)
        return transfer;
    transfer.length = BUS_DATA_MAX;
    if (read)
        memset(bytes + BUS_DATA_MAX, 0xFF, n - BUS_DATA_MAX);
    return transfer;
}

/* How many were acknowledged must be all of them. */
static int carry_out(int fd, struct bus_client_transfer *transfers, unsigned count)
{
    int acknowledged = bus_client_transfer(fd, transfers, count);

    if (acknowledged < 0)
        return -1;
    return acknowledged == (int)count ? 0 : fail(buses_nack_error());
}

static ssize_t transfer_one(int fd, bool read, void *bytes, size_t n)
{
    struct i2c_dev_state state;

    if (n > 0 && !bytes)
        return fail(EFAULT);
    if (n > LENGTH_MAX)
        n = LENGTH_MAX;
    if (get_state(fd, &state) < 0)
        return -1;
    struct bus_client_transfer transfer = on_the_wire(state.address, read, bytes, n);
    return carry_out(fd, &transfer, 1) < 0 ? -1 : (ssize_t)n;
}

ssize_t i2c_dev_read(int fd, void *bytes, size_t n)
{
    return transfer_one(fd, true, bytes, n);
}

ssize_t i2c_dev_write(int fd, const void *bytes, size_t n)
{
    return transfer_one(fd, false, (void *)(uintptr_t)bytes, n); /* not written to */
}

/* ---- I2C_RDWR --------------------------------------------------------------------------------------- */

/* With I2C_M_RECV_LEN the first byte read says how many follow; the caller's first byte how many more than those are
 * wanted. Room for 32 must be there. */
static bool has_room_for_block(const struct i2c_msg *message)
{
    return (message->flags & I2C_M_RD) && message->len >= 1 && message->buf[0] >= 1 &&
           message->len >= message->buf[0] + I2C_SMBUS_BLOCK_MAX;
}

static int check_message(const struct i2c_msg *message)
{
    if (message->len > LENGTH_MAX || message->addr > ADDRESS_LAST)
        return fail(EINVAL);
    if (message->len > 0 && !message->buf)
        return fail(EFAULT);
    if (message->flags & ~(unsigned)(I2C_M_RD | I2C_M_RECV_LEN | I2C_M_DMA_SAFE))
        return fail(EOPNOTSUPP);
    if ((message->flags & I2C_M_RECV_LEN) && !has_room_for_block(message))
        return fail(EINVAL);
    return 0;
}

/* After a block read: the length is what the chip said. */
static int take_block_length(struct i2c_msg *message, uint8_t extra)
{
    uint8_t count = message->buf[0];

    if (count == 0 || count > I2C_SMBUS_BLOCK_MAX)
        return fail(EPROTO);
    message->len = (uint16_t)(extra + count);
    return 0;
}

static int combined_transfer(int fd, const struct i2c_rdwr_ioctl_data *request)
{
    struct bus_client_transfer transfers[I2C_RDWR_IOCTL_MAX_MSGS];
    uint8_t extra[I2C_RDWR_IOCTL_MAX_MSGS] = {0};

    if (!request)
        return fail(EFAULT);
    if (!request->msgs || request->nmsgs == 0 || request->nmsgs > I2C_RDWR_IOCTL_MAX_MSGS)
        return fail(EINVAL);
    for (unsigned i = 0; i < request->nmsgs; i++) {
        const struct i2c_msg *message = &request->msgs[i];
        size_t length = message->len;
        if (check_message(message) < 0)
            return -1;
        if (message->flags & I2C_M_RECV_LEN) {
            extra[i] = message->buf[0];
            length = extra[i] + I2C_SMBUS_BLOCK_MAX;
        }
        transfers[i] = on_the_wire((uint8_t)message->addr, message->flags & I2C_M_RD, message->buf, length);
    }
    if (carry_out(fd, transfers, request->nmsgs) < 0)
        return -1;
    for (unsigned i = 0; i < request->nmsgs; i++) {
        if ((request->msgs[i].flags & I2C_M_RECV_LEN) && take_block_length(&request->msgs[i], extra[i]) < 0)
            return -1;
    }
    return (int)request->nmsgs;
}

static int smbus(int fd, const struct i2c_smbus_ioctl_data *request)
{
    struct i2c_dev_state state;

    if (!request)
        return fail(EFAULT);
    if (get_state(fd, &state) < 0)
        return -1;
    return smbus_transfer(fd, &state, request);
}

/* Nothing to wait for, nothing to repeat; the argument is checked as the kernel does. */
static int set_patience(unsigned long value)
{
    return value > INT_MAX ? fail(EINVAL) : 0;
}

bool i2c_dev_knows(unsigned long request)
{
    return request >= I2C_RETRIES && request <= I2C_SMBUS;
}

int i2c_dev_ioctl(int fd, unsigned long request, void *argument)
{
    unsigned long value = (unsigned long)argument;

    switch (request) {
    case I2C_SLAVE:
    case I2C_SLAVE_FORCE:
        return set_address(fd, value);
    case I2C_TENBIT:
        return set_ten_bit(value);
    case I2C_PEC:
        return set_pec(fd, value);
    case I2C_FUNCS:
        return get_functions(argument);
    case I2C_RDWR:
        return combined_transfer(fd, argument);
    case I2C_SMBUS:
        return smbus(fd, argument);
    case I2C_RETRIES:
    case I2C_TIMEOUT:
        return set_patience(value);
    default:
        return fail(ENOTTY);
    }
}
