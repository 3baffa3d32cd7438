/* libc's own functions, which ours stand in front of. */

#include <dlfcn.h>
#include <pthread.h>

#include "interposer.h"

static struct real real;
static pthread_once_t looked_up = PTHREAD_ONCE_INIT;

/* ISO C has no conversion of an object pointer to a function pointer; POSIX promises that this works. */
static void look_up(void *function, const char *name)
{
    *(void **)function = dlsym(RTLD_NEXT, name);
}

static void look_up_all(void)
{
    look_up(&real.open, "open");
    look_up(&real.open64, "open64");
    look_up(&real.openat, "openat");
    look_up(&real.openat64, "openat64");
    look_up(&real.fopen, "fopen");
    look_up(&real.fopen64, "fopen64");
    look_up(&real.ioctl, "ioctl");
    look_up(&real.fcntl, "fcntl");
    look_up(&real.fcntl64, "fcntl64");
    look_up(&real.dup, "dup");
    look_up(&real.dup2, "dup2");
    look_up(&real.dup3, "dup3");
    look_up(&real.read, "read");
    look_up(&real.write, "write");
    look_up(&real.readv, "readv");
    look_up(&real.writev, "writev");
    look_up(&real.stat, "stat");
    look_up(&real.lstat, "lstat");
    look_up(&real.fstat, "fstat");
    look_up(&real.fstatat, "fstatat");
    look_up(&real.stat64, "stat64");
    look_up(&real.lstat64, "lstat64");
    look_up(&real.fstat64, "fstat64");
    look_up(&real.fstatat64, "fstatat64");
    look_up(&real.statx, "statx");
    look_up(&real.xstat, "__xstat");
    look_up(&real.lxstat, "__lxstat");
    look_up(&real.fxstat, "__fxstat");
    look_up(&real.xstat64, "__xstat64");
    look_up(&real.lxstat64, "__lxstat64");
    look_up(&real.fxstat64, "__fxstat64");
    look_up(&real.fxstatat, "__fxstatat");
    look_up(&real.fxstatat64, "__fxstatat64");
    look_up(&real.access, "access");
    look_up(&real.euidaccess, "euidaccess");
    look_up(&real.faccessat, "faccessat");
    look_up(&real.opendir, "opendir");
    look_up(&real.readdir, "readdir");
    look_up(&real.readdir64, "readdir64");
    look_up(&real.rewinddir, "rewinddir");
    look_up(&real.closedir, "closedir");
}

const struct real *real_calls(void)
{
    pthread_once(&looked_up, look_up_all);
    return &real;
}

/* Early, so that later calls from a signal handler or after fork find everything in place. */
__attribute__((constructor)) static void look_up_early(void)
{
    real_calls();
}
