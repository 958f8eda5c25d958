/* ask_curl -- libcurl's easy interface; see tests/bench/ask.h. A fourth argument is the size of its
 * buffers. */
#include "tests/bench/ask.h"

#include <curl/curl.h>

struct counts {
    uint64_t got, left;
};

static size_t take(char *at, size_t size, size_t count, void *context)
{
    (void)at;
    struct counts *counts = context;
    counts->got += size * count;
    return size * count;
}

static size_t give(char *into, size_t size, size_t count, void *context)
{
    struct counts *counts = context;
    const size_t room = size * count;
    const size_t given = counts->left < room ? (size_t)counts->left : room;
    for (size_t done = 0; done < given; done += ASK_PIECE_SIZE)
        memcpy(into + done, ask_piece(),
               given - done < ASK_PIECE_SIZE ? given - done : ASK_PIECE_SIZE);
    counts->left -= given;
    return given;
}

static void set_up(CURL *curl, const struct ask *ask, struct counts *counts, const char *buffer)
{
    char url[128];
    snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", (unsigned)ask->port, ask->target);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, counts);
    if (buffer != NULL) {
        curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, strtol(buffer, NULL, 10));
        curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, strtol(buffer, NULL, 10));
    }
    if (!ask->is_up)
        return;
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, counts);
    if (!ask->is_chunked)
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)ask->len);
}

int main(int argc, char **argv)
{
    struct ask ask = ask_read(argc, argv);
    struct counts counts = {.left = ask.len};
    struct curl_slist *fields = curl_slist_append(NULL, "Expect:"); /* ours does not wait either */
    CURL *curl = curl_easy_init();
    set_up(curl, &ask, &counts, argc > 4 ? argv[4] : NULL);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    ask_begin(&ask);
    for (uint64_t i = 0; i < ask.requests; i++) {
        long status = 0;
        counts.got = 0;
        ask_want(curl_easy_perform(curl) == CURLE_OK &&
                     curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
                     status == 200,
                 "request");
        ask_want(counts.got == (ask.is_up ? 0 : ask.len), "content");
    }
    ask_answer(&ask);
    curl_easy_cleanup(curl);
    curl_slist_free_all(fields);
    return 0;
}
