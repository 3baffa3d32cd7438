/* I2C master: transactions made of the board's whole transfers.  mongoose-os.md 6.10, 7.5 */

#include "mgos_i2c.h"

#include <string.h>

#include "board.h"
#include "common/cs_dbg.h"
#include "heap.h"
#include "mbuf.h"

struct mgos_i2c {
    int bus, freq;
    bool debug;
    uint16_t address;    /* of the transaction under way */
    struct mbuf pending; /* pieces of a write whose stop has not come yet */
    bool bus_failed;
};

static struct mgos_i2c *buses[MGOS_I2C_BUSES];

/* --- life ----------------------------------------------------------------------------------------------- */

struct mgos_i2c *mgos_i2c_open(const struct mgos_i2c_options *options)
{
    struct mgos_i2c *i2c;

    if (options->bus < 0 || options->bus >= MGOS_I2C_BUSES || buses[options->bus] != NULL ||
        options->freq <= 0) {
        LOG(LL_ERROR, ("I2C bus %d, %d Hz: no such bus, or it is open already, or no such frequency",
                       options->bus, options->freq));
        return NULL;
    }
    i2c = heap_zalloc(sizeof(*i2c));
    if (i2c == NULL) {
        LOG(LL_ERROR, ("I2C bus %d: out of memory", options->bus));
        return NULL;
    }
    i2c->bus = options->bus;
    i2c->freq = options->freq;
    i2c->debug = options->debug;
    mbuf_init(&i2c->pending, 0);
    buses[options->bus] = i2c;
    LOG(LL_INFO, ("I2C GPIO init ok (SDA: %d, SCL: %d, freq: %d)", options->sda_gpio, options->scl_gpio,
                  options->freq));
    return i2c;
}

void mgos_i2c_close(struct mgos_i2c *i2c)
{
    if (i2c == NULL)
        return;
    if (buses[i2c->bus] == i2c)
        buses[i2c->bus] = NULL;
    mbuf_free(&i2c->pending);
    heap_free(i2c);
}

struct mgos_i2c *mgos_i2c_get_bus(int bus_no)
{
    return bus_no >= 0 && bus_no < MGOS_I2C_BUSES ? buses[bus_no] : NULL;
}

struct mgos_i2c *mgos_i2c_get_global(void)
{
    return buses[0];
}

int mgos_i2c_get_freq(struct mgos_i2c *i2c)
{
    return i2c->freq;
}

bool mgos_i2c_set_freq(struct mgos_i2c *i2c, int freq)
{
    if (freq <= 0)
        return false;
    i2c->freq = freq;
    return true;
}

const char *mgos_i2c_error(const struct mgos_i2c *i2c)
{
    return i2c->bus_failed ? board_i2c_error(i2c->bus) : NULL;
}

/* --- transfers ------------------------------------------------------------------------------------------ */

/* The data may be a key on its way: never in the log. */
static bool outcome(struct mgos_i2c *i2c, const char *what, size_t len, int err)
{
    i2c->bus_failed = err != 0 && err != -1;
    if (i2c->debug)
        LOG(LL_DEBUG, ("I2C %d/0x%02x %s %d: %s", i2c->bus, i2c->address, what, (int)len,
                       err == 0    ? "ok"
                       : err == -1 ? "not acknowledged"
                                   : board_i2c_error(i2c->bus)));
    return err == 0;
}

static bool send_transfer(struct mgos_i2c *i2c, const void *data, size_t len)
{
    return outcome(i2c, "write", len, board_i2c_write(i2c->bus, (uint8_t)i2c->address, data, len));
}

static bool send_pending(struct mgos_i2c *i2c)
{
    bool sent = send_transfer(i2c, i2c->pending.buf, i2c->pending.len);

    wipe(i2c->pending.buf, i2c->pending.len);
    mbuf_free(&i2c->pending);
    return sent;
}

static bool begin_piece(struct mgos_i2c *i2c, uint16_t addr)
{
    if (i2c == NULL)
        return false;
    if (addr == MGOS_I2C_ADDR_CONTINUE)
        return true;
    if (addr > 0x7F)
        return false;
    if (i2c->pending.len > 0) /* a repeated start: what was gathered goes first */
        send_pending(i2c);
    i2c->address = addr;
    return true;
}

bool mgos_i2c_write(struct mgos_i2c *i2c, uint16_t addr, const void *data, size_t len, bool stop)
{
    if (!begin_piece(i2c, addr) || len + i2c->pending.len > MGOS_I2C_TRANSFER_MAX)
        return false;
    if (stop && i2c->pending.len == 0)
        return send_transfer(i2c, data, len);
    if (len > 0 && mbuf_append(&i2c->pending, data, len) == 0)
        return false;
    return stop ? send_pending(i2c) : true;
}

bool mgos_i2c_read(struct mgos_i2c *i2c, uint16_t addr, void *data, size_t len, bool stop)
{
    (void)stop;
    if (!begin_piece(i2c, addr) || len == 0 || len > MGOS_I2C_TRANSFER_MAX)
        return false;
    if (i2c->pending.len > 0 && !send_pending(i2c))
        return false;
    return outcome(i2c, "read", len, board_i2c_read(i2c->bus, (uint8_t)i2c->address, data, len));
}

void mgos_i2c_stop(struct mgos_i2c *i2c)
{
    if (i2c != NULL && i2c->pending.len > 0)
        send_pending(i2c);
}
