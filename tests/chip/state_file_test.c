/* The file that keeps the EEPROM: round trip, damage, versions, locking, what a kill leaves behind. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "state_file.h"

static char folder[64], path[128], new_path[160];
static struct state_file file;
static struct chip_eeprom eeprom, loaded;
static char error[STATE_ERROR_MAX];

static void fill(struct chip_eeprom *image, unsigned seed)
{
    uint8_t *bytes = (uint8_t *)image;

    for (size_t i = 0; i < sizeof *image; i++)
        bytes[i] = (uint8_t)(i * 7 + seed);
}

static int setup(void **state)
{
    strcpy(folder, "/tmp/hallmark-state-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/chip.state", folder);
    snprintf(new_path, sizeof new_path, "%s.new", path);
    fill(&eeprom, 1);
    return state_open(&file, path, error);
}

static int teardown(void **state)
{
    char lock_path[160];

    state_close(&file);
    snprintf(lock_path, sizeof lock_path, "%s.lock", path);
    unlink(lock_path);
    unlink(new_path);
    unlink(path);
    return rmdir(folder);
}

static size_t read_file(const char *name, uint8_t *bytes, size_t most)
{
    FILE *in = fopen(name, "rb");
    assert_non_null(in);
    size_t n = fread(bytes, 1, most, in);
    fclose(in);
    return n;
}

static void write_file(const char *name, const uint8_t *bytes, size_t n)
{
    FILE *out = fopen(name, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, n, out), n);
    fclose(out);
}

static void test_round_trip(void **state)
{
    assert_int_equal(state_save(&file, &eeprom, error), 0);
    assert_int_equal(state_load(&file, &loaded, error), 0);
    assert_memory_equal(&eeprom, &loaded, sizeof eeprom);
}

static void test_a_missing_file_is_no_error(void **state)
{
    assert_int_equal(state_load(&file, &loaded, error), 1);
}

static void test_only_the_owner_may_read_it(void **state)
{
    struct stat status;
    mode_t before = umask(0);

    assert_int_equal(state_save(&file, &eeprom, error), 0);
    umask(before);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void expect_refused(const uint8_t *bytes, size_t n, const char *why)
{
    uint8_t after[STATE_FILE_SIZE + 64];

    write_file(path, bytes, n);
    memset(&loaded, 0x77, sizeof loaded);
    assert_int_equal(state_load(&file, &loaded, error), -1);
    assert_non_null(strstr(error, path));
    if (!strstr(error, why))
        fail_msg("expected \"%s\" in: %s", why, error);
    assert_int_equal(((uint8_t *)&loaded)[0], 0x77); /* nothing half-loaded */
    assert_int_equal(read_file(path, after, sizeof after), n);
    assert_memory_equal(after, bytes, n);
}

static void test_any_flipped_bit_is_noticed(void **state)
{
    uint8_t bytes[STATE_FILE_SIZE];

    state_encode(&eeprom, bytes);
    for (size_t i = 16; i < sizeof bytes; i++) {
        bytes[i] ^= (uint8_t)(1u << i % 8);
        assert_string_equal(state_decode(bytes, sizeof bytes, &loaded),
                            "it is damaged: its checksum is wrong");
        bytes[i] ^= (uint8_t)(1u << i % 8);
    }
    assert_null(state_decode(bytes, sizeof bytes, &loaded));
    bytes[700] ^= 1;
    expect_refused(bytes, sizeof bytes, "checksum");
}

static void test_any_other_length_is_noticed(void **state)
{
    uint8_t bytes[STATE_FILE_SIZE + 1] = {0};

    state_encode(&eeprom, bytes);
    for (size_t n = 0; n < STATE_FILE_SIZE; n++)
        assert_non_null(state_decode(bytes, n, &loaded));
    expect_refused(bytes, STATE_FILE_SIZE - 1, "length");
    expect_refused(bytes, STATE_FILE_SIZE + 1, "length");
    expect_refused(bytes, 0, "not the state");
}

static void test_a_newer_version_is_refused_by_that_name(void **state)
{
    uint8_t bytes[STATE_FILE_SIZE];

    state_encode(&eeprom, bytes);
    bytes[8] = 2;
    expect_refused(bytes, sizeof bytes, "newer version");
    bytes[8] = 0;
    expect_refused(bytes, sizeof bytes, "version");
}

static void test_another_file_is_refused(void **state)
{
    static const uint8_t text[] = "-----BEGIN EC PRIVATE KEY-----\n";

    expect_refused(text, sizeof text - 1, "not the state of a virtual chip");
}

/* A kill while FILE.new is being written, at every length. */
static void test_a_torn_new_file_does_not_matter(void **state)
{
    uint8_t bytes[STATE_FILE_SIZE];
    struct chip_eeprom next;

    fill(&next, 99);
    state_encode(&next, bytes);
    assert_int_equal(state_save(&file, &eeprom, error), 0);
    for (size_t n = 0; n <= sizeof bytes; n += 131) {
        write_file(new_path, bytes, n);
        assert_int_equal(state_load(&file, &loaded, error), 0);
        assert_memory_equal(&loaded, &eeprom, sizeof loaded);
    }
    assert_int_equal(state_save(&file, &next, error), 0); /* replaces the remains */
    assert_int_equal(state_load(&file, &loaded, error), 0);
    assert_memory_equal(&loaded, &next, sizeof loaded);
    assert_int_equal(access(new_path, F_OK), -1);
}

static void test_two_may_not_hold_it(void **state)
{
    struct state_file second;

    assert_int_equal(state_open(&second, path, error), -1);
    assert_non_null(strstr(error, "in use by another"));
    state_close(&file);
    assert_int_equal(state_open(&second, path, error), 0);
    state_close(&second);
    assert_int_equal(state_open(&file, path, error), 0);
}

static void test_a_second_name_for_the_file_is_the_same_file(void **state)
{
    struct state_file second;
    char link_path[160];

    assert_int_equal(state_save(&file, &eeprom, error), 0);
    snprintf(link_path, sizeof link_path, "%s/link", folder);
    assert_int_equal(symlink(path, link_path), 0);
    int result = state_open(&second, link_path, error);
    unlink(link_path);
    assert_int_equal(result, -1);
}

static void test_a_folder_that_is_not_there(void **state)
{
    struct state_file other;

    assert_int_equal(state_open(&other, "/nonexistent/folder/chip.state", error), -1);
    assert_non_null(strstr(error, "No such file or directory"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_round_trip),
        T(test_a_missing_file_is_no_error),
        T(test_only_the_owner_may_read_it),
        T(test_any_flipped_bit_is_noticed),
        T(test_any_other_length_is_noticed),
        T(test_a_newer_version_is_refused_by_that_name),
        T(test_another_file_is_refused),
        T(test_a_torn_new_file_does_not_matter),
        T(test_two_may_not_hold_it),
        T(test_a_second_name_for_the_file_is_the_same_file),
        T(test_a_folder_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
