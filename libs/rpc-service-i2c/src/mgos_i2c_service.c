/* I2C.Scan, I2C.Read, I2C.Write and the register methods.  mongoose-os.md 2.7 */

#include "rpc_service_i2c.h"

#include "heap.h"
#include "mgos_i2c.h"

enum { FIRST_ADDRESS = 1, LAST_ADDRESS = 119, READ_MAX = 4096 };

/* The bus, or NULL: then the request has been answered. */
static struct mgos_i2c *bus_of(struct mg_rpc_request_info *ri, int bus)
{
    struct mgos_i2c *i2c = mgos_i2c_get_bus(bus);

    if (i2c == NULL)
        mg_rpc_send_errorf(ri, 503, "I2C is disabled");
    return i2c;
}

static int print_addresses(struct json_out *out, va_list *ap)
{
    struct mgos_i2c *i2c = va_arg(*ap, struct mgos_i2c *);
    const char *separator = "";
    int length = 0;

    for (int address = FIRST_ADDRESS; address <= LAST_ADDRESS; address++) {
        if (!mgos_i2c_write(i2c, (uint16_t)address, NULL, 0, true))
            continue;
        length += json_printf(out, "%s%d", separator, address);
        separator = ", ";
    }
    return length;
}

static void scan(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                 struct mg_str args)
{
    struct mgos_i2c *i2c;
    int bus = 0;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &bus);
    i2c = bus_of(ri, bus);
    if (i2c != NULL)
        mg_rpc_send_responsef(ri, "[%M]", print_addresses, i2c);
}

static void read_and_answer(struct mg_rpc_request_info *ri, struct mgos_i2c *i2c, int address, int length)
{
    uint8_t *data = length <= READ_MAX ? heap_alloc((size_t)length) : NULL;

    if (data == NULL)
        mg_rpc_send_errorf(ri, 500, "malloc failed");
    else if (!mgos_i2c_read(i2c, (uint16_t)address, data, (size_t)length, true))
        mg_rpc_send_errorf(ri, 503, "I2C read failed");
    else
        mg_rpc_send_responsef(ri, "{data_hex: %H}", length, data);
    heap_free(data);
}

static void read_bytes(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                       struct mg_str args)
{
    struct mgos_i2c *i2c;
    int bus = 0, address = -1, length = -1;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &bus, &address, &length);
    if (address < 0 || length <= 0) {
        mg_rpc_send_errorf(ri, 400, "addr and len are required");
        return;
    }
    i2c = bus_of(ri, bus);
    if (i2c != NULL)
        read_and_answer(ri, i2c, address, length);
}

static void write_bytes(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                        struct mg_str args)
{
    struct mgos_i2c *i2c;
    int bus = 0, address = -1, length = 0;
    char *data = NULL;

    (void)cb_arg;
    (void)fi;
    json_scanf(args.p, (int)args.len, ri->args_fmt, &bus, &address, &length, &data);
    if (address < 0 || data == NULL) {
        mg_rpc_send_errorf(ri, 400, "addr and data_hex are required");
    } else if ((i2c = bus_of(ri, bus)) != NULL) {
        if (mgos_i2c_write(i2c, (uint16_t)address, data, (size_t)length, true))
            mg_rpc_send_responsef(ri, NULL);
        else
            mg_rpc_send_errorf(ri, 503, "I2C write failed");
    }
    heap_free_secret(data);
}

/* --- registers ------------------------------------------------------------------------------------------ */

static void read_register(struct mg_rpc_request_info *ri, struct mg_str args,
                          int (*read_value)(struct mgos_i2c *, uint16_t, uint8_t))
{
    struct mgos_i2c *i2c;
    int bus = 0, address = -1, reg = -1, value;

    json_scanf(args.p, (int)args.len, ri->args_fmt, &bus, &address, &reg);
    if (address < 0 || reg < 0) {
        mg_rpc_send_errorf(ri, 400, "addr and reg are required");
        return;
    }
    i2c = bus_of(ri, bus);
    if (i2c == NULL)
        return;
    value = read_value(i2c, (uint16_t)address, (uint8_t)reg);
    if (value < 0)
        mg_rpc_send_errorf(ri, 503, "error reading value");
    else
        mg_rpc_send_responsef(ri, "{value: %d}", value);
}

static void read_reg_b(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                       struct mg_str args)
{
    (void)cb_arg;
    (void)fi;
    read_register(ri, args, mgos_i2c_read_reg_b);
}

static void read_reg_w(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                       struct mg_str args)
{
    (void)cb_arg;
    (void)fi;
    read_register(ri, args, mgos_i2c_read_reg_w);
}

/* GUESS: the reference (2.7) gives no texts for the writing methods' errors. */
static void write_register(struct mg_rpc_request_info *ri, struct mg_str args, bool wide)
{
    struct mgos_i2c *i2c;
    int bus = 0, address = -1, reg = -1, value = -1;
    bool written;

    json_scanf(args.p, (int)args.len, ri->args_fmt, &bus, &address, &reg, &value);
    if (address < 0 || reg < 0 || value < 0) {
        mg_rpc_send_errorf(ri, 400, "addr, reg and value are required");
        return;
    }
    i2c = bus_of(ri, bus);
    if (i2c == NULL)
        return;
    written = wide ? mgos_i2c_write_reg_w(i2c, (uint16_t)address, (uint8_t)reg, (uint16_t)value)
                   : mgos_i2c_write_reg_b(i2c, (uint16_t)address, (uint8_t)reg, (uint8_t)value);
    if (written)
        mg_rpc_send_responsef(ri, NULL);
    else
        mg_rpc_send_errorf(ri, 503, "error writing value");
}

static void write_reg_b(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                        struct mg_str args)
{
    (void)cb_arg;
    (void)fi;
    write_register(ri, args, false);
}

static void write_reg_w(struct mg_rpc_request_info *ri, void *cb_arg, struct mg_rpc_frame_info *fi,
                        struct mg_str args)
{
    (void)cb_arg;
    (void)fi;
    write_register(ri, args, true);
}

void rpc_service_i2c_add(struct mg_rpc *rpc)
{
    mg_rpc_add_handler(rpc, "I2C.Scan", "{bus: %d}", scan, NULL);
    mg_rpc_add_handler(rpc, "I2C.Read", "{bus: %d, addr: %d, len: %d}", read_bytes, NULL);
    mg_rpc_add_handler(rpc, "I2C.Write", "{bus: %d, addr: %d, data_hex: %H}", write_bytes, NULL);
    mg_rpc_add_handler(rpc, "I2C.ReadRegB", "{bus: %d, addr: %d, reg: %d}", read_reg_b, NULL);
    mg_rpc_add_handler(rpc, "I2C.ReadRegW", "{bus: %d, addr: %d, reg: %d}", read_reg_w, NULL);
    mg_rpc_add_handler(rpc, "I2C.WriteRegB", "{bus: %d, addr: %d, reg: %d, value: %d}", write_reg_b, NULL);
    mg_rpc_add_handler(rpc, "I2C.WriteRegW", "{bus: %d, addr: %d, reg: %d, value: %d}", write_reg_w, NULL);
}
