/* get -- prints the status and the body of what a server answers. */
#include <assay/client.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    struct assay_failure why = {.text = "usage: get host[:port] target"};
    struct assay_connection *connection =
        argc == 3 ? assay_connection_new(argv[1], ASSAY_PORT_IN_HOST, &why) : NULL;
    if (connection == NULL) {
        fprintf(stderr, "get: %s\n", why.text);
        return 2;
    }
    const struct assay_request request = {.target = assay_text(argv[2])};
    struct assay_response *response = NULL;
    struct assay_bytes body = {0};
    enum assay_error error = assay_request(connection, &request);
    if (error == ASSAY_OK)
        error = assay_getresponse(connection, &response);
    if (error == ASSAY_OK) {
        printf("%d\n", assay_response_status(response));
        error = assay_read_all(response, &body); /* with an error, what came before it */
        fwrite(body.at, 1, body.len, stdout);
    }
    if (error != ASSAY_OK)
        fprintf(stderr, "get: %s: %s\n", assay_error_name(error),
                response ? assay_response_failure(response)->text
                         : assay_connection_failure(connection)->text);
    assay_response_free(response);
    assay_connection_free(connection);
    return error == ASSAY_OK && fflush(stdout) == 0 ? 0 : 1;
}
