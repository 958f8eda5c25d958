#include "harness/client/tls_private.h"

#include <errno.h>

/* More than this is never waiting to be sent, unless the peer asks for answers and reads none. */
enum { OUT_LEN_MAX = 1024 * 1024 };

static ssize_t receive_below(struct assay_layer *layer, uint8_t *into, size_t size)
{
    const size_t early_len = layer->early.len - layer->early_at;
    if (early_len > 0) {
        const size_t count = early_len < size ? early_len : size;
        memcpy(into, layer->early.at + layer->early_at, count);
        layer->early_at += count;
        return (ssize_t)count;
    }
    return layer->below != NULL ? assay_layer_receive(layer->below, into, size)
                                : assay_socket_receive(layer->fd, into, size);
}

static int bio_read(BIO *bio, char *into, int size)
{
    struct assay_layer *layer = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    const ssize_t got = receive_below(layer, (uint8_t *)into, (size_t)size);
    if (got >= 0) {
        layer->has_end = got == 0;
        return (int)got;
    }
    layer->system_error = errno;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        BIO_set_retry_read(bio);
    return -1;
}

/* Never blocks: what the kernel does not take yet waits in `out`. */
static int bio_write(BIO *bio, const char *octets, int size)
{
    struct assay_layer *layer = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (layer->out.len < OUT_LEN_MAX)
        assay_buffer_add(&layer->out, (struct bytes){(const uint8_t *)octets, (size_t)size});
    if (layer->out.len < OUT_LEN_MAX && !layer->out.is_failed)
        return size;
    layer->system_error = layer->out.is_failed ? ENOMEM : ENOBUFS;
    return -1;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    const struct assay_layer *layer = BIO_get_data(bio);
    (void)number;
    (void)pointer;
    if (command == BIO_CTRL_EOF)
        return layer->has_end;
    return command == BIO_CTRL_FLUSH;
}

BIO_METHOD *assay_layer_method_new(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "layer below");
    if (method == NULL || BIO_meth_set_read(method, bio_read) != 1 ||
        BIO_meth_set_write(method, bio_write) != 1 || BIO_meth_set_ctrl(method, bio_control) != 1) {
        BIO_meth_free(method);
        return NULL;
    }
    return method;
}

bool assay_layer_flush(struct assay_layer *layer)
{
    while (layer->out_at < layer->out.len) {
        struct iovec part = {layer->out.at + layer->out_at, layer->out.len - layer->out_at};
        const ssize_t sent = layer->below != NULL ? assay_layer_send(layer->below, &part, 1)
                                                  : assay_socket_send(layer->fd, &part, 1);
        if (sent < 0)
            return false;
        layer->out_at += (size_t)sent;
    }
    layer->out.len = layer->out_at = 0;
    return true;
}
