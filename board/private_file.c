/* Files for their owner only, bounded. */

#include "private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int private_file_open(const char *name)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    fchmod(fd, 0600); /* it may be there already, from before a change of permissions */
    return fd;
}

bool private_file_put_aside(const char *name)
{
    char aside[64];
    snprintf(aside, sizeof aside, "%s.1", name);
    return rename(name, aside) == 0;
}

int private_file_prepare(const char *name)
{
    struct stat info;
    if (stat(name, &info) == 0 && info.st_size >= PRIVATE_FILE_LIMIT && !private_file_put_aside(name))
        return -errno;
    int fd = private_file_open(name);
    if (fd < 0)
        return fd;
    close(fd);
    return 0;
}
