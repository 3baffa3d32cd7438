/* ioctl, read, write and their like. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "interposer.h"

INTERPOSED int ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;

    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    /* requests that are not I2C's belong to other drivers; on our descriptors they are the kernel's to refuse */
    if (i2c_dev_knows(request) && descriptor_bus_surely(fd) != NOT_OURS)
        return i2c_dev_ioctl(fd, request, argument);
    return real_calls()->ioctl(fd, request, argument);
}

INTERPOSED ssize_t read(int fd, void *bytes, size_t n)
{
    return descriptor_bus(fd) == NOT_OURS ? real_calls()->read(fd, bytes, n) : i2c_dev_read(fd, bytes, n);
}

INTERPOSED ssize_t write(int fd, const void *bytes, size_t n)
{
    return descriptor_bus(fd) == NOT_OURS ? real_calls()->write(fd, bytes, n) : i2c_dev_write(fd, bytes, n);
}

/* What programs compiled with _FORTIFY_SOURCE call when the buffer's size is known. */
ssize_t __read_chk(int fd, void *bytes, size_t n, size_t size);

INTERPOSED ssize_t __read_chk(int fd, void *bytes, size_t n, size_t size)
{
    if (n > size)
        abort();
    return read(fd, bytes, n);
}

/* On a character device without a vector operation the kernel makes one call of each piece, and stops at the first
 * that falls short. */
static ssize_t each_piece(int fd, const struct iovec *pieces, int count, ssize_t (*one)(int, void *, size_t))
{
    ssize_t total = 0;

    if (count < 0) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < count; i++) {
        ssize_t n = one(fd, pieces[i].iov_base, pieces[i].iov_len);
        if (n < 0)
            return total > 0 ? total : -1;
        total += n;
    }
    return total;
}

static ssize_t write_piece(int fd, void *bytes, size_t n)
{
    return i2c_dev_write(fd, bytes, n);
}

INTERPOSED ssize_t readv(int fd, const struct iovec *pieces, int count)
{
    return descriptor_bus(fd) == NOT_OURS ? real_calls()->readv(fd, pieces, count)
                                          : each_piece(fd, pieces, count, i2c_dev_read);
}

INTERPOSED ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    return descriptor_bus(fd) == NOT_OURS ? real_calls()->writev(fd, pieces, count)
                                          : each_piece(fd, pieces, count, write_piece);
}
