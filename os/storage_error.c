/* Storage errors as sentences. os/storage.h */

#include "storage.h"

const char *storage_strerror(int error)
{
    switch (error) {
    case STORAGE_ERROR_NOT_FOUND:
        return "there is no such file";
    case STORAGE_ERROR_NAME:
        return "a file name has 1 to 47 bytes, no '/' and is not '.' or '..'";
    case STORAGE_ERROR_FULL:
        return "the file system is full: remove a file first";
    case STORAGE_ERROR_IO:
        return "the medium failed";
    case STORAGE_ERROR_OFFSET:
        return "the offset lies beyond the end of the file";
    default:
        return error >= 0 ? "no error" : "unknown storage error";
    }
}
