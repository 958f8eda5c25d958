/* ask_assay -- the client of harness/client/; see tests/bench/ask.h. */
#include "harness/client/client.h"
#include "tests/bench/ask.h"

static enum assay_piece next_piece(void *context, struct assay_bytes *piece)
{
    uint64_t *left = context;
    const size_t size = *left < ASK_PIECE_SIZE ? (size_t)*left : ASK_PIECE_SIZE;
    *piece = (struct assay_bytes){ask_piece(), size};
    *left -= size;
    return size > 0 ? ASSAY_PIECE : ASSAY_PIECES_END;
}

static void want_whole(struct assay_response *response, uint64_t len)
{
    struct assay_bytes piece;
    uint64_t got = 0;
    do {
        ask_want(assay_read_piece(response, &piece) == ASSAY_OK, "read");
        got += piece.len;
    } while (piece.len > 0);
    ask_want(got == len, "content");
}

int main(int argc, char **argv)
{
    struct ask ask = ask_read(argc, argv);
    uint64_t left = ask.len;
    struct assay_connection *connection = assay_connection_new("127.0.0.1", ask.port, NULL);
    struct assay_request request = {.target = assay_text(ask.target)};
    if (ask.is_up) {
        request.method = assay_text("PUT");
        request.body = (struct assay_body){.kind = ASSAY_BODY_STREAM,
                                           .next = next_piece,
                                           .context = &left,
                                           .has_length = !ask.is_chunked,
                                           .length = ask.len};
    }
    ask_begin(&ask);
    for (uint64_t i = 0; i < ask.requests; i++) {
        struct assay_response *response = NULL;
        ask_want(assay_request(connection, &request) == ASSAY_OK &&
                     assay_getresponse(connection, &response) == ASSAY_OK &&
                     assay_response_status(response) == 200,
                 "request");
        want_whole(response, ask.is_up ? 0 : ask.len);
        assay_response_free(response);
    }
    ask_answer(&ask);
    assay_connection_free(connection);
    return 0;
}
