/* Whether a program's file can be interposed.
 *
 * Looked for: another libc, none at all, another machine, extra privileges, Go's runtime. An ELF file has a header, a
 * table of program headers, of which PT_INTERP names the loader, and a table of sections with their names. */

#include "program_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { SCRIPT_DEPTH = 4, HEADERS_MAX = 512, NAMES_MAX = 65536 };

static bool is_executable(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static bool take_path(char path[PROGRAM_PATH_MAX], const char *folder, int length, const char *name)
{
    int n = length > 0 ? snprintf(path, PROGRAM_PATH_MAX, "%.*s/%s", length, folder, name)
                       : snprintf(path, PROGRAM_PATH_MAX, "%s", name);

    return n < PROGRAM_PATH_MAX && is_executable(path);
}

int program_find(const char *name, char path[PROGRAM_PATH_MAX])
{
    const char *folders = getenv("PATH");

    if (strchr(name, '/'))
        return take_path(path, NULL, 0, name) ? 0 : -1;
    for (const char *folder = folders ? folders : "/usr/bin:/bin"; *name;) {
        size_t length = strcspn(folder, ":");
        if (take_path(path, length ? folder : ".", length ? (int)length : 1, name))
            return 0;
        if (!folder[length])
            break;
        folder += length + 1;
    }
    return -1;
}

static bool read_at(int fd, void *to, size_t n, uint64_t offset)
{
    return offset <= INT64_MAX && pread(fd, to, n, (off_t)offset) == (ssize_t)n;
}

/* The path of the loader; empty: none. False: the file is no sound ELF. */
static bool read_loader(int fd, const ElfW(Ehdr) * header, char loader[256])
{
    ElfW(Phdr) segment;

    loader[0] = '\0';
    if (header->e_phentsize != sizeof segment || header->e_phnum > HEADERS_MAX)
        return false;
    for (unsigned i = 0; i < header->e_phnum; i++) {
        if (!read_at(fd, &segment, sizeof segment, header->e_phoff + i * sizeof segment))
            return false;
        if (segment.p_type != PT_INTERP)
            continue;
        size_t n = segment.p_filesz < 255 ? (size_t)segment.p_filesz : 255;
        if (!read_at(fd, loader, n, segment.p_offset))
            return false;
        loader[n] = '\0';
    }
    return true;
}

static bool names_go(int fd, const ElfW(Ehdr) * header, const ElfW(Shdr) * names)
{
    ElfW(Shdr) section;
    bool found = false;
    size_t size = names->sh_size < NAMES_MAX ? (size_t)names->sh_size : NAMES_MAX;
    char *text = malloc(size + 1);

    if (!text)
        return false;
    text[size] = '\0';
    bool sound = read_at(fd, text, size, names->sh_offset);
    for (unsigned i = 0; sound && !found && i < header->e_shnum; i++) {
        sound = read_at(fd, &section, sizeof section, header->e_shoff + i * sizeof section);
        found = sound && section.sh_name < size && strcmp(text + section.sh_name, ".go.buildinfo") == 0;
    }
    free(text);
    return found;
}

static bool is_go(int fd, const ElfW(Ehdr) * header)
{
    ElfW(Shdr) names;

    if (header->e_shentsize != sizeof names || header->e_shnum > HEADERS_MAX ||
        header->e_shstrndx >= header->e_shnum)
        return false;
    return read_at(fd, &names, sizeof names, header->e_shoff + header->e_shstrndx * sizeof names) &&
           names_go(fd, header, &names);
}

static const char *elf_obstacle(int fd)
{
    char loader[256];
    ElfW(Ehdr) header, own;

    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    bool known = self >= 0 && read_at(self, &own, sizeof own, 0);
    if (self >= 0)
        close(self);
    if (!read_at(fd, &header, sizeof header, 0))
        return "is too short for a program";
    if (known && (header.e_ident[EI_CLASS] != own.e_ident[EI_CLASS] || header.e_machine != own.e_machine))
        return "is for another kind of processor or word size than the library that would serve it";
    if (!read_loader(fd, &header, loader))
        return "is damaged, or no program this command understands";
    if (!loader[0])
        return "is linked statically: no library can step between it and the kernel. Link it dynamically, or "
               "give it "
               "the bus's socket (unix:PATH) if it can take one";
    if (strstr(loader, "ld-musl"))
        return "is linked with musl, whose loader cannot use a library made for glibc";
    if (is_go(fd, &header))
        return "is a Go program, which calls the kernel without libc: no library can step in between";
    return NULL;
}

/* "#! /path argument": the path. */
static bool read_interpreter(const char *head, size_t n, char path[PROGRAM_PATH_MAX])
{
    size_t start = 2 + strspn(head + 2, " \t");
    size_t length = strcspn(head + start, " \t\n");

    if (start + length >= n || length == 0)
        return false;
    memcpy(path, head + start, length);
    path[length] = '\0';
    return true;
}

static bool has_privileges(int fd, const struct stat *status)
{
    bool setuid = status->st_mode & S_ISUID && status->st_uid != geteuid();
    bool setgid = status->st_mode & S_ISGID && status->st_gid != getegid();
    bool capable = geteuid() != 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0;

    return setuid || setgid || capable;
}

static const char *look(int fd, char path[PROGRAM_PATH_MAX], bool *again)
{
    char head[256] = {0};
    struct stat status;
    ssize_t n = pread(fd, head, sizeof head - 1, 0);

    *again = false;
    if (n < 0 || fstat(fd, &status) < 0)
        return NULL; /* executable but not readable: nothing can be told */
    if (has_privileges(fd, &status))
        return "has more rights than you (setuid, setgid or capabilities); the loader ignores preloaded "
               "libraries then";
    if (n >= 2 && memcmp(head, "#!", 2) == 0) {
        *again = read_interpreter(head, (size_t)n, path);
        return NULL;
    }
    return n >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0 ? elf_obstacle(fd) : NULL;
}

const char *program_obstacle(const char *name)
{
    char path[PROGRAM_PATH_MAX];
    bool again = true;
    const char *obstacle = NULL;

    snprintf(path, sizeof path, "%s", name);
    for (unsigned depth = 0; again && !obstacle && depth < SCRIPT_DEPTH; depth++) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            return NULL;
        obstacle = look(fd, path, &again);
        close(fd);
    }
    return obstacle;
}
