/* Storage of the linux board: a folder. os/storage.h */

#include "../check.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "port.h"
#include "storage.h"

static char folder[64];

static void path_in(char out[200], const char *name)
{
    snprintf(out, 200, "%s/%s", folder, name);
}

static int start(void **state)
{
    strcpy(folder, "/tmp/hallmark-storage-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_null(storage_start(folder, 10000));
    return 0;
}

static int finish(void **state)
{
    char command[100];

    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

static const char *content(const char *name)
{
    static char text[200];
    int32_t n = storage_read(name, 0, text, sizeof(text) - 1);

    text[n < 0 ? 0 : n] = '\0';
    return n < 0 ? NULL : text;
}

static void files_are_written_and_read(void **state)
{
    char part[4] = "";

    assert_int_equal(storage_write("a.txt", 0, "hello", 5), 0);
    assert_int_equal(storage_size("a.txt"), 5);
    assert_int_equal(storage_write("a.txt", 5, " world", 6), 0);
    assert_int_equal(storage_write("/a.txt", 0, "H", 1), 0);
    assert_string_equal(content("/a.txt"), "Hello world");
    assert_int_equal(storage_read("a.txt", 4, part, 3), 3);
    assert_string_equal(part, "o w");
    assert_int_equal(storage_read("a.txt", 11, part, 3), 0);
    assert_int_equal(storage_read("a.txt", 4000000000u, part, 3), 0);
    assert_int_equal(storage_create("a.txt"), 0);
    assert_int_equal(storage_size("a.txt"), 0);
}

static void a_gap_is_refused(void **state)
{
    assert_int_equal(storage_write("a", 1, "x", 1), STORAGE_ERROR_NOT_FOUND);
    storage_write("a", 0, "abc", 3);
    assert_int_equal(storage_write("a", 4, "x", 1), STORAGE_ERROR_OFFSET);
    assert_string_equal(content("a"), "abc");
}

static void replacing_is_whole(void **state)
{
    assert_int_equal(storage_replace("conf9.json", "a long first content", 20), 0);
    assert_int_equal(storage_replace("conf9.json", "short", 5), 0);
    assert_string_equal(content("conf9.json"), "short");
    assert_int_equal(storage_replace("empty", "", 0), 0);
    assert_int_equal(storage_size("empty"), 0);
}

static void names_do_not_lead_out_of_the_folder(void **state)
{
    static const char *const bad[] = {"",     "/",    ".",
                                      "..",   "../x", "a/b",
                                      "/a/b", "//x",  "0123456789012345678901234567890123456789012345678"};
    char byte;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(storage_size(bad[i]), STORAGE_ERROR_NAME);
        assert_int_equal(storage_read(bad[i], 0, &byte, 1), STORAGE_ERROR_NAME);
        assert_int_equal(storage_write(bad[i], 0, "x", 1), STORAGE_ERROR_NAME);
        assert_int_equal(storage_create(bad[i]), STORAGE_ERROR_NAME);
        assert_int_equal(storage_replace(bad[i], "x", 1), STORAGE_ERROR_NAME);
        assert_int_equal(storage_remove(bad[i]), STORAGE_ERROR_NAME);
        assert_int_equal(storage_rename("a", bad[i]), STORAGE_ERROR_NAME);
    }
    assert_int_equal(storage_replace("01234567890123456789012345678901234567890123456", "x", 1), 0);
}

static void links_and_folders_are_no_files(void **state)
{
    char path[200], byte;

    path_in(path, "passwd");
    assert_int_equal(symlink("/etc/passwd", path), 0);
    path_in(path, "sub");
    assert_int_equal(mkdir(path, 0700), 0);
    path_in(path, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_true(storage_read("passwd", 0, &byte, 1) < 0);
    assert_true(storage_write("passwd", 0, "x", 1) < 0);
    assert_true(storage_size("sub") < 0);
    assert_true(storage_remove("sub") < 0);
    assert_true(storage_read("pipe", 0, &byte, 1) < 0);
}

static bool add_name(const char *name, uint32_t size, void *user)
{
    char entry[80];

    snprintf(entry, sizeof(entry), "%s=%u;", name, (unsigned)size);
    strcat(user, entry);
    return true;
}

static bool stop_at_once(const char *name, uint32_t size, void *user)
{
    ++*(int *)user;
    return false;
}

static void listing_shows_files_only(void **state)
{
    char path[200], names[300] = "";
    int seen = 0;

    storage_replace("a", "12", 2);
    storage_replace(".b", "1", 1);
    path_in(path, "sub");
    mkdir(path, 0700);
    storage_list(add_name, names);
    assert_true(strcmp(names, "a=2;.b=1;") == 0 || strcmp(names, ".b=1;a=2;") == 0);
    storage_list(stop_at_once, &seen);
    assert_int_equal(seen, 1);
}

static void removing_and_renaming(void **state)
{
    storage_replace("a", "1", 1);
    storage_replace("b", "2", 1);
    assert_int_equal(storage_rename("a", "b"), 0);
    assert_string_equal(content("b"), "1");
    assert_int_equal(storage_size("a"), STORAGE_ERROR_NOT_FOUND);
    assert_int_equal(storage_rename("a", "c"), STORAGE_ERROR_NOT_FOUND);
    assert_int_equal(storage_remove("b"), 0);
    assert_int_equal(storage_remove("b"), STORAGE_ERROR_NOT_FOUND);
}

static void the_capacity_is_a_limit(void **state)
{
    static char block[6000];
    uint32_t size, free_bytes;

    assert_int_equal(storage_replace("a", block, 6000), 0);
    storage_space(&size, &free_bytes);
    assert_int_equal(size, 10000);
    assert_int_equal(free_bytes, 4000);
    assert_int_equal(storage_replace("b", block, 6000), STORAGE_ERROR_FULL);
    assert_int_equal(storage_size("b"), STORAGE_ERROR_NOT_FOUND);
    assert_int_equal(storage_write("a", 6000, block, 4001), STORAGE_ERROR_FULL);
    assert_int_equal(storage_size("a"), 6000);
    assert_int_equal(storage_replace("a", block, 6000), 0);
}

static void what_was_not_complete_when_the_power_failed_is_cleared_away(void **state)
{
    char path[200], names[300] = "";
    struct stat status;

    path_in(path, ".new-content-of-a-file-until-it-is-complete-on-the-medium");
    close(open(path, O_CREAT | O_WRONLY, 0600));
    storage_list(add_name, names);
    assert_string_equal(names, "");
    assert_null(storage_start(folder, 10000));
    assert_int_equal(stat(path, &status), -1);
}

/* A process that is killed at any moment leaves one content or another, never a mixture or nothing. */
static void killing_the_writer_leaves_a_whole_file(void **state)
{
    static char a[3000], b[3000], got[3001];

    memset(a, 'a', sizeof(a));
    memset(b, 'b', sizeof(b));
    storage_replace("f", a, sizeof(a));
    for (int i = 0; i < 20; i++) {
        int started[2];
        char byte;
        assert_int_equal(pipe(started), 0);
        pid_t child = fork();
        if (child == 0) {
            for (;;) {
                storage_replace("f", a, sizeof(a));
                assert_int_equal(write(started[1], "x", 1), 1);
                storage_replace("f", b, sizeof(b));
            }
        }
        assert_int_equal(read(started[0], &byte, 1), 1);
        usleep((unsigned)i * 97);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        close(started[0]);
        close(started[1]);
        assert_int_equal(storage_read("f", 0, got, sizeof(got)), 3000);
        assert_true(memcmp(got, a, 3000) == 0 || memcmp(got, b, 3000) == 0);
    }
}

static void a_missing_folder_is_explained(void **state)
{
    const char *why = storage_start("/nonexistent/fs", 10000);

    assert_non_null(why);
    assert_string_equal(why, "--fs /nonexistent/fs: No such file or directory; give a folder that exists");
    assert_string_equal(storage_strerror(STORAGE_ERROR_FULL), "the file system is full: remove a file first");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_written_and_read, start, finish),
        cmocka_unit_test_setup_teardown(a_gap_is_refused, start, finish),
        cmocka_unit_test_setup_teardown(replacing_is_whole, start, finish),
        cmocka_unit_test_setup_teardown(names_do_not_lead_out_of_the_folder, start, finish),
        cmocka_unit_test_setup_teardown(links_and_folders_are_no_files, start, finish),
        cmocka_unit_test_setup_teardown(listing_shows_files_only, start, finish),
        cmocka_unit_test_setup_teardown(removing_and_renaming, start, finish),
        cmocka_unit_test_setup_teardown(the_capacity_is_a_limit, start, finish),
        cmocka_unit_test_setup_teardown(what_was_not_complete_when_the_power_failed_is_cleared_away, start,
                                        finish),
        cmocka_unit_test_setup_teardown(killing_the_writer_leaves_a_whole_file, start, finish),
        cmocka_unit_test_setup_teardown(a_missing_folder_is_explained, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
