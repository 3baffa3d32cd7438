/* Answers: results and errors.  mongoose-os.md 1.2 */

#include "mg_rpc_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/cs_dbg.h"
#include "heap.h"

static struct mg_rpc_header header_of(const struct mg_rpc_request_info *ri)
{
    struct mg_str id = {ri->rpc->id, strlen(ri->rpc->id)};

    return (struct mg_rpc_header){
        .id = ri->id,
        .src = ri->dst.len > 0 ? ri->dst : id,
        .dst = ri->src,
        .tag = ri->tag,
    };
}

/* Nobody wants it, or nobody is there any more. */
static bool no_answer_needed(struct mg_rpc_request_info *ri, bool *result)
{
    if (ri->id.len > 0 && ri->ch != NULL)
        return false;
    *result = ri->id.len == 0;
    mg_rpc_free_request_info(ri);
    return true;
}

static void begin_answer(struct mg_rpc_text *text, const struct mg_rpc_request_info *ri)
{
    struct mg_rpc_header header = header_of(ri);

    mg_rpc_text_init(text);
    mg_rpc_frame_begin(text, &header);
}

static void print_error(struct mg_rpc_text *text, int code, const char *message)
{
    json_printf(&text->out, "error:{code:%d", code);
    if (message != NULL && message[0] != '\0')
        json_printf(&text->out, ",message:%Q", message);
    json_printf(&text->out, "}}");
}

/* An answer too long for memory becomes a short one that says so. */
static bool finish_answer(struct mg_rpc_text *text, struct mg_rpc_request_info *ri)
{
    bool sent;

    if (text->failed) {
        LOG(LL_ERROR, ("%.*s: out of memory for the answer", (int)ri->method.len, ri->method.p));
        mg_rpc_text_free(text);
        begin_answer(text, ri);
        print_error(text, 500, "out of memory");
    }
    sent = !text->failed && mg_rpc_send_frame(ri->ch, (struct mg_str){text->p, text->length}, false);
    mg_rpc_text_free(text);
    mg_rpc_free_request_info(ri);
    return sent;
}

bool mg_rpc_send_vresponsef(struct mg_rpc_request_info *ri, const char *result_json_fmt, va_list ap)
{
    struct mg_rpc_text text;
    bool result;

    if (no_answer_needed(ri, &result))
        return result;
    begin_answer(&text, ri);
    json_printf(&text.out, "result:");
    if (result_json_fmt != NULL)
        json_vprintf(&text.out, result_json_fmt, ap);
    else
        json_printf(&text.out, "%s", "null");
    json_printf(&text.out, "}");
    return finish_answer(&text, ri);
}

bool mg_rpc_send_responsef(struct mg_rpc_request_info *ri, const char *result_json_fmt, ...)
{
    va_list ap;
    bool result;

    va_start(ap, result_json_fmt);
    result = mg_rpc_send_vresponsef(ri, result_json_fmt, ap);
    va_end(ap);
    return result;
}

static bool send_error(struct mg_rpc_request_info *ri, int code, const char *message)
{
    struct mg_rpc_text text;
    bool result;

    if (no_answer_needed(ri, &result))
        return result;
    begin_answer(&text, ri);
    print_error(&text, code, message);
    return finish_answer(&text, ri);
}

bool mg_rpc_send_errorf(struct mg_rpc_request_info *ri, int error_code, const char *error_msg_fmt, ...)
{
    char message[256] = "";
    va_list ap;

    if (error_msg_fmt != NULL) {
        va_start(ap, error_msg_fmt);
        vsnprintf(message, sizeof(message), error_msg_fmt, ap);
        va_end(ap);
    }
    return send_error(ri, error_code, message);
}

bool mg_rpc_send_error_jsonf(struct mg_rpc_request_info *ri, int error_code, const char *error_json_fmt, ...)
{
    struct mg_rpc_text message;
    va_list ap;
    bool result;

    mg_rpc_text_init(&message);
    va_start(ap, error_json_fmt);
    json_vprintf(&message.out, error_json_fmt, ap);
    va_end(ap);
    message.out.printer(&message.out, "", 1);
    result = send_error(ri, error_code, message.failed ? "out of memory" : message.p);
    mg_rpc_text_free(&message);
    return result;
}
