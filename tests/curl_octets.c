#include "tests/curl_octets.h"

#include "wire/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGS_MAX = 32, PATIENCE_S = 20, RECEIVE_SIZE = 64 * 1024 };

static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

/* --- the server ---------------------------------------------------------------------------- */

static int listen_anywhere(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (bind(fd, (const struct sockaddr *)&address, size) == 0 && listen(fd, 1) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &size) == 0)
        *port = ntohs(address.sin_port);
    return fd;
}

/* Answers where the reader sees that it is due. That only keeps curl going: what is recorded is all
 * that comes, wherever the reader sees an end. */
static void answer(int fd, struct http_reader *reader, struct bytes input)
{
    enum http_event event;
    do {
        event = http_reader_next(reader, &input);
        if (event == HTTP_HEAD && reader->message.expects_continue)
            send(fd, go_on, sizeof(go_on) - 1, MSG_NOSIGNAL);
        if (event == HTTP_END)
            send(fd, reply, sizeof(reply) - 1, MSG_NOSIGNAL);
    } while (event != HTTP_NEED_MORE && event != HTTP_LOST && event != HTTP_NO_MEMORY);
}

/* Until curl closes; false when it does not. */
static bool record(int fd, FILE *out)
{
    static const struct timeval patience = {.tv_sec = PATIENCE_S};
    uint8_t received[RECEIVE_SIZE];
    struct http_reader reader;
    ssize_t got;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    http_reader_init(&reader, HTTP_REQUESTS);
    while ((got = recv(fd, received, sizeof(received), 0)) > 0) {
        fwrite(received, 1, (size_t)got, out);
        answer(fd, &reader, (struct bytes){received, (size_t)got});
    }
    http_reader_release(&reader);
    return got == 0;
}

static bool serve(int listening, struct arena *arena, struct bytes *octets)
{
    char *recorded = NULL;
    size_t len = 0;
    const int fd = accept(listening, NULL, NULL);
    FILE *out = open_memstream(&recorded, &len);
    if (out == NULL)
        abort();
    const bool is_whole = fd >= 0 && record(fd, out);
    fclose(out);
    if (fd >= 0)
        close(fd);
    *octets = arena_bytes(arena, (struct bytes){(const uint8_t *)recorded, len});
    free(recorded);
    return is_whole;
}

/* --- curl ---------------------------------------------------------------------------------- */

/* No file of the user's and no variable but PATH has a say. */
static int spawn_curl(pid_t *child, const char *const *args, uint16_t port, int input,
                      struct arena *arena)
{
    static const char *const always[] = {"curl",      "-q",         "--silent", "--noproxy",
                                         "127.0.0.1", "--max-time", "20",       NULL};
    char *argv[ARGS_MAX + sizeof(always) / sizeof(always[0])] = {NULL};
    size_t count = 0;
    for (size_t i = 0; always[i] != NULL; i++)
        argv[count++] = arena_strndup(arena, always[i], strlen(always[i]));
    for (size_t i = 0; args[i] != NULL; i++)
        argv[count++] = strncmp(args[i], "URL", 3) != 0
                            ? arena_strndup(arena, args[i], strlen(args[i]))
                            : arena_printf(arena, "http://127.0.0.1:%u%s", port, args[i] + 3);
    const char *path = getenv("PATH");
    char *environment[] = {arena_printf(arena, "PATH=%s", path != NULL ? path : ""), NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const int error = posix_spawnp(child, argv[0], &actions, NULL, argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static FILE *input_of(struct bytes input)
{
    FILE *file = tmpfile();
    if (file == NULL || fwrite(input.at, 1, input.len, file) != input.len ||
        fseek(file, 0, SEEK_SET) != 0)
        abort();
    return file;
}

enum curl_result curl_octets(const char *const *args, struct bytes input, struct arena *arena,
                             struct bytes *octets)
{
    uint16_t port = 0;
    pid_t child;
    int status = 0;
    bool is_whole = false;
    const int listening = listen_anywhere(&port);
    FILE *file = input_of(input);
    const int error = spawn_curl(&child, args, port, fileno(file), arena);
    fclose(file);
    if (error == 0) {
        is_whole = serve(listening, arena, octets);
        waitpid(child, &status, 0);
    }
    close(listening);
    if (error == ENOENT)
        return CURL_MISSING;
    return error == 0 && is_whole && status == 0 ? CURL_OK : CURL_FAILED;
}
