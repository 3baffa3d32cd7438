/* Which buses the library finds in its variable, how it opens them, and the folder it shows: linked into this program,
 * with a system below that has two buses of its own and fails when it is told to. */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "chip/interposer/interposer.h"

/* The test starts itself again with the variable set, as the library reads it before main. */
#define FOLDER_VARIABLE "HALLMARK_BUSES_TEST"

static const char *own_name;

/* ---- the system below ------------------------------------------------------------------------------- */

static struct {
    bool no_class, no_descriptors; /* these folders are not there */
    bool no_write, no_name, no_random;
} broken;

static const char *system_folder(void)
{
    static char path[128];
    const char *folder = getenv(FOLDER_VARIABLE);

    snprintf(path, sizeof path, "%s/class", folder ? folder : "/nowhere");
    return path;
}

static DIR *system_opendir(const char *path)
{
    bool is_class = strcmp(path, "/sys/class/i2c-dev") == 0;

    if (is_class ? broken.no_class : broken.no_descriptors) {
        errno = ENOENT;
        return NULL;
    }
    return opendir(is_class ? system_folder() : path);
}

static ssize_t system_write(int fd, const void *bytes, size_t n)
{
    return broken.no_write ? 0 : write(fd, bytes, n);
}

const struct real *real_calls(void)
{
    static const struct real calls = {.opendir = system_opendir,
                                      .readdir = readdir,
                                      .rewinddir = rewinddir,
                                      .closedir = closedir,
                                      .write = system_write};

    return &calls;
}

/* In place of libc's. */
int bind(int fd, __CONST_SOCKADDR_ARG address, socklen_t size)
{
    if (!broken.no_name)
        return (int)syscall(SYS_bind, fd, address.__sockaddr__, size);
    errno = EADDRINUSE;
    return -1;
}

ssize_t getrandom(void *bytes, size_t n, unsigned flags)
{
    return broken.no_random ? -1 : (ssize_t)syscall(SYS_getrandom, bytes, n, flags);
}

static int sound_system(void **state)
{
    memset(&broken, 0, sizeof broken);
    return 0;
}

/* ---- the variable ----------------------------------------------------------------------------------- */

static void test_buses_are_lines_of_a_number_and_a_path(void **state)
{
    size_t length = 0;

    assert_int_equal(buses_number(0), 1);
    assert_int_equal(buses_number(1), 12);
    assert_int_equal(buses_number(2), 99999);
    assert_int_equal(buses_number(3), -1);
    assert_memory_equal(buses_socket(12, &length), "/nowhere", 8);
    assert_int_equal(length, 8);
    assert_non_null(buses_socket(99999, &length));
    assert_int_equal(length, 300);
    assert_null(buses_socket(2, &length)); /* "02=..." and other lines that are none */
    assert_null(buses_socket(3, &length));
    assert_null(buses_socket(123456, &length));
}

/* What use() does in a program started with this variable; NULL: without it. */
static int status_with(const char *buses, const char *nack, const char *use)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        unsetenv(BUSES_VARIABLE);
        unsetenv(NACK_VARIABLE);
        if (buses)
            setenv(BUSES_VARIABLE, buses, 1);
        if (nack)
            setenv(NACK_VARIABLE, nack, 1);
        execl("/proc/self/exe", own_name, use, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int use(const char *what)
{
    size_t length;
    int number;

    if (strcmp(what, "nack") == 0)
        return buses_nack_error() == EREMOTEIO ? 10 : 11;
    if (buses_number(0) != -1 || buses_socket(1, &length))
        return 1;
    if (buses_path(AT_FDCWD, "/sys/class/i2c-dev", &number) != PATH_OTHER)
        return 2;
    return buses_path(AT_FDCWD, "/dev/i2c-1", &number) == PATH_OTHER ? 0 : 3;
}

static void test_without_buses_nothing_is_virtual(void **state)
{
    assert_int_equal(status_with(NULL, NULL, "none"), 0);
    assert_int_equal(status_with("", NULL, "none"), 0);
    assert_int_equal(status_with("no bus at all", NULL, "none"), 0);
}

static void test_what_a_missing_acknowledge_is(void **state)
{
    assert_int_equal(buses_nack_error(), ENXIO);
    assert_int_equal(status_with(NULL, "EREMOTEIO", "nack"), 10);
    assert_int_equal(status_with(NULL, "ENXIO", "nack"), 11);
    assert_int_equal(status_with(NULL, NULL, "nack"), 11);
}

/* ---- paths ------------------------------------------------------------------------------------------ */

static void test_paths(void **state)
{
    static const struct {
        const char *path;
        enum path_kind kind;
        int number;
    } rows[] = {
        {"/dev/i2c-1", PATH_DEVICE, 1},
        {"/dev/i2c-99999", PATH_DEVICE, 99999},
        {"/dev/./i2c-12", PATH_DEVICE, 12},
        {"/dev/i2c-2", PATH_OTHER, 0},
        {"/dev/i2c-1/", PATH_OTHER, 0},
        {"/nowhere/i2c-1", PATH_OTHER, 0},
        {"i2c-1", PATH_OTHER, 0},
        {"", PATH_OTHER, 0},
        {NULL, PATH_OTHER, 0},
        {"/sys/class/i2c-dev", PATH_CLASS, 0},
        {"/sys/class/i2c-dev//", PATH_CLASS, 0},
        {"/sys/class/i2c-device", PATH_OTHER, 0},
        {"/sys/class/i2c-dev/i2c-12", PATH_BUS, 12},
        {"/sys/class/i2c-dev/i2c-12/", PATH_BUS, 12},
        {"/sys/class/i2c-dev/i2c-12/name", PATH_BUS_NAME, 12},
        {"/sys/class/i2c-dev/i2c-12/device", PATH_OTHER, 0},
        {"/sys/class/i2c-dev/i2c-12x", PATH_OTHER, 0},
        {"/sys/class/i2c-dev/i2c-2/name", PATH_OTHER, 0},
        {"/sys/class/i2c-dev/spi-1/name", PATH_OTHER, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int number = 0;
        errno = EDOM;
        enum path_kind kind = buses_path(AT_FDCWD, rows[i].path, &number);
        if (kind != rows[i].kind)
            print_error("%s\n", rows[i].path);
        assert_int_equal(kind, rows[i].kind);
        assert_int_equal(errno, EDOM);
        if (rows[i].number)
            assert_int_equal(number, rows[i].number);
    }
}

/* ---- the folder ------------------------------------------------------------------------------------- */

/* The names that come, with a blank after each. */
static const char *names_in(DIR *folder, bool wide)
{
    static char names[512];

    names[0] = '\0';
    for (;;) {
        const char *name = NULL;
        if (wide) {
            const struct dirent64 *entry = listing_next64(folder);
            name = entry ? entry->d_name : NULL;
        } else {
            const struct dirent *entry = listing_next(folder);
            name = entry ? entry->d_name : NULL;
        }
        if (!name)
            return names;
        strncat(names, name, 64);
        strcat(names, " ");
    }
}

/* The system has i2c-1 and i2c-5. */
static void test_virtual_buses_stand_in_front_of_real_ones(void **state)
{
    DIR *folder = listing_open();

    assert_non_null(folder);
    assert_string_equal(names_in(folder, false), ". .. i2c-1 i2c-12 i2c-99999 i2c-5 ");
    assert_string_equal(names_in(folder, false), "");
    listing_rewind(folder);
    assert_string_equal(names_in(folder, true), ". .. i2c-1 i2c-12 i2c-99999 i2c-5 ");
    listing_close(folder);
}

static void test_a_system_without_buses(void **state)
{
    broken.no_class = true;
    errno = EDOM;
    DIR *folder = listing_open();
    assert_int_equal(errno, EDOM);
    assert_string_equal(names_in(folder, false), ". .. i2c-1 i2c-12 i2c-99999 ");
    listing_rewind(folder);
    assert_string_equal(names_in(folder, true), ". .. i2c-1 i2c-12 i2c-99999 ");
    listing_close(folder);
}

static void test_folders_are_told_apart(void **state)
{
    DIR *other = opendir("/");

    assert_false(listing_is(other));
    DIR *first = listing_open(), *second = listing_open();
    assert_true(listing_is(first));
    assert_true(listing_is(second));
    assert_false(listing_is(other));
    listing_close(first); /* not the last opened */
    assert_true(listing_is(second));
    listing_close(second);
    assert_false(listing_is(other));
    closedir(other);
}

static void test_the_name_of_a_bus(void **state)
{
    char text[512] = "";
    int fd = listing_open_name(12, O_RDONLY);

    assert_int_equal(read(fd, text, sizeof text), 33);
    assert_string_equal(text, "Hallmark virtual bus at /nowhere\n");
    assert_int_equal(fcntl(fd, F_GETFD), 0);
    close(fd);
    memset(text, 0, sizeof text);
    fd = listing_open_name(99999, O_RDONLY | O_CLOEXEC); /* cut, and nothing but the path */
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(read(fd, text, sizeof text), 24 + 200 + 1);
    assert_int_equal(strspn(text + 24, "x"), 200);
    assert_string_equal(text + 224, "\n");
    close(fd);
    assert_int_equal(listing_open_name(12, O_WRONLY), -1);
    assert_int_equal(errno, EACCES);
    broken.no_write = true;
    assert_int_equal(listing_open_name(12, O_RDONLY), -1);
    assert_int_equal(errno, EIO);
}

/* ---- descriptors ------------------------------------------------------------------------------------ */

static void assert_cannot_open(int number, int error)
{
    errno = 0;
    assert_int_equal(descriptor_open(number, 0), -1);
    assert_int_equal(errno, error);
}

static void test_a_descriptor_knows_its_bus(void **state)
{
    errno = EDOM;
    int fd = descriptor_open(1, O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(errno, EDOM);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(descriptor_bus(fd), 1);
    assert_int_equal(descriptor_bus_surely(fd), 1);
    int copy = dup(fd);
    assert_int_equal(descriptor_bus(copy), NOT_OURS); /* not told of it yet */
    descriptor_copied(fd, copy);
    assert_int_equal(descriptor_bus(copy), 1);
    close(copy);
    assert_int_equal(descriptor_bus(copy), NOT_OURS);
    close(fd);
}

static void test_numbers_that_are_no_descriptor(void **state)
{
    int fd = descriptor_open(1, 0);

    assert_int_equal(descriptor_bus(-1), NOT_OURS);
    assert_int_equal(descriptor_bus_surely(-1), NOT_OURS);
    assert_int_equal(descriptor_bus(70000), NOT_OURS); /* beyond the table: the kernel is asked */
    descriptor_copied(fd, -1);
    descriptor_copied(fd, 70000);
    assert_int_equal(descriptor_bus(fd), 1);
    assert_int_equal(descriptor_bus(-1), NOT_OURS);
    close(fd);
}

static void test_buses_that_cannot_be_opened(void **state)
{
    assert_cannot_open(2, ENODEV);     /* not virtual */
    assert_cannot_open(12, ENODEV);    /* nobody there */
    assert_cannot_open(99999, ENODEV); /* no socket has a path as long */
    int next = dup(0);
    close(next);
    broken.no_name = true;
    assert_cannot_open(1, ENODEV);
    sound_system(NULL);
    broken.no_random = true;
    assert_cannot_open(1, ENODEV);
    int now = dup(0);
    close(now);
    assert_int_equal(now, next); /* nothing is left open */
}

/* ---- frame ------------------------------------------------------------------------------------------ */

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_buses_are_lines_of_a_number_and_a_path, sound_system),
        cmocka_unit_test_setup(test_without_buses_nothing_is_virtual, sound_system),
        cmocka_unit_test_setup(test_what_a_missing_acknowledge_is, sound_system),
        cmocka_unit_test_setup(test_paths, sound_system),
        cmocka_unit_test_setup(test_virtual_buses_stand_in_front_of_real_ones, sound_system),
        cmocka_unit_test_setup(test_a_system_without_buses, sound_system),
        cmocka_unit_test_setup(test_folders_are_told_apart, sound_system),
        cmocka_unit_test_setup(test_the_name_of_a_bus, sound_system),
        cmocka_unit_test_setup(test_a_descriptor_knows_its_bus, sound_system),
        cmocka_unit_test_setup(test_numbers_that_are_no_descriptor, sound_system),
        cmocka_unit_test_setup(test_buses_that_cannot_be_opened, sound_system),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Makes the folder with a socket and the system's two buses, and starts the tests there. */
static int prepare(void)
{
    char folder[] = "/tmp/hallmark-buses.XXXXXX", path[128], settings[1024], digits[301];
    static const char *const names[] = {"class/i2c-1", "class/i2c-5", "class", "bus.sock", ""};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int status = -1;

    if (!mkdtemp(folder) || setenv(FOLDER_VARIABLE, folder, 1) < 0)
        return 1;
    for (int i = 2; i >= 0; i--) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (mkdir(path, 0700) < 0)
            return 1;
    }
    snprintf(address.sun_path, sizeof address.sun_path, "%s/bus.sock", folder);
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (bind(listener, (const struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 100) < 0)
        return 1;
    memset(digits, 'x', 300);
    digits[300] = '\0';
    snprintf(settings, sizeof settings,
             "1=%s\nnonsense\n02=/nowhere\n3\n3x=/nowhere\n123456=/nowhere\n12=/nowhere\n99999=%s",
             address.sun_path, digits);
    setenv(BUSES_VARIABLE, settings, 1);
    unsetenv(NACK_VARIABLE);
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", own_name, (char *)NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    close(listener);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)remove(path);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
    own_name = argv[0];
    if (argc == 2)
        return use(argv[1]);
    return getenv(FOLDER_VARIABLE) ? run() : prepare();
}
