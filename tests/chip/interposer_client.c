/* A program that uses /dev/i2c-1 as others do, and knows nothing of virtual chips (but where it breaks the bus):
 * hallmark-i2c runs it (interposer_rig). The chip keeps the times of a real one. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus_client.h"

enum { ADDRESS = 0x60 };

static const uint8_t info[] = {0x03, 0x07, 0x30, 0x00, 0x00, 0x00, 0x03, 0x5D};
static const uint8_t revision[] = {0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38};
static const uint8_t woken[] = {0x04, 0x11, 0x33, 0x43};
static const char *own_name;

static int open_bus(void)
{
    int fd = open("/dev/i2c-1", O_RDWR);

    assert_true(fd >= 0);
    return fd;
}

static void select_address(int fd, unsigned long address)
{
    assert_int_equal(ioctl(fd, I2C_SLAVE, address), 0);
}

static void pause_us(unsigned microseconds)
{
    usleep(microseconds);
}

static void wake_and_select(int fd)
{
    uint8_t bytes[4];

    select_address(fd, ADDRESS);
    (void)write(fd, "\x02", 1); /* from whatever state it is in */
    select_address(fd, 0);
    assert_int_equal(write(fd, "", 1), -1);
    assert_int_equal(errno, ENXIO);
    pause_us(1600);
    select_address(fd, ADDRESS);
    assert_int_equal(read(fd, bytes, 4), 4);
    assert_memory_equal(bytes, woken, 4);
}

static void ask_revision(int fd)
{
    assert_int_equal(write(fd, info, sizeof info), sizeof info);
    while (write(fd, "", 1) < 0) /* Reset, as soon as it is acknowledged */
        pause_us(500);
}

/* ---- the sequences of atecc608.md 6.2 --------------------------------------------------------------- */

/* open, ioctl, one transfer, close: 0, or -1 */
static int v3_transfer(unsigned long address, int is_read, void *bytes, size_t n)
{
    int fd = open("/dev/i2c-1", O_RDWR);

    assert_true(fd >= 0);
    assert_int_equal(ioctl(fd, I2C_SLAVE, address), 0);
    ssize_t done = is_read ? read(fd, bytes, n) : write(fd, bytes, n);
    assert_int_equal(close(fd), 0);
    return done == (ssize_t)n ? 0 : -1;
}

static void test_cryptoauthlib_v3(void **state)
{
    uint8_t one = 0x01, reset = 0x00, idle = 0x02, bytes[8] = {0}, out[sizeof info];
    unsigned tries = 0;

    (void)v3_transfer(ADDRESS, 0, &idle, 1);
    (void)v3_transfer(0, 0, &one, 1); /* steps 1 to 3 */
    pause_us(1500);
    assert_int_equal(v3_transfer(ADDRESS, 1, bytes, 4), 0);
    assert_memory_equal(bytes, woken, 4);
    memcpy(out, info, sizeof info);
    assert_int_equal(v3_transfer(ADDRESS, 0, out, sizeof out), 0); /* step 4 */
    while (v3_transfer(ADDRESS, 0, &reset, 1) < 0) {               /* step 6 */
        assert_true(tries++ < 1251);
        pause_us(2000);
    }
    assert_int_equal(v3_transfer(ADDRESS, 1, bytes, 1),
                     0); /* steps 7 and 8: the read pointer outlives the file */
    assert_int_equal(bytes[0], 7);
    assert_int_equal(v3_transfer(ADDRESS, 1, bytes + 1, 6), 0);
    assert_memory_equal(bytes, revision, 7);
    assert_int_equal(v3_transfer(ADDRESS, 0, &idle, 1), 0);
    assert_int_equal(v3_transfer(ADDRESS, 0, &reset, 1), -1);
}

static void test_the_library_of_2016(void **state)
{
    uint8_t bytes[8] = {0}, dummy = 0, idle = 0x02;
    int fd = open_bus();

    select_address(fd, ADDRESS);
    (void)write(fd, &idle, 1);
    close(fd);

    fd = open_bus(); /* wake: one descriptor, two addresses */
    select_address(fd, 0);
    (void)write(fd, &dummy, 1);
    pause_us(1500);
    select_address(fd, ADDRESS);
    assert_int_equal(read(fd, bytes, 4), 4);
    assert_memory_equal(bytes, woken, 4);
    close(fd);

    fd = open_bus();
    select_address(fd, ADDRESS);
    assert_int_equal(write(fd, info, sizeof info), sizeof info);
    close(fd);
    pause_us(6000);

    fd = open_bus();
    select_address(fd, ADDRESS);
    assert_int_equal(read(fd, bytes, 1), 1);
    assert_int_equal(read(fd, bytes + 1, bytes[0] - 1u), 6);
    assert_memory_equal(bytes, revision, 7);
    close(fd);
}

static int message(int fd, uint16_t address, uint16_t flags, const void *bytes, uint16_t n)
{
    struct i2c_msg one = {.addr = address, .flags = flags, .len = n, .buf = (uint8_t *)(uintptr_t)bytes};
    struct i2c_rdwr_ioctl_data all = {.msgs = &one, .nmsgs = 1};

    return ioctl(fd, I2C_RDWR, &all);
}

static void test_the_kernels_driver(void **state)
{
    static const uint8_t zeros[2];
    uint8_t bytes[8] = {0};
    int fd = open_bus();

    (void)message(fd, ADDRESS, 0, "\x01", 1);
    assert_int_equal(message(fd, 0, 0, zeros, 2), -1);
    pause_us(1550);
    assert_int_equal(message(fd, ADDRESS, 0, info, sizeof info), 1);
    pause_us(6000);
    assert_int_equal(message(fd, ADDRESS, I2C_M_RD, bytes, 7), 1);
    assert_memory_equal(bytes, revision, 7);
    assert_int_equal(message(fd, ADDRESS, 0, "\x01", 1), 1);
    assert_int_equal(message(fd, ADDRESS, I2C_M_RD, bytes, 7), -1);
    assert_int_equal(errno, ENXIO);
    close(fd);
}

/* ---- ioctl ------------------------------------------------------------------------------------------ */

static void test_what_the_adapter_can(void **state)
{
    unsigned long functions = 0;
    int fd = open_bus();

    assert_int_equal(ioctl(fd, I2C_FUNCS, &functions), 0);
    assert_true(functions & I2C_FUNC_I2C);
    assert_true(functions & I2C_FUNC_SMBUS_QUICK);
    assert_true(functions & I2C_FUNC_SMBUS_READ_I2C_BLOCK);
    assert_false(functions & I2C_FUNC_10BIT_ADDR);
    assert_int_equal(ioctl(fd, I2C_RETRIES, 3), 0);
    assert_int_equal(ioctl(fd, I2C_TIMEOUT, 100), 0);
    assert_int_equal(ioctl(fd, I2C_TENBIT, 0), 0);
    assert_int_equal(ioctl(fd, I2C_SLAVE_FORCE, ADDRESS), 0);
    close(fd);
}

#define assert_errno(expression, expected)                                                                   \
    do {                                                                                                     \
        errno = 0;                                                                                           \
        assert_int_equal((expression), -1);                                                                  \
        assert_int_equal(errno, (expected));                                                                 \
    } while (0)

static void test_what_it_refuses(void **state)
{
    struct i2c_rdwr_ioctl_data none = {.msgs = NULL, .nmsgs = 0};
    struct i2c_smbus_ioctl_data strange = {.read_write = I2C_SMBUS_READ, .size = 77};
    uint8_t byte;
    int fd = open_bus();

    assert_errno(ioctl(fd, I2C_SLAVE, 0x80), EINVAL);
    assert_errno(ioctl(fd, I2C_TENBIT, 1), EINVAL);
    assert_errno(ioctl(fd, I2C_TIMEOUT, -1), EINVAL);
    assert_errno(ioctl(fd, I2C_RDWR, &none), EINVAL);
    assert_errno(ioctl(fd, I2C_SMBUS, &strange), EINVAL);
    assert_errno(message(fd, 0x17, I2C_M_RD, &byte, 1), ENXIO);
    assert_errno(message(fd, ADDRESS, I2C_M_TEN, &byte, 1), EOPNOTSUPP);
    assert_errno(ioctl(fd, 0x5401 /* TCGETS */, &none), ENOTTY);
    assert_errno(lseek(fd, 0, SEEK_SET), ESPIPE);
    close(fd);
    assert_errno(ioctl(fd, I2C_SLAVE, ADDRESS), EBADF);
    assert_errno(open("/dev/i2c-3", O_RDWR), ENOENT);
    assert_errno(open("/dev/i2c-01", O_RDWR), ENOENT);
}

static void test_repeated_starts(void **state)
{
    uint8_t first[7] = {0}, second[7] = {0}, reset = 0;
    struct i2c_msg messages[] = {
        {.addr = ADDRESS, .len = 1, .buf = &reset},
        {.addr = ADDRESS, .flags = I2C_M_RD, .len = 7, .buf = first},
        {.addr = ADDRESS, .len = 1, .buf = &reset},
        {.addr = ADDRESS, .flags = I2C_M_RD, .len = 7, .buf = second},
        {.addr = 0x17, .flags = I2C_M_RD, .len = 7, .buf = second},
    };
    struct i2c_rdwr_ioctl_data all = {.msgs = messages, .nmsgs = 4};
    int fd = open_bus();

    wake_and_select(fd);
    ask_revision(fd);
    assert_int_equal(ioctl(fd, I2C_RDWR, &all), 4);
    assert_memory_equal(first, revision, 7);
    assert_memory_equal(second, revision, 7);
    all.nmsgs = 5; /* nobody at the last address */
    assert_errno(ioctl(fd, I2C_RDWR, &all), ENXIO);
    close(fd);
}

static int smbus(int fd, uint8_t read_write, uint8_t command, uint32_t size, union i2c_smbus_data *data)
{
    struct i2c_smbus_ioctl_data request = {
        .read_write = read_write, .command = command, .size = size, .data = data};

    return ioctl(fd, I2C_SMBUS, &request);
}

static void test_smbus(void **state)
{
    union i2c_smbus_data data = {0};
    int fd = open_bus();

    wake_and_select(fd);
    assert_int_equal(smbus(fd, I2C_SMBUS_WRITE, 0, I2C_SMBUS_QUICK, NULL), 0);
    data.block[0] = sizeof info - 1;
    memcpy(data.block + 1, info + 1, sizeof info - 1);
    assert_int_equal(smbus(fd, I2C_SMBUS_WRITE, info[0], I2C_SMBUS_I2C_BLOCK_DATA, &data), 0);
    while (smbus(fd, I2C_SMBUS_WRITE, 0x00, I2C_SMBUS_BYTE, NULL) < 0) /* Reset */
        pause_us(500);
    assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE, &data), 0);
    assert_int_equal(data.byte, 0x07);
    /* the command byte 00 is the word address Reset: each of these reads from the start */
    assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0x00, I2C_SMBUS_BYTE_DATA, &data), 0);
    assert_int_equal(data.byte, 0x07);
    assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0x00, I2C_SMBUS_WORD_DATA, &data), 0);
    assert_int_equal(data.word, 0x0007);
    data.block[0] = 7;
    assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0x00, I2C_SMBUS_I2C_BLOCK_DATA, &data), 0);
    assert_int_equal(data.block[0], 7);
    assert_memory_equal(data.block + 1, revision, 7);
    assert_int_equal(smbus(fd, I2C_SMBUS_READ, 0x00, I2C_SMBUS_BLOCK_DATA, &data), 0);
    assert_memory_equal(data.block, "\x07\x00\x00\x60\x02\x80\x38\xFF",
                        8); /* its count is the block's length */
    data.block[0] = 33;
    assert_errno(smbus(fd, I2C_SMBUS_READ, 0x00, I2C_SMBUS_I2C_BLOCK_DATA, &data), EINVAL);
    close(fd);
}

/* The chip knows no packet error code: a check of one fails. That it is asked for is kept with the open file. */
static void test_packet_error_code(void **state)
{
    union i2c_smbus_data data = {0};
    int fd = open_bus();

    wake_and_select(fd);
    ask_revision(fd);
    int copy = dup(fd);
    assert_int_equal(ioctl(copy, I2C_PEC, 1), 0);
    assert_errno(smbus(fd, I2C_SMBUS_READ, 0x00, I2C_SMBUS_WORD_DATA, &data), EBADMSG);
    assert_int_equal(ioctl(fd, I2C_PEC, 0), 0);
    assert_int_equal(smbus(copy, I2C_SMBUS_READ, 0x00, I2C_SMBUS_WORD_DATA, &data), 0);
    close(fd);
    close(copy);
}

static void test_vectors(void **state)
{
    uint8_t count, rest[6];
    struct iovec pieces[] = {{&count, 1}, {rest, sizeof rest}};
    struct iovec out[] = {{(void *)(uintptr_t)info, sizeof info}};
    int fd = open_bus();

    wake_and_select(fd);
    assert_int_equal(writev(fd, out, 1), sizeof info);
    pause_us(6000);
    assert_int_equal(readv(fd, pieces, 2), 7);
    assert_int_equal(count, 7);
    assert_memory_equal(rest, revision + 1, 6);
    close(fd);
}

/* ---- descriptors ------------------------------------------------------------------------------------ */

static void expect_revision(int fd)
{
    uint8_t bytes[7] = {0};

    ask_revision(fd);
    assert_int_equal(read(fd, bytes, 7), 7);
    assert_memory_equal(bytes, revision, 7);
}

static void test_duplicates_share_the_address(void **state)
{
    int fd = open_bus();

    wake_and_select(fd);
    int copies[] = {dup(fd), dup2(fd, 200), dup3(fd, 201, O_CLOEXEC), fcntl(fd, F_DUPFD, 100),
                    fcntl(fd, F_DUPFD_CLOEXEC, 150)};
    close(fd);
    for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++)
        expect_revision(copies[i]);
    select_address(copies[0], 0x17);
    assert_errno(write(copies[1], "", 1), ENXIO);
    select_address(copies[4], ADDRESS);
    expect_revision(copies[2]);
    for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++)
        close(copies[i]);
}

static int exit_status(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_a_child_inherits(void **state)
{
    int fd = open_bus();

    wake_and_select(fd);
    pid_t child = fork();
    if (child == 0) {
        uint8_t bytes[7] = {0};
        (void)!write(fd, info, sizeof info);
        usleep(6000);
        _exit(read(fd, bytes, 7) == 7 && memcmp(bytes, revision, 7) == 0 ? ioctl(fd, I2C_SLAVE, 0x17) : 1);
    }
    assert_int_equal(exit_status(child), 0);
    assert_errno(write(fd, "", 1), ENXIO); /* the file is shared, and so is its address */
    select_address(fd, ADDRESS);
    expect_revision(fd);
    close(fd);
}

/* What main() does when started with a descriptor's number. */
static int use_inherited(int fd)
{
    uint8_t bytes[7] = {0};

    if (read(fd, bytes, 7) != 7 || memcmp(bytes, revision, 7) != 0)
        return 1;
    return ioctl(fd, I2C_SLAVE, 0x17) == 0 && write(fd, "", 1) == -1 && errno == ENXIO ? 0 : 2;
}

static void test_another_program_inherits(void **state)
{
    char number[16];
    int fd = open_bus();

    wake_and_select(fd);
    ask_revision(fd);
    snprintf(number, sizeof number, "%d", fd);
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", own_name, number, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(exit_status(child), 0);
    close(fd);
    fd = open("/dev/i2c-1", O_RDWR | O_CLOEXEC);
    snprintf(number, sizeof number, "%d", fd);
    child = fork();
    if (child == 0) {
        execl("/proc/self/exe", own_name, number, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(exit_status(child), 1); /* closed on the way */
    close(fd);
}

static void test_a_descriptor_sent_to_another(void **state)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {.bytes = {0}};
    char byte = 'x';
    struct iovec data = {&byte, 1};
    struct msghdr parcel = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int ends[2], fd = open_bus();

    wake_and_select(fd);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    struct cmsghdr *header = CMSG_FIRSTHDR(&parcel);
    *header = (struct cmsghdr){
        .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    assert_int_equal(sendmsg(ends[0], &parcel, 0), 1);
    close(fd);
    assert_int_equal(recvmsg(ends[1], &parcel, 0), 1);
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&parcel)), sizeof fd);
    select_address(fd, ADDRESS);
    expect_revision(fd);
    close(fd);
    close(ends[0]);
    close(ends[1]);
}

static void test_other_files_are_what_they_are(void **state)
{
    char bytes[16] = {0};
    struct stat status;
    int ends[2];

    int bus = open_bus();
    close(bus);
    int file = open("/proc/self/cmdline", O_RDONLY); /* takes the number the bus had */
    assert_int_equal(file, bus);
    assert_true(read(file, bytes, 4) == 4);
    assert_memory_equal(bytes, own_name, 4);
    assert_int_equal(fstat(file, &status), 0);
    assert_true(S_ISREG(status.st_mode));
    assert_errno(ioctl(file, I2C_SLAVE, ADDRESS), ENOTTY);
    close(file);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "hello", 5), 5);
    assert_int_equal(read(ends[0], bytes, sizeof bytes), 5);
    assert_memory_equal(bytes, "hello", 5);
    close(ends[0]);
    close(ends[1]);
    assert_errno(read(-1, bytes, 1), EBADF);
}

static void test_the_file_looks_like_a_device(void **state)
{
    struct stat status;
    char other[64];

    assert_int_equal(stat("/dev/i2c-1", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    assert_int_equal(major(status.st_rdev), 89);
    assert_int_equal(minor(status.st_rdev), 1);
    assert_int_equal(access("/dev/i2c-7", R_OK | W_OK), 0);
    assert_errno(access("/dev/i2c-8", F_OK), ENOENT);
    int fd = open_bus();
    assert_int_equal(fstat(fd, &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    close(fd);
    /* by other names */
    int folder = open("/dev", O_RDONLY | O_DIRECTORY);
    snprintf(other, sizeof other, "/proc/self/fd/%d/i2c-1", folder);
    int names[] = {openat(folder, "i2c-1", O_RDWR), open("/dev/../dev//i2c-1", O_RDWR), open(other, O_RDWR)};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_true(names[i] >= 0);
        select_address(names[i], ADDRESS);
        close(names[i]);
    }
    close(folder);
    assert_errno(open("/tmp/i2c-1", O_RDWR), ENOENT);
}

static void test_the_buses_are_listed(void **state)
{
    DIR *folder = opendir("/sys/class/i2c-dev");
    unsigned found = 0;

    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder));)
        found += strcmp(entry->d_name, "i2c-1") == 0 || strcmp(entry->d_name, "i2c-7") == 0;
    assert_int_equal(closedir(folder), 0);
    assert_int_equal(found, 2);
}

static void test_two_buses_have_two_chips(void **state)
{
    static const uint8_t serial[] = {0x03, 0x07, 0x02, 0x80,
                                     0x00, 0x00, 0x09, 0xAD}; /* Read config block 0 */
    uint8_t answers[2][35] = {{0}};
    const char *paths[] = {"/dev/i2c-1", "/dev/i2c-7"};

    for (unsigned i = 0; i < 2; i++) {
        int fd = open(paths[i], O_RDWR);
        assert_true(fd >= 0);
        wake_and_select(fd);
        assert_int_equal(write(fd, serial, sizeof serial), sizeof serial);
        pause_us(6000);
        assert_int_equal(read(fd, answers[i], 35), 35);
        assert_int_equal(answers[i][0], 35);
        close(fd);
    }
    assert_memory_not_equal(answers[0], answers[1], 35);
}

/* ---- at the same time ------------------------------------------------------------------------------- */

enum { ROUNDS = 400 };

/* Reset and read in one: whoever else does so in between must not be seen. Wrong answers count, not a chip that has
 * fallen asleep because the machine is slow. */
static int is_wrong_together(int fd, size_t n)
{
    uint8_t bytes[7] = {0}, reset = 0;
    struct i2c_msg messages[] = {{.addr = ADDRESS, .len = 1, .buf = &reset},
                                 {.addr = ADDRESS, .flags = I2C_M_RD, .len = (uint16_t)n, .buf = bytes}};
    struct i2c_rdwr_ioctl_data both = {.msgs = messages, .nmsgs = 2};

    if (ioctl(fd, I2C_RDWR, &both) == 2)
        return memcmp(bytes, revision, n) != 0;
    return errno != ENXIO;
}

struct worker {
    int fd;
    size_t length;
    unsigned wrong;
};

static void *work(void *argument)
{
    struct worker *worker = argument;

    for (unsigned i = 0; i < ROUNDS; i++)
        worker->wrong += (unsigned)is_wrong_together(worker->fd, worker->length);
    return NULL;
}

static void test_threads_share_a_descriptor(void **state)
{
    int fd = open_bus();
    struct worker workers[] = {{fd, 7, 0}, {fd, 3, 0}};
    pthread_t threads[2];

    wake_and_select(fd);
    ask_revision(fd);
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    for (unsigned i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(workers[0].wrong, 0);
    assert_int_equal(workers[1].wrong, 0);
    close(fd);
}

static void test_processes_share_a_descriptor(void **state)
{
    int fd = open_bus();
    struct worker here = {fd, 7, 0};

    wake_and_select(fd);
    ask_revision(fd);
    pid_t child = fork();
    if (child == 0) {
        struct worker there = {fd, 3, 0};
        work(&there);
        _exit(there.wrong == 0 ? 0 : 1);
    }
    work(&here);
    assert_int_equal(exit_status(child), 0);
    assert_int_equal(here.wrong, 0);
    close(fd);
}

/* ---- when the bus is not as it should be ------------------------------------------------------------------------------ */

static void test_a_chip_that_is_busy(void **state)
{
    char text[256];
    int server = bus_client_connect(getenv("SOCKET_OF_BUS_1"), SOCK_CLOEXEC);
    int fd = open_bus();

    wake_and_select(fd);
    assert_int_equal(bus_client_control(server, "fault at 1 busy forever", text, sizeof text), 1);
    for (unsigned i = 0; i < 3; i++)
        assert_errno(write(fd, "", 1), ENXIO);
    assert_int_equal(bus_client_control(server, "clear", text, sizeof text), 1);
    assert_int_equal(write(fd, "", 1), 1);
    close(fd);
    close(server);
}

static void test_a_bus_that_goes(void **state)
{
    char text[256];
    int server = bus_client_connect(getenv("SOCKET_OF_BUS_1"), SOCK_CLOEXEC);
    int fd = open_bus();

    wake_and_select(fd);
    assert_int_equal(bus_client_control(server, "fault at 1 disconnect", text, sizeof text), 1);
    assert_errno(write(fd, "", 1), ENODEV);
    assert_errno(ioctl(fd, I2C_SLAVE, ADDRESS), ENODEV);
    close(fd);
    close(server);
    fd = open_bus();
    wake_and_select(fd);
    close(fd);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cryptoauthlib_v3),
        cmocka_unit_test(test_the_library_of_2016),
        cmocka_unit_test(test_the_kernels_driver),
        cmocka_unit_test(test_what_the_adapter_can),
        cmocka_unit_test(test_what_it_refuses),
        cmocka_unit_test(test_repeated_starts),
        cmocka_unit_test(test_smbus),
        cmocka_unit_test(test_packet_error_code),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_duplicates_share_the_address),
        cmocka_unit_test(test_a_child_inherits),
        cmocka_unit_test(test_another_program_inherits),
        cmocka_unit_test(test_a_descriptor_sent_to_another),
        cmocka_unit_test(test_other_files_are_what_they_are),
        cmocka_unit_test(test_the_file_looks_like_a_device),
        cmocka_unit_test(test_the_buses_are_listed),
        cmocka_unit_test(test_two_buses_have_two_chips),
        cmocka_unit_test(test_threads_share_a_descriptor),
        cmocka_unit_test(test_processes_share_a_descriptor),
        cmocka_unit_test(test_a_chip_that_is_busy),
        cmocka_unit_test(test_a_bus_that_goes),
    };

    own_name = argv[0];
    return argc == 2 ? use_inherited(atoi(argv[1])) : cmocka_run_group_tests(tests, NULL, NULL);
}
