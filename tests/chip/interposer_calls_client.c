/* A program that looks at /dev/i2c-1 and /sys/class/i2c-dev by every call libc has for it, old and new ones:
 * hallmark-i2c runs it (interposer_rig). Each call is also made of a file that is none of ours. */

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ADDRESS = 0x60, MAJOR = 89 };

static const char device[] = "/dev/i2c-1", class[] = "/sys/class/i2c-dev",
                  bus[] = "/sys/class/i2c-dev/i2c-1/", name[] = "/sys/class/i2c-dev/i2c-1/name",
                  other[] = "/proc/self/cmdline";

#define assert_errno(expression, expected)                                                                   \
    do {                                                                                                     \
        errno = 0;                                                                                           \
        assert_int_equal((expression), -1);                                                                  \
        assert_int_equal(errno, (expected));                                                                 \
    } while (0)

/* The headers of today do not declare all that was in libc once. */
static void take(void *function, const char *called)
{
    *(void **)function = dlsym(RTLD_DEFAULT, called);
    assert_non_null(*(void **)function);
}

static int open_bus(void)
{
    int fd = open(device, O_RDWR);

    assert_true(fd >= 0);
    return fd;
}

/* ---- stat and its like ------------------------------------------------------------------------------ */

#define assert_is_device(status)                                                                             \
    do {                                                                                                     \
        assert_true(S_ISCHR((status).st_mode));                                                              \
        assert_int_equal(major((status).st_rdev), MAJOR);                                                    \
        assert_int_equal(minor((status).st_rdev), 1);                                                        \
    } while (0)

#define assert_is_folder(status)                                                                             \
    do {                                                                                                     \
        assert_true(S_ISDIR((status).st_mode));                                                              \
        assert_int_equal((status).st_rdev, 0);                                                               \
    } while (0)

static void test_stat_by_path(void **state)
{
    static int (*const calls[])(const char *, struct stat *) = {stat, lstat};
    struct stat status;

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        assert_int_equal(calls[i](device, &status), 0);
        assert_is_device(status);
        assert_int_equal(calls[i](class, &status), 0);
        assert_is_folder(status);
        assert_int_equal(calls[i](bus, &status), 0);
        assert_is_folder(status);
        assert_int_equal(calls[i](name, &status), 0);
        assert_true(S_ISREG(status.st_mode));
        assert_int_equal(calls[i](other, &status), 0);
        assert_true(S_ISREG(status.st_mode));
        assert_errno(calls[i]("/dev/i2c-9", &status), ENOENT);
    }
}

static void test_stat64_by_path(void **state)
{
    static int (*const calls[])(const char *, struct stat64 *) = {stat64, lstat64};
    struct stat64 status;

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        assert_int_equal(calls[i](device, &status), 0);
        assert_is_device(status);
        assert_int_equal(calls[i](other, &status), 0);
        assert_true(S_ISREG(status.st_mode));
    }
}

static void test_stat_by_descriptor(void **state)
{
    struct stat status;
    struct stat64 status64;
    int ours = open_bus(), theirs = open(other, O_RDONLY);

    assert_int_equal(fstat(ours, &status), 0);
    assert_is_device(status);
    assert_int_equal(fstat(theirs, &status), 0);
    assert_true(S_ISREG(status.st_mode));
    assert_int_equal(fstat64(ours, &status64), 0);
    assert_is_device(status64);
    assert_int_equal(fstat64(theirs, &status64), 0);
    assert_true(S_ISREG(status64.st_mode));
    close(ours);
    close(theirs);
}

static void test_stat_in_a_folder(void **state)
{
    struct stat status;
    struct stat64 status64;
    int ours = open_bus(), theirs = open(other, O_RDONLY), folder = open("/dev", O_RDONLY | O_DIRECTORY);

    assert_int_equal(fstatat(folder, "i2c-1", &status, 0), 0);
    assert_is_device(status);
    assert_int_equal(fstatat(folder, "null", &status, 0), 0);
    assert_int_equal(major(status.st_rdev), 1);
    assert_int_equal(fstatat(ours, "", &status, AT_EMPTY_PATH), 0);
    assert_is_device(status);
    assert_int_equal(fstatat(theirs, "", &status, AT_EMPTY_PATH), 0);
    assert_true(S_ISREG(status.st_mode));
    assert_errno(fstatat(ours, "", &status, 0), ENOENT);
    assert_int_equal(fstatat(folder, "i2c-1", &status, AT_EMPTY_PATH), 0);
    assert_is_device(status);

    assert_int_equal(fstatat64(folder, "i2c-1", &status64, 0), 0);
    assert_is_device(status64);
    assert_int_equal(fstatat64(folder, "null", &status64, 0), 0);
    assert_int_equal(major(status64.st_rdev), 1);
    assert_int_equal(fstatat64(ours, "", &status64, AT_EMPTY_PATH), 0);
    assert_is_device(status64);
    assert_int_equal(fstatat64(theirs, "", &status64, AT_EMPTY_PATH), 0);
    assert_true(S_ISREG(status64.st_mode));
    close(ours);
    close(theirs);
    close(folder);
}

static void test_statx(void **state)
{
    struct statx status;
    int ours = open_bus(), theirs = open(other, O_RDONLY);

    assert_int_equal(statx(AT_FDCWD, device, 0, STATX_BASIC_STATS, &status), 0);
    assert_true(S_ISCHR(status.stx_mode));
    assert_int_equal(status.stx_rdev_major, MAJOR);
    assert_int_equal(status.stx_rdev_minor, 1);
    assert_int_equal(statx(AT_FDCWD, class, 0, STATX_BASIC_STATS, &status), 0);
    assert_true(S_ISDIR(status.stx_mode));
    assert_int_equal(status.stx_rdev_major, 0);
    assert_int_equal(statx(ours, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status), 0);
    assert_true(S_ISCHR(status.stx_mode));
    assert_int_equal(statx(theirs, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status), 0);
    assert_true(S_ISREG(status.stx_mode));
    assert_errno(statx(AT_FDCWD, "/dev/i2c-9", 0, STATX_BASIC_STATS, &status), ENOENT);
    /* NULL for a path: the kernel answers, and nobody crashes on the way */
    int (*call)(int, const char *, int, unsigned, struct statx *);
    take(&call, "statx");
    const char *volatile no_path = NULL;
    int result = call(theirs, no_path, AT_EMPTY_PATH, STATX_BASIC_STATS, &status);
    assert_true(result == 0 || errno == EFAULT);
    close(ours);
    close(theirs);
}

/* What programs linked with a glibc before 2.33 call, with the version of struct stat in front. */
static void test_the_stat_of_older_programs(void **state)
{
    static const char *const by_path[] = {"__xstat", "__lxstat", "__xstat64", "__lxstat64"};
    static const char *const by_descriptor[] = {"__fxstat", "__fxstat64"};
    static const char *const in_folder[] = {"__fxstatat", "__fxstatat64"};
    enum { VERSION = 1 };
    struct stat status;
    int ours = open_bus(), theirs = open(other, O_RDONLY), folder = open("/dev", O_RDONLY | O_DIRECTORY);

    for (size_t i = 0; i < sizeof by_path / sizeof by_path[0]; i++) {
        int (*call)(int, const char *, struct stat *);
        take(&call, by_path[i]);
        assert_int_equal(call(VERSION, device, &status), 0);
        assert_is_device(status);
        assert_int_equal(call(VERSION, other, &status), 0);
        assert_true(S_ISREG(status.st_mode));
    }
    for (size_t i = 0; i < sizeof by_descriptor / sizeof by_descriptor[0]; i++) {
        int (*call)(int, int, struct stat *);
        take(&call, by_descriptor[i]);
        assert_int_equal(call(VERSION, ours, &status), 0);
        assert_is_device(status);
        assert_int_equal(call(VERSION, theirs, &status), 0);
        assert_true(S_ISREG(status.st_mode));
    }
    for (size_t i = 0; i < sizeof in_folder / sizeof in_folder[0]; i++) {
        int (*call)(int, int, const char *, struct stat *, int);
        take(&call, in_folder[i]);
        assert_int_equal(call(VERSION, folder, "i2c-1", &status, 0), 0);
        assert_is_device(status);
        assert_int_equal(call(VERSION, folder, "null", &status, 0), 0);
        assert_int_equal(major(status.st_rdev), 1);
        assert_int_equal(call(VERSION, ours, "", &status, AT_EMPTY_PATH), 0);
        assert_is_device(status);
        assert_int_equal(call(VERSION, theirs, "", &status, AT_EMPTY_PATH), 0);
        assert_true(S_ISREG(status.st_mode));
    }
    close(ours);
    close(theirs);
    close(folder);
}

static int access_here(const char *path, int wanted)
{
    return faccessat(AT_FDCWD, path, wanted, 0);
}

static void test_access(void **state)
{
    static int (*const calls[])(const char *, int) = {access, euidaccess, eaccess, access_here};

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        assert_int_equal(calls[i](device, R_OK | W_OK), 0);
        assert_errno(calls[i](device, X_OK), EACCES);
        assert_int_equal(calls[i](class, R_OK | X_OK), 0);
        assert_errno(calls[i](class, W_OK), EACCES);
        assert_int_equal(calls[i](name, R_OK), 0);
        assert_errno(calls[i](name, X_OK), EACCES);
        assert_int_equal(calls[i](other, R_OK), 0);
        assert_errno(calls[i]("/dev/i2c-9", F_OK), ENOENT);
    }
}

/* ---- names ------------------------------------------------------------------------------------------ */

static void test_names_that_are_not_ours(void **state)
{
    static const char *const names[] = {"/dev/i2c-",
                                        "/dev/i2c-x",
                                        "/dev/i2c-123456",
                                        "/dev/i2c-1x",
                                        "/dev/i2c-01",
                                        "/nowhere/i2c-1",
                                        "/sys/class/i2c-device",
                                        "/sys/class/i2c-dev/other",
                                        "/sys/class/i2c-dev/i2c-1/other",
                                        "/sys/class/i2c-dev/i2c-9/name"};
    char *longest = malloc(5000);
    struct stat status;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_errno(stat(names[i], &status), ENOENT);
    assert_non_null(longest);
    memset(longest, '/', 5000);
    strcpy(longest + 4900, "/dev/i2c-1");
    assert_errno(stat(longest, &status), ENAMETOOLONG);
    free(longest);
    const char *volatile no_path = NULL;
    assert_errno(open(no_path, O_RDONLY), EFAULT);
}

static void test_relative_names(void **state)
{
    struct stat status;
    char before[4096];

    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir("/dev"), 0);
    int found = stat("i2c-1", &status);
    assert_int_equal(chdir("/"), 0);
    int here = stat("i2c-1", &status);
    int below = stat("dev/i2c-1", &status);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(found, 0);
    assert_int_equal(here, -1);
    assert_int_equal(below, 0);
    assert_is_device(status);
}

/* ---- open and its like ------------------------------------------------------------------------------ */

static void assert_works(int fd)
{
    assert_true(fd >= 0);
    assert_int_equal(ioctl(fd, I2C_SLAVE, ADDRESS), 0);
    close(fd);
}

static void assert_opened_other(int fd)
{
    assert_true(fd >= 0);
    assert_errno(ioctl(fd, I2C_SLAVE, ADDRESS), ENOTTY);
    close(fd);
}

static void test_every_open(void **state)
{
    static const char *const by_path[] = {"open", "open64", "__open_2", "__open64_2"};
    static const char *const in_folder[] = {"openat", "openat64", "__openat_2", "__openat64_2"};

    for (size_t i = 0; i < 4; i++) {
        int (*call)(const char *, int, ...);
        take(&call, by_path[i]);
        assert_works(call(device, O_RDWR));
        assert_opened_other(call(other, O_RDONLY));
    }
    for (size_t i = 0; i < 4; i++) {
        int (*call)(int, const char *, int, ...);
        take(&call, in_folder[i]);
        assert_works(call(AT_FDCWD, device, O_RDWR));
        assert_opened_other(call(AT_FDCWD, other, O_RDONLY));
    }
}

static void test_files_are_made_with_the_mode_given(void **state)
{
    char path[] = "/tmp/hallmark-calls.XXXXXX", file[64];
    struct stat status;

    assert_non_null(mkdtemp(path));
    snprintf(file, sizeof file, "%s/new", path);
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0640);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_mode & 0700, 0600);
    assert_int_equal(status.st_mode & 0007, 0);
    close(fd);
    fd = open(path, O_WRONLY | O_TMPFILE, 0600);
    if (fd >= 0) { /* not every file system has them */
        assert_int_equal(fstat(fd, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
        close(fd);
    }
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rmdir(path), 0);
}

/* The library of libc ends a program that makes a file without saying its mode; so does this one. */
static void test_a_file_made_without_a_mode(void **state)
{
    int (*call)(const char *, int);
    take(&call, "__open_2");
    int status;

    pid_t child = fork();
    if (child == 0) {
        const struct rlimit no_core = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)freopen("/dev/null", "w", stderr);
        signal(SIGABRT, SIG_DFL);
        call("/nowhere/file", O_WRONLY | O_CREAT);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

/* ---- the files of a bus ----------------------------------------------------------------------------- */

static void assert_tells_the_bus(FILE *stream)
{
    char line[256] = "";

    assert_non_null(stream);
    assert_non_null(fgets(line, sizeof line, stream));
    assert_non_null(strstr(line, "Hallmark virtual bus at /"));
    fclose(stream);
}

static void test_the_name_of_a_bus(void **state)
{
    FILE *(*const calls[])(const char *, const char *) = {fopen, fopen64};

    for (size_t i = 0; i < 2; i++) {
        assert_tells_the_bus(calls[i](name, "r"));
        assert_tells_the_bus(calls[i](name, "re"));
        FILE *stream = calls[i](other, "r");
        assert_non_null(stream);
        fclose(stream);
        assert_null(calls[i](name, "r+"));
        assert_null(calls[i](name, "w"));
    }
    int fd = open(name, O_RDONLY);
    assert_tells_the_bus(fdopen(fd, "r"));
    fd = open(name, O_RDONLY | O_CLOEXEC);
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    close(fd);
    assert_errno(open(name, O_RDWR), EACCES);
}

/* Runs out of descriptors, and has them again. */
static void test_no_descriptor_is_left(void **state)
{
    struct rlimit before, few;
    int next = dup(0);

    assert_true(next >= 0);
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = (struct rlimit){(rlim_t)next, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    int opened = open(device, O_RDWR), problem = errno;
    int named = open(name, O_RDONLY);
    FILE *stream = fopen(name, "r");
    int copy = dup(0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(opened, -1);
    assert_int_equal(problem, EMFILE);
    assert_int_equal(named, -1);
    assert_null(stream);
    assert_int_equal(copy, -1);
    assert_works(open_bus());
}

static void test_folders(void **state)
{
    DIR *first = opendir(class), *second = opendir(class), *third = opendir("/proc/self/fd");
    const char *const expected[] = {".", "..", "i2c-1", "i2c-7"};

    assert_non_null(first);
    assert_non_null(second);
    assert_non_null(third);
    for (unsigned round = 0; round < 2; round++) {
        for (size_t i = 0; i < 4; i++) {
            const struct dirent *entry = readdir(first);
            assert_non_null(entry);
            assert_string_equal(entry->d_name, expected[i]);
        }
        rewinddir(first);
    }
    for (size_t i = 0; i < 4; i++) {
        const struct dirent64 *entry = readdir64(second);
        assert_non_null(entry);
        assert_string_equal(entry->d_name, expected[i]);
    }
    assert_non_null(readdir(third));
    assert_non_null(readdir64(third));
    rewinddir(third);
    assert_string_equal(readdir(third)->d_name, ".");
    assert_int_equal(closedir(first), 0); /* not the last that was opened */
    assert_non_null(readdir64(third));
    assert_int_equal(closedir(third), 0);
    assert_int_equal(closedir(second), 0);
    DIR *none = opendir("/proc/self/fd"); /* while no listing is open */
    assert_non_null(readdir64(none));
    assert_int_equal(closedir(none), 0);
}

/* ---- descriptors ------------------------------------------------------------------------------------ */

static void test_every_fcntl(void **state)
{
    static const char *const calls[] = {"fcntl", "fcntl64"};
    static const int copies[] = {F_DUPFD, F_DUPFD_CLOEXEC};
    int fd = open_bus();

    for (size_t i = 0; i < 2; i++) {
        int (*call)(int, int, ...);
        take(&call, calls[i]);
        for (size_t k = 0; k < 2; k++) {
            int copy = call(fd, copies[k], 60);
            assert_true(copy >= 60);
            assert_int_equal(ioctl(copy, I2C_SLAVE, 0x17), 0);
            assert_errno(write(copy, "", 1), ENXIO);
            close(copy);
            assert_errno(call(-1, copies[k], 60), EBADF);
        }
        assert_int_equal(call(fd, F_GETFD), 0);
    }
    assert_errno(ioctl(-1, I2C_SLAVE, ADDRESS), EBADF);
    close(fd);
}

/* A number that was the bus's, and then another socket's. */
static void test_other_sockets(void **state)
{
    static const char *const names[] = {"", "x", "a name as long as ours is", "hallmark-i2cx1/"};

    for (size_t i = 0; i <= sizeof names / sizeof names[0]; i++) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int was = open_bus();
        close(was);
        int inet = i == sizeof names / sizeof names[0];
        int fd = socket(inet ? AF_INET : AF_UNIX, SOCK_DGRAM, 0);
        assert_int_equal(fd, was);
        if (!inet && names[i][0]) {
            int n =
                snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "%s%d", names[i], (int)getpid());
            assert_int_equal(bind(fd, (const struct sockaddr *)&address,
                                  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)),
                             0);
        }
        assert_errno(ioctl(fd, I2C_SLAVE, ADDRESS), ENOTTY);
        struct stat status;
        assert_int_equal(fstat(fd, &status), 0);
        assert_true(S_ISSOCK(status.st_mode));
        close(fd);
    }
}

/* A path, and one as long as a device's socket has: no abstract name. */
static void test_a_socket_with_a_path(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char path[] = "/tmp/hallmark-calls-of-a-socket.XXXXXX";

    assert_non_null(mkdtemp(path));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", path);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_errno(ioctl(fd, I2C_SLAVE, ADDRESS), ENOTTY);
    close(fd);
    assert_int_equal(unlink(address.sun_path), 0);
    assert_int_equal(rmdir(path), 0);
}

/* ---- read and write --------------------------------------------------------------------------------- */

static void test_vectors_piece_by_piece(void **state)
{
    uint8_t bytes[4] = {0};
    struct iovec pieces[] = {{bytes, 0}, {bytes, 4}};
    int fd = open_bus(), ends[2];

    assert_int_equal(ioctl(fd, I2C_SLAVE, 0x17), 0);
    pieces[0].iov_len = 1;
    assert_errno(readv(fd, pieces, 2), ENXIO);
    assert_errno(writev(fd, pieces, 2), ENXIO);
    assert_int_equal(readv(fd, pieces, 0), 0);
    int (*read_pieces)(int, const struct iovec *, int);
    take(&read_pieces, "readv");
    assert_errno(read_pieces(fd, pieces, -1), EINVAL);
    close(fd);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(writev(ends[1], pieces, 2), 5);
    assert_int_equal(readv(ends[0], pieces, 2), 5);
    close(ends[0]);
    close(ends[1]);
}

/* A write to an awake chip, then a piece the device cannot take: what went is reported. */
static void test_a_vector_that_stops_on_the_way(void **state)
{
    uint8_t idle = 0x02, answer[4];
    struct iovec pieces[] = {{answer, sizeof answer}, {NULL, 1}};
    int fd = open_bus();

    assert_int_equal(ioctl(fd, I2C_SLAVE, ADDRESS), 0);
    (void)!write(fd, &idle, 1);
    assert_int_equal(ioctl(fd, I2C_SLAVE, 0), 0);
    assert_errno(write(fd, "", 1), ENXIO);
    usleep(1600);
    assert_int_equal(ioctl(fd, I2C_SLAVE, ADDRESS), 0);
    assert_int_equal(readv(fd, pieces, 2), 4);
    assert_memory_equal(answer, "\x04\x11\x33\x43", 4);
    (void)!write(fd, &idle, 1);
    close(fd);
}

static void test_the_checked_read(void **state)
{
    ssize_t (*call)(int, void *, size_t, size_t);
    take(&call, "__read_chk");
    char bytes[8];
    int status, fd = open(other, O_RDONLY);

    assert_int_equal(call(fd, bytes, 2, sizeof bytes), 2);
    close(fd);
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit no_core = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL);
        call(0, bytes, sizeof bytes + 1, sizeof bytes);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stat_by_path),
        cmocka_unit_test(test_stat64_by_path),
        cmocka_unit_test(test_stat_by_descriptor),
        cmocka_unit_test(test_stat_in_a_folder),
        cmocka_unit_test(test_statx),
        cmocka_unit_test(test_the_stat_of_older_programs),
        cmocka_unit_test(test_access),
        cmocka_unit_test(test_names_that_are_not_ours),
        cmocka_unit_test(test_relative_names),
        cmocka_unit_test(test_every_open),
        cmocka_unit_test(test_files_are_made_with_the_mode_given),
        cmocka_unit_test(test_a_file_made_without_a_mode),
        cmocka_unit_test(test_the_name_of_a_bus),
        cmocka_unit_test(test_no_descriptor_is_left),
        cmocka_unit_test(test_folders),
        cmocka_unit_test(test_every_fcntl),
        cmocka_unit_test(test_other_sockets),
        cmocka_unit_test(test_a_socket_with_a_path),
        cmocka_unit_test(test_vectors_piece_by_piece),
        cmocka_unit_test(test_a_vector_that_stops_on_the_way),
        cmocka_unit_test(test_the_checked_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
