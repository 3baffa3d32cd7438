/* Which programs hallmark-i2c serves, and what it says of the others. Most are headers only: nothing here is started. */

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "chip/interposer/program_file.h"

enum { NOBODY = 65534 };

static const char glibc_loader[] = "/lib64/ld-linux-x86-64.so.2";
static char folder[64];

/* A program's file: its header, a table of two program headers, the loader's path, section names, two sections. */
struct image {
    ElfW(Ehdr) header;
    ElfW(Phdr) segments[2];
    char loader[300];
    char names[64];
    ElfW(Shdr) sections[2];
};

/* A sound one for this machine and glibc, with debug information only. */
static struct image sound_image(void)
{
    struct image image;
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    memset(&image, 0, sizeof image);
    assert_int_equal(read(self, &image.header, sizeof image.header), sizeof image.header);
    close(self);
    image.header.e_phoff = offsetof(struct image, segments);
    image.header.e_phentsize = sizeof image.segments[0];
    image.header.e_phnum = 2;
    image.header.e_shoff = offsetof(struct image, sections);
    image.header.e_shentsize = sizeof image.sections[0];
    image.header.e_shnum = 2;
    image.header.e_shstrndx = 0;
    image.segments[0].p_type = PT_LOAD;
    image.segments[1].p_type = PT_INTERP;
    image.segments[1].p_offset = offsetof(struct image, loader);
    image.segments[1].p_filesz = sizeof glibc_loader;
    memcpy(image.loader, glibc_loader, sizeof glibc_loader);
    memcpy(image.names, "\0.shstrtab\0.debug", 18);
    image.sections[0].sh_name = 1;
    image.sections[0].sh_offset = offsetof(struct image, names);
    image.sections[0].sh_size = sizeof image.names;
    image.sections[1].sh_name = 11;
    return image;
}

static const char *path_of(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *write_file(const char *name, const void *bytes, size_t n)
{
    const char *path = path_of(name);

    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    close(fd);
    return path;
}

static const char *obstacle_of(const struct image *image, size_t n)
{
    return program_obstacle(write_file("program", image, n));
}

#define assert_served(image) assert_null(obstacle_of((image), sizeof *(image)))

#define assert_says(obstacle, part)                                                                          \
    do {                                                                                                     \
        const char *said_ = (obstacle);                                                                      \
        assert_non_null(said_);                                                                              \
        assert_non_null(strstr(said_, (part)));                                                              \
    } while (0)

#define assert_refused(image, part) assert_says(obstacle_of((image), sizeof *(image)), (part))

/* ---- ELF files -------------------------------------------------------------------------------------- */

static void test_a_sound_program_is_served(void **state)
{
    struct image image = sound_image();

    assert_served(&image);
    assert_null(program_obstacle("/proc/self/exe"));
}

static void test_another_word_size(void **state)
{
    struct image image = sound_image();

    image.header.e_ident[EI_CLASS] = image.header.e_ident[EI_CLASS] == ELFCLASS64 ? ELFCLASS32 : ELFCLASS64;
    assert_refused(&image, "another kind of processor or word size");
}

static void test_another_machine(void **state)
{
    struct image image = sound_image();

    image.header.e_machine = EM_XTENSA;
    assert_refused(&image, "another kind of processor");
}

static void test_a_file_that_ends_in_its_header(void **state)
{
    struct image image = sound_image();

    assert_says(obstacle_of(&image, sizeof image.header - 1), "is too short for a program");
    assert_says(obstacle_of(&image, SELFMAG), "is too short for a program");
}

static void test_damaged_program_headers(void **state)
{
    static const char damaged[] = "is damaged, or no program this command understands";
    struct image image = sound_image();

    assert_says(obstacle_of(&image, offsetof(struct image, segments[1])), damaged);
    image.header.e_phentsize--;
    assert_refused(&image, damaged);
    image = sound_image();
    image.header.e_phnum = 513;
    assert_refused(&image, damaged);
    image = sound_image();
    image.header.e_phoff = UINT64_MAX - 16; /* beyond what a file can be */
    assert_refused(&image, damaged);
    image = sound_image();
    image.segments[1].p_offset = sizeof image;
    assert_refused(&image, damaged);
}

static void test_no_loader_is_static(void **state)
{
    struct image image = sound_image();

    image.header.e_phnum = 1;
    assert_refused(&image, "is linked statically");
    image.header.e_phnum = 0;
    assert_refused(&image, "is linked statically");
}

static void test_the_loader_of_musl(void **state)
{
    struct image image = sound_image();

    strcpy(image.loader, "/lib/ld-musl-x86_64.so.1");
    assert_refused(&image, "is linked with musl");
}

static void test_of_a_long_loader_path_255_bytes_are_read(void **state)
{
    struct image image = sound_image();

    memset(image.loader, 'x', sizeof image.loader);
    image.segments[1].p_filesz = sizeof image.loader;
    memcpy(image.loader + 240, "ld-musl", 7);
    assert_refused(&image, "is linked with musl");
    memset(image.loader, 'x', sizeof image.loader);
    memcpy(image.loader + 252, "ld-musl", 7);
    assert_served(&image);
}

static void test_the_runtime_of_go(void **state)
{
    struct image image = sound_image();

    strcpy(image.names + 11, ".go.buildinfo");
    assert_refused(&image, "is a Go program");
}

/* Without section names nothing tells of Go; the loader's path was sound, so the program is started. */
static void test_section_tables_that_cannot_be_read(void **state)
{
    struct image image = sound_image();

    strcpy(image.names + 11, ".go.buildinfo");
    struct image go = image;
    image.header.e_shentsize = 0;
    assert_served(&image);
    image = go;
    image.header.e_shnum = 513;
    assert_served(&image);
    image = go;
    image.header.e_shstrndx = 2;
    assert_served(&image);
    image = go;
    image.header.e_shoff = sizeof image;
    assert_served(&image);
    image = go;
    image.sections[0].sh_offset = sizeof image;
    assert_served(&image);
    image = go;
    image.header.e_shnum = 3; /* one more than there are in the file */
    image.sections[1].sh_name = 1;
    assert_served(&image);
    image = go;
    image.sections[1].sh_name = sizeof image.names; /* a name outside of the names */
    assert_served(&image);
}

static void test_more_names_than_are_looked_at(void **state)
{
    enum { MANY = 65536 + 100 };
    struct image image = sound_image();
    size_t whole = sizeof image + MANY;
    char *file = calloc(1, whole);

    assert_non_null(file);
    image.sections[0].sh_offset = sizeof image;
    image.sections[0].sh_size = MANY;
    image.sections[1].sh_name = 65536 + 10;
    memcpy(file, &image, sizeof image);
    strcpy(file + sizeof image + 65536 + 10, ".go.buildinfo");
    assert_null(program_obstacle(write_file("program", file, whole)));
    image.sections[1].sh_name = 65536 - 20;
    memcpy(file, &image, sizeof image);
    strcpy(file + sizeof image + 65536 - 20, ".go.buildinfo");
    assert_says(program_obstacle(write_file("program", file, whole)), "is a Go program");
    free(file);
}

/* ---- scripts and others ----------------------------------------------------------------------------- */

static const char *script_obstacle(const char *name, const char *text)
{
    return program_obstacle(write_file(name, text, strlen(text)));
}

static void test_of_a_script_the_interpreter_is_looked_at(void **state)
{
    struct image image = sound_image();
    char text[256];

    image.header.e_phnum = 0;
    write_file("static", &image, sizeof image);
    snprintf(text, sizeof text, "#! \t%s/static -x\nrest\n", folder);
    assert_says(script_obstacle("script", text), "is linked statically");
    snprintf(text, sizeof text, "#!%s/static\n", folder);
    assert_says(script_obstacle("script", text), "is linked statically");
    snprintf(text, sizeof text, "#!%s/script\n", folder); /* the interpreter is a script itself */
    assert_says(script_obstacle("second", text), "is linked statically");
}

static void test_scripts_the_kernel_will_judge(void **state)
{
    char text[320];

    assert_null(script_obstacle("script", "#!/nowhere/interpreter\n"));
    assert_null(script_obstacle("script", "#!"));
    assert_null(script_obstacle("script", "#! \n"));
    memset(text, 'x', sizeof text); /* no end of the path in what the kernel reads */
    memcpy(text, "#!/", 3);
    text[sizeof text - 1] = '\0';
    assert_null(script_obstacle("script", text));
    snprintf(text, sizeof text, "#!%s/round\n", folder);
    assert_null(script_obstacle("round", text)); /* its own interpreter: not for ever */
}

static void test_files_that_are_no_program(void **state)
{
    assert_null(script_obstacle("text", "echo a shell script without a first line\n"));
    assert_null(script_obstacle("text", ""));
    assert_null(script_obstacle("text", "x"));
    assert_null(program_obstacle(folder)); /* a folder cannot be read */
    assert_null(program_obstacle(path_of("nothing")));
}

/* ---- more rights than the caller -------------------------------------------------------------------- */

/* Only root can make a file that has other rights than one's own, or take on others for a moment. */
static bool can_change_rights(const char *test)
{
    if (geteuid() == 0)
        return true;
    print_message("%s: only root can do this\n", test);
    return false;
}

static void test_setuid_and_setgid(void **state)
{
    static const char rights[] = "has more rights than you";
    struct image image = sound_image();

    if (!can_change_rights(__func__))
        return;
    const char *path = write_file("program", &image, sizeof image);
    assert_int_equal(chown(path, NOBODY, (gid_t)-1), 0);
    assert_int_equal(chmod(path, 04755), 0);
    assert_says(program_obstacle(path), rights);
    assert_int_equal(chown(path, 0, NOBODY), 0);
    assert_int_equal(chmod(path, 02755), 0);
    assert_says(program_obstacle(path), rights);
}

static void test_setuid_to_the_caller_changes_nothing(void **state)
{
    struct image image = sound_image();

    const char *path = write_file("program", &image, sizeof image);
    assert_int_equal(chown(path, geteuid(), getegid()), 0);
    assert_int_equal(chmod(path, 06755), 0);
    assert_null(program_obstacle(path));
}

static void test_capabilities(void **state)
{
    /* CAP_NET_RAW, permitted and effective; numbers are little-endian */
    static const uint8_t net_raw[20] = {0x01, 0x00, 0x00, 0x02, 0x00, 0x20};
    struct image image = sound_image();

    if (!can_change_rights(__func__))
        return;
    const char *path = write_file("program", &image, sizeof image);
    assert_int_equal(seteuid(NOBODY), 0);
    const char *before = program_obstacle(path);
    assert_int_equal(seteuid(0), 0);
    assert_null(before);
    if (setxattr(path, "security.capability", net_raw, sizeof net_raw, 0) < 0)
        return;                          /* not on this file system */
    assert_null(program_obstacle(path)); /* root has them anyway */
    assert_int_equal(seteuid(NOBODY), 0);
    const char *after = program_obstacle(path);
    assert_int_equal(seteuid(0), 0);
    assert_says(after, "has more rights than you");
}

static void test_what_may_be_run_but_not_read(void **state)
{
    struct image image = sound_image();

    if (!can_change_rights(__func__))
        return;
    image.header.e_phnum = 0;
    const char *path = write_file("program", &image, sizeof image);
    assert_int_equal(chmod(path, 0711), 0);
    assert_says(program_obstacle(path), "is linked statically");
    assert_int_equal(seteuid(NOBODY), 0);
    const char *obstacle = program_obstacle(path);
    assert_int_equal(seteuid(0), 0);
    assert_null(obstacle);
}

/* ---- finding ---------------------------------------------------------------------------------------- */

static void test_programs_are_found_as_execvp_does(void **state)
{
    char path[PROGRAM_PATH_MAX], folders[256];

    write_file("found", "", 0);
    assert_int_equal(chmod(write_file("locked", "", 0), 0644), 0);
    snprintf(folders, sizeof folders, "/nowhere:%s", folder);
    assert_int_equal(setenv("PATH", folders, 1), 0);
    assert_int_equal(program_find("found", path), 0);
    assert_string_equal(path, path_of("found"));
    assert_int_equal(program_find("locked", path), -1);
    assert_int_equal(program_find("missing", path), -1);
    assert_int_equal(program_find("", path), -1);
    assert_int_equal(program_find(path_of("found"), path), 0);
    assert_int_equal(program_find(path_of("locked"), path), -1);
    assert_int_equal(program_find(folder, path), -1); /* a folder is searchable, no program */
}

static void test_an_empty_folder_in_the_path_is_this_one(void **state)
{
    char path[PROGRAM_PATH_MAX], before[4096];

    write_file("found", "", 0);
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(setenv("PATH", "/nowhere::/elsewhere", 1), 0);
    int found = program_find("found", path);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(found, 0);
    assert_string_equal(path, "./found");
}

static void test_without_a_path_the_systems_folders_are_searched(void **state)
{
    char path[PROGRAM_PATH_MAX];

    assert_int_equal(unsetenv("PATH"), 0);
    assert_int_equal(program_find("sh", path), 0);
    assert_true(strcmp(path, "/usr/bin/sh") == 0 || strcmp(path, "/bin/sh") == 0);
}

static void test_a_path_without_end(void **state)
{
    char path[PROGRAM_PATH_MAX];
    char *name = malloc(PROGRAM_PATH_MAX + 1);

    assert_non_null(name);
    memset(name, '/', PROGRAM_PATH_MAX);
    name[PROGRAM_PATH_MAX] = '\0';
    assert_int_equal(program_find(name, path), -1);
    free(name);
}

/* ---- frame ------------------------------------------------------------------------------------------ */

static int make_folder(void **state)
{
    const char *parent = getenv("TMPDIR");

    snprintf(folder, sizeof folder, "%s/hallmark-program.XXXXXX",
             parent && strlen(parent) < 32 ? parent : "/tmp");
    return mkdtemp(folder) && chmod(folder, 0755) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"program", "script", "static", "second",
                                        "round",   "text",   "found",  "locked"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(path_of(names[i]));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sound_program_is_served),
        cmocka_unit_test(test_another_word_size),
        cmocka_unit_test(test_another_machine),
        cmocka_unit_test(test_a_file_that_ends_in_its_header),
        cmocka_unit_test(test_damaged_program_headers),
        cmocka_unit_test(test_no_loader_is_static),
        cmocka_unit_test(test_the_loader_of_musl),
        cmocka_unit_test(test_of_a_long_loader_path_255_bytes_are_read),
        cmocka_unit_test(test_the_runtime_of_go),
        cmocka_unit_test(test_section_tables_that_cannot_be_read),
        cmocka_unit_test(test_more_names_than_are_looked_at),
        cmocka_unit_test(test_of_a_script_the_interpreter_is_looked_at),
        cmocka_unit_test(test_scripts_the_kernel_will_judge),
        cmocka_unit_test(test_files_that_are_no_program),
        cmocka_unit_test(test_setuid_and_setgid),
        cmocka_unit_test(test_setuid_to_the_caller_changes_nothing),
        cmocka_unit_test(test_capabilities),
        cmocka_unit_test(test_what_may_be_run_but_not_read),
        cmocka_unit_test(test_programs_are_found_as_execvp_does),
        cmocka_unit_test(test_an_empty_folder_in_the_path_is_this_one),
        cmocka_unit_test(test_without_a_path_the_systems_folders_are_searched),
        cmocka_unit_test(test_a_path_without_end),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
