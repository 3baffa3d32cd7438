/* What ioctl, read and write on /dev/i2c-N put on the wire, and what they make of the answer: the bus client below is
 * the test's own.  SMBus 3.1, 6.4 and 6.5; errno as Linux's i2c-dev has it */

#include <errno.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chip/bus_client.h"
#include "chip/interposer/interposer.h"

enum { FD = 5, ADDRESS = 0x60, ANY = 0xEE };

/* The wire: what was transferred last, what reads are answered with, and what goes wrong. */
static struct {
    unsigned transfers; /* of the last message; 0: there was none */
    uint8_t address;
    bool read[BUS_TRANSFERS_MAX];
    size_t length[BUS_TRANSFERS_MAX];
    uint8_t written[BUS_DATA_MAX];
    uint8_t answer[BUS_DATA_MAX];
    unsigned acknowledged_less; /* this many of the transfers are not */
    int error;                  /* of the whole message */
    int note_error;
    uint8_t note[BUS_NOTE_SIZE];
} wire;

int bus_client_transfer(int fd, struct bus_client_transfer *transfers, unsigned count)
{
    assert_int_equal(fd, FD);
    assert_in_range(count, 1, BUS_TRANSFERS_MAX);
    wire.transfers = count;
    wire.address = transfers[0].address;
    for (unsigned i = 0; i < count; i++) {
        assert_true(transfers[i].length <= BUS_DATA_MAX);
        wire.read[i] = transfers[i].read;
        wire.length[i] = transfers[i].length;
        if (transfers[i].read)
            memcpy(transfers[i].bytes, wire.answer, transfers[i].length);
        else if (transfers[i].length > 0)
            memcpy(wire.written, transfers[i].bytes, transfers[i].length);
    }
    errno = wire.error;
    return wire.error ? -1 : (int)(count - wire.acknowledged_less);
}

int bus_client_get_note(int fd, uint8_t note[BUS_NOTE_SIZE])
{
    assert_int_equal(fd, FD);
    memcpy(note, wire.note, BUS_NOTE_SIZE);
    errno = wire.note_error;
    return wire.note_error ? -1 : 0;
}

int bus_client_set_note(int fd, const uint8_t note[BUS_NOTE_SIZE])
{
    assert_int_equal(fd, FD);
    memcpy(wire.note, note, BUS_NOTE_SIZE);
    return 0;
}

int buses_nack_error(void)
{
    return EREMOTEIO;
}

static int fresh_wire(void **state)
{
    memset(&wire, 0, sizeof wire);
    assert_int_equal(i2c_dev_ioctl(FD, I2C_SLAVE, (void *)ADDRESS), 0);
    return 0;
}

#define assert_errno(expression, expected)                                                                   \
    do {                                                                                                     \
        errno = 0;                                                                                           \
        assert_int_equal((expression), -1);                                                                  \
        assert_int_equal(errno, (expected));                                                                 \
    } while (0)

static void assert_nothing_sent(void)
{
    assert_int_equal(wire.transfers, 0);
}

static void assert_written(const char *bytes, size_t n)
{
    assert_true(wire.transfers >= 1);
    assert_int_equal(wire.address, ADDRESS);
    assert_false(wire.read[0]);
    assert_int_equal(wire.length[0], n);
    assert_memory_equal(wire.written, bytes, n);
}

/* The last transfer of the message. */
static void assert_read(size_t n)
{
    assert_true(wire.read[wire.transfers - 1]);
    assert_int_equal(wire.length[wire.transfers - 1], n);
}

/* ---- SMBus ------------------------------------------------------------------------------------------ */

static int smbus(uint8_t read_write, uint8_t command, uint32_t size, union i2c_smbus_data *data)
{
    struct i2c_smbus_ioctl_data request = {
        .read_write = read_write, .command = command, .size = size, .data = data};

    wire.transfers = 0;
    return i2c_dev_ioctl(FD, I2C_SMBUS, &request);
}

static void set_block(union i2c_smbus_data *data, const char *bytes, uint8_t n)
{
    data->block[0] = n;
    memcpy(data->block + 1, bytes, n);
}

static void answer_with(const char *bytes, size_t n)
{
    memset(wire.answer, ANY, sizeof wire.answer);
    memcpy(wire.answer, bytes, n);
}

static void test_a_quick_command_is_an_address_alone(void **state)
{
    assert_int_equal(smbus(I2C_SMBUS_WRITE, 0x12, I2C_SMBUS_QUICK, NULL), 0);
    assert_written("", 0);
    assert_int_equal(smbus(I2C_SMBUS_READ, 0x12, I2C_SMBUS_QUICK, NULL), 0);
    assert_written("", 0); /* a read of no bytes: either is acknowledged alike */
}

static void test_bytes(void **state)
{
    union i2c_smbus_data data = {.byte = 0x34};

    assert_int_equal(smbus(I2C_SMBUS_WRITE, 0x12, I2C_SMBUS_BYTE, NULL), 0);
    assert_written("\x12", 1);
    assert_int_equal(smbus(I2C_SMBUS_WRITE, 0x12, I2C_SMBUS_BYTE_DATA, &data), 0);
    assert_written("\x12\x34", 2);
    answer_with("\x56", 1);
    assert_int_equal(smbus(I2C_SMBUS_READ, 0x12, I2C_SMBUS_BYTE, &data), 0);
    assert_int_equal(wire.transfers, 1);
    assert_read(1);
    assert_int_equal(data.byte, 0x56);
    answer_with("\x57", 1);
    assert_int_equal(smbus(I2C_SMBUS_READ, 0x12, I2C_SMBUS_BYTE_DATA, &data), 0);
    assert_written("\x12", 1);
    assert_read(1);
    assert_int_equal(data.byte, 0x57);
}

static void test_words_are_little_endian(void **state)
{
    union i2c_smbus_data data = {.word = 0x3456};

    assert_int_equal(smbus(I2C_SMBUS_WRITE, 0x12, I2C_SMBUS_WORD_DATA, &data), 0);
    assert_written("\x12\x56\x34", 3);
    answer_with("\x78\x9A", 2);
    assert_int_equal(smbus(I2C_SMBUS_READ, 0x12, I2C_SMBUS_WORD_DATA, &data), 0);
    assert_written("\x12", 1);
    assert_read(2);
    assert_int_equal(data.word, 0x9A78);
    data.word = 0x3456;
    assert_int_equal(smbus(I2C_SMBUS_WRITE, 0x12, I2C_SMBUS_PROC_CALL, &data), 0);
    assert_written("\x12\x56\x34", 3);
    assert_read(2);
    assert_int_equal(data.word, 0x9A78);
}

static void test_blocks_bring_their_length(void **state)
{
    union i2c_smbus_data data = {0};

    set_block(&data, "abc", 3);
    assert_int_equal(smbus(I2C_SMBUS_WRITE, 0x12, I2C_SMBUS_BLOCK_DATA, &data), 0);
    assert_written("\x12\x03"
                   "abc",
                   5);
    answer_with("\x02hi", 3);
    assert_int_equal(smbus(I2C_SMBUS_READ, 0x12, I2C_SMBUS_BLOCK_DATA, &data), 0);
    assert_written("\x12", 1);
    assert_read(33);
    assert_memory_equal(data.block, "\x02hi", 3);
    set_block(&data, "abc", 3);
    assert_int_equal(smbus(I2C_SMBUS_WRITE, 0x12, I2C_SMBUS_BLOCK_PROC_CALL, &data), 0);
    assert_written("\x12\x03"
                   "abc",
                   5);
    assert_read(33);
    assert_memory_equal(data.block, "\x02hi", 3);
}

static void test_i2c_blocks_do_not(void **state)
{
    union i2c_smbus_data data = {0};

    set_block(&data, "abc", 3);
    assert_int_equal(smbus(I2C_SMBUS_WRITE, 0x12, I2C_SMBUS_I2C_BLOCK_DATA, &data), 0);
    assert_written("\x12"
                   "abc",
                   4);
    assert_int_equal(smbus(I2C_SMBUS_WRITE, 0x12, I2C_SMBUS_I2C_BLOCK_BROKEN, &data), 0);
    assert_written("\x12"
                   "abc",
                   4);
    answer_with("hello", 5);
    data.block[0] = 5;
    assert_int_equal(smbus(I2C_SMBUS_READ, 0x12, I2C_SMBUS_I2C_BLOCK_DATA, &data), 0);
    assert_read(5);
    assert_memory_equal(data.block, "\x05hello", 6);
    data.block[0] = 0; /* does not matter: the old call always reads 32 */
    assert_int_equal(smbus(I2C_SMBUS_READ, 0x12, I2C_SMBUS_I2C_BLOCK_BROKEN, &data), 0);
    assert_read(32);
    assert_memory_equal(data.block, "\x20hello", 6);
}

static void test_a_block_has_1_to_32_bytes(void **state)
{
    static const uint32_t written[] = {I2C_SMBUS_BLOCK_DATA, I2C_SMBUS_BLOCK_PROC_CALL,
                                       I2C_SMBUS_I2C_BLOCK_DATA, I2C_SMBUS_I2C_BLOCK_BROKEN};
    static const uint8_t wrong[] = {0, 33, 255};
    union i2c_smbus_data data = {0};

    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        for (size_t k = 0; k < sizeof wrong; k++) {
            data.block[0] = wrong[k];
            assert_errno(smbus(I2C_SMBUS_WRITE, 0, written[i], &data), EINVAL);
            assert_nothing_sent();
        }
        data.block[0] = 32;
        answer_with("\x01", 1);
        assert_int_equal(smbus(I2C_SMBUS_WRITE, 0, written[i], &data), 0);
    }
    for (size_t k = 0; k < sizeof wrong; k++) {
        data.block[0] = wrong[k];
        assert_errno(smbus(I2C_SMBUS_READ, 0, I2C_SMBUS_I2C_BLOCK_DATA, &data), EINVAL);
        assert_nothing_sent();
    }
}

static void test_a_block_of_a_wrong_length_is_an_error(void **state)
{
    union i2c_smbus_data data = {.block = {7, 7}};

    answer_with("\x00", 1);
    assert_errno(smbus(I2C_SMBUS_READ, 0, I2C_SMBUS_BLOCK_DATA, &data), EPROTO);
    answer_with("\x21", 1);
    assert_errno(smbus(I2C_SMBUS_READ, 0, I2C_SMBUS_BLOCK_DATA, &data), EPROTO);
    assert_memory_equal(data.block, "\x07\x07", 2); /* left as it was */
}

static void test_what_is_no_request(void **state)
{
    union i2c_smbus_data data = {0};

    assert_errno(smbus(I2C_SMBUS_READ, 0, I2C_SMBUS_I2C_BLOCK_DATA + 1, &data), EINVAL);
    assert_errno(smbus(2, 0, I2C_SMBUS_BYTE_DATA, &data), EINVAL);
    assert_errno(smbus(I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE, NULL), EINVAL);
    assert_errno(smbus(I2C_SMBUS_WRITE, 0, I2C_SMBUS_WORD_DATA, NULL), EINVAL);
    assert_nothing_sent();
    assert_errno(i2c_dev_ioctl(FD, I2C_SMBUS, NULL), EFAULT);
}

static void test_smbus_without_an_answer(void **state)
{
    union i2c_smbus_data data = {.byte = 0x11};

    answer_with("\x22", 1);
    wire.acknowledged_less = 1;
    assert_errno(smbus(I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE_DATA, &data), EREMOTEIO);
    wire.error = ETIMEDOUT;
    assert_errno(smbus(I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE_DATA, &data), ETIMEDOUT);
    wire.note_error = ENODEV;
    assert_errno(smbus(I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE_DATA, &data), ENODEV);
    assert_int_equal(data.byte, 0x11); /* left as it was */
}

/* ---- packet error codes: CRC-8 with polynomial 07 over addresses and bytes -------------------------------- */

/* The same CRC written another way, bit by bit through one register: C2 C0 12 34 and so on. */
static uint8_t pec_of(const uint8_t *bytes, size_t n)
{
    unsigned crc = 0;

    for (size_t bit = 0; bit < n * 8; bit++) {
        unsigned in = bytes[bit / 8] >> (7 - bit % 8) & 1;
        unsigned out = crc >> 7 & 1;
        crc = (crc << 1 & 0xFF) ^ (in ^ out ? 0x07 : 0);
    }
    return (uint8_t)crc;
}

static void test_the_check_of_crc_8(void **state)
{
    assert_int_equal(pec_of((const uint8_t *)"123456789", 9), 0xF4); /* the check value of CRC-8/SMBUS */
}

static void test_writes_end_with_a_pec(void **state)
{
    static const uint8_t frame[] = {ADDRESS << 1, 0x12, 0x34};
    union i2c_smbus_data data = {.byte = 0x34};
    const char expected[] = {0x12, 0x34, (char)pec_of(frame, sizeof frame)};

    assert_int_equal(i2c_dev_ioctl(FD, I2C_PEC, (void *)1), 0);
    assert_int_equal(smbus(I2C_SMBUS_WRITE, 0x12, I2C_SMBUS_BYTE_DATA, &data), 0);
    assert_written(expected, sizeof expected);
}

static void test_reads_are_checked_against_theirs(void **state)
{
    static const uint8_t frame[] = {ADDRESS << 1, 0x12, ADDRESS << 1 | 1, 0x78, 0x9A};
    char answer[] = {0x78, (char)0x9A, (char)pec_of(frame, sizeof frame)};
    union i2c_smbus_data data = {0};

    assert_int_equal(i2c_dev_ioctl(FD, I2C_PEC, (void *)1), 0);
    answer_with(answer, sizeof answer);
    assert_int_equal(smbus(I2C_SMBUS_READ, 0x12, I2C_SMBUS_WORD_DATA, &data), 0);
    assert_read(3);
    assert_int_equal(data.word, 0x9A78);
    answer[2] ^= 1;
    answer_with(answer, sizeof answer);
    data.word = 0;
    assert_errno(smbus(I2C_SMBUS_READ, 0x12, I2C_SMBUS_WORD_DATA, &data), EBADMSG);
    assert_int_equal(data.word, 0);
}

static void test_a_byte_alone_and_a_block_have_a_pec_too(void **state)
{
    static const uint8_t byte[] = {ADDRESS << 1 | 1, 0x78};
    static const uint8_t block[] = {ADDRESS << 1, 0x12, ADDRESS << 1 | 1, 0x02, 'h', 'i'};
    char byte_answer[] = {0x78, (char)pec_of(byte, sizeof byte)};
    char block_answer[] = {0x02, 'h', 'i', (char)pec_of(block, sizeof block)};
    union i2c_smbus_data data = {0};

    assert_int_equal(i2c_dev_ioctl(FD, I2C_PEC, (void *)1), 0);
    answer_with(byte_answer, sizeof byte_answer);
    assert_int_equal(smbus(I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE, &data), 0);
    assert_int_equal(data.byte, 0x78);
    answer_with(block_answer, sizeof block_answer);
    assert_int_equal(smbus(I2C_SMBUS_READ, 0x12, I2C_SMBUS_BLOCK_DATA, &data), 0);
    assert_memory_equal(data.block, "\x02hi", 3);
}

static void test_quick_commands_and_i2c_blocks_have_none(void **state)
{
    union i2c_smbus_data data = {0};

    assert_int_equal(i2c_dev_ioctl(FD, I2C_PEC, (void *)1), 0);
    assert_int_equal(smbus(I2C_SMBUS_WRITE, 0, I2C_SMBUS_QUICK, NULL), 0);
    assert_written("", 0);
    set_block(&data, "abc", 3);
    assert_int_equal(smbus(I2C_SMBUS_WRITE, 0x12, I2C_SMBUS_I2C_BLOCK_DATA, &data), 0);
    assert_written("\x12"
                   "abc",
                   4);
    assert_int_equal(smbus(I2C_SMBUS_READ, 0x12, I2C_SMBUS_I2C_BLOCK_BROKEN, &data), 0);
    assert_read(32);
}

/* ---- read and write --------------------------------------------------------------------------------- */

static void test_at_most_256_bytes_reach_the_wire(void **state)
{
    static uint8_t bytes[9000];

    assert_int_equal(i2c_dev_write(FD, bytes, 300), 300);
    assert_int_equal(wire.length[0], 256);
    memset(wire.answer, 0x11, sizeof wire.answer);
    assert_int_equal(i2c_dev_read(FD, bytes, 300), 300);
    assert_int_equal(wire.length[0], 256);
    assert_int_equal(bytes[255], 0x11);
    assert_int_equal(bytes[256], 0xFF); /* as from an idle bus */
    assert_int_equal(bytes[299], 0xFF);
    assert_int_equal(bytes[300], 0x00);
    assert_int_equal(i2c_dev_write(FD, bytes, sizeof bytes), 8192); /* i2c-dev's limit */
    assert_int_equal(i2c_dev_read(FD, bytes, sizeof bytes), 8192);
}

static void test_a_read_of_nothing_is_an_address_alone(void **state)
{
    assert_int_equal(i2c_dev_read(FD, NULL, 0), 0);
    assert_written("", 0);
}

static void test_reads_and_writes_that_fail(void **state)
{
    uint8_t byte = 0;

    assert_errno(i2c_dev_read(FD, NULL, 1), EFAULT);
    assert_errno(i2c_dev_write(FD, NULL, 1), EFAULT);
    assert_nothing_sent();
    wire.acknowledged_less = 1;
    assert_errno(i2c_dev_write(FD, &byte, 1), EREMOTEIO);
    wire.error = ENODEV;
    assert_errno(i2c_dev_read(FD, &byte, 1), ENODEV);
    wire.transfers = 0;
    wire.note_error = ENODEV;
    assert_errno(i2c_dev_read(FD, &byte, 1), ENODEV);
    assert_nothing_sent();
}

/* ---- I2C_RDWR --------------------------------------------------------------------------------------- */

static int combined(struct i2c_msg *messages, unsigned count)
{
    struct i2c_rdwr_ioctl_data request = {.msgs = messages, .nmsgs = count};

    wire.transfers = 0;
    return i2c_dev_ioctl(FD, I2C_RDWR, &request);
}

static void test_42_messages_and_no_more(void **state)
{
    uint8_t bytes[2] = {0};
    struct i2c_msg messages[43];

    for (size_t i = 0; i < 43; i++)
        messages[i] = (struct i2c_msg){.addr = ADDRESS, .len = 1, .buf = bytes};
    assert_int_equal(combined(messages, 42), 42);
    assert_int_equal(wire.transfers, 42);
    assert_errno(combined(messages, 43), EINVAL);
    assert_errno(combined(messages, 0), EINVAL);
    assert_errno(combined(NULL, 1), EINVAL);
    assert_errno(i2c_dev_ioctl(FD, I2C_RDWR, NULL), EFAULT);
    assert_nothing_sent();
}

static void test_a_message_the_adapter_cannot_send(void **state)
{
    static uint8_t bytes[9000];
    struct i2c_msg too_long = {.addr = ADDRESS, .len = 8193, .buf = bytes};
    struct i2c_msg too_far = {.addr = 0x80, .len = 1, .buf = bytes};
    struct i2c_msg nowhere = {.addr = ADDRESS, .len = 1, .buf = NULL};
    struct i2c_msg strange = {.addr = ADDRESS, .flags = I2C_M_NOSTART, .len = 1, .buf = bytes};
    struct i2c_msg empty = {.addr = ADDRESS, .len = 0, .buf = NULL};

    assert_errno(combined(&too_long, 1), EINVAL);
    assert_errno(combined(&too_far, 1), EINVAL);
    assert_errno(combined(&nowhere, 1), EFAULT);
    assert_errno(combined(&strange, 1), EOPNOTSUPP);
    assert_nothing_sent();
    assert_int_equal(combined(&empty, 1), 1);
    wire.acknowledged_less = 1;
    assert_errno(combined(&empty, 1), EREMOTEIO);
}

/* I2C_M_RECV_LEN: the first byte says how many follow. */
static void test_messages_whose_length_the_chip_says(void **state)
{
    uint8_t bytes[64] = {1};
    struct i2c_msg message = {
        .addr = ADDRESS, .flags = I2C_M_RD | I2C_M_RECV_LEN, .len = sizeof bytes, .buf = bytes};

    answer_with("\x03yes", 4);
    assert_int_equal(combined(&message, 1), 1);
    assert_read(33);
    assert_int_equal(message.len, 4);
    assert_memory_equal(bytes, "\x03yes", 4);

    message.len = sizeof bytes;
    bytes[0] = 2; /* and one more than those, a PEC */
    assert_int_equal(combined(&message, 1), 1);
    assert_read(34);
    assert_int_equal(message.len, 5);

    message.len = sizeof bytes;
    bytes[0] = 1;
    answer_with("\x00", 1);
    assert_errno(combined(&message, 1), EPROTO);
    bytes[0] = 1;
    answer_with("\x21", 1);
    assert_errno(combined(&message, 1), EPROTO);
}

static void test_messages_without_room_for_a_block(void **state)
{
    uint8_t bytes[64] = {1};
    struct i2c_msg message = {.addr = ADDRESS, .flags = I2C_M_RD | I2C_M_RECV_LEN, .len = 32, .buf = bytes};

    assert_errno(combined(&message, 1), EINVAL);
    message.len = 0;
    assert_errno(combined(&message, 1), EINVAL);
    message.len = sizeof bytes;
    bytes[0] = 0;
    assert_errno(combined(&message, 1), EINVAL);
    bytes[0] = 1;
    message.flags = I2C_M_RECV_LEN; /* a write */
    assert_errno(combined(&message, 1), EINVAL);
    assert_nothing_sent();
}

/* ---- the registers ---------------------------------------------------------------------------------- */

static void test_address_and_pec_are_kept_together(void **state)
{
    assert_int_equal(i2c_dev_ioctl(FD, I2C_PEC, (void *)1), 0);
    assert_int_equal(i2c_dev_ioctl(FD, I2C_SLAVE_FORCE, (void *)0x17), 0);
    assert_memory_equal(wire.note, "\x17\x01", 2);
    assert_int_equal(i2c_dev_ioctl(FD, I2C_PEC, NULL), 0);
    assert_memory_equal(wire.note, "\x17\x00", 2);
    wire.note_error = ENODEV;
    assert_errno(i2c_dev_ioctl(FD, I2C_PEC, (void *)1), ENODEV);
    assert_errno(i2c_dev_ioctl(FD, I2C_SLAVE, (void *)0x18), ENODEV);
    assert_memory_equal(wire.note, "\x17\x00", 2);
    assert_errno(i2c_dev_ioctl(FD, I2C_FUNCS, NULL), EFAULT);
}

static void test_requests_between_i2cs_own(void **state)
{
    assert_true(i2c_dev_knows(I2C_RETRIES));
    assert_true(i2c_dev_knows(I2C_SMBUS));
    assert_true(i2c_dev_knows(0x070A)); /* no request, but in I2C's range */
    assert_errno(i2c_dev_ioctl(FD, 0x070A, NULL), ENOTTY);
    assert_false(i2c_dev_knows(I2C_RETRIES - 1));
    assert_false(i2c_dev_knows(I2C_SMBUS + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_quick_command_is_an_address_alone, fresh_wire),
        cmocka_unit_test_setup(test_bytes, fresh_wire),
        cmocka_unit_test_setup(test_words_are_little_endian, fresh_wire),
        cmocka_unit_test_setup(test_blocks_bring_their_length, fresh_wire),
        cmocka_unit_test_setup(test_i2c_blocks_do_not, fresh_wire),
        cmocka_unit_test_setup(test_a_block_has_1_to_32_bytes, fresh_wire),
        cmocka_unit_test_setup(test_a_block_of_a_wrong_length_is_an_error, fresh_wire),
        cmocka_unit_test_setup(test_what_is_no_request, fresh_wire),
        cmocka_unit_test_setup(test_smbus_without_an_answer, fresh_wire),
        cmocka_unit_test_setup(test_the_check_of_crc_8, fresh_wire),
        cmocka_unit_test_setup(test_writes_end_with_a_pec, fresh_wire),
        cmocka_unit_test_setup(test_reads_are_checked_against_theirs, fresh_wire),
        cmocka_unit_test_setup(test_a_byte_alone_and_a_block_have_a_pec_too, fresh_wire),
        cmocka_unit_test_setup(test_quick_commands_and_i2c_blocks_have_none, fresh_wire),
        cmocka_unit_test_setup(test_at_most_256_bytes_reach_the_wire, fresh_wire),
        cmocka_unit_test_setup(test_a_read_of_nothing_is_an_address_alone, fresh_wire),
        cmocka_unit_test_setup(test_reads_and_writes_that_fail, fresh_wire),
        cmocka_unit_test_setup(test_42_messages_and_no_more, fresh_wire),
        cmocka_unit_test_setup(test_a_message_the_adapter_cannot_send, fresh_wire),
        cmocka_unit_test_setup(test_messages_whose_length_the_chip_says, fresh_wire),
        cmocka_unit_test_setup(test_messages_without_room_for_a_block, fresh_wire),
        cmocka_unit_test_setup(test_address_and_pec_are_kept_together, fresh_wire),
        cmocka_unit_test_setup(test_requests_between_i2cs_own, fresh_wire),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
