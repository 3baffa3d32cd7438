/* FS.List, FS.Get, FS.Put and their family.  mongoose-os.md 2.4 */

#include "rpc_service_fs.h"

#include "common/cs_dbg.h"
#include "heap.h"
#include "storage.h"

/* --- listing -------------------------------------------------------------------------------------------- */

struct listing {
    struct json_out *out;
    bool extended;
    bool first;
    int length;
};

static bool print_file(const char *name, uint32_t size, void *user)
{
    struct listing *listing = user;

    listing->length += json_printf(listing->out, "%s", listing->first ? "" : ",");
    if (listing->extended)
        listing->length += json_printf(listing->out, "{name: %Q, size: %lu}", name, (unsigned long)size);
    else
        listing->length += json_printf(listing->out, "%Q", name);
    listing->first = false;
    return true;
}

static int print_files(struct json_out *out, va_list *ap)
{
    struct listing listing = {.out = out, .extended = va_arg(*ap, int), .first = true};

    storage_list(print_file, &listing);
    return listing.length;
}

static int print_nothing(struct json_out *out, va_list *ap)
{
    (void)out;
    (void)va_arg(*ap, int);
    return 0;
}

static void answer_list(struct mg_rpc_request_info *ri, struct mg_str args, int extended)
{
    struct json_token path = JSON_INVALID_TOKEN;
    struct mg_str at = {"/", 1};

    json_scanf(args.p, (int)args.len, "{path: %T}", &path);
    if (path.type == JSON_TYPE_STRING)
        at = mg_mk_str_n(path.ptr, (size_t)path.len);
    /* The root goes by these names; there is nothing else to list. */
    if (at.len == 0 || mg_vcmp(&at, "/") == 0 || mg_vcmp(&at, ".") == 0)
        mg_rpc_send_responsef(ri, "[%M]", print_files, extended);
    else
        mg_rpc_send_responsef(ri, "[%M]", print_nothing, extended);
}

static void list(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                 struct mg_str args)
{
    (void)cb_arg;
    (void)fi;
    answer_list(ri, args, false);
}

static void list_ext(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                     struct mg_str args)
{
    (void)cb_arg;
    (void)fi;
    answer_list(ri, args, true);
}

/* --- reading -------------------------------------------------------------------------------------------- */

static void answer_get(struct mg_rpc_request_info *ri, const char *name, long offset, long length)
{
    int32_t size = storage_size(name), got;
    char *data;

    if (size < 0) {
        mg_rpc_send_errorf(ri, 400, "failed to open file \"%s\"", name);
        return;
    }
    if (offset > size)
        offset = size;
    if (length < 0 || length > size - offset)
        length = size - offset;
    data = heap_alloc(length > 0 ? (size_t)length : 1);
    if (data == NULL) {
        mg_rpc_send_errorf(ri, 500, "out of memory");
        return;
    }
    got = storage_read(name, (uint32_t)offset, data, (size_t)length);
    if (got != length) {
        mg_rpc_send_errorf(ri, 500, "fread");
    } else {
        if (offset == 0 && length > 0)
            LOG(LL_INFO, ("Sending %s", name));
        mg_rpc_send_responsef(ri, "{data: %V, left: %ld}", data, (int)length, (long)(size - offset - length));
    }
    heap_free_secret(data);
}

static void get(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                struct mg_str args)
{
    char *name = NULL;
    long offset = 0, length = -1;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &name, &offset, &length);
    if (name == NULL || name[0] == '\0')
        mg_rpc_send_errorf(ri, 400, "filename is required");
    else if (offset < 0)
        mg_rpc_send_errorf(ri, 400, "illegal offset");
    else
        answer_get(ri, name, offset, length);
    heap_free(name);
}

/* --- writing -------------------------------------------------------------------------------------------- */

struct put_request {
    char *name;
    long offset;
    char *data;
    int length;
    bool append;
};

/* The three ways to open (mongoose-os.md 2.4): truncate, append, overwrite in place. False: answered with why
 * not. */
static bool open_for_put(struct mg_rpc_request_info *ri, const struct put_request *put, uint32_t *at)
{
    int32_t size = storage_size(put->name);
    bool in_place = put->offset > 0, appending = put->offset < 0 && put->append;

    *at = in_place ? (uint32_t)put->offset : appending && size > 0 ? (uint32_t)size : 0;
    if (in_place && size >= 0 && put->offset > size) {
        mg_rpc_send_errorf(ri, 400, "failed to seek to %ld", put->offset);
        return false;
    }
    if (in_place ? size < 0 : !(appending && size >= 0) && storage_create(put->name) < 0) {
        mg_rpc_send_errorf(ri, 400, "failed to open file \"%s\"", put->name);
        return false;
    }
    return true;
}

static void answer_put(struct mg_rpc_request_info *ri, const struct put_request *put)
{
    uint32_t at;
    int err;

    if (!open_for_put(ri, put, &at))
        return;
    if (!put->append || put->offset == 0)
        LOG(LL_INFO, ("Receiving %s", put->name));
    err = put->length > 0 ? storage_write(put->name, at, put->data, (size_t)put->length) : 0;
    if (err < 0) {
        LOG(LL_ERROR, ("%s: %s", put->name, storage_strerror(err)));
        mg_rpc_send_errorf(ri, 500, "failed to write data");
        return;
    }
    mg_rpc_send_responsef(ri, NULL);
}

static void put(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                struct mg_str args)
{
    struct put_request request = {.offset = -1};
    struct json_token data = JSON_INVALID_TOKEN;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, "{data: %T}", &data);
    /* The original takes {"data": 12} for no data, and empties the file. */
    if (data.type != JSON_TYPE_INVALID && data.type != JSON_TYPE_STRING) {
        mg_rpc_send_errorf(ri, 400, "data is not a string");
        return;
    }
    json_scanf(args.p, (int)args.len, ri->args_fmt, &request.name, &request.offset, &request.data,
               &request.length, &request.append);
    if (request.name == NULL || request.name[0] == '\0')
        mg_rpc_send_errorf(ri, 400, "filename is required");
    else
        answer_put(ri, &request);
    heap_free(request.name);
    heap_free_secret(request.data);
}

/* --- names ---------------------------------------------------------------------------------------------- */

static void remove_file(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                        struct mg_str args)
{
    char *name = NULL;
    int err;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &name);
    if (name == NULL || name[0] == '\0') {
        mg_rpc_send_errorf(ri, 400, "filename is required");
        heap_free(name);
        return;
    }
    err = storage_remove(name);
    LOG(LL_INFO, ("Remove %s -> %d", name, err));
    if (err < 0)
        mg_rpc_send_errorf(ri, 500, "remove failed");
    else
        mg_rpc_send_responsef(ri, NULL);
    heap_free(name);
}

static void rename_file(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                        struct mg_str args)
{
    char *src = NULL, *dst = NULL;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &src, &dst);
    if (src == NULL || dst == NULL || src[0] == '\0' || dst[0] == '\0')
        mg_rpc_send_errorf(ri, 400, "src and dst are required");
    else if (storage_rename(src, dst) < 0)
        mg_rpc_send_errorf(ri, 500, "rename failed");
    else
        mg_rpc_send_responsef(ri, NULL);
    heap_free(src);
    heap_free(dst);
}

/* --- file systems: there is one, and it is mounted ------------------------------------------------------ */

struct refusal {
    const char *member_needed, *without_it, *with_it;
};

static void refuse(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                   struct mg_str args)
{
    const struct refusal *refusal = cb_arg;
    struct json_token needed = JSON_INVALID_TOKEN;

    (void)fi;
    json_scanf(args.p, (int)args.len, refusal->member_needed, &needed);
    if (needed.type != JSON_TYPE_STRING)
        mg_rpc_send_errorf(ri, 400, "%s", refusal->without_it);
    else
        mg_rpc_send_errorf(ri, 500, "%s", refusal->with_it);
}

void rpc_service_fs_add(struct mg_rpc *rpc)
{
    static struct refusal mkfs = {"{fs_type: %T}", "fs_type is required", "mkfs failed"};
    static struct refusal mount = {"{fs_type: %T}", "path and fs_type is required", "mount failed"};
    static struct refusal umount = {"{path: %T}", "path is required", "umount failed"};

    mg_rpc_add_handler(rpc, "FS.List", "{path: %Q}", list, NULL);
    mg_rpc_add_handler(rpc, "FS.ListExt", "{path: %Q}", list_ext, NULL);
    mg_rpc_add_handler(rpc, "FS.Get", "{filename: %Q, offset: %ld, len: %ld}", get, NULL);
    mg_rpc_add_handler(rpc, "FS.Put", "{filename: %Q, offset: %ld, data: %V, append: %B}", put, NULL);
    mg_rpc_add_handler(rpc, "FS.Remove", "{filename: %Q}", remove_file, NULL);
    mg_rpc_add_handler(rpc, "FS.Rename", "{src: %Q, dst: %Q}", rename_file, NULL);
    mg_rpc_add_handler(rpc, "FS.Mkfs", "{dev_name: %Q, dev_type: %Q, dev_opts: %Q, fs_type: %Q, fs_opts: %Q}",
                       refuse, &mkfs);
    mg_rpc_add_handler(rpc, "FS.Mount",
                       "{path: %Q, dev_name: %Q, dev_type: %Q, dev_opts: %Q, fs_type: %Q, fs_opts: %Q}",
                       refuse, &mount);
    mg_rpc_add_handler(rpc, "FS.Umount", "{path: %Q}", refuse, &umount);
}
