/* /sys/class/i2c-dev with the virtual buses in it, as far as i2cdetect -l looks: names of folders, and the file
 * "name" in each.
 *
 * A folder opened here is a struct of ours in a DIR's clothing. Only the calls below are taken over; any other finds a
 * descriptor of -1 in it (a DIR of glibc begins with its descriptor) and fails as on a closed folder. */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "interposer.h"

struct listing {
    int descriptor; /* -1 */
    char empty[508];
    DIR *real;    /* the system's own folder, if it has one */
    int position; /* of the next virtual entry: ".", "..", then buses */
    struct dirent entry;
    struct dirent64 entry64;
    struct listing *next;
};

static struct listing *open_listings;
static _Atomic unsigned open_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

DIR *listing_open(void)
{
    struct listing *listing = calloc(1, sizeof *listing);

    if (!listing)
        return NULL;
    listing->descriptor = -1;
    int before = errno;
    listing->real = real_calls()->opendir("/sys/class/i2c-dev");
    errno = before;
    pthread_mutex_lock(&lock);
    listing->next = open_listings;
    open_listings = listing;
    atomic_fetch_add(&open_count, 1);
    pthread_mutex_unlock(&lock);
    return (DIR *)listing;
}

bool listing_is(const DIR *folder)
{
    bool found = false;

    if (atomic_load_explicit(&open_count, memory_order_acquire) == 0)
        return false;
    pthread_mutex_lock(&lock);
    for (const struct listing *listing = open_listings; listing && !found; listing = listing->next)
        found = (const DIR *)listing == folder;
    pthread_mutex_unlock(&lock);
    return found;
}

/* A real bus that a virtual one stands in front of, and the dots. */
static bool is_hidden(const char *name)
{
    char virtual[32];

    for (unsigned i = 0; buses_number(i) >= 0; i++) {
        snprintf(virtual, sizeof virtual, "i2c-%d", buses_number(i));
        if (strcmp(virtual, name) == 0)
            return true;
    }
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Its name in `name`, or false at the end. The virtual buses come first. */
static bool next_name(struct listing *listing, char name[256])
{
    static const char *const dots[] = {".", ".."};
    int position = listing->position;

    if (position < 2) {
        listing->position++;
        strcpy(name, dots[position]);
        return true;
    }
    int number = buses_number((unsigned)position - 2);
    if (number >= 0) {
        listing->position++;
        snprintf(name, 256, "i2c-%d", number);
        return true;
    }
    for (struct dirent *entry; listing->real && (entry = real_calls()->readdir(listing->real));) {
        if (is_hidden(entry->d_name))
            continue;
        snprintf(name, 256, "%s", entry->d_name);
        return true;
    }
    return false;
}

struct dirent *listing_next(DIR *folder)
{
    struct listing *listing = (struct listing *)folder;

    listing->entry = (struct dirent){.d_ino = 1, .d_type = DT_UNKNOWN, .d_reclen = sizeof listing->entry};
    return next_name(listing, listing->entry.d_name) ? &listing->entry : NULL;
}

struct dirent64 *listing_next64(DIR *folder)
{
    struct listing *listing = (struct listing *)folder;

    listing->entry64 =
        (struct dirent64){.d_ino = 1, .d_type = DT_UNKNOWN, .d_reclen = sizeof listing->entry64};
    return next_name(listing, listing->entry64.d_name) ? &listing->entry64 : NULL;
}

void listing_rewind(DIR *folder)
{
    struct listing *listing = (struct listing *)folder;

    listing->position = 0;
    if (listing->real)
        real_calls()->rewinddir(listing->real);
}

void listing_close(DIR *folder)
{
    struct listing *listing = (struct listing *)folder;

    pthread_mutex_lock(&lock);
    for (struct listing **link = &open_listings; *link; link = &(*link)->next) {
        if (*link == listing) {
            *link = listing->next;
            break;
        }
    }
    atomic_fetch_sub(&open_count, 1);
    pthread_mutex_unlock(&lock);
    if (listing->real)
        real_calls()->closedir(listing->real);
    free(listing);
}

int listing_open_name(int number, int flags)
{
    char text[256];
    size_t length;
    const char *path = buses_socket(number, &length); /* the path named a bus that is there */

    if ((flags & O_ACCMODE) != O_RDONLY) {
        errno = EACCES;
        return -1;
    }
    int fd = memfd_create("name", flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
    if (fd < 0)
        return -1;
    /* no socket has a longer path, but the variable may */
    int n =
        snprintf(text, sizeof text, "Hallmark virtual bus at %.*s\n", length < 200 ? (int)length : 200, path);
    if (real_calls()->write(fd, text, (size_t)n) == n && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    close(fd);
    errno = EIO;
    return -1;
}
