/* fw.zip: what is packed comes out again; what was changed on the way does not.  mongoose-os.md 5.5 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle.h"
#include "generated_file.h"
#include "source_files.h"

static struct arena arena;
static struct build_error error;
static char folder[64];

static const char *in(const char *name)
{
    return arena_format(&arena, "%s/%s", folder, name);
}

static int begin(void **state)
{
    arena = (struct arena){0};
    error = (struct build_error){{0}};
    strcpy(folder, "/tmp/bundle_test.XXXXXX");
    if (!mkdtemp(folder) || mkdir(in("fs"), 0700) < 0)
        return -1;
    return write_file_if_changed(in("fw.elf"), "\177ELF program", 12, &error) &&
                   write_file_if_changed(in("fs/index.html"), "<p>hello", 8, &error) &&
                   write_file_if_changed(in("fs/empty"), "", 0, &error)
               ? 0
               : -1;
}

static int end(void **state)
{
    remove_folder(folder, &error);
    arena_release(&arena);
    return 0;
}

static const struct build_version version = {"1.0", "20190127-051234", "2019-01-27T05:12:34Z", 1548565954};

static char *packed(size_t *length)
{
    assert_true(bundle_write(in("fw.zip"), "my-app", "linux", &version, in("fw.elf"), in("fs"), &error));
    char *bytes = read_whole_file(in("fw.zip"), 1 << 20, length, &error);
    assert_non_null(bytes);
    return bytes;
}

static bool is_intact(const struct bundle *bundle)
{
    const struct bundle_part *fw = bundle_find(bundle, "fw"), *page = bundle_find(bundle, "fs/index.html"),
                             *empty = bundle_find(bundle, "fs/empty");
    return bundle->part_count == 3 && fw && page && empty && fw->length == 12 &&
           memcmp(fw->bytes, "\177ELF program", 12) == 0 && page->length == 8 &&
           memcmp(page->bytes, "<p>hello", 8) == 0 && empty->length == 0;
}

static void round_trip(void **state)
{
    size_t length;
    struct bundle bundle;
    free(packed(&length));
    assert_true(bundle_read(&arena, in("fw.zip"), &bundle, &error));
    assert_true(is_intact(&bundle));
    assert_string_equal(bundle.name, "my-app");
    assert_string_equal(bundle.platform, "linux");
    assert_string_equal(bundle.version, "1.0");
    assert_string_equal(bundle.build_id, "20190127-051234");
    assert_string_equal(bundle_find(&bundle, "fw")->type, "elf");
    assert_string_equal(bundle_find(&bundle, "fs/index.html")->name, "index.html");
}

/* The same input gives the same archive: builds can be reproduced. */
static void reproducible(void **state)
{
    size_t first_length, second_length;
    char *first = packed(&first_length);
    char *second = packed(&second_length);
    assert_int_equal(first_length, second_length);
    assert_memory_equal(first, second, first_length);
    free(first);
    free(second);
}

static void truncated_anywhere(void **state)
{
    size_t length;
    char *bytes = packed(&length);
    for (size_t cut = 0; cut < length; cut++) {
        struct bundle bundle;
        error.text[0] = '\0';
        assert_false(bundle_parse(&arena, "fw.zip", bytes, cut, &bundle, &error));
        assert_non_null(strstr(error.text, "fw.zip is no firmware"));
    }
    free(bytes);
}

/* A byte changed anywhere is noticed, or changes nothing that is used (dates, attributes). */
static void one_byte_changed_anywhere(void **state)
{
    size_t length, refused = 0;
    char *bytes = packed(&length);
    for (size_t i = 0; i < length; i++) {
        struct arena scratch = {0};
        struct bundle bundle;
        bytes[i] ^= 0x55;
        error.text[0] = '\0';
        if (bundle_parse(&scratch, "fw.zip", bytes, length, &bundle, &error))
            assert_true(is_intact(&bundle));
        else
            refused++;
        bytes[i] ^= 0x55;
        arena_release(&scratch);
    }
    assert_true(refused > length / 2);
    free(bytes);
}

static void a_failed_pack_leaves_the_old_archive(void **state)
{
    size_t length, again;
    char *before = packed(&length);
    assert_false(bundle_write(in("fw.zip"), "my-app", "linux", &version, in("no.elf"), in("fs"), &error));
    assert_non_null(strstr(error.text, "cannot read"));
    char *after = read_whole_file(in("fw.zip"), 1 << 20, &again, &(struct build_error){{0}});
    assert_int_equal(length, again);
    assert_memory_equal(before, after, length);
    assert_int_equal(access(in("fw.zip.new"), F_OK), -1);
    free(before);
    free(after);
}

static void names_of_the_boards_file_system(void **state)
{
    static const char *const good[] = {"index.html", "conf9.json",
                                       ".hidden",    "a b",
                                       "...",        "12345678901234567890123456789012345678901234567"};
    static const char *const bad[] = {"",     ".",       "..",
                                      "a/b",  "../evil", "/etc/passwd",
                                      "a\nb", "\x7f",    "123456789012345678901234567890123456789012345678"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(is_storage_name(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(is_storage_name(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(round_trip, begin, end),
        cmocka_unit_test_setup_teardown(reproducible, begin, end),
        cmocka_unit_test_setup_teardown(truncated_anywhere, begin, end),
        cmocka_unit_test_setup_teardown(one_byte_changed_anywhere, begin, end),
        cmocka_unit_test_setup_teardown(a_failed_pack_leaves_the_old_archive, begin, end),
        cmocka_unit_test(names_of_the_boards_file_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
