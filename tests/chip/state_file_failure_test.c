/* The system refuses one of its calls, each in turn, while a chip's EEPROM is kept: the file has the old values or the new
 * ones, whole, and a save that said yes has the new ones.
 *
 * The calls chip/state_file.c makes are wrapped when this program is linked (--wrap, tests/chip/meson.build). */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "state_file.h"

/* The call that is to fail, counted from 1; 0: none. */
static unsigned calls, failing_call, interruptions;
static bool in_small_pieces; /* read() and write() take 100 bytes at most */

enum { SMALL_PIECE = 100 };

static bool fails(void)
{
    errno = EIO;
    return ++calls == failing_call;
}

static bool is_interrupted(void)
{
    if (interruptions == 0)
        return false;
    interruptions--;
    errno = EINTR;
    return true;
}

/* With 64-bit offsets open() is open64(). */
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    return fails() ? -1 : __real_open(path, flags | O_LARGEFILE, 0600);
}

int __wrap_open64(const char *path, int flags, ...)
{
    return __wrap_open(path, flags);
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    bool failed = fails();

    __real_close(fd); /* Linux closes it even when it says that it could not */
    errno = EIO;
    return failed ? -1 : 0;
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    return fails() ? -1 : __real_fsync(fd);
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    return fails() ? -1 : __real_rename(from, to);
}

static size_t piece(size_t n)
{
    return in_small_pieces && n > SMALL_PIECE ? SMALL_PIECE : n;
}

ssize_t __real_read(int fd, void *bytes, size_t n);
ssize_t __wrap_read(int fd, void *bytes, size_t n);
ssize_t __wrap_read(int fd, void *bytes, size_t n)
{
    return is_interrupted() || fails() ? -1 : __real_read(fd, bytes, piece(n));
}

ssize_t __real_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
    return is_interrupted() || fails() ? -1 : __real_write(fd, bytes, piece(n));
}

/* ---- the file --------------------------------------------------------------------------------------- */

static char folder[64], path[128], error[STATE_ERROR_MAX];
static struct state_file file;
static struct chip_eeprom old_values, new_values, loaded;

static int set_up(void **state)
{
    failing_call = interruptions = 0;
    in_small_pieces = false;
    memset(&old_values, 0x0D, sizeof old_values);
    memset(&new_values, 0x7E, sizeof new_values);
    strcpy(folder, "/tmp/hallmark-state-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/chip.state", folder);
    return state_open(&file, path, error) < 0 || state_save(&file, &old_values, error) < 0 ? -1 : 0;
}

static void remove_beside(const char *suffix)
{
    char name[160];

    snprintf(name, sizeof name, "%s%s", path, suffix);
    unlink(name);
}

static int tear_down(void **state)
{
    failing_call = 0;
    state_close(&file);
    remove_beside(".lock");
    remove_beside(".new");
    remove_beside("");
    return rmdir(folder);
}

static void fail_at(unsigned call)
{
    calls = 0;
    failing_call = call;
    error[0] = '\0';
}

static void expect_whole(bool new_ones)
{
    failing_call = 0;
    memset(&loaded, 0, sizeof loaded);
    assert_int_equal(state_load(&file, &loaded, error), 0);
    if (new_ones)
        assert_memory_equal(&loaded, &new_values, sizeof loaded);
    else if (memcmp(&loaded, &new_values, sizeof loaded) != 0)
        assert_memory_equal(&loaded, &old_values, sizeof loaded);
}

static void sweep_saves(void)
{
    unsigned refused = 0;

    for (unsigned at = 1;; at++) {
        fail_at(at);
        int result = state_save(&file, &new_values, error);
        bool all_done = calls < at;
        if (result < 0) {
            refused++;
            if (!strstr(error, path) || !strstr(error, strerror(EIO)))
                fail_msg("call %u: %s", at, error);
        }
        expect_whole(result == 0);
        if (all_done) {
            assert_int_equal(result, 0);
            break;
        }
        assert_int_equal(state_save(&file, &old_values, error), 0); /* the next one works */
    }
    assert_true(refused >= 7); /* open, write, fsync, close; rename; the folder's open, fsync */
}

static void test_a_save_is_whole_or_nothing(void **state)
{
    sweep_saves();
}

static void test_a_save_in_small_pieces(void **state)
{
    in_small_pieces = true;
    sweep_saves();
}

static void test_interruptions_are_nothing(void **state)
{
    interruptions = 3;
    assert_int_equal(state_save(&file, &new_values, error), 0);
    assert_int_equal(interruptions, 0);
    interruptions = 3;
    assert_int_equal(state_load(&file, &loaded, error), 0);
    assert_int_equal(interruptions, 0);
    assert_memory_equal(&loaded, &new_values, sizeof loaded);
}

static void test_a_load_that_fails_leaves_the_values_alone(void **state)
{
    for (unsigned at = 1; at <= 2; at++) { /* open, read */
        loaded = new_values;
        fail_at(at);
        assert_int_equal(state_load(&file, &loaded, error), -1);
        assert_non_null(strstr(error, "cannot read the chip's state"));
        assert_non_null(strstr(error, strerror(EIO)));
        assert_memory_equal(&loaded, &new_values, sizeof loaded);
    }
}

static void test_a_lock_that_cannot_be_made(void **state)
{
    struct state_file other;

    fail_at(1);
    assert_int_equal(state_open(&other, path, error), -1);
    assert_non_null(strstr(error, "cannot create the lock"));
    assert_int_equal(other.lock, -1);
    state_close(&other); /* nothing to close */
    assert_int_equal(other.lock, -1);
}

static void test_paths_that_are_none(void **state)
{
    struct state_file other;
    char name[STATE_PATH_MAX + 200];

    assert_int_equal(state_open(&other, "", error), -1);
    assert_non_null(strstr(error, "empty or longer"));
    assert_int_equal(state_open(&other, "/dev/null/chip.state", error), -1);
    assert_non_null(strstr(error, strerror(ENOTDIR)));
    for (size_t i = 0; i < sizeof name - 1; i++)
        name[i] = i % 100 == 0 ? '/' : 'x';
    name[sizeof name - 1] = '\0';
    assert_int_equal(state_open(&other, name, error), -1);
    assert_int_equal(other.lock, -1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_a_save_is_whole_or_nothing), T(test_a_save_in_small_pieces),
        T(test_interruptions_are_nothing),  T(test_a_load_that_fails_leaves_the_values_alone),
        T(test_a_lock_that_cannot_be_made), T(test_paths_that_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
