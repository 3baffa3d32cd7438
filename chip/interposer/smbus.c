/* SMBus transactions made of I2C transfers, as Linux does for adapters that know I2C only (SMBus 3.1, 6.5). */

#include <errno.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <string.h>

#include "../bus_client.h"
#include "interposer.h"

enum { BLOCK = I2C_SMBUS_BLOCK_MAX, OUT_MAX = 2 + BLOCK + 1, IN_MAX = 1 + BLOCK + 1 };

/* A transaction on the wire: `out` is written unless empty, then `in` is read unless empty. */
struct transaction {
    uint8_t out[OUT_MAX];
    size_t out_length;
    uint8_t in[IN_MAX];
    size_t in_length;
    bool in_is_block; /* in[0] says how many bytes follow */
    bool with_pec;
};

static int fail(int error)
{
    errno = error;
    return -1;
}

/* CRC-8 with polynomial 07 (SMBus 3.1, 6.4). */
static uint8_t add_to_pec(uint8_t crc, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = (uint8_t)(crc & 0x80 ? crc << 1 ^ 0x07 : crc << 1);
    }
    return crc;
}

static uint8_t add_address(uint8_t crc, uint8_t address, bool read)
{
    uint8_t byte = (uint8_t)(address << 1 | read);

    return add_to_pec(crc, &byte, 1);
}

static bool needs_data(const struct i2c_smbus_ioctl_data *request)
{
    bool write = request->read_write == I2C_SMBUS_WRITE;

    return request->size != I2C_SMBUS_QUICK && !(request->size == I2C_SMBUS_BYTE && write);
}

static int check(const struct i2c_smbus_ioctl_data *request)
{
    bool write = request->read_write == I2C_SMBUS_WRITE;
    uint8_t count = needs_data(request) && request->data ? request->data->block[0] : 0;

    if (request->size > I2C_SMBUS_I2C_BLOCK_DATA || request->read_write > 1 ||
        (needs_data(request) && !request->data))
        return fail(EINVAL);
    switch (request->size) {
    case I2C_SMBUS_BLOCK_DATA:
        return write && (count == 0 || count > BLOCK) ? fail(EINVAL) : 0;
    case I2C_SMBUS_BLOCK_PROC_CALL:
    case I2C_SMBUS_I2C_BLOCK_DATA:
        return count == 0 || count > BLOCK ? fail(EINVAL) : 0;
    case I2C_SMBUS_I2C_BLOCK_BROKEN:
        return write && (count == 0 || count > BLOCK) ? fail(EINVAL) : 0;
    default:
        return 0;
    }
}

static void add_out(struct transaction *transaction, const uint8_t *bytes, size_t n)
{
    memcpy(transaction->out + transaction->out_length, bytes, n);
    transaction->out_length += n;
}

static void add_word(struct transaction *transaction, uint16_t word)
{
    const uint8_t bytes[2] = {(uint8_t)word, (uint8_t)(word >> 8)};

    add_out(transaction, bytes, 2);
}

static void expect(struct transaction *transaction, size_t n, bool block)
{
    transaction->in_length = n;
    transaction->in_is_block = block;
}

/* `request` has been checked. */
static void plan(const struct i2c_smbus_ioctl_data *request, struct transaction *transaction)
{
    const union i2c_smbus_data *data = request->data;
    bool read = request->read_write == I2C_SMBUS_READ;

    if (request->size != I2C_SMBUS_QUICK && !(request->size == I2C_SMBUS_BYTE && read))
        add_out(transaction, &request->command, 1);
    switch (request->size) {
    case I2C_SMBUS_BYTE:
        if (read)
            expect(transaction, 1, false);
        break;
    case I2C_SMBUS_BYTE_DATA:
        if (read)
            expect(transaction, 1, false);
        else
            add_out(transaction, &data->byte, 1);
        break;
    case I2C_SMBUS_WORD_DATA:
        if (read)
            expect(transaction, 2, false);
        else
            add_word(transaction, data->word);
        break;
    case I2C_SMBUS_PROC_CALL:
        add_word(transaction, data->word);
        expect(transaction, 2, false);
        break;
    case I2C_SMBUS_BLOCK_DATA:
        if (read)
            expect(transaction, 1 + BLOCK, true);
        else
            add_out(transaction, data->block, 1u + data->block[0]);
        break;
    case I2C_SMBUS_BLOCK_PROC_CALL:
        add_out(transaction, data->block, 1u + data->block[0]);
        expect(transaction, 1 + BLOCK, true);
        break;
    case I2C_SMBUS_I2C_BLOCK_BROKEN: /* reads always want 32 bytes */
    case I2C_SMBUS_I2C_BLOCK_DATA:
        if (read)
            expect(transaction, request->size == I2C_SMBUS_I2C_BLOCK_BROKEN ? BLOCK : data->block[0], false);
        else
            add_out(transaction, data->block + 1, data->block[0]);
        break;
    }
}

static int carry_out(int fd, uint8_t address, struct transaction *transaction)
{
    struct bus_client_transfer transfers[2];
    unsigned count = 0;

    if (transaction->out_length > 0 || transaction->in_length == 0)
        transfers[count++] = (struct bus_client_transfer){
            .address = address, .bytes = transaction->out, .length = transaction->out_length};
    if (transaction->in_length > 0)
        transfers[count++] = (struct bus_client_transfer){
            .address = address, .read = true, .bytes = transaction->in, .length = transaction->in_length};
    int acknowledged = bus_client_transfer(fd, transfers, count);
    if (acknowledged < 0)
        return -1;
    return acknowledged == (int)count ? 0 : fail(buses_nack_error());
}

/* What was read, without the PEC byte, is whole and sound. */
static int check_answer(uint8_t address, struct transaction *transaction)
{
    size_t length = transaction->in_length - transaction->with_pec;
    uint8_t crc = 0;

    if (transaction->in_is_block) {
        if (transaction->in[0] == 0 || transaction->in[0] > BLOCK)
            return fail(EPROTO);
        length = 1u + transaction->in[0];
    }
    if (!transaction->with_pec)
        return 0;
    if (transaction->out_length > 0)
        crc = add_to_pec(add_address(crc, address, false), transaction->out, transaction->out_length);
    crc = add_to_pec(add_address(crc, address, true), transaction->in, length);
    return crc == transaction->in[length] ? 0 : fail(EBADMSG);
}

static void take_answer(const struct i2c_smbus_ioctl_data *request, const struct transaction *transaction)
{
    union i2c_smbus_data *data = request->data;

    switch (request->size) {
    case I2C_SMBUS_BYTE:
    case I2C_SMBUS_BYTE_DATA:
        data->byte = transaction->in[0];
        break;
    case I2C_SMBUS_WORD_DATA:
    case I2C_SMBUS_PROC_CALL:
        data->word = (uint16_t)(transaction->in[0] | transaction->in[1] << 8);
        break;
    case I2C_SMBUS_BLOCK_DATA:
    case I2C_SMBUS_BLOCK_PROC_CALL:
        memcpy(data->block, transaction->in, 1u + transaction->in[0]);
        break;
    case I2C_SMBUS_I2C_BLOCK_BROKEN:
    case I2C_SMBUS_I2C_BLOCK_DATA:
        data->block[0] = (uint8_t)transaction->in_length;
        memcpy(data->block + 1, transaction->in, transaction->in_length);
        break;
    }
}

/* As in Linux, neither a quick command nor an I2C block has a PEC byte. */
static bool may_have_pec(uint32_t size)
{
    return size != I2C_SMBUS_QUICK && size != I2C_SMBUS_I2C_BLOCK_DATA && size != I2C_SMBUS_I2C_BLOCK_BROKEN;
}

static void add_pec(uint8_t address, struct transaction *transaction)
{
    if (transaction->in_length > 0) {
        transaction->in_length++;
        return;
    }
    uint8_t crc = add_to_pec(add_address(0, address, false), transaction->out, transaction->out_length);
    add_out(transaction, &crc, 1);
}

int smbus_transfer(int fd, const struct i2c_dev_state *state, const struct i2c_smbus_ioctl_data *request)
{
    struct transaction transaction = {.with_pec = state->pec && may_have_pec(request->size)};

    if (check(request) < 0)
        return -1;
    plan(request, &transaction);
    if (transaction.with_pec)
        add_pec(state->address, &transaction);
    int result = carry_out(fd, state->address, &transaction);
    if (result == 0 && transaction.in_length > 0)
        result = check_answer(state->address, &transaction);
    if (result == 0 && transaction.in_length > 0)
        take_answer(request, &transaction);
    explicit_bzero(&transaction, sizeof transaction);
    return result;
}
